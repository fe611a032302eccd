"""Signing in with a password, and out."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from app.accounts import sign_in as signing_in
from app.accounts.models import SignInMethod
from app.accounts.notices import DoneNotice
from app.accounts.viewers import CurrentViewer
from app.db import DbSession
from app.errors import TooManyRequests
from app.web.errors import sentence
from app.web.forms import Form, FormData
from app.web.i18n import gettext as _
from app.web.pages import local_path
from app.web.templating import render

router = APIRouter(include_in_schema=False)


def sign_in_page(
    request: Request,
    *,
    next_path: str,
    form: FormData | None = None,
    problem: str | None = None,
    notice: str | None = None,
    status_code: int = 200,
) -> Response:
    """Render the sign-in page."""
    context = {"form": form, "next_path": next_path, "problem": problem, "notice": notice}
    return render(request, "accounts/sign_in.html", context, status_code=status_code)


@router.get("/sign-in", name="accounts.sign_in")
def show_sign_in(
    request: Request,
    viewer: CurrentViewer,
    notice: DoneNotice,
    next_path: Annotated[str, Query(alias="next")] = "/",
) -> Response:
    """Show the sign-in page, or go on where somebody is signed in."""
    if viewer.is_signed_in:
        return RedirectResponse(local_path(next_path), status_code=303)
    return sign_in_page(request, next_path=local_path(next_path), notice=notice)


@router.post("/sign-in", name="accounts.sign_in.post")
def sign_in(request: Request, session: DbSession, _viewer: CurrentViewer, form: Form) -> Response:
    """Sign in with an e-mail address and a password."""
    next_path = local_path(form.text("next"))
    try:
        account = signing_in.check_password(
            session, request, form.text("email"), form.raw("password")
        )
    except TooManyRequests as error:
        response = sign_in_page(
            request,
            next_path=next_path,
            form=form,
            problem=sentence(error),
            status_code=int(error.status_code),
        )
        response.headers["Retry-After"] = str(error.retry_after_seconds)
        return response
    if account is None:
        problem = _("The e-mail address and the password do not go together.")
        return sign_in_page(
            request, next_path=next_path, form=form, problem=problem, status_code=401
        )
    response = RedirectResponse(next_path, status_code=303)
    signing_in.sign_in(session, request, response, account, SignInMethod.PASSWORD)
    return response


@router.post("/sign-out", name="accounts.sign_out")
def sign_out(request: Request, session: DbSession, _viewer: CurrentViewer) -> Response:
    """Sign out of this browser."""
    response = RedirectResponse("/sign-in?done=signed-out", status_code=303)
    signing_in.sign_out(session, request, response)
    return response
