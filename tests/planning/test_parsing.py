"""Typed numbers: what is read, what is refused, and with which readings."""

import contextlib
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.planning.errors import (
    AmbiguousNumber,
    BytesNotTokens,
    FractionalTokens,
    Negative,
    OutOfRange,
    PlanningError,
    UnreadableNumber,
)
from app.planning.notation.numbers import spell
from app.planning.notation.parsing import EntryKind, parse_entry, parse_tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("1.5T", 1_500_000_000_000),
        ("300B", 300_000_000_000),
        ("300b", 300_000_000_000),
        ("3000亿", 300_000_000_000),
        ("1.5万亿", 1_500_000_000_000),
        ("3千亿", 300_000_000_000),
        ("5000 万", 50_000_000),
        ("1.5萬億", 1_500_000_000_000),
        ("1e12", 10**12),
        ("1.5E+12", 1_500_000_000_000),
        ("10^12", 10**12),
        ("1.5×10^12", 1_500_000_000_000),
        ("10¹²", 10**12),
        ("１．５Ｔ", 1_500_000_000_000),
        ("３０００亿", 300_000_000_000),
        ("1,000,000", 10**6),
        ("1，000，000", 10**6),
        ("1 000 000", 10**6),
        ("1_000_000", 10**6),
        ("1'000'000", 10**6),
        ("1,500B", 1_500_000_000_000),
        ("1.500B", 1_500_000_000),
        ("2 trillion tokens", 2 * 10**12),
        ("2T 词元", 2 * 10**12),
        ("40亿个词元", 4 * 10**9),
        (" 7 ", 7),
        ("0", 0),
    ],
)
def test_reads(text: str, tokens: int) -> None:
    assert parse_tokens(text) == tokens


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("1,5T", (1_500_000_000_000, 15_000_000_000_000)),
        ("1.500", (1500, Decimal("1.5"))),
        ("1.000.000", (10**6,)),
        ("1.234,5", (Decimal("1234.5"),)),
        ("1,50,000", (150_000,)),
        ("1 0000", (10_000,)),
        ("5兆", (5_000_000, 5_000_000_000_000)),
        ("300G", (300_000_000_000,)),
        ("5000w", (50_000_000,)),
    ],
)
def test_refuses_what_could_mean_something_else(text: str, readings: tuple[object, ...]) -> None:
    with pytest.raises(AmbiguousNumber) as raised:
        parse_tokens(text)
    assert raised.value.readings == readings
    assert raised.value.text == text


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", UnreadableNumber),
        ("   ", UnreadableNumber),
        ("lots", UnreadableNumber),
        ("nan", UnreadableNumber),
        ("inf", UnreadableNumber),
        ("0x10", UnreadableNumber),
        ("12..3", UnreadableNumber),
        ("5.", UnreadableNumber),
        ("1.2e3.4", UnreadableNumber),
        ("三千亿", UnreadableNumber),
        ("٣", UnreadableNumber),
        ("²", UnreadableNumber),
        ("9" * 70, UnreadableNumber),
        ("300GB", BytesNotTokens),
        ("12 GiB", BytesNotTokens),
        ("0.5", FractionalTokens),
        ("1e-3", FractionalTokens),
        ("-5B", Negative),
        ("1e400", OutOfRange),
        ("1e999999999", OutOfRange),
        ("2e18", OutOfRange),
    ],
)
def test_refuses(text: str, error: type[PlanningError]) -> None:
    with pytest.raises(error):
        parse_tokens(text)


def test_a_fraction_of_a_token_comes_with_its_value() -> None:
    with pytest.raises(FractionalTokens) as raised:
        parse_tokens("1.2345K")
    assert raised.value.value == Fraction(2469, 2)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("3", EntryKind.WEIGHT, Fraction(3)),
        ("0.1", EntryKind.WEIGHT, Fraction(1, 10)),
        ("1e3", EntryKind.WEIGHT, Fraction(1000)),
        ("12 %", EntryKind.SHARE, Fraction(12, 100)),
        ("12.5％", EntryKind.SHARE, Fraction(1, 8)),
        ("40B", EntryKind.TOKENS, Fraction(40 * 10**9)),
        ("40亿", EntryKind.TOKENS, Fraction(40 * 10**8)),
        ("7 tokens", EntryKind.TOKENS, Fraction(7)),
        ("2x", EntryKind.EPOCHS, Fraction(2)),
        ("1.5 ×", EntryKind.EPOCHS, Fraction(3, 2)),
        ("2 epochs", EntryKind.EPOCHS, Fraction(2)),
        ("2轮", EntryKind.EPOCHS, Fraction(2)),
    ],
)
def test_a_cell_takes_weights_shares_tokens_and_epochs(
    text: str, kind: EntryKind, value: Fraction
) -> None:
    entry = parse_entry(text)
    assert (entry.kind, entry.value) == (kind, value)


@pytest.mark.parametrize("text", ["120 %", "-1", "2e301", "1,5", "x", "%", "-2x", "1e19x"])
def test_a_cell_refuses(text: str) -> None:
    with pytest.raises(PlanningError):
        parse_entry(text)


@given(st.integers(0, 10**18), st.sampled_from(["western", "chinese"]))
def test_what_is_spelled_is_read_back_exactly(value: int, system: str) -> None:
    assert parse_tokens(spell(value, system)) == value  # type: ignore[arg-type]


@given(st.integers(1, 9999), st.sampled_from([("T", 10**12), ("亿", 10**8), ("万亿", 10**12)]))
def test_short_forms_stay_short(thousandths: int, unit: tuple[str, int]) -> None:
    value = thousandths * unit[1] // 1000
    system = "western" if unit[0] == "T" else "chinese"
    assert len(spell(value, system)) <= 12  # type: ignore[arg-type]


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    for parse in (parse_tokens, parse_entry):
        with contextlib.suppress(PlanningError):
            parse(text)


@given(st.text(alphabet="0123456789.,_ '％%eExX+-^×万亿千百兆kKmMbBtTgGwW轮", max_size=14))
def test_any_text_of_number_characters_is_read_or_refused(text: str) -> None:
    for parse in (parse_tokens, parse_entry):
        with contextlib.suppress(PlanningError):
            parse(text)
