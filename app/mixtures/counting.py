"""
Unique tokens of a dataset in the tokenizer of a mixture: a count is no number without one.

A count of another measured tokenizer is rescaled by bytes per token on the texts that both were
measured on. One whose tokenizer its source does not name stays as it is, marked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from statistics import median

from app.mixtures.catalogue import TokenizerFacts
from app.mixtures.facts import DatasetFacts
from app.planning.conversion import rescale
from app.planning.text_rates import TextRate, text_rates
from app.planning.tokens import NoConversion, Tokens


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


def count(
    facts: DatasetFacts, tokenizer: str, tokenizers: Mapping[str, TokenizerFacts]
) -> Unique | None:
    """Return the unique tokens of a dataset in a tokenizer; None where there is no estimate."""
    if facts.mid is None or facts.method is None:
        return None
    tokens = Tokens(facts.low, facts.mid, facts.high)
    source, is_foreign = None, False
    if facts.tokenizer != tokenizer:
        rate = _rate(facts, tokenizer, tokenizers)
        if rate is None:
            is_foreign = True
        else:
            source = facts.tokenizer
            tokens = rescale(tokens, bytes_per_token=rate[0], to_bytes_per_token=rate[1])
    return Unique(
        low=tokens.low,
        mid=tokens.mid,
        high=tokens.high,
        method=facts.method,
        tokenizer=facts.tokenizer,
        tokenizer_printed=facts.tokenizer_printed,
        is_assumed=facts.is_assumed,
        is_scaled=facts.is_scaled,
        has_repeats=facts.has_repeats,
        rescaled_from=source,
        is_foreign=is_foreign,
    )


def other_tokenizers(facts: Mapping[str, DatasetFacts], tokenizer: str) -> set[str]:
    """Return the tokenizers whose rates a mixture needs, its own among them."""
    return {tokenizer} | {one.tokenizer for one in facts.values() if one.tokenizer}


def _rate(
    facts: DatasetFacts, tokenizer: str, tokenizers: Mapping[str, TokenizerFacts]
) -> tuple[Decimal, Decimal] | None:
    if facts.tokenizer is None:
        return None
    pair = tokenizers.get(facts.tokenizer), tokenizers.get(tokenizer)
    if pair[0] is None or pair[1] is None:
        return None
    is_code = facts.modality == "code"
    first = _bytes_per_token(pair[0].rates, facts.languages, is_code=is_code)
    second = _bytes_per_token(pair[1].rates, facts.languages, is_code=is_code)
    return (first, second) if first and second else None


@lru_cache(maxsize=2048)
def _bytes_per_token(
    rates: tuple[TextRate, ...], languages: tuple[str, ...], *, is_code: bool
) -> Decimal | None:
    """Return the median over the texts of a language; several languages have no one rate."""
    try:
        found = text_rates(rates, is_code=is_code, languages=languages)
    except NoConversion:
        return None
    return median(rate.bytes_per_token for rate in found)
