"""A vendor's list in a real browser: sent or pasted, looked at, applied, taken back."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.accounts.models import Role
from tests.catalog.importing.test_sheets import BOOK

pytestmark = pytest.mark.browser

HEAD = "名称,供应商,类别,数量,语言,许可,说明"
BAD_NUMBER, UNKNOWN_CATEGORY = "约好几万", "占星"
MANY = 4_000


def a_list(provider: str) -> str:
    """Return a list of which one row is right, one is doubtful and one is wrong."""
    return "\n".join(
        [
            HEAD,
            f"医学文献库,{provider},学术,2500万篇,中文,CC BY 4.0,一批医学论文",
            f"法律文书,{provider},{UNKNOWN_CATEGORY},1.2亿份,中文,,裁判文书",
            f"对话集,{provider},对话,{BAD_NUMBER},中文,,",
            f"对话集,{provider},对话,3万轮对话,中文,,",
        ]
    )


def row(page: Page, number: int):
    """Return a row of the preview by its number in the file."""
    return (
        page.get_by_role("table", name="Rows")
        .get_by_role("row")
        .filter(has=page.get_by_role("cell", name=str(number), exact=True))
    )


def send(page: Page) -> None:
    page.get_by_role("button", name="Read and show a preview").click()
    page.wait_for_url(re.compile(r"/imports/[\w-]{10,}"))


@pytest.mark.parametrize("javascript", [True, False])
def test_a_list_with_problems_is_previewed_applied_and_taken_back(open_page, tmp_path, javascript):
    provider = f"浏览器数据{'一' if javascript else '二'}公司"
    path = tmp_path / "供应商.csv"
    path.write_text(a_list(provider), encoding="gb18030")
    page = open_page("/catalogue", role=Role.PLANNER, javascript=javascript).page
    page.get_by_role("link", name="Import", exact=True).first.click()
    page.get_by_label("File", exact=True).set_input_files(path)
    send(page)

    # What is wrong stands first: the row, the sentence, and what to do about it.
    expect(page.get_by_role("heading", level=1)).to_contain_text("nothing is applied yet")
    expect(row(page, 4)).to_contain_text(BAD_NUMBER)
    expect(row(page, 3)).to_contain_text(UNKNOWN_CATEGORY)
    page.get_by_role("link", name=re.compile("^New")).click()
    expect(row(page, 2)).to_contain_text("医学文献库")
    assert "医学文献库" not in page.request.get(f"/catalogue?q={provider}").text()

    page.get_by_role("button", name=re.compile("^Apply")).click()
    expect(page.get_by_role("status").filter(has_text="Applied.")).to_contain_text(
        "Datasets added: 3"
    )
    page.get_by_role("link", name="医学文献库").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("医学文献库")
    page.go_back()

    page.get_by_text("Take this import back").click()
    page.get_by_role("button", name="Take the import back").click()
    expect(page.get_by_role("status").filter(has_text="Taken back.")).to_be_visible()
    assert "医学文献库" not in page.request.get(f"/catalogue?q={provider}").text()


def test_cells_pasted_from_a_spreadsheet_are_a_list(open_page):
    page = open_page("/imports", role=Role.PLANNER).page
    page.get_by_text("Or paste a list").click()
    page.get_by_label("Pasted list").fill("名称\t数量\n粘贴的语料\t300万条")
    page.get_by_label("Provider of the list").fill("粘贴数据公司")
    send(page)
    expect(row(page, 2)).to_contain_text("粘贴的语料")
    page.get_by_role("button", name="Discard").click()
    page.wait_for_url("**/imports?done=discarded")


@pytest.mark.parametrize("javascript", [True, False])
def test_what_is_refused_stands_at_its_field(open_page, tmp_path, javascript):
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"PK\x03\x04 and then nothing of a workbook")
    watched = open_page("/imports", role=Role.PLANNER, javascript=javascript)
    page = watched.page
    page.get_by_label("Provider of the list").fill("甲数据公司")
    page.get_by_label("File", exact=True).set_input_files(path)
    page.get_by_role("button", name="Read and show a preview").click()
    expect(page.locator("#file-error")).to_be_visible()
    expect(page.get_by_label("File", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Provider of the list")).to_have_value("甲数据公司")
    watched.problems[:] = [problem for problem in watched.problems if "422" not in problem]


@pytest.mark.parametrize("javascript", [True, False])
def test_the_progress_of_a_long_list_survives_a_reload(open_page, tmp_path, javascript):
    path = tmp_path / "long.csv"
    rows = (
        f"长表数据集{number},长表数据公司,网页,{number}万条,中文,," for number in range(1, MANY + 1)
    )
    path.write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    page = open_page("/imports", role=Role.PLANNER, javascript=javascript).page
    page.get_by_label("File", exact=True).set_input_files(path)
    send(page)
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text(
        "nothing is applied yet", timeout=120_000
    )
    expect(page.get_by_role("link", name=re.compile("^New"))).to_contain_text(f"{MANY:,}")
    page.get_by_role("button", name="Discard").click()


@pytest.mark.parametrize("javascript", [True, False])
def test_another_sheet_of_a_workbook_is_chosen_in_the_preview(open_page, tmp_path, javascript):
    path = tmp_path / "清单.xlsx"
    path.write_bytes(BOOK)
    page = open_page("/imports", role=Role.PLANNER, javascript=javascript).page
    page.get_by_label("File", exact=True).set_input_files(path)
    send(page)
    expect(page.get_by_role("table", name="Rows")).to_contain_text("古籍一")
    page.get_by_label("Sheet of the workbook").select_option("对话")
    page.get_by_role("button", name="Read this sheet").click()
    expect(page.get_by_role("table", name="Rows")).to_contain_text("医患对话")
    expect(page.get_by_label("Sheet of the workbook")).to_have_value("对话")
    page.get_by_role("button", name="Discard").click()
