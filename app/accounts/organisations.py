"""Organisations: the one team of the installation, and vendors."""

import re

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app import audit
from app.accounts.models import Organisation, OrganisationKind
from app.errors import InvalidInput, NotFound

TEAM_SLUG = "team"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MAX_SLUG_CHARACTERS = 60


def ensure_team(session: Session) -> Organisation:
    """Return the team that runs this portal, made on first use by whichever process is first."""
    session.execute(
        insert(Organisation)
        .values(
            kind=OrganisationKind.TEAM, slug=TEAM_SLUG, name_zh="本团队", name_en="The data team"
        )
        .on_conflict_do_nothing()
    )
    return session.scalars(
        select(Organisation).where(Organisation.kind == OrganisationKind.TEAM)
    ).one()


def get_vendor(session: Session, slug: str) -> Organisation:
    """
    Return a vendor's organisation.

    Raises
    ------
    NotFound
        If there is none of that name.
    """
    vendor = session.scalar(
        select(Organisation).where(
            Organisation.slug == slug, Organisation.kind == OrganisationKind.VENDOR
        )
    )
    if vendor is None:
        raise NotFound("There is no vendor “%(slug)s”.", slug=slug)
    return vendor


def ensure_vendor(
    session: Session,
    slug: str,
    *,
    actor: audit.Actor,
    name_zh: str | None = None,
    name_en: str | None = None,
) -> Organisation:
    """
    Return the vendor of that name, made if there is none yet.

    Raises
    ------
    InvalidInput
        If the slug is not one, or the team's own.
    """
    if not SLUG.fullmatch(slug) or len(slug) > MAX_SLUG_CHARACTERS or slug == TEAM_SLUG:
        raise InvalidInput(
            "A vendor's short name has up to %(limit)s lower-case letters, digits and single "
            "hyphens, and is not “%(team)s”.",
            field="vendor",
            limit=MAX_SLUG_CHARACTERS,
            team=TEAM_SLUG,
        )
    names = {"name_zh": name_zh or name_en or slug, "name_en": name_en or name_zh or slug}
    made = session.scalar(
        insert(Organisation)
        .values(kind=OrganisationKind.VENDOR, slug=slug, **names)
        .on_conflict_do_nothing()
        .returning(Organisation.id)
    )
    if made is not None:
        audit.record(
            session,
            actor=actor,
            action="organisation.created",
            object_type="organisation",
            object_id=slug,
            after={"kind": OrganisationKind.VENDOR, **names},
        )
    return get_vendor(session, slug)
