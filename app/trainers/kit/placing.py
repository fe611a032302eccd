"""Choose the location of each component, and stand in for those that nobody has entered."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.catalog.locations.kinds import TOKENISED
from app.trainers.kit import findings, notes
from app.trainers.kit.findings import CannotWrite, Finding
from app.trainers.kit.notes import Note
from app.trainers.kit.outputs import Size, Sizes
from app.trainers.kit.plan import (
    Component,
    Layout,
    Location,
    Phase,
    Plan,
    Split,
)
from app.trainers.kit.reach import PLACEHOLDER, Reach
from app.trainers.kit.values import Layouts


@dataclass(frozen=True, slots=True)
class Placed:
    """A component with the location that a file names; `is_missing` where it is a placeholder."""

    component: Component
    location: Location
    is_missing: bool = False

    @property
    def name(self) -> str:
        """The component's name."""
        return self.component.name

    @property
    def ratio(self) -> float:
        """The component's share of the phase's training tokens."""
        return self.component.ratio


def choose(
    component: Component,
    layouts: Sequence[Layout],
    tokenizer: str,
    split: Split = Split.TRAIN,
    reach: Reach | None = None,
) -> Location | None:
    """Return the location that fits best: the layouts' order decides, then the tokenizer."""
    for layout in layouts:
        fitting = [
            one
            for one in component.locations
            if one.layout is layout and one.split is split and (reach is None or reach.reads(one))
        ]
        if layout in TOKENISED:
            for wanted in (tokenizer, None):
                for one in fitting:
                    if one.tokenizer == wanted:
                        return one
        elif fitting:
            return fitting[0]
    return None


def place(
    plan: Plan, phase: Phase, layouts: Sequence[Layout], reach: Reach | None = None
) -> list[Placed]:
    """
    Return the components of a phase that get tokens, each with its location or a placeholder.

    Parameters
    ----------
    reach : Reach, optional
        What the framework reads from, where it is not everything of these layouts.

    Raises
    ------
    CannotWrite
        If two have the same location, or only files of another tokenizer, or only locations out
        of reach.
    """
    found = []
    problems: list[Finding] = []
    others = []
    for one in phase.drawn:
        location = choose(one, layouts, plan.tokenizer, reach=reach)
        if location is None and reach is not None:
            # None is within reach: what is wrong with the first of them is said.
            location = choose(one, layouts, plan.tokenizer)
            if location is not None:
                problems += reach.judge(one.name, location)
        if location is None:
            if _has_other_tokenizer(one, layouts):
                others.append(one.name)
            stand_in = Location(PLACEHOLDER + one.name, layouts[0])
            found.append(Placed(one, stand_in, is_missing=True))
            continue
        found.append(Placed(one, location))
    if others:
        problems.append(findings.OTHER_TOKENIZER.at(names=tuple(others), tokenizer=plan.tokenizer))
    problems += _shared_locations(found)
    if problems:
        raise CannotWrite(problems)
    return found


def passed_over(plan: Plan, layouts: Sequence[Layout], reach: Reach) -> Iterator[Note]:
    """Yield the note on datasets of which the framework cannot read the location that is first."""
    found = {}
    for one in (one for phase in plan.phases for one in phase.drawn):
        first = choose(one, layouts, plan.tokenizer)
        taken = choose(one, layouts, plan.tokenizer, reach=reach)
        if first is not None and taken is not None and taken is not first:
            found[one.name] = f"{one.name}: {taken.uri} ({first.uri})"
    if found:
        yield notes.OTHER_LOCATION.note(places=tuple(found.values()))


def missing(placed: Sequence[Placed], layouts: Sequence[Layout]) -> list[Finding]:
    """Return the finding that names the components without a location."""
    names = tuple(dict.fromkeys(one.name for one in placed if one.is_missing))
    shown = Layouts(tuple(layouts))
    return [findings.MISSING_LOCATION.at(names=names, layouts=shown)] if names else []


def name_of(location: str) -> str | None:
    """
    Return the dataset that a placeholder stands for, None where it is a location.

    >>> name_of("PEIBI-LOCATION-MISSING/the-pile/arxiv")
    'the-pile/arxiv'
    """
    before, found, name = location.partition(PLACEHOLDER)
    return name if found and not before.strip("./") else None


def sizes_of(plan: Plan) -> Sizes:
    """Return the sizes of a plan's datasets by name and by every location that they have."""
    by_key: dict[str, Size] = {}
    for phase in plan.phases:
        for one in phase.components:
            size = Size(one.name, one.unique_tokens, one.tokens_per_document)
            by_key[one.name] = size
            by_key[PLACEHOLDER + one.name] = size
            for location in one.locations:
                by_key[location.key] = size
    return Sizes(by_key, tuple(phase.tokens for phase in plan.phases), plan.settings)


def _has_other_tokenizer(component: Component, layouts: Sequence[Layout]) -> bool:
    """Whether there are files of the right layout, all of another tokenizer."""
    return any(
        one.layout in layouts and one.layout in TOKENISED and one.split is Split.TRAIN
        for one in component.locations
    )


def _shared_locations(placed: Sequence[Placed]) -> Iterator[Finding]:
    counts = Counter(one.location.key for one in placed)
    for key, count in counts.items():
        if count > 1:
            names = tuple(one.name for one in placed if one.location.key == key)
            yield findings.DUPLICATE_LOCATION.at(names=names, uri=key)
