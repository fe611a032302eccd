"""Facts of the catalogue are remembered, and never older than the catalogue."""

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.catalog.models.datasets import Category, Dataset, Overlap, Visibility
from app.catalog.models.estimates import TokenEstimate
from app.catalog.models.priors import Tokenizer, TokenizerRatio
from app.catalog.models.providers import Provider
from app.mixtures import catalogue, remembered
from app.mixtures.models import Policy
from app.mixtures.queries import policies as policy_queries

SLUGS = ["the-pile/arxiv", "jlw-chinese-books", "skypile-150b"]


def load(session: Session, *, with_team: bool = True):
    session.flush()
    return remembered.load(session, SLUGS, with_team=with_team).facts


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


def test_relations_tokenizers_and_policies_follow_every_change(seeded_session: Session):
    def read() -> remembered.Remembered:
        seeded_session.flush()
        return remembered.load(seeded_session, SLUGS, with_team=True)

    def fresh() -> remembered.Remembered:
        return remembered.Remembered(
            catalogue.load_facts(seeded_session, SLUGS, with_team=True),
            catalogue.load_relations(seeded_session, SLUGS),
            catalogue.load_tokenizers(seeded_session),
            policy_queries.list_rules(seeded_session),
        )

    rows = seeded_session.execute(select(Dataset.slug, Dataset.id))
    ids = {row.slug: row.id for row in rows}
    assert read() is read()
    other = select(Dataset.slug).where(Dataset.slug.not_in(SLUGS)).limit(1)
    name = seeded_session.scalars(other).one()
    for change in (
        lambda: seeded_session.add(
            Overlap(dataset_id=ids[SLUGS[1]], other_id=ids[name], relation="derived_from")
        ),
        # A dataset that nobody asked for, but that one of those came from.
        lambda: seeded_session.execute(
            update(Dataset).where(Dataset.slug == name).values(slug="renamed")
        ),
        lambda: seeded_session.execute(delete(Overlap)),
        lambda: seeded_session.execute(update(TokenizerRatio).values(bytes_per_token=5)),
        lambda: seeded_session.execute(update(Tokenizer).values(name="Other")),
        lambda: seeded_session.add(Policy(kind="epochs_at_most", bound=4)),
        lambda: seeded_session.execute(update(Policy).values(bound=5)),
        lambda: seeded_session.execute(delete(Policy)),
    ):
        before = read()
        change()
        assert read() == fresh() != before


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
    memory, nothing = remembered.Memory(most=2), remembered.Remembered({}, [], {}, [])
    for name in ("a", "b"):
        memory.keep((True, (name,)), ("1",), nothing)
    assert memory.find((True, ("a",)), ("1",)) is nothing
    memory.keep((True, ("c",)), ("1",), nothing)
    assert memory.find((True, ("b",)), ("1",)) is None
    assert memory.find((True, ("a",)), ("1",)) is nothing
    assert memory.find((True, ("a",)), ("2",)) is None
    assert len(memory) == 2
