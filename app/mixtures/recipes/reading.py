"""Published mixtures, read from the package's own data: each with its source, as printed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from app.errors import NotFound

DATA = Path(__file__).parent / "data" / "recipes.yaml"
# A sum of printed percentages within this of 100 is 100 as far as its digits say.
_ROUNDED = 0.005


@dataclass(frozen=True, slots=True)
class RecipeSource:
    """Where a recipe is printed, with the grade of the source."""

    code: str
    grade: str
    text: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class RecipeComponent:
    """
    A line of a recipe.

    `ratio` is its weight over the sum of the printed weights. `printed_percent` is what is
    printed, or follows from printed counts where `weights_from` says so. `dataset` is the
    catalogue's counterpart. `figures` are other printed or derived numbers, by name.
    """

    name: str
    kind: str
    ratio: float
    printed_percent: float | None
    dataset: str | None
    epochs: float | None = None
    oversampling: float | None = None
    tokens: int | None = None
    pool_tokens: int | None = None
    printed_ratio: float | None = None
    language: str | None = None
    figures: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class RecipeCheck:
    """What adding up the printed numbers gives; not ok is a contradiction inside the source."""

    check: Mapping[str, str]
    value: float
    is_ok: bool
    comment: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """A published mixture."""

    slug: str
    name: str
    model: str | None
    stage: str | None
    year: int
    source: RecipeSource
    corpus: str | None
    weight_basis: Mapping[str, str]
    weights_from: str
    total_tokens: int | None
    total_tokens_note: Mapping[str, str] | None
    printed_sum: float
    notes: Sequence[Mapping[str, str]]
    checks: Sequence[RecipeCheck]
    components: Sequence[RecipeComponent]

    @property
    def sums_to_hundred(self) -> bool:
        """Whether the printed percentages sum to 100 as far as their digits say."""
        return abs(self.printed_sum - 100) < _ROUNDED

    @property
    def matched(self) -> int:
        """How many components have a counterpart in the seeded catalogue."""
        return sum(one.dataset is not None for one in self.components)


@cache
def load() -> Mapping[str, Recipe]:
    """Return every recipe by its slug, in the order of the file."""
    stored = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    sources = {one["code"]: RecipeSource(**one) for one in stored["sources"]}
    return {one["slug"]: _recipe(one, sources) for one in stored["recipes"]}


def list_recipes() -> list[Recipe]:
    """Return every recipe."""
    return list(load().values())


def get_recipe(slug: str) -> Recipe:
    """
    Return a recipe.

    Raises
    ------
    NotFound
        If there is none.
    """
    found = load().get(slug)
    if found is None:
        raise NotFound("There is no recipe %(slug)s.", slug=slug)
    return found


def _recipe(stored: Mapping[str, Any], sources: Mapping[str, RecipeSource]) -> Recipe:
    return Recipe(
        slug=stored["slug"],
        name=stored["name"],
        model=stored.get("model"),
        stage=stored.get("stage"),
        year=stored["year"],
        source=sources[stored["source"]],
        corpus=stored.get("corpus"),
        weight_basis=stored["weight_basis"],
        weights_from=stored["weights_from"],
        total_tokens=stored.get("total_tokens"),
        total_tokens_note=stored.get("total_tokens_note"),
        printed_sum=stored["printed_sum"],
        notes=stored.get("notes", ()),
        checks=[RecipeCheck(**one) for one in stored.get("checks", ())],
        components=[
            RecipeComponent(**{"printed_percent": None} | one) for one in stored["components"]
        ],
    )
