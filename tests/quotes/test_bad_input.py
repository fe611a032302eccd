"""What should never be sent: refused or neutralised, said clearly, and nothing is lost."""

import io
import zipfile

import openpyxl
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.settings import Settings
from tests.quotes import making
from tests.quotes.scene import Scene, build

OVERRIDE = "\u202e"
FORMULA = '=HYPERLINK("http://example.com","Click")'


@pytest.fixture
def scene(client: TestClient, shared_app: FastAPI, session: Session, settings: Settings) -> Scene:
    assert client.app is shared_app
    assert shared_app.state.settings is settings
    return build(shared_app, session)


def bomb() -> bytes:
    """Return a workbook of 60 MB in some kilobytes."""
    workbook = openpyxl.Workbook()
    content = io.BytesIO()
    workbook.save(content)
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", b"0" * 60_000_000)
    return content.getvalue()


def test_what_a_quote_cannot_be_leaves_the_draft_as_it_was(scene: Scene) -> None:
    at = scene.at["answering"]
    path = f"/api/v1/quotes/{at['quote_id']}"
    before = scene["own"].get(path).json()
    for change in (
        {"lines": [making.line_json(price="-0.01")]},
        {"lines": [making.line_json(price="1e400")]},
        {"lines": [making.line_json(price="1000000000000001")]},
        {"lines": [making.line_json(price="0.123456789")]},
        {"lines": [making.line_json(setup_fee="-1")]},
        {"currency": "BTC"},
        {"tax_rate": "-0.06"},
        {"valid_until": "-1"},
        {"note": f"a{OVERRIDE}b\x00"},
    ):
        refused = scene["own"].patch(path, json=change)
        assert refused.status_code == 422, change
        assert refused.json()["error"]["message"]
        assert scene["own"].get(path).json() == before


def test_a_deadline_in_the_past_is_refused_and_what_was_typed_stays(scene: Scene) -> None:
    at = scene.at["draft"]
    refused = scene["buyer"].post(
        f"/rfqs/{at['rfq_id']}/edit/basics",
        data={"title": "Kept title", "currency": "CNY", "deadline": "2020-01-01T09:00"},
    )
    assert refused.status_code == 422
    assert "Kept title" in refused.text
    assert "2020-01-01T09:00" in refused.text
    assert "The deadline has passed" in refused.text


@pytest.mark.parametrize(
    ("name", "content", "statuses"),
    [
        ("guideline.pdf", b"%PDF-1.7\n" + b"0" * 30_000_000, {413}),
        ("guideline.pdf", b"MZ\x90\x00", {422}),
        ("guideline.html", b"<script>alert(1)</script>", {422}),
    ],
    ids=["30 MB", "a program", "a page"],
)
@pytest.mark.parametrize("address", ["/api/v1/rfq-files/{rfq_id}", "/rfqs/files/{rfq_id}"])
def test_a_file_that_cannot_be_is_refused(
    scene: Scene, name: str, content: bytes, statuses: set[int], address: str
) -> None:
    at = scene.at["draft"]
    before = scene["buyer"].get(f"/api/v1/rfq-files/{at['rfq_id']}").json()
    sent = scene["buyer"].post(
        address.format(**at), files={"file": (name, content, "application/pdf")}
    )
    assert sent.status_code in statuses, sent.text[:500]
    assert scene["buyer"].get(f"/api/v1/rfq-files/{at['rfq_id']}").json() == before


def zipped(name: str) -> bytes:
    """Return an archive of 60 MB in some kilobytes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b"0" * 60_000_000)
    return content.getvalue()


@pytest.mark.parametrize("name", ["guideline.xlsx", "guideline.docx", "guideline.zip"])
def test_a_zip_bomb_is_refused_and_what_was_there_stays(scene: Scene, name: str) -> None:
    content = bomb() if name.endswith("xlsx") else zipped("word/document.xml")
    at, answering = scene.at["draft"], scene.at["answering"]
    sent = {"file": (name, content, "x/y")}
    for person, listed, addresses in (
        (
            "buyer",
            f"/api/v1/rfq-files/{at['rfq_id']}",
            (f"/api/v1/rfq-files/{at['rfq_id']}", f"/rfqs/files/{at['rfq_id']}"),
        ),
        (
            "own",
            f"/api/v1/quote-files/{answering['quote_id']}",
            (
                f"/api/v1/quote-files/{answering['quote_id']}",
                f"/quotes/files/{answering['rfq_id']}",
            ),
        ),
    ):
        before = scene[person].get(listed).json()
        for address in addresses:
            refused = scene[person].post(address, files=sent)
            assert refused.status_code == 422, address
            assert "unpacks to more than 100 times its size" in refused.text, address
        assert scene[person].get(listed).json() == before


@pytest.mark.parametrize("name", ["guideline.xlsx", "guideline.docx", "guideline.zip"])
def test_an_archive_of_an_honest_size_is_kept_as_it_is(scene: Scene, name: str) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "<p>第三条</p>" * 10_000)
    at = scene.at["draft"]
    sent = scene["buyer"].post(
        f"/api/v1/rfq-files/{at['rfq_id']}", files={"file": (name, content.getvalue(), "x/y")}
    )
    assert sent.status_code == 201, sent.text
    given = scene["buyer"].get(sent.json()["url"])
    assert given.content == content.getvalue()
    assert given.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in given.headers["content-security-policy"]


def test_the_page_keeps_its_form_when_a_file_is_refused(scene: Scene) -> None:
    for person, address, label in (
        ("buyer", f"/rfqs/files/{scene.at['draft']['rfq_id']}", "Attach the file"),
        ("own", f"/quotes/files/{scene.at['answering']['rfq_id']}", "Attach the file"),
    ):
        refused = scene[person].post(
            address, files={"file": ("guideline.html", b"<p>", "x/y")}, data={"role": "sample"}
        )
        assert refused.status_code == 422
        assert label in refused.text
        assert "not a file that is taken here" in refused.text
    # What else was chosen is still chosen.
    again = scene["buyer"].post(
        f"/rfqs/files/{scene.at['draft']['rfq_id']}",
        files={"file": ("guideline.html", b"<p>", "x/y")},
        data={"role": "sample"},
    )
    assert '<option value="sample" selected' in again.text


def test_an_override_in_a_file_s_name_is_taken_out(scene: Scene) -> None:
    at = scene.at["draft"]
    sent = scene["buyer"].post(
        f"/api/v1/rfq-files/{at['rfq_id']}",
        files={"file": (f"guide{OVERRIDE}fdp.csv", b"a,b\n1,2\n", "text/csv")},
    )
    assert sent.status_code == 201, sent.text
    assert OVERRIDE not in sent.json()["name"]
    given = scene["buyer"].get(sent.json()["url"])
    assert OVERRIDE not in given.headers["content-disposition"]
    assert "%E2%80%AE" not in given.headers["content-disposition"]


def test_a_formula_as_a_vendor_s_name_stays_text_in_every_export(
    scene: Scene, session: Session
) -> None:
    session.execute(
        text("UPDATE organisation SET name_zh = :name, name_en = :name WHERE slug = :slug"),
        {"name": FORMULA, "slug": scene.viewers["own"].organisation_slug},
    )
    session.expire_all()
    path = f"/rfqs/{scene.at['closed']['rfq_id']}/comparison"
    page = scene["buyer"].get(path)
    assert "HYPERLINK(&#34;http" in page.text
    for line in scene["buyer"].get(f"{path}.csv").text.splitlines():
        assert not any(cell.lstrip('"').startswith("=") for cell in line.split(","))
    book = openpyxl.load_workbook(io.BytesIO(scene["buyer"].get(f"{path}.xlsx").content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    named = [cell for cell in cells if "HYPERLINK" in str(cell.value)]
    assert named
    assert all(cell.data_type == "s" for cell in named)
    assert not any(cell.hyperlink for cell in cells)


def test_a_formula_is_no_short_name_of_a_vendor(scene: Scene) -> None:
    at = scene.at["draft"]
    refused = scene["buyer"].post(
        f"/api/v1/rfqs/{at['rfq_id']}/invitations", json={"vendor": FORMULA}
    )
    assert refused.status_code == 422
