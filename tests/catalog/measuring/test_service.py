"""A measurement kept with its dataset: first among the estimates, with its evidence."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.catalog import queries
from app.catalog.editing import service as editing
from app.catalog.measuring import service
from app.catalog.measuring.errors import CannotMeasure
from app.catalog.models import Dataset
from app.errors import Conflict, NotFound
from tests.catalog.measuring.texts import TEXTS, run, write

BOOKS = "jlw-chinese-books"


@pytest.fixture
def measured(tmp_path: Path):
    return run(write(tmp_path / "a.jsonl", TEXTS), tokenizer="qwen2-qwen3")


def test_a_measurement_of_the_whole_is_the_main_estimate(seeded_session: Session, measured) -> None:
    before = queries.get_dataset(seeded_session, BOOKS, with_team=True)
    revision = before.revision
    dataset = service.attach(
        seeded_session, BOOKS, measured, is_whole=True, actor=audit.COMMAND_LINE
    )
    [main] = [estimate for estimate in dataset.estimates if estimate.is_main]
    assert (main.method, main.tokenizer, main.mid) == (
        "measured",
        "qwen2-qwen3",
        measured.tally.tokens,
    )
    assert (main.low, main.high) == (None, None)
    assert main.rule is not None
    assert main.rule["counted"]["documents"] == len(TEXTS)
    assert main.source is not None
    assert main.source.text.startswith("Measured with Peibi")
    assert dataset.revision > revision
    actions = [e.action for e in queries.list_history(seeded_session, "dataset", str(dataset.id))]
    assert "measured" in actions


def test_a_part_is_a_claim_and_gives_no_total(seeded_session: Session, measured) -> None:
    dataset = service.attach(
        seeded_session, BOOKS, measured, is_whole=False, actor=audit.COMMAND_LINE
    )
    [claim] = [estimate for estimate in dataset.estimates if estimate.method == "measured"]
    assert (claim.is_main, claim.is_whole) == (False, False)
    assert claim.scope_en == "the part that was measured, 1 files"
    [main] = [estimate for estimate in dataset.estimates if estimate.is_main]
    assert main.method == "converted"


def test_the_newest_measurement_counts(seeded_session: Session, tmp_path: Path) -> None:
    for number, texts in enumerate((TEXTS, TEXTS * 2)):
        found = run(write(tmp_path / f"{number}.jsonl", texts), tokenizer="qwen2-qwen3")
        dataset = service.attach(
            seeded_session, BOOKS, found, is_whole=True, actor=audit.COMMAND_LINE
        )
    [main] = [estimate for estimate in dataset.estimates if estimate.is_main]
    assert main.mid == found.tally.tokens
    assert sum(estimate.method == "measured" for estimate in dataset.estimates) == 2


def test_files_without_text_are_not_kept(seeded_session: Session, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"body": "x"}\n')
    found = run(tmp_path / "a.jsonl")
    with pytest.raises(CannotMeasure, match=r"No text was found in the field “text”.*1 no_text"):
        service.attach(seeded_session, BOOKS, found, is_whole=True, actor=audit.COMMAND_LINE)


def test_what_is_not_there_or_archived_is_refused(seeded_session: Session, measured) -> None:
    with pytest.raises(NotFound):
        service.attach(seeded_session, "no-such", measured, is_whole=True, actor=audit.PORTAL)
    dataset = seeded_session.scalars(select(Dataset).where(Dataset.slug == BOOKS)).one()
    editing.archive_dataset(seeded_session, dataset, actor=audit.PORTAL)
    with pytest.raises(Conflict):
        service.attach(seeded_session, BOOKS, measured, is_whole=True, actor=audit.PORTAL)
