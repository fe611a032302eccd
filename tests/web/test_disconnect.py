"""A browser that leaves the page while it sends a form is no failure of ours."""

import logging

import anyio
import pytest
from sqlalchemy import Connection

from app.settings import Settings
from tests.conftest import make_app


def test_who_leaves_is_answered_by_no_error(
    connection: Connection, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app(connection, settings)
    sent = []
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/language",
        "raw_path": b"/language",
        "query_string": b"",
        "headers": [(b"content-length", b"10")],
        "http_version": "1.1",
        "scheme": "http",
        "server": ("testserver", 80),
        "client": ("127.0.0.1", 1),
        "root_path": "",
    }

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    with caplog.at_level(logging.ERROR):
        anyio.run(app, scope, receive, send)
    assert sent[0]["status"] == 400
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
