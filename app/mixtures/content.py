"""
The content of a mixture: the one shape of drafts, versions, the API and the text form.

Frozen and checked when it is made. `to_json` is canonical: the same content always gives the
same JSON, whose SHA-256 is the content hash of a version.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)
from pydantic_core import PydanticCustomError

from app.planning.limits import MAX_COMPONENTS, MAX_EPOCHS, MAX_TOKENS, MAX_WEIGHT
from app.planning.plans.request import PARAMETERS, OnShortage, SchemeName
from app.planning.sampling.schemes import MAX_ALPHA
from app.web.i18n import later

MAX_PHASES = 20
MAX_GROUPS = 200
MAX_NAME = 100
MAX_SLUG = 200
MAX_CARRIED = 20
DEFAULT_TOKENIZER = "qwen2-qwen3"
_SLUG = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)?")


class Purpose(StrEnum):
    """What a phase is for."""

    PRE_TRAINING = "pre_training"
    MID_TRAINING = "mid_training"
    LONG_CONTEXT = "long_context"
    FINE_TUNING = "fine_tuning"


class Tag(StrEnum):
    """A property of components that groups, roll-ups and policies speak of."""

    LANGUAGE = "language"
    CATEGORY = "category"
    MODALITY = "modality"
    LICENCE = "licence"
    PROVIDER = "provider"
    SYNTHETIC = "synthetic"


def refuse_text(value: object) -> object:
    """Refuse what would be read as a number though nobody wrote one."""
    if isinstance(value, bool | str):
        raise PydanticCustomError("int_type", "Input should be a valid integer")
    return value


def _one_line(text: str) -> str:
    name = " ".join(text.split())
    if not name or not name.isprintable():
        raise PydanticCustomError("name", later("Give a name of one line of text."))
    return name


def _slug(text: str) -> str:
    if not _SLUG.fullmatch(text):
        raise PydanticCustomError(
            "dataset", later("A dataset is named by its short name, such as the-pile/arxiv.")
        )
    return text


Name = Annotated[str, Field(max_length=MAX_NAME), AfterValidator(_one_line)]
Slug = Annotated[str, Field(max_length=MAX_SLUG), AfterValidator(_slug)]
Number = Annotated[float, Field(strict=True, ge=0, le=MAX_WEIGHT, allow_inf_nan=False)]
Share = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]
Epochs = Annotated[float, Field(strict=True, gt=0, le=MAX_EPOCHS, allow_inf_nan=False)]
Tokens = Annotated[int, BeforeValidator(refuse_text), Field(ge=1, le=MAX_TOKENS)]
Flag = Annotated[bool, Field(strict=True)]


class Part(BaseModel):
    """What all parts of a content share: frozen, and nothing unknown passes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def with_(self, **changes: object) -> Self:
        """Return a copy with other values, checked by whoever gives them."""
        return self.model_copy(update=changes)


class Component(Part):
    """A dataset in a phase. `price` is that of a million tokens, where somebody knows it."""

    dataset: Slug
    weight: Number = 1
    max_epochs: Epochs | None = None
    min_ratio: Share | None = None
    max_ratio: Share | None = None
    locked: Flag = False
    synthetic: Flag | None = None
    price: Number | None = None


class Group(Part):
    """The components with one value of a tag: how much of the budget they may or shall get."""

    name: Name
    tag: Tag
    value: Annotated[str, Field(min_length=1, max_length=MAX_SLUG)]
    min: Share | None = None
    max: Share | None = None
    weight: Number | None = None


class Scheme(Part):
    """How ratios follow from weights and sizes."""

    name: SchemeName = SchemeName.AS_WEIGHTED
    alpha: Annotated[float, Field(strict=True, ge=0, le=MAX_ALPHA, allow_inf_nan=False)] | None = (
        None
    )
    max_epochs: Epochs | None = None

    @model_validator(mode="after")
    def _parameter(self) -> Self:
        needed = PARAMETERS.get(self.name)
        for parameter in ("alpha", "max_epochs"):
            given = getattr(self, parameter) is not None
            if given and parameter != needed:
                raise PydanticCustomError(
                    "scheme_takes_no",
                    later("The scheme %(scheme)s takes no %(parameter)s."),
                    {"scheme": self.name.value, "parameter": parameter},
                )
            if not given and parameter == needed:
                raise PydanticCustomError(
                    "scheme_needs",
                    later("The scheme %(scheme)s needs %(parameter)s."),
                    {"scheme": self.name.value, "parameter": parameter},
                )
        return self


class Phase(Part):
    """A stretch of training with a budget and weights of its own."""

    name: Name
    purpose: Purpose = Purpose.PRE_TRAINING
    token_budget: Tokens
    scheme: Scheme = Scheme()
    on_shortage: OnShortage = OnShortage.REPORT
    components: Annotated[tuple[Component, ...], Field(max_length=MAX_COMPONENTS)] = ()
    groups: Annotated[tuple[Group, ...], Field(max_length=MAX_GROUPS)] = ()
    unique_floor: Tokens | None = None
    cost_ceiling: Number | None = None

    @model_validator(mode="after")
    def _names(self) -> Self:
        _once(
            [component.dataset for component in self.components],
            later("The dataset %(name)s is in a phase twice."),
        )
        _once([group.name for group in self.groups], later("Two groups are called %(name)s."))
        if self.unique_floor is not None and self.unique_floor > self.token_budget:
            raise PydanticCustomError(
                "unique_floor",
                later("The tokens seen for the first time cannot be more than the budget."),
            )
        return self

    def place(self, dataset: str) -> int | None:
        """Return the position of a dataset, None where the phase does not have it."""
        return next((i for i, c in enumerate(self.components) if c.dataset == dataset), None)


def _named_once(phases: tuple[Phase, ...]) -> tuple[Phase, ...]:
    _once([phase.name for phase in phases], later("Two phases are called %(name)s."))
    return phases


Phases = Annotated[
    tuple[Phase, ...],
    Field(min_length=1, max_length=MAX_PHASES),
    AfterValidator(_named_once),
]
Tokenizer = Annotated[str, Field(min_length=1, max_length=MAX_NAME)]


class Carried(Part):
    """A version whose training happened before, so that its tokens count as seen."""

    mixture: Slug
    version: Annotated[int, BeforeValidator(refuse_text), Field(ge=1, le=10**6)]


class Content(Part):
    """
    A whole mixture: its tokenizer and its phases.

    `model_parameters` is the size of the model, for predictions; it changes no token.
    """

    tokenizer: Tokenizer = DEFAULT_TOKENIZER
    phases: Phases
    carried_from: Annotated[tuple[Carried, ...], Field(max_length=MAX_CARRIED)] = ()
    model_parameters: (
        Annotated[float, Field(strict=True, ge=1, le=1e18, allow_inf_nan=False)] | None
    ) = None

    def datasets(self) -> list[str]:
        """Return the slugs of all datasets, each once, in the order of the phases."""
        return list(dict.fromkeys(c.dataset for phase in self.phases for c in phase.components))

    def with_phase(self, index: int, phase: Phase) -> "Content":
        """Return the content with another phase in one place."""
        phases = (*self.phases[:index], phase, *self.phases[index + 1 :])
        return self.with_(phases=phases)

    @property
    def total_tokens(self) -> int:
        """The sum of the budgets of all phases."""
        return sum(phase.token_budget for phase in self.phases)


def new_content(*, token_budget: int, phase: str = "Main") -> Content:
    """Return the content of a new mixture: one empty phase."""
    return Content(phases=(Phase(name=phase, token_budget=token_budget),))


def read(stored: dict[str, Any]) -> Content:
    """Return the content that a row holds."""
    return Content.model_validate(stored)


def to_json(content: Content) -> dict[str, Any]:
    """
    Return the canonical JSON: every field that is not its default, whole numbers as integers.

    >>> to_json(new_content(token_budget=5))["phases"]
    [{'name': 'Main', 'purpose': 'pre_training', 'token_budget': 5, 'components': []}]
    """
    found: dict[str, Any] = {
        "tokenizer": content.tokenizer,
        "phases": [_phase(phase) for phase in content.phases],
    }
    if content.carried_from:
        found["carried_from"] = [
            {"mixture": one.mixture, "version": one.version} for one in content.carried_from
        ]
    if content.model_parameters is not None:
        found["model_parameters"] = tidy(content.model_parameters)
    return found


def _phase(phase: Phase) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": phase.name,
        "purpose": phase.purpose.value,
        "token_budget": phase.token_budget,
    }
    if phase.scheme != Scheme():
        scheme: dict[str, Any] = {"name": phase.scheme.name.value}
        for parameter in ("alpha", "max_epochs"):
            value = getattr(phase.scheme, parameter)
            if value is not None:
                scheme[parameter] = tidy(value)
        found["scheme"] = scheme
    if phase.on_shortage is not OnShortage.REPORT:
        found["on_shortage"] = phase.on_shortage.value
    for name in ("unique_floor", "cost_ceiling"):
        value = getattr(phase, name)
        if value is not None:
            found[name] = tidy(value)
    found["components"] = [_component(component) for component in phase.components]
    if phase.groups:
        found["groups"] = [_group(group) for group in phase.groups]
    return found


def _component(component: Component) -> dict[str, Any]:
    found: dict[str, Any] = {"dataset": component.dataset, "weight": tidy(component.weight)}
    # Written out: hundreds of components are written with every edit.
    if component.max_epochs is not None:
        found["max_epochs"] = tidy(component.max_epochs)
    if component.min_ratio is not None:
        found["min_ratio"] = tidy(component.min_ratio)
    if component.max_ratio is not None:
        found["max_ratio"] = tidy(component.max_ratio)
    if component.price is not None:
        found["price"] = tidy(component.price)
    if component.locked:
        found["locked"] = True
    if component.synthetic is not None:
        found["synthetic"] = component.synthetic
    return found


def _group(group: Group) -> dict[str, Any]:
    found: dict[str, Any] = {"name": group.name, "tag": group.tag.value, "value": group.value}
    for name in ("min", "max", "weight"):
        value = getattr(group, name)
        if value is not None:
            found[name] = tidy(value)
    return found


def tidy(value: float) -> int | float:
    """Return a whole number as an integer, so that 5 and 5.0 are the same content."""
    return int(value) if -(10**15) < value < 10**15 and value == int(value) else value


def content_hash(content: Content) -> str:
    """Return the SHA-256 of the canonical JSON, in hexadecimal."""
    text = json.dumps(to_json(content), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _once(names: Sequence[str], message: str) -> None:
    if len(set(names)) == len(names):
        return
    name = next(_repeated(names))
    raise PydanticCustomError("repeated", message, {"name": name})


def _repeated(names: Sequence[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield name
        seen.add(name)
