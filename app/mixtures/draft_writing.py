"""
Write one edit of a draft in one statement: its step, its line of history, its new content.

The content before the edit is copied inside the database, so a large draft travels once.
"""

from typing import Any

from pydantic_core import to_json
from sqlalchemy import BigInteger, Integer, String, TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from app.mixtures.models import Draft

_STEP = """
    dropped AS (
        DELETE FROM mixture_draft_step
        WHERE mixture_id = :mixture_id
          AND (position > :position OR position <= :position - :most_steps)
    ),
    stepped AS (
        INSERT INTO mixture_draft_step (mixture_id, position, content, action, params)
        SELECT mixture_id, :position, content, :action, :params
        FROM mixture_draft WHERE mixture_id = :mixture_id
        ON CONFLICT (mixture_id, position) DO UPDATE
        SET content = excluded.content, action = excluded.action, params = excluded.params
    ),
"""
# Undo and redo swap the step's content with the draft's.
_SWAP = """
    stepped AS (
        UPDATE mixture_draft_step AS step SET content = draft.content
        FROM mixture_draft AS draft
        WHERE step.mixture_id = :mixture_id AND step.position = :step_position
          AND draft.mixture_id = :mixture_id
    ),
"""
_REST = """
    noted AS (
        INSERT INTO mixture_draft_edit (mixture_id, revision, action, params, actor_id, actor_name)
        VALUES (:mixture_id, :revision, :action, :params, :actor_id, :actor_name)
    ),
    touched AS (UPDATE mixture SET updated_at = clock_timestamp() WHERE id = :mixture_id)
    UPDATE mixture_draft
    SET content = CAST(:content AS jsonb), dataset_slugs = :slugs, revision = :revision,
        position = :position, edited_by_name = :actor_name, edited_at = clock_timestamp()
    WHERE mixture_id = :mixture_id
    RETURNING edited_at
"""
_TYPES = (
    bindparam("mixture_id", type_=Integer),
    bindparam("position", type_=BigInteger),
    bindparam("revision", type_=BigInteger),
    bindparam("action", type_=String),
    bindparam("params", type_=JSONB),
    bindparam("content", type_=TEXT),
    bindparam("slugs", type_=ARRAY(TEXT)),
    bindparam("actor_id", type_=Integer),
    bindparam("actor_name", type_=String),
)
_WRITE_STEP = text(f"WITH {_STEP}{_REST}").bindparams(
    *_TYPES, bindparam("most_steps", type_=Integer)
)
_WRITE_SWAP = text(f"WITH {_SWAP}{_REST}").bindparams(
    *_TYPES, bindparam("step_position", type_=BigInteger)
)


def write_step(session: Session, draft: Draft, values: dict[str, Any], *, most_steps: int) -> None:
    """Put a new content into the draft, and the one before into a step."""
    moved = values | {"position": draft.position + 1}
    _write(session, draft, _WRITE_STEP, moved | {"most_steps": most_steps}, moved)


def write_swap(session: Session, draft: Draft, values: dict[str, Any], *, step: int) -> None:
    """Put a step's content into the draft and the draft's into the step; `step` is 1 or -1."""
    moved = values | {"position": draft.position + step}
    place = draft.position if step < 0 else draft.position + 1
    _write(session, draft, _WRITE_SWAP, moved | {"step_position": place}, moved)


def _write(
    session: Session,
    draft: Draft,
    statement: TextClause,
    bound: dict[str, Any],
    values: dict[str, Any],
) -> None:
    revision = draft.revision + 1
    keys: dict[str, Any] = {"mixture_id": draft.mixture_id, "revision": revision}
    # Written by the library that reads it: a large draft takes the standard one five times as long.
    keys["content"] = to_json(values["content"]).decode()
    edited_at = session.execute(statement, bound | keys).scalar_one()
    # The row is as it was just written: reading it back would bring the whole content again.
    for name, value in (
        ("content", values["content"]),
        ("dataset_slugs", values["slugs"]),
        ("revision", revision),
        ("position", values["position"]),
        ("edited_by_name", values["actor_name"]),
        ("edited_at", edited_at),
    ):
        set_committed_value(draft, name, value)
