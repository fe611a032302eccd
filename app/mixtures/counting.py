"""
Unique tokens of a dataset in the tokenizer of a mixture: a count is no number without one.

A count of another measured tokenizer is rescaled by bytes per token on the texts that both were
measured on. One whose tokenizer its source does not name stays as it is, marked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from app.mixtures.catalogue import TokenizerFacts
from app.mixtures.facts import DatasetFacts
from app.planning.estimates.conversion import rescale
from app.planning.estimates.text_rates import text_rates
from app.planning.estimates.tokens import NoConversion, Tokens

# The tokenizer of a count, the languages of the data, and whether they are code.
_Kind = tuple[str, tuple[str, ...], bool]
# Bytes per token of that tokenizer and of the mixture's.
_Rates = tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Unique:
    """
    Unique tokens, as a mixture counts them.

    `rescaled_from` is the tokenizer of the estimate where it was converted. `is_foreign`: the
    count is of another tokenizer, or of one that its source does not name, and could not be.
    """

    low: int | None
    mid: int
    high: int | None
    method: str
    tokenizer: str | None
    tokenizer_printed: str | None
    is_assumed: bool
    is_scaled: bool
    has_repeats: bool
    rescaled_from: str | None = None
    is_foreign: bool = False


def count_all(
    facts: Mapping[str, DatasetFacts], tokenizer: str, tokenizers: Mapping[str, TokenizerFacts]
) -> dict[str, Unique]:
    """Return the unique tokens of datasets in a tokenizer; those without an estimate are left."""
    known: dict[_Kind, _Rates | None] = {}
    found = {}
    for slug, one in facts.items():
        if one.mid is None or one.method is None:
            continue
        tokens = Tokens(one.low, one.mid, one.high)
        rates = None
        if one.tokenizer is not None and one.tokenizer != tokenizer:
            kind = (one.tokenizer, one.languages, one.modality == "code")
            if kind not in known:
                known[kind] = _rates(kind, tokenizer, tokenizers)
            rates = known[kind]
            if rates is not None:
                tokens = rescale(tokens, bytes_per_token=rates[0], to_bytes_per_token=rates[1])
        found[slug] = Unique(
            low=tokens.low,
            mid=tokens.mid,
            high=tokens.high,
            method=one.method,
            tokenizer=one.tokenizer,
            tokenizer_printed=one.tokenizer_printed,
            is_assumed=one.is_assumed,
            is_scaled=one.is_scaled,
            has_repeats=one.has_repeats,
            rescaled_from=one.tokenizer if rates else None,
            is_foreign=one.tokenizer != tokenizer and rates is None,
        )
    return found


def tokenizers_of(facts: Mapping[str, DatasetFacts], tokenizer: str) -> set[str]:
    """Return the tokenizers whose rates a mixture needs, its own among them."""
    return {tokenizer} | {one.tokenizer for one in facts.values() if one.tokenizer}


def _rates(kind: _Kind, tokenizer: str, tokenizers: Mapping[str, TokenizerFacts]) -> _Rates | None:
    source, languages, is_code = kind
    if source not in tokenizers or tokenizer not in tokenizers:
        return None
    try:
        first, second = (
            median(
                rate.bytes_per_token
                for rate in text_rates(tokenizers[code].rates, is_code=is_code, languages=languages)
            )
            for code in (source, tokenizer)
        )
    except NoConversion:
        # Several languages, or one that was not measured, have no one rate.
        return None
    return first, second
