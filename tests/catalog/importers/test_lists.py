"""Vendors' lists, in Chinese and English, tidy and not."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.catalog.exchange.items import Context, ImportRefused, Severity
from app.catalog.importers.identifiers import dataset_slug, is_slug, provider_slug
from app.catalog.importers.titles import Column, read_title
from tests.catalog.importers.reading import CONTEXT, only, read, sentence


def test_a_chinese_list_as_vendors_send_it() -> None:
    result = read(
        "景联文科技数据目录（2026）,,,,,,,,\n"
        "序号,数据名称,数据量,语种,类别,授权方式,简介,链接,发布时间\n"
        "1,中文书籍,250万本,中文,图书,cc-by-4.0,高质量中文图书,https://example.com/a,2024年3月\n"
        "2,外文期刊,约8500万篇,英文、法文,学术,,期刊,,2023/5/6\n"
        "\n"
        "合计,,335万,,,,,,\n"
    )
    books, journals = (item.record for item in result.items)
    assert (books.name_zh, books.category, books.languages) == ("中文书籍", "books", ("zh",))
    assert (books.quantities[0].value, books.quantities[0].unit) == (2_500_000, "book")
    assert (books.quantities[0].printed, books.quantities[0].unit_printed) == ("250万本", "本")
    assert (books.licence_spdx, books.licence_class) == ("CC-BY-4.0", "open")
    assert (books.homepage, books.released) == ("https://example.com/a", "2024-03")
    assert (books.description_zh, books.description_en) == ("高质量中文图书", None)
    assert (books.provider, books.visibility) == ("acme", "team")
    assert journals.languages == ("en", "fr")
    assert journals.quantities[0].qualifier_en == "about"
    assert journals.released == "2023-05-06"
    assert [entry.row for entry in result.entries] == [3, 4, 6]
    assert result.codes == ["rows_above_head", "column_unused", "total_row"]


def test_an_english_list_with_a_column_for_units_and_tokens() -> None:
    record = only(
        read(
            "Dataset name,Vendor,Volume,Unit,Tokens (B),Tokenizer,Disk size,Language,Modality\n"
            "Court rulings,AI2,12.5 million,documents,30,Qwen2-Qwen3,1.6TB,en; zh-hans,Text\n"
        )
    ).record
    assert record.provider == "ai2"
    assert record.slug == "ai2-court-rulings"
    documents, size = record.quantities
    assert (documents.value, documents.unit) == (12_500_000, "document")
    assert (size.value, size.unit) == (1_600_000_000_000, "byte")
    [estimate] = record.estimates
    assert (estimate.mid, estimate.method, estimate.tokenizer) == (
        30_000_000_000,
        "stated",
        "qwen2-qwen3",
    )
    assert record.languages == ("en", "zh-Hans")
    assert record.modality_basis == "stated"


@pytest.mark.parametrize(
    ("title", "column", "multiplier", "unit"),
    [
        ("名称", Column.NAME, 1, None),
        ("数据集名称 *", Column.NAME, 1, None),
        ("数量（万本）", Column.QUANTITY, 10_000, "本"),
        ("数量/万篇", Column.QUANTITY, 10_000, "篇"),
        ("数据量(亿)", Column.QUANTITY, 100_000_000, None),
        ("时长(小时)", Column.QUANTITY, 1, "小时"),
        ("册数", Column.QUANTITY, 1, "册"),
        ("Number of hours", Column.QUANTITY, 1, "hours"),
        ("Tokens (B)", Column.TOKENS, 10**9, None),
        ("Token数（亿）", Column.TOKENS, 10**8, None),
        ("大小(GB)", Column.SIZE, 10**9, None),
        ("ＮＡＭＥ", Column.NAME, 1, None),
        ("LICENSE", Column.LICENCE, 1, None),
    ],
)
def test_titles_of_columns(title: str, column: Column, multiplier: int, unit: str | None) -> None:
    head = read_title(title)
    assert head is not None
    assert (head.column, head.multiplier, head.unit) == (column, multiplier, unit)


@pytest.mark.parametrize("title", ["价格（元）", "备注", "联系人", "", "(万)", "123"])
def test_titles_that_mean_nothing_here(title: str) -> None:
    assert read_title(title) is None


def test_a_scale_in_the_head_is_shown_with_the_number() -> None:
    record = only(read("名称,数量（万本）\n图书,2500\n")).record
    assert record.quantities[0].value == 25_000_000
    assert record.quantities[0].printed == "数量（万本）: 2500"


@pytest.mark.parametrize(
    ("cell", "unit", "value"),
    [
        ("90分钟", "hour", Decimal("1.5")),
        ("5000 hrs", "hour", 5000),
        ("2TB", "byte", 2 * 10**12),
        ("3万道题", "question", 30_000),
        ("1亿条数据", "record", 100_000_000),
        ("50万个词", "word", 500_000),
    ],
)
def test_units_inside_the_number(cell: str, unit: str, value: Decimal | int) -> None:
    [quantity] = only(read(f"名称,数量\n甲,{cell}\n")).record.quantities
    assert (quantity.unit, quantity.value) == (unit, value)


def test_a_quantity_in_tokens_is_an_estimate_that_the_provider_states() -> None:
    record = only(read("名称,数量\n甲,超过300亿 tokens\n")).record
    assert record.quantities == ()
    assert (record.estimates[0].mid, record.estimates[0].bound) == (30_000_000_000, "at_least")


@pytest.mark.parametrize(
    ("row", "code", "is_kept"),
    [
        ("甲,箱,5箱,,,,,,", "unit_unknown", True),
        ("甲,,5,,,,,,", "unit_missing", True),
        ("甲,篇,5本,,,,,,", "unit_contradicts", True),
        ("甲,,很多,,,,,,", "amount_no_number", False),
        ("甲,,若干,,,,,,", "amount_inexact", True),
        ("甲,,100-200本,,,,,,", "amount_range", True),
        ('甲,,"12,50本",,,,,,', "amount_ambiguous", False),
        ("甲,,-5本,,,,,,", "amount_negative", False),
        ("甲,,99999999万亿本,,,,,,", "amount_too_large", False),
        ("甲,,,Klingon,,,,,", "language_unknown", True),
        ("甲,,,,太空,,,,", "category_unknown", True),
        ("甲,,,,,holograms,,,", "modality_unknown", True),
        ("甲,,,,,,secret,,", "visibility_unknown", True),
        ("甲,,,,,,,javascript:alert(1),", "address_refused", True),
        ("甲,,,,,,,,新公司", "provider_new", True),
        (",,5本,,,,,,", "name_missing", False),
        ("=cmd|' /C calc'!A0,,5本,,,,,,", "looks_like_formula", True),
        ("甲" * 600 + ",,5本,,,,,,", "name_long", False),
    ],
)
def test_each_problem_names_its_row_and_column(row: str, code: str, *, is_kept: bool) -> None:
    result = read(f"名称,单位,数量,语言,类别,模态,可见性,网址,供应商\n{row}\n")
    [found] = [found for found in result.findings if found.code == code]
    assert found.row == 2
    assert bool(result.items) == is_kept
    assert (found.severity is Severity.ERROR) == (not is_kept)
    assert "%(" not in sentence(found)
    if code not in {"name_missing", "looks_like_formula", "provider_new"}:
        assert found.remedy


def test_an_unknown_visibility_is_the_closed_one() -> None:
    context = replace(CONTEXT, visibility="public")
    result = read("名称,可见性\n甲,secret\n乙,公开\n丙,\n", context=context)
    assert [item.record.visibility for item in result.items] == ["team", "public", "public"]


def test_a_licence_that_nobody_recognises_stays_unknown() -> None:
    result = read("名称,许可\n甲,专有协议\n乙,mit\n丙,\n丁,odc-by\n")
    classes = [item.record.licence_class for item in result.items]
    assert classes == ["unknown", "open", "unknown", "unknown"]
    assert [found.row for found in result.findings if found.code == "licence_unread"] == [2, 5]
    assert result.items[0].record.licence_stated_zh == "专有协议"


def test_a_row_twice_is_refused_with_the_first_ones_number() -> None:
    result = read("名称,数量\n甲,1本\n乙,2本\n甲,3本\n")
    assert [item.record.name_zh for item in result.items] == ["甲", "乙"]
    [found] = [found for found in result.findings if found.code == "duplicate"]
    assert (found.row, found.params) == (4, {"other": 2})


def test_the_same_name_of_two_providers_is_two_datasets() -> None:
    result = read("名称,供应商\n图书,景联文科技\n图书,AI2\n")
    assert len({item.record.slug for item in result.items}) == 2


def test_reading_twice_gives_the_same_records() -> None:
    content = "名称,数量,供应商\n图书,5万本,新公司\nBooks in English,6万本,新公司\n"
    assert read(content).items == read(content).items


def test_parents_by_name_or_identifier() -> None:
    result = read(
        "名称,上级数据集,slug\n语料库,,corpus\n图书,语料库,\n网页,corpus,web\n孤儿,没有这个,\n"
    )
    slugs = [item.record.slug for item in result.items]
    assert slugs[0] == "corpus"
    assert slugs[1].startswith("corpus/part-")
    assert slugs[2] == "corpus/web"
    assert [found.code for found in result.findings] == ["parent_unknown"]


def test_a_list_says_which_fields_it_speaks_of() -> None:
    item = only(read("名称,数量\n甲,1本\n"))
    assert item.given == {"name_zh", "name_en", "quantities"}


def test_without_any_provider_a_row_is_refused() -> None:
    result = read("名称\n甲\n", context=Context(categories=frozenset({"mixed"})))
    assert (result.items, result.codes) == ([], ["provider_missing"])


def test_a_column_twice_counts_once() -> None:
    result = read("名称,数量,数据量\n甲,1本,2本\n")
    assert only(result).record.quantities[0].value == 1
    assert result.codes == ["column_repeated"]


def test_a_list_without_names_is_refused_with_what_would_do() -> None:
    with pytest.raises(ImportRefused, match="名称"):
        read("价格,联系人\n5元,张三\n")


def test_more_rows_than_one_import_takes_are_refused() -> None:
    context = replace(CONTEXT, max_rows=3)
    assert len(read("名称\n甲\n乙\n丙\n", context=context).items) == 3
    with pytest.raises(ImportRefused, match="more than 3 rows"):
        read("名称\n甲\n乙\n丙\n丁\n", context=context)


def test_one_leading_apostrophe_is_taken_off() -> None:
    assert only(read("名称,说明\n'=甲,''quoted\n")).record.name_zh == "=甲"
    assert only(read("名称,说明\n甲,''quoted\n")).record.description_en == "'quoted"


def test_invisible_characters_do_not_get_in() -> None:
    record = only(read("名称,说明\n\u202e\ufeff甲\u200b乙\x00,x\u2028y\n")).record
    assert (record.name_zh, record.description_en) == ("甲乙", "xy")


@pytest.mark.parametrize("nothing", ["-", "—", "N/A", "无", "待定", "/", " ", "null"])
def test_the_ways_to_leave_a_cell_empty(nothing: str) -> None:
    result = read(f"名称,数量,许可\n甲,{nothing},{nothing}\n")
    assert only(result).record.quantities == ()
    assert set(result.codes) <= {"only_a_name"}


@pytest.mark.parametrize(
    ("slug", "expected"),
    [
        ("the-pile", True),
        ("the-pile/arxiv", True),
        ("The-Pile", False),
        ("a//b", False),
        ("a/b/c", False),
        ("pile/history", False),
        ("-a", False),
        ("", False),
    ],
)
def test_identifiers(slug: str, *, expected: bool) -> None:
    assert is_slug(slug) == expected


@pytest.mark.parametrize(
    "name", ["语料", "GPT 数据集", "a" * 300, "history", "!!!", "Ünïcode Corpüs"]
)
def test_every_name_makes_an_identifier(name: str) -> None:
    for slug in (dataset_slug(name, "acme"), provider_slug(name)):
        assert is_slug(slug)
        assert len(slug) < 120
