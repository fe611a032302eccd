"""
The one draft of a mixture, shared by its editors: read, edit, undo, redo.

Every change names the revision that it was made from. The row is locked, the revision compared,
and what somebody else changed meanwhile is never overwritten: the later one is told what that
was and by whom, and can put their own edit on top.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer
from app.errors import Conflict, StaleVersion
from app.mixtures import access, catalogue, draft_writing, loading
from app.mixtures import content as contents
from app.mixtures.content import Content
from app.mixtures.edits.results import Edit, Edited
from app.mixtures.facts import DatasetFacts
from app.mixtures.models import Draft, DraftEdit, DraftStep, Mixture, MixtureVersion
from app.mixtures.queries import drafts as draft_queries
from app.mixtures.views import MixtureView

# Steps back that are kept, and changes that the history lists.
MAX_STEPS = 50
MAX_EDITS = 200


class StaleDraft(StaleVersion):
    """
    Somebody else changed the draft since it was read. Carries both sides.

    Attributes
    ----------
    revision : int
        The draft's revision now.
    content : Content
        The draft now.
    edits : sequence of DraftEdit
        What was changed since, the newest first.
    """

    def __init__(self, draft: Draft, edits: Sequence[DraftEdit]) -> None:
        names = list(dict.fromkeys(edit.actor_name for edit in edits)) or [draft.edited_by_name]
        super().__init__(
            "%(who)s changed this draft since you opened it. Nothing is lost: look at what "
            "changed, then save yours on top.",
            who=", ".join(names[:3]),
        )
        self.revision = draft.revision
        self.content = contents.read(draft.content)
        self.edits = list(edits)


@dataclass
class Workbench:
    """A draft that is being edited, with what it comes to; computed once where it is needed."""

    session: Session
    content: Content
    viewer: Viewer
    computed: dict[int, MixtureView] = field(default_factory=dict)

    def view(self, phase: int = 0) -> MixtureView:
        """Return the draft, computed."""
        if phase not in self.computed:
            self.computed[phase] = loading.load_plan(
                self.session, self.content, self.viewer, phase=phase
            )
        return self.computed[phase]

    def facts(self, slugs: Sequence[str]) -> Mapping[str, DatasetFacts]:
        """Return what the catalogue knows of these datasets."""
        with_team = self.viewer.can(Permission.BROWSE_TEAM_CATALOGUE)
        return catalogue.load_facts(self.session, slugs, with_team=with_team)

    def with_content(self, content: Content) -> "Workbench":
        """Return the bench with another content on it."""
        if content == self.content:
            return self
        return Workbench(self.session, content, self.viewer)


@dataclass(frozen=True)
class Saved:
    """A draft after a change."""

    draft: Draft
    content: Content
    edited: Edited


@dataclass(frozen=True)
class Preview:
    """What an edit would make of a draft, computed before and after; nothing is saved."""

    edited: Edited
    before: MixtureView
    after: MixtureView


def edit_draft(
    session: Session, mixture: Mixture, edit: Edit, *, revision: int, viewer: Viewer
) -> Saved:
    """
    Apply an edit to the draft.

    Raises
    ------
    StaleDraft
        If the draft is not at `revision` any more.
    AppError
        What the edit refuses; then nothing is changed.
    """
    draft = _locked(session, mixture, revision=revision, viewer=viewer)
    before = contents.read(draft.content)
    edited = edit(Workbench(session, before, viewer))
    if edited.content == before:
        return Saved(draft, before, edited)
    _put(session, draft, edited, viewer=viewer)
    return Saved(draft, edited.content, edited)


def preview(session: Session, mixture: Mixture, edit: Edit, *, viewer: Viewer) -> Preview:
    """Return what an edit would do to the draft as it is."""
    access.require_edit(viewer, mixture)
    content = contents.read(draft_queries.get_draft(session, mixture.id).content)
    bench = Workbench(session, content, viewer)
    edited = edit(bench)
    phase = _phase_of(content, edited)
    return Preview(
        edited=edited,
        before=bench.view(phase),
        after=loading.load_plan(session, edited.content, viewer, phase=phase),
    )


def replace_content(
    session: Session,
    mixture: Mixture,
    content: Content,
    *,
    revision: int,
    viewer: Viewer,
    action: str = "replace",
) -> Saved:
    """
    Put a whole content in the draft's place: by the API, an imported text, a version.

    Raises
    ------
    StaleDraft
        If the draft is not at `revision` any more.
    """
    params = {"count": len(content.phases)}
    return edit_draft(
        session,
        mixture,
        lambda _bench: Edited(content, action, params),
        revision=revision,
        viewer=viewer,
    )


def revert(
    session: Session, mixture: Mixture, version: MixtureVersion, *, revision: int, viewer: Viewer
) -> Saved:
    """
    Put a version into the draft's place, and make it the one that the draft starts from.

    Raises
    ------
    StaleDraft
        If the draft is not at `revision` any more.
    """
    content = contents.read(version.content)
    saved = edit_draft(
        session,
        mixture,
        lambda _bench: Edited(content, "revert", {"number": version.number}),
        revision=revision,
        viewer=viewer,
    )
    saved.draft.base_version = version.number
    return saved


def undo(session: Session, mixture: Mixture, *, revision: int, viewer: Viewer) -> Saved:
    """
    Go back one step.

    Raises
    ------
    Conflict
        If there is none.
    StaleDraft
        If the draft is not at `revision` any more.
    """
    draft = _locked(session, mixture, revision=revision, viewer=viewer)
    step = session.get(DraftStep, (mixture.id, draft.position))
    if step is None:
        raise Conflict("There is nothing to undo.")
    return _swap(session, draft, step, step=-1, viewer=viewer)


def redo(session: Session, mixture: Mixture, *, revision: int, viewer: Viewer) -> Saved:
    """
    Go forward one step that was undone.

    Raises
    ------
    Conflict
        If there is none.
    StaleDraft
        If the draft is not at `revision` any more.
    """
    draft = _locked(session, mixture, revision=revision, viewer=viewer)
    step = session.get(DraftStep, (mixture.id, draft.position + 1))
    if step is None:
        raise Conflict("There is nothing to redo.")
    return _swap(session, draft, step, step=1, viewer=viewer)


@dataclass(frozen=True)
class Steps:
    """Whether the draft can go back and forward, and what that would take back or do again."""

    undo: tuple[str, dict[str, Any]] | None
    redo: tuple[str, dict[str, Any]] | None


def steps(session: Session, draft: Draft) -> Steps:
    """Return what undo and redo would do now."""
    found = draft_queries.find_steps(session, draft)
    return Steps(undo=found.get(draft.position), redo=found.get(draft.position + 1))


def _locked(session: Session, mixture: Mixture, *, revision: int, viewer: Viewer) -> Draft:
    access.require_edit(viewer, mixture)
    draft = draft_queries.get_draft(session, mixture.id, for_change=True)
    if draft.revision != revision:
        raise StaleDraft(draft, draft_queries.list_edits(session, mixture.id, since=revision))
    return draft


def _put(session: Session, draft: Draft, edited: Edited, *, viewer: Viewer) -> None:
    """Write a step and the new content; what was undone before cannot be redone any more."""
    values = _values(contents.to_json(edited.content), edited, viewer)
    draft_writing.write_step(session, draft, values, most_steps=MAX_STEPS)
    _forget(session, draft)


def _swap(session: Session, draft: Draft, found: DraftStep, *, step: int, viewer: Viewer) -> Saved:
    there = found.content
    content = contents.read(there)
    action = "undo" if step < 0 else "redo"
    edited = Edited(content, action, {"action": found.action, "params": found.params})
    draft_writing.write_swap(session, draft, _values(there, edited, viewer), step=step)
    session.expire(found)
    _forget(session, draft)
    return Saved(draft, content, edited)


def _values(content: dict[str, Any], edited: Edited, viewer: Viewer) -> dict[str, Any]:
    return {
        "content": content,
        "slugs": edited.content.datasets(),
        "action": edited.action,
        "params": edited.params,
        "actor_id": viewer.account_id,
        "actor_name": viewer.name,
    }


def _forget(session: Session, draft: Draft) -> None:
    if draft.revision % MAX_EDITS == 0:
        draft_queries.forget_edits(session, draft.mixture_id, before=draft.revision - MAX_EDITS)


def _phase_of(content: Content, edited: Edited) -> int:
    name = edited.params.get("phase")
    return next((i for i, phase in enumerate(content.phases) if phase.name == name), 0)
