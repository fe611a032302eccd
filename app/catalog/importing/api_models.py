"""Imports as the API states them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from app.catalog.importing import findings, service
from app.catalog.importing.models import Import, ImportRow, Outcome
from app.catalog.importing.pages import problem_of, stage_of
from app.jobs.models import Job

Stage = Literal["working", "failed", "preview", "applied", "undone"]


class FindingOut(BaseModel):
    """Something that was noticed, in the reader's language; an `error` keeps its row out."""

    severity: Literal["error", "warning", "info"]
    code: str
    message: str
    remedy: str
    row: int | None
    column: str | None


class RepeatOut(FindingOut):
    """A finding that many rows have; `row` is the first of them."""

    rows: int = Field(description="How many rows have it.")


class CountsOut(BaseModel):
    """How many rows create or change a dataset, change nothing, are left out or have an error."""

    create: int
    change: int
    same: int
    skip: int
    refuse: int


class ProgressOut(BaseModel):
    """How far the job is: bytes of the file while it is read, rows while they are written."""

    done: int
    total: int | None


class RowOut(BaseModel):
    """What becomes of one row; `before` and `after` hold the fields that change."""

    number: int
    row: int
    outcome: Literal["create", "change", "same", "skip", "refuse"]
    slug: str | None
    name: str | None = Field(description="What it calls itself, of refused rows too.")
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    findings: list[FindingOut]


class ImportOut(BaseModel):
    """
    An import.

    `stage` is `working` while a job reads, applies or takes back; `preview` when there is
    something to look at; `failed` where the file cannot be read. `problem` says why the last
    work came to nothing. Rows are in the file's order; ask with `above=next_above` for more.
    """

    id: str
    name: str
    format: str | None
    stage: Stage
    problem: str | None
    progress: ProgressOut | None
    counts: CountsOut
    findings: list[FindingOut]
    repeats: list[RepeatOut] = Field(description="What many rows have in common, most first.")
    new_providers: list[str]
    rows: list[RowOut]
    next_above: int | None = Field(description="Null where these rows are the last ones.")
    created_at: datetime
    applied_at: datetime | None
    undone_at: datetime | None


def import_out(
    found: Import, job: Job | None, rows: Sequence[ImportRow], next_above: int | None
) -> ImportOut:
    """Return an import with some of its rows."""
    return ImportOut.model_validate(
        {
            "id": found.public_id,
            "name": found.name,
            "format": found.format,
            "stage": stage_of(found, job),
            "problem": problem_of(found, job),
            "progress": {"done": job.done, "total": job.total}
            if job is not None and service.is_busy(job)
            else None,
            "counts": {one.value: found.counts.get(one.value, 0) for one in Outcome},
            "findings": [_finding(one) for one in found.findings],
            "repeats": [_finding(one) | {"rows": one["rows"]} for one in found.repeats],
            "new_providers": [one["slug"] for one in found.providers],
            "rows": [_row(row) for row in rows],
            "next_above": next_above,
            "created_at": found.created_at,
            "applied_at": found.applied_at,
            "undone_at": found.undone_at,
        }
    )


def _row(row: ImportRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "row": row.row,
        "outcome": row.outcome,
        "slug": row.slug,
        "name": row.name_zh,
        "before": row.before,
        "after": row.after,
        "findings": [_finding(one) for one in row.findings],
    }


def _finding(stored: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: stored[name] for name in ("severity", "code", "row", "column")}
    return kept | {"message": findings.sentence(stored), "remedy": findings.remedy(stored)}
