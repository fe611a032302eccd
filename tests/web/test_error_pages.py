"""Error pages that are answered before any route: who looks at them, and what they repeat."""

import pytest

from app.accounts.models import Role
from tests.factories import make_account, sign_in

LONG = "/catalogue?q=" + "a" * 9_000


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nowhere", 404), (LONG, 414), ("/catalogue?q=%00", 400)],
)
def test_a_signed_in_person_stays_signed_in_on_an_error_page(client, session, path, status):
    account = make_account(session, role=Role.PLANNER)
    sign_in(client, session, account)
    response = client.get(path)
    assert response.status_code == status
    assert account.name in response.text
    assert 'href="/sign-in"' not in response.text


@pytest.mark.parametrize("path", ["/nowhere", LONG])
def test_nobody_is_offered_to_sign_in(client, path):
    assert 'href="/sign-in"' in client.get(path).text


def test_a_cookie_of_no_session_is_nobody(client):
    client.cookies.set("peibi_session", "made up")
    assert 'href="/sign-in"' in client.get("/nowhere").text


def test_an_address_that_is_too_long_is_not_repeated(client):
    response = client.get(LONG)
    assert "aaaaaaaaaa" not in response.text
    assert 'name="next" value="/"' in response.text
