"""Lists and pages of quotes need as many SQL statements for 2 rows as for 200."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from tests import factories
from tests.quotes import making
from tests.quotes.scene import CARD, account_of

# Copies of one request with all that hangs on it, past the triggers that keep what was submitted.
COPY = """
INSERT INTO rfq (public_id, number, title, state, currency, deadline, terms, owner_id, owner_name,
        opened_at)
    SELECT :mark || n, 'RFQ-' || :mark || n, 'Copy ' || n, state, currency, deadline, terms,
        owner_id, owner_name, opened_at
    FROM rfq, generate_series(1, CAST(:copies AS integer)) AS n WHERE id = :rfq;
INSERT INTO rfq_lot (public_id, rfq_id, number, title, task, modality, unit, volume, requirements)
    SELECT 'lot' || r.id, r.id, 1, 'Lot', 'sft_writing', 'text', 'question', 200000, '{}'
    FROM rfq AS r WHERE r.public_id LIKE :mark || '%';
INSERT INTO rfq_invitation (public_id, rfq_id, organisation_id, state, invited_by_name)
    SELECT 'inv' || r.id, r.id, i.organisation_id, 'viewed', 'Buyer'
    FROM rfq AS r, rfq_invitation AS i WHERE r.public_id LIKE :mark || '%' AND i.rfq_id = :rfq;
INSERT INTO quote (public_id, rfq_id, invitation_id, revision, state, currency, tax_rate,
        tax_included, created_by_name)
    SELECT 'quote' || i.id, i.rfq_id, i.id, 1, 'draft', 'CNY', 0.06, false, 'Vendor'
    FROM rfq_invitation AS i JOIN rfq AS r ON r.id = i.rfq_id
    WHERE r.public_id LIKE :mark || '%';
INSERT INTO rfq_event (rfq_id, actor_name, action, object_type, object_id)
    SELECT :rfq, 'Buyer', 'rfq.edited', 'rfq', 'x'
    FROM generate_series(1, CAST(:copies AS integer));
INSERT INTO rfq_question (public_id, rfq_id, body)
    SELECT :mark || 'question' || n, :rfq, 'Why?'
    FROM generate_series(1, CAST(:copies AS integer)) AS n;
"""
TEAM = (
    "/rfqs",
    "/rfqs/{rfq}",
    "/rfqs/{rfq}/timeline",
    "/api/v1/rfqs?limit=100",
    "/api/v1/rfqs/{rfq}",
    "/api/v1/rfqs/{rfq}/events",
    "/api/v1/rfqs/{rfq}/questions",
    "/api/v1/rfqs/{rfq}/invitations",
    "/api/v1/rate-cards",
)
VENDOR = (
    "/quotes",
    "/quotes/{rfq}",
    "/quotes/rate-cards",
    "/api/v1/rfqs?limit=100",
    "/api/v1/rfqs/{rfq}/events",
    "/api/v1/rfqs/{rfq}/questions",
    "/api/v1/rate-cards",
)


def copy(session: Session, rfq: int, mark: str, copies: int) -> None:
    """Copy a request so often, and give it as many events and questions."""
    values = {"rfq": rfq, "mark": mark, "copies": copies}
    for statement in filter(str.strip, COPY.split(";")):
        used = {name: value for name, value in values.items() if f":{name}" in statement}
        session.execute(text(statement), used)
    session.expire_all()


@pytest.mark.parametrize(("who", "paths"), [("buyer", TEAM), ("vendor", VENDOR)])
def test_as_many_statements_for_two_rows_as_for_two_hundred(
    client: TestClient, session: Session, engine: Engine, who: str, paths: tuple[str, ...]
) -> None:
    buyer, vendor = making.viewer(session, "buyer"), making.viewer(session, "vendor")
    rfq = making.open_rfq(session, buyer, vendor)
    factories.sign_in(client, session, account_of(session, vendor))
    for _ in range(2):
        client.post("/api/v1/rate-cards", json=CARD)
    if who == "buyer":
        factories.sign_in(client, session, account_of(session, buyer))
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            statements.append(statement)

    def count() -> dict[str, int]:
        counts = {}
        # Now and then a session writes when it was last used: not what is counted here.
        client.get(paths[0].format(rfq=rfq.public_id))
        for path in paths:
            statements.clear()
            assert client.get(path.format(rfq=rfq.public_id)).status_code == 200, path
            counts[path] = len(statements)
        return counts

    copy(session, rfq.id, "few", 2)
    event.listen(engine, "before_cursor_execute", note)
    try:
        count()  # The first look at a request notes that it was seen.
        few = count()
        copy(session, rfq.id, "many", 198)
        for _ in range(20):
            client.post("/api/v1/rate-cards", json=CARD | {"vendor": "vendor-of-cards"})
        session.flush()
        many = count()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert many == few
