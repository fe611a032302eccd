"""
Who may do what with requests and quotes: one table, and every route is in it.

A row is an action on an item, and what each person is answered. `own` is a vendor who was invited
and whose quote it is, `rival` another invited vendor, `outsider` a vendor who was not invited. 303
is success of a form, or where a page leads a person to their own; 401 asks to sign in. The table is
the specification: a new route fails the last test until it has a row.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from sqlalchemy import Connection, Engine

from app.quotes.queries import rfqs as rfq_queries
from app.settings import Settings
from tests.conftest import in_rolled_back_transaction, make_session, session_factory_on
from tests.quotes import making
from tests.quotes.permissions import ROWS, Row
from tests.quotes.scene import CARD, FILE, PEOPLE, TEAM, Scene, build


@pytest.fixture(scope="module")
def module_connection(engine: Engine) -> Iterator[Connection]:
    yield from in_rolled_back_transaction(engine)


@pytest.fixture(scope="module")
def scene(
    shared_app: FastAPI, module_connection: Connection, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    shared_app.state.settings = Settings(
        data_dir=tmp_path_factory.mktemp("permissions"), jobs_in_process=False
    )
    shared_app.state.session_factory = session_factory_on(module_connection)
    with make_session(module_connection) as session:
        yield build(shared_app, session)


def body_of(scene: Scene, route: str, name: str, person: str) -> dict[str, Any]:
    """Return what a right request to a route sends."""
    later = rfq_queries.database_now(scene.session) + timedelta(days=3)
    at = scene.at[name]
    quote = at.get("quote_id", "")
    bodies: dict[str, dict[str, Any]] = {
        "POST /rfqs/settings/rates": {
            "data": {
                "currency": "USD",
                "base": "CNY",
                "rate": "7.1",
                "date": f"{later - timedelta(days=3):%Y-%m-%d}",
                "source": "SAFE",
            }
        },
        "POST /rfqs/settings/rules": {
            "data": {"base_currency": "CNY", "approval_threshold": "1000000"}
        },
        "POST /rfqs/files/{rfq_id}": {"files": FILE},
        "POST /rfqs/new": {"data": {"title": "New", "currency": "CNY"}},
        "POST /rfqs/{rfq_id}/edit/{step}": {"data": {"title": "New", "currency": "CNY"}},
        "POST /rfqs/{rfq_id}/edit/lots/{number}": {"data": {"do": "remove"}},
        "POST /rfqs/{rfq_id}/lots/{number}/decide": {"data": {"quote": quote, "reason": "Best"}},
        "POST /rfqs/{rfq_id}/invite": {"data": {"other_vendor": "another"}},
        "POST /rfqs/{rfq_id}/extend": {"data": {"deadline": f"{later:%Y-%m-%dT%H:%M}"}},
        "POST /rfqs/files/{rfq_id}/questions/{question_id}": {
            "data": {"answer": "All of them."},
            "files": FILE,
        },
        "POST /api/v1/rfq-files/{rfq_id}/questions/{question_id}": {"files": FILE},
        "POST /quotes/rate-cards": {
            "data": {
                "task": "transcription",
                "unit": "effective_hour",
                "currency": "CNY",
                "valid_from": "2026-01-01",
                "price1": "180",
            }
        },
        "POST /quotes/files/{rfq_id}": {"files": FILE},
        "POST /quotes/files/{rfq_id}/questions": {
            "data": {"question": "How many?"},
            "files": FILE,
        },
        "POST /quotes/files/{rfq_id}/questions/{question_id}": {"files": FILE},
        "POST /quotes/{rfq_id}/quote": {
            "data": {
                "version": "1",
                "currency": "CNY",
                "lot1_price1": "5",
                "tax_included": "no",
                "tax_rate": "6",
                "valid_until": "2029-01-01",
            }
        },
        "POST /quotes/{rfq_id}/submit": {"data": {"version": "1"}},
        "POST /api/v1/rfqs": {"json": making.rfq_json(scene.session)},
        "PATCH /api/v1/rfqs/{rfq_id}": {"json": {"title": "New", "summary": "The title."}},
        "POST /api/v1/rfqs/{rfq_id}/extend": {"json": {"deadline": later.isoformat()}},
        "POST /api/v1/rfqs/{rfq_id}/rates": {
            "json": {"currency": "USD", "rate": "7.1", "date": "2026-11-01", "source": "SAFE"}
        },
        "POST /api/v1/rfqs/{rfq_id}/invitations": {"json": {"vendor": "another"}},
        "POST /api/v1/rfqs/{rfq_id}/questions": {"json": {"question": "How many?"}},
        "POST /api/v1/rfqs/{rfq_id}/questions/{question_id}/answer": {"json": {"answer": "All."}},
        "POST /api/v1/rfqs/{rfq_id}/lots/{lot_id}/award": {"json": {"quote": quote}},
        "POST /api/v1/rfqs/{rfq_id}/quotes": {"json": making.quote_json(scene.session)},
        "PATCH /api/v1/quotes/{quote_id}": {"json": {"note": "More"}},
        "POST /api/v1/rfq-files/{rfq_id}": {"files": FILE},
        "POST /api/v1/quote-files/{quote_id}": {"files": FILE},
        "POST /api/v1/exchange-rates": {
            "json": {
                "currency": "USD",
                "base": "CNY",
                "rate": "7.1",
                "date": f"{later - timedelta(days=3):%Y-%m-%d}",
                "source": "SAFE",
            }
        },
        "PUT /api/v1/quote-rules": {
            "json": {"base_currency": "CNY", "approval_threshold": "1000000"}
        },
        "POST /api/v1/rate-cards": {
            "json": CARD | ({"vendor": "another"} if person in TEAM else {})
        },
    }
    return bodies.get(route, {})


def answers(scene: Scene, connection: Connection, row: Row) -> tuple[int, ...]:
    """Return what each person is answered; nothing of it stays."""
    found = []
    method, path = row.route.split(" ")
    for person in PEOPLE:
        body = body_of(scene, row.route, row.item, person)
        # Nothing of the scene's own session is open while the answer is rolled back.
        scene.session.commit()
        with connection.begin_nested() as savepoint:
            address = path.format(**scene.at[row.item])
            found.append(scene[person].request(method, address, **body).status_code)
            savepoint.rollback()
    return tuple(found)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.item} {row.route}")
def test_each_person_is_answered_as_the_table_says(
    scene: Scene, module_connection: Connection, row: Row
):
    found = answers(scene, module_connection, row)
    assert dict(zip(PEOPLE, found, strict=True)) == dict(zip(PEOPLE, row.expected, strict=True))


def test_every_route_of_quotes_is_in_the_table(shared_app: FastAPI):
    routes = {
        f"{method} {route.path}"
        for route in iter_route_contexts(shared_app.routes)
        if getattr(route.endpoint, "__module__", "").startswith(("app.quotes.", "app.files."))
        for method in route.methods or ()
    }
    assert routes == {row.route for row in ROWS}
