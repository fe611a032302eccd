from collections.abc import Iterator
from decimal import Decimal

import pytest

from app.web import i18n, numbers


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    i18n.use_locale("en")
    yield
    i18n.use_locale("en")


def test_number_keeps_every_digit_in_its_value_and_title():
    assert numbers.number(383_350_000_000) == (
        '<data class="pb-num" value="383350000000" title="383,350,000,000">'
        '383<span class="pb-u">B</span></data>'
    )


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (9_999, "10K", "9999"),
        (60_000, "60K", "6万"),
        (383_350_000_000, "383B", "3834亿"),
        (1_510_000_000_000, "1.51T", "1.51万亿"),
    ],
)
def test_short_speaks_the_language_of_the_page(value, english, chinese):
    assert numbers.short(value) == english
    i18n.use_locale("zh_CN")
    assert numbers.short(value) == chinese


def test_missing_tokens_are_words_and_never_zero():
    assert numbers.tokens(None) == '<span class="pb-tag is-dash">no estimate</span>'
    assert "no estimate" not in numbers.tokens(0)
    i18n.use_locale("zh_CN")
    assert "无估计" in numbers.tokens(None)


def test_interval_without_an_end_says_so():
    assert numbers.interval(None, 5) == "no spread"
    assert "203B–552B" in numbers.interval(202_950_000_000, 552_475_000_000)
    assert "202,950,000,000–552,475,000,000" in numbers.interval(202_950_000_000, 552_475_000_000)


def test_whole_has_commas_except_for_small_numbers_in_chinese():
    assert numbers.whole(9_999) == "9,999"
    assert numbers.whole(Decimal("0.902")) == "0.902"
    assert numbers.whole(Decimal("170000.000000")) == "170,000"
    i18n.use_locale("zh_CN")
    assert numbers.whole(9_999) == "9999"
    assert numbers.whole(2_500_000) == "2,500,000"


def test_gigabytes_are_not_gibibytes():
    assert "825" in numbers.data_size(886_030_278_328, "binary")
    assert " GiB<" in numbers.data_size(886_030_278_328, "binary")
    assert ">886<" in numbers.data_size(886_030_278_328)
    assert " GB<" in numbers.data_size(886_030_278_328)
    assert 'value="886030278328"' in numbers.data_size(886_030_278_328)


def test_percent_and_epochs_keep_their_decimals():
    assert ">18.1<" in numbers.percent(0.1811)
    assert ">18.11<" in numbers.percent_points(18.11, 2)
    assert ">2.0<" in numbers.epochs(2)
    assert ">1.52<" in numbers.epochs(1.52)


def test_decimal_rounds_half_to_even_and_pads():
    assert numbers.decimal(7.5, 2) == "7.50"
    assert numbers.decimal(1254.2, 2) == "1,254.20"
