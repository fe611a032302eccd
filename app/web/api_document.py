"""
The OpenAPI document: made by a process of its own, and kept as the bytes that are sent.

What FastAPI makes of all models and routes on the way is larger than everything that one page
needs, and would stay for as long as the web process lives.
"""

import subprocess
import sys
import threading
from functools import cache

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import JSONResponse

from app.errors import Unavailable
from app.version import VERSION
from app.web.errors import API_ERRORS

PATH = "/api/v1/openapi.json"
# A busy machine imports the whole portal in a few seconds.
MOST_SECONDS = 60

router = APIRouter(include_in_schema=False)
_making = threading.Lock()


@router.get(PATH, name="api.document")
def show_document() -> Response:
    """Describe every address of the API, for programs."""
    with _making:
        return Response(stored_document(), media_type="application/json")


@cache
def stored_document() -> bytes:
    """Return the document as another process made it; raises Unavailable if it could not."""
    command = [sys.executable, "-P", "-m", "app.main"]
    try:
        return subprocess.run(
            command,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            timeout=MOST_SECONDS,
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(
            "The description of the API could not be made just now. Ask again later."
        ) from error


def make_document(routers: list[APIRouter]) -> bytes:
    """Return the document of an API with these routers, as FastAPI would serve it."""
    documented = FastAPI(title="Peibi", version=VERSION, responses=API_ERRORS)
    for one in routers:
        documented.include_router(one)
    return bytes(JSONResponse(documented.openapi()).body)
