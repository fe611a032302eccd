"""Error pages that are answered before any route: who looks at them, and what they repeat."""

import pytest
from fastapi.testclient import TestClient

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


class Broken:
    """A maker of sessions that has a defect."""

    def begin(self):
        raise ValueError("what happened inside")


@pytest.mark.parametrize("path", ["/catalogue", "/api/v1/datasets"])
def test_an_unexpected_error_has_the_headers_and_a_number_and_tells_nothing(
    client, shared_app, caplog, path
):
    # The fixture of the client, used here for that alone, mends it for the next test.
    shared_app.state.session_factory = Broken()
    quiet = TestClient(shared_app, raise_server_exceptions=False)
    response = quiet.get(path)
    assert response.status_code == 500
    assert "what happened inside" not in response.text
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "no-store"
    number = response.headers["X-Request-Id"]
    assert number in response.text or path.startswith("/api/")
    [line] = [record for record in caplog.records if record.message == "unexpected error"]
    assert "what happened inside" in str(line.exc_info)
