"""What is planned: a budget, a scheme, components, limits. Checked when it is made."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from app.planning import checks
from app.planning.checks import Number
from app.planning.composition import tags
from app.planning.composition.tags import Tag
from app.planning.errors import (
    DuplicateName,
    EmptyGroup,
    OutOfRange,
    SchemeParameter,
    TooManyGroups,
    UnknownScheme,
)
from app.planning.limits import MAX_EPOCHS, MAX_GROUPS, MAX_TOKENS, MAX_WEIGHT, MIN_WEIGHT
from app.planning.sampling.schemes import MAX_ALPHA


class SchemeName(StrEnum):
    """How ratios follow from weights and sizes; see `schemes`."""

    AS_WEIGHTED = "as_weighted"
    PROPORTIONAL = "proportional"
    UNIFORM = "uniform"
    TEMPERATURE = "temperature"
    UNIMAX = "unimax"
    CAPPED = "capped"
    QUALITY = "quality"


class OnShortage(StrEnum):
    """What to do where a source cannot give what its ratio asks."""

    REPORT = "report"
    SHRINK = "shrink"
    RESPREAD = "respread"


# The parameter that a scheme takes; the others take none.
PARAMETERS = {
    SchemeName.TEMPERATURE: "alpha",
    SchemeName.UNIMAX: "max_epochs",
    SchemeName.CAPPED: "max_epochs",
    SchemeName.QUALITY: "max_epochs",
}


@dataclass(frozen=True)
class Scheme:
    """
    A sampling scheme and its parameter.

    Attributes
    ----------
    name : SchemeName
        Or its text.
    alpha : number or None
        For `temperature` alone, 0 to 100.
    max_epochs : number or None
        For `unimax`, `capped` and `quality` alone, above zero.

    Raises
    ------
    UnknownScheme
    SchemeParameter
        If the parameter is missing, or one is given that the scheme does not take.
    NotFinite, Negative, OutOfRange

    Examples
    --------
    >>> Scheme("temperature", alpha=0.3).name.value
    'temperature'
    """

    name: SchemeName = SchemeName.AS_WEIGHTED
    alpha: Number | None = None
    max_epochs: Number | None = None

    def __post_init__(self) -> None:
        if self.name not in list(SchemeName):
            raise UnknownScheme(str(self.name))
        object.__setattr__(self, "name", SchemeName(self.name))
        needed = PARAMETERS.get(self.name)
        for parameter, value in (("alpha", self.alpha), ("max_epochs", self.max_epochs)):
            if (value is not None) != (parameter == needed):
                raise SchemeParameter(self.name.value, parameter)
        if self.alpha is not None:
            checks.number("alpha", self.alpha, high=MAX_ALPHA)
        if self.max_epochs is not None:
            checks.number("max_epochs", self.max_epochs, low=1e-9, high=MAX_EPOCHS)


class Component(NamedTuple):
    """
    A dataset in a phase.

    Attributes
    ----------
    name : str
    unique_tokens : int or None
        None: no estimate. Then nothing limits it and its epochs are not known.
    weight : number
        As typed, zero or more.
    max_epochs : number or None
        Most passes, tokens already seen included; None is no limit.
    min_ratio, max_ratio : number
        Least and most share of the budget, 0 to 1.
    locked : bool
        Keeps its typed ratio, whatever scheme or remedy is applied.
    tags : mapping of str to tag
        Language, category, licence class, ...; see `tags.portions`.
    seen_tokens : int
        Tokens drawn from it in other phases or runs.
    price : Decimal or None
        Of one million tokens; None is not known.
    """

    name: str
    unique_tokens: int | None = None
    weight: Number = 1
    max_epochs: Number | None = None
    min_ratio: Number = 0
    max_ratio: Number = 1
    locked: bool = False
    tags: Mapping[str, Tag] = MappingProxyType({})
    seen_tokens: int = 0
    price: Decimal | None = None


@dataclass(frozen=True)
class Group:
    """
    The components with one value of a tag, and how much of the budget they may get.

    Attributes
    ----------
    name : str
    tag, value : str
        Members are the components whose tag has the value.
    min_share, max_share : number or None
        0 to 1; None is no limit.
    weight : number or None
        Given, the budget is shared over the groups with a weight first, and the members' weights
        count inside their group.
    """

    name: str
    tag: str
    value: str
    min_share: Number | None = None
    max_share: Number | None = None
    weight: Number | None = None


@dataclass(frozen=True)
class PlanRequest:
    """
    One phase to plan.

    Attributes
    ----------
    token_budget : int
        Training tokens, repeats counted; 1 to 10^18.
    components : tuple of Component
        1 to 5,000, each name once.
    scheme : Scheme
    groups : tuple of Group
        At most 200, each name once, each with a member.
    on_shortage : OnShortage
    cost_ceiling : number or None
        Most that the tokens drawn may cost. Each token drawn is counted, repeats too, so the
        ceiling is never exceeded by what has to be bought.
    unique_floor : int or None
        Least tokens of the phase that are seen for the first time, at most the budget.

    Raises
    ------
    DuplicateName, EmptyGroup, NoComponents, TooManyComponents, TooManyGroups
    NotFinite, Negative, OutOfRange
        With the position of the component in `index`.

    Examples
    --------
    >>> PlanRequest(100, (Component("a", 50), Component("b", 50))).scheme.name.value
    'as_weighted'
    """

    token_budget: int
    components: tuple[Component, ...]
    scheme: Scheme = Scheme()
    groups: tuple[Group, ...] = ()
    on_shortage: OnShortage = OnShortage.REPORT
    cost_ceiling: Number | None = None
    unique_floor: int | None = None

    def __post_init__(self) -> None:
        budget = checks.tokens("token_budget", self.token_budget, low=1)
        object.__setattr__(self, "token_budget", budget)
        object.__setattr__(self, "components", tuple(checks.components(self.components)))
        object.__setattr__(self, "groups", tuple(self.groups))
        object.__setattr__(self, "on_shortage", OnShortage(self.on_shortage))
        if len(self.groups) > MAX_GROUPS:
            raise TooManyGroups(len(self.groups), MAX_GROUPS)
        _unique(component.name for component in self.components)
        _unique(group.name for group in self.groups)
        for index, component in enumerate(self.components):
            _check_component(component, index)
        for index, group in enumerate(self.groups):
            self._check_group(group, index)
        if self.cost_ceiling is not None:
            checks.number("cost_ceiling", self.cost_ceiling)
        if self.unique_floor is not None:
            floor = checks.tokens("unique_floor", self.unique_floor)
            if floor > budget:
                raise OutOfRange("unique_floor", floor, 0, budget)

    def _check_group(self, group: Group, index: int) -> None:
        for name, share in (("min_share", group.min_share), ("max_share", group.max_share)):
            if share is not None:
                checks.number(name, share, high=1, index=index)
        if group.weight is not None:
            checks.weight("group_weight", group.weight, index=index)
        if not any(possible for _, _, possible in self.members(group)):
            raise EmptyGroup(group.name)

    def members(self, group: Group) -> tags.Members:
        """Return position, certain and possible share of the components of a group."""
        return self._members[group.tag, group.value]

    @cached_property
    def _members(self) -> dict[tuple[str, str], tags.Members]:
        names = {group.tag for group in self.groups}
        stated = {name: [c.tags.get(name) for c in self.components] for name in names}
        indexes = {name: tags.members(values) for name, values in stated.items()}
        return {
            (tag, value): tags.members_of(indexes[tag], stated[tag], tag, value)
            for tag, value in {(group.tag, group.value) for group in self.groups}
        }


def _unique(named: Iterable[str]) -> None:
    names = list(named)
    if len(set(names)) == len(names):
        return
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise DuplicateName(name)
        seen.add(name)


def _is_plain(one: Component) -> bool:
    """Whether every value is of the usual type and in its range; NaN is in none."""
    unique, limit = one.unique_tokens, one.max_epochs
    return (
        (unique is None or (type(unique) is int and 0 <= unique <= MAX_TOKENS))
        and type(one.weight) in checks.PLAIN
        and (MIN_WEIGHT <= one.weight <= MAX_WEIGHT or one.weight == 0)
        and (limit is None or (type(limit) in checks.PLAIN and 0 <= limit <= MAX_EPOCHS))
        and type(one.min_ratio) in checks.PLAIN
        and type(one.max_ratio) in checks.PLAIN
        and 0 <= one.min_ratio <= 1
        and 0 <= one.max_ratio <= 1
        and type(one.seen_tokens) is int
        and 0 <= one.seen_tokens <= MAX_TOKENS
        and one.price is None
    )


def _check_component(component: Component, index: int) -> None:
    # Nearly every component takes this way out.
    if _is_plain(component):
        return
    if component.unique_tokens is not None:
        checks.tokens("unique_tokens", component.unique_tokens, index=index)
    checks.weight("weight", component.weight, index=index)
    if component.max_epochs is not None and component.max_epochs != math.inf:
        checks.number("max_epochs", component.max_epochs, high=MAX_EPOCHS, index=index)
    checks.number("min_ratio", component.min_ratio, high=1, index=index)
    checks.number("max_ratio", component.max_ratio, high=1, index=index)
    checks.tokens("seen_tokens", component.seen_tokens, index=index)
    if component.price is not None:
        checks.number("price", component.price, index=index)
