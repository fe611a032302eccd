"""Edits of one component: its weight however it is typed, its lock, its limits."""

import math
from collections.abc import Sequence
from fractions import Fraction

from app.errors import InvalidInput
from app.mixtures import content as contents
from app.mixtures import sentences
from app.mixtures.content import Component, Phase, Scheme
from app.mixtures.edits import weights
from app.mixtures.edits.results import Bench, Edit, Edited, Spot, moved, refuse_groups, spot
from app.planning.errors import NoWeight, OutOfRange, PlanningError, UnreadableNumber
from app.planning.exact import as_fraction
from app.planning.limits import MAX_EPOCHS
from app.planning.notation.parsing import Entry, EntryKind, parse_entry
from app.planning.plans.request import SchemeName
from app.planning.supply import rebalance
from app.planning.supply.rebalance import Rebalanced
from app.web.i18n import gettext as _


def read_entry(text: str, *, field: str = "weight") -> Entry:
    """
    Read what was typed into a component's cell: `3`, `12 %`, `40B`, `2x`.

    Raises
    ------
    InvalidInput
        If it is none of these, or could be two of them.
    """
    try:
        return parse_entry(text)
    except OutOfRange as error:
        if "%" not in text.replace("％", "%"):
            raise sentences.explain(error, field=field) from None
        raise InvalidInput("A share lies between 0 and 100 per cent.", field=field) from None
    except PlanningError as error:
        if type(error) is not UnreadableNumber:
            raise sentences.explain(error, field=field) from None
        raise InvalidInput(
            "“%(text)s” is no weight (3), share (12 %%), token count (40B) or passes (2x).",
            field=field,
            text=text.strip()[: sentences.MAX_SHOWN],
        ) from None


def type_entry(phase: str, dataset: str, text: str) -> Edit:
    """Return the edit for whatever was typed: a weight, a share, tokens or passes."""
    entry = read_entry(text)

    def edit(bench: Bench) -> Edited:
        return set_entry(bench, phase, dataset, entry)

    return edit


def set_entry(bench: Bench, phase: str, dataset: str, entry: Entry) -> Edited:
    """
    Give a component what was typed; the others that are not locked make room.

    Under another scheme than `as_weighted` the ratios of the scheme become the weights first:
    a number that somebody types counts, and the page says what happened.

    Raises
    ------
    InvalidInput
        If the locked components leave less, or nothing else could take up the rest.
    """
    at = spot(bench.content, phase)
    place = at.place(dataset)
    notes: tuple[str, ...] = ()
    base = at.phase
    if base.scheme.name is SchemeName.QUALITY and entry.kind is EntryKind.WEIGHT:
        return _grade(at, place, float(entry.value))
    if base.scheme.name is not SchemeName.AS_WEIGHTED:
        base = freeze(bench, at)
        notes = (_("The ratios of the scheme became weights, since one of them was typed."),)
    # An empty phase of zero weights has no ratios to keep.
    if entry.kind is not EntryKind.WEIGHT:
        refuse_groups(base)
    changed, wanted = _rebalanced(bench, base, place, entry)
    exact = weights.settle(
        changed.weights, budget=base.token_budget, wanted={} if wanted is None else {place: wanted}
    )
    after = weights.with_weights(base, exact)
    return Edited(
        content=at.with_phase(after),
        action=entry.kind.value,
        params={
            "phase": phase,
            "dataset": dataset,
            "before": contents.tidy(at.phase.components[place].weight),
            "after": contents.tidy(float(entry.value)),
        },
        moved=moved(at.phase, after),
        notes=notes,
    )


def _grade(at: Spot, place: int, weight: float) -> Edited:
    """Say how good a component is: by quality, weights are an order, and none makes room."""
    component = at.phase.components[place]
    return Edited(
        content=at.with_component(place, component.with_(weight=weight)),
        action=EntryKind.WEIGHT.value,
        params={
            "phase": at.phase.name,
            "dataset": component.dataset,
            "before": contents.tidy(component.weight),
            "after": contents.tidy(weight),
        },
    )


def freeze(bench: Bench, at: Spot) -> Phase:
    """Return the phase with the ratios of its scheme as weights."""
    view = bench.view(at.index).phases[at.index]
    if view.problem is not None:
        raise view.problem
    if view.plan is None or not view.plan.total_tokens:
        return at.phase.with_(scheme=Scheme())
    tokens = [part.tokens for part in view.plan.components]
    return weights.with_weights(at.phase.with_(scheme=Scheme()), weights.from_tokens(tokens))


def _rebalanced(
    bench: Bench, phase: Phase, place: int, entry: Entry
) -> tuple[Rebalanced, int | None]:
    typed = [contents.tidy(one.weight) for one in phase.components]
    locked = [one.locked for one in phase.components]
    component = phase.components[place]
    if entry.kind is EntryKind.WEIGHT and not any(typed):
        # Nothing has a ratio yet that could be kept.
        values = [Fraction(0)] * len(typed)
        values[place] = entry.value
        return Rebalanced(tuple(values), ()), None
    if entry.kind is EntryKind.WEIGHT and entry.value and not any(locked):
        # The others keep their weights: there is nothing to balance.
        return Rebalanced(
            tuple(entry.value if i == place else as_fraction(w) for i, w in enumerate(typed)), ()
        ), None
    try:
        match entry.kind:
            case EntryKind.WEIGHT:
                found = rebalance.set_weight(typed, place, entry.value, locked=locked)
                return found, None
            case EntryKind.SHARE:
                found = rebalance.set_share(typed, place, entry.value, locked=locked)
                return found, None
            case EntryKind.TOKENS:
                wanted = int(entry.value)
            case EntryKind.EPOCHS:
                wanted = _tokens_of_epochs(bench, phase, component, entry.value)
        found = rebalance.set_tokens(typed, place, wanted, budget=phase.token_budget, locked=locked)
    except PlanningError as error:
        raise _explain(error, phase, place) from None
    return found, wanted


def _tokens_of_epochs(bench: Bench, phase: Phase, component: Component, passes: Fraction) -> int:
    view = bench.view(next(i for i, p in enumerate(bench.content.phases) if p.name == phase.name))
    unique = view.unique.get(component.dataset)
    if unique is None:
        raise InvalidInput(
            "%(dataset)s has no token estimate, so its passes are not known. Type a weight, a "
            "share or tokens.",
            field="weight",
            dataset=component.dataset,
        )
    # Rounded down, so that a limit of the same number of passes is kept to the token.
    return math.floor(passes * unique.mid)


def _explain(error: PlanningError, phase: Phase, place: int) -> Exception:
    name = phase.components[place].dataset
    if isinstance(error, OutOfRange) and error.field == "share":
        high = error.high
        return InvalidInput(
            "The locked components leave %(left)s %% of the budget for %(name)s. Unlock one or "
            "type less.",
            field="weight",
            left=f"{100 * float(high if isinstance(high, int | float) else 0):.2f}",
            name=name,
        )
    if isinstance(error, OutOfRange) and error.field == "tokens":
        return InvalidInput(
            "%(name)s cannot draw more than the phase's budget of %(budget)s tokens.",
            field="weight",
            name=name,
            budget=phase.token_budget,
        )
    if isinstance(error, NoWeight):
        return InvalidInput(
            "No other component that is not locked has a weight, so nothing could take up the "
            "rest. Give another one a weight first.",
            field="weight",
        )
    return sentences.explain(error, names=[c.dataset for c in phase.components], field="weight")


def set_lock(phase: str, dataset: str, *, locked: bool) -> Edit:
    """Return the edit that locks a component's ratio, or unlocks it."""
    return _change(phase, dataset, "lock" if locked else "unlock", {"locked": locked})


def set_max_epochs(phase: str, dataset: str, passes: float | None) -> Edit:
    """
    Return the edit that limits the passes over a component; None takes the limit out.

    Raises
    ------
    InvalidInput
        If it is not above zero.
    """
    if passes is not None and not 0 < passes <= MAX_EPOCHS:
        raise InvalidInput(
            "Max epochs is a number above zero, such as 4; leave it empty for no limit.",
            field="max_epochs",
        )
    return _change(phase, dataset, "max_epochs", {"max_epochs": passes})


def set_ratio_limits(phase: str, dataset: str, *, least: float | None, most: float | None) -> Edit:
    """Return the edit that limits a component's share, for the solver and the re-spread."""
    for name, share in (("min_ratio", least), ("max_ratio", most)):
        if share is not None and not 0 <= share <= 1:
            raise InvalidInput("A least or most share lies between 0 and 100 per cent.", field=name)
    if least is not None and most is not None and least > most:
        raise InvalidInput("The least share is above the most.", field="min_ratio")
    return _change(phase, dataset, "ratio_limits", {"min_ratio": least, "max_ratio": most})


def set_synthetic(phase: str, dataset: str, *, synthetic: bool | None) -> Edit:
    """Return the edit that says whether a component is synthetic; None is not known."""
    return _change(phase, dataset, "synthetic", {"synthetic": synthetic})


def set_price(phase: str, dataset: str, price: float | None) -> Edit:
    """Return the edit that notes what a million tokens of a component cost."""
    if price is not None and not (price >= 0 and math.isfinite(price)):
        raise InvalidInput("A price is zero or more.", field="price")
    return _change(phase, dataset, "price", {"price": price})


def _change(phase: str, dataset: str, action: str, values: dict[str, float | bool | None]) -> Edit:
    def edit(bench: Bench) -> Edited:
        at = spot(bench.content, phase)
        place = at.place(dataset)
        component = at.phase.components[place]
        return Edited(
            content=at.with_component(place, component.with_(**values)),
            action=action,
            params={
                "phase": phase,
                "dataset": dataset,
                "before": {name: getattr(component, name) for name in values},
                "after": dict(values),
            },
        )

    return edit


def change_many(phase: str, datasets: Sequence[str], *, locked: bool) -> Edit:
    """Return the edit that locks or unlocks several components at once."""
    wanted = set(datasets)

    def edit(bench: Bench) -> Edited:
        at = spot(bench.content, phase)
        components = tuple(
            one.with_(locked=locked) if one.dataset in wanted else one
            for one in at.phase.components
        )
        return Edited(
            content=at.with_phase(at.phase.with_(components=components)),
            action="lock" if locked else "unlock",
            params={"phase": phase, "count": len(wanted)},
        )

    return edit
