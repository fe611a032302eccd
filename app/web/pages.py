"""Pages that belong to no domain: the language switch, robots, the favicon."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse

from app.errors import InvalidInput
from app.web import i18n
from app.web.forms import Form

router = APIRouter(include_in_schema=False)

ONE_YEAR = 365 * 24 * 3600


def local_path(path: str, *, default: str = "/") -> str:
    """Return `path` if it leads to this portal, else `default`: no open redirects."""
    is_local = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_local else default


def set_locale_cookie(request: Request, response: Response, locale: str) -> None:
    """Make this browser speak `locale` from its next request on."""
    response.set_cookie(
        i18n.LOCALE_COOKIE,
        locale,
        max_age=ONE_YEAR,
        httponly=True,
        samesite="lax",
        secure=request.app.state.settings.is_https,
    )


@router.post("/language", name="pages.language")
def change_language(request: Request, form: Form) -> Response:
    """Remember a person's language and go back to the page they came from."""
    locale = form.text("locale")
    if locale not in i18n.LOCALES:
        raise InvalidInput(
            "The language must be one of: %(allowed)s.",
            field="locale",
            allowed=", ".join(i18n.LOCALES),
        )
    response = RedirectResponse(local_path(form.text("next")), status_code=303)
    set_locale_cookie(request, response, locale)
    return response


@router.get("/robots.txt", name="pages.robots")
def show_robots() -> PlainTextResponse:
    """Let crawlers read the catalogue and nothing that is costly or private."""
    lines = ["User-agent: *", "Disallow: /api/", "Disallow: /settings", "Disallow: /sign-in", ""]
    return PlainTextResponse("\n".join(lines))
