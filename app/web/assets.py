"""Static files, read once at start: named by their content, compressed, cached for good."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request, Response

from app.errors import NotFound

STATIC_DIR = Path(__file__).resolve().parents[2] / "static"
COMPRESSIBLE = ("text/", "application/javascript", "application/json", "image/svg+xml")
FOR_GOOD = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    """One static file, in memory."""

    content: bytes
    gzipped: bytes | None
    media_type: str
    digest: str


def load_assets(directory: Path = STATIC_DIR) -> dict[str, Asset]:
    """Read every file below `directory`, by its path relative to it."""
    return {
        path.relative_to(directory).as_posix(): _load(path)
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def _load(path: Path) -> Asset:
    content = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if media_type == "text/javascript":
        media_type = "application/javascript"
    is_compressible = media_type.startswith(COMPRESSIBLE)
    return Asset(
        content=content,
        gzipped=gzip.compress(content, 6, mtime=0) if is_compressible else None,
        media_type=media_type,
        digest=hashlib.sha256(content).hexdigest()[:12],
    )


def serve_asset(request: Request, path: str) -> Response:
    """Answer GET /static/{path}; a changed file has a new address, so it may be kept for good."""
    assets: dict[str, Asset] = request.app.state.assets
    asset = assets.get(path)
    if asset is None:
        raise NotFound("There is no such file.")
    headers = {"Vary": "Accept-Encoding", "ETag": f'"{asset.digest}"'}
    is_versioned = request.query_params.get("v") == asset.digest
    headers["Cache-Control"] = FOR_GOOD if is_versioned else "no-cache"
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    content = asset.content
    if asset.gzipped and "gzip" in request.headers.get("Accept-Encoding", ""):
        content = asset.gzipped
        headers["Content-Encoding"] = "gzip"
    charset = "; charset=utf-8" if asset.media_type.startswith(COMPRESSIBLE) else ""
    return Response(content, media_type=asset.media_type + charset, headers=headers)
