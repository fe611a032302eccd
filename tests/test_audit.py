"""The audit trail can only grow."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from app import audit, logs


@pytest.fixture
def event(session: Session) -> audit.AuditEvent:
    audit.record(
        session,
        actor=audit.PORTAL,
        action="dataset.updated",
        object_type="dataset",
        object_id="the-pile",
        before={"name": "Pile"},
        after={"name": "The Pile"},
    )
    session.flush()
    return session.query(audit.AuditEvent).one()


def test_record_keeps_who_what_and_when(event: audit.AuditEvent):
    assert (event.actor_id, event.actor_name) == (None, "Peibi")
    assert (event.action, event.object_type, event.object_id) == (
        "dataset.updated",
        "dataset",
        "the-pile",
    )
    assert (event.before, event.after) == ({"name": "Pile"}, {"name": "The Pile"})
    assert event.at.tzinfo is not None
    assert event.request_id is None


def test_record_names_the_request(session: Session):
    token = logs.request_id.set("7f3a19c2")
    audit.record(session, actor=audit.PORTAL, action="a", object_type="o", object_id="1")
    logs.request_id.reset(token)
    session.flush()
    assert session.query(audit.AuditEvent).one().request_id == "7f3a19c2"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET actor_name = 'somebody else'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "TRUNCATE audit_event, account CASCADE",
    ],
)
@pytest.mark.parametrize("role", ["origin", "replica"])
def test_what_is_recorded_stays(
    session: Session, event: audit.AuditEvent, statement: str, role: str
):
    session.execute(text(f"SET LOCAL session_replication_role = {role}"))
    with pytest.raises(ProgrammingError, match="append-only"), session.begin_nested():
        session.execute(text(statement))
    session.expire_all()
    assert session.query(audit.AuditEvent).one().actor_name == "Peibi"


def test_a_change_that_is_rolled_back_leaves_no_event(session: Session):
    savepoint = session.begin_nested()
    audit.record(session, actor=audit.PORTAL, action="a", object_type="o", object_id="1")
    session.flush()
    savepoint.rollback()
    assert session.query(audit.AuditEvent).all() == []
