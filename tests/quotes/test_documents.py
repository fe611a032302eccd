"""PDFs: the Chinese text comes back out, in an embedded font, and is never run as markup."""

from datetime import UTC, datetime

import pypdfium2
import pytest

from app.quotes.documents.paper import Cell, Column, Document, Section, font_folder, to_pdf
from app.web import i18n

NOW = datetime(2026, 11, 20, 10, 0, 0, 123, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_chinese():
    i18n.use_locale(i18n.CHINESE)
    yield
    i18n.use_locale(i18n.ENGLISH)


def document(**more) -> Document:
    fields = {"title": "询价 RFQ-2026-0014：大学题库解析", "subtitle": "数据团队", "footer": "配比"}
    return Document(**(fields | more))


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as opened:
        return "\n".join(page.get_textpage().get_text_range() for page in opened)


def test_chinese_comes_back_out_of_an_embedded_font():
    table = Section(
        "标段一",
        note="单位：道题",
        paragraphs=["按验收合格量结算。"],
        columns=[Column("条目", 2), Column("供应商甲", is_right=True)],
        rows=[[Cell("每道合格题的成本", "总额 ÷ 合格量"), Cell("6.91", "最低", "good")]],
    )
    pdf = to_pdf(document(facts=[("截止时间", "2026-11-20 18:00")], sections=[table]), now=NOW)
    text = text_of(pdf)
    for part in (
        "大学题库解析",
        "截止时间",
        "标段一",
        "按验收合格量结算",
        "每道合格题的成本",
        "最低",
    ):
        assert part in text
    # The glyphs are in the file: CID-keyed outlines of the font that the package brings.
    assert b"NotoSansSC" in pdf
    assert b"/FontFile3" in pdf or b"/ObjStm" in pdf


def test_what_people_write_is_text():
    wild = '#read("/etc/passwd") $x$ *bold* @ref `raw` \\ // <label> #import "x"'
    text = text_of(to_pdf(document(title=wild, subtitle=wild), now=NOW))
    assert text.count('#read("/etc/passwd") $x$ *bold*') == 2


def test_a_long_table_repeats_its_head_on_every_page():
    rows = [[Cell(f"行 {n}"), Cell("1")] for n in range(200)]
    section = Section("标段", columns=[Column("条目"), Column("数值")], rows=rows)
    with pypdfium2.PdfDocument(to_pdf(document(sections=[section]), now=NOW)) as opened:
        pages = [page.get_textpage().get_text_range() for page in opened]
    assert len(pages) > 2
    assert all("条目" in page for page in pages)


def test_the_same_document_is_the_same_bytes():
    assert to_pdf(document(), now=NOW) == to_pdf(document(), now=NOW)


def test_the_font_comes_with_the_package():
    assert (font_folder() / "NotoSansSC-Regular.otf").is_file()


def pages_of(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as opened:
        return [page.get_textpage().get_text_range() for page in opened]


@pytest.mark.parametrize("filler", range(30, 46))
def test_a_heading_is_never_left_alone_at_the_foot_of_a_page(filler):
    """Whatever stands above: heading, note, head of the table and its first row keep together."""
    table = Section(
        "THE LOT",
        note="THE NOTE",
        columns=[Column("TERM"), Column("OFFER")],
        rows=[[Cell("HEAD", tone="head", span=2)], [Cell("FIRST"), Cell("1")]],
    )
    above = Section("Above", paragraphs=["line"] * filler)
    pages = pages_of(to_pdf(document(sections=[above, table], is_wide=True), now=NOW))
    [page] = [page for page in pages if "THE LOT" in page]
    assert all(part in page for part in ("THE NOTE", "TERM", "HEAD", "FIRST"))


def test_a_head_among_the_rows_is_said_again_on_the_next_page():
    rows = [[Cell("HEAD", tone="head", span=2)], *[[Cell("row"), Cell("1")]] * 120]
    table = Section("Lot", columns=[Column("TERM"), Column("OFFER")], rows=rows)
    pages = pages_of(to_pdf(document(sections=[table]), now=NOW))
    assert len(pages) > 2
    assert all("HEAD" in page and "TERM" in page for page in pages)
