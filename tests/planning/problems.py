"""Random problems for the solver and random requests for the planner, the same for one seed."""

from decimal import Decimal
from typing import Any

import numpy as np

from app.planning.checks import Floats
from app.planning.plans.request import Component, Group, OnShortage, PlanRequest, Scheme, SchemeName
from app.planning.solving.problem import ConstraintKind, Problem, Row, state

Generator = np.random.Generator
LANGUAGES = ("en", "zh", "de")
CATEGORIES = ("web", "books", "code")


def feasible(rng: Generator, size: int, rows: int, *, evenness: float = 1.0) -> Problem:
    """Draw a problem that a hidden mixture satisfies, most of whose limits bind."""
    target = np.maximum(rng.dirichlet(np.full(size, evenness)), 1e-6)
    hidden = rng.dirichlet(np.ones(size))
    unique = hidden * rng.uniform(0.1, 3, size)
    seen = np.minimum(hidden, unique).sum()
    return state(
        target,
        caps=np.where(rng.random(size) < 0.5, hidden * rng.uniform(1, 3, size), np.inf),
        min_ratio=np.where(rng.random(size) < 0.2, hidden * rng.uniform(0.2, 1, size), 0.0),
        max_ratio=np.where(
            rng.random(size) < 0.2, np.minimum(hidden * rng.uniform(1, 2, size), 1), 1.0
        ),
        rows=_rows(rng, hidden, rows, (0.7, 1.0), (1.0, 1.3)),
        unique=unique,
        unique_floor=float(seen * rng.uniform(0.8, 1)) if rng.random() < 0.3 else 0.0,
    )


def any_kind(rng: Generator, size: int, rows: int) -> Problem:
    """Draw a problem that more often than not contradicts itself."""
    target = np.maximum(rng.dirichlet(np.full(size, rng.choice([0.3, 1, 3]))), 1e-6)
    if rng.random() < 0.2:
        target[rng.integers(size)] = 0
    hidden = rng.dirichlet(np.ones(size)) * (target > 0)
    hidden /= hidden.sum()
    unique = hidden * rng.uniform(0.1, 3, size)
    seen = np.minimum(hidden, unique).sum()
    return state(
        target,
        caps=np.where(rng.random(size) < 0.7, hidden * rng.uniform(0.3, 2, size), np.inf),
        min_ratio=np.where(
            rng.random(size) < 0.2, np.minimum(hidden * rng.uniform(0.2, 1.5, size), 1), 0.0
        ),
        max_ratio=np.where(
            rng.random(size) < 0.2, np.minimum(hidden * rng.uniform(0.5, 2, size), 1), 1.0
        ),
        locked=rng.random(size) < 0.1,
        rows=_rows(rng, hidden, rows, (0.5, 1.6), (0.6, 1.5)),
        unique=unique,
        unique_floor=min(float(seen * rng.uniform(0.8, 1.3)), 1.0) if rng.random() < 0.4 else 0.0,
    )


def _rows(
    rng: Generator,
    hidden: Floats,
    count: int,
    least: tuple[float, float],
    most: tuple[float, float],
) -> list[Row]:
    size = len(hidden)
    found = []
    for _ in range(count):
        members = (rng.random(size) < rng.uniform(0.1, 0.6)).astype(np.float64)
        if rng.random() < 0.1:
            members *= rng.choice([0.5, 1.0], size)
        share = float(members @ hidden)
        if rng.random() < 0.5:
            bound = min(share * rng.uniform(*least), 1.0)
            found.append(Row(ConstraintKind.GROUP_MIN, members, bound))
        else:
            bound = min(share * rng.uniform(*most), 1.0)
            found.append(Row(ConstraintKind.GROUP_MAX, members, bound))
    if count and rng.random() < 0.4:
        prices = rng.uniform(0, 5e6, size) * (rng.random(size) < 0.5)
        ceiling = float(prices @ hidden) * rng.uniform(*most)
        found[-1] = Row(ConstraintKind.COST_CEILING, prices, ceiling)
    return found


def request(rng: Generator, *, largest: int = 12) -> PlanRequest:
    """Draw a request, sensible or not, but within the ranges that are accepted."""
    count = int(rng.integers(1, largest + 1))
    scale = int(rng.choice([3, 1000, 10**9, 10**15]))
    components = tuple(_component(rng, index, scale) for index in range(count))
    schemes = (
        Scheme(),
        Scheme(),
        Scheme(SchemeName.UNIFORM),
        Scheme(SchemeName.PROPORTIONAL),
        Scheme(SchemeName.TEMPERATURE, alpha=0.3),
        Scheme(SchemeName.UNIMAX, max_epochs=4),
        Scheme(SchemeName.CAPPED, max_epochs=2.5),
        Scheme(SchemeName.QUALITY, max_epochs=7),
    )
    scheme = schemes[int(rng.integers(len(schemes)))]
    groups = _groups(rng, components)
    budget = int(rng.integers(1, scale * count + 2))
    return PlanRequest(
        token_budget=budget,
        components=components,
        scheme=scheme,
        groups=groups,
        on_shortage=OnShortage(rng.choice(list(OnShortage))),
        cost_ceiling=float(rng.uniform(0, 3) * scale) if rng.random() < 0.2 else None,
        unique_floor=int(rng.integers(0, budget + 1)) if rng.random() < 0.2 else None,
    )


def _component(rng: Generator, index: int, scale: int) -> Component:
    draw = rng.random(7)
    tags: dict[str, Any] = {"category": str(rng.choice(CATEGORIES))}
    if draw[0] < 0.8:
        tags["language"] = str(rng.choice(LANGUAGES))
    elif draw[0] < 0.9:
        tags["language"] = {"en": 0.25, "zh": 0.5}
    return Component(
        name=f"c{index}",
        unique_tokens=None if draw[1] < 0.15 else int(rng.integers(0, scale + 1)),
        weight=0 if draw[2] < 0.1 else float(rng.choice([1, 0.1, 3.5, 1e-9, 1e12])),
        max_epochs=None if draw[3] < 0.4 else float(rng.choice([0, 0.5, 1, 2.5, 4, 7])),
        min_ratio=float(rng.uniform(0, 0.4)) if draw[4] < 0.15 else 0,
        max_ratio=float(rng.uniform(0, 1)) if draw[5] < 0.15 else 1,
        locked=bool(draw[6] < 0.15),
        tags=tags,
        seen_tokens=int(rng.integers(0, scale + 1)) if rng.random() < 0.2 else 0,
        price=Decimal(int(rng.integers(0, 900))) / 100 if rng.random() < 0.5 else None,
    )


def _groups(rng: Generator, components: tuple[Component, ...]) -> tuple[Group, ...]:
    found = []
    for tag, values in (("language", LANGUAGES), ("category", CATEGORIES)):
        for value in values:
            members = [c for c in components if value in (c.tags.get(tag) or ())]
            if members and rng.random() < 0.3:
                least = float(rng.uniform(0, 0.6)) if rng.random() < 0.6 else None
                most = float(rng.uniform(0.2, 1)) if rng.random() < 0.5 else None
                found.append(Group(f"{tag} {value}", tag, value, least, most))
    return tuple(found)
