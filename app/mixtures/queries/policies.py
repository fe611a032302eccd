"""The policies of the team, as rows and as values, and what they can be about."""

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.catalog.models.datasets import Category, Dataset
from app.catalog.models.providers import Provider
from app.catalog.words.labels import Label
from app.errors import NotFound
from app.mixtures.content import Tag
from app.mixtures.models import Policy, PolicyKind
from app.mixtures.policies import Rule


def list_policies(session: Session) -> list[Policy]:
    """Return the policies of the team in the order in which they were made."""
    return list(session.scalars(select(Policy).order_by(Policy.id)))


def list_rules(session: Session) -> list[Rule]:
    """Return the policies as values, those about a category or a provider with its names."""
    rows = session.execute(
        select(
            Policy.kind,
            Policy.bound,
            Policy.tag,
            Policy.value,
            Policy.id,
            func.coalesce(Category.name_zh, Provider.short_name_zh).label("zh"),
            func.coalesce(Category.name_en, Provider.short_name_en).label("en"),
        )
        .outerjoin(Category, and_(Policy.tag == Tag.CATEGORY, Category.code == Policy.value))
        .outerjoin(Provider, and_(Policy.tag == Tag.PROVIDER, Provider.slug == Policy.value))
        .order_by(Policy.id)
    )
    return [
        Rule(
            PolicyKind(row.kind),
            row.bound,
            row.tag,
            row.value,
            row.id,
            (row.zh, row.en) if row.zh else None,
        )
        for row in rows
    ]


def get_policy(session: Session, policy_id: int) -> Policy:
    """
    Return a policy.

    Raises
    ------
    NotFound
        If there is none.
    """
    policy = session.get(Policy, policy_id)
    if policy is None:
        raise NotFound("There is no such policy.")
    return policy


def name_categories(session: Session) -> dict[str, Label]:
    """Return what the categories are called, by their codes, parents before their children."""
    rows = session.execute(
        select(Category.code, Category.name_zh, Category.name_en).order_by(
            Category.position, Category.id
        )
    )
    return {code: Label(zh, en) for code, zh, en in rows}


def name_providers(session: Session) -> dict[str, Label]:
    """Return what the providers are called, by their slugs."""
    rows = session.execute(
        select(Provider.slug, Provider.short_name_zh, Provider.short_name_en)
        .where(Provider.archived_at.is_(None))
        .order_by(Provider.slug)
    )
    return {slug: Label(zh, en) for slug, zh, en in rows}


def list_languages(session: Session) -> list[str]:
    """Return the tags of the languages that some data are in, the most frequent first."""
    tag = func.unnest(Dataset.languages).label("tag")
    found = select(tag).where(Dataset.archived_at.is_(None)).subquery()
    return list(
        session.scalars(
            select(found.c.tag).group_by(found.c.tag).order_by(func.count().desc(), found.c.tag)
        )
    )
