"""The pages of the guide; they need no account."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from app.accounts.viewers import CurrentViewer
from app.errors import NotFound
from app.guide import texts
from app.web.i18n import current_locale
from app.web.templating import render

router = APIRouter(include_in_schema=False)


@router.get("/help", name="guide.index")
def index(request: Request, _viewer: CurrentViewer) -> Response:
    """Show what the guide has."""
    return render(request, "guide/index.html", {"guides": texts.guides(current_locale())})


@router.get("/help/{topic}", name="guide.show")
def show(request: Request, topic: str, _viewer: CurrentViewer) -> Response:
    """Show one text of the guide."""
    guides = texts.guides(current_locale())
    if topic not in guides:
        raise NotFound("There is no such text in the guide.")
    return render(request, "guide/show.html", {"guides": guides, "guide": guides[topic]})


@router.get("/help/pictures/{name}", name="guide.picture")
def show_picture(name: str) -> Response:
    """Answer with a picture of the guide."""
    path = texts.pictures().get(name)
    if path is None:
        raise NotFound("There is no such picture in the guide.")
    return FileResponse(
        path, media_type="image/webp", headers={"Cache-Control": "public, max-age=3600"}
    )
