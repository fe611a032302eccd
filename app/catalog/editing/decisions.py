"""A person's decision on a licence: who, why, on what evidence; it overrides what is unknown."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app import audit
from app.catalog.editing import diffs, pages, row_forms, service, words
from app.catalog.editing.content import (
    EMPTY_ROWS,
    LICENCE_CLAIMS,
    content_of,
    copy_of,
    next_key,
)
from app.catalog.editing.draft import Draft
from app.catalog.editing.known import Known
from app.catalog.editing.licence_terms import DECISION
from app.catalog.models.datasets import Dataset
from app.catalog.models.licences import LicenceClass
from app.catalog.pages import parts
from app.catalog.words import labels
from app.web.dates import zone
from app.web.forms import FormData
from app.web.i18n import gettext as _

CLASSES = tuple(one for one in LicenceClass if one is not LicenceClass.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided: the class, why, on what evidence, who and when."""

    licence_class: LicenceClass
    spdx: str | None
    reason: str
    evidence_url: str
    checked_by: str
    checked_on: str


@dataclass(frozen=True)
class DecisionPage:
    """Everything that templates/catalog/edit/licence.html shows."""

    title: str
    crumbs: list[tuple[str, str | None]]
    action: str
    show_href: str
    form: FormData
    revision: int
    licence: parts.LicenceView
    claims: list[str]
    options: list[tuple[str, str]]
    labels: dict[str, str]


def first_form(dataset: Dataset, name: str) -> FormData:
    """Return the form before anything was typed: by this person, today."""
    del dataset
    today = datetime.now(tz=zone()).date().isoformat()
    return FormData({"checked_by": [name], "checked_on": [today]})


def read_decision(form: FormData) -> Decision | None:
    """Return the decision of a form, or None with the errors at their fields."""
    chosen, spdx = form.text("licence_class"), form.text("spdx")
    if chosen not in set(CLASSES):
        form.refuse("licence_class", _("Choose what the evidence allows."))
    reason = " ".join(form.text("reason").split())
    if not reason:
        form.refuse("reason", _("Write why: what the terms say and how you read them."))
    for name, sentence in (
        ("evidence_url", _("A decision needs a link to what was read.")),
        ("checked_by", _("A decision needs the person who answers for it.")),
        ("checked_on", _("Write a day, like 2026-11-24.")),
    ):
        if not form.text(name):
            form.refuse(name, sentence)
    known = row_forms.known_spdx(spdx) if spdx else None
    if spdx and known is None:
        form.refuse(
            "spdx", _("Write an identifier with its version, like CC-BY-4.0, or leave this empty.")
        )
    if form.errors:
        return None
    return Decision(
        licence_class=LicenceClass(chosen),
        spdx=known,
        reason=reason,
        evidence_url=form.text("evidence_url"),
        checked_by=" ".join(form.text("checked_by").split()),
        checked_on=form.text("checked_on"),
    )


def record(
    session: Session, dataset: Dataset, decision: Decision, *, known: Known, actor: audit.Actor
) -> None:
    """Record a decision as a claim of its own: what the sources state stays beside it."""
    now = content_of(dataset)
    content = copy_of(now)
    key = next_key(content[LICENCE_CLAIMS])
    content[LICENCE_CLAIMS][key] = EMPTY_ROWS[LICENCE_CLAIMS] | {
        "scope": DECISION,
        "licence_class": decision.licence_class.value,
        "spdx": decision.spdx,
        "note_zh": decision.reason,
        "note_en": decision.reason,
        "evidence_url": decision.evidence_url,
        "checked_by": decision.checked_by,
        "checked_on": decision.checked_on,
    }
    service.save(
        session,
        dataset,
        now,
        Draft(content),
        known=known,
        actor=actor,
        action="licence_decided",
    )


def decision_page(dataset: Dataset, form: FormData, known: Known) -> DecisionPage:
    """Return the page of the form, with what the sources state."""
    names = pages.names_of(known)
    fields = words.column_words()
    return DecisionPage(
        title=_("Decide on the licence: %(name)s", name=parts.dataset_name(dataset).text),
        crumbs=pages.crumbs_of(dataset, _("Licence")),
        action=f"/edit/licence/{dataset.slug}",
        show_href=f"/catalogue/{dataset.slug}",
        form=form,
        revision=dataset.revision,
        licence=parts.licence_view(dataset),
        claims=[
            diffs.row_words(row, names) for row in content_of(dataset)[LICENCE_CLAIMS].values()
        ],
        options=[(one.value, parts.word(labels.LICENCE_CLASSES[one], one)) for one in CLASSES],
        labels={
            "licence_class": _("What the evidence allows"),
            "spdx": fields["spdx"],
            "reason": _("Reason"),
            "evidence_url": fields["evidence_url"],
            "checked_by": _("Decided by"),
            "checked_on": _("Decided on"),
        },
    )
