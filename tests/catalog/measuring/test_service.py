"""A measurement kept with its dataset: first among the estimates, with its evidence."""

from fractions import Fraction
from pathlib import Path
from statistics import median

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.catalog import history, queries
from app.catalog.editing import service as editing
from app.catalog.estimating import estimates, tables
from app.catalog.measuring import service
from app.catalog.measuring.errors import CannotMeasure
from app.catalog.models.datasets import Dataset
from app.catalog.models.estimates import TokenEstimate
from app.errors import Conflict, NotFound
from app.planning.estimates.text_rates import text_rates
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
    actions = [e.action for e in history.list_newest(seeded_session, dataset.id, with_team=True)]
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


def byte_dataset(session: Session) -> str:
    """Return the slug of a dataset whose estimate follows from its bytes, in one language."""
    found = session.execute(
        select(Dataset.slug, TokenEstimate.rule)
        .join(TokenEstimate, TokenEstimate.dataset_id == Dataset.id)
        .where(TokenEstimate.is_main, TokenEstimate.method == "converted")
        .order_by(Dataset.slug)
    )
    return next(
        slug for slug, rule in found if rule["kind"] == "bytes" and rule["content"] == "text"
    )


@pytest.mark.parametrize("tokenizer", ["qwen2-qwen3", "o200k"])
def test_a_measured_rate_takes_the_place_of_the_table(
    seeded_session: Session, tmp_path: Path, tokenizer: str
) -> None:
    slug = byte_dataset(seeded_session)
    found = run(write(tmp_path / "a.jsonl", TEXTS * 10), tokenizer=tokenizer)
    dataset = service.attach(seeded_session, slug, found, is_whole=False, actor=audit.COMMAND_LINE)
    reference = tables.load(seeded_session)
    [main] = [estimate for estimate in dataset.estimates if estimate.is_main]
    assert main.rule is not None
    rate = Fraction(found.tally.bytes, found.tally.tokens)
    if tokenizer != "qwen2-qwen3":
        # The table gives the ratio of the two tokenizers on text of that language.
        there, here = (
            text_rates(reference.tokenizers[code].rates, is_code=False, languages=dataset.languages)
            for code in ("qwen2-qwen3", tokenizer)
        )
        rate = rate * Fraction(median(r.bytes_per_token for r in there))
        rate = rate / Fraction(median(r.bytes_per_token for r in here))
    assert main.method == "converted"
    assert main.tokenizer == "qwen2-qwen3"
    assert main.mid == pytest.approx(int(main.rule["quantity"]) / float(rate), rel=1e-4)
    assert main.rule["measured"]["tokenizer"] == tokenizer
    assert main.rule["measured"]["documents"] == len(TEXTS) * 10


def test_the_page_says_what_was_measured_and_what_follows(
    seeded_client: TestClient, seeded_session: Session, tmp_path: Path
) -> None:
    found = run(write(tmp_path / "a.jsonl", TEXTS * 10), tokenizer="o200k")
    slug = byte_dataset(seeded_session)
    service.attach(seeded_session, slug, found, is_whole=False, actor=audit.COMMAND_LINE)
    seeded_session.expire_all()
    html = seeded_client.get(f"/catalogue/{slug}").text
    assert "Measured on files" in html
    assert found.plan.vocabulary.sha256[:12] in html
    assert "a.jsonl" in html
    assert "measured on 50 documents of this dataset, in place of the general table" in html
    assert "They were measured with o200k" in html
    assert "Bytes per token, measured on this dataset" in html


@pytest.mark.parametrize(("locale", "words"), [("en", "95 percent"), ("zh-CN", "95％ 置信区间")])
def test_a_sample_is_shown_with_its_interval(
    seeded_client: TestClient, seeded_session: Session, tmp_path: Path, locale: str, words: str
) -> None:
    for number in range(8):
        write(tmp_path / f"{number}.jsonl", TEXTS * (number + 1))
    found = run(tmp_path, share=0.5)
    service.attach(seeded_session, BOOKS, found, is_whole=True, actor=audit.COMMAND_LINE)
    seeded_session.expire_all()
    html = seeded_client.get(f"/catalogue/{BOOKS}", headers={"Accept-Language": locale}).text
    assert words in html


def test_a_measured_total_is_restated_with_its_own_rate(
    seeded_client: TestClient, seeded_session: Session, measured
) -> None:
    service.attach(seeded_session, BOOKS, measured, is_whole=True, actor=audit.COMMAND_LINE)
    seeded_session.expire_all()
    html = seeded_client.get(f"/catalogue/{BOOKS}").text
    rate = measured.tally.bytes / measured.tally.tokens
    assert f">{round(rate, 4):g}<" in html
    assert "counted in full" in html


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"tokenizer": "x", "counted": 5},
        {"tokenizer": {"code": 1}, "counted": {"documents": 1}, "bytes_per_token": "4"},
        {"tokenizer": {"code": "o200k"}, "counted": {"documents": 1}, "bytes_per_token": "NaN"},
        {"tokenizer": {"code": "o200k"}, "counted": {"documents": 1}, "bytes_per_token": "-1"},
        {"tokenizer": {"code": "o200k"}, "counted": {"documents": 1}, "bytes_per_token": None},
        {"files": {"list": [5, {}], "count": "many"}, "skipped": [], "pieces": "all"},
    ],
)
def test_a_rule_of_any_form_does_no_harm(
    seeded_client: TestClient, seeded_session: Session, rule: dict[str, object]
) -> None:
    dataset = queries.get_dataset(seeded_session, BOOKS, with_team=True)
    estimate = TokenEstimate(
        dataset_id=dataset.id, method="measured", mid=5, rule={"kind": "measured"} | rule
    )
    seeded_session.add(estimate)
    estimates.derive(seeded_session, [dataset.id])
    seeded_session.expire_all()
    assert seeded_client.get(f"/catalogue/{BOOKS}").status_code == 200
