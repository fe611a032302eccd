"""Deriving estimates in the database, choosing the main one, and what changes them."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from app.audit import AuditEvent, Program
from app.catalog import state
from app.catalog.estimating import estimates, tables
from app.catalog.estimating.derivation import (
    Candidate,
    DatasetFacts,
    QuantityFacts,
    choose_main,
    derive,
    derive_one,
)
from app.catalog.models.datasets import Dataset
from app.catalog.models.estimates import NoEstimateReason, TokenEstimate
from app.catalog.models.priors import ConversionPrior
from app.catalog.models.quantities import Quantity
from app.catalog.models.sources import Source
from app.catalog.search.models import DatasetSearch
from app.catalog.words.labels import NO_ESTIMATE
from app.planning.estimates.tokens import Obstacle

PERSON = Program("Li Na")


def find(session, slug):
    return session.scalars(select(Dataset).where(Dataset.slug == slug)).one()


def main_of(session, dataset):
    return session.scalars(
        select(TokenEstimate).where(TokenEstimate.dataset_id == dataset.id, TokenEstimate.is_main)
    ).one_or_none()


def quantity_of(session, dataset):
    return session.scalars(
        select(Quantity).where(Quantity.dataset_id == dataset.id).order_by(Quantity.position)
    ).first()


def prior(session, code):
    return session.scalars(select(ConversionPrior).where(ConversionPrior.code == code)).one()


def events(session, dataset, action="estimate"):
    return list(
        session.scalars(
            select(AuditEvent)
            .where(AuditEvent.object_id == str(dataset.id), AuditEvent.action == action)
            .order_by(AuditEvent.id)
        )
    )


def test_deriving_again_changes_nothing(seeded_session):
    before = state.version(seeded_session)
    assert estimates.derive(seeded_session) == 0
    assert state.version(seeded_session) == before


def test_confirming_an_assumed_unit_takes_the_mark_off(seeded_session):
    dataset = find(seeded_session, "jlw-chinese-digital-patents")
    assert main_of(seeded_session, dataset).is_assumed
    quantity = quantity_of(seeded_session, dataset)
    assert estimates.set_unit(seeded_session, quantity, "patent", actor=PERSON) == 1
    main = main_of(seeded_session, dataset)
    assert (main.mid, main.is_assumed) == (263_384_000_000, False)
    assert (quantity.unit, quantity.assumed_unit) == ("patent", "patent")
    assert quantity.unit_confirmed_by == "Li Na"
    assert quantity.unit_confirmed_at is not None


def test_correcting_a_unit_changes_the_estimate_and_the_history(seeded_session):
    dataset = find(seeded_session, "jlw-k12-question-bank")
    quantity = quantity_of(seeded_session, dataset)
    estimates.set_unit(seeded_session, quantity, "question_with_solution", actor=PERSON)
    main = main_of(seeded_session, dataset)
    assert main.mid == 18_000_000 * 600
    event = events(seeded_session, dataset)[-1]
    assert event.actor_name == "Li Na"
    assert event.before["tokens"]["mid"] == 2_250_000_000
    assert event.after["tokens"]["mid"] == 10_800_000_000


def test_a_unit_without_a_prior_leaves_no_estimate_and_says_why(seeded_session):
    dataset = find(seeded_session, "jlw-k12-question-bank")
    estimates.set_unit(seeded_session, quantity_of(seeded_session, dataset), "record", actor=PERSON)
    assert main_of(seeded_session, dataset) is None
    assert dataset.no_estimate_reason == NoEstimateReason.NO_PRIOR
    assert events(seeded_session, dataset)[-1].after == {"tokens": None}


def test_naming_a_unit_where_none_was_known_gives_an_estimate(seeded_session):
    dataset = find(seeded_session, "jlw-commented-program-code")
    estimates.set_unit(seeded_session, quantity_of(seeded_session, dataset), "file", actor=PERSON)
    main = main_of(seeded_session, dataset)
    assert (main.low, main.mid, main.high) == (164_000_000, 300_000_000, 364_400_000)
    assert dataset.no_estimate_reason is None


def test_a_changed_prior_changes_every_estimate_that_rests_on_it(seeded_session):
    book = prior(seeded_session, "book_en")
    book.mid = Decimal(100_000)
    assert estimates.rederive_for_prior(seeded_session, book, actor=PERSON) == 2
    chinese = find(seeded_session, "jlw-chinese-books")
    assert main_of(seeded_session, chinese).mid == 2_500_000 * 100_000 * 902 // 1000
    english = find(seeded_session, "jlw-english-ebooks")
    assert main_of(seeded_session, english).mid == 200_000_000_000
    assert main_of(seeded_session, english).rule["priors"][0]["mid"] == "100000"


def test_search_sorts_by_the_new_estimate(seeded_session):
    book = prior(seeded_session, "book_en")
    book.mid = Decimal(100_000)
    estimates.rederive_for_prior(seeded_session, book, actor=PERSON)
    english = find(seeded_session, "jlw-english-ebooks")
    row = seeded_session.get(DatasetSearch, english.id)
    seeded_session.refresh(row)
    assert row.tokens == 200_000_000_000


def test_a_prior_that_loses_its_spread_takes_it_from_the_estimates(seeded_session):
    book = prior(seeded_session, "book_en")
    book.low = book.high = None
    estimates.rederive_for_prior(seeded_session, book)
    main = main_of(seeded_session, find(seeded_session, "jlw-english-ebooks"))
    assert (main.low, main.mid, main.high) == (None, 340_000_000_000, None)


def test_a_new_prior_reaches_datasets_that_had_none(seeded_session):
    row = ConversionPrior(
        code="record_en",
        name_zh="记录",
        name_en="Record",
        unit="record",
        modality="table",
        language="en",
        mid=Decimal(50),
        tokenizer_basis_zh="测试",
        tokenizer_basis_en="a test",
        source_text="a test",
        grade="judgement",
    )
    seeded_session.add(row)
    seeded_session.flush()
    assert estimates.rederive_for_prior(seeded_session, row) == 17
    dataset = find(seeded_session, "jlw-patent-bibliographic-records")
    assert main_of(seeded_session, dataset).mid == 6_500_000_000


def test_a_measured_count_becomes_the_main_one_and_ends_the_conversion(seeded_session):
    dataset = find(seeded_session, "jlw-chinese-books")
    seeded_session.add(
        TokenEstimate(dataset_id=dataset.id, method="measured", mid=400_000_000_000, position=5)
    )
    estimates.derive(seeded_session, [dataset.id], actor=PERSON)
    methods = seeded_session.scalars(
        select(TokenEstimate.method).where(TokenEstimate.dataset_id == dataset.id)
    ).all()
    assert methods == ["measured"]
    assert main_of(seeded_session, dataset).mid == 400_000_000_000


def test_without_its_measured_count_a_dataset_is_converted_again(seeded_session):
    dataset = find(seeded_session, "jlw-chinese-books")
    measured = TokenEstimate(dataset_id=dataset.id, method="measured", mid=4 * 10**11, position=5)
    seeded_session.add(measured)
    estimates.derive(seeded_session, [dataset.id], actor=PERSON)
    seeded_session.delete(measured)
    estimates.derive(seeded_session, [dataset.id], actor=PERSON)
    assert main_of(seeded_session, dataset).mid == 383_350_000_000


def test_a_count_of_a_part_never_becomes_the_main_one(seeded_session):
    dataset = find(seeded_session, "jlw-chinese-books")
    seeded_session.add(
        TokenEstimate(
            dataset_id=dataset.id, method="measured", mid=10**9, position=5, is_whole=False
        )
    )
    estimates.derive(seeded_session, [dataset.id], actor=PERSON)
    assert main_of(seeded_session, dataset).mid == 383_350_000_000


def test_another_default_tokenizer_derives_everything_for_it(seeded_session):
    reference = tables.load(seeded_session)
    deepseek = tables.ReferenceTables(
        priors=reference.priors,
        prior_words=reference.prior_words,
        tokenizers=reference.tokenizers,
        default_tokenizer="deepseek",
        category_paths=reference.category_paths,
    )
    dataset = find(seeded_session, "jlw-chinese-books")
    estimates.derive(seeded_session, [dataset.id], reference=deepseek)
    main = main_of(seeded_session, dataset)
    assert (main.tokenizer, main.mid) == ("deepseek", 354_875_000_000)


def test_one_quantity_under_every_measured_tokenizer(seeded_session):
    reference = tables.load(seeded_session)
    facts = DatasetFacts(("books",), ("zh",), has_tokens=True)
    books = QuantityFacts(Decimal(2_500_000), "book", None, None, is_whole=True)
    mids = {
        code: derive_one(0, books, facts, reference, tokenizer).tokens.mid
        for code, tokenizer in reference.tokenizers.items()
    }
    assert len(mids) == 9
    assert mids["cl100k"] == 708_050_000_000
    assert mids["llama3"] == 502_350_000_000
    assert mids["o200k"] == 484_075_000_000
    assert mids["deepseek"] == 354_875_000_000
    assert mids["qwen2-qwen3"] == 383_350_000_000


@pytest.mark.parametrize(
    ("content", "languages", "expected"),
    [
        (None, ("zh",), NoEstimateReason.BYTES_NOT_STATED),
        ("compressed", ("zh",), NoEstimateReason.BYTES_COMPRESSED),
        ("ids", ("zh",), NoEstimateReason.BYTES_NOT_STATED),
        ("markup", ("en",), NoEstimateReason.NO_MEASURED_TEXT),
        ("mixed", ("en",), NoEstimateReason.NO_MEASURED_TEXT),
        ("text", (), NoEstimateReason.LANGUAGE_NOT_STATED),
        ("text", ("zh", "en"), NoEstimateReason.LANGUAGE_MIXED),
        ("text", ("mul",), NoEstimateReason.LANGUAGE_MIXED),
        ("text", ("ca",), NoEstimateReason.NO_MEASURED_TEXT),
    ],
)
def test_bytes_become_tokens_only_where_they_are_known_to_be_text(
    seeded_session, content, languages, expected
):
    reference = tables.load(seeded_session)
    facts = DatasetFacts(("web",), languages, has_tokens=True)
    size = QuantityFacts(Decimal(10**9), "byte", None, content, is_whole=True)
    assert derive(facts, [size], reference) == ([], expected)


def test_without_any_reference_tables_nothing_is_derived(session):
    reference = tables.load(session)
    facts = DatasetFacts(("books",), ("zh",), has_tokens=True)
    books = QuantityFacts(Decimal(5), "book", None, None, is_whole=True)
    assert derive(facts, [books], reference) == ([], NoEstimateReason.NO_MEASURED_TEXT)


def candidate(method="published", grade="A", **changes):
    values = {"is_whole": True, "mid": 1, "is_seeded": True, "order": 0} | changes
    return Candidate(method=method, grade=grade, **values)


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        ([], None),
        # The best method wins, whatever the grade.
        ([candidate("converted"), candidate("stated", "V"), candidate("published", "C")], 2),
        ([candidate("published", "A"), candidate("measured", None)], 1),
        # Then the best grade.
        ([candidate(grade="C"), candidate(grade="B"), candidate(grade=None)], 1),
        # Then what people added, the newest of it.
        (
            [
                candidate(),
                candidate(is_seeded=False, order=7),
                candidate(is_seeded=False, order=9),
            ],
            2,
        ),
        # Then the order of the seed.
        ([candidate(order=2), candidate(order=1)], 1),
        # A part, or a range without a middle, is never it.
        ([candidate("measured", is_whole=False), candidate("converted")], 1),
        ([candidate("measured", mid=None), candidate("converted")], 1),
        ([candidate(is_whole=False)], None),
    ],
)
def test_the_choice_of_the_main_estimate(candidates, expected):
    assert choose_main(candidates) == expected


def test_every_obstacle_has_a_reason_that_pages_can_show():
    assert {obstacle.value for obstacle in Obstacle} <= {r.value for r in NoEstimateReason}
    assert NO_ESTIMATE.keys() == set(NoEstimateReason)


def test_the_grade_of_the_source_decides_in_the_database_too(seeded_session):
    dataset = find(seeded_session, "map-cc")
    primary = seeded_session.scalars(select(Source).where(Source.grade == "A")).first()
    secondary = seeded_session.scalars(select(Source).where(Source.grade == "C")).first()
    for mid, source in ((1, secondary), (2, primary)):
        seeded_session.add(
            TokenEstimate(
                dataset_id=dataset.id, method="published", mid=mid, source_id=source.id, position=5
            )
        )
    estimates.derive(seeded_session, [dataset.id])
    assert main_of(seeded_session, dataset).mid == 2
