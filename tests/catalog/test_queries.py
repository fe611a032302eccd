"""What the detail pages read, and what they must not."""

import pytest
from sqlalchemy import select, update

from app.catalog import queries
from app.catalog.models.datasets import Dataset
from app.catalog.search.indexing import index_datasets
from app.errors import NotFound


def hide(session, slug):
    dataset_id = session.scalars(select(Dataset.id).where(Dataset.slug == slug)).one()
    session.execute(update(Dataset).where(Dataset.id == dataset_id).values(visibility="team"))
    index_datasets(session, [dataset_id])
    session.expire_all()


def find(session, slug):
    return queries.get_dataset(session, slug, with_team=True)


def test_get_dataset_refuses_what_is_not_there(seeded_session):
    with pytest.raises(NotFound):
        queries.get_dataset(seeded_session, "no-such", with_team=True)


def test_get_dataset_loads_everything_its_page_touches(seeded_session):
    dataset = queries.get_dataset(seeded_session, "refinedweb", with_team=False)
    seeded_session.expunge_all()
    assert dataset.provider.short_name_en
    assert dataset.category.code == "web"
    assert {estimate.source.grade for estimate in dataset.estimates} == {"A"}
    assert dataset.licence_claims[0].source.text
    assert dataset.statements[0].verdict == "contradicted"


def test_a_subset_of_a_hidden_dataset_is_hidden_too(seeded_session):
    hide(seeded_session, "the-pile")
    with pytest.raises(NotFound):
        queries.get_dataset(seeded_session, "the-pile/books3", with_team=False)
    assert queries.get_dataset(seeded_session, "the-pile/books3", with_team=True)


def test_lists_by_slug_keep_their_order_and_leave_out_what_is_hidden(seeded_session):
    hide(seeded_session, "roots")
    slugs = ["roots", "the-pile", "refinedweb", "the-pile", "no-such"]
    shown = queries.list_by_slug(seeded_session, slugs, with_team=False)
    assert [dataset.slug for dataset in shown] == ["the-pile", "refinedweb"]
    whole = queries.list_by_slug(seeded_session, slugs, with_team=True)
    assert [dataset.slug for dataset in whole] == ["roots", "the-pile", "refinedweb"]


def test_items_come_in_the_order_of_their_ids(seeded_session):
    ids = [find(seeded_session, slug).id for slug in ("roots", "cci-1", "the-pile")]
    assert [item.id for item in queries.list_items(seeded_session, ids)] == ids


def test_an_overlap_is_seen_from_both_sides(seeded_session):
    pool, mix = find(seeded_session, "redpajama-1t"), find(seeded_session, "slimpajama-627b")
    [of_mix] = [
        side
        for side in queries.list_overlaps(seeded_session, mix.id, with_team=False)
        if side.other.slug == pool.slug
    ]
    [of_pool] = [
        side
        for side in queries.list_overlaps(seeded_session, pool.id, with_team=False)
        if side.other.slug == mix.slug
    ]
    assert of_mix.is_outgoing is not of_pool.is_outgoing
    assert of_mix.relation == of_pool.relation


def test_an_overlap_with_a_hidden_dataset_does_not_tell_of_it(seeded_session):
    pool = find(seeded_session, "redpajama-1t")
    hide(seeded_session, "slimpajama-627b")
    shown = queries.list_overlaps(seeded_session, pool.id, with_team=False)
    assert "slimpajama-627b" not in {side.other.slug for side in shown}


def test_subsets_are_counted_and_listed_in_the_order_of_their_source(seeded_session):
    pile = find(seeded_session, "the-pile")
    assert queries.subset_counts(seeded_session, [pile.id]) == {pile.id: 22}
    subsets = queries.list_subsets(seeded_session, pile.id, with_team=False)
    assert [subset.slug for subset in subsets[:2]] == [
        "the-pile/pile-cc",
        "the-pile/pubmed-central",
    ]


def test_counts_of_the_catalogue_leave_out_what_is_hidden(seeded_session):
    assert queries.count_datasets(seeded_session, with_team=False) == (91, 192)
    hide(seeded_session, "cci-1")
    assert queries.count_datasets(seeded_session, with_team=False) == (90, 192)
    assert queries.count_datasets(seeded_session, with_team=True) == (91, 192)


def test_those_without_an_estimate_are_counted_for_who_may_see_them(seeded_session):
    everything = queries.count_without_estimate(seeded_session, with_team=True)
    assert queries.count_without_estimate(seeded_session, with_team=False) == everything > 0
