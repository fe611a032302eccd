"""What administrators, and the operator at the command line, do with other people's accounts."""

from sqlalchemy.orm import Session

from app import audit
from app.accounts import links, queries, service, sessions, tokens
from app.accounts.models import Account, Organisation, OrganisationKind, Role
from app.errors import Conflict, InvalidInput


def check_role(role: Role, organisation: Organisation) -> None:
    """
    Refuse a role that does not go with the organisation.

    Raises
    ------
    InvalidInput
        If a vendor's member were to get a role of the team, or the reverse.
    """
    is_vendor = organisation.kind == OrganisationKind.VENDOR
    if is_vendor and role is not Role.VENDOR:
        raise InvalidInput("A vendor's member has the role “vendor” and no other.", field="role")
    if not is_vendor and role is Role.VENDOR:
        raise InvalidInput("Name the vendor that this person belongs to.", field="vendor")


def add_person(
    session: Session,
    *,
    actor: audit.Actor,
    email: str,
    name: str,
    role: Role,
    organisation: Organisation,
) -> Account:
    """
    Make an account without a password.

    Raises
    ------
    InvalidInput
        If the role does not go with the organisation.
    Conflict
        If the e-mail address has an account already.
    """
    check_role(role, organisation)
    account = Account(organisation_id=organisation.id, name=name, role=role)
    service.set_email(session, account, email)
    audit.record(
        session,
        actor=actor,
        action="account.created",
        object_type="account",
        object_id=account.public_id,
        after={"email": email, "name": name, "role": role, "organisation": organisation.slug},
    )
    return account


def keep_an_administrator(session: Session, account: Account, actor: audit.Actor) -> None:
    """
    Refuse what would leave the portal without anybody who can manage it.

    The administrators' rows stay locked, so that two who turn on each other cannot both win.

    Raises
    ------
    Conflict
        If this is the actor's own account, or the last active administrator's.
    """
    refuse_own(account, actor)
    administrators = queries.list_administrators(session, lock=True)
    others = [one for one in administrators if one.is_active and one.id != account.id]
    if account.role == Role.ADMINISTRATOR and not others:
        raise Conflict(
            "%(name)s is the only administrator. Make somebody else an administrator first.",
            name=account.name,
        )


def change_email(session: Session, account: Account, *, actor: audit.Actor, email: str) -> None:
    """
    Give somebody else another e-mail address to sign in with.

    Raises
    ------
    Conflict
        If it is the actor's own account, whose page asks for the password first, or if another
        account has the address.
    """
    refuse_own(account, actor)
    service.change_email(session, account, actor=actor, email=email)


def refuse_own(account: Account, actor: audit.Actor) -> None:
    """
    Refuse what one does to others only.

    Raises
    ------
    Conflict
        If this is the actor's own account.
    """
    if account.id == actor.account_id:
        raise Conflict("This is your own account. Another administrator can do this.")


def change_role(
    session: Session,
    account: Account,
    organisation: Organisation,
    *,
    actor: audit.Actor,
    role: Role,
) -> None:
    """
    Give a member of the team another role; it counts from their next request on.

    Raises
    ------
    InvalidInput
        If the role does not go with their organisation.
    Conflict
        If it is the actor's own, or the last administrator's.
    """
    if role == account.role:
        return
    check_role(role, organisation)
    keep_an_administrator(session, account, actor)
    audit.record(
        session,
        actor=actor,
        action="account.role_changed",
        object_type="account",
        object_id=account.public_id,
        before={"role": account.role},
        after={"role": role},
    )
    account.role = role


def disable(session: Session, account: Account, *, actor: audit.Actor) -> None:
    """
    Shut a person out at once: sessions end, tokens and links are revoked for good.

    Raises
    ------
    Conflict
        If it is the actor's own account, or the last administrator's.
    """
    if not account.is_active:
        return
    keep_an_administrator(session, account, actor)
    account.is_active = False
    links.revoke_links(session, account.id)
    audit.record(
        session,
        actor=actor,
        action="account.disabled",
        object_type="account",
        object_id=account.public_id,
        before={
            "sessions": sessions.end_sessions(session, account.id),
            "tokens": tokens.revoke_all_tokens(session, account.id),
        },
    )


def enable(session: Session, account: Account, *, actor: audit.Actor) -> None:
    """Let a person in again. What was revoked when they were disabled stays revoked."""
    if account.is_active:
        return
    account.is_active = True
    audit.record(
        session,
        actor=actor,
        action="account.enabled",
        object_type="account",
        object_id=account.public_id,
    )


def end_all_sessions(session: Session, account: Account, *, actor: audit.Actor) -> int:
    """Sign a person out everywhere; return how many sessions that were."""
    ended = sessions.end_sessions(session, account.id)
    if ended:
        audit.record(
            session,
            actor=actor,
            action="session.all_ended",
            object_type="account",
            object_id=account.public_id,
            before={"sessions": ended},
        )
    return ended
