"""Events, in order, lead to the states that the rows have: what no change may break."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.quotes import answering
from app.quotes.models.quote import Award, Quote
from app.quotes.models.record import Event
from app.quotes.models.rfq import Invitation, Lot, Rfq


def check(session: Session, rfq: Rfq) -> None:
    """
    Replay the events of a request.

    Each event begins in the state in which the one before it ended, and the last ones are what
    the request, its invitations, quotes and lots say.
    """
    states: dict[tuple[str, str], str] = {}
    events = session.scalars(select(Event).where(Event.rfq_id == rfq.id).order_by(Event.id))
    for event in events:
        key = event.object_type, event.object_id
        if event.after_state is not None:
            assert states.get(key) == event.before_state, (event.action, states.get(key))
            states[key] = event.after_state
    found = session.get_one(Rfq, rfq.id, populate_existing=True)
    rows: dict[tuple[str, str], str] = {("rfq", found.public_id): found.state}
    for kind, model in (("quote", Quote), ("invitation", Invitation)):
        named = select(model.public_id, model.state).where(model.rfq_id == rfq.id)
        rows |= {(kind, public_id): state for public_id, state in session.execute(named)}
    lots = (
        select(Lot.public_id, Award.outcome)
        .join(Award, Award.lot_id == Lot.id)
        .where(Lot.rfq_id == rfq.id)
    )
    rows |= {("lot", public_id): outcome for public_id, outcome in session.execute(lots)}
    kinds = {"rfq", "quote", "invitation", "lot"}
    assert rows == {
        key: state
        for key, state in states.items()
        if key[0] in kinds and state != answering.DISCARDED
    }


def count(session: Session, rfq: Rfq, action: str) -> int:
    """Return how often something happened to a request."""
    statement = select(func.count()).where(Event.rfq_id == rfq.id, Event.action == action)
    return session.scalar(statement) or 0
