"""Drafts, the steps of undo and redo, and who made which change."""

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.mixtures.models import (
    Draft,
    DraftEdit,
    DraftStep,
)


def get_draft(session: Session, mixture_id: int, *, for_change: bool = False) -> Draft:
    """Return the draft of a mixture, locked until the end of the transaction if asked."""
    statement = select(Draft).where(Draft.mixture_id == mixture_id)
    if for_change:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalars(statement).one()


def list_edits(
    session: Session, mixture_id: int, *, since: int, limit: int = 50
) -> list[DraftEdit]:
    """Return the changes of a draft after a revision, the newest first."""
    return list(
        session.scalars(
            select(DraftEdit)
            .where(DraftEdit.mixture_id == mixture_id, DraftEdit.revision > since)
            .order_by(DraftEdit.revision.desc())
            .limit(limit)
        )
    )


def find_edit(session: Session, mixture_id: int, revision: int) -> DraftEdit | None:
    """Return the change that made a revision of a draft; None where it is forgotten."""
    return session.get(DraftEdit, (mixture_id, revision))


def forget_edits(session: Session, mixture_id: int, *, before: int) -> None:
    """Drop the oldest lines of a draft's history."""
    session.execute(
        delete(DraftEdit).where(DraftEdit.mixture_id == mixture_id, DraftEdit.revision < before)
    )


def find_steps(session: Session, draft: Draft) -> dict[int, tuple[str, dict[str, Any]]]:
    """Return the steps on either side of the draft's position, without their contents."""
    rows = session.execute(
        select(DraftStep.position, DraftStep.action, DraftStep.params).where(
            DraftStep.mixture_id == draft.mixture_id,
            DraftStep.position.in_((draft.position, draft.position + 1)),
        )
    )
    return {row.position: (row.action, row.params) for row in rows}


def find_step_content(session: Session, mixture_id: int, position: int) -> dict[str, Any] | None:
    """Return the content on the other side of a step."""
    return session.scalar(
        select(DraftStep.content).where(
            DraftStep.mixture_id == mixture_id, DraftStep.position == position
        )
    )
