"""What is said of a dataset, by whom, and how it stands to the published facts."""

from dataclasses import dataclass, replace
from decimal import Decimal

from app.catalog.models.licences import LicenceClaim
from app.catalog.models.statements import Statement
from app.catalog.pages import parts
from app.catalog.queries import OverlapSide
from app.catalog.words import labels
from app.web import numbers
from app.web.i18n import gettext as _

VERDICT_TONES = {
    "correct": "good",
    "name_differs": "good",
    "unit_slip": "warn",
    "contradicted": "bad",
}
OVERLAP_TONES = {"derived_from": "info", "contains": "info", "may_overlap": "warn"}


@dataclass(frozen=True)
class LicenceClaimView:
    """What one source says of the licence."""

    scope: str
    licence: parts.LicenceView
    note: str | None
    evidence_url: str | None
    checked: str | None
    source: parts.SourceView | None


@dataclass(frozen=True)
class StatementView:
    """A sentence about the dataset with our verdict."""

    text: str
    number: int | None
    tone: str
    verdict: str
    comment: str | None


@dataclass(frozen=True)
class OverlapView:
    """Another dataset that shares text with this one."""

    tone: str
    word: str
    name: parts.Name
    slug: str
    note: str | None


@dataclass(frozen=True)
class Check:
    """Something recomputed from the source's own figures."""

    what: str
    value: str
    is_ok: bool
    comment: str | None


def licence_claim(claim: LicenceClaim) -> LicenceClaimView:
    """Return a licence claim; one that is not of the data says so instead of a class."""
    scopes = {"data": _("data"), "code": _("code"), "decision": _("decision of a person")}
    licence = parts.licence_class_view(
        claim.licence_class, parts.text(claim.stated_zh, claim.stated_en), claim.spdx
    )
    if claim.scope == "code":
        licence = replace(licence, tone="none", word=_("does not cover the data"))
    checked = None
    if claim.checked_by and claim.checked_on:
        checked = _("%(who)s, %(day)s", who=claim.checked_by, day=claim.checked_on.isoformat())
    return LicenceClaimView(
        scope=scopes.get(claim.scope, claim.scope),
        licence=licence,
        note=parts.text(claim.note_zh, claim.note_en),
        evidence_url=claim.evidence_url if is_web_address(claim.evidence_url) else None,
        checked=checked,
        source=parts.source_view(claim.source),
    )


def statement_view(statement: Statement) -> StatementView:
    """Return a sentence with the word and tone of its verdict."""
    return StatementView(
        text=statement.text,
        number=statement.line_no,
        tone=VERDICT_TONES.get(statement.verdict, "info"),
        verdict=parts.word(labels.VERDICTS.get(statement.verdict), statement.verdict),
        comment=parts.text(statement.comment_zh, statement.comment_en),
    )


def overlap_view(side: OverlapSide) -> OverlapView:
    """Return an overlap in the words of the dataset that the page is about."""
    if side.is_outgoing:
        shown = parts.word(labels.OVERLAPS.get(side.relation), side.relation)
    else:
        reverse = {"derived_from": _("source of"), "contains": _("contained in")}
        shown = reverse.get(side.relation) or parts.word(
            labels.OVERLAPS.get(side.relation), side.relation
        )
    return OverlapView(
        tone=OVERLAP_TONES.get(side.relation, "info"),
        word=shown,
        name=parts.dataset_name(side.other),
        slug=side.other.slug,
        note=parts.text(side.note_zh, side.note_en),
    )


def check_view(check: dict[str, object]) -> Check:
    """Return something that was recomputed."""
    return Check(
        what=parts.bilingual(check, "check") or "",
        value=_check_value(check.get("value")),
        is_ok=bool(check.get("is_ok")),
        comment=parts.bilingual(check, "comment"),
    )


def _check_value(value: object) -> str:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return numbers.whole(Decimal(str(value))) if is_number else str(value)


def is_web_address(address: str | None) -> bool:
    """Whether an address may be linked: never `javascript:` or the like."""
    return bool(address) and str(address).startswith(("https://", "http://"))
