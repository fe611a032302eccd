"""Load who takes part: a vendor's members, the approvers, the vendors themselves."""

from collections.abc import Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import Account, Organisation, OrganisationKind
from app.catalog.models.providers import Provider
from app.quotes.models.quote import Quote
from app.quotes.models.rfq import Invitation


def list_members(session: Session, organisation_id: int) -> Sequence[Account]:
    """Return the people of a vendor who can sign in."""
    return session.scalars(
        select(Account)
        .where(Account.organisation_id == organisation_id, Account.is_active)
        .order_by(Account.id)
        .options(joinedload(Account.organisation))
    ).all()


def list_approvers(session: Session) -> Sequence[Account]:
    """Return the people who may open a request above the threshold."""
    return session.scalars(
        select(Account).where(Account.role == "approver", Account.is_active).order_by(Account.id)
    ).all()


def list_vendors(session: Session) -> list[Organisation]:
    """Return the vendors that have an organisation here, by name."""
    return list(
        session.scalars(
            select(Organisation)
            .where(Organisation.kind == OrganisationKind.VENDOR)
            .order_by(Organisation.name_en, Organisation.id)
            .limit(500)
        )
    )


def get_vendor_of(session: Session, quote: Quote) -> Organisation:
    """Return the organisation whose quote this is."""
    return session.scalars(
        select(Organisation)
        .join(Invitation, Invitation.organisation_id == Organisation.id)
        .where(Invitation.id == quote.invitation_id)
    ).one()


def find_provider_names(session: Session, slug: str) -> tuple[str, str] | None:
    """Return what the catalogue calls a provider, in Chinese and English; None for none."""
    found = session.execute(
        select(Provider.name_zh, Provider.name_en).where(Provider.slug == slug)
    ).one_or_none()
    return (found.name_zh, found.name_en) if found else None


def find_provider_slug(session: Session, organisation: Organisation) -> str | None:
    """Return the provider that a vendor is in the catalogue: by its key, else by its short name."""
    return session.scalar(
        select(Provider.slug)
        .where(
            or_(
                Provider.organisation_id == organisation.id,
                and_(Provider.organisation_id.is_(None), Provider.slug == organisation.slug),
            )
        )
        .order_by(Provider.organisation_id.is_(None))
        .limit(1)
    )
