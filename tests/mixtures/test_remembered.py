"""Facts of the catalogue are remembered, and never older than the catalogue."""

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.catalog.models.datasets import Category, Dataset, Visibility
from app.catalog.models.estimates import TokenEstimate
from app.catalog.models.providers import Provider
from app.mixtures import catalogue, remembered

SLUGS = ["the-pile/arxiv", "jlw-chinese-books", "skypile-150b"]


def load(session: Session, *, with_team: bool = True):
    session.flush()
    return remembered.load_facts(session, SLUGS, with_team=with_team)


def test_facts_are_the_same_object_while_nothing_changed(seeded_session: Session):
    first = load(seeded_session)
    assert load(seeded_session) is first
    assert first == catalogue.load_facts(seeded_session, SLUGS, with_team=True)


CHANGES = {
    "name": update(Dataset).where(Dataset.slug == SLUGS[1]).values(name_en="Other"),
    "estimate": update(TokenEstimate).values(has_repeats=~TokenEstimate.has_repeats),
    "no estimate": delete(TokenEstimate),
    "provider": update(Provider).values(short_name_en="Other"),
    "category": update(Category).values(name_en="Other"),
    "hidden": update(Dataset).where(Dataset.slug == SLUGS[1]).values(visibility=Visibility.TEAM),
}


@pytest.mark.parametrize("what", list(CHANGES))
@pytest.mark.parametrize("with_team", [True, False])
def test_facts_follow_every_change(seeded_session: Session, what: str, *, with_team: bool):
    before = load(seeded_session, with_team=with_team)
    seeded_session.execute(CHANGES[what])
    found = load(seeded_session, with_team=with_team)
    assert found == catalogue.load_facts(seeded_session, SLUGS, with_team=with_team)
    assert found != before


def test_facts_after_a_change_that_was_taken_back_are_those_before(seeded_session: Session):
    before = load(seeded_session)
    with seeded_session.begin_nested() as savepoint:
        seeded_session.execute(CHANGES["estimate"])
        assert load(seeded_session) != before
        savepoint.rollback()
    assert load(seeded_session) == before
    slug = seeded_session.scalars(select(Dataset.slug).where(Dataset.slug == SLUGS[0])).one()
    assert slug in before


def test_memory_forgets_what_was_not_asked_for_the_longest():
    memory = remembered.Memory(most=2)
    for name in ("a", "b"):
        memory.keep((True, (name,)), "1", {})
    assert memory.find((True, ("a",)), "1") == {}
    memory.keep((True, ("c",)), "1", {})
    assert memory.find((True, ("b",)), "1") is None
    assert memory.find((True, ("a",)), "1") == {}
    assert memory.find((True, ("a",)), "2") is None
    assert len(memory) == 2
