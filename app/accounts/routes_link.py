"""
One-time links: GET shows a form and changes nothing, POST uses the link up.

Programs that follow links in mails and chats only GET, so they use up nothing.
"""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from app.accounts import forms, links, newcomers
from app.accounts import sign_in as signing_in
from app.accounts.models import LinkPurpose, SignInMethod
from app.accounts.routes_own import WELCOME
from app.accounts.viewers import CurrentViewer
from app.db import DbSession
from app.web.forms import Form
from app.web.pages import local_path
from app.web.templating import render

router = APIRouter(include_in_schema=False)

# Without the path, which is the secret. Not `no-referrer`: with it a browser sends
# `Origin: null` with the form, and where it sends no Sec-Fetch-Site (plain HTTP in a local
# network) the form could not be told from a forged one.
HEADERS = {"Referrer-Policy": "strict-origin", "Cache-Control": "no-store"}


@router.get("/sign-in/link/{secret}", name="accounts.link")
def show_link(
    request: Request, session: DbSession, _viewer: CurrentViewer, secret: str
) -> Response:
    """Show the button that signs in."""
    account = links.get_account_of_link(session, secret, LinkPurpose.SIGN_IN)
    return render(request, "accounts/link.html", {"account": account}, headers=HEADERS)


@router.post("/sign-in/link/{secret}", name="accounts.link.post")
def use_link(request: Request, session: DbSession, _viewer: CurrentViewer, secret: str) -> Response:
    """Sign in with the link, once."""
    account = links.consume_link(session, secret, LinkPurpose.SIGN_IN)
    page = "/settings/account?done=link" if account.password_hash else WELCOME
    response = RedirectResponse(page, status_code=303, headers=HEADERS)
    signing_in.sign_in(session, request, response, account, SignInMethod.LINK)
    return response


@router.get("/invitation/{secret}", name="accounts.invitation")
def show_invitation(
    request: Request, session: DbSession, _viewer: CurrentViewer, secret: str
) -> Response:
    """Show the form with which the invited choose their name and password."""
    account = links.get_account_of_link(session, secret, LinkPurpose.INVITATION)
    context = {"account": account, "form": None}
    return render(request, "accounts/invitation.html", context, headers=HEADERS)


@router.post("/invitation/{secret}", name="accounts.invitation.post")
def accept_invitation(
    request: Request, session: DbSession, _viewer: CurrentViewer, form: Form, secret: str
) -> Response:
    """Take the name and password, use the invitation up and sign in."""
    account = links.get_account_of_link(session, secret, LinkPurpose.INVITATION)
    name = forms.read_name(form)
    password = forms.read_new_password(form)
    if not form.errors:
        with forms.errors_at_fields(form):
            account = newcomers.accept_invitation(session, secret, name=name, password=password)
    if form.errors:
        context = {"account": account, "form": form}
        return render(
            request, "accounts/invitation.html", context, status_code=422, headers=HEADERS
        )
    # What the invitation is for stands beside its secret.
    page = local_path(request.query_params.get("next", "/"))
    response = RedirectResponse(page, status_code=303, headers=HEADERS)
    signing_in.sign_in(session, request, response, account, SignInMethod.PASSWORD)
    return response
