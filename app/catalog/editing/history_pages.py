"""What the pages of a dataset's past show: all its changes, an earlier state, archiving."""

from dataclasses import dataclass
from datetime import datetime

from app.audit import AuditEvent, actor_label
from app.catalog.editing import diffs
from app.catalog.editing.content import FIELDS, KINDS
from app.catalog.editing.diffs import Change, Names
from app.catalog.editing.pages import crumbs_of
from app.catalog.editing.queries import EventsPage
from app.catalog.editing.service import Restoration
from app.catalog.models.datasets import Dataset
from app.catalog.pages import parts
from app.catalog.pages.history import action_word
from app.web.i18n import gettext as _
from app.web.paging import encode_cursor


@dataclass(frozen=True)
class EventView:
    """One change: when, who, what, and each field before and after."""

    at: datetime
    who: str
    what: str
    changes: list[Change]
    restore_href: str | None


@dataclass(frozen=True)
class HistoryPage:
    """Everything that templates/catalog/edit/history.html shows."""

    title: str
    crumbs: list[tuple[str, str | None]]
    show_href: str
    events: list[EventView]
    next_href: str | None
    is_first_page: bool
    first_href: str


@dataclass(frozen=True)
class RestorePage:
    """Everything that templates/catalog/edit/restore.html shows."""

    title: str
    crumbs: list[tuple[str, str | None]]
    action: str
    history_href: str
    at: datetime
    who: str
    event_id: int
    revision: int
    changes: list[Change]
    is_complete: bool
    problem: str


@dataclass(frozen=True)
class ArchivePage:
    """Everything that templates/catalog/edit/archive.html shows."""

    title: str
    crumbs: list[tuple[str, str | None]]
    action: str
    show_href: str
    revision: int
    is_archived: bool
    subset_count: int


def history_page(
    dataset: Dataset, found: EventsPage, names: Names, *, is_first_page: bool, can_restore: bool
) -> HistoryPage:
    """Return one page of the changes of a dataset."""
    address = f"/catalogue/{dataset.slug}/history"
    newest = found.events[0].id if found.events and is_first_page else None
    return HistoryPage(
        title=_("History: %(name)s", name=parts.dataset_name(dataset).text),
        crumbs=crumbs_of(dataset, _("History")),
        show_href=f"/catalogue/{dataset.slug}",
        events=[
            EventView(
                at=event.at,
                who=actor_label(event),
                what=action_word(event.action),
                changes=diffs.changes(event.before or {}, event.after or {}, names),
                restore_href=f"/edit/restore/{dataset.slug}?event={event.id}"
                if can_restore and event.id != newest and is_state(event)
                else None,
            )
            for event in found.events
        ],
        next_href=f"{address}?cursor={encode_cursor([found.next_below])}"
        if found.next_below
        else None,
        is_first_page=is_first_page,
        first_href=address,
    )


def is_state(event: AuditEvent) -> bool:
    """Whether a change is of what people edit: an estimate follows by itself."""
    if event.action == "created":
        return True
    touched = {*(event.before or {}), *(event.after or {})}
    return bool(touched & {*FIELDS, *KINDS}) or event.action.startswith("unit_")


def restore_page(
    dataset: Dataset,
    event: AuditEvent,
    earlier: Restoration,
    names: Names,
    *,
    problem: str,
) -> RestorePage:
    """Return the page that shows what bringing an earlier state back would change."""
    return RestorePage(
        title=_("Bring back an earlier state: %(name)s", name=parts.dataset_name(dataset).text),
        crumbs=crumbs_of(dataset, _("Earlier state")),
        action=f"/edit/restore/{dataset.slug}",
        history_href=f"/catalogue/{dataset.slug}/history",
        at=event.at,
        who=actor_label(event),
        event_id=event.id,
        revision=dataset.revision,
        changes=diffs.changes(earlier.before, earlier.after, names),
        is_complete=earlier.is_complete,
        problem=problem,
    )


def archive_page(dataset: Dataset, *, subset_count: int) -> ArchivePage:
    """Return the page that asks whether to archive or restore a dataset."""
    name = parts.dataset_name(dataset).text
    is_archived = dataset.archived_at is not None
    title = _("Restore: %(name)s", name=name) if is_archived else _("Archive: %(name)s", name=name)
    return ArchivePage(
        title=title,
        crumbs=crumbs_of(dataset, _("Restore") if is_archived else _("Archive")),
        action=f"/edit/archive/{dataset.slug}",
        show_href=f"/catalogue/{dataset.slug}",
        revision=dataset.revision,
        is_archived=is_archived,
        subset_count=subset_count,
    )
