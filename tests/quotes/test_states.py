"""Every state of requests, quotes, invitations and lots with every verb: tables, and replay."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer
from app.errors import Conflict, NotFound
from app.quotes import answering, awarding, closing, inviting, opening, questions, requests
from app.quotes.content.answered import QuoteIn
from app.quotes.models.quote import Quote
from app.quotes.models.rfq import Rfq
from app.quotes.queries import invitations as invitation_queries
from app.quotes.queries import questions as question_queries
from app.quotes.queries import quotes as quote_queries
from app.quotes.queries import rfqs as rfq_queries
from tests.quotes import making, replaying


class Game:
    """One request of one lot, its buyer, its approver, two vendors, and every verb they have."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.buyer = making.viewer(session, "buyer")
        self.approver = making.viewer(session, "approver")
        self.vendor = making.viewer(session, "vendor")
        self.rival = making.viewer(session, "vendor")
        made = making.draft_rfq(session, self.buyer)
        self.rfq_id, self.row_id = made.public_id, made.id
        for vendor in (self.vendor, self.rival):
            self.invite(vendor)

    # What there is

    @property
    def rfq(self) -> Rfq:
        return rfq_queries.get_rfq(self.session, self.rfq_id, self.buyer)

    @property
    def state(self) -> str:
        self.session.expire_all()
        return str(self.rfq.effective_state)

    @property
    def invitation_state(self) -> str:
        self.session.expire_all()
        found = invitation_queries.find_invitation(self.session, self.rfq, self.vendor)
        return found.state if found else ""

    @property
    def outcome(self) -> str:
        self.session.expire_all()
        award = self.rfq.lots[0].award
        return award.outcome if award else "undecided"

    def quotes(self, state: str = "") -> list[Quote]:
        """Return the vendor's quotes, the last first."""
        own = quote_queries.list_own_quotes(self.session, [self.row_id], self.vendor)
        return [one for one in own.get(self.row_id, []) if not state or one.state == state]

    def quote(self, state: str = "") -> Quote:
        found = self.quotes(state)
        if not found:
            raise NotFound(quote_queries.NO_QUOTE)
        return found[0]

    # What the team does

    def invite(self, vendor: Viewer | None = None) -> None:
        slug = vendor.organisation_slug if vendor else f"another-{self.buyer.account_id}"
        inviting.invite(
            self.session,
            self.rfq,
            vendor=slug or "",
            viewer=self.buyer,
            base_url=making.BASE_URL,
        )

    def edit(self) -> None:
        body = requests.body_of(self.rfq).model_copy(update={"description": "Read it again."})
        requests.change_rfq(self.session, self.rfq, body, viewer=self.buyer, summary="It says more")

    def ask_approval(self) -> None:
        opening.request_approval(self.session, self.rfq, viewer=self.buyer)

    def open(self) -> None:
        opening.open_rfq(self.session, self.rfq, viewer=self.buyer, base_url=making.BASE_URL)

    def extend(self) -> None:
        deadline = (self.rfq.deadline or rfq_queries.database_now(self.session)) + timedelta(days=1)
        opening.extend_deadline(self.session, self.rfq, deadline, viewer=self.buyer)

    def close(self) -> None:
        closing.close_rfq(self.session, self.rfq, viewer=self.buyer)

    def cancel(self) -> None:
        closing.cancel_rfq(self.session, self.rfq, "No need", viewer=self.buyer)

    def award(self) -> None:
        rfq, quote = self.rfq, self.quote()
        awarding.award_lot(
            self.session, rfq, rfq.lots[0], quote.public_id, viewer=self.approver, reason="Best"
        )

    def give_up(self) -> None:
        rfq = self.rfq
        awarding.declare_unawarded(self.session, rfq, rfq.lots[0], viewer=self.approver)

    def pass_deadline(self) -> None:
        if self.state == "open":
            making.let_deadline_pass(self.session, self.rfq)

    # What the vendor does

    def seen(self) -> Rfq:
        return rfq_queries.get_rfq(self.session, self.rfq_id, self.vendor)

    def view(self) -> None:
        inviting.mark_viewed(self.session, self.seen(), viewer=self.vendor)

    def decline(self) -> None:
        inviting.decline(self.session, self.seen(), "No people", viewer=self.vendor)

    def ask(self) -> None:
        questions.ask(self.session, self.seen(), "Which dialects?", viewer=self.vendor)

    def answer(self) -> None:
        asked = question_queries.list_questions(self.session, self.rfq, self.buyer)
        if not asked:
            raise NotFound("There is no such question.")
        questions.answer(self.session, self.rfq, asked[0], "All of them.", viewer=self.buyer)

    def draft(self) -> None:
        body = QuoteIn.model_validate(making.quote_json(self.session))
        answering.draft_quote(self.session, self.seen(), body, viewer=self.vendor)

    def save(self, quote: Quote | None = None) -> None:
        quote = quote or self.quote()
        body = QuoteIn.model_validate(making.quote_json(self.session, note="Saved again"))
        answering.save_quote(self.session, quote, body, viewer=self.vendor)

    def submit(self, quote: Quote | None = None) -> None:
        answering.submit_quote(self.session, quote or self.quote(), viewer=self.vendor)

    def revise(self, quote: Quote | None = None) -> None:
        answering.revise_quote(self.session, quote or self.quote(), viewer=self.vendor)

    def withdraw(self, quote: Quote | None = None) -> None:
        answering.withdraw_quote(self.session, quote or self.quote(), viewer=self.vendor)

    def discard(self, quote: Quote | None = None) -> None:
        answering.discard_draft(self.session, quote or self.quote(), viewer=self.vendor)

    def play(self, *verbs: str) -> "Game":
        for verb in verbs:
            getattr(self, verb)()
        return self

    def try_to(self, do: Callable[[], None]) -> bool:
        """Do something, or leave everything as it was; return whether it was done."""
        try:
            with self.session.begin_nested():
                do()
        except (Conflict, NotFound):
            return False
        finally:
            self.session.expire_all()
        return True

    def check(self) -> None:
        replaying.check(self.session, self.rfq)


@pytest.fixture
def game(session: Session) -> Game:
    return Game(session)


# -- Requests: how each state is reached, and where each verb leads from it; the rest is refused.

OPENED = ("open", "ask", "draft", "submit")
RFQ_STATES: dict[str, tuple[str, ...]] = {
    "draft": (),
    "open": OPENED,
    # Past its deadline, before anything wrote that down: the clock alone closes it.
    "due": (*OPENED, "pass_deadline"),
    "closed": (*OPENED, "pass_deadline", "close"),
    "awarded": (*OPENED, "pass_deadline", "award"),
    "unawarded": (*OPENED, "pass_deadline", "give_up"),
    "cancelled": (*OPENED, "cancel"),
}
CLOSED = {
    "close": "closed",
    "cancel": "cancelled",
    "award": "awarded",
    "give_up": "unawarded",
}
RFQ_TABLE: dict[str, dict[str, str]] = {
    "draft": {
        "edit": "draft",
        "ask_approval": "draft",
        "invite": "draft",
        "open": "open",
        "cancel": "cancelled",
    },
    "open": {
        "edit": "open",
        "invite": "open",
        "extend": "open",
        "answer": "open",
        "cancel": "cancelled",
    },
    "due": CLOSED,
    "closed": CLOSED,
    "awarded": {},
    "unawarded": {},
    "cancelled": {},
}
RFQ_VERBS = (
    "edit",
    "ask_approval",
    "invite",
    "open",
    "extend",
    "answer",
    "close",
    "cancel",
    "award",
    "give_up",
)


@pytest.mark.parametrize("verb", RFQ_VERBS)
@pytest.mark.parametrize("state", RFQ_STATES)
def test_a_request(game: Game, state: str, verb: str) -> None:
    game.play(*RFQ_STATES[state])
    before = game.state
    expected = RFQ_TABLE[state].get(verb)
    assert game.try_to(getattr(game, verb)) == (expected is not None)
    assert game.state == (expected or before)
    game.check()


# -- Quotes, while the request is open and after

QUOTE_STATES: dict[str, tuple[str, ...]] = {
    "draft": ("open", "draft"),
    "submitted": ("open", "draft", "submit"),
    "withdrawn": ("open", "draft", "submit", "withdraw"),
    "superseded": ("open", "draft", "submit", "revise", "submit"),
}
QUOTE_TABLE: dict[str, dict[str, str | None]] = {
    "draft": {"save": "draft", "submit": "submitted", "discard": None},
    "submitted": {"revise": "submitted", "withdraw": "withdrawn"},
    "withdrawn": {"revise": "withdrawn"},
    "superseded": {},
}


@pytest.mark.parametrize("verb", ["save", "submit", "revise", "withdraw", "discard"])
@pytest.mark.parametrize("is_open", [True, False], ids=["open", "closed"])
@pytest.mark.parametrize("state", QUOTE_STATES)
def test_a_quote(game: Game, state: str, verb: str, *, is_open: bool) -> None:
    game.play(*QUOTE_STATES[state])
    if not is_open:
        game.pass_deadline()
    quote = game.quote(state)
    public_id, allowed = quote.public_id, QUOTE_TABLE[state] if is_open else {}
    if not is_open and state == "draft":
        # A draft that nobody but its vendor ever saw may go at any time.
        allowed = {"discard": None}
    done = game.try_to(lambda: getattr(game, verb)(quote))
    assert done == (verb in allowed)
    left = [one.state for one in game.quotes() if one.public_id == public_id]
    after = allowed.get(verb, state)
    assert left == ([after] if after else [])
    game.check()


@pytest.mark.parametrize("state", QUOTE_STATES)
def test_only_a_quote_that_stands_is_awarded(game: Game, state: str) -> None:
    game.play(*QUOTE_STATES[state], "pass_deadline")
    quote = game.quote(state)
    if state == "superseded":
        assert game.quotes()[0].state == "submitted"

    def award() -> None:
        rfq = game.rfq
        awarding.award_lot(
            game.session, rfq, rfq.lots[0], quote.public_id, viewer=game.approver, reason="Best"
        )

    assert game.try_to(award) == (state == "submitted")
    assert game.quote(state).state == state
    game.check()


# -- Invitations

INVITATION_STATES: dict[str, tuple[str, ...]] = {
    "invited": ("open", "draft"),
    "viewed": ("open", "view", "draft"),
    "declined": ("open", "draft", "decline"),
    "quoted": ("open", "draft", "submit", "revise"),
}
INVITATION_TABLE: dict[str, dict[str, str]] = {
    "invited": {"view": "viewed", "decline": "declined", "submit": "quoted"},
    "viewed": {"view": "viewed", "decline": "declined", "submit": "quoted"},
    "declined": {"view": "declined", "submit": "quoted"},
    "quoted": {"view": "quoted", "submit": "quoted", "withdraw_standing": "viewed"},
}


@pytest.mark.parametrize("verb", ["view", "decline", "submit", "withdraw_standing"])
@pytest.mark.parametrize("state", INVITATION_STATES)
def test_an_invitation(game: Game, state: str, verb: str) -> None:
    game.play(*INVITATION_STATES[state])
    assert game.invitation_state == state

    def do() -> None:
        if verb == "withdraw_standing":
            game.withdraw(game.quote("submitted"))
        else:
            getattr(game, verb)()

    expected = INVITATION_TABLE[state].get(verb)
    assert game.try_to(do) == (expected is not None)
    assert game.invitation_state == (expected or state)
    game.check()


# -- Lots


@pytest.mark.parametrize("verb", ["award", "give_up"])
@pytest.mark.parametrize("before", ["undecided", "awarded", "unawarded"])
def test_a_lot_is_decided_once(game: Game, before: str, verb: str) -> None:
    first = {"undecided": (), "awarded": ("award",), "unawarded": ("give_up",)}[before]
    game.play("open", "draft", "submit", "pass_deadline", *first)
    assert game.try_to(getattr(game, verb)) == (before == "undecided")
    after = {"award": "awarded", "give_up": "unawarded"}[verb]
    assert game.outcome == (after if before == "undecided" else before)
    game.check()


# -- Anything in any order

VERBS = (
    *("open", "open", "draft", "draft", "submit", "submit", "revise", "revise", "save"),
    *("edit", "ask_approval", "invite", "extend", "close", "cancel", "award", "give_up"),
    *("pass_deadline", "view", "decline", "ask", "answer", "withdraw", "discard"),
)


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(verbs=st.lists(st.sampled_from(VERBS), max_size=16))
def test_replaying_the_events_gives_the_states(session: Session, verbs: list[str]) -> None:
    with session.begin_nested() as savepoint:
        game = Game(session)
        for verb in verbs:
            game.try_to(getattr(game, verb))
            game.check()
        savepoint.rollback()
    session.expire_all()
