"""Guessing is slow, and nobody can be locked out by it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, func, select, update
from sqlalchemy.orm import Session

from app.accounts import links, rate_limits
from app.accounts.addresses import source_of
from app.accounts.models import Account, KnownDevice, LinkPurpose, SignInAttempt
from app.errors import TooManyRequests
from tests.accounts.conftest import sign_in

FREE = rate_limits.PER_EMAIL.free_failures

Browser = Callable[[str], TestClient]


def fail(client: TestClient, email: str, times: int = FREE) -> None:
    for _ in range(times):
        assert sign_in(client, email, "a wrong guess").status_code == 401


def let_time_pass(session: Session, seconds: int) -> None:
    earlier = SignInAttempt.attempted_at - timedelta(seconds=seconds)
    session.execute(update(SignInAttempt).values(attempted_at=earlier))


def test_guessing_is_slowed_down_and_says_for_how_long(client: TestClient, person: Account):
    fail(client, person.email)
    answer = sign_in(client, person.email)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert "Wait" in answer.text
    assert 'value="li.na@example.com"' in answer.text


def test_waiting_is_enough_and_the_next_failure_costs_a_pause_again(
    client: TestClient, session: Session, person: Account
):
    fail(client, person.email)
    let_time_pass(session, 61)
    fail(client, person.email, times=1)
    assert sign_in(client, person.email).status_code == 429
    let_time_pass(session, 61)
    assert sign_in(client, person.email).status_code == 303


def test_asking_while_one_must_wait_does_not_lengthen_the_wait(
    client: TestClient, session: Session, person: Account
):
    fail(client, person.email)
    for _ in range(5):
        assert sign_in(client, person.email, "again").status_code == 429
    assert session.scalar(select(func.count()).select_from(SignInAttempt)) == FREE
    let_time_pass(session, 61)
    assert sign_in(client, person.email).status_code == 303


def test_failures_of_an_hour_ago_count_for_nothing(
    client: TestClient, session: Session, person: Account
):
    fail(client, person.email)
    let_time_pass(session, 3_600)
    fail(client, person.email)


def test_an_unknown_address_is_slowed_down_just_as_well(client: TestClient):
    """Otherwise the limit would tell which addresses have an account."""
    fail(client, "nobody@example.com")
    assert sign_in(client, "nobody@example.com").status_code == 429


def test_an_attacker_elsewhere_does_not_block_the_owners_known_address(
    browser: Browser, person: Account
):
    assert sign_in(browser("198.51.100.7"), person.email).status_code == 303
    attacker = browser("203.0.113.9")
    fail(attacker, person.email)
    assert sign_in(attacker, person.email).status_code == 429
    assert sign_in(browser("203.0.113.10"), person.email).status_code == 429
    assert sign_in(browser("198.51.100.7"), person.email).status_code == 303


def test_an_attacker_at_the_same_address_does_not_block_the_owners_browser(
    browser: Browser, person: Account
):
    owner = browser("198.51.100.7")
    assert sign_in(owner, person.email).status_code == 303
    owner.post("/sign-out")
    attacker = browser("198.51.100.7")
    fail(attacker, person.email)
    assert sign_in(attacker, person.email).status_code == 429
    assert sign_in(owner, person.email).status_code == 303


def test_an_open_session_goes_on_and_a_one_time_link_works_under_attack(
    browser: Browser, session: Session, person: Account
):
    owner = browser("198.51.100.7")
    sign_in(owner, person.email)
    address = links.create_link(
        session,
        person,
        LinkPurpose.SIGN_IN,
        base_url="",
        lifetime=links.SIGN_IN_LINK_LIFETIME,
    )
    attacker = browser("203.0.113.9")
    fail(attacker, person.email)
    assert owner.get("/api/v1/me").status_code == 200
    stranger = browser("203.0.113.9")
    assert stranger.post(address).status_code == 303
    assert stranger.get("/api/v1/me").status_code == 200


def test_a_known_browser_cannot_guess_without_end(browser: Browser, person: Account):
    owner = browser("198.51.100.7")
    sign_in(owner, person.email)
    owner.post("/sign-out")
    fail(owner, person.email)
    assert sign_in(owner, person.email).status_code == 429


def test_a_browser_known_to_one_account_is_a_stranger_to_another(
    browser: Browser, session: Session, person: Account, administrator: Account
):
    mallory = browser("203.0.113.9")
    sign_in(mallory, person.email)
    fail(browser("203.0.113.66"), administrator.email)
    assert sign_in(mallory, administrator.email).status_code == 429


def test_one_address_cannot_try_one_password_on_everybody(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(
        rate_limits, "PER_ADDRESS", rate_limits.Limit(3, rate_limits.PER_ADDRESS.pause)
    )
    for number in range(3):
        fail(client, f"person-{number}@example.com", times=1)
    answer = sign_in(client, "person-9@example.com")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 10


def test_signing_in_forgets_the_failures_of_that_place_only(
    browser: Browser, session: Session, person: Account
):
    fail(browser("203.0.113.9"), person.email, times=4)
    owner = browser("198.51.100.7")
    fail(owner, person.email, times=2)
    assert sign_in(owner, person.email).status_code == 303
    left = session.scalars(select(SignInAttempt.address)).all()
    assert left == ["203.0.113.9"] * 4


def test_failures_of_days_ago_are_deleted(client: TestClient, session: Session, person: Account):
    fail(client, person.email, times=2)
    let_time_pass(session, 25 * 3_600)
    fail(client, person.email, times=1)
    assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 1


def test_what_was_typed_is_stored_as_a_hash(client: TestClient, session: Session):
    fail(client, "my password, typed here", times=1)
    stored = session.scalars(select(SignInAttempt)).one()
    assert stored.email_hash == rate_limits.hash_email(" My Password, typed here ")
    assert len(stored.email_hash) == 32


def test_an_account_knows_its_last_twenty_browsers(
    browser: Browser, session: Session, person: Account
):
    for number in range(22):
        assert sign_in(browser(f"192.0.2.{number}"), person.email).status_code == 303
    known = session.scalars(select(KnownDevice.address)).all()
    assert sorted(known) == sorted(f"192.0.2.{number}" for number in range(2, 22))


def test_a_made_up_device_cookie_is_replaced_and_our_own_is_kept(
    browser: Browser, person: Account, administrator: Account
):
    shared = browser("198.51.100.7")
    shared.cookies.set("peibi_device", "planted", domain="testserver.local")
    sign_in(shared, person.email)
    ours = shared.cookies["peibi_device"]
    assert ours != "planted"
    sign_in(shared, administrator.email)
    assert shared.cookies["peibi_device"] == ours
    attacker = browser("198.51.100.7")
    fail(attacker, person.email)
    fail(attacker, administrator.email)
    assert sign_in(shared, person.email).status_code == 303
    assert sign_in(shared, administrator.email).status_code == 303


def test_a_wrong_current_password_is_slowed_down_too(browser: Browser, person: Account):
    owner = browser("198.51.100.7")
    sign_in(owner, person.email)
    form = {"email": "new@example.com", "current_password": "a guess"}
    for _ in range(FREE):
        assert owner.post("/settings/account/email", data=form).status_code == 422
    answer = owner.post("/settings/account/email", data=form)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.race
def test_guesses_sent_at_once_are_checked_one_after_the_other(new_database: Callable[[], str]):
    engine = create_engine(new_database())
    source = rate_limits.Source(rate_limits.hash_email("li.na@example.com"), "203.0.113.9")
    other = rate_limits.Source(rate_limits.hash_email("other@example.com"), "203.0.113.9")
    with Session(engine) as first, Session(engine) as second:
        rate_limits.admit(first, source)
        with pytest.raises(TooManyRequests):
            rate_limits.admit(second, source)
        rate_limits.admit(second, other)
        first.commit()
        rate_limits.admit(second, source)
    engine.dispose()


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("testclient", "testclient"),
    ],
)
def test_a_household_is_one_source(address: str, source: str):
    assert source_of(address) == source
