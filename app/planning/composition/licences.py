"""
What a mixture may be used for: as much as its most restrictive component allows.

Fail-closed: a component whose licence is not known allows nothing. Classes, their order and what
they allow come from the caller; a class that is not in the order is a mistake and is refused, so
that a new class can never pass for a harmless one. The answer speaks of *stated* licences: it is
no legal opinion.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from app.planning import checks
from app.planning.composition.rollups import Portion, roll_up
from app.planning.errors import UnknownLicenceClass


@dataclass(frozen=True)
class Blocker:
    """
    A component that stands in the way of a use.

    Attributes
    ----------
    index : int
    licence_class : str or None
        None: not known.
    tokens : int
    ratio : float
        Share of all trained tokens.
    """

    index: int
    licence_class: str | None
    tokens: int
    ratio: float


@dataclass(frozen=True)
class UseCheck:
    """
    Whether a use is allowed by every stated licence.

    Attributes
    ----------
    use : str
    is_allowed : bool
    blockers : tuple of Blocker
        The components in the way, the most tokens first.
    blocked_ratio : float
        Their share of all trained tokens.
    """

    use: str
    is_allowed: bool
    blockers: tuple[Blocker, ...]
    blocked_ratio: float


@dataclass(frozen=True)
class LicenceRollUp:
    """
    The licences of a mixture.

    Attributes
    ----------
    strictest : str or None
        The most restrictive class drawn from; None where one is not known.
    binding : tuple of int
        The components of that class.
    portions : tuple of Portion
        Trained tokens by class.
    uses : tuple of UseCheck
    conditions : dict of str to tuple of int
        Conditions such as attribution or share-alike, with the components that set them.
    """

    strictest: str | None
    binding: tuple[int, ...]
    portions: tuple[Portion, ...]
    uses: tuple[UseCheck, ...]
    conditions: dict[str, tuple[int, ...]]


def roll_up_licences(
    tokens: Sequence[int],
    classes: Sequence[str | None],
    *,
    order: Sequence[str],
    allowed: Mapping[str, Collection[str]],
    unknown: Collection[str] = (),
    conditions: Sequence[Collection[str]] | None = None,
) -> LicenceRollUp:
    """
    Say what the components' stated licences allow together.

    Parameters
    ----------
    tokens : (n_components,) sequence of int
        Training tokens; components of zero tokens do not count.
    classes : (n_components,) sequence of str or None
        Licence class of each; None is not known.
    order : sequence of str
        All classes, the least restrictive first. Not known is more restrictive than all.
    allowed : mapping of str to collection of str
        For each use the classes that allow it.
    unknown : collection of str
        Classes of the order that mean "not known": they allow nothing, whatever `allowed` says.
    conditions : (n_components,) sequence of collection of str, optional
        Conditions that each component sets.

    Returns
    -------
    LicenceRollUp

    Raises
    ------
    UnknownLicenceClass
        If a class is not in the order.
    WrongLength, NoComponents, TooManyComponents, NotFinite, Negative, OutOfRange

    Examples
    --------
    >>> found = roll_up_licences(
    ...     [70, 20, 10, 0],
    ...     ["open", "non_commercial", None, None],
    ...     order=["open", "non_commercial"],
    ...     allowed={"research": {"open", "non_commercial"}, "commercial": {"open"}},
    ... )
    >>> [(use.use, use.is_allowed, [b.index for b in use.blockers]) for use in found.uses]
    [('research', False, [2]), ('commercial', False, [1, 2])]
    """
    counts = checks.components(tokens)
    stated = checks.same_length("classes", classes, len(counts))
    rank = {name: place for place, name in enumerate(order)}
    for name in (*stated, *unknown, *(name for names in allowed.values() for name in names)):
        if name is not None and name not in rank:
            raise UnknownLicenceClass(name)
    known = [None if name in unknown else name for name in stated]
    portions = roll_up(counts, known)
    present = [index for index, count in enumerate(counts) if count]
    worst = max((_rank(known[index], rank) for index in present), default=-1)
    binding = tuple(index for index in present if _rank(known[index], rank) == worst)
    total = sum(counts)
    uses = []
    for use, names in allowed.items():
        blockers = sorted(
            (
                Blocker(index, known[index], counts[index], counts[index] / total)
                for index in present
                if known[index] not in names
            ),
            key=lambda blocker: (-blocker.tokens, blocker.index),
        )
        ratio = sum(blocker.tokens for blocker in blockers) / total if total else 0.0
        uses.append(UseCheck(use, not blockers, tuple(blockers), ratio))
    return LicenceRollUp(
        strictest=known[binding[0]] if binding else None,
        binding=binding,
        portions=portions,
        uses=tuple(uses),
        conditions=_conditions(conditions, present, len(counts)),
    )


def _rank(name: str | None, rank: Mapping[str, int]) -> int:
    return len(rank) if name is None else rank[name]


def _conditions(
    conditions: Sequence[Collection[str]] | None, present: Sequence[int], count: int
) -> dict[str, tuple[int, ...]]:
    if conditions is None:
        return {}
    found = checks.same_length("conditions", conditions, count)
    names = sorted({name for index in present for name in found[index]})
    return {name: tuple(index for index in present if name in found[index]) for name in names}
