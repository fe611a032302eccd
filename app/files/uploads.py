"""
Uploads in a request: the body is streamed to the store, never held in memory.

    receives = uploads.upload(IMPORT_FILE, who=require_editor)

    @router.post("/catalogue/imports")
    def create_import(session: DbSession, sent: Annotated[Upload, receives]) -> Response:
        stored = files.keep_file(session, sent.require_file(), ...)

The address must be among the `large_bodies` of the request gate. `who` is resolved first, so
that nobody uploads who may not.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

import anyio.to_thread
from fastapi import Depends, Request
from python_multipart.exceptions import MultipartParseError
from starlette.requests import ClientDisconnect

from app.db import DbSession
from app.errors import AppError, InvalidInput
from app.files import raw, scanning, service
from app.files.archives import check_archive
from app.files.multipart import MultipartReader, boundary_of
from app.files.purposes import FileStore, Purpose
from app.files.raw import RawReader
from app.files.receiving import ReceivedFile
from app.files.types import ARCHIVES

# Pieces are handed to the thread that parses and writes at this size.
BATCH_BYTES = 512 * 1024

Reader = MultipartReader | RawReader


@dataclass(slots=True)
class Upload:
    """A form with a file: its other fields, the file if one was chosen, why it was not taken."""

    fields: dict[str, str] = field(default_factory=dict)
    file: ReceivedFile | None = None
    problem: AppError | None = None

    @property
    def has_file(self) -> bool:
        """Whether a file was chosen, taken or not."""
        return self.file is not None or self.problem is not None

    def require_file(self) -> ReceivedFile:
        """Return the file; raises why it was not taken, or InvalidInput if none was chosen."""
        if self.problem is not None:
            raise self.problem
        if self.file is None:
            raise InvalidInput("Choose a file first.", field="file")
        return self.file


def store_of(request: Request) -> FileStore:
    """Return the application's file store."""
    store: FileStore = request.app.state.file_store
    return store


def upload(
    purpose: Purpose,
    *,
    who: Callable[..., int | None],
    takes_raw: bool = False,
    keeps_problem: bool = False,
) -> Any:  # noqa: ANN401  what Depends returns
    """
    Return the dependency that reads a form with one file for `purpose`.

    `who` is a dependency that refuses those who may not upload and returns the account's id.
    With `takes_raw` a body that is no form is the file itself, called after `?name=`. With
    `keeps_problem` a refusal of the file is not raised but handed on, for a form to show.
    """

    def room(
        request: Request, session: DbSession, account_id: Annotated[int | None, Depends(who)]
    ) -> int:
        quota = store_of(request).quota_bytes
        left = quota if account_id is None else quota - service.used_bytes(session, account_id)
        if left <= 0:
            raise service.quota_exceeded(quota)
        return min(left, purpose.max_bytes)

    async def receive(
        request: Request, max_bytes: Annotated[int, Depends(room)]
    ) -> AsyncIterator[Upload]:
        reader = _reader_for(request, purpose, max_bytes, takes_raw=takes_raw)
        sent = Upload(fields=reader.fields)
        try:
            try:
                await _read(request, reader)
                sent.file = await anyio.to_thread.run_sync(_finish, store_of(request), reader)
            except AppError as error:
                if not keeps_problem:
                    raise
                sent.problem = error
            yield sent
        finally:
            if sent.file is None or not sent.file.is_kept:
                # Shielded: a person who went away must not leave half a file.
                with anyio.CancelScope(shield=True):
                    await anyio.to_thread.run_sync(reader.discard)

    return Depends(receive, scope="function")


def _reader_for(request: Request, purpose: Purpose, max_bytes: int, *, takes_raw: bool) -> Reader:
    storage = store_of(request).storage
    kind = request.headers.get("Content-Type", "")
    if takes_raw and not kind.strip().lower().startswith("multipart/"):
        name = raw.name_of(request.query_params.get("name", ""), kind, purpose)
        return RawReader(storage, purpose, name, max_bytes=max_bytes)
    return MultipartReader(storage, purpose, boundary_of(kind), max_bytes=max_bytes)


async def _read(request: Request, reader: Reader) -> None:
    batch = bytearray()
    try:
        async for piece in request.stream():
            batch += piece
            if len(batch) >= BATCH_BYTES:
                await anyio.to_thread.run_sync(reader.feed, bytes(batch))
                batch.clear()
        await anyio.to_thread.run_sync(reader.feed, bytes(batch))
    except (MultipartParseError, ClientDisconnect):
        raise InvalidInput("The upload broke off or is damaged. Please send it again.") from None


def _finish(store: FileStore, reader: Reader) -> ReceivedFile | None:
    received = reader.finish()
    if received is not None:
        received.quota_bytes = store.quota_bytes
        if received.purpose.looks_into_archives and received.file_type in ARCHIVES:
            with store.storage.open_file(received.key) as content:
                check_archive(received.name, received.size_bytes, content)
        scanning.scan(store.scan_command, store.storage.read(received.key))
    return received
