"""
What a training run cannot be computed from: every error of the pure compute modules.

Exception
└── ValueError ── ComputeError                    what is wrong, carried as attributes
                  ├── InvalidShape(field)                  a model that cannot exist
                  │   └── UnknownArchitecture(name)        a configuration that we cannot read
                  ├── InvalidNumber(field, value)          zero GPUs, a negative price
                  ├── InvalidLayout(violations)            broken rules and nearest valid values
                  └── NoSuchChoice(name, known)            a profile, optimizer or convention

The text of an error is for logs and developers; whoever speaks to a person reads the attributes
and words the sentence in that person's language.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default


class ComputeError(ValueError):
    """A training run that cannot be computed from what was given."""


class InvalidShape(ComputeError):
    """A model shape with a field that no model can have."""

    def __init__(self, name: str, message: str, *, nearest: Sequence[int] = ()) -> None:
        super().__init__(f"{name}: {message}")
        self.field = name
        self.nearest = tuple(nearest)


class UnknownArchitecture(InvalidShape):
    """A Hugging Face configuration whose `model_type` has no rule here."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__("model_type", f"cannot read {name!r}; known are {', '.join(known)}")
        self.name = name
        self.known = tuple(known)


class InvalidNumber(ComputeError):
    """A number outside what its formula takes."""

    def __init__(self, name: str, value: object, expected: str) -> None:
        super().__init__(f"{name} is {value}, expected {expected}")
        self.field = name
        self.value = value
        self.expected = expected


@dataclass(frozen=True)
class Violation:
    """
    One broken rule of a layout.

    Attributes
    ----------
    rule : str
        Name of the rule, stable, such as ``heads_divide_by_tp``.
    field : str
        Field of the layout to change.
    message : str
        What was asked, what binds and what is possible, in English.
    values : mapping
        The numbers in the message, for a sentence in another language.
    nearest : tuple of int
        Nearest valid values of `field`, ascending; empty where no single number repairs it.
    """

    rule: str
    field: str
    message: str
    values: Mapping[str, object] = default(default_factory=dict)
    nearest: tuple[int, ...] = ()


class InvalidLayout(ComputeError):
    """A layout that breaks rules; carries all of them, not only the first."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__("; ".join(violation.message for violation in violations))
        self.violations = tuple(violations)


class NoSuchChoice(ComputeError):
    """A profile, optimizer or convention that does not exist; carries those that do."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(f"no {name!r}; known are {', '.join(known)}")
        self.name = name
        self.known = tuple(known)


def require_positive(name: str, value: float) -> None:
    """
    Refuse a number that is not above zero, or not finite.

    Examples
    --------
    >>> require_positive("gpus", 8)
    >>> require_positive("gpus", 0)
    Traceback (most recent call last):
    app.compute.errors.InvalidNumber: gpus is 0, expected a number above 0
    """
    if not 0 < value < float("inf"):
        raise InvalidNumber(name, value, "a number above 0")


def require_at_least(name: str, value: float, least: float) -> None:
    """
    Refuse a number below `least`, or not finite.

    Examples
    --------
    >>> require_at_least("pue", 1.2, 1)
    >>> require_at_least("pue", 0.9, 1)
    Traceback (most recent call last):
    app.compute.errors.InvalidNumber: pue is 0.9, expected a number of at least 1
    """
    if not least <= value < float("inf"):
        raise InvalidNumber(name, value, f"a number of at least {least}")


def require_share(name: str, value: float) -> None:
    """
    Refuse a share that is not above 0 and at most 1.

    Examples
    --------
    >>> require_share("mfu", 0.36)
    >>> require_share("mfu", 36)
    Traceback (most recent call last):
    app.compute.errors.InvalidNumber: mfu is 36, expected a share above 0 and at most 1
    """
    if not 0 < value <= 1:
        raise InvalidNumber(name, value, "a share above 0 and at most 1")
