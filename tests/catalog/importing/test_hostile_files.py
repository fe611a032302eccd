"""Files that are too much or mean harm: refused in words by page and API; nothing is applied."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalog.importing import options
from app.catalog.importing.models import Import
from app.catalog.importing.purpose import IMPORT_FILE
from app.catalog.models.datasets import Dataset
from app.files.models import StoredFile
from tests.catalog.importers.workbooks import (
    BILLION_LAUGHS,
    EXTERNAL_ENTITY,
    OUTSIDE,
    bomb,
    package,
    table,
)

API = "/api/v1/imports"
ENGLISH = {"Accept-Language": "en"}
LONG = "名称,供应商\n" + "".join(f"数据集{n},甲\n" for n in range(5))

HOSTILE = {
    "a zip bomb": ("a.xlsx", bomb(15_000_000), "unpacks to far more"),
    "entities in entities": ("a.xlsx", package(sheet=BILLION_LAUGHS), "damaged"),
    "an external entity": ("a.xlsx", package(sheet=EXTERNAL_ENTITY), "damaged"),
    "an external entity among the texts": (
        "a.xlsx",
        package(strings=EXTERNAL_ENTITY),
        "damaged",
    ),
    "a way out of the package": ("a.xlsx", package(rels=OUTSIDE), "damaged"),
    "a zip that is no workbook": ("a.xlsx", b"PK\x03\x04" + bytes(100), "XLSX"),
    "half UTF-8": ("a.csv", "名称\n数据".encode() + b"\xff\xfe\xfd\x81", "encoding"),
    "UTF-16 cut in a character": (
        "a.csv",
        "名称,供应商\n甲,乙\n".encode("utf-16")[:-1],
        "encoding",
    ),
    "bytes under the name of a list": ("a.csv", b"\x7fELF" + bytes(200), "not"),
    "YAML with a reference to itself": (
        "README.md",
        b"---\na: &a [*a]\nlanguage: *a\n---\n",
        "",
    ),
    "YAML that makes an object": (
        "README.md",
        b"---\nname: !!python/object/apply:os.system [id]\n---\n",
        "",
    ),
}


def counts(session: Session) -> list[int | None]:
    return [
        session.scalar(select(func.count()).select_from(model))
        for model in (Dataset, Import, StoredFile)
    ]


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused_in_words(planner, seeded_session: Session, case: str) -> None:
    name, content, sentence = HOSTILE[case]
    before = counts(seeded_session)
    page = planner.post("/imports", files={"file": (name, content)}, headers=ENGLISH)
    assert page.status_code == 422
    error = re.search(r'id="file-error">(.*?)</p>', page.text, re.DOTALL)
    assert error
    assert sentence in error[1]
    answer = planner.post(API, content=content, params={"name": name}, headers=ENGLISH)
    assert answer.status_code == 422
    assert sentence in answer.json()["error"]["message"]
    assert "root:" not in page.text + answer.text
    assert counts(seeded_session) == before


@pytest.fixture
def small_limit() -> Iterator[None]:
    """Imports of a thousand bytes at most; a purpose is frozen for everybody else."""
    before = IMPORT_FILE.max_bytes
    object.__setattr__(IMPORT_FILE, "max_bytes", 1_000)
    yield
    object.__setattr__(IMPORT_FILE, "max_bytes", before)


@pytest.mark.usefixtures("small_limit")
def test_a_file_above_the_limit_is_refused_while_it_arrives(
    planner, seeded_session: Session
) -> None:
    before = counts(seeded_session)
    content = "名称\n".encode() + b"a" * 2_000
    page = planner.post("/imports", files={"file": ("a.csv", content)}, headers=ENGLISH)
    assert page.status_code == 422
    assert "0.001 MB" in re.search(r'id="file-error">(.*?)</p>', page.text, re.DOTALL)[1]
    answer = planner.post(API, content=content, params={"name": "a.csv"}, headers=ENGLISH)
    assert answer.status_code == 413
    assert "0.001 MB" in answer.json()["error"]["message"]
    assert counts(seeded_session) == before


def test_more_rows_than_an_import_takes_are_refused(
    planner, seeded_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(options, "MAX_ROWS", 3)
    before = counts(seeded_session)
    page = planner.post("/imports", files={"file": ("a.csv", LONG.encode())}, headers=ENGLISH)
    assert page.status_code == 422
    assert "3" in re.search(r'id="file-error">(.*?)</p>', page.text, re.DOTALL)[1]
    assert counts(seeded_session) == before


def test_a_formula_keeps_its_row_out_and_is_named(planner, seeded_session: Session) -> None:
    content = table(
        ["名称", "供应商", "数量"],
        ["甲库", "公式公司", "5万本"],
        ["乙库", "公式公司", "=1+1"],
        ['=HYPERLINK("http://evil.example","丙库")', "公式公司", "5万本"],
    )
    answer = planner.post(API, content=content, params={"name": "a.xlsx"}, headers=ENGLISH)
    assert answer.status_code == 201
    body = answer.json()
    assert body["counts"]["create"] == 1
    assert body["counts"]["refuse"] == 2
    assert planner.post(f"{API}/{body['id']}/apply").status_code == 200
    names = seeded_session.scalars(select(Dataset.name_zh).where(Dataset.name_zh.like("%库"))).all()
    assert "甲库" in names
    assert not {"乙库", "丙库"} & set(names)
