"""Numbers as people write them in lists."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog.importers.amounts import (
    AmountError,
    AmountProblem,
    normalise,
    parse_amount,
    parse_bytes,
)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("2500万本", 25_000_000, "本"),
        ("250万", 2_500_000, ""),
        ("８５００万篇", 85_000_000, "篇"),
        ("1.5亿条", 150_000_000, "条"),
        ("1.5万亿", 1_500_000_000_000, ""),
        ("3千万", 30_000_000, ""),
        ("三千万册", 30_000_000, "册"),
        ("两千五百万本", 25_000_000, "本"),
        ("十二亿", 1_200_000_000, ""),
        ("百万", 1_000_000, ""),
        ("2亿5000万", 250_000_000, ""),
        ("12,500 hours", 12_500, "hours"),
        ("1，234，567", 1_234_567, ""),
        ("1,2345,6789", 123_456_789, ""),
        ("25 000 000 books", 25_000_000, "books"),
        ("1'000'000", 1_000_000, ""),
        ("1.2B tokens", 1_200_000_000, "tokens"),
        ("30 million", 30_000_000, ""),
        ("5 minutes", 5, "minutes"),
        ("5 m", 5_000_000, ""),
        ("10 books", 10, "books"),
        ("2.5E+07", 25_000_000, ""),
        ("0", 0, ""),
        ("约 1,000", 1_000, ""),
        ("2500万（本）", 25_000_000, "(本)"),
    ],
)
def test_a_count_is_read(text: str, value: int, unit: str) -> None:
    amount = parse_amount(text)
    assert (amount.value, amount.unit) == (value, unit)


@pytest.mark.parametrize(
    ("text", "bound", "is_about"),
    [
        ("超过10亿", "at_least", False),
        ("≥ 100万", "at_least", False),
        ("200万余本", "at_least", False),
        ("50多万", "at_least", False),
        ("1000+", "at_least", False),
        ("100万以上", "at_least", False),
        ("不超过5万", "at_most", False),
        ("up to 5K", "at_most", False),
        ("约3万", None, True),
        ("~3万", None, True),
        ("3万左右", None, False),
        ("3万", None, False),
    ],
)
def test_bounds_are_kept(text: str, bound: str | None, is_about: bool) -> None:
    amount = parse_amount(text)
    assert (amount.bound, amount.is_about) == (bound, is_about)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", AmountProblem.EMPTY),
        ("   ", AmountProblem.EMPTY),
        ("many books", AmountProblem.INEXACT),
        ("数万", AmountProblem.INEXACT),
        ("100-200万", AmountProblem.RANGE),
        ("100万～200万", AmountProblem.RANGE),
        ("2小时到3小时", AmountProblem.RANGE),
        ("3.2亿条，约1.5TB", AmountProblem.SEVERAL),
        ("300万篇/120GB", AmountProblem.SEVERAL),
        ("35%", AmountProblem.SHARE),
        ("12,50", AmountProblem.AMBIGUOUS),
        ("2.500.000", AmountProblem.AMBIGUOUS),
        ("2.5,0", AmountProblem.AMBIGUOUS),
        ("2000万3亿", AmountProblem.AMBIGUOUS),
        ("5 of 10", AmountProblem.AMBIGUOUS),
        ("-5", AmountProblem.NEGATIVE),
        ("9" * 40, AmountProblem.TOO_LARGE),
        ("99999999万亿", AmountProblem.TOO_LARGE),
        ("abc", AmountProblem.NO_NUMBER),
        ("本", AmountProblem.NO_NUMBER),
    ],
)
def test_what_is_no_single_number_is_refused_with_the_reason(
    text: str, problem: AmountProblem
) -> None:
    with pytest.raises(AmountError) as raised:
        parse_amount(text)
    assert raised.value.problem == problem


@pytest.mark.parametrize(
    ("text", "multiplier", "value"),
    [("2500", 10_000, 25_000_000), ("2500万", 10_000, 25_000_000), ("1.5亿", 10_000, None)],
)
def test_the_head_of_a_column_may_scale_its_numbers(
    text: str, multiplier: int, value: int | None
) -> None:
    if value is None:
        # 亿 under a head of 万: a million million or a hundred million?
        with pytest.raises(AmountError):
            parse_amount(text, multiplier=multiplier)
    else:
        assert parse_amount(text, multiplier=multiplier).value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("500GB", 500 * 10**9),
        ("500 G", 500 * 10**9),
        ("1.6TB", 16 * 10**11),
        ("3 TiB", 3 * 2**40),
        ("1024", 1024),
        ("1.5 million bytes", 1_500_000),
        ("500 MB左右", 500 * 10**6),
    ],
)
def test_sizes_tell_decimal_from_binary(text: str, value: int) -> None:
    assert parse_bytes(text).value == value


def test_a_size_of_something_else_is_refused() -> None:
    with pytest.raises(AmountError):
        parse_bytes("500 books")


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_has_a_problem(text: str) -> None:
    for parse in (parse_amount, parse_bytes):
        with contextlib.suppress(AmountError):
            assert 0 <= parse(text).value < 2**63


@given(st.integers(0, 10**17))
def test_whole_numbers_come_back(value: int) -> None:
    assert parse_amount(f"{value}").value == value
    assert parse_amount(f"{value:,} 本").value == value


@given(st.decimals(0, 9_999, places=2), st.sampled_from(["万", "亿", "K", "M", "B"]))
def test_scaled_numbers_are_exact(value: Decimal, scale: str) -> None:
    factor = {"万": 10**4, "亿": 10**8, "K": 10**3, "M": 10**6, "B": 10**9}[scale]
    assert parse_amount(f"{value}{scale}").value == value * factor


def test_normalising_folds_width_and_blanks() -> None:
    assert normalise(" １２３\u3000万\n本 ") == "123 万 本"
