"""The rows of an import in words: what is new, what changes, and what is wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.catalog.editing import diffs
from app.catalog.editing.diffs import Change, Names
from app.catalog.editing.known import Known
from app.catalog.exchange.items import Item
from app.catalog.importing import findings
from app.catalog.importing.applying import item_of
from app.catalog.importing.models import ImportRow, Outcome
from app.catalog.loading import creating
from app.catalog.loading.columns import ESTIMATES, plain
from app.catalog.loading.records import DatasetRecord, QuantityRecord
from app.catalog.pages import parts, quantities
from app.catalog.words import labels
from app.web import numbers
from app.web.i18n import gettext as _

# What one wants to see of a new dataset; the rest follows or is rare.
_SHOWN = (
    "provider",
    "category",
    "modality",
    "languages",
    "description_zh",
    "description_en",
    "licence_spdx",
    "licence_stated_zh",
    "licence_class",
    "visibility",
    "homepage",
    "released",
)
MAX_SHOWN = 140


@dataclass(frozen=True)
class FindingView:
    """Something that was noticed: how grave, what, where, and what helps."""

    severity: str
    sentence: str
    remedy: str
    row: int | None
    column: str | None


@dataclass(frozen=True)
class RowView:
    """One row of the file and what becomes of it."""

    number: int
    row: int
    outcome: str
    slug: str | None
    name: str | None
    href: str | None
    facts: list[Change]
    changes: list[Change]
    findings: list[FindingView]


def finding_view(stored: Mapping[str, Any], names: Names = diffs.NO_NAMES) -> FindingView:
    """Return a stored finding in the page's language."""
    if taken := stored["params"].get("default"):
        params = stored["params"] | {"default": names.categories.get(taken, taken)}
        stored = {**stored, "params": params}
    return FindingView(
        severity=stored["severity"],
        sentence=findings.sentence(stored),
        remedy=findings.remedy(stored),
        row=stored["row"],
        column=stored["column"],
    )


def row_view(row: ImportRow, names: Names, known: Known, *, is_applied: bool) -> RowView:
    """Return a row of an import; a dataset that is there is linked."""
    is_there = row.dataset_id is not None and (is_applied or row.outcome != Outcome.CREATE)
    return RowView(
        number=row.number,
        row=row.row,
        outcome=row.outcome,
        slug=row.slug,
        name=parts.name_of(row.name_zh, row.name_en or row.name_zh).text if row.name_zh else None,
        href=f"/catalogue/{row.slug}" if is_there and row.slug else None,
        facts=_facts(item_of(row), names, known) if row.outcome == Outcome.CREATE else [],
        changes=diffs.changes(row.before or {}, row.after or {}, names),
        findings=[finding_view(one, names) for one in row.findings],
    )


def _facts(item: Item, names: Names, known: Known) -> list[Change]:
    """Return what a new dataset will be, in a few lines."""
    record, found = item.record, []
    own = parts.name_of(item.provider.name_zh, item.provider.name_en).text
    names = Names(
        {item.provider.slug: own, **names.providers},
        names.categories,
        names.sources,
        names.tokenizers,
    )
    for name in _SHOWN:
        value = plain(getattr(record, name))
        if name == "licence_stated_zh" and record.licence_spdx:
            continue
        if said := diffs.shown(name, value, names):
            short = said if len(said) <= MAX_SHOWN else f"{said[:MAX_SHOWN]}…"
            found.append(Change(diffs.field_word(name), None, short))
    found += [Change(_("Quantity"), None, _quantity(one)) for one in record.quantities]
    for estimate in record.estimates:
        row = {name: plain(getattr(estimate, name)) for name in ESTIMATES.columns}
        said = diffs.row_words(row | {"source": None}, names)
        found.append(Change(_("Published count"), None, said))
    found.append(Change(_("Unique tokens"), None, _estimate(record, known)))
    return found


def _quantity(quantity: QuantityRecord) -> str:
    """Return a quantity as it is printed, and as what it was read."""
    if quantity.value is None:
        return quantity.printed
    unit = quantity.unit or quantity.assumed_unit
    read = quantities.counted(quantity.value, unit)
    if unit is None:
        read = f"{read}, {_('unit not stated')}"
    return f"{quantity.printed} = {read}" if quantity.printed else read


def _estimate(record: DatasetRecord, known: Known) -> str:
    """Return the estimate that follows from what the file says, or why none does."""
    for own in record.estimates:
        if own.is_whole and own.mid is not None:
            return f"{numbers.short(own.mid)}, {parts.method_word(own.method)}"
    path = category_path(known, record.category)
    derived, reason = creating.derive_new(record, path, known.tables)
    best = next((one for one in derived if one.is_whole), None)
    if best is None:
        return parts.word(labels.NO_ESTIMATE[reason], reason) if reason else _("no estimate")
    said = f"{numbers.short(best.tokens.mid)}, {parts.method_word('converted')}"
    if best.tokens.low is not None and best.tokens.high is not None:
        said += f", {numbers.short(best.tokens.low)}–{numbers.short(best.tokens.high)}"
    return said


def category_path(known: Known, code: str) -> tuple[str, ...]:
    """Return a category and all above it."""
    paths = known.tables.category_paths.values()
    return next((path for path in paths if path[0] == code), (code,))
