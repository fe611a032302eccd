"""What every request passes first: ids, limits, readable addresses, the language."""

import json
import logging

import pytest
from fastapi.testclient import TestClient

from app.web import i18n
from app.web.i18n import choose_locale


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/catalogue?q=%00", 400),
        ("/catalogue?q=%ff%fe", 400),
        ("/catalogue/%00", 400),
        ("/catalogue?q=" + "a" * 60_000, 414),
        ("/" + "a" * 9_000, 414),
    ],
)
def test_an_address_that_no_page_makes_is_refused(
    client: TestClient, path: str, status: int
) -> None:
    response = client.get(path)
    assert response.status_code == status
    assert "Traceback" not in response.text


def test_a_body_beyond_the_limit_is_refused(client: TestClient) -> None:
    response = client.post("/language", content=b"a" * 1_000_001)
    assert response.status_code == 413


def test_a_streamed_body_beyond_the_limit_is_refused(client: TestClient) -> None:
    response = client.post("/language", content=(b"a" * 100_000 for _ in range(20)))
    assert response.status_code == 413


@pytest.mark.parametrize("body", [b"locale=%ff", b"locale=en%00", b"&".join([b"a=1"] * 6_000)])
def test_a_form_that_is_not_text_is_refused(client: TestClient, body: bytes) -> None:
    response = client.post(
        "/language", content=body, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert response.status_code == 422


def test_the_request_id_is_in_the_answer_and_in_the_log(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="app.web.requests"):
        identifier = client.get("/healthz").headers["X-Request-Id"]
    assert len(identifier) == 16
    [line] = [record for record in caplog.records if record.message == "request"]
    assert vars(line)["path"] == "/healthz"
    assert vars(line)["status"] == 200


def test_an_api_error_is_json(client: TestClient) -> None:
    error = client.get("/api/v1/no-such-thing").json()["error"]
    assert error["code"] == "not_found"
    assert set(error) == {"code", "message", "field", "details"}
    assert json.dumps(error)


@pytest.mark.parametrize(
    ("cookie", "header", "expected"),
    [
        (None, None, "en"),
        (None, "zh-CN,zh;q=0.9,en;q=0.8", "zh_CN"),
        (None, "zh-TW", "zh_CN"),
        (None, "zh-Hant-HK, en;q=0.1", "zh_CN"),
        (None, "fr, en;q=0.5, zh;q=0.7", "zh_CN"),
        (None, "fr-FR", "en"),
        (None, "zh;q=wrong, en", "en"),
        ("en", "zh-CN", "en"),
        ("zh_CN", "en", "zh_CN"),
        ("de", "zh", "zh_CN"),
    ],
)
def test_choice_of_language(cookie: str | None, header: str | None, expected: str) -> None:
    assert choose_locale(cookie, header) == expected


def test_switching_the_language_keeps_the_page(client: TestClient) -> None:
    response = client.post("/language", data={"locale": "zh_CN", "next": "/catalogue?q=x"})
    assert response.status_code == 303
    assert response.headers["Location"] == "/catalogue?q=x"
    assert "HttpOnly" in response.headers["Set-Cookie"]
    assert '<html lang="zh-CN">' in client.get("/no-such-page").text


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https://evil.example"])
def test_switching_the_language_leads_to_no_other_site(client: TestClient, target: str) -> None:
    response = client.post("/language", data={"locale": "en", "next": target})
    assert response.headers["Location"] == "/"


def test_an_unknown_language_is_refused_with_what_would_be_right(client: TestClient) -> None:
    response = client.post("/language", data={"locale": "tlh"})
    assert response.status_code == 422
    assert all(locale in response.text for locale in i18n.LOCALES)
