"""What a training run takes, and which layouts a cluster has: asked by pages, API and terminal."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from app.compute.divisibility import divisors
from app.compute.errors import ComputeError
from app.compute.estimating.estimate import Assumptions, estimate
from app.compute.estimating.results import Estimate
from app.compute.hardware.machines import Cluster
from app.compute.layout.layouts import Layout
from app.compute.memory.per_stage import Verdict
from app.compute.model.shapes import ModelShape
from app.compute.search.layout_search import search_layouts
from app.compute.search.search_space import SearchLimits
from app.compute.units import SECONDS_PER_DAY
from app.errors import InvalidInput
from app.training import inputs, sentences
from app.training.api_models import EstimateIn, LayoutsIn
from app.training.known import Known

MOST_CANDIDATES = 2_000_000
"""Layouts that one search may look at: about two seconds of work."""

Item = TypeVar("Item")


@dataclass(frozen=True)
class Plan:
    """A training run that was asked for: what compute took, and what it answered."""

    shape: ModelShape
    cluster: Cluster
    tokens: float
    assumed: Assumptions
    estimate: Estimate


@dataclass(frozen=True)
class FoundLayout:
    """A layout that fits, maybe only just; `days` is None where no tokens were given."""

    layout: Layout
    step_seconds: float
    bubble_fraction: float
    max_gib: float
    fits: bool
    verdict: Verdict
    rank: int
    mfu: float
    days: float | None
    is_best_trade: bool


@dataclass(frozen=True)
class RefusedLayout:
    """Sizes that were refused: the rule, and the reason in the language of the request."""

    layout: Mapping[str, Any]
    rule: str
    reason: str


@dataclass(frozen=True)
class Search:
    """
    What a search found: rows as many as were asked for, and how many there are.

    `rejected` is an even sample of all that were refused, where there are more.
    """

    layouts: Sequence[FoundLayout]
    rejected: Sequence[RefusedLayout]
    searched: int
    layouts_total: int
    rejected_total: int
    rejected_by_rule: Mapping[str, int]
    profile: str


@contextmanager
def explained() -> Iterator[None]:
    """Reword what compute refuses for the person who asked."""
    try:
        yield
    except ComputeError as error:
        raise sentences.explain(error) from error


def plan_run(body: EstimateIn, known: Known | None = None) -> Plan:
    """
    Tell what a training run takes; `known` are the accelerators, those shipped if None.

    Raises
    ------
    TrainingRefused
        Broken rules, each with its nearest valid values.
    InvalidInput
        An unknown preset or accelerator.
    """
    with explained():
        shape = inputs.make_model(body.model)
        cluster = inputs.make_cluster(body.hardware, known)
        assumed = inputs.make_assumptions(body)
        found = estimate(
            shape,
            cluster,
            inputs.make_layout(body.layout, cluster.count),
            tokens=body.tokens,
            assumptions=assumed,
        )
    notices = tuple(
        replace(one, message=sentences.tell_notice(one, found.memory, found.layout))
        for one in found.warnings
    )
    return Plan(shape, cluster, body.tokens, assumed, replace(found, warnings=notices))


def find_layouts(body: LayoutsIn, known: Known | None = None) -> Search:
    """
    Search the layouts of a cluster, fastest first, and say why the others are refused.

    Raises
    ------
    TrainingRefused, InvalidInput
        As in `plan_run`; and a search that would be too large.
    """
    with explained():
        shape = inputs.make_model(body.model)
        cluster = inputs.make_cluster(body.hardware, known)
        limits = inputs.make_limits(body.limits)
        _check_size(shape, cluster, limits)
        found = search_layouts(shape, cluster, global_batch=body.global_batch, limits=limits)
    steps = None if body.tokens is None else body.tokens / (body.global_batch * shape.sequence)
    return Search(
        layouts=[
            FoundLayout(
                layout=one.layout,
                step_seconds=one.step_seconds,
                bubble_fraction=one.bubble_fraction,
                max_gib=one.max_gib,
                fits=one.fits,
                verdict=one.verdict,
                rank=one.rank,
                mfu=one.mfu,
                days=None if steps is None else steps * one.step_seconds / SECONDS_PER_DAY,
                is_best_trade=one.is_best_trade,
            )
            for one in found.layouts[: body.limits.max_layouts]
        ],
        rejected=[
            RefusedLayout(one.layout, one.rule, sentences.tell_rule(one.rule, one.values))
            for one in _sample(found.rejected, body.limits.max_rejected)
        ],
        searched=found.searched,
        layouts_total=len(found.layouts),
        rejected_total=len(found.rejected),
        rejected_by_rule=found.rejected_by_rule,
        profile=found.profile,
    )


def _sample(rows: Sequence[Item], most: int) -> list[Item]:
    """Take rows evenly from all, so that every rule has some."""
    count = min(most, len(rows))
    return [rows[place * len(rows) // count] for place in range(count)]


def _check_size(shape: ModelShape, cluster: Cluster, limits: SearchLimits) -> None:
    whole = divisors(cluster.count)
    widest = limits.max_tp or cluster.gpus_per_node
    longest = limits.max_cp or max(shape.sequence // 2048, 1)
    experts = len(divisors(shape.experts.count)) if shape.experts else 1
    sizes = (
        sum(value <= 2 * widest for value in whole)
        * sum(value <= (limits.max_pp or shape.layers) for value in whole)
        * sum(value <= longest for value in whole)
        * experts
    )
    choices = len(limits.states) * len(limits.recompute) * len(limits.micro_batches)
    if sizes * choices > MOST_CANDIDATES:
        raise InvalidInput(
            "The search has up to %(candidates)s layouts; at most %(most)s are searched at once."
            " Limit the largest sizes, the micro-batches or the optimizers.",
            field="limits",
            candidates=sizes * choices,
            most=MOST_CANDIDATES,
        )
