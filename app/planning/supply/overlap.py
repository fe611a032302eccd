"""
Components that contain one another, so that some text counts twice.

A subset lies whole in its parent. A derived dataset (filtered, deduplicated, rephrased) shares an
unknown part with what it came from. Different subsets of one parent are taken as disjoint, as
they are in The Pile; anything derived from a common root may overlap with everything else that
comes from it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.planning import checks
from app.planning.errors import DuplicateName
from app.planning.supply import repetition


class Origin(StrEnum):
    """How a dataset came from another."""

    SUBSET = "subset"
    DERIVED = "derived"


class OverlapKind(StrEnum):
    """How two components of one mixture meet."""

    CONTAINS = "contains"
    DERIVED_FROM = "derived_from"
    SHARED_ROOT = "shared_root"


@dataclass(frozen=True)
class Relation:
    """`child` came from `parent`; neither needs to be in the mixture."""

    child: str
    parent: str
    origin: Origin


@dataclass(frozen=True)
class Overlap:
    """
    Components that may hold the same text.

    Attributes
    ----------
    kind : OverlapKind
    components : tuple of int
        The container or source first, then what lies in it or came from it; in the order of the
        mixture for a shared root.
    root : str
        The name of the container, source or common root.
    double_tokens : int or None
        Unique tokens at most counted twice; None where a component has no estimate.
    epochs : float or None
        Passes over the text of the contained component, with those that come through the
        container; None where the shared part is not known.
    """

    kind: OverlapKind
    components: tuple[int, ...]
    root: str
    double_tokens: int | None
    epochs: float | None


def find_overlaps(
    names: Sequence[str],
    tokens: Sequence[int],
    unique_tokens: Sequence[int | None],
    relations: Iterable[Relation],
) -> tuple[Overlap, ...]:
    """
    Find components that contain one another or come from one root.

    Parameters
    ----------
    names : (n_components,) sequence of str
    tokens : (n_components,) sequence of int
        Training tokens; components of zero tokens do not count.
    unique_tokens : (n_components,) sequence of int or None
    relations : iterable of Relation
        Where datasets came from, also those outside the mixture. Circles are tolerated.

    Returns
    -------
    tuple of Overlap
        What contains first, then what derives, then shared roots; by position.

    Raises
    ------
    DuplicateName
        If two components have one name.
    WrongLength, NotFinite, Negative, OutOfRange

    Examples
    --------
    >>> relations = [Relation("pile-cc", "pile", Origin.SUBSET)]
    >>> find_overlaps(["pile", "pile-cc"], [300, 100], [300, 50], relations)[0].epochs
    3.0
    """
    index = _positions(names)
    counts = checks.same_length("tokens", tokens, len(names))
    unique = checks.unique_tokens("unique_tokens", unique_tokens, len(names))
    parents: dict[str, list[Relation]] = {}
    for relation in relations:
        parents.setdefault(relation.child, []).append(relation)
    present = [name for name in names if counts[index[name]]]
    ancestors = {name: _ancestors(name, parents) for name in present}
    found = []
    for child in present:
        for parent, path in ancestors[child].items():
            if parent in index and counts[index[parent]]:
                found.append(_pair((index[parent], index[child]), parent, path, counts, unique))
    found += _shared(present, index, ancestors, unique)
    rank = {kind: place for place, kind in enumerate(OverlapKind)}
    return tuple(sorted(found, key=lambda item: (rank[item.kind], item.components)))


_Path = tuple[Relation, ...]


def _positions(names: Sequence[str]) -> dict[str, int]:
    index: dict[str, int] = {}
    for place, name in enumerate(names):
        if name in index:
            raise DuplicateName(name)
        index[name] = place
    return index


def _ancestors(name: str, parents: dict[str, list[Relation]]) -> dict[str, _Path]:
    """Return every ancestor with the shortest way to it, from the child up."""
    found: dict[str, _Path] = {}
    waiting: list[tuple[str, _Path]] = [(name, ())]
    for current, path in waiting:
        for relation in parents.get(current, ()):
            if relation.parent != name and relation.parent not in found:
                found[relation.parent] = (*path, relation)
                waiting.append((relation.parent, found[relation.parent]))
    return found


def _pair(
    pair: tuple[int, int],
    root: str,
    path: _Path,
    counts: Sequence[int],
    unique: Sequence[int | None],
) -> Overlap:
    parent, child = pair
    inner, outer = unique[child], unique[parent]
    double = None if inner is None or outer is None else min(inner, outer)
    if any(relation.origin is Origin.DERIVED for relation in path):
        return Overlap(OverlapKind.DERIVED_FROM, pair, root, double, None)
    passes = [repetition.epochs(counts[i], unique[i]) for i in pair]
    together = None if None in passes else sum(value for value in passes if value is not None)
    return Overlap(OverlapKind.CONTAINS, pair, root, double, together)


def _shared(
    present: Sequence[str],
    index: dict[str, int],
    ancestors: dict[str, dict[str, _Path]],
    unique: Sequence[int | None],
) -> list[Overlap]:
    """Find roots outside the mixture that several components come from."""
    by_root: dict[str, list[str]] = {}
    inside = set(present)
    for name in present:
        for root in ancestors[name]:
            if root not in inside:
                by_root.setdefault(root, []).append(name)
    found = []
    seen: set[tuple[int, ...]] = set()
    for root, names in by_root.items():
        # What lies below another member is already said of that pair.
        heads = [name for name in names if not any(other in ancestors[name] for other in names)]
        derived = [
            name
            for name in heads
            if any(relation.origin is Origin.DERIVED for relation in ancestors[name][root])
        ]
        members = tuple(sorted(index[name] for name in heads))
        # The nearest root speaks for the farther ones that have the same members.
        if len(members) < 2 or not derived or members in seen:  # noqa: PLR2004  a pair
            continue
        seen.add(members)
        found.append(
            Overlap(OverlapKind.SHARED_ROOT, members, root, _double(members, unique), None)
        )
    return found


def _double(members: Sequence[int], unique: Sequence[int | None]) -> int | None:
    sizes = [size for place in members if (size := unique[place]) is not None]
    return sum(sizes) - max(sizes) if len(sizes) == len(members) else None
