"""
The figures of the seed, against values typed by hand from their sources.

Not one of these numbers is read from the seed's own files.
"""

from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app.catalog.models.datasets import Dataset
from app.catalog.models.estimates import NoEstimateReason, TokenEstimate
from app.catalog.models.providers import Provider, ProviderService
from app.catalog.models.quantities import Quantity
from app.catalog.seed import reading
from app.catalog.words.units import UNITS

B = 10**9
T = 10**12

# slug: low, mid, high, method, is_assumed, is_scaled
TOKENS = {
    # The vendor's lines: quantity x prior x premium.
    "jlw-chinese-books": (
        202_950_000_000,
        383_350_000_000,
        552_475_000_000,
        "converted",
        False,
        True,
    ),
    "jlw-foreign-language-journals": (459 * B, 595 * B, 935 * B, "converted", False, False),
    "jlw-english-ebooks": (180 * B, 340 * B, 490 * B, "converted", False, False),
    "jlw-english-question-bank": (
        150_000_000,
        550_000_000,
        1_300_000_000,
        "converted",
        True,
        False,
    ),
    "jlw-k12-question-bank": (
        540_000_000,
        2_250_000_000,
        4_680_000_000,
        "converted",
        True,
        False,
    ),
    "jlw-chinese-digital-patents": (
        155_144_000_000,
        263_384_000_000,
        432_960_000_000,
        "converted",
        True,
        True,
    ),
    "jlw-multi-turn-text-dialogues": (1_350_000_000, 9 * B, 30 * B, "converted", True, False),
    "jlw-chinese-english-scripts": (
        1_785_960_000,
        2_225_340_000,
        2_820_000_000,
        "converted",
        True,
        True,
    ),
    "jlw-mandarin-audio": (
        5_159_440_000,
        7_035_600_000,
        8_442_720_000,
        "converted",
        False,
        True,
    ),
    "jlw-proteins": (67_500_000, 100_000_000, 150_000_000, "converted", True, False),
    "jlw-patent-original-documents": (430 * B, 730 * B, 1_200 * B, "converted", True, False),
    # Published counts.
    "the-pile": (None, 275 * B, None, "published", False, False),
    "roots": (341 * B, 350 * B, 350 * B, "published", False, False),
    "refinedweb": (500 * B, 600 * B, 650 * B, "published", False, False),
    "redpajama-1t": (None, 1_210 * B, None, "published", False, False),
    "redpajama-1t/books": (None, 26 * B, None, "published", False, False),
    "redpajama-v2": (None, 30_400 * B, None, "published", False, False),
    "redpajama-v2/de": (None, 3 * T, None, "published", False, False),
    "slimpajama-627b": (None, 627 * B, None, "published", False, False),
    "dolma-v1-7": (None, 2_308_500_000_000, None, "published", False, False),
    "dolma-v1-7/pes2o": (None, 57_200_000_000, None, "published", False, False),
    "olmo-mix-1124": (None, 3_900 * B, None, "published", False, False),
    "olmo-mix-1124/starcoder": (None, 83 * B, None, "published", False, False),
    "dolmino-mix-1124": (None, 843_300_000_000, None, "published", False, False),
    "dolmino-mix-1124/gsm8k-train": (None, 2_740_000, None, "published", False, False),
    "dolma3-pool": (None, 9_310 * B, None, "published", False, False),
    "dolma3-mix-6t": (None, 5_930 * B, None, "published", False, False),
    "dolma3-dolmino-100b": (None, 99_950_000_000, None, "published", False, False),
    "dolma3-dolmino-100b/megamatt": (None, 1_730_000_000, None, "published", False, False),
    "dolma3-longmino": (None, 640 * B, None, "published", False, False),
    "fineweb": (None, 15 * T, None, "published", False, False),
    "fineweb-edu": (None, 1_300 * B, None, "published", False, False),
    "dclm-baseline": (3_800 * B, 4 * T, 4 * T, "published", False, False),
    "dclm-pool": (None, 240 * T, None, "published", False, False),
    "nemotron-cc": (None, 6_300 * B, None, "published", False, False),
    "nemotron-pretraining-v1": (None, 6_600 * B, None, "published", False, False),
    "the-stack-v2": (None, 900 * B, None, "published", False, False),
    "skypile-150b": (None, 150 * B, None, "published", False, False),
    "chinese-fineweb-edu-v2": (None, 420 * B, None, "published", False, False),
    "chinese-fineweb-edu-v2-1": (
        150_600_000_000,
        150_600_000_000,
        1_506_000_000_000,
        "published",
        False,
        False,
    ),
    "map-cc": (None, 800 * B, None, "published", False, False),
    "madlad-400": (2_800 * B, 3 * T, 3 * T, "published", False, False),
    "culturax": (None, 6_300 * B, None, "published", False, False),
    # Bytes and characters of uncompressed text; a share of a published total.
    "wudao-corpora": (
        39_600_000_000,
        43_200_000_000,
        79_200_000_000,
        "converted",
        False,
        False,
    ),
    "roots/english": (
        90_849_196_164,
        103_335_395_083,
        125_149_163_645,
        "converted",
        False,
        False,
    ),
    "roots/simplified-chinese": (None, 57_165_885_653, None, "converted", False, False),
    "roots/traditional-chinese": (None, 188_222_451, None, "converted", False, False),
    "slimpajama-627b/commoncrawl": (None, 327_294_000_000, None, "converted", False, False),
}

NO_ESTIMATE = {
    "jlw-commented-program-code": NoEstimateReason.UNIT_NOT_STATED,
    "jlw-complex-image-text-descriptions": NoEstimateReason.NO_PRIOR,
    "jlw-nucleic-acids": NoEstimateReason.NO_LENGTH,
    "jlw-protein-structures": NoEstimateReason.NO_PRIOR,
    "jlw-bioinformatics-tools": NoEstimateReason.NOT_DATA,
    "jlw-multidimensional-literature": NoEstimateReason.PRIOR_OF_OTHER_CATEGORY,
    "jlw-chemical-compounds": NoEstimateReason.OTHER_TOKENIZER,
    "jlw-patent-bibliographic-records": NoEstimateReason.NO_PRIOR,
    "jlw-patent-legal-status": NoEstimateReason.NO_QUANTITY,
    "jlw-domestic-policies-regulations": NoEstimateReason.PRIOR_OF_OTHER_CATEGORY,
    "the-pile/arxiv": NoEstimateReason.NO_MEASURED_TEXT,
    "the-pile/dm-mathematics": NoEstimateReason.NO_MEASURED_TEXT,
    "the-pile/europarl": NoEstimateReason.LANGUAGE_MIXED,
    "the-pile/youtubesubtitles": NoEstimateReason.LANGUAGE_MIXED,
    "roots/catalan": NoEstimateReason.NO_MEASURED_TEXT,
    "nemotron-cc/hq-actual": NoEstimateReason.BYTES_COMPRESSED,
    "nemotron-pretraining-v2-1": NoEstimateReason.PARTS_ONLY,
    "cci-1": NoEstimateReason.BYTES_NOT_STATED,
    "cci-2": NoEstimateReason.BYTES_NOT_STATED,
    "chinese-fineweb-edu": NoEstimateReason.BYTES_NOT_STATED,
    "common-pile-v0-1": NoEstimateReason.BYTES_NOT_STATED,
    "map-cc/zh-books": NoEstimateReason.NO_QUANTITY,
}

# slug: value, unit, assumed unit, as printed; the first quantity of each
QUANTITIES = {
    "jlw-chinese-books": (2_500_000, "book", None, "250万"),
    "jlw-foreign-language-journals": (85_000_000, "article", None, "8500万"),
    "jlw-k12-question-bank": (18_000_000, None, "question", "1800万"),
    "jlw-university-question-bank": (110_000_000, None, "question", "1.1亿"),
    "jlw-commented-program-code": (200_000, None, None, "20万"),
    "jlw-mandarin-audio": (650_000, "hour", None, "65万"),
    "jlw-nucleic-acids": (40_000_000, None, "nucleic_acid_sequence", "4000万"),
    "jlw-patent-bibliographic-records": (130_000_000, None, "record", "1.3亿"),
    "jlw-chemical-compounds": (160_000_000, None, "compound", "1.6亿"),
    "jlw-domestic-policies-regulations": (3_000, None, "document", "3千"),
    "jlw-medical-equipment-tenders": (380_000, None, "record", "38万"),
    "the-pile": (886_030_278_328, "byte", None, "825.18 GiB"),
    "the-pile/books3": (108_404_974_551, "byte", None, "100.96 GiB"),
    "roots/igbo": (14_078_521, "byte", None, "14078,521"),
    "roots/programming-languages": (174_700_245_772, "byte", None, "174,700,245,772"),
    "refinedweb": (2_766_953_721_769, "byte", None, "2,766,953,721,769 bytes"),
    "skypile-150b": (620 * B, "byte", None, "620 GB"),
    "cci-2": (501 * B, "byte", None, "501 GB"),
    "chinese-fineweb-edu-v2-1": (957_608_411, "line", None, "957,608,411 lines (row sum)"),
    "dolma-v1-7/project-gutenberg": (56_000, "document", None, "56,000"),
    "wudao-corpora": (72_000_000_000, "character", None, "72 billion Chinese characters"),
}

PILE = {  # raw GiB, weight %, epochs, effective GiB, mean document KiB
    "pile-cc": (227.12, 18.11, 1.0, 227.12, 4.33),
    "pubmed-central": (90.27, 14.40, 2.0, 180.55, 30.55),
    "books3": (100.96, 12.07, 1.5, 151.44, 538.36),
    "github": (95.16, 7.59, 1.0, 95.16, 5.25),
    "gutenberg-pg-19": (10.88, 2.17, 2.5, 27.19, 398.73),
    "wikipedia-en": (6.38, 1.53, 3.0, 19.13, 1.11),
    "enron-emails": (0.88, 0.14, 2.0, 1.76, 1.78),
}


def count(session, *conditions):
    return session.scalar(select(func.count()).select_from(Dataset).where(*conditions))


@pytest.fixture
def get(seeded_session):
    def get(slug):
        statement = select(Dataset).where(Dataset.slug == slug)
        return seeded_session.scalars(
            statement.options(
                selectinload(Dataset.quantities).selectinload(Quantity.source),
                selectinload(Dataset.estimates).selectinload(TokenEstimate.source),
                selectinload(Dataset.statements),
                selectinload(Dataset.licence_claims),
                selectinload(Dataset.overlaps),
                selectinload(Dataset.category),
                selectinload(Dataset.provider),
            )
        ).one()

    return get


def main_of(dataset):
    return next((e for e in dataset.estimates if e.is_main), None)


@pytest.mark.parametrize("slug", TOKENS)
def test_the_main_estimate(get, slug):
    main = main_of(get(slug))
    found = (main.low, main.mid, main.high, main.method, main.is_assumed, main.is_scaled)
    assert found == TOKENS[slug]
    assert get(slug).no_estimate_reason is None


@pytest.mark.parametrize("slug", NO_ESTIMATE)
def test_no_estimate_and_why(get, slug):
    dataset = get(slug)
    assert main_of(dataset) is None
    assert dataset.no_estimate_reason == NO_ESTIMATE[slug]


@pytest.mark.parametrize("slug", QUANTITIES)
def test_the_first_quantity(get, slug):
    first = get(slug).quantities[0]
    value, unit, assumed, printed = QUANTITIES[slug]
    assert (first.value, first.unit, first.assumed_unit, first.printed) == (
        Decimal(value),
        unit,
        assumed,
        printed,
    )
    assert first.source is not None


@pytest.mark.parametrize("name", PILE)
def test_the_figures_of_the_pile(get, name):
    figures = get(f"the-pile/{name}").figures
    codes = ("raw_gib", "weight_pct", "epochs", "effective_gib", "mean_doc_kib")
    assert tuple(figures[code] for code in codes) == PILE[name]


def test_the_counts_of_the_catalogue(seeded_session):
    vendor = select(Provider.id).where(Provider.slug == "jinglianwen").scalar_subquery()
    top = Dataset.parent_id.is_(None)
    assert count(seeded_session) == 283
    assert count(seeded_session, top) == 91
    assert count(seeded_session, Dataset.provider_id == vendor) == 56
    assert count(seeded_session, top, Dataset.provider_id != vendor) == 35
    assert count(seeded_session, ~top) == 192
    with_number = select(Quantity.dataset_id).where(Quantity.value.is_not(None))
    numbered = Dataset.id.in_(with_number)
    assert count(seeded_session, Dataset.provider_id == vendor, numbered) == 44
    assert count(seeded_session, Dataset.provider_id == vendor, ~numbered) == 12
    services = list(seeded_session.scalars(select(ProviderService.slug)))
    assert sorted(services) == ["jlw-annotation-service", "jlw-website-contact"]


def test_every_dataset_has_a_main_estimate_or_a_reason(seeded_session):
    statement = select(Dataset.slug, Dataset.no_estimate_reason, func.count(TokenEstimate.id))
    rows = seeded_session.execute(
        statement.outerjoin(
            TokenEstimate, (TokenEstimate.dataset_id == Dataset.id) & TokenEstimate.is_main
        ).group_by(Dataset.id)
    ).all()
    assert len(rows) == 283
    assert [slug for slug, reason, mains in rows if (reason is None) != (mains == 1)] == []


def test_the_line_printed_twice_is_one_dataset_with_two_source_lines(get):
    dataset = get("jlw-patent-legal-status")
    assert dataset.source_line_no == 63
    assert dataset.source_line == "l 全球专利法律状态数据"
    assert dataset.other_source_lines == [{"line_no": 64, "text": "l 全球专利法律状态数据"}]
    assert "duplicate_row" in [anomaly["code"] for anomaly in dataset.anomalies]


def test_k12_is_shown_as_read_with_the_verbatim_line_and_the_anomaly(get):
    dataset = get("jlw-k12-question-bank")
    assert dataset.name_zh == "K12教育题库"
    assert dataset.source_line == "l 千12教育题库 1800万"
    assert "千12教育题库" in dataset.aliases
    garbled = next(a for a in dataset.anomalies if a["code"] == "garbled_name")
    assert "1000" in garbled["note_zh"]
    assert "1000" in garbled["note_en"]


def test_a_line_keeps_its_heading_with_its_number(get):
    books = get("jlw-chinese-books")
    assert (books.source_line_no, books.source_heading_no) == (11, 10)
    assert books.source_heading == "世界知识类书籍、期刊、论文及高价值社区文本数据"


def test_the_part_of_a_quantity_does_not_add_to_the_whole(get):
    dataset = get("jlw-university-question-bank")
    whole, part = dataset.quantities
    assert (int(part.value), part.assumed_unit, part.is_whole) == (
        8_000_000,
        "question_with_solution",
        False,
    )
    main = main_of(dataset)
    assert main.quantity_id == whole.id
    # 110,000,000 x 30, x (110 + 140) / 2, x 260: the language is not stated.
    assert (main.low, main.mid, main.high) == (3_300_000_000, 13_750_000_000, 28_600_000_000)


def test_the_rule_of_a_conversion_holds_every_factor(get):
    rule = main_of(get("jlw-chinese-books")).rule
    assert rule["quantity"] == "2500000"
    assert rule["per_unit"] == {"low": "90000", "mid": "170000", "high": "245000"}
    assert rule["premium"]["mid"] == "0.902"
    assert rule["basis"] == "scaled"
    assert rule["languages"] == ["zh-Hans"]
    assert [prior["code"] for prior in rule["priors"]] == ["book_en"]
    assert rule["tokenizer"] == "qwen2-qwen3"


def test_refinedweb_shows_all_contradictory_claims(get):
    dataset = get("refinedweb")
    claims = {(e.low, e.mid, e.high, e.is_whole) for e in dataset.estimates if not e.is_main}
    assert claims == {
        (None, 500 * B, None, True),
        (500 * B, None, 650 * B, True),
        (None, 5 * T, None, False),  # the full set, which was not released
    }
    statement = dataset.statements[0]
    assert "超过1PB" in statement.text
    assert (statement.line_no, statement.verdict, statement.is_contradicted) == (
        113,
        "contradicted",
        True,
    )
    assert "2.77 TB" in statement.comment_zh
    assert "2.77 TB" in statement.comment_en


def test_a_card_that_contradicts_itself_is_disputed_and_shows_both(get):
    dataset = get("chinese-fineweb-edu-v2-1")
    assert main_of(dataset).is_disputed
    others = sorted(e.mid for e in dataset.estimates if not e.is_main)
    assert others == [150_600_000_000, 1_506_000_000_000]
    subset = main_of(get("chinese-fineweb-edu-v2-1/score-3-4"))
    assert (subset.low, subset.mid, subset.high) == (53 * B, 53 * B, 530 * B)
    assert subset.is_disputed


def test_a_mix_says_that_it_counts_repeats(get):
    assert main_of(get("dolma3-mix-6t")).has_repeats
    stackedu = get("dolma3-mix-6t/stackedu-rebalanced")
    assert main_of(stackedu).mid == 409 * B
    assert main_of(stackedu).has_repeats
    assert not main_of(get("dolma3-mix-6t/wikipedia-and-wikibooks")).has_repeats
    pool = next(e for e in stackedu.estimates if not e.is_main)
    assert (pool.mid, pool.is_whole) == (137 * B, False)


def test_a_lower_bound_is_marked_as_one(get):
    later = next(e for e in get("fineweb").estimates if not e.is_main)
    assert (later.mid, later.bound) == (18_500 * B, "at_least")


def test_the_unreleased_full_corpus_of_wudao_is_a_claim_only(get):
    full = next(e for e in get("wudao-corpora").estimates if not e.is_main)
    assert (full.low, full.mid, full.high) == (594 * B, 648 * B, 1_188 * B)
    assert not full.is_whole


def test_roots_has_46_languages_with_bytes_that_sum_to_the_table(seeded_session, get):
    parent = get("roots")
    rows = seeded_session.execute(
        select(Dataset.languages, Quantity.value)
        .join(Quantity, Quantity.dataset_id == Dataset.id)
        .where(Dataset.parent_id == parent.id, Quantity.unit == "byte")
    ).all()
    assert len(rows) == 47
    assert sum(value for _, value in rows) == 1_614_479_114_961
    assert len({tuple(languages) for languages, _ in rows if languages}) == 46


@pytest.mark.parametrize(
    ("slug", "other", "relation"),
    [
        ("slimpajama-627b", "redpajama-1t", "derived_from"),
        ("fineweb-edu", "fineweb", "derived_from"),
        ("dclm-baseline", "dclm-pool", "derived_from"),
        ("olmo-mix-1124", "dclm-baseline", "contains"),
        ("dolma-v1-7", "refinedweb", "contains"),
        ("dolma3-mix-6t", "dolma3-pool", "derived_from"),
        ("cci-4", "nemotron-cc", "contains"),
        ("chinese-fineweb-edu-v2-1", "map-cc", "contains"),
        ("jlw-chinese-books", "map-cc/zh-books", "may_overlap"),
    ],
)
def test_overlaps(get, slug, other, relation):
    found = [(o.other_id, o.relation) for o in get(slug).overlaps]
    assert (get(other).id, relation) in found


# slug: name in Chinese, in English, provider, category
NAMES = {
    "wudao-corpora": ("悟道语料 WuDaoCorpora", "WuDaoCorpora", "baai", "web"),
    "skypile-150b": ("天工 SkyPile-150B（中文网页）", "SkyPile-150B", "kunlun", "web"),
    "cci-1": ("中文互联网语料 CCI 1.0", "CCI 1.0", "baai", "web"),
    "cci-4": ("中文互联网语料 CCI 4.0（中英双语）", "CCI 4.0", "baai", "mixed"),
    "the-pile": ("The Pile 英文语料", "The Pile", "eleutherai", "mixed"),
    "the-pile/freelaw": (
        "The Pile · FreeLaw（判例）",
        "The Pile · FreeLaw",
        "eleutherai",
        "legal",
    ),
    "the-pile/enron-emails": (
        "The Pile · Enron Emails（电子邮件）",
        "The Pile · Enron Emails",
        "eleutherai",
        "dialogue",
    ),
    "roots": ("ROOTS 多语语料", "ROOTS", "bigscience", "mixed"),
    "roots/simplified-chinese": (
        "ROOTS · 简体中文",
        "ROOTS · Simplified Chinese",
        "bigscience",
        "mixed",
    ),
    "jlw-chinese-books": ("中文书籍", "Chinese books", "jinglianwen", "books"),
}


@pytest.mark.parametrize("slug", NAMES)
def test_names_provider_and_category(get, slug):
    dataset = get(slug)
    assert NAMES[slug] == (
        dataset.name_zh,
        dataset.name_en,
        dataset.provider.slug,
        dataset.category.code,
    )


def texts(value, path):
    """Yield every pair of texts below a record with where it stands."""
    if hasattr(value, "__dataclass_fields__"):
        value = {name: getattr(value, name) for name in value.__dataclass_fields__}
    if isinstance(value, dict):
        for name, item in value.items():
            if name.endswith("_zh"):
                yield f"{path}.{name}", item, value[f"{name.removesuffix('_zh')}_en"]
            yield from texts(item, f"{path}.{name}")
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from texts(item, path)


def test_whatever_a_reader_sees_exists_in_both_languages():
    pairs = [pair for r in reading.read_datasets() for pair in texts(r, r.slug)]
    assert len(pairs) > 2_500
    assert [where for where, zh, en in pairs if (zh is None) != (en is None)] == []


def test_every_unit_of_the_seed_is_in_the_closed_list(seeded_session):
    units = set(seeded_session.scalars(select(Quantity.unit).distinct()))
    units |= set(seeded_session.scalars(select(Quantity.assumed_unit).distinct()))
    assert units - {None} <= UNITS.keys()
