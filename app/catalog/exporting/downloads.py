"""A file of the catalogue as an answer: streamed, named in any script, never shown as a page."""

from fastapi.responses import StreamingResponse

from app.catalog.exporting.batches import in_pieces
from app.catalog.exporting.formats import File
from app.files.names import clean_name, content_disposition
from app.files.routes import DOWNLOAD_HEADERS


def send(file: File, name: str) -> StreamingResponse:
    """Return the answer; `name` is the file's without its ending."""
    full = f"{clean_name(name)}{file.ending}"
    return StreamingResponse(
        in_pieces(file.pieces),
        headers=DOWNLOAD_HEADERS
        | {"Content-Type": file.media_type, "Content-Disposition": content_disposition(full)},
    )
