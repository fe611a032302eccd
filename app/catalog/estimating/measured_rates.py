"""
What measuring a dataset's own files says of its bytes per token. No database.

A rate that was measured on the data itself comes before the general table of texts. Under
another tokenizer it is multiplied by the ratio of the two tokenizers in that table.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from statistics import median
from typing import Any

from app.planning.estimates.text_rates import TextRate, text_rates

KIND = "measured"
_TEN_THOUSANDTHS = 10_000


@dataclass(frozen=True, slots=True)
class MeasuredRate:
    """Bytes of text per token of a tokenizer, measured on so many documents of the dataset."""

    tokenizer: str
    bytes_per_token: Decimal
    documents: int


def find_rate(estimates: Iterable[tuple[str, Mapping[str, Any] | None]]) -> MeasuredRate | None:
    """
    Return the rate of the last of a dataset's estimates that was measured on its files.

    Each estimate is its method and its rule; a tokenizer that the catalogue does not know gives
    no rate, since nothing can be set in relation to it.
    """
    found = None
    for method, rule in estimates:
        if method == KIND and rule and rule.get("kind") == KIND:
            found = _read(rule) or found
    return found


def rate_of(
    measured: MeasuredRate,
    tokenizer: str,
    rates: Mapping[str, Sequence[TextRate]],
    *,
    is_code: bool,
    languages: Sequence[str],
) -> Fraction:
    """
    Return the bytes per token of a dataset's text under a tokenizer.

    Raises
    ------
    NoConversion
        If it is another tokenizer, and the table has no text that is like the dataset's.

    Examples
    --------
    >>> rates = {
    ...     "a": [TextRate("UDHR, Chinese", "udhr", "zh", Decimal("4.5"))],
    ...     "b": [TextRate("UDHR, Chinese", "udhr", "zh", Decimal("3.6"))],
    ... }
    >>> measured = MeasuredRate("a", Decimal(5), 100)
    >>> rate_of(measured, "b", rates, is_code=False, languages=["zh"])
    Fraction(4, 1)
    """
    own = Fraction(measured.bytes_per_token)
    if tokenizer == measured.tokenizer:
        return own
    table = (
        text_rates(rates.get(code, ()), is_code=is_code, languages=languages)
        for code in (tokenizer, measured.tokenizer)
    )
    there, here = (
        Fraction(median(sorted(Fraction(rate.bytes_per_token) for rate in texts)))
        for texts in table
    )
    return own * there / here


def rounded(rate: Fraction) -> Decimal:
    """Return a rate as tables have it, to four decimals."""
    return Decimal(round(rate * _TEN_THOUSANDTHS)) / _TEN_THOUSANDTHS


def _read(rule: Mapping[str, Any]) -> MeasuredRate | None:
    """Read a rule, which an import may have brought in any form."""
    tokenizer, counted = rule.get("tokenizer"), rule.get("counted")
    if not isinstance(tokenizer, Mapping) or not isinstance(counted, Mapping):
        return None
    code, documents = tokenizer.get("code"), counted.get("documents")
    try:
        rate = Decimal(str(rule.get("bytes_per_token")))
    except InvalidOperation:
        return None
    if not isinstance(code, str) or not isinstance(documents, int) or not rate.is_finite():
        return None
    return MeasuredRate(code, rate, documents) if rate > 0 else None
