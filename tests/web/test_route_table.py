"""Every route of the table: the headers of whatever it answers, and forged requests refused."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.web.security import SAFE_METHODS
from tests import factories

# What stands for a parameter of an address: a slug that the seed has, a number, a made-up secret.
PARTS = {
    "slug": "the-pile",
    "number": "1",
    "version": "1",
    "revision": "1",
    "path": "favicon.svg",
    "topic": "catalogue",
    "trainer": "megatron",
    "kind": "csv",
}
FORGED = {"Sec-Fetch-Site": "cross-site", "Cookie": "peibi_session=x"}


def requests(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Yield the method and an address of each route."""
    for route in iter_route_contexts(app.routes):
        names = [name.partition(":")[0] for name in route.path.split("{")[1:]]
        parts = {name.partition("}")[0]: "x" for name in names}
        address = route.path.replace(":path}", "}").format(**(parts | PARTS))
        for method in sorted(route.methods or ()):
            yield method, address


@pytest.mark.parametrize("role", [None, Role.ADMINISTRATOR])
def test_no_answer_loosens_the_policy(
    shared_app: FastAPI, seeded_client: TestClient, seeded_session: Session, role: Role | None
) -> None:
    if role:
        factories.signed_in(seeded_client, seeded_session, role)
    statuses = set()
    for method, address in requests(shared_app):
        if "sign-out" in address:
            continue
        answer = seeded_client.request(method, address)
        said = f"{method} {address}: {answer.status_code}"
        statuses.add(answer.status_code)
        assert answer.status_code < 500, said
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'"), said
        assert "unsafe" not in policy, said
        assert "frame-ancestors 'none'" in policy, said
        assert answer.headers["X-Content-Type-Options"] == "nosniff", said
        assert "Referrer-Policy" in answer.headers, said
        assert "Cache-Control" in answer.headers, said
        assert "Access-Control-Allow-Origin" not in answer.headers, said
        assert "Server" not in answer.headers, said
        if answer.content:
            written = answer.headers["Content-Type"]
            assert not written.startswith("text/") or "charset=utf-8" in written, said
    assert {200, 404, 422} <= statuses


def test_no_unsafe_route_takes_a_forged_request(
    shared_app: FastAPI, seeded_client: TestClient
) -> None:
    tried = 0
    for method, address in requests(shared_app):
        if method not in SAFE_METHODS:
            answer = seeded_client.request(method, address, headers=FORGED)
            assert answer.status_code == 403, f"{method} {address}"
            tried += 1
    assert tried > 100


def test_no_get_route_takes_another_method_quietly(
    shared_app: FastAPI, seeded_client: TestClient
) -> None:
    for method, address in requests(shared_app):
        if method == "GET":
            assert seeded_client.request("TRACE", address).status_code == 405, address
