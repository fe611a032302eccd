"""Settings, people: whom administrators invite, what they may do, and who is shut out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from app.accounts import forms, invitations, organisations, people, queries
from app.accounts.models import Account, Role
from app.accounts.notices import DoneNotice
from app.accounts.permissions import TEAM_ROLES, Permission
from app.accounts.viewers import CurrentViewer, Viewer, require
from app.accounts.words import role_name, role_note
from app.db import DbSession
from app.errors import InvalidInput
from app.web.forms import Form, FormData
from app.web.paging import decode_cursor, encode_cursor
from app.web.templating import render

router = APIRouter(include_in_schema=False)

PAGE = "/settings/people"
MAX_ID = 2**31 - 1


def get_manager(viewer: CurrentViewer) -> Viewer:
    """Return the viewer if they may manage people."""
    require(viewer, Permission.MANAGE_PEOPLE)
    return viewer


Manager = Annotated[Viewer, Depends(get_manager, scope="function")]


def read_start(cursor: str) -> tuple[str, int] | None:
    """Return where a page of people starts."""
    match decode_cursor(cursor) if cursor else []:
        case []:
            return None
        case [str(name), int(account_id)] if name.isprintable() and 0 <= account_id <= MAX_ID:
            return name, account_id
    raise InvalidInput(
        "The cursor of this address is damaged. Start again from the first page.", field="cursor"
    )


@router.get(PAGE, name="accounts.people")
def list_people(
    request: Request,
    session: DbSession,
    _viewer: Manager,
    notice: DoneNotice,
    cursor: Annotated[str, Query()] = "",
) -> Response:
    """List everybody who can sign in."""
    page = queries.list_people(session, request.app.state.settings, read_start(cursor))
    context = {
        "people": page.people,
        "next_cursor": encode_cursor(list(page.next_start)) if page.next_start else "",
        "is_first_page": not cursor,
        "role_name": role_name,
        "notice": notice,
    }
    return render(request, "accounts/people.html", context)


def invite_page(request: Request, session: DbSession, form: FormData | None = None) -> Response:
    """Render the form of an invitation."""
    context = {
        "roles": [(role.value, role_name(role), role_note(role)) for role in Role],
        "vendors": queries.list_vendors(session),
        "form": form,
    }
    return render(request, "accounts/invite.html", context, status_code=422 if form else 200)


@router.get(f"{PAGE}/invite", name="accounts.invite")
def show_invite(request: Request, session: DbSession, _viewer: Manager) -> Response:
    """Show the form of an invitation."""
    return invite_page(request, session)


@router.post(f"{PAGE}/invite", name="accounts.invite.post")
def invite(request: Request, session: DbSession, viewer: Manager, form: Form) -> Response:
    """Make an account and show its invitation link, this once."""
    new = forms.read_new_person(form)
    if not form.errors and new.role:
        with forms.errors_at_fields(form), session.begin_nested():
            organisation = (
                organisations.ensure_vendor(
                    session,
                    new.vendor,
                    actor=viewer,
                    name_zh=new.vendor_name_zh,
                    name_en=new.vendor_name_en,
                )
                if new.role is Role.VENDOR
                else queries.get_team(session)
            )
            account = people.add_person(
                session,
                actor=viewer,
                email=new.email,
                name=new.name,
                role=new.role,
                organisation=organisation,
            )
    if form.errors:
        return invite_page(request, session, form)
    return invitation_page(request, session, account, viewer)


def invitation_page(
    request: Request, session: DbSession, account: Account, viewer: Viewer
) -> Response:
    """Make an invitation and show its link, this once."""
    base_url = request.app.state.settings.base_url
    link = invitations.invite(session, account, actor=viewer, base_url=base_url)
    context = {"account": account, "link": link, "is_invitation": True}
    return render(request, "accounts/link_created.html", context)


def get_found(
    request: Request, session: DbSession, _viewer: Manager, public_id: str
) -> queries.Person:
    """Return the person that the address names."""
    return queries.get_person(session, request.app.state.settings, public_id)


FoundPerson = Annotated[queries.Person, Depends(get_found, scope="function")]


def redirect(account: Account, done: str) -> Response:
    """Go back to a person's page and say there what was done."""
    return RedirectResponse(f"{PAGE}/{account.public_id}?done={done}", status_code=303)


def person_page(
    request: Request,
    viewer: Viewer,
    person: queries.Person,
    *,
    form: FormData | None = None,
    notice: str | None = None,
) -> Response:
    """Render one person's page."""
    context = {
        "person": person,
        "roles": [(role.value, role_name(role), role_note(role)) for role in TEAM_ROLES],
        "role_name": role_name,
        "is_self": person.account.id == viewer.account_id,
        "form": form,
        "notice": notice,
    }
    return render(request, "accounts/person.html", context, status_code=422 if form else 200)


@router.get(f"{PAGE}/{{public_id}}", name="accounts.person")
def show_person(
    request: Request, viewer: Manager, person: FoundPerson, notice: DoneNotice
) -> Response:
    """Show one person and what can be done about them."""
    return person_page(request, viewer, person, notice=notice)


@router.post(f"{PAGE}/{{public_id}}/email", name="accounts.change_email")
def change_email(
    request: Request, session: DbSession, viewer: Manager, person: FoundPerson, form: Form
) -> Response:
    """Give somebody another e-mail address to sign in with."""
    email = forms.read_email(form)
    if not form.errors:
        with forms.errors_at_fields(form):
            people.change_email(session, person.account, actor=viewer, email=email)
    if form.errors:
        return person_page(request, viewer, person, form=form)
    return redirect(person.account, "person-email")


@router.post(f"{PAGE}/{{public_id}}/role", name="accounts.change_role")
def change_role(session: DbSession, viewer: Manager, person: FoundPerson, form: Form) -> Response:
    """Give somebody another role."""
    role = forms.read_role(form)
    if role is None:
        raise InvalidInput("Choose one of the roles of the list.", field="role")
    people.change_role(session, person.account, person.organisation, actor=viewer, role=role)
    return redirect(person.account, "role")


@router.post(f"{PAGE}/{{public_id}}/disable", name="accounts.disable")
def disable(session: DbSession, viewer: Manager, person: FoundPerson) -> Response:
    """Shut somebody out."""
    people.disable(session, person.account, actor=viewer)
    return redirect(person.account, "disabled")


@router.post(f"{PAGE}/{{public_id}}/enable", name="accounts.enable")
def enable(session: DbSession, viewer: Manager, person: FoundPerson) -> Response:
    """Let somebody in again."""
    people.enable(session, person.account, actor=viewer)
    return redirect(person.account, "enabled")


@router.post(f"{PAGE}/{{public_id}}/end-sessions", name="accounts.end_sessions")
def end_sessions(session: DbSession, viewer: Manager, person: FoundPerson) -> Response:
    """Sign somebody out everywhere."""
    people.end_all_sessions(session, person.account, actor=viewer)
    return redirect(person.account, "person-sessions-ended")


@router.post(f"{PAGE}/{{public_id}}/link", name="accounts.make_link")
def make_sign_in_link(
    request: Request, session: DbSession, viewer: Manager, person: FoundPerson
) -> Response:
    """Make a one-time sign-in link and show it, this once."""
    base_url = request.app.state.settings.base_url
    link = invitations.make_sign_in_link(session, person.account, actor=viewer, base_url=base_url)
    context = {"account": person.account, "link": link, "is_invitation": False}
    return render(request, "accounts/link_created.html", context)


@router.post(f"{PAGE}/{{public_id}}/invite-again", name="accounts.invite_again")
def invite_again(
    request: Request, session: DbSession, viewer: Manager, person: FoundPerson
) -> Response:
    """Replace an invitation's link by a new one and show it, this once."""
    return invitation_page(request, session, person.account, viewer)


@router.post(f"{PAGE}/{{public_id}}/revoke-invitation", name="accounts.revoke_invitation")
def revoke_invitation(session: DbSession, viewer: Manager, person: FoundPerson) -> Response:
    """Take an invitation back."""
    invitations.revoke_invitation(session, person.account, actor=viewer)
    return RedirectResponse(f"{PAGE}?done=invitation-revoked", status_code=303)
