"""What the composer says about edits: what was just done, what somebody else did meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer
from app.errors import AppError
from app.mixtures import content as contents
from app.mixtures import drafts
from app.mixtures.content import Content
from app.mixtures.drafts import StaleDraft
from app.mixtures.edits import results
from app.mixtures.edits.results import Edit, Edited
from app.mixtures.facts import DatasetFacts
from app.mixtures.models import Draft, DraftEdit
from app.mixtures.queries import drafts as draft_queries
from app.mixtures.words import edits as words
from app.web.errors import sentence
from app.web.i18n import gettext as _
from app.web.i18n import joined

Facts = Mapping[str, DatasetFacts]
MOST_NAMED = 8


@dataclass(frozen=True)
class Done:
    """An edit that was just saved: what it did, what else moved, what there is to know."""

    text: str
    moved: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Theirs:
    """A change that somebody else made."""

    who: str
    at: datetime
    text: str


@dataclass(frozen=True)
class Collision:
    """
    Two people's changes: theirs, which are in the draft, and mine, which waits.

    `fields` send mine again; nothing where it cannot be put on top, for `problem`.
    """

    who: str
    theirs: list[Theirs]
    mine: str
    fields: list[tuple[str, str]]
    problem: str | None


def done_of(edited: Edited, facts: Facts) -> Done:
    """Return what an edit did."""
    params = edited.params
    notes = list(edited.notes)
    missing = params.get("missing", [])
    if missing:
        notes.append(
            _(
                "%(n)s lines of the recipe have no counterpart in the catalogue: %(names)s.",
                n=len(missing),
                names=joined(missing[:MOST_NAMED]) + (" …" if len(missing) > MOST_NAMED else ""),
            )
        )
    return Done(
        text=words.edit(edited.action, params, facts),
        moved=words.moved(edited.moved, params.get("dataset"), facts),
        notes=tuple(notes),
    )


def find_done(session: Session, draft: Draft, content: Content, facts: Facts) -> Done | None:
    """Return what the last edit of a draft did, for the page that follows a form."""
    edit = draft_queries.find_edit(session, draft.mixture_id, draft.revision)
    if edit is None:
        return None
    moved: tuple[results.Moved, ...] = ()
    if edit.action not in {"undo", "redo"} and "phase" in edit.params:
        before = draft_queries.find_step_content(session, draft.mixture_id, draft.position)
        moved = _moved(before, content, edit.params["phase"])
    return done_of(Edited(content, edit.action, edit.params, moved), facts)


def _moved(before: dict[str, Any] | None, after: Content, phase: str) -> tuple[results.Moved, ...]:
    if before is None:
        return ()
    old = next((one for one in contents.read(before).phases if one.name == phase), None)
    new = next((one for one in after.phases if one.name == phase), None)
    return results.moved(old, new) if old is not None and new is not None else ()


def conflict_of(
    session: Session,
    error: StaleDraft,
    edit: Edit | None,
    *,
    fields: Sequence[tuple[str, str]],
    facts: Facts,
    viewer: Viewer,
) -> Collision:
    """Return both sides of a change that came too late; `edit` None has nothing to put on top."""
    mine, problem = "", None
    if edit is not None:
        try:
            edited = edit(drafts.Workbench(session, error.content, viewer))
            mine = words.edit(edited.action, edited.params, facts)
            if edited.content == error.content:
                problem = _("The draft says the same already.")
        except AppError as refused:
            problem = sentence(refused)
    return Collision(
        who=joined(dict.fromkeys(one.actor_name for one in error.edits)),
        theirs=theirs_of(error.edits, facts),
        mine=mine,
        fields=[] if problem or edit is None else list(fields),
        problem=problem,
    )


def theirs_of(edits: Sequence[DraftEdit], facts: Facts) -> list[Theirs]:
    """Return changes of a draft with who made them, in words."""
    return [
        Theirs(one.actor_name, one.at, words.edit(one.action, one.params, facts)) for one in edits
    ]
