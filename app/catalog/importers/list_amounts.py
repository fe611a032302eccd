"""The numbers of a list's row: quantities with their units, sizes, token counts."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from app.catalog.exchange.items import Finding
from app.catalog.importers import amounts, words
from app.catalog.importers.amounts import Amount, AmountError, AmountProblem
from app.catalog.importers.problems import finding
from app.catalog.importers.texts import key_of
from app.catalog.importers.titles import HeadColumn
from app.catalog.loading.records import EstimateRecord, QuantityRecord
from app.catalog.models.estimates import EstimateMethod

# How people leave a cell empty.
NOTHING = frozenset(
    ("", "-", "--", "—", "——", "/", "\\", "?", "？", "n/a", "#n/a", "na", "nan", "none", "null")
) | frozenset(("tbd", "tba", "unknown", "无", "暂无", "未知", "待定"))
_NO_NUMBER_STAYS = {AmountProblem.INEXACT, AmountProblem.RANGE}
# What the catalogue keeps of a quantity; `printed` has the rest.
DECIMALS = 3
_BOUNDS = {"at_least": ("至少", "at least"), "at_most": ("至多", "at most")}
_BYTE_UNITS = frozenset(f"{p}{i}b" for p in "kmgtp" for i in ("", "i"))


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a row says in numbers, and what is wrong with it."""

    quantities: tuple[QuantityRecord, ...] = ()
    estimates: tuple[EstimateRecord, ...] = ()
    findings: tuple[Finding, ...] = ()


def is_nothing(text: str) -> bool:
    """Whether a cell says that there is no value."""
    return text.strip().lower() in NOTHING


def read_quantity(
    text: str, unit_cell: str, head: HeadColumn, row: int, *, category: str
) -> Numbers:
    """Read a count; its unit stands in the cell, in the title or in a column of its own."""
    scale, unit_cell = _scale_of(unit_cell)
    if scale != 1:
        head = replace(head, multiplier=head.multiplier * scale)
    amount, findings = _parse(amounts.parse_amount, text, head, row)
    if amount is None:
        kept = QuantityRecord(key="stated", printed=text)
        return Numbers((kept,) if _is_kept(findings) else (), (), findings)
    own, other = amount.unit.strip(" ()[]"), head.unit or unit_cell
    if own and other and key_of(own) != key_of(other) and _differs(own, other):
        findings = (
            *findings,
            finding("unit_contradicts", row=row, column=head.title, value=own, other=other),
        )
    printed_unit = own or other
    if key_of(printed_unit) in words.TOKEN_WORDS:
        return _tokens(amount, text, None, None, findings)
    value, unit = _converted(amount.value, printed_unit, category)
    if head.multiplier != 1:
        # "2500" alone would mislead where the head or the column of units says 万.
        text = f"{text} × {scale:,}" if scale != 1 else f"{head.title}: {text}"
    if not printed_unit:
        findings = (*findings, finding("unit_missing", row=row, column=head.title, value=text))
    elif unit is None:
        findings = (
            *findings,
            finding("unit_unknown", row=row, column=head.title, value=printed_unit),
        )
    quantity = QuantityRecord(
        key="stated",
        printed=text,
        value=value,
        unit=unit,
        unit_printed=printed_unit or None,
        qualifier_zh=_qualifier(amount, 0),
        qualifier_en=_qualifier(amount, 1),
    )
    return Numbers((quantity,), (), findings)


def _scale_of(unit_cell: str) -> tuple[int, str]:
    """
    Return the scale and the unit of a column of units: 万册.

    >>> _scale_of("万册"), _scale_of("册"), _scale_of("")
    ((10000, '册'), (1, '册'), (1, ''))
    """
    try:
        amount = amounts.parse_amount(f"1{unit_cell}")
    except AmountError:
        return 1, unit_cell
    return (int(amount.value), amount.unit) if amount.has_scale else (1, unit_cell)


def read_size(text: str, head: HeadColumn, row: int) -> Numbers:
    """Read a size in bytes; nothing says whether it is compressed, so nothing follows from it."""
    amount, findings = _parse(amounts.parse_bytes, text, head, row)
    if amount is None:
        return Numbers((), (), findings)
    quantity = QuantityRecord(
        key="size",
        printed=text,
        value=round(amount.value, DECIMALS),
        unit="byte",
        qualifier_zh=_qualifier(amount, 0),
        qualifier_en=_qualifier(amount, 1),
    )
    return Numbers((quantity,), (), findings)


def read_tokens(
    text: str, tokenizer: str, known: str | None, head: HeadColumn, row: int
) -> Numbers:
    """Read a token count that the provider states, with the tokenizer it names."""
    amount, findings = _parse(amounts.parse_amount, text, head, row)
    if amount is None:
        return Numbers((), (), findings)
    return _tokens(amount, text, tokenizer or None, known, findings)


def _tokens(
    amount: Amount,
    text: str,
    tokenizer: str | None,
    known: str | None,
    findings: tuple[Finding, ...],
) -> Numbers:
    estimate = EstimateRecord(
        key="stated",
        method=EstimateMethod.STATED,
        mid=int(amount.value),
        bound=amount.bound,
        tokenizer=known,
        tokenizer_printed=tokenizer,
        printed=text,
    )
    return Numbers((), (estimate,), findings)


def _parse(
    parse: Callable[..., Amount], text: str, head: HeadColumn, row: int
) -> tuple[Amount | None, tuple[Finding, ...]]:
    try:
        return parse(text, multiplier=head.multiplier), ()
    except AmountError as error:
        return None, (finding(error.problem, row=row, column=head.title, value=text[:100]),)


def _is_kept(findings: tuple[Finding, ...]) -> bool:
    return any(found.code in _NO_NUMBER_STAYS for found in findings)


def _differs(own: str, other: str) -> bool:
    """Whether two unit words mean different things; one that is unknown contradicts nothing."""
    first, second = words.unit_of(own), words.unit_of(other)
    return first is not None and second is not None and first != second


def _converted(value: Decimal, printed: str, category: str) -> tuple[Decimal, str | None]:
    """Return the count in a unit of the catalogue; minutes become hours, GB bytes."""
    if words.is_minutes(printed):
        return round(value / words.MINUTES_PER_HOUR, DECIMALS), "hour"
    if printed.strip().lower() in _BYTE_UNITS:
        size = amounts.parse_bytes(f"{value:f}{printed.strip()}").value
        return round(size, DECIMALS), "byte"
    return round(value, DECIMALS), words.unit_of(printed, category) if printed else None


def _qualifier(amount: Amount, language: int) -> str | None:
    """Return what stands before the number in words: Chinese is 0, English 1."""
    if amount.bound is not None:
        return _BOUNDS[amount.bound][language]
    return ("约", "about")[language] if amount.is_about else None
