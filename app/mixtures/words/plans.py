"""Whole sentences for what a plan found: what binds, what to know, what limits cost."""

from collections.abc import Mapping

from app.mixtures.facts import DatasetFacts
from app.mixtures.phases import display_name
from app.mixtures.views import PhaseView
from app.planning.plans.constrained import NamedConstraint
from app.planning.plans.outcome import Breach, PlanWarning, WarningCode
from app.planning.plans.solve import ConflictingLimit, LimitPrice
from app.planning.solving.problem import ConstraintKind
from app.planning.supply.overlap import Overlap, OverlapKind
from app.web import numbers
from app.web.i18n import gettext as _
from app.web.i18n import joined, ngettext

MAX_NAMED = 3
# Fewer passes than this would be rounded to none.
LEAST_SHOWN = 0.01
Facts = Mapping[str, DatasetFacts]


def shortage(view: PhaseView, dataset: str, facts: Facts) -> str:
    """Say what a short component draws and may draw; an empty text where it is not short."""
    place = view.phase.place(dataset)
    component = None if place is None else view.components[place]
    if component is None or component.tokens is None or component.unique is None:
        return ""
    if component.exposure is None or component.max_epochs is None:
        return ""
    return _(
        "%(name)s draws %(tokens)s from %(unique)s unique tokens: %(epochs)s epochs, max %(max)s.",
        name=display_name(dataset, facts.get(dataset)),
        tokens=numbers.short(component.tokens),
        unique=numbers.short(component.unique.mid),
        epochs=passes(component.exposure.mid),
        max=passes(component.max_epochs),
    )


def breach(found: Breach, facts: Facts) -> str:
    """Say which limit is not kept, what it is and what is there."""
    name = display_name(found.subject, facts.get(found.subject))
    match found.kind:
        case ConstraintKind.MAX_EPOCHS:
            return _(
                "%(name)s is passed %(actual)s times; its max is %(bound)s.",
                name=name,
                actual=passes(found.actual),
                bound=passes(found.bound),
            )
        case ConstraintKind.MIN_RATIO | ConstraintKind.GROUP_MIN:
            return _(
                "%(name)s gets %(actual)s; at least %(bound)s was asked for.",
                name=name,
                actual=share(found.actual),
                bound=share(found.bound),
            )
        case ConstraintKind.MAX_RATIO | ConstraintKind.GROUP_MAX:
            return _(
                "%(name)s gets %(actual)s; at most %(bound)s was asked for.",
                name=name,
                actual=share(found.actual),
                bound=share(found.bound),
            )
        case ConstraintKind.COST_CEILING:
            return _(
                "The tokens cost %(actual)s; at most %(bound)s was asked for.",
                actual=numbers.decimal(found.actual, 2),
                bound=numbers.decimal(found.bound, 2),
            )
        case _:
            return _(
                "%(actual)s tokens are seen for the first time; at least %(bound)s was asked for.",
                actual=numbers.short(round(found.actual)),
                bound=numbers.short(round(found.bound)),
            )


def warning(found: PlanWarning, facts: Facts) -> str:
    """Say what to know although nothing is broken."""
    names = name_list(found.names, facts)
    n = len(found.names)
    match found.code:
        case WarningCode.WEIGHTS_SUM:
            return _(
                "The weights sum to %(sum)s. Nothing is renormalised: the ratios are weight ÷ sum.",
                sum=f"{found.value:g}",
            )
        case WarningCode.NO_ESTIMATE:
            return (
                _(
                    "%(names)s has no token estimate: nothing limits it, and its passes are not "
                    "known.",
                    names=names,
                )
                if n == 1
                else _(
                    "%(n)s components have no token estimate, so nothing limits them and their "
                    "passes are not known: %(names)s.",
                    n=n,
                    names=names,
                )
            )
        case WarningCode.EMPTY_SOURCE:
            return ngettext(
                "%(names)s holds no tokens, but is to give some.",
                "%(names)s hold no tokens, but are to give some.",
                n,
                names=names,
            )
        case WarningCode.NO_TOKENS:
            return ngettext(
                "%(names)s gets no whole token of this budget.",
                "%(names)s get no whole token of this budget.",
                n,
                names=names,
            )
        case WarningCode.OVER_NEARLY_FREE:
            return ngettext(
                "%(names)s is passed more than 4 times: repeats cost something from there on.",
                "%(names)s are passed more than 4 times: repeats cost something from there on.",
                n,
                names=names,
            )
        case WarningCode.OVER_USUAL:
            return ngettext(
                "%(names)s is passed more than 7 times, more than published runs do.",
                "%(names)s are passed more than 7 times, more than published runs do.",
                n,
                names=names,
            )
        case WarningCode.SHRINK_IMPOSSIBLE:
            return _("No smaller budget keeps these ratios, so nothing was shrunk.")
        case WarningCode.RESPREAD_IMPOSSIBLE:
            return _("The other components have no room, so no tokens were moved.")
        case WarningCode.UNPRICED:
            return ngettext(
                "%(names)s has no price, so the cost leaves it out.",
                "%(names)s have no price, so the cost leaves them out.",
                n,
                names=names,
            )
        case WarningCode.UNTAGGED:
            return ngettext(
                "%(names)s lacks what a group asks for, so it counts against the group's limit "
                "where it might belong, and never towards it.",
                "%(names)s lack what a group asks for, so they count against the group's limit "
                "where they might belong, and never towards it.",
                n,
                names=names,
            )


def overlap(found: Overlap, view: PhaseView, facts: Facts) -> str:
    """Say that components share text, and how much of it at most counts twice."""
    names = [view.components[place].dataset for place in found.components]
    double = (
        _("up to %(tokens)s unique tokens count twice", tokens=numbers.short(found.double_tokens))
        if found.double_tokens is not None
        else _("how much counts twice is not known")
    )
    if found.kind is OverlapKind.SHARED_ROOT:
        return _(
            "%(names)s come from %(root)s and may share text: %(double)s.",
            names=name_list(names, facts),
            root=display_name(found.root, facts.get(found.root)),
            double=double,
        )
    outer, inner = (display_name(name, facts.get(name)) for name in names[:2])
    if found.kind is OverlapKind.CONTAINS:
        return _(
            "%(outer)s contains %(inner)s: %(double)s.", outer=outer, inner=inner, double=double
        )
    return _(
        "%(inner)s is derived from %(outer)s: %(double)s.", outer=outer, inner=inner, double=double
    )


def limit(found: NamedConstraint, bound: float, facts: Facts) -> str:
    """Name a limit as a person set it."""
    name = display_name(found.subject, facts.get(found.subject))
    match found.kind:
        case ConstraintKind.MAX_EPOCHS:
            return _("%(name)s: at most %(bound)s passes", name=name, bound=passes(bound))
        case ConstraintKind.MIN_RATIO | ConstraintKind.GROUP_MIN:
            return _("%(name)s: at least %(bound)s", name=name, bound=share(bound))
        case ConstraintKind.MAX_RATIO | ConstraintKind.GROUP_MAX:
            return _("%(name)s: at most %(bound)s", name=name, bound=share(bound))
        case ConstraintKind.LOCKED:
            return _("%(name)s: locked at %(bound)s", name=name, bound=share(bound))
        case ConstraintKind.NO_WEIGHT:
            return _("%(name)s: has no weight", name=name)
        case ConstraintKind.COST_CEILING:
            return _("Cost: at most %(bound)s", bound=numbers.decimal(bound, 2))
        case ConstraintKind.UNIQUE_FLOOR:
            return _(
                "Seen for the first time: at least %(bound)s tokens",
                bound=numbers.short(round(bound)),
            )


def conflict(found: ConflictingLimit, facts: Facts) -> str:
    """Name a limit of a contradiction, and how far it alone would have to give way."""
    text = limit(found.limit, found.bound, facts)
    if found.needed is None:
        return text
    return _(
        "%(limit)s. Alone it would have to become %(needed)s.",
        limit=text,
        needed=_in_unit(found.limit.kind, found.needed),
    )


def price(found: LimitPrice, facts: Facts) -> str:
    """Say what giving a binding limit some room would do."""
    text = limit(found.limit, found.bound, facts)
    if found.relaxed_bound is None:
        return _(
            "%(limit)s. Unlocking it would bring %(points)s percentage points of the budget back "
            "to where they were asked for.",
            limit=text,
            points=_points(found.moved_share - found.relaxed_moved_share),
        )
    return _(
        "%(limit)s. With %(relaxed)s instead, %(points)s percentage points of the budget would "
        "lie where they were asked for.",
        limit=text,
        relaxed=_in_unit(found.limit.kind, found.relaxed_bound),
        points=_points(found.moved_share - found.relaxed_moved_share),
    )


def name_list(slugs: tuple[str, ...] | list[str], facts: Facts) -> str:
    """Return the first few names, and how many more there are."""
    shown = [display_name(slug, facts.get(slug)) for slug in slugs[:MAX_NAMED]]
    if len(slugs) > MAX_NAMED:
        shown.append(_("%(n)s more", n=len(slugs) - MAX_NAMED))
    return joined(shown)


def passes(value: float) -> str:
    """
    Return passes in at most two decimals: 4, 4.64, <0.01; words for those over an empty source.

    A little is never said as nothing.
    """
    if value == float("inf"):
        return _("endlessly many")
    if 0 < value < LEAST_SHOWN:
        return f"<{LEAST_SHOWN}"
    return f"{value:.2f}".rstrip("0").rstrip(".")


def share(value: float) -> str:
    """Return a share of 1 as plain text in per cent."""
    return f"{100 * value:.2f}".rstrip("0").rstrip(".") + "%"


def _points(value: float) -> str:
    return f"{100 * max(value, 0):.2f}"


def _in_unit(kind: ConstraintKind, value: float) -> str:
    if kind is ConstraintKind.MAX_EPOCHS:
        return _("%(passes)s passes", passes=passes(value))
    if kind is ConstraintKind.COST_CEILING:
        return numbers.decimal(value, 2)
    if kind is ConstraintKind.UNIQUE_FLOOR:
        return numbers.short(round(value))
    return share(value)
