"""The audit trail as administrators read it."""

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import audit
from app.accounts import audit_trail
from app.accounts.models import Account
from tests import factories
from tests.counting import counted_statements

PAGE = "/settings/audit"


def record(session: Session, *, actor: Account | None = None, object_id: str = "1", **more) -> None:
    audit.record(
        session,
        actor=factories.actor(actor) if actor else audit.PORTAL,
        action="dataset.updated",
        object_type="dataset",
        object_id=object_id,
        **more,
    )
    session.flush()


@pytest.mark.parametrize("role", ["viewer", "planner", "buyer", "approver", "vendor", None])
def test_the_audit_trail_is_for_administrators(
    client: TestClient, session: Session, role: str | None
):
    if role:
        factories.signed_in(client, session, role)
    assert client.get(PAGE).status_code == (403 if role else 401)


def test_show_audit_shows_who_changed_what(
    administrator_client: TestClient, session: Session, administrator: Account
):
    record(
        session,
        actor=administrator,
        object_id="<the-pile>",
        before={"name": "Pile", "tokens": 1},
        after={"name": "The Pile", "tags": ["配比"]},
    )
    page = administrator_client.get(PAGE).text
    assert "Zhao Min</a>" in page
    assert "&lt;the-pile&gt;" in page
    assert "Pile → The Pile" in re.sub(r"\s+", " ", page)
    assert "配比" in page


def test_show_audit_when_nothing_happened_says_so(administrator_client: TestClient):
    page = administrator_client.get(f"{PAGE}?object_type=dataset")
    assert "No change is recorded here" in page.text


def test_show_audit_is_newest_first_and_pages_to_the_end(
    administrator_client: TestClient, session: Session, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(audit_trail, "EVENTS_PER_PAGE", 2)
    for number in range(5):
        record(session, object_id=f"d{number}")
    seen = []
    address = f"{PAGE}?object_type=dataset"
    while address:
        page = administrator_client.get(address).text
        seen += re.findall(r">dataset (d\d)</a>", page)
        more = re.search(r'href="([^"]+)"\s+rel="next"', page)
        address = more[1].replace("&amp;", "&") if more else ""
    assert seen == ["d4", "d3", "d2", "d1", "d0"]


def test_show_audit_filters_by_object_and_by_person(
    administrator_client: TestClient, session: Session, person: Account
):
    record(session, object_id="mine", actor=person)
    record(session, object_id="other")
    for query in (f"actor={person.public_id}", "object_type=dataset&object_id=mine"):
        page = administrator_client.get(f"{PAGE}?{query}").text
        assert "dataset mine" in page
        assert "dataset other" not in page
    assert "dataset mine" not in administrator_client.get(f"{PAGE}?actor=unknown").text


def test_show_audit_keeps_the_name_somebody_had(
    administrator_client: TestClient, session: Session, person: Account
):
    record(session, actor=person)
    person.name = "Li Na-Schmidt"
    session.flush()
    assert "Li Na</a>" in administrator_client.get(PAGE).text


def test_show_audit_answers_htmx_with_the_list_alone(
    administrator_client: TestClient, session: Session
):
    record(session)
    headers = {"HX-Request": "true", "HX-Target": "div#audit_list"}
    fragment = administrator_client.get(PAGE, headers=headers)
    assert "</html>" not in fragment.text
    assert "dataset 1" in fragment.text
    assert "HX-Request" in fragment.headers["Vary"]


@pytest.mark.parametrize(
    "cursor", ["x", "WyJhIl0", "Wy0xXQ", "WzFlNDBd", "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5XQ"]
)
def test_show_audit_refuses_a_damaged_cursor(administrator_client: TestClient, cursor: str):
    assert administrator_client.get(f"{PAGE}?cursor={cursor}").status_code == 422


def test_show_audit_sends_as_many_statements_for_2_as_for_50(
    administrator_client: TestClient, connection: Connection, session: Session
):
    counts = []
    for more in (2, 48):
        for _ in range(more):
            record(session)
        with counted_statements(connection) as statements:
            assert administrator_client.get(PAGE).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_show_audit_calls_programs_and_roles_by_their_words(
    administrator_client: TestClient, session: Session
):
    audit.record(
        session,
        actor=audit.COMMAND_LINE,
        action="account.role_changed",
        object_type="account",
        object_id="nobody",
        before={"role": "viewer"},
        after={"role": "planner"},
    )
    session.flush()
    page = administrator_client.get(PAGE, headers={"Accept-Language": "zh-CN"}).text
    assert "命令行" in page
    assert "查看者" in page
    assert "规划员" in page
    assert "command line" not in page
