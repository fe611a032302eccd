"""Put a recipe on a budget and on the catalogue, and say what has no counterpart there."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer
from app.errors import Conflict
from app.mixtures import access, catalogue, lifecycle
from app.mixtures.content import MAX_NAME, Component, Content, Phase, Purpose
from app.mixtures.edits.components import DEFAULT_MAX_EPOCHS
from app.mixtures.facts import DatasetFacts
from app.mixtures.models import Mixture
from app.mixtures.recipes.reading import Recipe, RecipeComponent

_PURPOSES = {"2": Purpose.MID_TRAINING, "cooldown": Purpose.MID_TRAINING}


@dataclass(frozen=True, slots=True)
class Mapped:
    """
    A recipe on the catalogue.

    `found` are the components with a counterpart, `missing` those without. `covered` is the
    share of the recipe that the counterparts are.
    """

    found: tuple[tuple[RecipeComponent, str], ...]
    missing: tuple[RecipeComponent, ...]
    covered: float
    facts: Mapping[str, DatasetFacts]


def map_recipe(session: Session, recipe: Recipe, viewer: Viewer) -> Mapped:
    """Return which datasets of the catalogue a recipe's components are, now."""
    slugs = [one.dataset for one in recipe.components if one.dataset is not None]
    facts = catalogue.load_facts(session, slugs, with_team=access.sees_team(viewer))
    found, missing = [], []
    for one in recipe.components:
        if one.dataset is not None and one.dataset in facts:
            found.append((one, one.dataset))
        else:
            missing.append(one)
    return Mapped(
        tuple(found),
        tuple(missing),
        sum(one.ratio for one, _slug in found),
        facts,
    )


def content_of(recipe: Recipe, mapped: Mapped, *, token_budget: int) -> Content:
    """
    Return the content that a recipe's counterparts make, with the recipe's printed weights.

    Nothing is renormalised: what has no counterpart is left out, and the weights of the others
    stay as they are, so that the sum of the weights says how much of the recipe is there.

    Raises
    ------
    Conflict
        If no component has a counterpart.
    """
    if not mapped.found:
        raise Conflict(
            "No component of %(name)s has a counterpart in the catalogue, so there is nothing to "
            "put on a budget.",
            name=recipe.name,
        )
    weights: dict[str, float] = {}
    for one, slug in mapped.found:
        # Two lines of a recipe may be one dataset of the catalogue.
        weights[slug] = weights.get(slug, 0.0) + weight_of(one)
    phase = Phase(
        name=recipe.name[:MAX_NAME],
        purpose=_PURPOSES.get(recipe.stage or "", Purpose.PRE_TRAINING),
        token_budget=token_budget,
        components=tuple(
            Component(dataset=slug, weight=weight, max_epochs=DEFAULT_MAX_EPOCHS)
            for slug, weight in weights.items()
        ),
    )
    return Content(phases=(phase,))


def weight_of(one: RecipeComponent) -> float:
    """Return the weight as it is printed: the percentage, else the ratio in per cent."""
    if one.printed_percent is not None:
        return one.printed_percent
    return float(f"{100 * one.ratio:.12g}")


def make_mixture(
    session: Session,
    recipe: Recipe,
    *,
    token_budget: int,
    name: str,
    viewer: Viewer,
) -> tuple[Mixture, Mapped]:
    """Make a mixture of a recipe on a budget; also what has no counterpart."""
    mapped = map_recipe(session, recipe, viewer)
    content = content_of(recipe, mapped, token_budget=token_budget)
    mixture = lifecycle.create_mixture(
        session, name=name, content=content, viewer=viewer, origin={"recipe": recipe.slug}
    )
    return mixture, mapped
