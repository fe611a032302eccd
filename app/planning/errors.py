"""
What the numbers refuse: every error of the pure planning modules.

Exception
└── ValueError ── PlanningError                  what is wrong, carried as attributes
                  ├── UnreadableNumber(text)                 typed text that is no number
                  │   ├── AmbiguousNumber(text, readings)    it could be read as these
                  │   ├── BytesNotTokens(text)               a size, where tokens are asked
                  │   └── FractionalTokens(text, value)      tokens are whole
                  ├── InvalidValue(field, index, value)      a value that no formula takes
                  │   ├── NotFinite, Negative
                  │   └── OutOfRange(.., low, high)
                  ├── WrongLength(field, expected, actual)
                  ├── NoComponents, TooManyComponents(count, limit), TooManyGroups(count, limit)
                  ├── DuplicateName(name)
                  ├── NoWeight(field)                        every weight is zero
                  ├── EmptyGroup(name), UngroupedComponents(indices), SharedComponent(index)
                  ├── UnknownPreset(name)
                  ├── UnknownScheme(name), SchemeParameter(scheme, parameter)
                  ├── MissingEstimate(indices)               a rule needs unique tokens
                  ├── UnknownLicenceClass(name)
                  ├── BudgetInfeasible(budget, capacity, binding)
                  ├── FloorsExceedBudget(budget, floor, binding)
                  ├── UpsamplingInfeasible(target, largest)
                  └── NotSolved(violation)                   the optimum was not reached

`field` is the name of the argument, `index` the position in it (None for a single number). The
text of an error is for logs and developers; whoever speaks to a person reads the attributes.
"""

from collections.abc import Sequence


class PlanningError(ValueError):
    """A plan or conversion that cannot be computed from what was given."""


class UnreadableNumber(PlanningError):
    """A text that says no number."""

    def __init__(self, text: str) -> None:
        super().__init__(f"cannot read a number in {text[:80]!r}")
        self.text = text


class AmbiguousNumber(UnreadableNumber):
    """A text that could mean several numbers; `readings` has them, the likeliest first."""

    def __init__(self, text: str, readings: Sequence[object]) -> None:
        super().__init__(text)
        self.readings = tuple(readings)


class BytesNotTokens(UnreadableNumber):
    """A size in bytes, which is no number of tokens without a tokenizer."""


class FractionalTokens(UnreadableNumber):
    """A number of tokens with a fraction left over."""

    def __init__(self, text: str, value: object) -> None:
        super().__init__(text)
        self.value = value


class InvalidValue(PlanningError):
    """A value that no formula takes: `field[index] = value`."""

    def __init__(self, field: str, value: object, index: int | None = None) -> None:
        place = field if index is None else f"{field}[{index}]"
        super().__init__(f"{type(self).__name__}: {place} = {str(value)[:40]}")
        self.field = field
        self.value = value
        self.index = index


class NotFinite(InvalidValue):
    """NaN, an infinity, or something that is no number at all."""


class Negative(InvalidValue):
    """A number below zero where only an amount makes sense."""


class OutOfRange(InvalidValue):
    """A number outside `low` to `high`."""

    def __init__(
        self, field: str, value: object, low: object, high: object, index: int | None = None
    ) -> None:
        super().__init__(field, value, index)
        self.low = low
        self.high = high


class WrongLength(PlanningError):
    """Two lists that should describe the same components do not have the same length."""

    def __init__(self, field: str, expected: int, actual: int) -> None:
        super().__init__(f"{field} has {actual} values, not {expected}")
        self.field = field
        self.expected = expected
        self.actual = actual


class NoComponents(PlanningError):
    """There is nothing to share the budget over."""

    def __init__(self) -> None:
        super().__init__("no components")


class TooManyComponents(PlanningError):
    """More components than one phase may have."""

    def __init__(self, count: int, limit: int) -> None:
        super().__init__(f"{count} components, at most {limit}")
        self.count = count
        self.limit = limit


class TooManyGroups(PlanningError):
    """More groups than one phase may have."""

    def __init__(self, count: int, limit: int) -> None:
        super().__init__(f"{count} groups, at most {limit}")
        self.count = count
        self.limit = limit


class DuplicateName(PlanningError):
    """Two components or constraints of one plan carry the same name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} appears twice")
        self.name = name


class NoWeight(PlanningError):
    """Every weight is zero, so no ratio follows."""

    def __init__(self, field: str) -> None:
        super().__init__(f"every value of {field} is zero")
        self.field = field


class EmptyGroup(PlanningError):
    """A group that must receive tokens has no member that could take them."""

    def __init__(self, name: str) -> None:
        super().__init__(f"group {name!r} has no member with a weight")
        self.name = name


class UngroupedComponents(PlanningError):
    """Groups carry weights, but these components belong to none of them."""

    def __init__(self, indices: Sequence[int]) -> None:
        super().__init__(f"components {list(indices)[:5]} are in no weighted group")
        self.indices = tuple(indices)


class SharedComponent(PlanningError):
    """A component belongs to two groups that carry weights."""

    def __init__(self, index: int) -> None:
        super().__init__(f"component {index} is in two weighted groups")
        self.index = index


class UnknownScheme(PlanningError):
    """A sampling scheme that does not exist."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no scheme {name[:40]!r}")
        self.name = name


class UnknownPreset(PlanningError):
    """A set of scaling-law constants that does not exist."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no preset {name[:40]!r}")
        self.name = name


class SchemeParameter(PlanningError):
    """A sampling scheme lacks a parameter, or does not take it."""

    def __init__(self, scheme: str, parameter: str) -> None:
        super().__init__(f"scheme {scheme!r}: parameter {parameter[:40]!r}")
        self.scheme = scheme
        self.parameter = parameter


class MissingEstimate(PlanningError):
    """The rule needs the unique tokens of components that have no estimate."""

    def __init__(self, indices: Sequence[int]) -> None:
        super().__init__(f"components {list(indices)[:5]} have no token estimate")
        self.indices = tuple(indices)


class UnknownLicenceClass(PlanningError):
    """A licence class that is not in the order given; it must never pass for a harmless one."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no licence class {name[:40]!r}")
        self.name = name


class BudgetInfeasible(PlanningError):
    """The budget exceeds what the sources can give; `capacity` is the largest that fits."""

    def __init__(self, budget: int, capacity: int, binding: Sequence[int]) -> None:
        super().__init__(f"budget {budget} exceeds {capacity}; binding: {list(binding)[:5]}")
        self.budget = budget
        self.capacity = capacity
        self.binding = tuple(binding)


class FloorsExceedBudget(PlanningError):
    """The least that the components must receive is already more than the budget."""

    def __init__(self, budget: int, floor: int, binding: Sequence[int]) -> None:
        super().__init__(f"floors take {floor} of a budget of {budget}")
        self.budget = budget
        self.floor = floor
        self.binding = tuple(binding)


class UpsamplingInfeasible(PlanningError):
    """No curve reaches `target` tokens; `largest` is the most that the cap allows."""

    def __init__(self, target: float, largest: float) -> None:
        super().__init__(f"no curve yields {target}: at most {largest}")
        self.target = target
        self.largest = largest


class NotSolved(PlanningError):
    """The iteration ended short of the optimum, by `violation` in its worst constraint."""

    def __init__(self, violation: float) -> None:
        super().__init__(f"constraints still violated by {violation:g}")
        self.violation = violation
