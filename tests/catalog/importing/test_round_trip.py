"""Our own files come back: the same catalogue stays as it is, an empty one is filled."""

import io
import json
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
from tests.catalog.importers.test_croissant import DOCUMENT
from tests.catalog.importing.sending import rows_of


def read(session: Session, name: str, content: bytes) -> Import:
    return service.read_local(
        session, name, io.BytesIO(content), Options(), actor=audit.COMMAND_LINE
    )


@pytest.mark.parametrize("kind", ["json", "csv", "xlsx", "croissant"])
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


SLUGS = ["fineweb", "fineweb-edu", "the-pile", "roots", "culturax", "cci-3", "jlw-chinese-books"]


@pytest.mark.parametrize("slug", SLUGS)
def test_a_card_finds_its_own_dataset_and_changes_nothing(
    planner, seeded_session: Session, slug: str
) -> None:
    dataset = seeded_session.scalars(select(Dataset).where(Dataset.slug == slug)).one()
    dataset.aliases = ["另一个名字", "another name"]
    dataset.name_zh = "只有中文名"
    seeded_session.flush()
    card = planner.get(f"/api/v1/datasets/{slug}/export", params={"format": "hf"}).content
    found = read(seeded_session, "README.md", card)
    wrong = [
        (row.slug, row.outcome, row.before, row.after, row.findings)
        for row in rows_of(seeded_session, found)
        if row.outcome != Outcome.SAME
    ]
    assert wrong == []
    assert found.counts["same"] >= 1


def test_a_card_of_a_subset_stays_below_its_parent(planner, seeded_session: Session) -> None:
    slug = "the-pile/pile-cc"
    card = planner.get(f"/api/v1/datasets/{slug}/export", params={"format": "hf"}).content
    (same,) = rows_of(seeded_session, read(seeded_session, "README.md", card))
    assert (same.slug, same.outcome) == (slug, Outcome.SAME)
    renamed = card.replace(b"pretty_name: ", b"pretty_name: New ", 1)
    (row,) = rows_of(seeded_session, read(seeded_session, "README.md", renamed))
    assert (row.slug, row.outcome, list(row.after)) == (slug, Outcome.CHANGE, ["name_en"])


@pytest.mark.parametrize("slug", [*SLUGS, "the-pile/pile-cc"])
def test_a_croissant_file_finds_its_own_dataset_and_changes_nothing(
    planner, seeded_session: Session, slug: str
) -> None:
    dataset = seeded_session.scalars(select(Dataset).where(Dataset.slug == slug)).one()
    dataset.aliases = ["另一个名字", "another name"]
    dataset.name_zh = "只有中文名"
    seeded_session.flush()
    content = planner.get(f"/api/v1/datasets/{slug}/export", params={"format": "croissant"}).content
    (same,) = rows_of(seeded_session, read(seeded_session, "data.jsonld", content))
    assert (same.slug, same.outcome, same.after) == (slug, Outcome.SAME, None)
    # What somebody changed in the file changes, and nothing else.
    document = json.loads(content)
    document["inLanguage"] = ["fr"]
    changed = json.dumps(document).encode()
    (row,) = rows_of(seeded_session, read(seeded_session, "data.jsonld", changed))
    assert (row.slug, row.outcome, list(row.after)) == (slug, Outcome.CHANGE, ["languages"])


def test_a_croissant_file_with_files_comes_back_with_what_it_kept(
    planner, seeded_session: Session
) -> None:
    imported = json.dumps(DOCUMENT | {"creator": {"@type": "Organization", "name": "BAAI"}})
    found = read(seeded_session, "data.json", imported.encode())
    (row,) = rows_of(seeded_session, found)
    applying.apply(seeded_session, found, actor=audit.COMMAND_LINE, report=lambda _rows: None)
    seeded_session.expire_all()
    content = planner.get(
        f"/api/v1/datasets/{row.slug}/export", params={"format": "croissant"}
    ).content
    assert json.loads(content)["distribution"] == DOCUMENT["distribution"]
    (same,) = rows_of(seeded_session, read(seeded_session, "other.jsonld", content))
    assert (same.slug, same.outcome, same.after) == (row.slug, Outcome.SAME, None)
