"""Published mixtures as JSON, as they are printed."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from app.accounts.viewers import CatalogueViewer
from app.mixtures.recipes import reading
from app.mixtures.recipes.reading import Recipe

router = APIRouter(prefix="/api/v1/recipes", tags=["recipes"])


class SourceOut(BaseModel):
    """Where a recipe is printed."""

    code: str
    grade: str
    text: str
    note: str | None


class RecipeItem(BaseModel):
    """A recipe without its lines."""

    slug: str
    name: str
    model: str | None
    stage: str | None
    year: int
    source: SourceOut
    corpus: str | None
    weight_basis: dict[str, str] = Field(description="What a weight measures, in `zh` and `en`.")
    weights_from: str
    total_tokens: int | None
    printed_sum: float = Field(description="Sum of the printed percentages, never corrected.")
    component_count: int
    matched: int = Field(description="Components with a counterpart in the seeded catalogue.")


class LineOut(BaseModel):
    """A line of a recipe, as printed."""

    name: str
    kind: str
    ratio: float
    printed_percent: float | None
    printed_ratio: float | None
    dataset: str | None
    epochs: float | None
    oversampling: float | None
    tokens: int | None
    pool_tokens: int | None
    language: str | None
    figures: dict[str, Any] | None


class CheckOut(BaseModel):
    """What adding up the printed numbers gives."""

    check: dict[str, str]
    value: float
    is_ok: bool
    comment: dict[str, str] | None


class RecipeOut(RecipeItem):
    """A recipe with its lines, its notes, and what adding it up gives."""

    total_tokens_note: dict[str, str] | None
    notes: list[dict[str, str]]
    checks: list[CheckOut]
    components: list[LineOut]


class RecipeList(BaseModel):
    """Every recipe."""

    items: list[RecipeItem]
    total: int
    next_cursor: None = None


@router.get("", name="mixtures.api.recipes")
def list_recipes(viewer: CatalogueViewer) -> RecipeList:  # noqa: ARG001  asks who may browse
    """List the published mixtures."""
    items = [RecipeItem(**_item(one)) for one in reading.list_recipes()]
    return RecipeList(items=items, total=len(items))


@router.get("/{slug}", name="mixtures.api.recipe")
def show_recipe(viewer: CatalogueViewer, slug: str) -> RecipeOut:  # noqa: ARG001  likewise
    """Return one published mixture with its lines."""
    found = reading.get_recipe(slug)
    return RecipeOut(
        **_item(found),
        total_tokens_note=_dict(found.total_tokens_note),
        notes=[dict(note) for note in found.notes],
        checks=[
            CheckOut(
                check=dict(one.check), value=one.value, is_ok=one.is_ok, comment=_dict(one.comment)
            )
            for one in found.checks
        ],
        components=[
            LineOut(
                name=one.name,
                kind=one.kind,
                ratio=one.ratio,
                printed_percent=one.printed_percent,
                printed_ratio=one.printed_ratio,
                dataset=one.dataset,
                epochs=one.epochs,
                oversampling=one.oversampling,
                tokens=one.tokens,
                pool_tokens=one.pool_tokens,
                language=one.language,
                figures=dict(one.figures) if one.figures else None,
            )
            for one in found.components
        ],
    )


def _item(found: Recipe) -> dict[str, Any]:
    source = found.source
    return {
        "slug": found.slug,
        "name": found.name,
        "model": found.model,
        "stage": found.stage,
        "year": found.year,
        "source": SourceOut(
            code=source.code, grade=source.grade, text=source.text, note=source.note
        ),
        "corpus": found.corpus,
        "weight_basis": dict(found.weight_basis),
        "weights_from": found.weights_from,
        "total_tokens": found.total_tokens,
        "printed_sum": found.printed_sum,
        "component_count": len(found.components),
        "matched": found.matched,
    }


def _dict(text: Any) -> dict[str, str] | None:  # noqa: ANN401  a mapping or nothing
    return dict(text) if text else None
