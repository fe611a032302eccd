"""Files of the catalogue in a real browser: chosen, downloaded, named; structured data is read."""

import json
import zipfile
from pathlib import Path

import pytest


@pytest.mark.browser
@pytest.mark.parametrize("javascript", [True, False])
def test_what_the_list_shows_is_downloaded(open_page, tmp_path, javascript):
    page = open_page("/catalogue?category=code", javascript=javascript).page
    page.get_by_role("link", name="Export", exact=True).click()
    page.wait_for_url("**/catalogue/export?category=code")
    page.get_by_label("Subsets as well").check()
    with page.expect_download() as waiting:
        page.locator("button[value=json]").click()
    assert waiting.value.suggested_filename == "Datasets.json"
    target = tmp_path / "datasets.json"
    waiting.value.save_as(target)
    assert len(json.loads(target.read_text())["datasets"]) > 2


@pytest.mark.browser
def test_a_dataset_is_downloaded_under_its_chinese_name(open_page, tmp_path):
    page = open_page("/catalogue/jlw-chinese-books", locale="zh-CN").page
    page.get_by_role("link", name="导出", exact=True).click()
    with page.expect_download() as waiting:
        page.locator("button[value=xlsx]").click()
    assert waiting.value.suggested_filename == "中文书籍.xlsx"
    target = Path(tmp_path / "books.xlsx")
    waiting.value.save_as(target)
    assert zipfile.is_zipfile(target)


@pytest.mark.browser
def test_structured_data_stands_in_the_head_under_the_policy(open_page):
    page = open_page("/catalogue/the-pile").page
    text = page.locator('head script[type="application/ld+json"]').text_content()
    assert json.loads(text)["name"] == "The Pile"
