"""What the API takes to add or change a dataset: the shape of what it gives, in plain values."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.catalog.editing.amounts import MOST
from app.catalog.editing.validation import (
    MAX_ADDRESS,
    MAX_ALIASES,
    MAX_LINE,
    MAX_NAME,
    MAX_ROWS,
    MAX_TEXT,
)
from app.catalog.models.datasets import Visibility
from app.catalog.models.estimates import EstimateMethod
from app.catalog.models.licences import LicenceClass
from app.catalog.models.quantities import ByteContent


def be_text(text: str) -> str:
    """Return a text that can be stored: no NUL, no half of a surrogate pair."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        message = "must not contain NUL or unpaired surrogates"
        raise ValueError(message)
    return text.strip()


Name = Annotated[str, Field(max_length=MAX_NAME), AfterValidator(be_text)]
Line = Annotated[str, Field(max_length=MAX_LINE), AfterValidator(be_text)]
Text = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(be_text)]
Address = Annotated[str, Field(max_length=MAX_ADDRESS), AfterValidator(be_text)]
Tokens = Annotated[int, Field(ge=0, le=MOST)]
Amount = Annotated[Decimal, Field(ge=0, le=MOST, max_digits=22, decimal_places=3)]


class Strict(BaseModel):
    """A body that takes nothing it does not know."""

    model_config = ConfigDict(extra="forbid")


class NamesIn(Strict):
    """A name in both languages; a missing one is taken from the other."""

    zh: Name = ""
    en: Name = ""


class TextsIn(Strict):
    """A text in both languages, or in one."""

    zh: Text | None = None
    en: Text | None = None


class SourceIn(Strict):
    """Where a figure comes from: the code of a known source, or the text and grade of a new one."""

    code: Line | None = None
    text: Line | None = None
    grade: Literal["A", "B", "C", "V", "-"] | None = None


class QuantityIn(Strict):
    """A count in a native unit. Without `printed` the number stands as it is."""

    value: Amount | None = None
    unit: Line | None = None
    assumed_unit: Line | None = None
    printed: Line = ""
    qualifier: TextsIn | None = None
    is_whole: bool = True
    content: ByteContent | None = None
    source: SourceIn | None = None


class EstimateIn(Strict):
    """A token count that a source gives. Converted ones follow from the quantities."""

    low: Tokens | None = None
    mid: Tokens | None = None
    high: Tokens | None = None
    method: Literal[EstimateMethod.MEASURED, EstimateMethod.PUBLISHED, EstimateMethod.STATED]
    tokenizer: Line | None = None
    tokenizer_printed: Line | None = None
    bound: Literal["at_least", "at_most"] | None = None
    scope: TextsIn | None = None
    printed: Line | None = None
    is_whole: bool = True
    disputed: bool = False
    has_repeats: bool = False
    source: SourceIn | None = None


class LicenceClaimIn(Strict):
    """
    What one source states of the licence. The class of data and code follows from the terms.

    `decision` records what a person decided: it needs `class`, `note`, `evidence_url`,
    `checked_by` and `checked_on`.
    """

    scope: Literal["data", "code", "decision"] = "data"
    terms: Literal["named", "custom", "per_source", "contract", "unverified", "not_stated"] = (
        "unverified"
    )
    spdx: Line | None = None
    licence_class: LicenceClass | None = Field(default=None, alias="class")
    stated: TextsIn | None = None
    note: TextsIn | None = None
    evidence_url: Address | None = None
    checked_by: Line | None = None
    checked_on: Line | None = Field(default=None, description="A day: 2026-11-24.")
    source: SourceIn | None = None


class OverlapIn(Strict):
    """Another dataset that shares text with this one, by its slug."""

    dataset: Line
    relation: Literal["derived_from", "contains", "may_overlap"]
    note: TextsIn | None = None


class DatasetFields(Strict):
    """The fields of a dataset that may be written; a list replaces the list that is there."""

    name: NamesIn | None = None
    provider: Line | None = Field(default=None, description="The slug of a provider.")
    category: Line | None = None
    modality: Line | None = None
    languages: Annotated[list[Line], Field(max_length=300)] | None = None
    languages_note: TextsIn | None = None
    aliases: Annotated[list[Name], Field(max_length=MAX_ALIASES)] | None = None
    description: TextsIn | None = None
    access: TextsIn | None = None
    homepage: Address | None = None
    paper: Line | None = None
    released: Line | None = Field(default=None, description="2024, 2024-06 or 2024-06-30.")
    has_tokens: bool | None = None
    visibility: Visibility | None = None
    quantities: Annotated[list[QuantityIn], Field(max_length=MAX_ROWS)] | None = None
    estimates: Annotated[list[EstimateIn], Field(max_length=MAX_ROWS)] | None = None
    licence_claims: Annotated[list[LicenceClaimIn], Field(max_length=MAX_ROWS)] | None = None
    overlaps: Annotated[list[OverlapIn], Field(max_length=MAX_ROWS)] | None = Field(
        default=None, description="What this dataset says of others, not what others say of it."
    )


class DatasetPatch(DatasetFields):
    """A change of a dataset: what is absent stays; null empties a text."""

    archived: bool | None = Field(default=None, description="False restores an archived dataset.")


class DatasetIn(DatasetFields):
    """A new dataset, or a subset of `parent`; without `slug` one is made of the English name."""

    slug: Line = Field(default="", description="Of a subset the part after its parent.")
    parent: Line | None = None
