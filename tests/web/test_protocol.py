"""What a served portal answers to bytes that are hardly a request; a real socket, real uvicorn."""

import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from fastapi import FastAPI

from app.web.protocol import Protocol

END = b"Host: localhost\r\nConnection: close\r\n\r\n"


@pytest.fixture
def port(client, shared_app: FastAPI) -> Iterator[int]:
    config = uvicorn.Config(shared_app, http=Protocol, port=0, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=[[listener]])
        thread.start()
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join()


def answer(port: int, request: bytes) -> tuple[bytes, str]:
    """Return the status line and the rest of what comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        received = b""
        while more := connection.recv(65_536):
            received += more
    status, rest = received.split(b"\r\n", 1)
    return status, rest.decode()


def test_an_address_of_ten_megabytes_is_refused_in_the_reader_s_language(port: int) -> None:
    request = b"GET /catalogue?q=" + b"a" * 10_000_000 + b" HTTP/1.1\r\nAccept-Language: zh\r\n"
    status, page = answer(port, request + END)
    assert status.startswith(b"HTTP/1.1 414")
    assert "地址超过 8000 字节" in page
    assert "content-security-policy: default-src 'none'" in page.lower()


@pytest.mark.parametrize(
    "request_line",
    [
        "GET /api/v1/datasets?q=图书 HTTP/1.1\r\n".encode(),
        b"GET /catalogue HTTP/1.1\r\nCookie: a\x00b\r\n",
        b"GET /catalogue HTTP/1.1\r\n" + b"X-Much: " + b"a" * 100_000 + b"\r\n",
        b"POST /sign-in HTTP/1.1\r\nContent-Length: -5\r\n",
        b"POST /sign-in HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    ],
)
def test_what_cannot_be_read_is_refused_in_both_languages(port: int, request_line: bytes) -> None:
    status, page = answer(port, request_line + END)
    assert status == b"HTTP/1.1 400 Bad Request"
    assert "percent-encoded" in page
    assert "百分号编码" in page
    assert "Content-Security-Policy: default-src 'none'" in page


def test_head_is_answered_without_a_body(port: int) -> None:
    status, rest = answer(port, b"HEAD /healthz HTTP/1.1\r\n" + END)
    assert status == b"HTTP/1.1 200 OK"
    assert rest.endswith("\r\n\r\n")
