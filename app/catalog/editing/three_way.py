"""
Two people changed one dataset: what both made of what they started from, field by field.

Pure: contents in, contents out. What only one of them changed is taken; what both changed
differently is a collision, which a person decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from app.catalog.editing.content import FIELDS, KINDS, LICENCE_SUMMARY, Content, copy_of

Side = Literal["theirs", "mine"]
# A row that is not there.
GONE = None
_UNTYPED = ("position", "seed_key", "unit_confirmed_by", "unit_confirmed_at")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a content a value stands: a field, a row, or a field of a row."""

    name: str
    key: str | None = None
    column: str | None = None

    @property
    def path(self) -> str:
        """
        The place in one word, for names of form fields.

        >>> Place("quantities", "12", "unit").path
        'quantities-12-unit'
        """
        return "-".join(part for part in (self.name, self.key, self.column) if part is not None)


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that somebody changed since `base`."""

    place: Place
    base: Any
    theirs: Any
    mine: Any

    @property
    def is_collision(self) -> bool:
        """Whether both changed it, to different values."""
        return bool(self.theirs != self.base != self.mine != self.theirs)

    @property
    def is_theirs(self) -> bool:
        """Whether only the other person changed it."""
        return bool(self.mine == self.base)

    @property
    def is_same(self) -> bool:
        """Whether both made the same change."""
        return bool(self.mine == self.theirs)


@dataclass(slots=True)
class Merge:
    """What came out, with everything that differs; a collision has the other person's value."""

    content: Content
    differences: list[Difference] = field(default_factory=list)

    @property
    def collisions(self) -> list[Difference]:
        """What a person has to decide."""
        return [one for one in self.differences if one.is_collision]

    def decide(self, choices: Mapping[str, str]) -> list[Difference]:
        """Put the chosen values in, by path; return the collisions that nobody decided."""
        left = []
        for one in self.collisions:
            choice = choices.get(one.place.path)
            if choice == "mine":
                _put(self.content, one.place, one.mine)
            elif choice != "theirs":
                left.append(one)
        return left


def merge(base: Content, theirs: Content, mine: Content) -> Merge:
    """Merge what two people made of one content."""
    found = Merge(copy_of(theirs))
    for name in FIELDS:
        if name not in LICENCE_SUMMARY:
            _note(found, Place(name), base[name], theirs[name], mine[name])
    for kind in KINDS:
        keys = dict.fromkeys([*base[kind], *theirs[kind], *mine[kind]])
        for key in keys:
            sides = [side[kind].get(key, GONE) for side in (base, theirs, mine)]
            if all(side is not GONE for side in sides):
                for column in dict.fromkeys([*sides[0], *sides[1], *sides[2]]):
                    if column not in _UNTYPED:
                        _note(found, Place(kind, key, column), *(s.get(column) for s in sides))
            else:
                _note(found, Place(kind, key), *sides)
    return found


def _note(found: Merge, place: Place, base: object, theirs: object, mine: object) -> None:
    if base == theirs == mine:
        return
    difference = Difference(place, base, theirs, mine)
    found.differences.append(difference)
    if not difference.is_collision and not difference.is_theirs:
        _put(found.content, place, mine)


def _put(content: Content, place: Place, value: Any) -> None:  # noqa: ANN401  any value of a content
    if place.key is None:
        content[place.name] = value
    elif place.column is not None:
        content[place.name][place.key][place.column] = value
    elif value is GONE:
        content[place.name].pop(place.key, None)
    else:
        content[place.name][place.key] = dict(value)
