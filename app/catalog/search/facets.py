"""The eight facets: which values a dataset has, which values exist, and their exact counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, literal, select, tuple_, union_all
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.catalog.labels import METHODS, MODALITIES
from app.catalog.models import Category, LicenceClass, Provider
from app.catalog.search.models import FacetTally, FacetValue
from app.catalog.search.query import NONE, Facet, SearchRequest, is_slug, shown
from app.catalog.units import UNITS
from app.errors import InvalidInput

MAX_ALLOWED_SHOWN = 30
# Tags that stand for a language of a larger one, which people look for.
MACROLANGUAGES = {"cmn": "zh"}


class SizeBand(NamedTuple):
    """A range of token estimates, the upper end excluded."""

    value: str
    low: int
    high: int | None


SIZE_BANDS = (
    SizeBand("under-100m", 0, 10**8),
    SizeBand("100m-1b", 10**8, 10**9),
    SizeBand("1b-10b", 10**9, 10**10),
    SizeBand("10b-100b", 10**10, 10**11),
    SizeBand("100b-1t", 10**11, 10**12),
    SizeBand("1t-or-more", 10**12, None),
)
# Lists that are closed and public: their values may be asked for even where nothing has them.
CLOSED: dict[Facet, frozenset[str]] = {
    Facet.MODALITY: frozenset(MODALITIES),
    Facet.LANGUAGE: frozenset({NONE}),
    Facet.LICENCE: frozenset(LicenceClass),
    Facet.UNIT: frozenset(UNITS) | {NONE},
    Facet.METHOD: frozenset(METHODS) | {NONE},
    Facet.SIZE: frozenset(band.value for band in SIZE_BANDS) | {NONE},
}


@dataclass(frozen=True, slots=True)
class ValueCount:
    """A value of a facet and how many datasets of the result have it."""

    value: str
    count: int
    is_selected: bool = False


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """
    The values of a facet, most frequent first, counted without the facet's own selection.

    If `is_capped`, each count is a floor: at least so many.
    """

    values: tuple[ValueCount, ...]
    is_capped: bool = False


def languages(tags: Iterable[str]) -> set[str]:
    """
    Return the values of the language facet: each tag, and the language that it is a kind of.

    >>> sorted(languages(["zh-Hant", "cmn"]))
    ['cmn', 'zh', 'zh-Hant']
    """
    found = set(tags)
    found |= {tag.split("-")[0] for tag in found}
    found |= {MACROLANGUAGES[tag] for tag in found if tag in MACROLANGUAGES}
    return found or {NONE}


def size(tokens: int | None) -> str:
    """Return the size band of a token estimate."""
    if tokens is None:
        return NONE
    return next(band.value for band in reversed(SIZE_BANDS) if tokens >= band.low)


def number_values(
    session: Session, values: Iterable[tuple[Facet, str]]
) -> dict[tuple[Facet, str], int]:
    """Return the ids of facet values, making those that are new."""
    wanted = set(values)
    numbers = _find(session, wanted)
    missing = sorted(wanted - numbers.keys())
    if missing:
        session.execute(
            insert(FacetValue).on_conflict_do_nothing(),
            [{"facet": facet, "value": value} for facet, value in missing],
        )
        numbers |= _find(session, missing)
    return numbers


def _find(session: Session, values: Iterable[tuple[Facet, str]]) -> dict[tuple[Facet, str], int]:
    rows = session.execute(
        select(FacetValue.facet, FacetValue.value, FacetValue.id).where(
            tuple_(FacetValue.facet, FacetValue.value).in_(list(values))
        )
    )
    return {(Facet(facet), value): value_id for facet, value, value_id in rows}


def tally_column(request: SearchRequest) -> ColumnElement[int]:
    """Return the column of `facet_tally` that counts what the request looks through."""
    if request.include_subsets:
        column = FacetTally.all_count if request.sees_team else FacetTally.public_all_count
    else:
        column = FacetTally.top_count if request.sees_team else FacetTally.public_top_count
    return column.expression


def find_selected(session: Session, request: SearchRequest) -> dict[Facet, tuple[int, ...]]:
    """
    Return the ids of the values asked for; a known value that no dataset has gets none.

    Raises
    ------
    InvalidInput
        If there is no such value, as far as the viewer may know.
    """
    if not request.filters:
        return {}
    asked = [(facet, value) for facet, values in request.filters.items() for value in values]
    askable = [(facet, value) for facet, value in asked if is_slug(value)]
    # A value is known to a viewer who may see a dataset that has it.
    count = FacetTally.all_count if request.sees_team else FacetTally.public_all_count
    rows = session.execute(
        select(FacetValue.facet, FacetValue.value, FacetValue.id)
        .join(FacetTally, FacetTally.other_id == FacetValue.id)
        .where(
            FacetTally.value_id == 0,
            count > 0,
            tuple_(FacetValue.facet, FacetValue.value).in_(askable),
        )
    )
    known = {(Facet(facet), value): value_id for facet, value, value_id in rows}
    for facet, value in sorted(set(asked) - known.keys()):
        if value not in _closed_values(session, facet, request):
            raise _unknown(session, facet, value, request)
    return {
        facet: tuple(sorted(known[facet, value] for value in values if (facet, value) in known))
        for facet, values in request.filters.items()
    }


def _closed_values(session: Session, facet: Facet, request: SearchRequest) -> Iterable[str]:
    if facet is Facet.CATEGORY:
        return session.scalars(select(Category.code)).all()
    if facet is Facet.PROVIDER and request.sees_team:
        return session.scalars(
            select(Provider.slug).where(
                Provider.slug.in_([value for value in request.filters[facet] if is_slug(value)])
            )
        ).all()
    return CLOSED.get(facet, frozenset())


def _unknown(session: Session, facet: Facet, value: str, request: SearchRequest) -> InvalidInput:
    count = FacetTally.all_count if request.sees_team else FacetTally.public_all_count
    allowed = session.scalars(
        select(FacetValue.value)
        .join(FacetTally, FacetTally.other_id == FacetValue.id)
        .where(FacetTally.value_id == 0, count > 0, FacetValue.facet == facet)
        .order_by(count.desc(), FacetValue.value)
        .limit(MAX_ALLOWED_SHOWN + 1)
    ).all()
    names = ", ".join(allowed[:MAX_ALLOWED_SHOWN]) + (
        ", …" if len(allowed) > MAX_ALLOWED_SHOWN else ""
    )
    return InvalidInput(
        "The filter “%(facet)s” has no value “%(value)s”. Its values are: %(allowed)s.",
        field=facet,
        facet=facet,
        value=shown(value),
        allowed=names or NONE,
    )


def count_with(
    session: Session, value_id: int, request: SearchRequest
) -> dict[tuple[Facet, str], int]:
    """Return how many datasets have each value together with one; with 0, at all."""
    count = tally_column(request)
    parts = [
        select(FacetTally.other_id.label("id"), count.label("n")).where(
            FacetTally.value_id == value_id
        )
    ]
    if value_id:
        parts.append(select(FacetTally.value_id, count).where(FacetTally.other_id == value_id))
    found = union_all(*parts).subquery()
    rows = session.execute(
        select(FacetValue.facet, FacetValue.value, found.c.n)
        .join(found, found.c.id == FacetValue.id)
        .where(found.c.n > 0)
    )
    return {(Facet(facet), value): n for facet, value, n in rows}


def count_all(session: Session, request: SearchRequest) -> tuple[int, int]:
    """Return how many datasets the request looks through, and how many there are."""
    row = session.execute(
        select(tally_column(request), FacetTally.all_count).where(
            FacetTally.value_id == 0, FacetTally.other_id == literal(0)
        )
    ).first()
    return (row[0], row[1]) if row else (0, 0)


def arrange(
    counts: Mapping[tuple[Facet, str], int],
    request: SearchRequest,
    capped: frozenset[Facet],
) -> dict[Facet, FacetCounts]:
    """Return the counts by facet, most frequent first, with a zero for what was selected."""
    values: dict[Facet, list[ValueCount]] = {facet: [] for facet in Facet}
    for (facet, value), count in counts.items():
        is_selected = value in request.filters.get(facet, ())
        values[facet].append(ValueCount(value, count, is_selected))
    for facet, selected in request.filters.items():
        values[facet] += [
            ValueCount(value, 0, is_selected=True)
            for value in selected
            if (facet, value) not in counts
        ]
    return {
        facet: FacetCounts(
            tuple(sorted(found, key=lambda one: (-one.count, one.value))), facet in capped
        )
        for facet, found in values.items()
    }
