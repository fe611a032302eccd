"""Uploads stream into the store, downloads come back as attachments: a whole small application."""

import asyncio
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from sqlalchemy import Connection
from sqlalchemy.orm import Session, sessionmaker

from app.db import DbSession
from app.errors import Forbidden, InvalidInput, NotFound
from app.files import queries, routes, service, types
from app.files.models import StoredFile
from app.files.purposes import FileStore, Purpose
from app.files.storage import FileStorage
from app.files.uploads import Upload, upload
from app.web.errors import install_error_handlers
from app.web.requests import MAX_BODY_BYTES, RequestGate
from app.web.templating import make_environment

LIMIT = 3_000_000
QUOTA = 5_000_000
CSV = "名称,数量\n中文图书,2500万本\n".encode()


def may_download(request: Request, _session: Session, stored: StoredFile) -> None:
    """The owner alone, as the header says who asks."""
    if request.headers.get("X-Account") != str(stored.created_by_id):
        raise NotFound("There is no such file.")


LISTS = Purpose("test.list", (types.CSV, types.XLSX), LIMIT, may_download)


def who(request: Request) -> int:
    if "X-Account" not in request.headers:
        raise Forbidden("Nobody may upload here.")
    return int(request.headers["X-Account"])


def make_app(session_factory: sessionmaker[Session], storage: FileStorage) -> FastAPI:
    app = FastAPI()
    app.state.session_factory = session_factory
    app.state.templates = make_environment()
    app.state.templates.globals["asset_digests"] = {}
    app.state.file_store = FileStore(storage, {LISTS.code: LISTS}, QUOTA)

    @app.post("/api/upload")
    def take(
        request: Request, session: DbSession, sent: Annotated[Upload, upload(LISTS, who=who)]
    ) -> dict[str, Any]:
        if sent.fields.get("fail"):
            raise InvalidInput("No.")
        stored = service.keep_file(session, sent.require_file(), created_by_id=who(request))
        return {"key": stored.key, "fields": sent.fields}

    @app.post("/api/form")
    async def form(request: Request) -> int:
        return len(await request.body())

    # Under /api, where an error is JSON and needs no page of the portal.
    app.include_router(routes.router, prefix="/api")
    install_error_handlers(app)
    app.add_middleware(RequestGate, large_bodies={"/api/upload": LIMIT + 100_000})
    return app


@pytest.fixture
def app(connection: Connection, local_storage: FileStorage) -> FastAPI:
    sessions = sessionmaker(
        connection, join_transaction_mode="create_savepoint", expire_on_commit=False
    )
    return make_app(sessions, local_storage)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, headers={"X-Account": "7"}) as client:
        yield client


def send(client: TestClient, content: bytes, name: str = "语料 清单.csv", **fields: str) -> Any:
    return client.post("/api/upload", files={"file": (name, content)}, data=fields)


def files_in(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "files").rglob("*") if path.is_file()]


def test_an_upload_is_kept_with_its_fields(
    client: TestClient, session: Session, tmp_path: Path
) -> None:
    answer = send(client, CSV, mode="预览").json()
    stored = queries.get_file(session, answer["key"])
    assert answer["fields"] == {"mode": "预览"}
    assert (stored.name, stored.size_bytes, stored.created_by_id) == ("语料 清单.csv", len(CSV), 7)
    assert [path.read_bytes() for path in files_in(tmp_path)] == [CSV]


def test_a_download_is_an_attachment_that_nothing_renders(client: TestClient) -> None:
    key = send(client, CSV).json()["key"]
    response = client.get(f"/api/files/{key}")
    assert response.content == CSV
    headers = response.headers
    assert headers["Content-Type"].startswith("text/csv")
    assert headers["Content-Length"] == str(len(CSV))
    assert headers["Content-Disposition"].startswith("attachment; ")
    assert (
        "filename*=UTF-8''%E8%AF%AD%E6%96%99%20%E6%B8%85%E5%8D%95.csv"
        in (headers["Content-Disposition"])
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert "no-store" in headers["Cache-Control"]


def test_others_do_not_learn_of_a_file(client: TestClient) -> None:
    key = send(client, CSV).json()["key"]
    assert client.get(f"/api/files/{key}", headers={"X-Account": "8"}).status_code == 404
    assert client.get("/api/files/" + "0" * 32).status_code == 404
    assert client.get("/api/files/..%2f..%2fetc%2fpasswd").status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "status"),
    [
        (b"PK\x03\x04 not a list", "list.csv", 422),
        (b"", "list.csv", 422),
        (CSV, "list.exe", 422),
        (CSV * 80_000, "list.csv", 413),
    ],
)
def test_what_does_not_fit_is_refused_and_leaves_nothing(
    client: TestClient, tmp_path: Path, content: bytes, name: str, status: int
) -> None:
    assert send(client, content, name).status_code == status
    assert files_in(tmp_path) == []


def test_a_route_that_fails_leaves_nothing(client: TestClient, tmp_path: Path) -> None:
    assert send(client, CSV, fail="yes").status_code == 422
    assert files_in(tmp_path) == []


def test_who_may_not_upload_is_refused_before_the_body(app: FastAPI, tmp_path: Path) -> None:
    with TestClient(app) as client:
        assert send(client, CSV).status_code == 403
    assert files_in(tmp_path) == []


def test_no_file_chosen(client: TestClient) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n\r\n--b--\r\n'
    response = client.post(
        "/api/upload", content=body, headers={"Content-Type": "multipart/form-data; boundary=b"}
    )
    assert (response.status_code, response.json()["error"]["field"]) == (422, "file")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data"),
        ("multipart/form-data; boundary=b", b"no boundary at all"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\nname,count',
        ),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="f"\r\n\r\n\xff\xfe\r\n--b--\r\n',
        ),
        ("multipart/form-data; boundary=b", b""),
    ],
)
def test_a_damaged_form_is_refused(
    client: TestClient, tmp_path: Path, content_type: str, body: bytes
) -> None:
    response = client.post("/api/upload", content=body, headers={"Content-Type": content_type})
    assert response.status_code == 422
    assert files_in(tmp_path) == []


def test_two_files_are_refused(client: TestClient, tmp_path: Path) -> None:
    response = client.post("/api/upload", files=[("a", ("a.csv", CSV)), ("b", ("b.csv", CSV))])
    assert response.status_code == 422
    assert files_in(tmp_path) == []


def test_the_quota_counts_what_is_there(client: TestClient) -> None:
    big = CSV * 70_000
    assert len(big) < LIMIT
    assert send(client, big).status_code == 200
    assert send(client, big).status_code == 413


def test_only_the_named_address_takes_a_large_body(client: TestClient) -> None:
    body = b"x" * (MAX_BODY_BYTES + 1)
    assert client.post("/api/form", content=body).status_code == 413
    assert client.post("/api/form", content=body[:-1]).json() == MAX_BODY_BYTES
    assert client.post("/api/upload/", content=body).status_code == 413
    assert client.request("GET", "/api/upload", content=body).status_code == 413


def test_an_upload_is_never_in_memory_as_a_whole(
    connection: Connection, local_storage: FileStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = 40_000_000
    monkeypatch.setattr(
        "tests.files.test_routes.LISTS", Purpose("test.list", (types.CSV,), size, may_download)
    )
    monkeypatch.setattr("tests.files.test_routes.LIMIT", size)
    monkeypatch.setattr("tests.files.test_routes.QUOTA", 2 * size)
    sessions = sessionmaker(connection, join_transaction_mode="create_savepoint")
    app = make_app(sessions, local_storage)
    head = b'--b\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\n'
    pieces = [head, *[b"a,b\n" * 16_384] * (size // 65_536), b"\r\n--b--\r\n"]
    statuses = []

    async def run() -> None:
        waiting = iter(pieces)

        async def receive() -> dict[str, Any]:
            piece = next(waiting, None)
            return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

        async def send(message: dict[str, Any]) -> None:
            statuses.append(message.get("status"))

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "path": "/api/upload",
            "raw_path": b"/api/upload",
            "query_string": b"",
            "scheme": "http",
            "headers": [
                (b"x-account", b"7"),
                (b"content-type", b"multipart/form-data; boundary=b"),
            ],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        await app(scope, receive, send)

    tracemalloc.start()
    try:
        asyncio.run(run())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert statuses[0] == 200
    assert peak < 8_000_000
