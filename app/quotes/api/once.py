"""Requests that change something: the version they saw, and the key that makes them happen once."""

import hashlib
import re
from collections.abc import Callable

from fastapi import Request, Response
from pydantic import BaseModel
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer, require_account
from app.errors import InvalidInput
from app.quotes.models.record import IdempotencyKey
from app.quotes.queries import keys as key_queries

_FORM = re.compile(r'"(\d{1,9})"')
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
NO_VERSION = -1


def etag(version: int) -> str:
    """Return the ETag of a revision or a version."""
    return f'"{version}"'


def read_if_match(request: Request) -> int | None:
    """Return the version that a change was made from, None where the request does not say."""
    header = request.headers.get("If-Match", "").strip()
    if not header or header == "*":
        return None
    found = _FORM.fullmatch(header)
    return int(found[1]) if found else NO_VERSION


def answer(body: BaseModel, status: int = 200, *, version: int | None = None) -> Response:
    """Return a body as a response, with its ETag."""
    headers = {"ETag": etag(version)} if version is not None else {}
    return Response(body.model_dump_json(), status, media_type="application/json", headers=headers)


def once(
    request: Request,
    session: Session,
    viewer: Viewer,
    body: BaseModel | None,
    change: Callable[[], Response],
) -> Response:
    """
    Do what was asked, or answer what was answered to the same `Idempotency-Key` before.

    The key's row is written first, in the change's own transaction: of two requests with one key
    the second waits for the first, and a change that failed leaves no key.

    Raises
    ------
    InvalidInput
        If the key cannot be one, or came with another request before.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return change()
    if not _KEY.fullmatch(key):
        raise InvalidInput(
            "An Idempotency-Key has 1 to 200 visible ASCII characters.", field="Idempotency-Key"
        )
    account_id = require_account(viewer)
    digest = _digest(request, body)
    is_first = session.scalar(
        insert(IdempotencyKey)
        .values(account_id=account_id, key=key, request_hash=digest, status=0, body="")
        .on_conflict_do_nothing()
        .returning(IdempotencyKey.status)
    )
    if is_first is None:
        found = key_queries.get_idempotency_key(session, account_id, key)
        if found.request_hash != digest:
            raise InvalidInput(
                "This Idempotency-Key came with another request before. Use a new one.",
                field="Idempotency-Key",
            )
        return Response(
            found.body,
            found.status,
            media_type="application/json",
            headers={"Idempotency-Replayed": "true"},
        )
    response = change()
    session.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.account_id == account_id, IdempotencyKey.key == key)
        .values(status=response.status_code, body=bytes(response.body).decode())
    )
    return response


def _digest(request: Request, body: BaseModel | None) -> str:
    text = f"{request.method} {request.url.path}\n{body.model_dump_json() if body else ''}"
    return hashlib.sha256(text.encode()).hexdigest()
