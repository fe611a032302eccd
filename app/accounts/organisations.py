"""Organisations: the one team of the installation, and vendors."""

import re

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app import audit
from app.accounts import queries
from app.accounts.models import Organisation, OrganisationKind
from app.errors import Conflict, InvalidInput

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
    return queries.get_team(session)


def ensure_vendor(
    session: Session,
    slug: str,
    *,
    actor: audit.Actor,
    name_zh: str = "",
    name_en: str = "",
) -> Organisation:
    """
    Return the vendor of that short name, made if there is none yet.

    A name in one language stands in for the other; without any, the short name does.

    Raises
    ------
    InvalidInput
        If the short name cannot be one.
    Conflict
        If it is the team's.
    """
    if not SLUG.fullmatch(slug) or len(slug) > MAX_SLUG_CHARACTERS:
        raise InvalidInput(
            "A vendor's short name has up to %(limit)s lower-case letters and digits, with "
            "single hyphens between them.",
            field="vendor",
            limit=MAX_SLUG_CHARACTERS,
        )
    names = {"name_zh": name_zh or name_en or slug, "name_en": name_en or name_zh or slug}
    made: Organisation | None = session.scalar(
        insert(Organisation)
        .values(kind=OrganisationKind.VENDOR, slug=slug, **names)
        .on_conflict_do_nothing()
        .returning(Organisation)
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
        return made
    found = queries.find_organisation(session, slug)
    if found is None or found.kind != OrganisationKind.VENDOR:
        raise Conflict(
            "“%(slug)s” is not a vendor. Choose another short name.", field="vendor", slug=slug
        )
    return found
