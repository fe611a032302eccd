"""
Which token estimates follow from a dataset's quantities, or why none does. No database.

A count that somebody published, measured or stated is never second-guessed by a conversion, so
datasets that have one derive nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.catalog.estimating import measured_rates
from app.catalog.estimating.measured_rates import MeasuredRate
from app.catalog.estimating.tables import Found, ReferenceTables, TokenizerTables
from app.catalog.licences import grade_order
from app.catalog.models.estimates import EstimateMethod, NoEstimateReason
from app.catalog.models.quantities import ByteContent
from app.catalog.words.measured_texts import OWN_FILES, measured_text
from app.planning.estimates.conversion import Factors, convert_quantity, find_factors
from app.planning.estimates.text_rates import ByteConversion, TextRate, convert_bytes, text_rates
from app.planning.estimates.tokens import NoConversion, Range, Tokens

# A unit that says nothing of how long its text is.
_UNITS_WITHOUT_LENGTH = frozenset({"sequence", "nucleic_acid_sequence"})

_COMPRESSED = {
    ByteContent.COMPRESSED: NoEstimateReason.BYTES_COMPRESSED,
    ByteContent.IDS: NoEstimateReason.BYTES_NOT_STATED,
    ByteContent.MIXED: NoEstimateReason.NO_MEASURED_TEXT,
    ByteContent.MARKUP: NoEstimateReason.NO_MEASURED_TEXT,
}

# What a column of tokens holds; no corpus comes near.
_MOST_TOKENS = 2**63 - 1

_METHOD_ORDER = tuple(EstimateMethod)

# Of several quantities that all fail, the reason that tells a person most comes first.
_REASON_ORDER = (
    NoEstimateReason.TOO_LARGE,
    NoEstimateReason.NO_LENGTH,
    NoEstimateReason.OTHER_TOKENIZER,
    NoEstimateReason.BYTES_COMPRESSED,
    NoEstimateReason.BYTES_NOT_STATED,
    NoEstimateReason.LANGUAGE_MIXED,
    NoEstimateReason.NO_MEASURED_TEXT,
    NoEstimateReason.NO_PREMIUM,
    NoEstimateReason.LANGUAGE_NOT_STATED,
    NoEstimateReason.PRIOR_OF_OTHER_CATEGORY,
    NoEstimateReason.NO_PRIOR,
    NoEstimateReason.UNIT_NOT_STATED,
    NoEstimateReason.NO_QUANTITY,
)


@dataclass(frozen=True, slots=True)
class QuantityFacts:
    """What a derivation needs to know of one quantity."""

    value: Decimal | None
    unit: str | None
    assumed_unit: str | None
    content: str | None
    is_whole: bool


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """What a derivation needs to know of a dataset."""

    categories: tuple[str, ...]
    languages: tuple[str, ...]
    has_tokens: bool
    # What measuring its own files said, before the general table.
    measured: MeasuredRate | None = None


@dataclass(frozen=True, slots=True)
class Derived:
    """An estimate that follows from the quantity at `index`."""

    index: int
    tokens: Tokens
    tokenizer: str
    is_whole: bool
    is_assumed: bool
    is_scaled: bool
    rule: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the choice of the main estimate looks at."""

    method: str
    grade: str | None
    is_whole: bool
    mid: int | None
    is_seeded: bool
    order: int


def derive(
    dataset: DatasetFacts, quantities: Sequence[QuantityFacts], tables: ReferenceTables
) -> tuple[list[Derived], NoEstimateReason | None]:
    """Return the estimates of a dataset that has no count of its own, or the reason for none."""
    if not dataset.has_tokens:
        return [], NoEstimateReason.NOT_DATA
    tokenizer = tables.default
    if tokenizer is None:
        return [], NoEstimateReason.NO_MEASURED_TEXT
    derived: list[Derived] = []
    reasons: list[NoEstimateReason] = []
    for index, quantity in enumerate(quantities):
        outcome = derive_one(index, quantity, dataset, tables, tokenizer)
        if isinstance(outcome, Derived) and _largest(outcome.tokens) > _MOST_TOKENS:
            outcome = NoEstimateReason.TOO_LARGE
        if isinstance(outcome, Derived):
            derived.append(outcome)
        elif quantity.is_whole:
            reasons.append(outcome)
    if any(estimate.is_whole for estimate in derived):
        return derived, None
    return derived, min(reasons, key=_REASON_ORDER.index, default=NoEstimateReason.NO_QUANTITY)


def derive_one(
    index: int,
    quantity: QuantityFacts,
    dataset: DatasetFacts,
    tables: ReferenceTables,
    tokenizer: TokenizerTables,
) -> Derived | NoEstimateReason:
    """Convert one quantity for one tokenizer, or say what stands in the way."""
    unit = quantity.unit or quantity.assumed_unit
    if quantity.value is None:
        return NoEstimateReason.NO_QUANTITY
    if unit is None:
        return NoEstimateReason.UNIT_NOT_STATED
    if unit in _UNITS_WITHOUT_LENGTH:
        return NoEstimateReason.NO_LENGTH
    if unit == "byte":
        return _from_bytes(index, quantity, int(quantity.value), dataset, tables, tokenizer)
    known = _factors(unit, dataset, tables, tokenizer)
    if isinstance(known, NoEstimateReason):
        return known
    factors, rule = known
    conversion = convert_quantity(quantity.value, factors)
    return Derived(
        index=index,
        tokens=conversion.tokens,
        tokenizer=tokenizer.code,
        is_whole=quantity.is_whole,
        is_assumed=quantity.unit is None,
        is_scaled=factors.is_scaled,
        rule=rule | {"quantity": decimal_text(Fraction(quantity.value))},
    )


def _factors(
    unit: str, dataset: DatasetFacts, tables: ReferenceTables, tokenizer: TokenizerTables
) -> Found:
    """
    Return the factors of a kind of data and the rule that shows them, or what is missing.

    Kinds are few and datasets many, so each is looked for once.
    """
    kind = (unit, dataset.categories, dataset.languages)
    if kind not in tokenizer.factors:
        try:
            factors = find_factors(
                unit=unit,
                categories=dataset.categories,
                languages=dataset.languages,
                priors=tables.priors,
                premiums=tokenizer.premiums,
            )
        except NoConversion as error:
            tokenizer.factors[kind] = NoEstimateReason(error.obstacle.value)
        else:
            rule = _unit_rule(factors, tokenizer.code, tables.prior_words)
            tokenizer.factors[kind] = factors, rule
    return tokenizer.factors[kind]


def _largest(tokens: Tokens) -> int:
    return tokens.mid if tokens.high is None else tokens.high


def _from_bytes(  # noqa: PLR0917  a quantity of a dataset, and all that it is converted with
    index: int,
    quantity: QuantityFacts,
    n_bytes: int,
    dataset: DatasetFacts,
    tables: ReferenceTables,
    tokenizer: TokenizerTables,
) -> Derived | NoEstimateReason:
    if quantity.content is None:
        return NoEstimateReason.BYTES_NOT_STATED
    content = ByteContent(quantity.content)
    if content in _COMPRESSED:
        return _COMPRESSED[content]
    is_code = content == ByteContent.CODE
    try:
        if dataset.measured and dataset.measured.tokenizer in tables.tokenizers:
            rates: tuple[TextRate, ...] = (
                _measured_text(dataset.measured, dataset, tables, tokenizer, is_code=is_code),
            )
        else:
            rates = text_rates(tokenizer.rates, is_code=is_code, languages=dataset.languages)
    except NoConversion as error:
        return NoEstimateReason(error.obstacle.value)
    conversion = convert_bytes(n_bytes, rates)
    return Derived(
        index=index,
        tokens=conversion.tokens,
        tokenizer=tokenizer.code,
        is_whole=quantity.is_whole,
        is_assumed=quantity.unit is None,
        is_scaled=False,
        rule=_byte_rule(conversion, tokenizer.code, content) | _measured_note(dataset, tables),
    )


def _measured_text(
    measured: MeasuredRate,
    dataset: DatasetFacts,
    tables: ReferenceTables,
    tokenizer: TokenizerTables,
    *,
    is_code: bool,
) -> TextRate:
    """Return the dataset's own text as one that was measured."""
    rate = measured_rates.rate_of(
        measured,
        tokenizer.code,
        {code: one.rates for code, one in tables.tokenizers.items()},
        is_code=is_code,
        languages=dataset.languages,
    )
    return TextRate(OWN_FILES, "text", None, measured_rates.rounded(rate))


def _measured_note(dataset: DatasetFacts, tables: ReferenceTables) -> dict[str, Any]:
    measured = dataset.measured
    if measured is None or measured.tokenizer not in tables.tokenizers:
        return {}
    return {
        "measured": {
            "tokenizer": measured.tokenizer,
            "bytes_per_token": decimal_text(Fraction(measured.bytes_per_token)),
            "documents": measured.documents,
        }
    }


def choose_main(candidates: Iterable[Candidate]) -> int | None:
    """
    Return the position of the estimate that is shown first, or None.

    Only a count of the whole dataset can be it: the best method, then the best source, then
    what people added, newest first, then what the seed put first.
    """
    ranked = [
        (_rank(candidate), position)
        for position, candidate in enumerate(candidates)
        if candidate.is_whole and candidate.mid is not None
    ]
    return min(ranked)[1] if ranked else None


def _rank(candidate: Candidate) -> tuple[int, int, int]:
    # The seed counts its positions from 0; people's rows have ids, the newest the greatest.
    order = candidate.order if candidate.is_seeded else -candidate.order
    method = _METHOD_ORDER.index(EstimateMethod(candidate.method))
    return method, grade_order(candidate.grade), order


def _unit_rule(
    factors: Factors, tokenizer: str, words: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    return {
        "kind": "units",
        "tokenizer": tokenizer,
        "unit": factors.unit,
        "priors": [
            {
                **words[prior.code],
                "low": _optional(prior.low),
                "mid": _optional(prior.mid),
                "high": _optional(prior.high),
                "multiplier": _optional(prior.multiplier),
            }
            for prior in factors.priors
        ],
        "per_unit": _range(factors.per_unit),
        "premium": _range(factors.premium),
        "basis": factors.basis.value,
        "languages": list(factors.languages),
    }


def _byte_rule(conversion: ByteConversion, tokenizer: str, content: ByteContent) -> dict[str, Any]:
    return {
        "kind": "bytes",
        "tokenizer": tokenizer,
        "quantity": str(conversion.n_bytes),
        "unit": "byte",
        "content": content.value,
        "texts": [
            {
                "name": rate.text,
                "name_zh": measured_text(rate.text).zh,
                "name_en": measured_text(rate.text).en,
                "bytes_per_token": decimal_text(Fraction(rate.bytes_per_token)),
            }
            for rate in sorted(conversion.rates, key=lambda rate: rate.bytes_per_token)
        ],
        "bytes_per_token": _range(conversion.bytes_per_token),
    }


def _range(factor: Range) -> dict[str, str | None]:
    return {
        "low": None if factor.low is None else decimal_text(factor.low),
        "mid": decimal_text(factor.mid),
        "high": None if factor.high is None else decimal_text(factor.high),
    }


def _optional(value: Decimal | None) -> str | None:
    return None if value is None else decimal_text(Fraction(value))


def decimal_text(value: Fraction) -> str:
    """
    Return a number as people write it, without trailing zeros, to at most six decimals.

    >>> (
    ...     decimal_text(Fraction(2500000)),
    ...     decimal_text(Fraction("0.902")),
    ...     decimal_text(Fraction(1, 3)),
    ... )
    ('2500000', '0.902', '0.333333')
    """
    if value.denominator == 1:
        return str(value.numerator)
    scaled = round(value * 10**6)
    text = f"{scaled // 10**6}.{scaled % 10**6:06d}"
    return text.rstrip("0").rstrip(".")
