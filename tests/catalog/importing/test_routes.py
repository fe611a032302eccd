"""The pages of imports: send, preview, apply, take back; plain and as htmx asks."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.catalog.importing.models import Import
from app.catalog.models.datasets import Dataset
from tests.catalog.importing.sending import LIST
from tests.factories import signed_in


def send(client, content: str = LIST, name: str = "语料清单.csv", **fields: str):
    return client.post(
        "/imports",
        files={"file": (name, content.encode())},
        data=fields,
        headers={"Accept-Language": "en"},
    )


def address_of(response) -> str:
    assert response.status_code == 303, response.text
    return response.headers["Location"]


def english(client, address: str, **headers: str):
    return client.get(address, headers={"Accept-Language": "en"} | headers)


def test_show_index_has_the_form_and_the_recent_imports(planner) -> None:
    send(planner)
    page = english(planner, "/imports")
    assert page.status_code == 200
    assert 'enctype="multipart/form-data"' in page.text
    assert "语料清单.csv" in page.text
    assert "preview, not applied" in page.text


def test_a_sent_list_is_previewed_applied_and_linked(planner, seeded_session: Session) -> None:
    address = address_of(send(planner))
    page = english(planner, f"{address}?show=create").text
    assert "Apply: add 3 datasets" in page
    assert "医学文献库" in page
    assert "2500万篇 = 25,000,000" in page
    assert "converted" in page
    done = planner.post(f"{address}/apply")
    assert done.headers["Location"] == address
    page = english(planner, f"{address}?show=create").text
    assert "Datasets added: 3, changed: 0." in page
    slug = seeded_session.scalars(select(Dataset.slug).where(Dataset.name_zh == "医学文献库")).one()
    assert f'href="/catalogue/{slug}"' in page
    history = english(planner, f"/catalogue/{slug}/history").text
    assert "语料清单.csv" in history
    assert "Li Na" in history


def test_pasted_cells_are_a_list(planner) -> None:
    cells = "名称\t供应商\t数量\n新书库\t乙公司\t300万本\n"
    response = planner.post("/imports", data={"text": cells}, files={"file": ("", b"")})
    page = english(planner, address_of(response)).text
    assert "pasted.txt" in page
    assert "Apply: add 1 dataset" in page


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "a.csv", "empty"),
        (b"PK\x03\x04 no zip", "a.xlsx", "no XLSX file"),
        (b"\x89PNG\r\n\x1a\n", "a.png", "not a file that is taken here"),
        (b'{"datasets": []}', "a.json", "not one of ours"),
        ("名称\n".encode() + b"\xff\xfe\xfd\x81", "a.csv", "encoding"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_its_field(
    planner, seeded_session: Session, content: bytes, name: str, sentence: str
) -> None:
    response = planner.post(
        "/imports",
        files={"file": (name, content)},
        data={"provider": "Acme"},
        headers={"Accept-Language": "en"},
    )
    assert response.status_code == 422
    error = re.search(r'id="file-error">(.*?)</p>', response.text, re.DOTALL)
    assert error
    assert sentence in error[1]
    assert 'value="Acme"' in response.text
    assert seeded_session.scalars(select(Import)).all() == []


def test_nothing_chosen_is_said_at_the_field(planner) -> None:
    response = planner.post(
        "/imports", data={"text": " "}, files={"file": ("", b"")}, headers={"Accept-Language": "en"}
    )
    assert response.status_code == 422
    assert "Choose a file, or paste a list below." in response.text


def test_other_choices_read_the_file_again(planner) -> None:
    address = address_of(send(planner, "名称,数量\n新书库,300万本\n"))
    page = english(planner, address).text
    assert "names no provider" in page
    assert "/apply" not in page
    again = planner.post(f"{address}/read", data={"provider": "丙公司"})
    assert again.headers["Location"] == address
    page = english(planner, address).text
    assert "Apply: add 1 dataset" in page


def test_an_import_of_somebody_else_is_not_found_before_it_is_applied(
    planner, seeded_client, seeded_session: Session
) -> None:
    address = address_of(send(planner))
    signed_in(seeded_client, seeded_session, Role.PLANNER)
    assert seeded_client.get(address).status_code == 404
    for action in ("apply", "read", "stop", "undo", "discard"):
        assert seeded_client.post(f"{address}/{action}").status_code == 404
    assert "语料清单" not in seeded_client.get("/imports").text
    assert seeded_session.scalars(select(Import)).one().state == "ready"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.BUYER, Role.APPROVER, Role.VENDOR])
def test_who_may_not_edit_may_not_import(seeded_client, seeded_session, role: Role) -> None:
    client = signed_in(seeded_client, seeded_session, role)
    assert client.get("/imports").status_code == 403
    assert send(client).status_code == 403
    assert client.get("/imports/abc").status_code == 403


def test_an_import_is_taken_back(planner, seeded_session: Session) -> None:
    address = address_of(send(planner))
    planner.post(f"{address}/apply")
    changed = address_of(send(planner, LIST.replace("2500万篇", "2600万篇")))
    planner.post(f"{changed}/apply")
    slug = seeded_session.scalars(select(Dataset.slug).where(Dataset.name_zh == "医学文献库")).one()
    assert "2600万篇" in english(planner, f"/catalogue/{slug}").text
    planner.post(f"{changed}/undo")
    assert "as before: 1." in english(planner, changed).text
    assert "2500万篇" in english(planner, f"/catalogue/{slug}").text
    planner.post(f"{address}/undo")
    page = english(planner, address).text
    # The one that was changed and changed back has a history since the import.
    assert "Datasets archived: 2," in page
    assert f'href="/catalogue/{slug}"' in page


def test_a_preview_is_discarded_with_its_file(planner, seeded_session: Session) -> None:
    address = address_of(send(planner))
    assert planner.post(f"{address}/discard").headers["Location"] == "/imports?done=discarded"
    assert planner.get(address).status_code == 404
    assert planner.post(f"{address}/apply").status_code == 404


def test_applied_twice_is_refused(planner) -> None:
    address = address_of(send(planner))
    planner.post(f"{address}/apply")
    assert planner.post(f"{address}/apply").status_code == 409
    assert planner.post(f"{address}/read").status_code == 409
    assert planner.post(f"{address}/discard").status_code == 409


def test_a_catalogue_that_moved_is_not_overwritten(planner, seeded_session: Session) -> None:
    address = address_of(send(planner))
    planner.post(f"{address}/apply")
    changed = address_of(send(planner, LIST.replace("一批医学论文", "很多医学论文")))
    dataset = seeded_session.scalars(select(Dataset).where(Dataset.name_zh == "医学文献库")).one()
    dataset.description_zh = "有人改过"
    seeded_session.flush()
    response = planner.post(f"{changed}/apply", headers={"Accept-Language": "en"})
    assert response.status_code == 412
    assert "nothing was applied" in response.text
    assert dataset.slug in response.text
    seeded_session.expire_all()
    assert dataset.description_zh == "有人改过"
    planner.post(f"{changed}/read")
    page = english(planner, f"{changed}?show=change").text
    assert "有人改过" in page
    assert "很多医学论文" in page
    planner.post(f"{changed}/apply")
    seeded_session.expire_all()
    assert dataset.description_zh == "很多医学论文"
