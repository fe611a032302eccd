"""
Read a file and write down, row by row, what it would do to the catalogue.

Nothing of the catalogue changes here. An overlap may name a dataset further down in the file, so
rows that have some are compared last.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import IO, Any

from sqlalchemy import delete, func
from sqlalchemy.orm import Session

from app.catalog.editing import queries as editing_queries
from app.catalog.editing.known import Known
from app.catalog.exchange.items import Entry, Finding, Item
from app.catalog.exchange.record_json import encode, encode_item
from app.catalog.importers.reading import read_file
from app.catalog.importers.texts import MAX_NAME
from app.catalog.importing import checks, findings, options, queries, stored
from app.catalog.importing.checks import Closed
from app.catalog.importing.comparing import Difference, compare
from app.catalog.importing.models import Import, ImportRow, ImportState, Outcome
from app.catalog.importing.options import KEEP, Options
from app.catalog.importing.repeats import Repeats
from app.catalog.loading import bulk
from app.catalog.loading.lookups import Lookups
from app.web.i18n import later

BATCH = 500
ROWS_READ = later("%(rows)s rows read.")
_COLUMNS = (
    "import_id",
    "number",
    "row",
    "outcome",
    "severity",
    "findings",
    "slug",
    "name_zh",
    "name_en",
    "item",
    "given",
    "before",
    "after",
    "dataset_id",
)

# Called with the bytes read so far and the number of rows; may raise to stop.
Report = Callable[[int, int], None]


@dataclass(slots=True)
class _Row:
    """One entry of the file with what is known of it so far."""

    number: int
    row: int
    item: Item | None
    findings: list[Finding]
    # What the row calls itself, where no item says more.
    name: str = ""
    outcome: Outcome = Outcome.CREATE
    difference: Difference = field(default_factory=Difference)
    dataset_id: int | None = None


@dataclass(slots=True)
class _Preview:
    """What is known of the catalogue, and what the file said up to now."""

    session: Session
    found: Import
    known: Known
    lookups: Lookups
    options: Options
    closed: Closed
    # Datasets that are archived, by slug, of those that were looked up.
    archived: set[str] = field(default_factory=set)
    accepted: set[str] = field(default_factory=set)
    providers: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    repeats: Repeats = field(default_factory=Repeats)
    waiting: list[_Row] = field(default_factory=list)


def preview(session: Session, found: Import, handle: IO[bytes], report: Report) -> None:
    """
    Read the file of an import and write its rows; what was read before goes.

    Raises
    ------
    ImportRefused
        If the file cannot be read as a whole.
    """
    session.execute(delete(ImportRow).where(ImportRow.import_id == found.id))
    known, lookups = editing_queries.load_known(session), Lookups.load(session)
    chosen = Options.from_json(found.options)
    context = options.context_of(chosen, known, queries.short_names(session))
    reading = read_file(found.name, handle, context)
    closed = Closed(context.categories, context.tokenizers)
    state = _Preview(session, found, known, lookups, chosen, closed)
    furthest = 0
    for batch in _batches(reading.entries):
        _take(state, batch)
        furthest = max(furthest, handle.tell())
        report(furthest, batch[-1].number)
    for start in range(0, len(state.waiting), BATCH):
        _finish(state, state.waiting[start : start + BATCH])
    found.format = reading.format
    found.findings = findings.to_json(reading.findings)
    found.counts = state.counts
    found.repeats = state.repeats.to_json()
    found.providers = list(state.providers.values())
    found.sources = list(state.sources.values())
    found.state = ImportState.READY
    found.read_at = func.clock_timestamp()
    session.flush()


def _batches(entries: Iterable[Entry]) -> Iterator[list[_Row]]:
    batch: list[_Row] = []
    for number, entry in enumerate(entries, start=1):
        # The page names the new providers once, not at each of their rows.
        found = [one for one in entry.findings if one.code != "provider_new"]
        batch.append(_Row(number, entry.row, entry.item, found, entry.name[:MAX_NAME]))
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _take(state: _Preview, batch: Sequence[_Row]) -> None:
    """Check the rows of a batch; compare and write those that need no row below them."""
    for row in batch:
        if row.item is not None:
            row.name = row.item.record.name_zh
            checked = checks.check(row.item, row.row, state.closed)
            row.item = checked.item
            row.findings += checked.findings
    items = [row.item.record for row in batch if row.item is not None]
    slugs = [slug for record in items for slug in (record.slug, record.parent) if slug]
    fresh = [slug for slug in slugs if slug not in state.lookups.datasets]
    state.lookups.find_datasets(state.session, fresh)
    state.archived |= queries.archived_slugs(
        state.session, [slug for slug in fresh if slug in state.lookups.datasets]
    )
    ready = []
    for row in batch:
        _admit(state, row)
        if row.item is not None and row.item.record.overlaps:
            state.waiting.append(row)
        else:
            ready.append(row)
    _finish(state, ready)


def _admit(state: _Preview, row: _Row) -> None:
    """Decide whether a row may come in, and whether its dataset is there already."""
    if row.item is None:
        is_wrong = any(one.severity == "error" for one in row.findings)
        row.outcome = Outcome.REFUSE if is_wrong else Outcome.SKIP
        return
    record, provider = row.item.record, row.item.provider
    row.dataset_id = state.lookups.datasets.get(record.slug)
    if refusal := _refusal(state, row):
        row.findings.append(refusal)
        row.outcome, row.item = Outcome.REFUSE, None
        return
    state.accepted.add(record.slug)
    if row.dataset_id is not None and state.options.existing == KEEP:
        row.findings.append(findings.finding("kept_as_it_is", row=row.row))
        row.outcome = Outcome.SKIP
        return
    row.outcome = Outcome.CREATE if row.dataset_id is None else Outcome.CHANGE
    if provider.slug not in state.known.providers:
        state.providers.setdefault(provider.slug, encode(provider))
    for source in row.item.sources:
        if source.code not in state.known.sources:
            state.sources.setdefault(source.code, encode(source))


def _refusal(state: _Preview, row: _Row) -> Finding | None:
    """Return why the catalogue does not take a row that is right in itself."""
    if row.item is None:
        return None
    record, say = row.item.record, partial(findings.finding, row=row.row)
    if record.slug in state.archived:
        return say("dataset_archived")
    if record.provider in state.known.archived_providers and row.dataset_id is None:
        return say("provider_archived", value=record.provider)
    if missing := _missing_source(state, row.item):
        return say("value_unknown", column="source", key="source", value=missing)
    if record.parent is None or record.parent in state.accepted:
        return None
    is_there = record.parent in state.lookups.datasets
    code = "parent_archived" if record.parent in state.archived else "parent_missing"
    return None if is_there and code == "parent_missing" else say(code, value=record.parent)


def _missing_source(state: _Preview, item: Item) -> str | None:
    """Return a source that an item refers to and that nobody describes."""
    described = {source.code for source in item.sources}
    record = item.record
    named = {
        record.source,
        *(one.source for one in record.quantities),
        *(one.source for one in record.estimates),
        *(one.source for one in record.licence_claims),
        *(one.source for one in record.statements),
    }
    known = described | state.known.sources.keys() | state.sources.keys()
    return next((code for code in named if code is not None and code not in known), None)


def _finish(state: _Preview, rows: Sequence[_Row]) -> None:
    """Compare the rows that are to change something, and write all of them."""
    ids = [r.dataset_id for r in rows if r.outcome is Outcome.CHANGE and r.dataset_id is not None]
    present = stored.read(state.session, ids, state.lookups) if ids else {}
    for row in rows:
        if row.item is None or row.outcome not in {Outcome.CREATE, Outcome.CHANGE}:
            continue
        known_others = _known_others(state, row)
        row.item = _without_unknown(row.item, known_others)
        if row.outcome is Outcome.CHANGE and row.dataset_id is not None:
            now = present[row.dataset_id].content
            row.difference = compare(now, row.item, state.known, is_known=known_others)
            if not row.difference:
                row.outcome = Outcome.SAME
            elif "provider" in row.difference.after:
                owner = " / ".join(dict.fromkeys(state.known.providers[now["provider"]]))
                row.findings.append(findings.finding("provider_changes", row=row.row, before=owner))
    bulk.copy_rows(state.session, ImportRow, _COLUMNS, (_values(state, row) for row in rows))
    for row in rows:
        state.repeats.add(row.findings)
        severity = findings.gravest(row.findings)
        state.counts[row.outcome] = state.counts.get(row.outcome, 0) + 1
        if severity is not None:
            state.counts[severity] = state.counts.get(severity, 0) + 1


def _known_others(state: _Preview, row: _Row) -> set[str]:
    """Return the datasets that a row's overlaps may name; says which it names in vain."""
    if row.item is None or not row.item.record.overlaps:
        return set()
    others = {overlap.other for overlap in row.item.record.overlaps}
    state.lookups.find_datasets(state.session, others - state.accepted)
    known = {other for other in others if other in state.accepted | state.lookups.datasets.keys()}
    for other in sorted(others - known):
        row.findings.append(
            findings.finding("overlap_unknown", row=row.row, column="overlaps", value=other)
        )
    return known


def _without_unknown(item: Item, known_others: set[str]) -> Item:
    """Return an item whose overlaps all lead somewhere, each once."""
    if not item.record.overlaps:
        return item
    kept = {one.key: one for one in item.record.overlaps if one.other in known_others}
    return replace(item, record=replace(item.record, overlaps=tuple(kept.values())))


def _values(state: _Preview, row: _Row) -> list[Any]:
    record = row.item.record if row.item else None
    is_written = row.outcome in {Outcome.CREATE, Outcome.CHANGE}
    severity = findings.gravest(row.findings)
    return [
        state.found.id,
        row.number,
        row.row,
        row.outcome.value,
        severity.value if severity else None,
        _dumps(findings.to_json(row.findings)),
        record.slug if record else None,
        record.name_zh if record else row.name or None,
        record.name_en if record else None,
        _dumps(encode_item(row.item)) if row.item and is_written else None,
        sorted(row.item.given) if row.item and is_written else [],
        _dumps(row.difference.before) if row.difference else None,
        _dumps(row.difference.after) if row.difference else None,
        row.dataset_id,
    ]


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
