"""Published mixtures, and how one is put on a budget and the catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from app.accounts.permissions import Permission
from app.accounts.viewers import CatalogueViewer, CurrentViewer, Viewer, require
from app.db import DbSession
from app.errors import AppError
from app.mixtures.edits.phases import read_budget
from app.mixtures.recipes import reading, using
from app.mixtures.recipes.reading import Recipe
from app.mixtures.recipes.using import Mapped
from app.mixtures.web.forms import put_error
from app.mixtures.web.notices import redirect
from app.mixtures.web.say import SAY, Say
from app.mixtures.words.recipes import UNTABLED, figure_word, kind_word
from app.web.forms import Form, FormData
from app.web.templating import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class RecipesPage:
    """Every recipe."""

    recipes: Sequence[Recipe]


@dataclass(frozen=True)
class RecipePage:
    """One recipe as it is printed, and its counterparts in the catalogue."""

    recipe: Recipe
    mapped: Mapped
    can_use: bool
    form: FormData | None
    kinds: dict[str, str]
    figures: list[tuple[str, str]]
    say: Say = SAY


@router.get("/mixtures/recipes", name="mixtures.recipes")
def list_recipes(request: Request, viewer: CatalogueViewer) -> Response:  # noqa: ARG001  asks who may browse
    """List the published mixtures."""
    return render(request, "mixtures/recipes.html", RecipesPage(reading.list_recipes()))


@router.get("/mixtures/recipes/{slug}", name="mixtures.recipe")
def show_recipe(
    request: Request, session: DbSession, viewer: CatalogueViewer, slug: str
) -> Response:
    """Show a published mixture as it is printed."""
    return recipe_page(request, session, reading.get_recipe(slug), viewer)


def recipe_page(
    request: Request,
    session: DbSession,
    recipe: Recipe,
    viewer: Viewer,
    *,
    form: FormData | None = None,
) -> Response:
    """Render a recipe, with what is wrong with the form that uses it."""
    page = RecipePage(
        recipe=recipe,
        mapped=using.map_recipe(session, recipe, viewer),
        can_use=viewer.can(Permission.EDIT_MIXTURES),
        form=form,
        kinds={one.kind: kind_word(one.kind) for one in recipe.components},
        figures=[
            (name, figure_word(name))
            for name in dict.fromkeys(n for one in recipe.components for n in one.figures or ())
            if name not in UNTABLED
        ],
    )
    return render(request, "mixtures/recipe.html", page, status_code=422 if form else 200)


@router.post("/mixtures/recipes/{slug}", name="mixtures.recipe.post")
def use_recipe(
    request: Request, session: DbSession, viewer: CurrentViewer, slug: str, form: Form
) -> Response:
    """Make a mixture of a recipe on a budget."""
    require(viewer, Permission.EDIT_MIXTURES)
    recipe = reading.get_recipe(slug)
    try:
        mixture, mapped = using.make_mixture(
            session,
            recipe,
            token_budget=read_budget(form.text("token_budget")),
            name=form.text("name") or recipe.name,
            viewer=viewer,
        )
    except AppError as error:
        put_error(form, error, default="token_budget")
        return recipe_page(request, session, recipe, viewer, form=form)
    return redirect(f"/mixtures/{mixture.slug}", "recipe-partly" if mapped.missing else "recipe")
