"""
What people do to datasets: add, change, archive, restore, bring back an earlier state.

Each writes one event and derives what follows, in the caller's transaction. Whoever changes says
which revision they saw: by then somebody else may have changed it.
"""

from dataclasses import dataclass

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import audit
from app.catalog.editing import draft as drafts
from app.catalog.editing import licence_terms, providers, queries, slugs, validation, writing
from app.catalog.editing.content import (
    ESTIMATES,
    HIDDEN,
    KINDS,
    OVERLAPS,
    Content,
    Json,
    Row,
    content_of,
    copy_of,
    difference,
    empty_content,
    undo,
)
from app.catalog.editing.draft import Draft
from app.catalog.editing.known import Known
from app.catalog.editing.three_way import Merge, merge
from app.catalog.loading.lookups import Lookups
from app.catalog.models.datasets import Dataset
from app.errors import Conflict, InvalidInput, StaleVersion

OBJECT_TYPE = "dataset"


class Refused(InvalidInput):
    """A draft that cannot be saved, with everything that is wrong with it."""

    def __init__(self, problems: list[validation.Problem]) -> None:
        super().__init__(problems[0].sentence, field=problems[0].path)
        self.problems = problems


class ChangedMeanwhile(StaleVersion):
    """Somebody else changed the dataset since the draft was begun; carries all three sides."""

    def __init__(self, found: Merge, revision: int) -> None:
        super().__init__(
            "Somebody else changed this dataset since you opened it, so nothing was saved yet."
        )
        self.found = found
        self.revision = revision


@dataclass(frozen=True, slots=True)
class Restoration:
    """An earlier state of a dataset, and what bringing it back would change."""

    draft: Draft
    before: Json
    after: Json
    is_complete: bool


def create_dataset(
    session: Session,
    draft: Draft,
    *,
    slug: str,
    known: Known,
    actor: audit.Actor,
    parent: Dataset | None = None,
) -> str:
    """
    Add a dataset, or a subset of `parent`, and return its slug.

    An empty `slug` takes one from the English name; a subset's is `parent/child` already.

    Raises
    ------
    Refused
        If something is wrong with the draft.
    Conflict
        If the parent is archived, or is a subset itself.
    """
    prefix = ""
    if parent is not None:
        _refuse_parent(parent)
        prefix = f"{parent.slug}/"
    others = [row["other"] for row in draft.content[OVERLAPS].values()]
    known = queries.with_datasets(session, known, others)
    found = validation.problems(draft, known)
    if not slug:
        slug = slugs.propose_free(
            draft.content["name_en"], lambda one: queries.is_slug_taken(session, one), prefix=prefix
        )
    found += _slug_problems(session, slug, prefix)
    if found:
        raise Refused(found)
    licence_terms.settle(empty_content(), draft.content, known)
    _add_provider(session, draft, actor=actor)
    writing.ensure_sources(session, draft.sources)
    dataset_id = _insert(session, slug, parent, draft.content, actor=actor)
    return _finish(session, dataset_id, slug, actor=actor)


def change_dataset(
    session: Session,
    dataset: Dataset,
    draft: Draft,
    *,
    known: Known,
    actor: audit.Actor,
    base: Content | None = None,
    revision: int | None = None,
) -> bool:
    """
    Change a dataset that `queries.lock_dataset` loaded; return whether anything changed.

    `base` is what the draft was made from. A content that is still the same is no conflict,
    even where the revision moved, as it does when an estimate is derived again.

    Raises
    ------
    ChangedMeanwhile
        If somebody else changed it since `base`, or since `revision` where there is no base.
    Refused
        If something is wrong with the draft.
    Conflict
        If it is archived.
    """
    refuse_archived(dataset)
    now = content_of(dataset)
    _take_hidden(now, draft.content)
    is_stale = revision is not None and revision != dataset.revision
    if is_stale and base != now:
        # Without the base every difference is a collision: nothing is lost, more is asked.
        start = base or unknown_base(now, draft.content)
        raise ChangedMeanwhile(merge(start, now, draft.content), dataset.revision)
    return save(session, dataset, now, draft, known=known, actor=actor)


def save(
    session: Session,
    dataset: Dataset,
    now: Content,
    draft: Draft,
    *,
    known: Known,
    actor: audit.Actor,
    action: str = "edited",
    is_restored: bool = False,
) -> bool:
    """Check a draft and write it; return whether anything changed."""
    others = [row["other"] for row in draft.content[OVERLAPS].values()]
    known = queries.with_datasets(session, known, others)
    found = validation.problems(draft, known, before=now, slug=dataset.slug)
    if found:
        raise Refused(found)
    if not is_restored:
        licence_terms.settle(now, draft.content, known)
    if difference(now, draft.content) == ({}, {}):
        return False
    _add_provider(session, draft, actor=actor)
    writing.ensure_sources(session, draft.sources)
    dataset_id, slug = dataset.id, dataset.slug
    before, after = writing.write_content(session, dataset_id, now, draft.content, actor=actor)
    _record(session, dataset_id, action, before, after, actor=actor)
    _finish(session, dataset_id, slug, actor=actor)
    return True


def archive_dataset(session: Session, dataset: Dataset, *, actor: audit.Actor) -> None:
    """
    Take a dataset out of the catalogue, its subsets with it; its page and history stay.

    Raises
    ------
    Conflict
        If it is archived already.
    """
    if dataset.archived_at is not None:
        raise Conflict("This dataset is archived already.")
    _set_archived(session, dataset, is_archived=True, actor=actor)


def restore_dataset(session: Session, dataset: Dataset, *, actor: audit.Actor) -> None:
    """
    Put an archived dataset back into the catalogue.

    Raises
    ------
    Conflict
        If it is not archived, or its parent is.
    """
    if dataset.archived_at is None:
        raise Conflict("This dataset is not archived.")
    if dataset.parent is not None and dataset.parent.archived_at is not None:
        raise Conflict("The dataset that this is a part of is archived. Restore that one first.")
    _set_archived(session, dataset, is_archived=False, actor=actor)


def earlier_state(session: Session, dataset: Dataset, event_id: int) -> Restoration:
    """
    Return a dataset as it was right after a change, and what bringing it back would change.

    Raises
    ------
    NotFound
        If it is no change of this dataset.
    """
    now = content_of(dataset)
    content, is_complete = now, True
    for event in queries.list_events_since(session, str(dataset.id), event_id)[:-1]:
        content, whole = undo(content, event.before or {}, event.after or {})
        is_complete = is_complete and whole
    before, after = difference(now, content)
    return Restoration(Draft(copy_of(content)), before, after, is_complete)


def restore_state(
    session: Session, dataset: Dataset, event_id: int, *, known: Known, actor: audit.Actor
) -> bool:
    """Bring an earlier state of a dataset back, as a change of its own."""
    refuse_archived(dataset)
    earlier = earlier_state(session, dataset, event_id)
    return save(
        session,
        dataset,
        content_of(dataset),
        earlier.draft,
        known=known,
        actor=actor,
        action="state_restored",
        is_restored=True,
    )


def refuse_archived(dataset: Dataset) -> None:
    """
    Refuse to change what is archived.

    Raises
    ------
    Conflict
        If it is.
    """
    if dataset.archived_at is not None:
        raise Conflict("This dataset is archived. Restore it first, then change it.")


def _refuse_parent(parent: Dataset) -> None:
    if parent.archived_at is not None:
        raise Conflict("The dataset that this is a part of is archived. Restore that one first.")
    if parent.parent_id is not None:
        raise Conflict("A subset has no subsets of its own.")


def _slug_problems(session: Session, slug: str, prefix: str) -> list[validation.Problem]:
    if not slug:
        return [validation.Problem("slug", slugs.needed())]
    if not slug.startswith(prefix) or not slugs.is_slug(slug[len(prefix) :]):
        return [validation.Problem("slug", slugs.wrong())]
    if queries.is_slug_taken(session, slug):
        return [validation.Problem("slug", slugs.taken(slug))]
    return []


def _add_provider(session: Session, draft: Draft, *, actor: audit.Actor) -> None:
    new = draft.provider
    if new is not None and new.slug == draft.content["provider"]:
        providers.add_provider(
            session,
            providers.ProviderValues(
                name_zh=new.name_zh, name_en=new.name_en, homepage=new.homepage
            ),
            slug=new.slug,
            actor=actor,
        )


def _insert(
    session: Session, slug: str, parent: Dataset | None, content: Content, *, actor: audit.Actor
) -> int:
    """Insert the row of a dataset, then all that its content says; return its id."""
    lookups, parent_id = Lookups.load(session), parent.id if parent else None
    dataset = Dataset(
        slug=slug,
        parent_id=parent_id,
        position=queries.last_position(session, parent_id) + 1,
        name_zh=content["name_zh"],
        name_en=content["name_en"],
        provider_id=lookups.provider_id(content["provider"]),
        category_id=lookups.category_id(content["category"]),
        modality=content["modality"],
        revision=0,
    )
    try:
        with session.begin_nested():
            session.add(dataset)
            session.flush()
    except IntegrityError as error:
        if "uq_dataset_slug" not in str(error.orig):
            raise
        raise Refused([validation.Problem("slug", slugs.taken(slug))]) from None
    dataset_id = dataset.id
    _, after = writing.write_content(session, dataset_id, empty_content(), content, actor=actor)
    _record(session, dataset_id, "created", {}, after, actor=actor)
    return dataset_id


def _set_archived(
    session: Session, dataset: Dataset, *, is_archived: bool, actor: audit.Actor
) -> None:
    dataset_id, slug = dataset.id, dataset.slug
    dataset.archived_at = func.clock_timestamp() if is_archived else None
    dataset.revision += 1
    dataset.updated_at = func.clock_timestamp()
    session.flush()
    _record(
        session,
        dataset_id,
        "archived" if is_archived else "restored",
        {"is_archived": not is_archived},
        {"is_archived": is_archived},
        actor=actor,
    )
    _finish(session, dataset_id, slug, actor=actor)


def _record(
    session: Session,
    dataset_id: int,
    action: str,
    before: Json,
    after: Json,
    *,
    actor: audit.Actor,
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        object_type=OBJECT_TYPE,
        object_id=str(dataset_id),
        before=before or None,
        after=after or None,
    )


def _finish(session: Session, dataset_id: int, slug: str, *, actor: audit.Actor) -> str:
    session.flush()
    writing.follow_up(session, [dataset_id], actor=actor)
    return slug


def _take_hidden(now: Content, wanted: Content) -> None:
    """Keep what nobody types as it is stored, whatever a form brought back."""
    for kind in KINDS:
        for key, row in wanted[kind].items():
            stored = now[kind].get(key)
            for name in HIDDEN:
                if name in row:
                    row[name] = stored[name] if stored else None
            if stored and kind == ESTIMATES and _counts(row) != _counts(stored):
                # The factors are those of the count that was.
                row["rule"] = None
    wanted["modality_basis"] = (
        now["modality_basis"] if wanted["modality"] == now["modality"] else None
    )


def _counts(row: Row) -> tuple[object, ...]:
    return row["low"], row["mid"], row["high"]


def unknown_base(now: Content, mine: Content) -> Content:
    """Return a start from which both sides differ wherever they differ from each other."""
    base = copy_of(now)
    for name, value in now.items():
        if name not in KINDS and value != mine[name]:
            base[name] = drafts.UNKNOWN
    for kind in KINDS:
        for key in {*now[kind], *mine[kind]}:
            if key.isdecimal() and now[kind].get(key) != mine[kind].get(key):
                base[kind][key] = dict.fromkeys(
                    now[kind].get(key) or mine[kind].get(key) or {}, drafts.UNKNOWN
                )
    return base
