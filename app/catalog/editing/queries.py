"""What editing reads: a dataset locked for a change, the closed lists, pages of its history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.audit import AuditEvent
from app.catalog import history, queries, reference
from app.catalog.editing.known import Known, KnownSource
from app.catalog.estimating import tables
from app.catalog.models.datasets import Dataset, Overlap
from app.catalog.models.providers import Provider
from app.catalog.models.sources import Source
from app.catalog.search import arrays, terms, vocabulary
from app.catalog.search.query import SearchRequest, parse_text
from app.catalog.search.service import search
from app.errors import NotFound

EVENTS_PER_PAGE = 50
# Of what a name finds: more than these say that the name is too short.
MOST_HITS = 8


def get_dataset(session: Session, slug: str) -> Dataset:
    """
    Return a dataset with all that people edit of it.

    Raises
    ------
    NotFound
        If there is none.
    """
    others = selectinload(Dataset.overlaps).joinedload(Overlap.other).load_only(Dataset.slug)
    return queries.get_dataset(session, slug, with_team=True, also=[others])


def lock_dataset(session: Session, slug: str) -> Dataset:
    """
    Return a dataset with all that belongs to it, for a change: others wait until this one ends.

    Raises
    ------
    NotFound
        If there is none.
    """
    session.expire_all()
    session.execute(select(Dataset.id).where(Dataset.slug == slug).with_for_update())
    return get_dataset(session, slug)


def lock_provider(session: Session, slug: str) -> Provider:
    """
    Return a provider for a change.

    Raises
    ------
    NotFound
        If there is none.
    """
    provider = session.scalar(
        select(Provider)
        .where(Provider.slug == slug)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if provider is None:
        raise NotFound("There is no provider %(slug)s.", slug=slug)
    return provider


def load_known(session: Session) -> Known:
    """Return the closed lists as they are now."""
    providers = session.execute(
        select(Provider.slug, Provider.name_zh, Provider.name_en, Provider.archived_at).order_by(
            Provider.name_en
        )
    ).all()
    sources = [
        KnownSource(row.code, row.text, row.grade)
        for row in session.execute(select(Source.code, Source.text, Source.grade))
    ]
    return Known(
        providers={row.slug: (row.name_zh, row.name_en) for row in providers},
        archived_providers=frozenset(row.slug for row in providers if row.archived_at),
        categories={
            category.code: (category.name_zh, category.name_en)
            for category in reference.list_categories(session)
        },
        tokenizers=reference.tokenizer_names(session),
        sources={source.code: source for source in sources},
        tables=tables.load(session),
        source_codes={source.text: source.code for source in sources},
    )


def with_datasets(session: Session, known: Known, slugs: Iterable[str]) -> Known:
    """Return the closed lists with the names of these datasets, as far as there are any."""
    missing = [slug for slug in dict.fromkeys(slugs) if slug not in known.datasets]
    if not missing:
        return known
    rows = session.execute(
        select(Dataset.slug, Dataset.name_zh, Dataset.name_en).where(
            arrays.is_one_of_words(Dataset.slug, missing)
        )
    )
    found = {row.slug: (row.name_zh, row.name_en) for row in rows}
    return replace(known, datasets={**known.datasets, **found})


def with_typed_datasets(session: Session, known: Known, typed: Iterable[str]) -> Known:
    """Return the closed lists with what was typed for datasets looked up: identifiers, or names."""
    texts = [text for text in dict.fromkeys(typed) if text]
    known = with_datasets(session, known, texts)
    hits = {text: _search(session, text) for text in texts if text not in known.datasets}
    known = with_datasets(session, known, (slug for found in hits.values() for slug in found))
    return replace(known, hits=hits)


def _search(session: Session, text: str) -> list[str]:
    """Return the datasets and subsets that a text finds, the nearest first."""
    request = SearchRequest(
        text=parse_text(text), include_subsets=True, sees_team=True, limit=MOST_HITS
    )
    found = queries.list_items(session, search(session, request).ids)
    return [dataset.slug for dataset in found] or _begin_with(session, text)


def _begin_with(session: Session, text: str) -> list[str]:
    """Return identifiers that begin as a text does: one of two letters is no word to search."""
    start = "-".join(terms.runs(text))
    if not start.isascii() or not start:
        return []
    statement = select(Dataset.slug).where(
        Dataset.slug >= start,
        Dataset.slug < start + vocabulary.AFTER_LETTERS,
        Dataset.archived_at.is_(None),
    )
    return list(session.scalars(statement.order_by(Dataset.slug).limit(MOST_HITS)))


def is_slug_taken(session: Session, slug: str) -> bool:
    """Whether a dataset, archived or not, has this slug."""
    return session.scalar(select(Dataset.id).where(Dataset.slug == slug)) is not None


def is_provider_slug_taken(session: Session, slug: str) -> bool:
    """Whether a provider, archived or not, has this slug."""
    return session.scalar(select(Provider.id).where(Provider.slug == slug)) is not None


def last_position(session: Session, parent_id: int | None) -> int:
    """Return the place of the last subset of a dataset, or of the last dataset."""
    condition = Dataset.parent_id.is_(None) if parent_id is None else Dataset.parent_id == parent_id
    found = session.scalar(
        select(Dataset.position).where(condition).order_by(Dataset.position.desc()).limit(1)
    )
    return found or 0


def dataset_ids_of_provider(session: Session, provider_id: int) -> Sequence[int]:
    """Return the ids of a provider's datasets and subsets, archived ones too."""
    return session.scalars(select(Dataset.id).where(Dataset.provider_id == provider_id)).all()


def has_active_datasets(session: Session, provider_id: int) -> bool:
    """Whether a provider has datasets that are not archived."""
    statement = select(Dataset.id).where(
        Dataset.provider_id == provider_id, Dataset.archived_at.is_(None)
    )
    return session.scalar(statement.limit(1)) is not None


def find_sources(session: Session, codes: Sequence[str]) -> dict[str, int]:
    """Return the ids of these sources by code."""
    rows = session.execute(
        select(Source.code, Source.id).where(arrays.is_one_of_words(Source.code, codes))
    )
    return {row.code: row.id for row in rows}


@dataclass(frozen=True)
class EventsPage:
    """Some changes of one object, newest first, and the id that the next page starts below."""

    events: list[AuditEvent]
    next_below: int | None


def list_events(
    session: Session,
    object_type: str,
    object_id: str,
    *,
    with_team: bool,
    below: int | None = None,
    limit: int = EVENTS_PER_PAGE,
) -> EventsPage:
    """Return one page of the changes of one object, newest first, as far as one may know them."""
    statement = (
        select(AuditEvent)
        .where(AuditEvent.object_type == object_type, AuditEvent.object_id == object_id)
        .order_by(AuditEvent.id.desc())
        .limit(limit + 1)
    )
    if below is not None:
        statement = statement.where(AuditEvent.id < below)
    events = list(session.scalars(statement))
    shown = events[:limit]
    if not with_team:
        history.hide_datasets(session, shown)
    return EventsPage(shown, shown[-1].id if len(events) > limit else None)


def list_events_since(session: Session, object_id: str, event_id: int) -> list[AuditEvent]:
    """
    Return the changes of a dataset down to one of them, newest first, that one last.

    Raises
    ------
    NotFound
        If it is no change of this dataset.
    """
    events = list(
        session.scalars(
            select(AuditEvent)
            .where(
                AuditEvent.object_type == "dataset",
                AuditEvent.object_id == object_id,
                AuditEvent.id >= event_id,
            )
            .order_by(AuditEvent.id.desc())
        )
    )
    if not events or events[-1].id != event_id:
        raise NotFound("The dataset has no such change.")
    return events


def last_edit(session: Session, object_id: str) -> AuditEvent | None:
    """Return the newest change of a dataset that is not only a derived estimate."""
    return session.scalar(
        select(AuditEvent)
        .where(
            AuditEvent.object_type == "dataset",
            AuditEvent.object_id == object_id,
            AuditEvent.action != "estimate",
        )
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )
