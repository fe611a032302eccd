"""A person's own ways in: the browsers they are signed in with and their API tokens."""

from fastapi import APIRouter, Request, Response

from app.accounts import forms, queries, service, tokens
from app.accounts.permissions import Scope, permissions_of_token
from app.accounts.routes_own import PAGE, CurrentOwner, Owner, redirect
from app.accounts.words import scope_note
from app.db import DbSession
from app.web.forms import Form, FormData
from app.web.templating import render

router = APIRouter(include_in_schema=False)

DAYS = (7, 30, 90, 180, 365)


@router.post(f"{PAGE}/sessions/{{public_id}}/end", name="accounts.end_session")
def end_session(session: DbSession, owner: CurrentOwner, public_id: str) -> Response:
    """Sign out of one browser."""
    web_session = queries.get_session(session, owner.account.id, public_id)
    service.end_session(session, owner.account, web_session, actor=owner.viewer)
    return redirect(PAGE, "session-ended")


@router.post(f"{PAGE}/end-other-sessions", name="accounts.end_other_sessions")
def end_other_sessions(session: DbSession, owner: CurrentOwner) -> Response:
    """Sign out everywhere but here."""
    service.end_other_sessions(session, owner.account, actor=owner.viewer)
    return redirect(PAGE, "sessions-ended")


def new_token_page(request: Request, owner: Owner, form: FormData | None = None) -> Response:
    """Render the form of a new token: the scopes that the person's role has use for."""
    role = owner.viewer.role
    useful = [scope for scope in Scope if role and permissions_of_token(role, frozenset({scope}))]
    context = {
        "scopes": [(scope.value, scope_note(scope)) for scope in useful],
        "chosen": form.all("scopes") if form else [],
        "days": DAYS,
        "default_days": tokens.DEFAULT_DAYS,
        "form": form,
    }
    return render(request, "accounts/new_token.html", context, status_code=422 if form else 200)


@router.get(f"{PAGE}/tokens/new", name="accounts.new_token")
def show_new_token(request: Request, owner: CurrentOwner) -> Response:
    """Show the form of a new API token."""
    return new_token_page(request, owner)


@router.post(f"{PAGE}/tokens/new", name="accounts.new_token.post")
def create_token(request: Request, session: DbSession, owner: CurrentOwner, form: Form) -> Response:
    """Make an API token and show it, this once."""
    new = forms.read_new_token(form)
    secret = ""
    if not form.errors:
        with forms.errors_at_fields(form):
            secret = tokens.create_token(
                session,
                owner.account,
                actor=owner.viewer,
                name=new.name,
                scopes=new.scopes,
                days=new.days,
            )
    if form.errors:
        return new_token_page(request, owner, form)
    context = {"secret": secret, "name": new.name, "days": new.days}
    return render(request, "accounts/token_created.html", context)


@router.post(f"{PAGE}/tokens/{{public_id}}/revoke", name="accounts.revoke_token")
def revoke_token(session: DbSession, owner: CurrentOwner, public_id: str) -> Response:
    """Make a token worthless."""
    token = queries.get_token(session, public_id, account_id=owner.account.id)
    tokens.revoke_token(session, token, owner.account, actor=owner.viewer)
    return redirect(PAGE, "token-revoked")
