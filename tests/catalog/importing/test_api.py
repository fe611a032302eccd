"""Imports by the API: raw bodies and forms, codes, and who may."""

import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.catalog.models.datasets import Dataset
from tests.catalog.importing.sending import LIST
from tests.factories import signed_in

API = "/api/v1/imports"
ENGLISH = {"Accept-Language": "en"}


def post(client, content: bytes | str = LIST, *, kind: str = "text/csv", **query: str):
    raw = content.encode() if isinstance(content, str) else content
    return client.post(API, content=raw, headers={"Content-Type": kind} | ENGLISH, params=query)


def test_a_raw_list_is_previewed_and_applied(planner, seeded_session: Session) -> None:
    response = post(planner, name="list.csv")
    assert response.status_code == 201
    body = response.json()
    assert response.headers["Location"] == f"{API}/{body['id']}"
    assert (body["stage"], body["format"], body["name"]) == ("preview", "csv", "list.csv")
    assert body["counts"] == {"create": 3, "change": 0, "same": 0, "skip": 0, "refuse": 0}
    assert [row["outcome"] for row in body["rows"]] == ["create"] * 3
    applied = planner.post(f"{API}/{body['id']}/apply")
    assert (applied.status_code, applied.json()["stage"]) == (200, "applied")
    assert seeded_session.scalars(select(Dataset).where(Dataset.name_zh == "医学文献库")).one()
    assert planner.post(f"{API}/{body['id']}/apply").status_code == 409
    again = post(planner).json()
    assert again["counts"]["same"] == 3
    assert planner.post(f"{API}/{again['id']}/apply").status_code == 409


def test_a_form_may_carry_the_choices(planner) -> None:
    response = planner.post(
        API,
        files={"file": ("a.csv", "名称,数量\n新书库,300万本\n".encode())},
        data={"provider": "丁公司", "visibility": "public"},
    )
    assert response.status_code == 201
    body = response.json()
    assert body["counts"]["create"] == 1
    assert len(body["new_providers"]) == 1


def test_findings_are_said_with_their_row_and_remedy(planner) -> None:
    body = post(planner, "名称,供应商,数量\n甲,乙公司,很多很多\n丙,乙公司,=1+1\n").json()
    assert body["counts"]["refuse"] >= 1
    row = next(row for row in body["rows"] if row["outcome"] == "refuse")
    finding = next(one for one in row["findings"] if one["severity"] == "error")
    assert finding["message"]
    assert finding["remedy"]
    assert finding["row"] == row["row"]
    only = planner.get(f"{API}/{body['id']}", params={"rows": "refuse"}).json()
    assert {one["outcome"] for one in only["rows"]} == {"refuse"}


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b"", "text/csv", 422),
        (b"{}", "application/json", 422),
        (b"[1, 2", "application/json", 422),
        (b"PK\x03\x04junk", "application/octet-stream", 422),
        (b"\x00\x01\x02", "text/csv", 422),
        (b"a" * 1000, "text/markdown", 201),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_with_a_sentence(
    planner, content: bytes, kind: str, code: int
) -> None:
    response = post(planner, content, kind=kind)
    assert response.status_code == code
    if code != 201:
        assert response.json()["error"]["message"]


def test_rows_come_page_by_page(planner) -> None:
    rows = "".join(f"集 {n},丁公司,{n}万本\n" for n in range(1, 8))
    body = post(planner, "名称,供应商,数量\n" + rows).json()
    seen, above = [], 0
    while above is not None:
        page = planner.get(f"{API}/{body['id']}", params={"above": above, "limit": 3}).json()
        seen += [row["row"] for row in page["rows"]]
        above = page["next_above"]
    assert seen == list(range(2, 9))


def test_a_catalogue_that_moved_answers_412(planner, seeded_session: Session) -> None:
    planner.post(f"{API}/{post(planner).json()['id']}/apply")
    changed = post(planner, LIST.replace("裁判文书\n", "更多裁判文书\n")).json()
    dataset = seeded_session.scalars(select(Dataset).where(Dataset.name_zh == "法律文书")).one()
    dataset.description_zh = "别人写的"
    seeded_session.flush()
    response = planner.post(f"{API}/{changed['id']}/apply", headers=ENGLISH)
    assert response.status_code == 412
    assert dataset.slug in response.json()["error"]["message"]
    again = planner.post(f"{API}/{changed['id']}/read")
    assert again.status_code == 200
    (row,) = [row for row in again.json()["rows"] if row["outcome"] == "change"]
    assert row["before"] == {"description_zh": "别人写的"}
    assert planner.post(f"{API}/{changed['id']}/apply").status_code == 200
    assert planner.post(f"{API}/{changed['id']}/undo").json()["stage"] == "undone"


def test_somebody_elses_import_is_not_found(planner, seeded_client, seeded_session) -> None:
    mine = post(planner).json()["id"]
    signed_in(seeded_client, seeded_session, Role.PLANNER)
    assert seeded_client.get(f"{API}/{mine}").status_code == 404
    for action in ("apply", "read", "undo"):
        assert seeded_client.post(f"{API}/{mine}/{action}").status_code == 404
    assert seeded_client.delete(f"{API}/{mine}").status_code == 404


def test_a_viewer_may_not_import(seeded_client, seeded_session: Session) -> None:
    assert post(seeded_client).status_code == 401
    client = signed_in(seeded_client, seeded_session, Role.VIEWER)
    assert post(client).status_code == 403


def test_an_export_of_ours_comes_back_unchanged(planner, seeded_session: Session) -> None:
    exported = planner.get("/api/v1/exports/datasets", params={"format": "json"})
    assert exported.status_code == 200
    count = len(json.loads(exported.content)["datasets"])
    response = post(planner, exported.content, kind="application/json", name="all.json")
    assert response.status_code == 202, response.text
    assert response.json()["stage"] == "working"
    assert count > 90
