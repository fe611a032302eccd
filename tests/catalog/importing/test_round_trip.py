"""Our own files come back: the same catalogue stays as it is, an empty one is filled."""

import io
from collections.abc import Callable

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from app import audit
from app.catalog.importing import applying, service
from app.catalog.importing.models import Import, Outcome
from app.catalog.importing.options import Options
from app.catalog.models.datasets import Dataset
from app.catalog.seed import files, reference
from tests.catalog.importing.sending import rows_of


def read(session: Session, name: str, content: bytes) -> Import:
    return service.read_local(
        session, name, io.BytesIO(content), Options(), actor=audit.COMMAND_LINE
    )


@pytest.mark.parametrize("kind", ["json", "csv", "xlsx"])
def test_the_whole_catalogue_exported_and_imported_changes_nothing(
    planner, seeded_session: Session, kind: str
) -> None:
    content = planner.get("/api/v1/exports/datasets", params={"format": kind}).content
    found = read(seeded_session, f"all.{kind}", content)
    wrong = [
        (row.slug, row.outcome, row.before, row.after, row.findings)
        for row in rows_of(seeded_session, found)
        if row.outcome != Outcome.SAME
    ]
    assert wrong[:3] == []
    assert found.counts["same"] >= 90


def test_an_export_fills_an_empty_portal(planner, new_database: Callable[[], str]) -> None:
    content = planner.get("/api/v1/exports/datasets", params={"format": "json"}).content
    engine = create_engine(new_database())
    with Session(engine) as session, session.begin():
        # The reference tables come with the portal; the datasets do not.
        reference.apply(session, files.DATA)
        found = read(session, "all.json", content)
        refused = [row.findings for row in rows_of(session, found) if row.outcome == Outcome.REFUSE]
        assert refused[:3] == []
        applying.apply(session, found, actor=audit.COMMAND_LINE, report=lambda _rows: None)
        assert session.scalar(select(func.count()).select_from(Dataset)) == found.counts["create"]
        again = read(session, "all.json", content)
        assert again.counts["same"] == found.counts["create"]
        assert not {"create", "change", "skip", "refuse"} & set(again.counts)
    engine.dispose()
