"""The bulk write path: what it writes, refuses, merges and reports."""

from decimal import Decimal

import pytest
from sqlalchemy import event, func, select

from app.audit import AuditEvent, Program
from app.catalog.loading.load import load_records
from app.catalog.loading.records import (
    DatasetRecord,
    EstimateRecord,
    LicenceRecord,
    OverlapRecord,
    QuantityRecord,
)
from app.catalog.models.datasets import Dataset, Overlap
from app.catalog.models.estimates import TokenEstimate
from app.catalog.models.quantities import Quantity
from app.errors import InvalidInput

IMPORT = Program("import")


def record(slug, **changes):
    values = {
        "name_zh": "测试",
        "name_en": "Test",
        "provider": "baai",
        "category": "books",
        "modality": "text",
    }
    return DatasetRecord(slug=slug, **values | changes)


def books(count, **changes):
    return QuantityRecord(
        key="count", printed=str(count), value=Decimal(count), unit="book", **changes
    )


def load(session, *records, **options):
    return load_records(session, records, actor=IMPORT, **options)


def find(session, slug):
    session.expire_all()
    return session.scalars(select(Dataset).where(Dataset.slug == slug)).one()


def estimates_of(session, slug):
    dataset_id = select(Dataset.id).where(Dataset.slug == slug).scalar_subquery()
    return list(
        session.scalars(
            select(TokenEstimate)
            .where(TokenEstimate.dataset_id == dataset_id)
            .order_by(TokenEstimate.position)
        )
    )


def test_a_dataset_comes_with_its_children_and_its_converted_estimate(seeded_session):
    report = load(
        seeded_session,
        record(
            "new-books",
            languages=("en",),
            quantities=(books(1000),),
            licence_claims=(LicenceRecord(stated_en="MIT", stated_zh="MIT", spdx="MIT"),),
            origin={"origin": "import", "file": "list.csv"},
        ),
    )
    assert (report.created, report.changed, report.unchanged) == (1, 0, 0)
    (estimate,) = estimates_of(seeded_session, "new-books")
    assert (estimate.low, estimate.mid, estimate.high) == (90_000_000, 170_000_000, 245_000_000)
    assert estimate.is_main
    assert find(seeded_session, "new-books").seeded is None
    dataset_id = find(seeded_session, "new-books").id
    created = seeded_session.scalars(
        select(AuditEvent).where(AuditEvent.object_id == str(dataset_id))
    ).one()
    assert (created.actor_name, created.action) == ("import", "created")
    assert created.after == {"origin": "import", "file": "list.csv"}


def test_a_published_count_is_not_second_guessed(seeded_session):
    published = EstimateRecord(key="card", method="published", mid=5_000)
    load(seeded_session, record("counted", quantities=(books(10),), estimates=(published,)))
    assert [(e.method, e.mid) for e in estimates_of(seeded_session, "counted")] == [
        ("published", 5_000)
    ]


def test_a_subset_may_come_in_the_same_load_as_its_parent(seeded_session):
    load(seeded_session, record("big"), record("big/part", parent="big"), batch_size=1)
    part = find(seeded_session, "big/part")
    assert part.parent_id == find(seeded_session, "big").id


def test_overlaps_may_name_a_dataset_that_comes_later(seeded_session):
    overlap = OverlapRecord(other="second", relation="derived_from", note_en="x", note_zh="x")
    load(seeded_session, record("first", overlaps=(overlap,)), record("second"), batch_size=1)
    found = seeded_session.scalars(
        select(Overlap).where(Overlap.dataset_id == find(seeded_session, "first").id)
    ).one()
    assert found.other_id == find(seeded_session, "second").id


def test_loading_the_same_again_changes_nothing(seeded_session):
    rows = [record("again", quantities=(books(10),), anomalies=({"code": "x"},))]
    load(seeded_session, *rows)
    report = load(seeded_session, *rows)
    assert (report.created, report.changed, report.unchanged) == (0, 0, 1)


def test_a_changed_record_wins_and_is_counted_as_changed(seeded_session):
    load(seeded_session, record("moving", languages=("en",), quantities=(books(10),)))
    report = load(
        seeded_session,
        record("moving", languages=("en",), name_en="Moved", quantities=(books(20),)),
    )
    assert (report.created, report.changed) == (0, 1)
    assert find(seeded_session, "moving").name_en == "Moved"
    assert [e.mid for e in estimates_of(seeded_session, "moving")] == [3_400_000]
    assert find(seeded_session, "moving").revision > 1


def test_a_changed_provider_category_and_language_are_written(seeded_session):
    load(seeded_session, record("moving", languages=("en",), quantities=(books(10),)))
    load(
        seeded_session,
        record(
            "moving",
            provider="ai2",
            category="biology",
            languages=("zh",),
            quantities=(books(10),),
        ),
    )
    dataset = find(seeded_session, "moving")
    assert dataset.languages == ["zh"]
    assert [e.mid for e in estimates_of(seeded_session, "moving")] == [1_533_400]


def test_a_quantity_beyond_all_corpora_gives_no_estimate(seeded_session):
    load(seeded_session, record("absurd", languages=("en",), quantities=(books(2**63 - 1),)))
    assert estimates_of(seeded_session, "absurd") == []
    assert find(seeded_session, "absurd").no_estimate_reason == "too_large"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"slug": "Upper"}, "slug"),
        ({"slug": "a/history", "parent": "a"}, "slug"),
        ({"slug": "../etc"}, "slug"),
        ({"slug": "a/b", "parent": None}, "parent"),
        ({"slug": "unknown-parent/b", "parent": "unknown-parent"}, "parent"),
        ({"provider": "nobody"}, "provider"),
        ({"category": "nothing"}, "category"),
        ({"source": "nowhere"}, "source"),
        ({"modality": "smell"}, "modality"),
        ({"quantities": (QuantityRecord(printed="1", unit="bushel"),)}, "unit"),
        ({"quantities": (books(-1),)}, "quantity"),
        ({"quantities": (books(2**63),)}, "quantity"),
        ({"estimates": (EstimateRecord(method="published", low=3, mid=2, high=4),)}, "tokens"),
        ({"estimates": (EstimateRecord(method="published", low=3),)}, "tokens"),
        ({"estimates": (EstimateRecord(method="published"),)}, "tokens"),
        ({"estimates": (EstimateRecord(method="published", mid=2**63),)}, "tokens"),
    ],
)
def test_a_wrong_record_is_refused_with_its_field(seeded_session, changes, field):
    values = {"slug": "wrong"} | changes
    with pytest.raises(InvalidInput) as raised:
        load(seeded_session, record(values.pop("slug"), **values))
    assert raised.value.field == field


def test_a_load_takes_as_many_statements_for_many_records_as_for_few(seeded_session):
    statements = []
    connection = seeded_session.connection()
    event.listen(connection, "before_cursor_execute", lambda *args: statements.append(args[2]))

    def count(prefix, number):
        statements.clear()
        load(
            seeded_session,
            *(record(f"{prefix}-{i}", quantities=(books(i),)) for i in range(number)),
        )
        return len(statements)

    assert count("few", 2) == count("many", 200)


def test_many_records_are_written_and_each_has_its_main_estimate(seeded_session):
    number = 3_000
    load(
        seeded_session,
        *(
            record(f"bulk-{i}", languages=("zh",), quantities=(books(i + 1),))
            for i in range(number)
        ),
    )
    loaded = select(Dataset.id).where(Dataset.slug.like("bulk-%"))
    mains = (
        select(func.count())
        .select_from(TokenEstimate)
        .where(TokenEstimate.is_main, TokenEstimate.dataset_id.in_(loaded))
    )
    quantities = select(func.count()).select_from(Quantity).where(Quantity.dataset_id.in_(loaded))
    assert seeded_session.scalar(mains) == number
    assert seeded_session.scalar(quantities) == number
