"""Give stored files back: always as a download, never as a page of ours."""

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from app.db import DbSession
from app.errors import NotFound
from app.files import queries
from app.files.names import content_disposition
from app.files.uploads import store_of

router = APIRouter()

# Even a browser that shows the file runs nothing in it and gives it no origin.
DOWNLOAD_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


@router.get("/files/{key}", name="files.download", include_in_schema=False)
@router.get(
    "/api/v1/files/{key}",
    name="files.api.download",
    tags=["files"],
    response_class=StreamingResponse,
    responses={200: {"content": {"*/*": {}}}},
)
def download(request: Request, key: str, session: DbSession) -> StreamingResponse:
    """Send a file to who may have it, by the rule of the domain that owns it."""
    store = store_of(request)
    stored = queries.get_file(session, key)
    purpose = store.purposes.get(stored.purpose)
    if purpose is None:
        raise NotFound("There is no such file, or it was cleaned up after its time.")
    purpose.may_download(request, session, stored)
    return StreamingResponse(
        store.storage.read(stored.key),
        media_type=stored.media_type,
        headers=DOWNLOAD_HEADERS
        | {
            "Content-Disposition": content_disposition(stored.name),
            "Content-Length": str(stored.size_bytes),
        },
    )
