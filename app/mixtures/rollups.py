"""What the trained tokens of a phase, or of a whole mixture, are made of."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from app.catalog.models.licences import LicenceClass
from app.mixtures.content import Tag
from app.planning.composition.licences import LicenceRollUp, roll_up_licences
from app.planning.composition.rollups import Portion, roll_up
from app.planning.composition.tags import Tag as TagValue

# The least restrictive first. What needs a person to read the terms allows nothing by itself.
LICENCE_ORDER = (
    LicenceClass.OPEN,
    LicenceClass.PER_SOURCE,
    LicenceClass.CUSTOM,
    LicenceClass.CONTRACT,
    LicenceClass.NON_COMMERCIAL,
    LicenceClass.UNKNOWN,
)
USES = {
    "commercial": frozenset({LicenceClass.OPEN}),
    "research": frozenset({LicenceClass.OPEN, LicenceClass.NON_COMMERCIAL}),
}
_NOT_KNOWN = frozenset({LicenceClass.UNKNOWN})
ROLLED_UP = (Tag.LANGUAGE, Tag.CATEGORY, Tag.MODALITY, Tag.LICENCE, Tag.PROVIDER, Tag.SYNTHETIC)


class Drawn(NamedTuple):
    """Tokens drawn from a component, with its tags."""

    dataset: str
    tokens: int
    tags: Mapping[str, TagValue]
    spdx: str | None = None


def by_tag(drawn: Sequence[Drawn], tag: str) -> tuple[Portion, ...]:
    """
    Return the portions of a tag; `components` are positions in `drawn`.

    Components with the same value are summed first: the sums of the planner are exact, and
    nothing here has shares of several values, so nothing is rounded on the way.
    """
    sums: dict[TagValue, int] = {}
    members: dict[TagValue, list[int]] = {}
    for index, one in enumerate(drawn):
        value = one.tags.get(tag)
        key = value if value is None or isinstance(value, str) else tuple(value)
        sums[key] = sums.get(key, 0) + one.tokens
        if one.tokens:
            members.setdefault(key, []).append(index)
    if not sums:
        return ()
    keys = list(sums)
    return tuple(
        Portion(
            portion.values,
            portion.tokens,
            portion.ratio,
            tuple(sorted(i for place in portion.components for i in members[keys[place]])),
        )
        for portion in roll_up([sums[key] for key in keys], keys)
    )


def licences(drawn: Sequence[Drawn]) -> LicenceRollUp | None:
    """Return what the stated licences allow together; None where nothing is drawn."""
    if not any(one.tokens for one in drawn):
        return None
    return roll_up_licences(
        [one.tokens for one in drawn],
        [_text(one.tags.get(Tag.LICENCE)) for one in drawn],
        order=LICENCE_ORDER,
        allowed=USES,
        unknown=_NOT_KNOWN,
        conditions=[conditions_of(one.spdx) for one in drawn],
    )


@lru_cache(maxsize=1_024)
def conditions_of(spdx: str | None) -> frozenset[str]:
    """
    Return the conditions that an SPDX identifier is known to set.

    >>> sorted(conditions_of("CC-BY-SA-4.0")), conditions_of("CC0-1.0")
    (['attribution', 'share_alike'], frozenset())
    """
    if spdx is None or spdx in _NO_CONDITIONS:
        return frozenset()
    found = {"attribution"} if not spdx.startswith("LicenseRef-") else set()
    if "-SA" in spdx or spdx.startswith(("GPL", "AGPL", "LGPL", "GFDL", "ODbL", "CDLA-Sharing")):
        found.add("share_alike")
    if "-NC" in spdx:
        found.add("non_commercial")
    if "-ND" in spdx:
        found.add("no_derivatives")
    return frozenset(found)


_NO_CONDITIONS = frozenset({"CC0-1.0", "PDDL-1.0", "Unlicense", "0BSD", "MIT-0"})


def summed(parts: Iterable[Drawn]) -> list[Drawn]:
    """Return what several phases draw, a dataset once for each of its sets of tags."""
    first: dict[tuple[str, TagValue], Drawn] = {}
    tokens: dict[tuple[str, TagValue], int] = {}
    for one in parts:
        key = (one.dataset, one.tags.get(Tag.SYNTHETIC))
        first.setdefault(key, one)
        tokens[key] = tokens.get(key, 0) + one.tokens
    return [
        one if one.tokens == tokens[key] else Drawn(one.dataset, tokens[key], one.tags, one.spdx)
        for key, one in first.items()
    ]


def _text(value: TagValue) -> str | None:
    return value if isinstance(value, str) else None
