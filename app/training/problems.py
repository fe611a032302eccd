"""What is wrong with a training run that somebody asked for, all of it, worded for that person."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.errors import InvalidInput


@dataclass(frozen=True)
class Problem:
    """
    One broken rule: the field of the body to change, a sentence, and the nearest valid values.

    Attributes
    ----------
    field : str
        With its place, such as ``layout.tp``.
    rule : str
        Stable name of the rule.
    message : str
        In the language of the request.
    nearest : tuple of int
        Ascending; empty where no single number repairs it.
    """

    field: str
    rule: str
    message: str
    nearest: tuple[int, ...] = ()


class TrainingRefused(InvalidInput):
    """A training run that cannot be computed; carries every problem, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "%(problem)s",
            field=self.problems[0].field,
            problem=" ".join(problem.message for problem in self.problems),
        )
