"""What an edit makes of a draft, and what it is given to do so."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from app.errors import InvalidInput, NotFound
from app.mixtures.content import Component, Content, Phase
from app.mixtures.facts import DatasetFacts
from app.mixtures.views import MixtureView

# Smaller changes of a ratio are rounding.
_NOTICEABLE = 1e-9


class Moved(NamedTuple):
    """A component whose share of its phase changed, as ratios of 1."""

    phase: str
    dataset: str
    before: float
    after: float

    @property
    def change(self) -> float:
        """The change of the ratio."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Edited:
    """
    A content after an edit.

    `action` and `params` say in code what was done, for the history. `moved` has what else
    changed with it, the largest change first; `notes` are sentences to show, already translated.
    """

    content: Content
    action: str
    params: dict[str, Any]
    moved: tuple[Moved, ...] = ()
    notes: tuple[str, ...] = ()


class Bench(Protocol):
    """What an edit may look at: the content, and what it comes to."""

    @property
    def content(self) -> Content:
        """The draft as it is."""

    def view(self, phase: int = 0) -> MixtureView:
        """Return the draft, computed."""

    def facts(self, slugs: Sequence[str]) -> Mapping[str, DatasetFacts]:
        """Return what the catalogue knows of these datasets."""

    def with_content(self, content: Content) -> "Bench":
        """Return the bench with another content on it, for the next step of an edit."""


Edit = Callable[[Bench], Edited]


@dataclass(frozen=True, slots=True)
class Spot:
    """A phase of a content, by its name."""

    index: int
    phase: Phase
    content: Content = field(repr=False)

    def with_phase(self, phase: Phase) -> Content:
        """Return the content with another phase in this spot."""
        return self.content.with_phase(self.index, phase)

    def place(self, dataset: str) -> int:
        """
        Return the position of a component.

        Raises
        ------
        NotFound
            If the phase does not have it, maybe because somebody took it out.
        """
        found = self.phase.place(dataset)
        if found is None:
            raise NotFound(
                "%(dataset)s is not in the phase %(phase)s any more.",
                dataset=dataset,
                phase=self.phase.name,
            )
        return found

    def with_component(self, place: int, component: Component) -> Content:
        """Return the content with another component in one place."""
        components = self.phase.components
        changed = (*components[:place], component, *components[place + 1 :])
        return self.with_phase(self.phase.with_(components=changed))


def spot(content: Content, name: str) -> Spot:
    """
    Return the phase of this name.

    Raises
    ------
    NotFound
        If there is none, maybe because somebody renamed it.
    """
    for index, phase in enumerate(content.phases):
        if phase.name == name:
            return Spot(index, phase, content)
    raise NotFound("The mixture has no phase %(phase)s any more.", phase=name)


def moved(before: Phase, after: Phase) -> tuple[Moved, ...]:
    """Return whose ratio of the weights changed, the largest change first."""
    old, new = ratios(before), ratios(after)
    names = dict.fromkeys([*old, *new])
    found = [
        Moved(after.name, name, old.get(name, 0.0), new.get(name, 0.0))
        for name in names
        if abs(new.get(name, 0.0) - old.get(name, 0.0)) > _NOTICEABLE
    ]
    return tuple(sorted(found, key=lambda one: -abs(one.change)))


def ratios(phase: Phase) -> dict[str, float]:
    """Return the ratios of the typed weights; all zero where no weight is above zero."""
    total = sum(component.weight for component in phase.components)
    if not total:
        return {component.dataset: 0.0 for component in phase.components}
    return {component.dataset: component.weight / total for component in phase.components}


def refuse_groups(phase: Phase) -> None:
    """
    Refuse a typed share where groups are given their part first.

    Raises
    ------
    InvalidInput
        If a group has a weight.
    """
    if any(group.weight is not None for group in phase.groups):
        raise InvalidInput(
            "This phase shares its budget over groups first, so only weights can be typed. "
            "Take the weights of the groups out to type shares, tokens or passes."
        )
