"""Headers on every response, and the refusal of what another site forged."""

import pytest
from fastapi.testclient import TestClient
from starlette.datastructures import Headers

from app.web.security import is_cross_origin

PATHS = ("/catalogue", "/healthz", "/no-such-page", "/static/favicon.svg", "/catalogue?cursor=%00")


@pytest.mark.parametrize("path", PATHS)
def test_every_response_has_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers


@pytest.mark.parametrize(
    ("method", "headers", "refused"),
    [
        ("GET", {"Sec-Fetch-Site": "cross-site"}, False),
        ("POST", {"Sec-Fetch-Site": "same-origin"}, False),
        ("POST", {"Sec-Fetch-Site": "none"}, False),
        ("POST", {"Sec-Fetch-Site": "cross-site"}, True),
        ("POST", {"Sec-Fetch-Site": "same-site"}, True),
        ("POST", {"Origin": "https://peibi.example", "Host": "peibi.example"}, False),
        ("POST", {"Origin": "https://evil.example", "Host": "peibi.example"}, True),
        ("POST", {"Origin": "null", "Host": "peibi.example"}, True),
        ("POST", {"Host": "peibi.example"}, False),
        ("DELETE", {"Sec-Fetch-Site": "cross-site"}, True),
        # A token is no ambient authority, unless a cookie travels with it.
        ("POST", {"Authorization": "Bearer pb_x", "Sec-Fetch-Site": "cross-site"}, False),
        (
            "POST",
            {"Authorization": "Bearer pb_x", "Cookie": "a=b", "Sec-Fetch-Site": "cross-site"},
            True,
        ),
    ],
)
def test_cross_origin_rule(method: str, headers: dict[str, str], refused: bool) -> None:
    assert is_cross_origin(method, Headers(headers)) is refused


def test_a_forged_form_changes_nothing_and_is_logged(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    forged = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    response = client.post("/language", data={"locale": "en"}, headers=forged)
    [line] = [one for one in caplog.records if one.message == "forged request refused"]
    assert vars(line)["origin"] == "https://evil.example"
    assert response.status_code == 403
    assert "set-cookie" not in response.headers
