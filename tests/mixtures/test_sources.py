import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.catalog.models.datasets import Dataset
from app.errors import Conflict, InvalidInput
from app.mixtures import sources
from tests.mixtures.making import OUTSIDER, make_viewer


def test_suggestions_find_datasets_and_subsets_by_what_is_typed(seeded_session: Session):
    found = sources.suggest(seeded_session, "wikipedia pile", make_viewer(seeded_session))
    assert "the-pile/wikipedia-en" in [one.slug for one in found]
    assert len(found) <= sources.SUGGESTED
    assert sources.suggest(seeded_session, "  ", OUTSIDER) == []


def test_pasted_list_is_found_by_short_name_and_by_name_and_the_rest_is_said(
    seeded_session: Session,
):
    text = "the-pile/books3\t12.07\nFineWeb-Edu, 40 %\nFINEWEB\nno such data\nthe-pile/books3"
    found = sources.from_list(seeded_session, text, make_viewer(seeded_session))
    assert found.slugs == ("the-pile/books3", "fineweb-edu", "fineweb")
    assert found.weights == {"the-pile/books3": 12.07, "fineweb-edu": 40}
    assert found.unknown == ("no such data",)


def test_name_that_fits_several_datasets_is_not_guessed(seeded_session: Session):
    seeded_session.execute(
        update(Dataset).where(Dataset.slug.in_(["fineweb", "fineweb-edu"])).values(name_en="Same")
    )
    found = sources.from_list(seeded_session, "same", make_viewer(seeded_session))
    assert found.slugs == ()
    assert set(found.ambiguous["same"]) == {"fineweb", "fineweb-edu"}


def test_list_without_end_is_refused(seeded_session: Session):
    with pytest.raises(InvalidInput, match="2001 lines"):
        sources.from_list(seeded_session, "x\n" * 2_001, OUTSIDER)


def test_recipe_and_parent_and_filter_give_what_they_hold(seeded_session: Session):
    viewer = make_viewer(seeded_session)
    pile = sources.from_recipe(seeded_session, "the-pile", viewer)
    subsets = sources.from_parent(seeded_session, "the-pile", viewer)
    assert set(pile.slugs) == set(subsets.slugs)
    assert len(subsets.slugs) == 22
    filtered = sources.from_filter(seeded_session, viewer, filters={}, parent="the-pile")
    assert set(filtered.slugs) == set(subsets.slugs)
    missing = sources.from_recipe(seeded_session, "olmo2-dolmino-50b", viewer).missing
    assert [one.name for one in missing] == ["Dolmino Math"]


def test_filter_reads_every_page(seeded_session: Session):
    found = sources.from_filter(seeded_session, OUTSIDER, filters={}, subsets=True)
    assert len(found.slugs) == len(set(found.slugs)) > 200


def test_filter_is_bounded(seeded_session: Session, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sources, "MOST_FOUND", 50)
    with pytest.raises(Conflict, match="at most 50"):
        sources.from_filter(seeded_session, OUTSIDER, filters={})


def test_what_is_not_there_is_refused(seeded_session: Session):
    viewer = make_viewer(seeded_session)
    with pytest.raises(InvalidInput):
        sources.from_parent(seeded_session, "the-pile/books3", viewer)
    with pytest.raises(InvalidInput):
        sources.from_filter(seeded_session, viewer, filters={"category": ["nonsense"]})


def test_outsiders_add_nothing_that_only_the_team_may_know_of(seeded_session: Session):
    seeded_session.execute(
        update(Dataset).where(Dataset.slug == "the-pile/books3").values(visibility="team")
    )
    assert sources.from_list(seeded_session, "the-pile/books3", OUTSIDER).unknown == (
        "the-pile/books3",
    )
    assert "the-pile/books3" not in sources.from_parent(seeded_session, "the-pile", OUTSIDER).slugs
