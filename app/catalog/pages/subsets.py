"""The subsets of a dataset: a picture of what it is made of, and the table beside it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.catalog.models.datasets import Dataset
from app.catalog.pages import charts, parts, quantities
from app.web.i18n import gettext as _

# Fewer kinds than this say nothing that the table does not.
KINDS_FROM = 3
PERCENT = "%"
RAW, WITH_REPEATS = "raw_gib", "effective_gib"


@dataclass(frozen=True)
class Column:
    """A column of figures, as the source names them."""

    code: str
    label: str
    unit: str | None
    decimals: int
    is_number: bool
    note: str | None


@dataclass(frozen=True)
class SubsetRow:
    """One subset: its own figures by column code, its quantity and its estimate."""

    slug: str
    name: str
    kind: str
    hue: int
    figures: dict[str, Any]
    quantities: list[quantities.QuantityView]
    estimate: parts.EstimateView | None
    reason: str
    bar: charts.Bar | None


@dataclass(frozen=True)
class SubsetTable:
    """The table of subsets and the picture above it."""

    rows: list[SubsetRow]
    columns: list[Column]
    foot: dict[str, Any]
    segments: list[charts.Segment]
    measure: str
    is_by_kind: bool
    bar_label: str
    has_repeats: bool
    has_kinds: bool


def subset_table(dataset: Dataset, subsets: Sequence[Dataset]) -> SubsetTable | None:
    """Return the table of a dataset's subsets, or None if it has none."""
    if not subsets:
        return None
    columns = [_column(field, subsets) for field in dataset.figure_fields]
    share_code = next((f["code"] for f in dataset.figure_fields if f.get("is_share")), None)
    shares, measure = _shares(dataset, subsets, share_code)
    kinds = {subset.category_id for subset in subsets}
    is_by_kind = len(kinds) >= KINDS_FROM
    pairs, bar_label = _bar_values(columns, subsets, shares)
    all_bars = charts.bars(pairs)
    rows = [
        SubsetRow(
            slug=subset.slug,
            name=_short_name(dataset, subset),
            kind=parts.category_name(subset.category),
            hue=subset.category.hue,
            figures=subset.figures or {},
            quantities=[quantities.quantity_view(quantity) for quantity in subset.quantities],
            estimate=parts.estimate_view(main) if (main := parts.main_estimate(subset)) else None,
            reason=parts.no_estimate_reason(subset),
            bar=bar,
        )
        for subset, bar in zip(subsets, all_bars, strict=True)
    ]
    return SubsetTable(
        rows=rows,
        columns=columns,
        foot=dataset.figures or {},
        segments=_segments(dataset, subsets, shares, is_by_kind=is_by_kind),
        measure=measure,
        is_by_kind=is_by_kind,
        bar_label=bar_label,
        has_repeats=any(whole is not None for _raw, whole in pairs),
        has_kinds=is_by_kind,
    )


def _short_name(dataset: Dataset, subset: Dataset) -> str:
    """Return a subset's name without its dataset's, which the page is about anyway."""
    name = parts.dataset_name(subset).text
    _parent, separator, short = name.partition(" · ")
    is_after_parent = separator and subset.slug.startswith(f"{dataset.slug}/")
    return short if is_after_parent else name


def _column(field: dict[str, Any], subsets: Sequence[Dataset]) -> Column:
    values = [(subset.figures or {}).get(field["code"]) for subset in subsets]
    return Column(
        code=field["code"],
        label=_label(field),
        unit=field.get("unit"),
        decimals=field.get("decimals") or 0,
        is_number=all(value is None or _is_number(value) for value in values),
        note=parts.bilingual(field, "note"),
    )


def _label(field: dict[str, Any]) -> str:
    label = parts.bilingual(field, "label") or field["code"]
    unit = field.get("unit")
    if not unit or unit == PERCENT:
        return label
    return _("%(label)s, %(unit)s", label=label, unit=unit)


def _shares(
    dataset: Dataset, subsets: Sequence[Dataset], share_code: str | None
) -> tuple[list[float], str]:
    """Return what the picture measures: the source's own shares, else tokens, else bytes."""
    if share_code:
        field = next(f for f in dataset.figure_fields if f["code"] == share_code)
        values = [_as_float((subset.figures or {}).get(share_code)) for subset in subsets]
        return values, parts.bilingual(field, "note") or parts.bilingual(field, "label") or ""
    tokens = [_tokens(subset) for subset in subsets]
    if any(tokens):
        return tokens, _("share of estimated tokens; subsets without an estimate are left out")
    sizes = [_bytes(subset) for subset in subsets]
    return sizes, _("share of published bytes")


def _segments(
    dataset: Dataset, subsets: Sequence[Dataset], shares: Sequence[float], *, is_by_kind: bool
) -> list[charts.Segment]:
    if not any(shares):
        return []
    pieces: list[tuple[str, int, float]]
    if is_by_kind:
        sums: defaultdict[tuple[str, int], float] = defaultdict(float)
        for subset, share in zip(subsets, shares, strict=True):
            sums[parts.category_name(subset.category), subset.category.hue] += share
        pieces = [(label, hue, value) for (label, hue), value in sums.items()]
    else:
        ranked = sorted(zip(subsets, shares, strict=True), key=lambda pair: -pair[1])
        pieces = [
            (_short_name(dataset, subset), 1 + index % charts.MAX_HUES, share)
            for index, (subset, share) in enumerate(ranked)
        ]
    pieces = [piece for piece in pieces if piece[2] > 0]
    return charts.stacked(charts.fold(pieces, other=_("all others")))


def _bar_values(
    columns: Sequence[Column], subsets: Sequence[Dataset], shares: Sequence[float]
) -> tuple[list[tuple[float | None, float | None]], str]:
    codes = {column.code for column in columns}
    if {RAW, WITH_REPEATS} <= codes:
        pairs: list[tuple[float | None, float | None]] = [
            (
                _as_float((subset.figures or {}).get(RAW)),
                _as_float((subset.figures or {}).get(WITH_REPEATS)),
            )
            for subset in subsets
        ]
        return pairs, _("Raw in colour, repeats in grey")
    return [(share or None, None) for share in shares], _("In proportion")


def _tokens(subset: Dataset) -> float:
    main = parts.main_estimate(subset)
    return float(main.mid) if main and main.mid else 0.0


def _bytes(subset: Dataset) -> float:
    sizes = [q.value for q in subset.quantities if q.unit == "byte" and q.value is not None]
    return float(sizes[0]) if sizes else 0.0


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def _as_float(value: object) -> float:
    return float(value) if isinstance(value, (int, float, Decimal)) else 0.0
