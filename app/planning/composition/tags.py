"""
How much of a component belongs to a tag's value: its language, category, licence class, ...

A tag may be one value, shares of several, or several values without shares (a corpus "in English
and Chinese"). What is one of several values is never divided up: it counts towards each of them as
possible and towards none as certain. What has no value counts towards none; roll-ups show it.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from app.planning import checks
from app.planning.checks import Number
from app.planning.errors import OutOfRange
from app.planning.estimates.languages import is_in_range
from app.planning.exact import as_fraction

Tag = str | Sequence[str] | Mapping[str, Number] | None
Members = list[tuple[int, Fraction, Fraction]]

LANGUAGE = "language"

# Shares are printed rounded; beyond this they do not describe one whole.
_SLACK = Fraction(1, 10**6)
_NONE = (Fraction(0), Fraction(0))
_ALL = (Fraction(1), Fraction(1))
_WHOLE = Fraction(1)


def portions(tag: Tag) -> dict[tuple[str, ...], Fraction]:
    """
    Return the shares of a component by the values that each share is known to have.

    Parameters
    ----------
    tag : str, sequence of str, mapping of str to number, or None

    Returns
    -------
    dict
        Exact shares that sum to 1. The key is one value, several for what is one of them without
        saying how much of each, or empty where nothing is known.

    Raises
    ------
    OutOfRange
        If shares sum to more than 1.
    NotFinite, Negative

    Examples
    --------
    >>> portions("en"), portions(["zh", "en"])
    ({('en',): Fraction(1, 1)}, {('en', 'zh'): Fraction(1, 1)})
    >>> portions({"en": 0.75})
    {('en',): Fraction(3, 4), (): Fraction(1, 4)}
    """
    if tag is None:
        return {(): _WHOLE}
    if isinstance(tag, str):
        return {(tag,): _WHOLE}
    if not isinstance(tag, Mapping):
        return {tuple(sorted(set(tag))): _WHOLE}
    shares: dict[tuple[str, ...], Fraction] = {
        (value,): as_fraction(checks.number("share", share, high=1)) for value, share in tag.items()
    }
    total = sum(shares.values(), Fraction(0))
    if total > 1 + _SLACK:
        raise OutOfRange("share", float(total), 0, 1)
    if total > 1:
        return {value: share / total for value, share in shares.items()}
    if total < 1:
        shares[()] = 1 - total
    return shares


def has(name: str, stated: str, value: str) -> bool:
    """
    Return whether what a component states for a tag is a value, or a kind of that language.

    Parameters
    ----------
    name, stated, value : str
        The tag's name, the component's value, the one asked for.

    Returns
    -------
    bool

    Examples
    --------
    >>> has("language", "zh-Hans", "zh"), has("category", "web-new", "web")
    (True, False)
    """
    return stated == value or (name == LANGUAGE and is_in_range(stated, value))


def share_of(tag: Tag, value: str, name: str = "") -> tuple[Fraction, Fraction]:
    """
    Return how much of a component certainly, and at most, has a value.

    A least share of a group must hold with what is certain, a most with what is possible.

    Parameters
    ----------
    tag : as in `portions`
    value : str
    name : str
        The tag's name: a language takes in its kinds.

    Returns
    -------
    certain, possible : Fraction
        0 to 1 each.

    Examples
    --------
    >>> share_of("en", "en"), share_of(["zh", "en"], "en")
    ((Fraction(1, 1), Fraction(1, 1)), (Fraction(0, 1), Fraction(1, 1)))
    """
    if isinstance(tag, str):
        return _ALL if has(name, tag, value) else _NONE
    certain = possible = Fraction(0)
    for values, share in portions(tag).items():
        held = [has(name, stated, value) for stated in values]
        if any(held):
            possible += share
            certain += share if all(held) else 0
    return certain, possible


def members(tags: Sequence[Tag]) -> dict[str, Members]:
    """
    Return for every value the components that have or may have it.

    Parameters
    ----------
    tags : (n_components,) sequence
        The same tag of each component.

    Returns
    -------
    dict of str to list of (int, Fraction, Fraction)
        Position, certain and possible share, by position.

    Examples
    --------
    >>> found = members(["en", ["zh", "en"], None])
    >>> [(index, int(certain), int(possible)) for index, certain, possible in found["en"]]
    [(0, 1, 1), (1, 0, 1)]
    """
    found: dict[str, Members] = {}
    for index, tag in enumerate(tags):
        if isinstance(tag, str):
            found.setdefault(tag, []).append((index, *_ALL))
        elif tag is not None:
            values = sorted({value for named in portions(tag) for value in named})
            for value in values:
                found.setdefault(value, []).append((index, *share_of(tag, value)))
    return found


def members_of(index: Mapping[str, Members], tags: Sequence[Tag], name: str, value: str) -> Members:
    """
    Return the components that have or may have a value, a language taking in its kinds.

    Parameters
    ----------
    index : dict
        What `members` returns for the tags.
    tags : (n_components,) sequence
    name, value : str
        The tag's name, and the value asked for.

    Returns
    -------
    list of (int, Fraction, Fraction)
        Position, certain and possible share, by position.

    Examples
    --------
    >>> tags = ["zh", "en", "zh-Hans"]
    >>> [index for index, _, _ in members_of(members(tags), tags, "language", "zh")]
    [0, 2]
    """
    kinds = [stated for stated in index if has(name, stated, value)]
    if len(kinds) == 1:
        return index[kinds[0]]
    places = sorted({place for kind in kinds for place, _, _ in index[kind]})
    return [(place, *share_of(tags[place], value, name)) for place in places]
