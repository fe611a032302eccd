"""What a search answers with: ranked and rejected layouts, made when they are read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, overload

from app.compute.layout.layouts import Layout
from app.compute.memory.per_stage import Verdict

Item = TypeVar("Item")


@dataclass(frozen=True)
class RankedLayout:
    """
    A layout that fits, with its rank from 1.

    The verdict is "tight" where less is left than the overhead is uncertain by; `is_best_trade`
    says that no other layout is both faster and leaves more memory free.
    """

    layout: Layout
    step_seconds: float
    bubble_fraction: float
    max_gib: float
    fits: bool
    verdict: Verdict
    rank: int
    mfu: float
    is_best_trade: bool


@dataclass(frozen=True)
class RejectedLayout:
    """A layout that was refused: the sizes that were chosen so far, the rule, and the reason."""

    layout: Mapping[str, object]
    rule: str
    reason: str
    values: Mapping[str, object]


class LazyRows(Sequence[Item], Generic[Item]):
    """A sequence whose items are made when they are read: a search has a hundred thousand."""

    def __init__(self, length: int, make: Callable[[int], Item]) -> None:
        self._length = length
        self._make = make

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> "list[Item]": ...
    def __getitem__(self, index: int | slice) -> "Item | list[Item]":
        if isinstance(index, slice):
            return [self._make(place) for place in range(*index.indices(self._length))]
        if not -self._length <= index < self._length:
            raise IndexError(index)
        return self._make(index % self._length)


@dataclass(frozen=True)
class SearchResult:
    """
    What a search found.

    Attributes
    ----------
    layouts : sequence of RankedLayout
        Those that fit, fastest first.
    rejected : sequence of RejectedLayout
        All others: refused sizes, refused batches, then those that need too much memory, the least
        excess first.
    rejected_by_rule : mapping
        How many each rule refused.
    searched : int
        All of them.
    profile : str
        Whose efficiencies predicted the times.
    """

    layouts: Sequence[RankedLayout]
    rejected: Sequence[RejectedLayout]
    rejected_by_rule: Mapping[str, int]
    searched: int
    profile: str
