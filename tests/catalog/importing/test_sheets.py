"""A workbook with several lists: the page, the API and the command read the chosen sheet."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from app.catalog.cli import make_catalogue_app
from tests.catalog.importers.test_nasty_lists import sheets

HEAD = ["名称", "供应商", "数量"]
BOOK = sheets(
    ("书籍", [HEAD, ["古籍一", "甲数据公司", "5万本"]], "visible"),
    (
        "对话",
        [HEAD, ["客服对话", "甲数据公司", "3万轮对话"], ["医患对话", "甲数据公司", "1万轮对话"]],
        "visible",
    ),
)
FILES = {"file": ("清单.xlsx", BOOK)}


def test_the_page_lists_the_sheets_and_reads_the_chosen_one(planner) -> None:
    sent = planner.post("/imports", files=FILES, data={"existing": "keep"})
    address = sent.headers["Location"]
    english = {"Accept-Language": "en"}
    page = planner.get(f"{address}?show=create", headers=english).text
    assert "古籍一" in page
    assert '<option value="书籍" selected>书籍: 2 rows</option>' in page
    assert '<option value="对话">对话: 3 rows</option>' in page
    assert planner.post(f"{address}/read", data={"sheet": "对话"}).status_code == 303
    page = planner.get(f"{address}?show=create", headers=english).text
    assert "客服对话" in page
    assert "古籍一" not in page
    assert '<option value="对话" selected>' in page
    # The other choices are as they were.
    assert '<option value="keep" selected>' in page


def test_the_api_names_the_sheet(planner) -> None:
    sent = planner.post("/api/v1/imports", files=FILES, params={"sheet": "对话"})
    assert sent.status_code == 201, sent.text
    assert {row["name"] for row in sent.json()["rows"]} == {"客服对话", "医患对话"}
    again = planner.post(f"{sent.headers['Location']}/read", params={"sheet": "书籍"})
    assert [row["name"] for row in again.json()["rows"]] == ["古籍一"]


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are(planner) -> None:
    refused = planner.post("/api/v1/imports", files=FILES, params={"sheet": "价格"})
    assert refused.status_code == 422
    assert "has no sheet “价格”. It has: 书籍, 对话." in refused.json()["error"]["message"]


@pytest.mark.parametrize(("sheet", "created"), [("对话", "New: 2."), ("书籍", "New: 1.")])
def test_the_command_reads_the_sheet_that_it_is_told(
    seeded_session: Session, tmp_path: Path, sheet: str, created: str
) -> None:
    @contextmanager
    def scope() -> Iterator[Session]:
        with seeded_session.begin_nested():
            yield seeded_session

    path = tmp_path / "清单.xlsx"
    path.write_bytes(BOOK)
    found = CliRunner().invoke(make_catalogue_app(scope), ["import", str(path), "--sheet", sheet])
    assert found.exit_code == 0, found.output
    assert created in found.output
