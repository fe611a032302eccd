"""A person's own account: name, language, e-mail address and password."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from app.accounts import confirmation, forms, newcomers, queries, service, sessions
from app.accounts.first_run import FIRST_EMAIL
from app.accounts.models import Account, WebSession
from app.accounts.notices import DoneNotice
from app.accounts.viewers import CurrentViewer, Viewer, require_account
from app.accounts.words import describe_browser, role_name
from app.db import DbSession
from app.errors import NotSignedIn, TooManyRequests
from app.web.errors import sentence
from app.web.forms import Form, FormData
from app.web.i18n import gettext as _
from app.web.pages import set_locale_cookie
from app.web.templating import render

router = APIRouter(include_in_schema=False)

PAGE = "/settings/account"
WELCOME = "/settings/welcome"


@dataclass(frozen=True)
class Owner:
    """The person at a browser, their account and the session they came with."""

    viewer: Viewer
    account: Account
    web_session: WebSession


def get_owner(viewer: CurrentViewer, session: DbSession) -> Owner:
    """Return whose account page this is."""
    account = queries.get_account(session, require_account(viewer))
    web_session = session.get(WebSession, viewer.session_id)
    if web_session is None:
        # It ended a moment ago, in another tab.
        raise NotSignedIn("Sign in to see this.")
    return Owner(viewer, account, web_session)


CurrentOwner = Annotated[Owner, Depends(get_owner, scope="function")]


def redirect(path: str, done: str) -> Response:
    """Go to a page and say there what was done."""
    return RedirectResponse(f"{path}?done={done}", status_code=303)


def account_page(
    request: Request,
    session: DbSession,
    owner: Owner,
    *,
    form: FormData | None = None,
    notice: str | None = None,
) -> Response:
    """Render the account page, with what is wrong with its form if it was sent."""
    context = {
        "account": owner.account,
        "current_session_id": owner.web_session.id,
        "sessions": queries.list_sessions(session, request.app.state.settings, owner.account.id),
        "tokens": queries.list_tokens(session, owner.account.id),
        "may_change_email": service.may_change_own_email(owner.account),
        "describe_browser": describe_browser,
        "role_name": role_name,
        "form": form,
        "notice": notice,
        "is_new": request.query_params.get("done") == "welcome",
    }
    return render(request, "accounts/account.html", context, status_code=422 if form else 200)


@router.get("/settings", name="accounts.settings")
def show_settings() -> Response:
    """Lead to the first page of the settings."""
    return RedirectResponse(PAGE, status_code=303)


@router.get(PAGE, name="accounts.account")
def show_account(
    request: Request, session: DbSession, owner: CurrentOwner, notice: DoneNotice
) -> Response:
    """Show a person their account."""
    return account_page(request, session, owner, notice=notice)


@router.post(PAGE, name="accounts.account.post")
def change_profile(
    request: Request, session: DbSession, owner: CurrentOwner, form: Form
) -> Response:
    """Save the name and the language."""
    profile = forms.read_profile(form)
    if form.errors:
        return account_page(request, session, owner, form=form)
    service.change_profile(
        session, owner.account, actor=owner.viewer, name=profile.name, locale=profile.locale
    )
    response = redirect(PAGE, "profile")
    if profile.locale:
        set_locale_cookie(request, response, profile.locale)
    return response


def confirmation_page(
    request: Request,
    session: DbSession,
    owner: Owner,
    template: str,
    *,
    form: FormData | None = None,
    error: TooManyRequests | None = None,
) -> Response:
    """Render a form that may ask for the current password first."""
    context = {
        "account": owner.account,
        "asks_password": confirmation.needs_current_password(
            session, owner.account, owner.web_session
        ),
        "form": form,
        "problem": sentence(error) if error else None,
    }
    if error:
        headers = {"Retry-After": str(error.retry_after_seconds)}
        status_code = int(error.status_code)
        return render(request, template, context, status_code=status_code, headers=headers)
    return render(request, template, context, status_code=422 if form else 200)


def check_current_password(
    request: Request, session: DbSession, owner: Owner, form: FormData
) -> None:
    """Put an error at the field if the current password is asked for and wrong."""
    is_confirmed = confirmation.is_confirmed(
        session, request, owner.account, owner.web_session, form.raw("current_password")
    )
    if not is_confirmed:
        form.refuse("current_password", _("This is not your current password."))


@router.get(f"{PAGE}/email", name="accounts.email")
def show_email(request: Request, session: DbSession, owner: CurrentOwner) -> Response:
    """Show the form for another e-mail address."""
    service.refuse_own_email(owner.account)
    return confirmation_page(request, session, owner, "accounts/email.html")


@router.post(f"{PAGE}/email", name="accounts.email.post")
def change_email(request: Request, session: DbSession, owner: CurrentOwner, form: Form) -> Response:
    """Change the e-mail address, for who knows the password."""
    service.refuse_own_email(owner.account)
    email = forms.read_email(form)
    try:
        check_current_password(request, session, owner, form)
    except TooManyRequests as error:
        return confirmation_page(
            request, session, owner, "accounts/email.html", form=form, error=error
        )
    if not form.errors:
        with forms.errors_at_fields(form):
            service.change_email(session, owner.account, actor=owner.viewer, email=email)
    if form.errors:
        return confirmation_page(request, session, owner, "accounts/email.html", form=form)
    return redirect(PAGE, "email")


@router.get(f"{PAGE}/password", name="accounts.password")
def show_password(request: Request, session: DbSession, owner: CurrentOwner) -> Response:
    """Show the form for another password."""
    return confirmation_page(request, session, owner, "accounts/password.html")


@router.post(f"{PAGE}/password", name="accounts.password.post")
def change_password(
    request: Request, session: DbSession, owner: CurrentOwner, form: Form
) -> Response:
    """Change the password, for who knows the old one; every other session ends."""
    password = forms.read_new_password(form)
    try:
        check_current_password(request, session, owner, form)
    except TooManyRequests as error:
        return confirmation_page(
            request, session, owner, "accounts/password.html", form=form, error=error
        )
    secret = ""
    if not form.errors:
        with forms.errors_at_fields(form):
            secret = service.change_password(
                session, owner.account, owner.web_session, actor=owner.viewer, password=password
            )
    if form.errors:
        return confirmation_page(request, session, owner, "accounts/password.html", form=form)
    response = redirect(PAGE, "password")
    sessions.set_cookie(response, request.app.state.settings, secret)
    return response


def welcome_page(request: Request, owner: Owner, form: FormData | None = None) -> Response:
    """Render the form that completes an account."""
    context = {
        "account": owner.account,
        "is_first": owner.account.email == FIRST_EMAIL,
        "may_change_email": service.may_change_own_email(owner.account),
        "form": form,
    }
    return render(request, "accounts/welcome.html", context, status_code=422 if form else 200)


@router.get(WELCOME, name="accounts.welcome")
def show_welcome(request: Request, owner: CurrentOwner) -> Response:
    """Lead a person who came by a one-time link to a name, an e-mail address and a password."""
    if owner.account.password_hash is not None:
        return RedirectResponse(PAGE, status_code=303)
    return welcome_page(request, owner)


@router.post(WELCOME, name="accounts.welcome.post")
def complete_account(
    request: Request, session: DbSession, owner: CurrentOwner, form: Form
) -> Response:
    """Save the name, the e-mail address and the first password."""
    name, password = forms.read_name(form), forms.read_new_password(form)
    is_free = service.may_change_own_email(owner.account)
    email = forms.read_email(form) if is_free else owner.account.email
    secret = ""
    if not form.errors:
        with forms.errors_at_fields(form):
            secret = newcomers.complete_account(
                session,
                owner.account,
                owner.web_session,
                actor=owner.viewer,
                name=name,
                email=email,
                password=password,
            )
    if form.errors:
        return welcome_page(request, owner, form)
    response = redirect(PAGE, "welcome")
    sessions.set_cookie(response, request.app.state.settings, secret)
    return response
