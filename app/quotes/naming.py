"""Vendors by the names that the catalogue knows them by."""

from sqlalchemy.orm import Session

from app import audit
from app.accounts import organisations
from app.accounts.models import Organisation
from app.quotes.queries import people as people_queries


def ensure_vendor(
    session: Session, slug: str, *, actor: audit.Actor, name_zh: str = "", name_en: str = ""
) -> Organisation:
    """
    Return the vendor of that short name, made if there is none yet, called as its provider is.

    Names that are given win over the catalogue's.

    Raises
    ------
    InvalidInput
        If the short name cannot be one.
    Conflict
        If it is the team's.
    """
    known = people_queries.find_provider_names(session, slug)
    if known is not None and not (name_zh or name_en):
        name_zh, name_en = known
    return organisations.ensure_vendor(session, slug, actor=actor, name_zh=name_zh, name_en=name_en)
