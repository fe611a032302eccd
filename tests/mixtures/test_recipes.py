import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.models.datasets import Dataset
from app.errors import Conflict, NotFound
from app.mixtures import content as contents
from app.mixtures.queries import drafts as draft_queries
from app.mixtures.recipes import reading, using
from app.mixtures.words.recipes import KINDS
from tests.mixtures.making import make_viewer

RECIPES = reading.list_recipes()


def test_there_are_as_many_recipes_and_lines_as_were_collected():
    assert len(RECIPES) == 29
    assert sum(len(one.components) for one in RECIPES) == 251


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda one: one.slug)
def test_recipe_is_whole(recipe):
    assert recipe.source.text
    assert recipe.source.grade in {"A", "B", "C"}
    assert abs(sum(one.ratio for one in recipe.components) - 1) < 1e-9
    for text in (recipe.weight_basis, *recipe.notes, *(c.check for c in recipe.checks)):
        assert text["zh"]
        assert text["en"]
    assert {one.kind for one in recipe.components} <= set(KINDS)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda one: one.slug)
def test_printed_sum_is_that_of_the_printed_percentages(recipe):
    printed = [one.printed_percent for one in recipe.components]
    assert all(value is not None for value in printed)
    assert abs(sum(printed) - recipe.printed_sum) < 0.006


def test_sums_that_are_not_hundred_are_shown_as_they_are():
    odd = {one.slug: one.printed_sum for one in RECIPES if not one.sums_to_hundred}
    assert odd == {
        "gpt3": 101.0,
        "olmo2-dolmino-50b": 100.01,
        "olmo2-dolmino-100b": 99.96,
        "olmo2-dolmino-300b": 99.94,
        "dolma3-6t": 100.05,
        "dolma3-web-topics": 99.99,
    }


def test_every_counterpart_is_in_the_catalogue(seeded_session: Session):
    known = set(seeded_session.scalars(select(Dataset.slug)))
    wanted = {one.dataset for recipe in RECIPES for one in recipe.components if one.dataset}
    assert wanted <= known


def test_recipe_on_a_budget_keeps_its_printed_weights(seeded_session: Session):
    viewer = make_viewer(seeded_session)
    recipe = reading.get_recipe("the-pile")
    mixture, mapped = using.make_mixture(
        seeded_session, recipe, token_budget=3 * 10**11, name="Pile", viewer=viewer
    )
    assert (len(mapped.found), mapped.missing, mixture.recipe) == (22, (), "the-pile")
    made = contents.read(draft_queries.get_draft(seeded_session, mixture.id).content)
    assert made.phases[0].token_budget == 3 * 10**11
    assert made.phases[0].components[0].weight == 18.11


def test_what_has_no_counterpart_is_left_out_and_said(seeded_session: Session):
    viewer = make_viewer(seeded_session)
    recipe = reading.get_recipe("olmo2-dolmino-50b")
    mapped = using.map_recipe(seeded_session, recipe, viewer)
    assert [one.name for one in mapped.missing] == ["Dolmino Math"]
    made = using.content_of(recipe, mapped, token_budget=10**9)
    assert round(sum(c.weight for c in made.phases[0].components), 6) == round(
        recipe.printed_sum - (mapped.missing[0].printed_percent or 0), 6
    )


def test_recipe_without_any_counterpart_cannot_be_used(seeded_session: Session):
    viewer = make_viewer(seeded_session)
    with pytest.raises(Conflict, match="counterpart"):
        using.make_mixture(
            seeded_session, reading.get_recipe("gpt3"), token_budget=5, name="x", viewer=viewer
        )


def test_unknown_recipe_is_not_found():
    with pytest.raises(NotFound):
        reading.get_recipe("nothing")


def test_what_recipes_say_in_words_names_no_code():
    for recipe in reading.list_recipes():
        said = [recipe.weight_basis, *recipe.notes, *(one.check for one in recipe.checks)]
        said += [one.comment for one in recipe.checks if one.comment]
        for words in said:
            for text in words.values():
                bare = re.sub(r"\S*[/@]\S*", "", text)
                assert not re.search(r"[a-z]_[a-z]| = ", bare), (recipe.slug, text)
            assert re.search(r"[一-鿿]", words["zh"]), (recipe.slug, words)
