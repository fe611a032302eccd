"""A request as a problem for the solver, and the solver's constraints in the planner's words."""

from dataclasses import dataclass, replace

import numpy as np

from app.planning.plans.judging import Judged
from app.planning.plans.request import Group, PlanRequest
from app.planning.solving import problem as problems
from app.planning.solving.problem import COMPONENT_KINDS, Constraint, ConstraintKind, Problem, Row


@dataclass(frozen=True)
class NamedConstraint:
    """
    A constraint as a planner set it.

    Attributes
    ----------
    kind : ConstraintKind
    subject : str
        Name of the component or group; empty for the cost ceiling and the floor of unique data.
    """

    kind: ConstraintKind
    subject: str

    @property
    def name(self) -> str:
        """The kind, and the subject where there is one: `max_epochs: Wikipedia`."""
        return f"{self.kind.value}: {self.subject}" if self.subject else self.kind.value


@dataclass(frozen=True, eq=False)
class Stated:
    """
    A problem and what its rows stand for.

    Attributes
    ----------
    problem : Problem
    subjects : tuple of str
        Per row the name of its group; empty for the cost ceiling.
    """

    problem: Problem
    subjects: tuple[str, ...]


def state(request: PlanRequest, asked: Judged) -> Stated:
    """
    Write a request as a problem, with the ratios of its scheme as the target.

    Parameters
    ----------
    request : PlanRequest
    asked : Judged

    Returns
    -------
    Stated
        Bounds and rows as shares of the budget. A component with several values of a tag and no
        shares counts towards a most of each, and towards a least of none.

    Examples
    --------
    >>> from app.planning.plans import judging
    >>> from app.planning.plans.request import Component
    >>> request = PlanRequest(100, (Component("a", 10, max_epochs=4), Component("b", 90)))
    >>> state(request, judging.judge(request)).problem.caps.tolist()
    [0.4, inf]
    """
    budget = request.token_budget
    components = request.components
    rows: list[Row] = []
    subjects: list[str] = []
    for group in request.groups:
        for row in _group_rows(request, group):
            rows.append(row)
            subjects.append(group.name)
    if request.cost_ceiling is not None:
        prices = [float(component.price or 0) * (budget / 10**6) for component in components]
        ceiling = float(request.cost_ceiling)
        rows.append(Row(ConstraintKind.COST_CEILING, np.array(prices), ceiling))
        subjects.append("")
    sizes = [component.unique_tokens or 0 for component in components]
    problem = problems.state(
        asked.shares.ratios,
        caps=[np.inf if cap is None else cap / budget for cap in asked.caps],
        min_ratio=[float(component.min_ratio) for component in components],
        max_ratio=[float(component.max_ratio) for component in components],
        locked=[component.locked for component in components],
        rows=rows,
        unique=[
            max(size - component.seen_tokens, 0) / budget
            for size, component in zip(sizes, components, strict=True)
        ],
        unique_floor=min((request.unique_floor or 0) / budget, 1.0),
    )
    one_pass = np.array([size / budget for size in sizes])
    return Stated(replace(problem, one_pass=one_pass), tuple(subjects))


def named(request: PlanRequest, stated: Stated, constraint: Constraint) -> NamedConstraint:
    """
    Return a constraint of the problem in the planner's words.

    Parameters
    ----------
    request : PlanRequest
    stated : Stated
        The problem that the request became.
    constraint : Constraint

    Returns
    -------
    NamedConstraint

    Examples
    --------
    >>> from app.planning.plans import judging
    >>> from app.planning.plans.request import Component
    >>> request = PlanRequest(100, (Component("a", 10, max_epochs=4), Component("b", 90)))
    >>> stated = state(request, judging.judge(request))
    >>> named(request, stated, Constraint(ConstraintKind.MAX_EPOCHS, 0)).name
    'max_epochs: a'
    """
    if constraint.kind in COMPONENT_KINDS:
        return NamedConstraint(constraint.kind, request.components[constraint.index].name)
    if constraint.kind is ConstraintKind.UNIQUE_FLOOR:
        return NamedConstraint(constraint.kind, "")
    return NamedConstraint(constraint.kind, stated.subjects[constraint.index])


def in_units(request: PlanRequest, constraint: Constraint, share: float) -> float:
    """
    Return a bound of the problem in its own unit.

    Parameters
    ----------
    request : PlanRequest
    constraint : Constraint
    share : float
        The bound as a share of the budget; in its currency for the cost ceiling.

    Returns
    -------
    float
        Passes for max epochs (those already seen included), tokens for the floor of unique data,
        ratios and currency as they are.

    Examples
    --------
    >>> from app.planning.plans.request import Component
    >>> request = PlanRequest(100, (Component("a", 10, max_epochs=4), Component("b", 90)))
    >>> in_units(request, Constraint(ConstraintKind.MAX_EPOCHS, 0), 0.5)
    5.0
    """
    if constraint.kind is ConstraintKind.UNIQUE_FLOOR:
        return share * request.token_budget
    if constraint.kind is not ConstraintKind.MAX_EPOCHS:
        return share
    component = request.components[constraint.index]
    if not component.unique_tokens:
        return 0.0
    return (share * request.token_budget + component.seen_tokens) / component.unique_tokens


def per_unit(request: PlanRequest, constraint: Constraint, price: float) -> float:
    """
    Return a price per share of the budget as a price per unit of the bound.

    Parameters
    ----------
    request : PlanRequest
    constraint : Constraint
    price : float
        Nats per whole budget.

    Returns
    -------
    float
        Nats per pass, token, whole share or unit of currency.

    Examples
    --------
    >>> from app.planning.plans.request import Component
    >>> request = PlanRequest(100, (Component("a", 10, max_epochs=4), Component("b", 90)))
    >>> per_unit(request, Constraint(ConstraintKind.MAX_EPOCHS, 0), 2.0)
    0.2
    """
    if constraint.kind is ConstraintKind.UNIQUE_FLOOR:
        return price / request.token_budget
    if constraint.kind is not ConstraintKind.MAX_EPOCHS:
        return price
    return price * (request.components[constraint.index].unique_tokens or 0) / request.token_budget


def _group_rows(request: PlanRequest, group: Group) -> list[Row]:
    certain, possible = np.zeros(len(request.components)), np.zeros(len(request.components))
    for index, least, most in request.members(group):
        certain[index], possible[index] = float(least), float(most)
    rows = []
    if group.min_share is not None:
        rows.append(Row(ConstraintKind.GROUP_MIN, certain, float(group.min_share)))
    if group.max_share is not None:
        rows.append(Row(ConstraintKind.GROUP_MAX, possible, float(group.max_share)))
    return rows
