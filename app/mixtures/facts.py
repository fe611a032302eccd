"""What the catalogue knows of a dataset, as mixtures compute with it and versions freeze it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from app.catalog.models.datasets import Visibility


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """
    A dataset as the catalogue has it, or had it when a version was saved.

    `low`, `mid`, `high` are the main estimate in its own tokenizer; `mid` None is no estimate.
    `category_hue` is its fixed colour. `revision` is the dataset's.
    """

    slug: str
    name_zh: str
    name_en: str
    provider: str
    provider_zh: str
    provider_en: str
    category: str
    category_zh: str
    category_en: str
    category_hue: int
    modality: str
    languages: tuple[str, ...]
    licence_class: str
    licence_spdx: str | None
    licence_zh: str | None
    licence_en: str | None
    visibility: str
    revision: int
    is_archived: bool
    no_estimate_reason: str | None
    low: int | None = None
    mid: int | None = None
    high: int | None = None
    method: str | None = None
    tokenizer: str | None = None
    tokenizer_printed: str | None = None
    is_assumed: bool = False
    is_scaled: bool = False
    is_disputed: bool = False
    has_repeats: bool = False
    bound: str | None = None

    @property
    def is_public(self) -> bool:
        """Whether people outside the team may know of it."""
        return self.visibility == Visibility.PUBLIC


_NAMES = frozenset(field.name for field in fields(DatasetFacts))


def frozen(facts: DatasetFacts) -> dict[str, Any]:
    """Return the JSON that a version keeps."""
    return asdict(facts) | {"languages": list(facts.languages)}


def thawed(stored: Mapping[str, Any]) -> DatasetFacts:
    """Return the facts that a version kept; later additions are left out."""
    values = {name: value for name, value in stored.items() if name in _NAMES}
    return DatasetFacts(**values | {"languages": tuple(values["languages"])})


def masked(facts: DatasetFacts, number: int) -> DatasetFacts:
    """
    Return what people outside the team may know of a dataset that only the team may know of.

    Its tokens count, else the sums of the page would not add up; who and what it is stays out.
    """
    if facts.is_public:
        return facts
    unnamed = f"withheld-{number}"
    return DatasetFacts(
        slug=unnamed,
        name_zh=f"未公开的数据集 {number}",
        name_en=f"Withheld dataset {number}",
        provider="withheld",
        provider_zh="未公开",
        provider_en="withheld",
        category=facts.category,
        category_zh=facts.category_zh,
        category_en=facts.category_en,
        category_hue=facts.category_hue,
        modality=facts.modality,
        languages=facts.languages,
        licence_class=facts.licence_class,
        licence_spdx=None,
        licence_zh=None,
        licence_en=None,
        visibility=Visibility.PUBLIC,
        revision=0,
        is_archived=facts.is_archived,
        no_estimate_reason=None,
        low=facts.low,
        mid=facts.mid,
        high=facts.high,
        method=facts.method,
        tokenizer=facts.tokenizer,
        is_assumed=facts.is_assumed,
        is_scaled=facts.is_scaled,
        has_repeats=facts.has_repeats,
    )
