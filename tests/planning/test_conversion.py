"""The published example, each rule of language and spread, and what must not be converted."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.planning.estimates.conversion import (
    convert_quantity,
    find_factors,
    language_premium,
    rescale,
)
from app.planning.estimates.languages import main_language, measured_tag
from app.planning.estimates.priors import LanguageBasis, Prior, match_priors
from app.planning.estimates.text_rates import TextRate, convert_bytes, text_rates
from app.planning.estimates.tokens import NoConversion, Obstacle, Range, Tokens

BOOK = Prior("book_en", "book", Decimal(170_000), Decimal(90_000), Decimal(245_000), language="en")
QUESTION_EN = Prior(
    "question_en",
    "question",
    Decimal(110),
    Decimal(30),
    Decimal(260),
    language="en",
    categories=frozenset({"education"}),
)
QUESTION_ZH = Prior(
    "question_zh",
    "question",
    Decimal(140),
    Decimal(110),
    Decimal(220),
    language="zh",
    categories=frozenset({"education"}),
)
CHARACTER_EN = Prior("character_en", "character", Decimal("0.25"), language="en")
CHARACTER_ZH = Prior(
    "character_zh", "character", Decimal("0.6"), Decimal("0.55"), Decimal("1.1"), language="zh"
)
PREMIUMS = {"en": Decimal(1), "zh-Hans": Decimal("0.902"), "fr": Decimal("1.531")}


def convert(quantity, prior, languages, *, categories=("books",), premiums=PREMIUMS):
    priors = prior if isinstance(prior, list) else [prior]
    factors = find_factors(
        unit=priors[0].unit,
        categories=categories,
        languages=languages,
        priors=priors,
        premiums=premiums,
    )
    return convert_quantity(Decimal(quantity), factors)


@pytest.mark.parametrize(
    ("premium", "expected"),
    [
        ("1.666", Tokens(374_850_000_000, 708_050_000_000, 1_020_425_000_000)),  # cl100k
        ("1.182", Tokens(265_950_000_000, 502_350_000_000, 723_975_000_000)),  # Llama 3
        ("1.139", Tokens(256_275_000_000, 484_075_000_000, 697_637_500_000)),  # o200k
        ("0.902", Tokens(202_950_000_000, 383_350_000_000, 552_475_000_000)),  # Qwen2/3
        ("0.835", Tokens(187_875_000_000, 354_875_000_000, 511_437_500_000)),  # DeepSeek
    ],
)
def test_chinese_books_come_to_the_published_counts_under_five_tokenizers(premium, expected):
    premiums = {"en": Decimal(1), "zh-Hans": Decimal(premium)}
    conversion = convert(2_500_000, BOOK, ["zh"], premiums=premiums)
    assert conversion.tokens == expected
    assert conversion.factors.is_scaled
    assert conversion.factors.basis is LanguageBasis.SCALED
    assert conversion.factors.languages == ("zh-Hans",)


def test_a_prior_in_the_language_of_the_data_is_not_scaled():
    conversion = convert(2_000_000, BOOK, ["en"])
    assert conversion.tokens == Tokens(180_000_000_000, 340_000_000_000, 490_000_000_000)
    assert not conversion.factors.is_scaled
    assert conversion.factors.basis is LanguageBasis.SAME


def test_several_languages_without_shares_take_the_extremes_and_the_mean():
    script = Prior(
        "script", "script", Decimal(39_000), Decimal(33_000), Decimal(47_000), language="en"
    )
    conversion = convert(60_000, script, ["zh", "en"])
    # 33,000 x 0.902; 39,000 x (0.902 + 1) / 2; 47,000 x 1, each times 60,000.
    assert conversion.tokens == Tokens(1_785_960_000, 2_225_340_000, 2_820_000_000)
    assert conversion.factors.basis is LanguageBasis.SEVERAL
    assert conversion.factors.premium.mid == Fraction(951, 1000)


def test_without_a_stated_language_the_prior_is_used_as_counted():
    conversion = convert(85_000_000, BOOK, [])
    assert conversion.tokens.mid == 85_000_000 * 170_000
    assert conversion.factors.basis is LanguageBasis.NOT_STATED
    assert not conversion.factors.is_scaled


def test_without_a_stated_language_priors_of_two_languages_widen_the_range():
    conversion = convert(100, [QUESTION_EN, QUESTION_ZH], [], categories=["education"])
    assert conversion.tokens == Tokens(3_000, 12_500, 26_000)
    assert [prior.code for prior in conversion.factors.priors] == ["question_en", "question_zh"]


def test_a_prior_in_the_own_language_wins_over_a_scaled_one():
    conversion = convert(100, [QUESTION_EN, QUESTION_ZH], ["zh-Hans"], categories=["education"])
    assert conversion.tokens == Tokens(11_000, 14_000, 22_000)
    assert not conversion.factors.is_scaled


def test_priors_of_all_languages_of_the_data_need_no_premium():
    both = convert(100, [QUESTION_EN, QUESTION_ZH], ["zh", "en"], categories=["education"])
    assert both.tokens == Tokens(3_000, 12_500, 26_000)
    assert both.factors.basis is LanguageBasis.SEVERAL
    assert not both.factors.is_scaled


def test_a_prior_without_spread_gives_none():
    page = Prior("page", "web_page", Decimal(1312), language="en")
    assert convert(10, page, ["en"]).tokens == Tokens(None, 13_120, None)


def test_the_multiplier_turns_a_count_per_second_into_hours():
    second = Prior("codec", "hour", Decimal(300), Decimal(100), Decimal(600), Decimal(3600))
    assert convert(2, second, ["zh"]).tokens == Tokens(720_000, 2_160_000, 4_320_000)


def test_mandarin_speech_takes_the_premium_of_chinese():
    hour = Prior("hour", "hour", Decimal(12_000), Decimal(8_800), Decimal(14_400), language="en")
    conversion = convert(650_000, hour, ["cmn"], categories=["speech"])
    assert conversion.tokens == Tokens(5_159_440_000, 7_035_600_000, 8_442_720_000)


def test_characters_are_never_scaled_to_another_language():
    with pytest.raises(NoConversion) as raised:
        convert(100, CHARACTER_EN, ["fr"])
    assert raised.value.obstacle is Obstacle.NO_PRIOR


def test_characters_need_a_stated_language():
    with pytest.raises(NoConversion) as raised:
        convert(100, [CHARACTER_EN, CHARACTER_ZH], [])
    assert raised.value.obstacle is Obstacle.LANGUAGE_NOT_STATED


def test_chinese_characters_use_the_chinese_prior():
    base_release = convert(72_000_000_000, [CHARACTER_EN, CHARACTER_ZH], ["zh"])
    assert base_release.tokens == Tokens(39_600_000_000, 43_200_000_000, 79_200_000_000)


@pytest.mark.parametrize(
    ("unit", "categories", "languages", "obstacle"),
    [
        ("spectrum", ["chemistry"], [], Obstacle.NO_PRIOR),
        ("question", ["biology", "science"], [], Obstacle.PRIOR_OF_OTHER_CATEGORY),
        ("image", ["multimodal"], [], Obstacle.OTHER_TOKENIZER),
        ("book", ["books"], ["ca"], Obstacle.NO_PREMIUM),
        ("book", ["books"], ["mul"], Obstacle.NO_PREMIUM),
    ],
)
def test_what_does_not_fit_is_refused_with_the_obstacle(unit, categories, languages, obstacle):
    patches = Prior("patches", "image", Decimal(576), is_default=False)
    with pytest.raises(NoConversion) as raised:
        find_factors(
            unit=unit,
            categories=categories,
            languages=languages,
            priors=[BOOK, QUESTION_EN, QUESTION_ZH, patches],
            premiums=PREMIUMS,
        )
    assert raised.value.obstacle is obstacle


def test_only_a_chinese_prior_does_not_serve_another_language():
    with pytest.raises(NoConversion) as raised:
        convert(100, QUESTION_ZH, ["fr"], categories=["education"])
    assert raised.value.obstacle is Obstacle.NO_PRIOR


def test_the_prior_of_the_nearest_category_wins():
    paper = Prior(
        "paper", "article", Decimal(7000), language="en", categories=frozenset({"academic"})
    )
    entry = Prior(
        "entry", "article", Decimal(650), language="en", categories=frozenset({"encyclopedia"})
    )
    anything = Prior("any", "article", Decimal(1), language="en")
    for path, expected in (
        (["encyclopedia"], "entry"),
        (["philosophy", "academic"], "paper"),
        (["news"], "any"),
    ):
        fitting, _basis = match_priors(
            [anything, paper, entry], unit="article", categories=path, languages=["en"]
        )
        assert [prior.code for prior in fitting] == [expected]


def test_a_prior_for_any_language_is_used_as_it_is():
    code = Prior("code", "file", Decimal(1500), Decimal(820), Decimal(1822))
    for languages in ([], ["en"], ["zh", "fr"]):
        conversion = convert(100, code, languages)
        assert conversion.tokens == Tokens(82_000, 150_000, 182_200)
        assert conversion.factors.basis is LanguageBasis.ANY


ENGLISH = [
    TextRate("UDHR", "udhr", "en", Decimal("5.338")),
    TextRate("licences", "text", "en", Decimal("4.693")),
    TextRate("documentation", "text", "en", Decimal("3.875")),
]
CHINESE = TextRate("UDHR zh", "udhr", "zh-Hans", Decimal("4.566"))
CODE = [
    TextRate("Python", "code", None, Decimal("4.287")),
    TextRate("C", "code", None, Decimal("3.509")),
    TextRate("JavaScript", "code", None, Decimal("3.534")),
]
PROTEIN = TextRate("protein", "sequence", None, Decimal("1.826"))
RATES = [*ENGLISH, CHINESE, *CODE, PROTEIN]


def test_bytes_of_english_take_three_texts_the_median_being_the_middle():
    rates = text_rates(RATES, is_code=False, languages=["en"])
    conversion = convert_bytes(484_953_009_124, rates)
    # 484,953,009,124 / 5.338, / 4.693, / 3.875
    assert conversion.tokens == Tokens(90_849_196_164, 103_335_395_083, 125_149_163_645)


def test_bytes_of_another_language_have_one_text_and_no_spread():
    rates = text_rates(RATES, is_code=False, languages=["zh"])
    assert convert_bytes(261_019_433_892, rates).tokens == Tokens(None, 57_165_885_653, None)


def test_bytes_of_code_take_the_measured_code():
    conversion = convert_bytes(1_000_000, text_rates(RATES, is_code=True, languages=[]))
    assert conversion.tokens == Tokens(233_263, 282_965, 284_981)
    assert conversion.bytes_per_token.mid == Fraction("3.534")


@pytest.mark.parametrize(
    ("languages", "obstacle"),
    [
        ([], Obstacle.LANGUAGE_NOT_STATED),
        (["en", "zh"], Obstacle.LANGUAGE_MIXED),
        (["mul"], Obstacle.LANGUAGE_MIXED),
        (["ca"], Obstacle.NO_MEASURED_TEXT),
    ],
)
def test_bytes_of_unclear_language_are_refused(languages, obstacle):
    with pytest.raises(NoConversion) as raised:
        text_rates(RATES, is_code=False, languages=languages)
    assert raised.value.obstacle is obstacle


def test_a_count_is_restated_by_bytes_per_token():
    restated = rescale(
        Tokens(1_000, 2_000, 4_000),
        bytes_per_token=Decimal("2.26"),
        to_bytes_per_token=Decimal("4.52"),
    )
    assert restated == Tokens(500, 1_000, 2_000)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("zh", "zh-Hans"),
        ("cmn", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("pt", "pt-BR"),
        ("en-GB", "en"),
        ("ca", None),
    ],
)
def test_a_tag_finds_the_text_that_was_measured(tag, expected):
    assert measured_tag(tag, ["en", "zh-Hans", "zh-Hant", "pt-BR"]) == expected


def test_mandarin_is_chinese():
    assert main_language("cmn") == main_language("zh-Hant") == "zh"


def test_a_language_named_twice_counts_once_in_the_mean():
    factor, measured = language_premium(PREMIUMS, ["zh", "zh-Hans", "fr"])
    assert measured == ("zh-Hans", "fr")
    assert factor == Range(
        Fraction("0.902"), (Fraction("0.902") + Fraction("1.531")) / 2, Fraction("1.531")
    )


@given(
    quantity=st.integers(0, 10**12),
    factors=st.lists(
        st.decimals("0.001", "1000000", places=3), min_size=3, max_size=3, unique=True
    ),
    premiums=st.lists(st.decimals("0.5", "15", places=3), min_size=1, max_size=3),
)
def test_low_middle_and_high_stay_in_order(quantity, factors, premiums):
    low, mid, high = sorted(factors)
    tags = ["en", "zh-Hans", "fr"][: len(premiums)]
    prior = Prior("p", "book", mid, low, high, language="en")
    tokens = convert(quantity, prior, tags, premiums=dict(zip(tags, premiums, strict=True))).tokens
    assert tokens.low is not None
    assert tokens.high is not None
    assert 0 <= tokens.low <= tokens.mid <= tokens.high
