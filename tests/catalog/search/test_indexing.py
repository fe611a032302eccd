from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, text

from app.catalog.models.datasets import Category, Dataset
from app.catalog.models.estimates import TokenEstimate
from app.catalog.search import documents, indexing
from app.catalog.search.models import DatasetSearch, FacetTally, SearchWord
from app.catalog.search.query import Facet, SearchRequest
from app.catalog.search.service import search
from tests.catalog.search.catalogue import NOW, Entry, build


def found(session, text, **others):
    return list(search(session, SearchRequest(text=text, **others)).ids)


def change(session, dataset_id, **values):
    dataset = session.get(Dataset, dataset_id)
    for name, value in values.items():
        setattr(dataset, name, value)
    session.flush()
    indexing.index_datasets(session, [dataset_id])


def expected_tallies(session):
    """Count pairs of facet values as `facet_tally` should have them."""
    tallies = {}
    for row in session.execute(select(DatasetSearch)).scalars():
        counted = {(0, 0), *combinations(sorted([0, *row.facets]), 2)}
        is_top = row.parent_id is None
        for pair in counted:
            before = tallies.get(pair, (0, 0, 0, 0))
            one = (1, is_top, row.is_public, is_top and row.is_public)
            tallies[pair] = tuple(a + int(b) for a, b in zip(before, one, strict=True))
    return tallies


def kept_tallies(session):
    rows = session.execute(
        select(
            FacetTally.value_id,
            FacetTally.other_id,
            FacetTally.all_count,
            FacetTally.top_count,
            FacetTally.public_all_count,
            FacetTally.public_top_count,
        )
    )
    return {(row[0], row[1]): tuple(row[2:]) for row in rows if any(row[2:])}


def test_every_text_of_a_dataset_is_found(session):
    (dataset_id,) = build(
        session,
        [
            Entry(
                name_zh="中文书籍",
                name_en="Chinese books",
                aliases=("别名",),
                description_zh="描述文字",
                description_en="described",
                source_line="l 原始行 250万本",
                provider="zhongke",
            )
        ],
    ).ids
    dataset = session.get(Dataset, dataset_id)
    dataset.source_heading = "标题数据"
    dataset.other_source_lines = [{"line_no": 64, "text": "另一行"}]
    session.flush()
    indexing.index_datasets(session, [dataset_id])
    texts = ["书籍", "books", "别名", "描述", "described", "原始行", "250", "zhongke公司", "标题"]
    texts += ["另一行", "Inc"]
    assert {text: found(session, text) for text in texts} == {text: [dataset_id] for text in texts}
    assert found(session, dataset.slug) == [dataset_id]


def test_a_change_replaces_what_was_found(session):
    (dataset_id,) = build(session, [Entry(name_en="Before")]).ids
    change(session, dataset_id, name_en="After")
    assert found(session, "before") == []
    assert found(session, "after") == [dataset_id]


def test_an_archived_dataset_and_its_subsets_are_gone_and_come_back(session):
    parent, subset = build(session, [Entry(name_en="Whole"), Entry(name_en="Part", parent=0)]).ids
    change(session, parent, archived_at=NOW)
    assert found(session, "whole") == found(session, "part", include_subsets=True) == []
    change(session, parent, archived_at=None)
    assert found(session, "whole") == [parent]
    assert found(session, "part", include_subsets=True) == [subset]


def test_subsets_of_a_dataset_that_is_hidden_are_hidden(session):
    parent, subset = build(session, [Entry(name_en="Whole"), Entry(name_en="Part", parent=0)]).ids
    change(session, parent, visibility="team")
    assert found(session, "part", include_subsets=True) == []
    assert found(session, "part", include_subsets=True, sees_team=True) == [subset]
    assert kept_tallies(session) == expected_tallies(session)


def test_a_deleted_dataset_is_gone_by_itself(session):
    (dataset_id,) = build(session, [Entry(name_en="Gone")]).ids
    session.execute(delete(Dataset).where(Dataset.id == dataset_id))
    assert found(session, "gone") == []
    assert kept_tallies(session) == {}


def test_a_new_estimate_moves_the_dataset_to_its_size(session):
    (dataset_id,) = build(session, [Entry()]).ids
    session.add(
        TokenEstimate(dataset_id=dataset_id, is_main=True, method="measured", mid=5 * 10**9)
    )
    session.flush()
    indexing.index_datasets(session, [dataset_id])
    chosen = {Facet.SIZE: frozenset({"1b-10b"}), Facet.METHOD: frozenset({"measured"})}
    assert found(session, "", filters=chosen) == [dataset_id]


def test_a_moved_category_needs_its_datasets_again(session):
    (dataset_id,) = build(session, [Entry(category="biology")]).ids
    build(session, [Entry(category="science")])
    categories = {one.code: one for one in session.scalars(select(Category))}
    categories["biology"].parent_id = categories["science"].id
    session.flush()
    indexing.index_datasets(session, [dataset_id])
    assert (
        search(session, SearchRequest(filters={Facet.CATEGORY: frozenset({"science"})})).total == 2
    )


def test_taking_out_of_search(session):
    one, other = build(session, [Entry(), Entry()]).ids
    indexing.remove(session, [one])
    assert found(session, "") == [other]


def test_nothing_to_index_is_no_statement(session):
    indexing.index_datasets(session, [])


def test_rebuild_makes_the_same_rows(session):
    build(
        session, [Entry(tokens=3, languages=("zh", "en")), Entry(parent=0), Entry(units=("book",))]
    )

    def rows():
        session.expire_all()
        found = session.execute(select(DatasetSearch).order_by(DatasetSearch.dataset_id)).scalars()
        return [
            {name: value for name, value in vars(row).items() if not name.startswith("_")}
            for row in found
        ]

    before, tallied = rows(), kept_tallies(session)
    session.execute(text("UPDATE dataset_search SET body = 'spoilt', facets = '{}'"))
    indexing.rebuild(session)
    assert rows() == before
    assert kept_tallies(session) == tallied == expected_tallies(session)


def test_a_load_may_count_once_at_its_end(session):
    with indexing.counting_once(session):
        build(session, [Entry(languages=("zh",)), Entry(languages=("zh",), is_team_only=True)])
        assert kept_tallies(session) == {}
    assert kept_tallies(session) == expected_tallies(session)
    build(session, [Entry()])
    assert kept_tallies(session) == expected_tallies(session)


changes = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sampled_from(
            [
                {"visibility": "team"},
                {"visibility": "public"},
                {"archived_at": NOW},
                {"archived_at": None},
                {"languages": ["zh", "en"]},
                {"languages": []},
                {"modality": "code"},
                None,
            ]
        ),
    ),
    max_size=8,
)


@given(changes)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_tallies_follow_every_change(session, changed):
    with session.begin_nested() as savepoint:
        ids = build(
            session,
            [Entry(), Entry(parent=0), Entry(languages=("zh",)), Entry(), Entry(parent=3), Entry()],
        ).ids
        for place, values in changed:
            if values is None:
                indexing.remove(session, [ids[place]])
            else:
                change(session, ids[place], **values)
        assert kept_tallies(session) == expected_tallies(session)
        savepoint.rollback()


def test_direct_updates_are_tallied_too(session):
    build(session, [Entry(), Entry(), Entry(is_team_only=True)])
    session.execute(text("UPDATE dataset_search SET is_public = NOT is_public"))
    assert kept_tallies(session) == expected_tallies(session)


def test_words_are_numbered_once(session):
    build(session, [Entry(name_en="Twice twice"), Entry(name_en="twice")])
    assert (
        session.scalar(
            select(func.count()).select_from(SearchWord).where(SearchWord.word == "twice")
        )
        == 1
    )


def test_only_words_of_letters_can_be_mistyped(session):
    build(session, [Entry(name_en="alpha b2b")])
    words = dict(session.execute(select(SearchWord.word, SearchWord.is_letters)).all())
    assert (words["alpha"], words["b2b"]) == (True, False)


def test_a_long_description_is_cut(session):
    (dataset_id,) = build(session, [Entry(description_en="word " * 5_000 + "unreached")]).ids
    assert found(session, "word") == [dataset_id]
    assert found(session, "unreached") == []


@pytest.mark.parametrize("start", [1, 10**6, 2**40])
def test_about_one_in_sixteen_is_sampled_and_one_in_256(start):
    samples = [documents.sample(dataset_id) for dataset_id in range(start, start + 16_000)]
    assert 900 < sum(sample >= 1 for sample in samples) < 1_100
    assert 50 < sum(sample == 2 for sample in samples) < 75
