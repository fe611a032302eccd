"""What the planner refuses, as a sentence for the person: the one place that translates it."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction

from app.errors import AppError, InvalidInput
from app.planning import errors
from app.web import numbers
from app.web.i18n import gettext as _
from app.web.i18n import joined

MAX_SHOWN = 60
MAX_NAMED = 5


def explain(
    error: errors.PlanningError, *, names: Sequence[str] = (), field: str | None = None
) -> AppError:
    """
    Return the error as one that a page or the API can show.

    Parameters
    ----------
    error : PlanningError
    names : sequence of str
        Names of the components by position, as the reader knows them.
    field : str, optional
        The field of the form or body; by default the one that the planner names.
    """
    place = field or _field(error)
    for kinds, tell in _FAMILIES:
        if isinstance(error, kinds):
            return tell(error, names, place)
    return _infeasible(error, names, place)


def _unreadable(
    error: errors.PlanningError,
    names: Sequence[str],  # noqa: ARG001  as the others
    place: str | None,
) -> AppError:
    text = getattr(error, "text", "")[:MAX_SHOWN]
    match error:
        case errors.AmbiguousNumber():
            return InvalidInput(
                "“%(text)s” can be read in more than one way: %(readings)s. "
                "Write the one you mean.",
                field=place,
                text=text,
                readings=_(" or ").join(_whole(reading) for reading in error.readings),
            )
        case errors.BytesNotTokens():
            return InvalidInput(
                "“%(text)s” is a size in bytes. Write a number of tokens, such as 300B or 3000亿.",
                field=place,
                text=text,
            )
        case errors.FractionalTokens():
            return InvalidInput(
                "“%(text)s” is not a whole number of tokens.", field=place, text=text
            )
        case _:
            return InvalidInput(
                "“%(text)s” is not a number. Write one such as 1.5T, 300B, 3000亿 or 1e12.",
                field=place,
                text=text,
            )


def _invalid(error: errors.PlanningError, names: Sequence[str], place: str | None) -> AppError:
    if not isinstance(error, errors.InvalidValue):
        return _infeasible(error, names, place)
    value = _whole(error.value)
    owner = _owner(error.index, names)
    match error:
        case errors.Negative():
            return InvalidInput(
                "%(owner)s%(value)s is below zero. Write it without the minus sign.",
                field=place,
                value=value,
                owner=owner,
            )
        case errors.OutOfRange():
            return InvalidInput(
                "%(owner)s%(value)s is not between %(low)s and %(high)s.",
                field=place,
                value=value,
                low=_whole(error.low),
                high=_whole(error.high),
                owner=owner,
            )
        case _:
            return InvalidInput(
                "%(owner)s%(value)s is not a finite number.",
                field=place,
                value=value,
                owner=owner,
            )


def _components(
    error: errors.PlanningError,
    names: Sequence[str],  # noqa: ARG001  as the others
    place: str | None,
) -> AppError:
    match error:
        case errors.TooManyComponents():
            return InvalidInput(
                "A phase has at most %(limit)s components; these are %(count)s.",
                field=place or "components",
                limit=error.limit,
                count=error.count,
            )
        case errors.TooManyGroups():
            return InvalidInput(
                "A phase has at most %(limit)s groups; these are %(count)s.",
                field=place or "groups",
                limit=error.limit,
                count=error.count,
            )
        case errors.DuplicateName():
            return InvalidInput(
                "%(name)s appears twice. Each name may appear once.",
                field=place or "components",
                name=error.name[:MAX_SHOWN],
            )
        case _:
            return InvalidInput(
                "There is no component to share the budget over. Add one.",
                field=place or "components",
            )


def _scheme(error: errors.PlanningError, names: Sequence[str], place: str | None) -> AppError:
    match error:
        case errors.MissingEstimate():
            return InvalidInput(
                "This needs the unique tokens of every component, and these have no estimate: "
                "%(names)s. Take them out or choose another scheme.",
                field=place,
                names=_names(error.indices, names),
            )
        case errors.SchemeParameter():
            return InvalidInput(
                "The scheme %(scheme)s and the parameter %(parameter)s do not fit: temperature "
                "needs alpha, unimax, capped and quality need max_epochs, the others need none.",
                field=place,
                scheme=error.scheme,
                parameter=error.parameter[:MAX_SHOWN],
            )
        case _:
            return InvalidInput(
                "Every weight is zero, so nothing can be shared. Give a component a weight.",
                field=place,
            )


def _unknown(
    error: errors.PlanningError,
    names: Sequence[str],  # noqa: ARG001  as the others
    place: str | None,
) -> AppError:
    match error:
        case errors.UnknownPreset():
            return InvalidInput(
                "There is no preset %(name)s. Presets: hoffmann_printed, hoffmann_unrounded, "
                "besiroglu_2024, muennighoff.",
                field=place,
                name=error.name[:MAX_SHOWN],
            )
        case errors.UnknownScheme():
            return InvalidInput(
                "There is no scheme %(name)s. Schemes: as_weighted, proportional, uniform, "
                "temperature, unimax, capped, quality.",
                field=place,
                name=error.name[:MAX_SHOWN],
            )
        case _:
            return InvalidInput(
                "A component has a licence class that is not known here.", field=place
            )


def _groups(error: errors.PlanningError, names: Sequence[str], place: str | None) -> AppError:
    match error:
        case errors.EmptyGroup():
            return InvalidInput(
                "The group %(name)s has no component that could take its tokens. Add one, or "
                "take the group out.",
                field=place or "groups",
                name=error.name[:MAX_SHOWN],
            )
        case errors.UngroupedComponents():
            return InvalidInput(
                "The budget is shared over groups first, and these components are in none: "
                "%(names)s. Give them a group or a weight of zero.",
                field=place or "groups",
                names=_names(error.indices, names),
            )
        case errors.SharedComponent():
            return InvalidInput(
                "%(name)s is in two groups that have a weight. It can take its part from one only.",
                field=place or "groups",
                name=_names([error.index], names),
            )
        case _:
            return InvalidInput("The groups do not fit together.", field=place or "groups")


def _infeasible(error: errors.PlanningError, names: Sequence[str], place: str | None) -> AppError:
    match error:
        case errors.BudgetInfeasible():
            return InvalidInput(
                "The budget of %(budget)s tokens is more than the components can give: "
                "%(capacity)s. These bind: %(names)s.",
                field=place or "token_budget",
                budget=numbers.short(error.budget),
                capacity=numbers.short(error.capacity),
                names=_names(error.binding, names),
            )
        case errors.FloorsExceedBudget():
            return InvalidInput(
                "The least shares together take %(floor)s of %(budget)s tokens. Lower some: "
                "%(names)s.",
                field=place or "min_ratio",
                floor=numbers.short(error.floor),
                budget=numbers.short(error.budget),
                names=_names(error.binding, names),
            )
        case errors.UpsamplingInfeasible():
            return InvalidInput(
                "No curve yields %(target)s tokens; the most is %(largest)s.",
                field=place,
                target=numbers.short(error.target),
                largest=numbers.short(error.largest),
            )
        case errors.NotSolved():
            return InvalidInput(
                "The solver did not reach the best ratios for these numbers. Widen a limit and "
                "try again.",
                field=place,
            )
        case errors.WrongLength():
            return InvalidInput(
                "%(name)s has %(actual)s values instead of %(expected)s.",
                field=place or error.field,
                name=error.field,
                actual=error.actual,
                expected=error.expected,
            )
        case _:
            return InvalidInput("This cannot be computed from these numbers.", field=place)


def _field(error: errors.PlanningError) -> str | None:
    if isinstance(error, errors.InvalidValue):
        if error.index is not None and error.field in _OF_COMPONENTS:
            return f"components.{error.index}.{error.field}"
        return error.field
    if isinstance(error, errors.MissingEstimate) and error.indices:
        return f"components.{error.indices[0]}.unique_tokens"
    return next((name for kinds, name in _FIELDS if isinstance(error, kinds)), None)


_FIELDS: tuple[tuple[tuple[type[errors.PlanningError], ...], str], ...] = (
    ((errors.UnknownScheme, errors.SchemeParameter), "scheme"),
    ((errors.UnknownPreset,), "preset"),
    ((errors.NoWeight,), "components"),
)
_OF_COMPONENTS = frozenset(
    {"weight", "unique_tokens", "max_epochs", "min_ratio", "max_ratio", "seen_tokens", "price"}
)


def _owner(index: int | None, names: Sequence[str]) -> str:
    """Return the component that a value is of, to stand before the sentence."""
    if index is None or index >= len(names):
        return ""
    return _("%(name)s: ", name=names[index])


def _names(indices: Sequence[int], names: Sequence[str]) -> str:
    shown = [names[i] if i < len(names) else str(i + 1) for i in indices[:MAX_NAMED]]
    left = len(indices) - len(shown)
    if left > 0:
        shown.append(_("%(n)s more", n=left))
    return joined(shown)


def _whole(value: object) -> str:
    if isinstance(value, Fraction):
        # A whole one may be longer than a float can hold.
        value = Decimal(value.numerator) / Decimal(value.denominator)
    if not isinstance(value, int | float | Decimal):
        return str(value)[:MAX_SHOWN]
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite():
        return str(value)
    return f"{exact.normalize():g}" if abs(exact) >= _LONG else numbers.whole(exact)


# Longer numbers are printed in powers of ten.
_LONG = 1e21

Tell = Callable[[errors.PlanningError, Sequence[str], str | None], AppError]
_FAMILIES: tuple[tuple[tuple[type[errors.PlanningError], ...], Tell], ...] = (
    ((errors.UnreadableNumber,), _unreadable),
    ((errors.InvalidValue,), _invalid),
    (
        (
            errors.NoComponents,
            errors.TooManyComponents,
            errors.TooManyGroups,
            errors.DuplicateName,
        ),
        _components,
    ),
    ((errors.NoWeight, errors.MissingEstimate, errors.SchemeParameter), _scheme),
    ((errors.UnknownPreset, errors.UnknownScheme, errors.UnknownLicenceClass), _unknown),
    ((errors.EmptyGroup, errors.UngroupedComponents, errors.SharedComponent), _groups),
)


def too_much(components: int, groups: int) -> AppError:
    """Return the refusal of a problem that the solver would think about for too long."""
    return InvalidInput(
        "%(components)s components with %(groups)s groups are more than the solver takes at "
        "once. Send fewer of either.",
        field="groups",
        components=components,
        groups=groups,
    )
