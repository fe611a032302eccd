"""Seeding again: nothing twice, new facts where nobody touched, what people changed stays."""

import shutil
import time

import pytest
import yaml
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import selectinload

from app.audit import AuditEvent, Program
from app.catalog import state
from app.catalog.estimating import estimates
from app.catalog.models.datasets import Dataset, Overlap
from app.catalog.models.estimates import TokenEstimate
from app.catalog.models.priors import ConversionPrior
from app.catalog.models.providers import Provider
from app.catalog.models.quantities import Quantity
from app.catalog.search.models import DatasetSearch
from app.catalog.seed import files
from app.catalog.seed.apply import seed

PERSON = Program("Chen Wei")


@pytest.fixture
def data(tmp_path):
    """A copy of the seed's files that a test may change."""
    return shutil.copytree(files.DATA, tmp_path / "data")


def edit(path, change):
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def get(session, slug):
    session.expire_all()
    statement = select(Dataset).where(Dataset.slug == slug)
    return session.scalars(
        statement.options(selectinload(Dataset.quantities), selectinload(Dataset.estimates))
    ).one()


def events_of(session, slug):
    dataset_id = session.scalar(select(Dataset.id).where(Dataset.slug == slug))
    return list(
        session.scalars(
            select(AuditEvent)
            .where(AuditEvent.object_type == "dataset", AuditEvent.object_id == str(dataset_id))
            .order_by(AuditEvent.id)
        )
    )


def snapshot(session):
    """Everything the seed writes, as the database has it."""
    tables = (Dataset, Quantity, TokenEstimate, Overlap, ConversionPrior, Provider)
    return {
        model.__tablename__: session.execute(
            select(*model.__table__.c).order_by(model.__table__.c.id)
        ).all()
        for model in tables
    }


def test_a_second_run_reads_one_row_and_changes_nothing(seeded_session):
    before = snapshot(seeded_session)
    started = time.perf_counter()
    report = seed(seeded_session)
    seconds = time.perf_counter() - started
    assert report.is_current
    assert seconds < 0.15
    assert snapshot(seeded_session) == before


def test_applying_the_same_facts_again_changes_nothing(seeded_session, data):
    before = snapshot(seeded_session)
    with (data / "categories.yaml").open("a", encoding="utf-8") as file:
        file.write("# Another version of the same facts.\n")
    report = seed(seeded_session, data)
    assert (report.is_current, report.created, report.changed, report.kept) == (False, 0, 0, [])
    assert report.unchanged == 283
    assert snapshot(seeded_session) == before
    assert state.seed_version(seeded_session) == report.version


def test_the_first_line_of_a_history_says_where_a_dataset_comes_from(seeded_session):
    (event,) = events_of(seeded_session, "jlw-chinese-books")
    assert (event.actor_name, event.action) == ("seed", "created")
    assert event.after == {"origin": "vendor_text", "line_no": 11}
    (event,) = events_of(seeded_session, "the-pile/books3")
    assert event.after == {"origin": "published_sources"}
    created = seeded_session.scalar(
        select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "created")
    )
    assert created == 283


def test_every_seeded_dataset_can_be_found_by_search(seeded_session):
    assert seeded_session.scalar(select(func.count()).select_from(DatasetSearch)) == 283


def test_new_facts_reach_what_nobody_touched(seeded_session, data):
    def change(corpus):
        corpus["description"]["en"] = "A new description."
        corpus["estimates"][0]["mid"] = 160_000_000_000

    edit(data / "corpora" / "skypile-150b.yaml", change)
    report = seed(seeded_session, data)
    assert (report.created, report.changed, report.unchanged) == (0, 1, 282)
    dataset = get(seeded_session, "skypile-150b")
    assert dataset.description_en == "A new description."
    assert [(e.mid, e.is_main) for e in dataset.estimates] == [(160_000_000_000, True)]
    changed, estimate = events_of(seeded_session, "skypile-150b")[1:]
    assert changed.action == "changed"
    assert changed.after == {"description_en": "A new description.", "estimates": ["claim-1"]}
    assert estimate.before["tokens"] is None or estimate.before["tokens"]["mid"] != 160_000_000_000
    assert estimate.after["tokens"]["mid"] == 160_000_000_000


def test_what_people_changed_stays_and_is_reported(seeded_session, data):
    seeded_session.execute(
        update(Dataset).where(Dataset.slug == "skypile-150b").values(name_en="SkyPile, ours")
    )

    def change(corpus):
        corpus["name"] = {"zh": "新名", "en": "SkyPile renamed"}

    edit(data / "corpora" / "skypile-150b.yaml", change)
    report = seed(seeded_session, data)
    assert report.kept == [("skypile-150b", "name_en")]
    dataset = get(seeded_session, "skypile-150b")
    assert (dataset.name_en, dataset.name_zh) == ("SkyPile, ours", "新名")


def test_what_people_changed_stays_through_every_later_seed(seeded_session, data):
    seeded_session.execute(
        update(Dataset).where(Dataset.slug == "skypile-150b").values(name_en="SkyPile, ours")
    )
    for name in ("First", "Second"):
        edit(
            data / "corpora" / "skypile-150b.yaml",
            lambda corpus, name=name: corpus["name"].update(en=name),
        )
        seed(seeded_session, data)
        assert get(seeded_session, "skypile-150b").name_en == "SkyPile, ours"


def test_a_confirmed_unit_stays(seeded_session, data):
    quantity = get(seeded_session, "jlw-k12-question-bank").quantities[0]
    estimates.set_unit(seeded_session, quantity, "question", actor=PERSON)

    def change(catalogue):
        k12 = next(d for d in catalogue["datasets"] if d["slug"] == "jlw-k12-question-bank")
        k12["quantities"][0]["assumed_unit"] = "question_with_solution"

    edit(data / "vendor_jinglianwen.yaml", change)
    report = seed(seeded_session, data)
    assert report.kept == [("jlw-k12-question-bank", "quantities.stated")]
    quantity = get(seeded_session, "jlw-k12-question-bank").quantities[0]
    assert (quantity.unit, quantity.assumed_unit) == ("question", "question")


def test_a_row_that_a_person_deleted_stays_deleted(seeded_session, data):
    dataset = get(seeded_session, "skypile-150b")
    seeded_session.execute(
        delete(Quantity).where(Quantity.dataset_id == dataset.id, Quantity.seed_key == "bytes-2")
    )
    edit(
        data / "corpora" / "skypile-150b.yaml",
        lambda corpus: corpus["description"].update(en="Another."),
    )
    seed(seeded_session, data)
    keys = {q.seed_key for q in get(seeded_session, "skypile-150b").quantities}
    assert "bytes-2" not in keys
    assert "bytes-1" in keys


def test_a_fact_that_is_withdrawn_goes_unless_a_person_changed_it(seeded_session, data):
    dataset = get(seeded_session, "skypile-150b")
    seeded_session.execute(
        update(Quantity)
        .where(Quantity.dataset_id == dataset.id, Quantity.seed_key == "web-pages-2")
        .values(qualifier_en="as we read it")
    )

    def change(corpus):
        corpus["quantities"] = [
            q for q in corpus["quantities"] if q["key"] not in {"bytes-2", "web-pages-2"}
        ]

    edit(data / "corpora" / "skypile-150b.yaml", change)
    report = seed(seeded_session, data)
    keys = {q.seed_key for q in get(seeded_session, "skypile-150b").quantities}
    assert keys == {"bytes-1", "web-pages-1", "web-pages-2"}
    assert report.kept == [("skypile-150b", "quantities.web-pages-2")]


def test_rows_that_people_added_are_left_alone(seeded_session, data):
    dataset = get(seeded_session, "skypile-150b")
    seeded_session.add(
        TokenEstimate(dataset_id=dataset.id, method="measured", mid=123_000_000_000, position=9)
    )
    estimates.derive(seeded_session, [dataset.id], actor=PERSON)
    edit(
        data / "corpora" / "skypile-150b.yaml",
        lambda corpus: corpus["estimates"][0].update(mid=160_000_000_000),
    )
    seed(seeded_session, data)
    found = {e.method: (e.mid, e.is_main) for e in get(seeded_session, "skypile-150b").estimates}
    assert found == {
        "measured": (123_000_000_000, True),
        "published": (160_000_000_000, False),
    }


def test_a_new_corpus_is_added_with_its_subsets_and_overlaps(seeded_session, data):
    source = yaml.safe_load((data / "corpora" / "slimpajama-627b.yaml").read_text(encoding="utf-8"))
    source["slug"] = "slimpajama-copy"
    (data / "corpora" / "slimpajama-copy.yaml").write_text(
        yaml.safe_dump(source, allow_unicode=True), encoding="utf-8"
    )
    report = seed(seeded_session, data)
    assert (report.created, report.changed, report.unchanged) == (8, 0, 283)
    copy = get(seeded_session, "slimpajama-copy")
    overlaps = seeded_session.scalars(select(Overlap).where(Overlap.dataset_id == copy.id)).all()
    assert [overlap.relation for overlap in overlaps] == ["derived_from"]


def test_a_changed_prior_derives_the_estimates_of_untouched_datasets(seeded_session, data):
    def change(priors):
        book = next(prior for prior in priors if prior["code"] == "book_en")
        book["mid"] = "200000"

    edit(data / "priors.yaml", change)
    report = seed(seeded_session, data)
    assert report.changed == 2  # the Chinese and the English books
    main = next(e for e in get(seeded_session, "jlw-english-ebooks").estimates if e.is_main)
    assert main.mid == 2_000_000 * 200_000


def test_a_prior_that_an_administrator_changed_stays(seeded_session, data):
    seeded_session.execute(
        update(ConversionPrior).where(ConversionPrior.code == "book_en").values(mid=150_000)
    )

    def change(priors):
        book = next(prior for prior in priors if prior["code"] == "book_en")
        book["mid"] = "200000"

    edit(data / "priors.yaml", change)
    report = seed(seeded_session, data)
    assert ("book_en", "mid") in report.kept
    mid = seeded_session.scalar(
        select(ConversionPrior.mid).where(ConversionPrior.code == "book_en")
    )
    assert mid == 150_000


def test_a_provider_that_people_renamed_stays_renamed(seeded_session, data):
    seeded_session.execute(
        update(Provider).where(Provider.slug == "baai").values(short_name_zh="智源")
    )

    def change(providers):
        baai = next(p for p in providers if p["slug"] == "baai")
        baai["short_name"]["zh"] = "智源院"
        baai["homepage"] = "https://example.org"

    edit(data / "providers.yaml", change)
    report = seed(seeded_session, data)
    assert report.kept == [("baai", "short_name_zh")]
    row = seeded_session.execute(
        select(Provider.short_name_zh, Provider.homepage).where(Provider.slug == "baai")
    ).one()
    assert tuple(row) == ("智源", "https://example.org")


def test_the_version_of_the_seed_moves_with_any_of_its_files(data):
    before = files.version(data)
    edit(data / "corpora" / "cci-1.yaml", lambda corpus: corpus.update(homepage="https://x.org"))
    assert files.version(data) != before
    assert files.version(files.DATA) == before
