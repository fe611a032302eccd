"""What the form of a dataset shows, and the page of two people's changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.audit import AuditEvent, actor_label
from app.catalog import licences
from app.catalog.editing import diffs, draft, preview, slugs, words
from app.catalog.editing.content import (
    ESTIMATES,
    KINDS,
    LICENCE_CLAIMS,
    OVERLAPS,
    QUANTITIES,
    Content,
)
from app.catalog.editing.diffs import Names
from app.catalog.editing.draft import Draft
from app.catalog.editing.forms import NEW_PROVIDER, row_keys
from app.catalog.editing.known import Known
from app.catalog.editing.licence_terms import DECISION
from app.catalog.editing.preview import Preview
from app.catalog.editing.three_way import Difference, Merge
from app.catalog.editing.validation import GRADES
from app.catalog.models.datasets import Dataset
from app.catalog.pages import parts, quantities
from app.catalog.words import labels
from app.catalog.words.units import UNITS
from app.web import i18n
from app.web.forms import FormData
from app.web.i18n import gettext as _

Options = list[tuple[str, str]]


# Where the focus goes in a new row.
FIRST_COLUMN = {QUANTITIES: "value", ESTIMATES: "mid", LICENCE_CLAIMS: "spdx", OVERLAPS: "other"}


@dataclass(frozen=True)
class Opened:
    """The dataset that a form is of, None for a new one, and what it was opened with."""

    dataset: Dataset | None
    parent: Dataset | None
    now: Content
    base: Content | None
    known: Known


@dataclass(frozen=True)
class RowView:
    """
    One row of the form: its key, its heading, and a decision that is not typed here.

    Of a related dataset `other` is its name and identifier, or None where `hits` are to choose
    from.
    """

    key: str
    title: str
    decision: str | None = None
    assumed_unit: str | None = None
    other: tuple[str, str] | None = None
    hits: Options = field(default_factory=list)


@dataclass(frozen=True)
class EditPage:
    """Everything that templates/catalog/edit/dataset.html shows."""

    title: str
    crumbs: list[tuple[str, str | None]]
    action: str
    cancel_href: str
    form: FormData
    base: str
    revision: int
    is_new: bool
    slug: str
    parent_slug: str
    prefix: str
    rows: Mapping[str, list[RowView]]
    options: Mapping[str, Options]
    sources: list[str]
    labels: Mapping[str, str]
    preview: Preview
    unreadable: list[tuple[str, str]]
    proposed_slug: str
    focus: str


@dataclass(frozen=True)
class SideBySide:
    """One value that somebody changed, as it was and as both made it."""

    path: str
    field: str
    base: str
    theirs: str
    mine: str
    is_collision: bool
    is_theirs: bool
    choice: str
    is_undecided: bool


@dataclass(frozen=True)
class ConflictPage:
    """Everything that templates/catalog/edit/conflict.html shows."""

    title: str
    crumbs: list[tuple[str, str | None]]
    action: str
    show_href: str
    who: str
    at: datetime | None
    revision: int
    base: str
    mine: str
    collisions: list[SideBySide]
    merged: list[SideBySide]
    undecided: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)


def edit_page(
    opened: Opened,
    form: FormData,
    drafted: Draft,
    *,
    unreadable: Mapping[str, str],
    revision: int | None,
    focus: str,
) -> EditPage:
    """Return the page of the form, with what would follow from what was typed."""
    dataset, known = opened.dataset, opened.known
    rows = row_views(form, drafted.content, known)
    field_labels = labels_of(rows)
    prefix = f"{opened.parent.slug}/" if opened.parent else ""
    title = (
        _("Edit: %(name)s", name=parts.dataset_name(dataset).text)
        if dataset
        else _("Add a subset")
        if opened.parent
        else _("Add a dataset")
    )
    return EditPage(
        title=title,
        crumbs=crumbs_of(dataset, _("Edit") if dataset else title, opened.parent),
        action=f"/edit/dataset/{dataset.slug}" if dataset else "/edit/dataset",
        cancel_href="/catalogue"
        + "".join(f"/{one.slug}" for one in (dataset or opened.parent,) if one),
        form=form,
        base=draft.dump_content(opened.base or opened.now) if dataset else "",
        revision=revision if revision is not None else (dataset.revision if dataset else 0),
        is_new=dataset is None,
        slug=dataset.slug if dataset else "",
        parent_slug=opened.parent.slug if opened.parent else "",
        prefix=prefix,
        rows=rows,
        options=options_of(known, opened.now),
        sources=sorted(source.text for source in known.sources.values()),
        labels=field_labels,
        preview=preview.preview(drafted, known, now=opened.now),
        unreadable=[
            (name, f"{field_labels.get(name, name)}{_(': ')}{sentence}")
            for name, sentence in unreadable.items()
        ],
        proposed_slug=slugs.propose(drafted.content["name_en"]),
        focus=focus,
    )


def names_of(known: Known, drafted: Draft | None = None) -> Names:
    """Return what references are called, in the page's language."""
    sources = dict(known.sources) | (drafted.sources if drafted else {})
    providers = {slug: parts.name_of(*pair).text for slug, pair in known.providers.items()}
    if drafted and drafted.provider:
        new = drafted.provider
        providers[new.slug] = parts.name_of(new.name_zh, new.name_en).text
    return Names(
        providers=providers,
        categories={code: parts.name_of(*pair).text for code, pair in known.categories.items()},
        sources={code: source.text for code, source in sources.items()},
        tokenizers=known.tokenizers,
    )


def crumbs_of(
    dataset: Dataset | None, last: str, parent: Dataset | None = None
) -> list[tuple[str, str | None]]:
    """Return the way back from a page about a dataset."""
    above = (parent or (dataset.parent if dataset else None), dataset)
    return [
        (_("Catalogue"), "/catalogue"),
        *((parts.dataset_name(one).text, f"/catalogue/{one.slug}") for one in above if one),
        (last, None),
    ]


def row_views(form: FormData, content: Content, known: Known) -> dict[str, list[RowView]]:
    """Return the rows that a form has, by kind."""
    names, kind_words = names_of(known), words.kind_words()
    found: dict[str, list[RowView]] = {}
    for kind in KINDS:
        views = []
        for number, key in enumerate(row_keys(form, kind), start=1):
            row = content[kind].get(key)
            is_decision = kind == LICENCE_CLAIMS and bool(row) and row["scope"] == DECISION
            assumed = row.get("assumed_unit") if row else None
            views.append(
                RowView(
                    key,
                    _("%(kind)s %(number)s", kind=kind_words[kind], number=number),
                    diffs.row_words(row, names) if is_decision and row else None,
                    quantities.unit_name(assumed) if assumed else None,
                    *(_other(row["other"], known) if kind == OVERLAPS and row else ()),
                )
            )
        found[kind] = views
    return found


def _other(slug: str, known: Known) -> tuple[tuple[str, str] | None, Options]:
    """Return the dataset that a row names, or those that one may mean."""
    names = {one: parts.name_of(*pair).text for one, pair in known.datasets.items()}
    if slug in names:
        return (names[slug], slug), []
    return None, [(hit, names[hit]) for hit in known.hits.get(slug, ())]


def labels_of(rows: Mapping[str, Sequence[RowView]]) -> dict[str, str]:
    """Return what each field of the form is called, for the summary of what is wrong."""
    found = dict(words.field_words())
    for kind, views in rows.items():
        for view in views:
            for column, word in words.column_words().items():
                found[f"{kind}-{view.key}-{column}"] = _(
                    "%(row)s: %(field)s", row=view.title, field=word
                )
    return found


def options_of(known: Known, content: Content) -> dict[str, Options]:
    """Return what each choice of the form offers."""
    names = names_of(known)
    providers = sorted(
        (
            (slug, name)
            for slug, name in names.providers.items()
            if slug not in known.archived_providers or slug == content["provider"]
        ),
        key=lambda pair: pair[1].lower(),
    )
    chinese = i18n.current_locale() == i18n.CHINESE
    units = sorted(
        ((code, quantities.unit_name(code)) for code in UNITS),
        key=lambda pair: list(UNITS).index(pair[0]) if chinese else pair[1],
    )
    choose = [("", _("choose …"))]
    return {
        "provider": [*choose, (NEW_PROVIDER, _("a new provider, described below")), *providers],
        "category": [*choose, *names.categories.items()],
        "modality": [(code, parts.word(label, code)) for code, label in labels.MODALITIES.items()],
        "unit": [("", _("not stated")), *units],
        "content": [
            ("", _("not stated")),
            *((one.value, parts.word(word, one)) for one, word in labels.BYTE_CONTENTS.items()),
        ],
        "method": [
            (method.value, parts.word(word, method)) for method, word in labels.METHODS.items()
        ],
        "bound": [("", _("exactly this")), *words.bound_words().items()],
        "tokenizer": [("", _("another, or not named")), *known.tokenizers.items()],
        "scope": [(code, word) for code, word in words.scope_words().items() if code != DECISION],
        "terms": list(words.terms_words().items()),
        "grade": [
            ("", _("as listed")),
            *((code, f"{code}{_(': ')}{parts.word(labels.GRADES[code], code)}") for code in GRADES),
        ],
        "visibility": list(words.visibility_words().items()),
        "relation": list(words.relation_words().items()),
        "spdx": [(code, "") for code in sorted(licences.OPEN_SPDX | licences.NON_COMMERCIAL_SPDX)],
    }


def conflict_page(
    dataset: Dataset,
    found: Merge,
    drafted: Draft,
    *,
    base: Content | None,
    known: Known,
    event: AuditEvent | None,
    choices: Mapping[str, str] | None,
) -> ConflictPage:
    """Return the page that shows what two people made of one dataset; `choices` if answered."""
    chosen = choices or {}
    names = names_of(known, drafted)

    def side(one: Difference) -> SideBySide:
        place = one.place
        rows = [
            source[place.name].get(place.key)
            for source in (found.content, drafted.content)
            if place.key
        ]
        row = next((each for each in rows if each), None)
        return SideBySide(
            path=place.path,
            field=diffs.place_word(place, row),
            base=diffs.place_value(place, one.base, names),
            theirs=diffs.place_value(place, one.theirs, names),
            mine=diffs.place_value(place, one.mine, names),
            is_collision=one.is_collision,
            is_theirs=one.is_theirs,
            choice=chosen.get(place.path, ""),
            is_undecided=choices is not None and chosen.get(place.path) not in {"mine", "theirs"},
        )

    sides = [side(one) for one in found.differences]
    collisions = [one for one in sides if one.is_collision]
    return ConflictPage(
        title=_("Two people changed this dataset"),
        crumbs=crumbs_of(dataset, _("Two changes at once")),
        action=f"/edit/dataset/{dataset.slug}",
        show_href=f"/catalogue/{dataset.slug}",
        who=actor_label(event) if event else "",
        at=event.at if event else None,
        revision=dataset.revision,
        base=draft.dump_content(base) if base else "",
        mine=draft.dump(drafted),
        collisions=collisions,
        merged=[one for one in sides if not one.is_collision],
        undecided=sum(one.is_undecided and one.is_collision for one in collisions),
    )
