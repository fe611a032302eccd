"""Keep the search rows of datasets as the catalogue has them, in the writer's own transaction."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import case, delete, select, text
from sqlalchemy.orm import Session, aliased

from app.catalog.loading import bulk
from app.catalog.models.datasets import Dataset, Visibility
from app.catalog.search import arrays, bands, documents, facets, tallies, terms, vocabulary
from app.catalog.search.documents import Document
from app.catalog.search.models import DatasetSearch

BATCH = 2_000
COLUMNS = (
    "dataset_id",
    "parent_id",
    "tokens",
    "updated_at",
    "is_public",
    "sample",
    "facets",
    "name_zh",
    "name_en",
    "terms",
    "names",
    "body",
)


def index_datasets(session: Session, dataset_ids: Sequence[int]) -> None:
    """
    Bring the search rows of these datasets up to date: new, changed, archived or deleted.

    Call it in the transaction that changes them, after the change. Subsets follow by
    themselves when their parent is archived or hidden. A renamed provider or a moved category
    needs all its datasets here. Writers queue: one waits until the other's transaction ends.
    """
    if not dataset_ids:
        return
    tallies.lock_for_writing(session)
    wanted = sorted(set(dataset_ids) | set(_affected_subsets(session, dataset_ids)))
    for start in range(0, len(wanted), BATCH):
        _index_batch(session, wanted[start : start + BATCH])
    _merge_pending(session)


def remove(session: Session, dataset_ids: Sequence[int]) -> None:
    """Take datasets out of search; one that is deleted goes by itself."""
    tallies.lock_for_writing(session)
    session.execute(
        delete(DatasetSearch).where(arrays.is_one_of(DatasetSearch.dataset_id, dataset_ids))
    )


def rebuild(session: Session) -> None:
    """Index the whole catalogue anew: after a restore into another version, or a doubt."""
    tallies.lock_for_writing(session)
    with counting_once(session):
        session.execute(delete(DatasetSearch))
        wanted = session.scalars(select(Dataset.id).order_by(Dataset.id)).all()
        for start in range(0, len(wanted), BATCH):
            _index_batch(session, wanted[start : start + BATCH])
            _merge_pending(session)


@contextmanager
def counting_once(session: Session) -> Iterator[None]:
    """Count facets once at the end of a load of very many datasets, not after each batch."""
    tallies.defer(session)
    yield
    tallies.recount(session)


def _affected_subsets(session: Session, parent_ids: Sequence[int]) -> Sequence[int]:
    """Return the subsets whose row is no longer right, because a parent was hidden or shown."""
    parent = aliased(Dataset)
    is_public = (Dataset.visibility == Visibility.PUBLIC) & (parent.visibility == Visibility.PUBLIC)
    is_archived = Dataset.archived_at.is_not(None) | parent.archived_at.is_not(None)
    return session.scalars(
        select(Dataset.id)
        .join(parent, parent.id == Dataset.parent_id)
        .outerjoin(DatasetSearch, DatasetSearch.dataset_id == Dataset.id)
        .where(
            arrays.is_one_of(Dataset.parent_id, parent_ids),
            DatasetSearch.is_public.is_distinct_from(case((is_archived, None), else_=is_public)),
        )
    ).all()


def _index_batch(session: Session, dataset_ids: Sequence[int]) -> None:
    found = documents.read(session, dataset_ids)
    value_ids = facets.number_values(session, {one for each in found for one in each.values})
    word_ids = vocabulary.number_words(
        session, terms.words(text for each in found for text in (each.names, each.body))
    )
    session.execute(
        delete(DatasetSearch).where(arrays.is_one_of(DatasetSearch.dataset_id, dataset_ids))
    )
    rows = (_row(each, [value_ids[one] for one in each.values], word_ids) for each in found)
    bulk.copy_rows(session, DatasetSearch, COLUMNS, rows)


def _row(document: Document, value_ids: list[int], word_ids: dict[str, int]) -> tuple[object, ...]:
    tokens = -1 if document.tokens is None else document.tokens
    numbers = terms.document_terms(document.names, document.body, word_ids)
    numbers |= {terms.facet(value_id) for value_id in value_ids}
    numbers.add(terms.band(bands.number(tokens)))
    return (
        document.dataset_id,
        document.parent_id,
        tokens,
        document.updated_at,
        document.is_public,
        documents.sample(document.dataset_id),
        _array(sorted(value_ids)),
        document.name_zh,
        document.name_en,
        _array(sorted(numbers)),
        document.names,
        document.body,
    )


def _array(numbers: list[int]) -> str:
    """Return an array as COPY reads it."""
    return "{" + ",".join(map(str, numbers)) + "}"


def _merge_pending(session: Session) -> None:
    """Merge what was written into the term indexes, so that searches need not read it apart."""
    session.execute(
        text(
            "SELECT gin_clean_pending_list('ix_dataset_search_terms'),"
            " gin_clean_pending_list('ix_dataset_search_sample_terms'),"
            " gin_clean_pending_list('ix_dataset_search_small_sample_terms')"
        )
    )
