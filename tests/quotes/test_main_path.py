"""From a draft to an award, by the service alone."""

import pytest
from sqlalchemy.orm import Session

from app.errors import Conflict, NotFound
from app.quotes import awarding, closing
from app.quotes.queries import quotes as quote_queries
from app.quotes.queries import rfqs as rfq_queries
from tests.quotes import making


def test_a_request_is_opened_answered_closed_and_awarded(session: Session):
    buyer, approver = making.viewer(session, "buyer"), making.viewer(session, "approver")
    a, b = making.viewer(session, "vendor"), making.viewer(session, "vendor")
    rfq = making.open_rfq(session, buyer, a, b)
    quote = making.submitted(session, rfq, a)
    other = making.submitted(session, rfq, b, lines=[making.line_json(price="7.10")])
    rfq = rfq_queries.get_rfq(session, rfq.public_id, buyer)
    assert rfq.is_sealed
    assert quote_queries.list_quotes(session, rfq, buyer) == []
    with pytest.raises(NotFound):
        quote_queries.get_quote(session, quote.public_id, buyer)
    with pytest.raises(Conflict):
        closing.close_rfq(session, rfq, viewer=buyer)
    making.let_deadline_pass(session, rfq)
    rfq = rfq_queries.get_rfq(session, rfq.public_id, buyer)
    assert rfq.effective_state == "closed"
    assert {one.public_id for one in quote_queries.list_quotes(session, rfq, buyer)} == {
        quote.public_id,
        other.public_id,
    }
    rfq = closing.close_rfq(session, rfq, viewer=buyer)
    awarding.award_lot(session, rfq, rfq.lots[0], quote.public_id, viewer=approver)
    rfq = rfq_queries.get_rfq(session, rfq.public_id, buyer)
    assert rfq.state == "awarded"
    with pytest.raises(Conflict):
        awarding.award_lot(session, rfq, rfq.lots[0], other.public_id, viewer=approver)
