"""
What differs between two mixtures, in tokens, passes and shares. Pure: two computed mixtures in.

The total-variation distance is half the sum of the absolute differences of the ratios of all
training tokens: the least share of the budget that must move to turn one into the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.mixtures.content import Content, Phase, Tag
from app.mixtures.facts import DatasetFacts
from app.mixtures.views import MixtureView

COMPARED_TAGS = (Tag.LICENCE, Tag.LANGUAGE, Tag.CATEGORY)
_NOTICEABLE = 1e-12


@dataclass(frozen=True, slots=True)
class ComponentDiff:
    """A dataset in both mixtures or in one; None where it is not in that one."""

    dataset: str
    facts: DatasetFacts | None
    before_tokens: int | None
    after_tokens: int | None
    before_epochs: float | None
    after_epochs: float | None
    before_ratio: float
    after_ratio: float
    unique_before: int | None
    unique_after: int | None

    @property
    def token_change(self) -> int:
        """Training tokens more, or fewer."""
        return (self.after_tokens or 0) - (self.before_tokens or 0)

    @property
    def kind(self) -> str:
        """Added, removed, changed or same."""
        if self.before_tokens is None:
            return "added"
        if self.after_tokens is None:
            return "removed"
        is_same = (
            self.before_tokens == self.after_tokens and self.unique_before == self.unique_after
        )
        return "same" if is_same else "changed"


@dataclass(frozen=True, slots=True)
class ShareDiff:
    """How the share of one value of a tag changed, of all training tokens."""

    values: tuple[str, ...]
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class PhaseDiff:
    """A phase, found by its name; None where one of the two does not have it."""

    name: str
    before: Phase | None
    after: Phase | None
    distance: float | None


@dataclass(frozen=True, slots=True)
class MixtureDiff:
    """Everything that differs; `distance` is the total-variation distance, 0 to 1."""

    before_tokens: int
    after_tokens: int
    before: Content
    after: Content
    distance: float
    components: tuple[ComponentDiff, ...]
    phases: tuple[PhaseDiff, ...]
    shares: Mapping[str, tuple[ShareDiff, ...]]

    @property
    def facts(self) -> dict[str, DatasetFacts]:
        """What is known of the datasets of both, for their names."""
        return {one.dataset: one.facts for one in self.components if one.facts}

    def of_kind(self, kind: str) -> tuple[ComponentDiff, ...]:
        """Return the components that were added, removed, changed or are the same."""
        return tuple(one for one in self.components if one.kind == kind)

    @property
    def is_same(self) -> bool:
        """Whether nothing differs that counts."""
        return (
            self.distance < _NOTICEABLE
            and self.before_tokens == self.after_tokens
            and len(self.of_kind("same")) == len(self.components)
            and self.before == self.after
        )


def compare(before: MixtureView, after: MixtureView) -> MixtureDiff:
    """Return what differs from one mixture to another, the largest change of tokens first."""
    old = {one.dataset: one for one in before.exposures}
    new = {one.dataset: one for one in after.exposures}
    components = []
    for slug in dict.fromkeys([*old, *new]):
        was, now = old.get(slug), new.get(slug)
        old_tokens = sum(was.phase_tokens) if was else None
        new_tokens = sum(now.phase_tokens) if now else None
        components.append(
            ComponentDiff(
                dataset=slug,
                facts=after.facts.get(slug) or before.facts.get(slug),
                before_tokens=old_tokens,
                after_tokens=new_tokens,
                before_epochs=was.passes.mid if was and was.passes else None,
                after_epochs=now.passes.mid if now and now.passes else None,
                before_ratio=_ratio(old_tokens, before.total_tokens),
                after_ratio=_ratio(new_tokens, after.total_tokens),
                unique_before=before.unique[slug].mid if slug in before.unique else None,
                unique_after=after.unique[slug].mid if slug in after.unique else None,
            )
        )
    components.sort(key=lambda one: (-abs(one.token_change), one.dataset))
    return MixtureDiff(
        before_tokens=before.total_tokens,
        after_tokens=after.total_tokens,
        before=before.content,
        after=after.content,
        distance=sum(abs(one.after_ratio - one.before_ratio) for one in components) / 2,
        components=tuple(components),
        phases=_phases(before, after),
        shares={tag.value: _shares(before, after, tag) for tag in COMPARED_TAGS},
    )


def _phases(before: MixtureView, after: MixtureView) -> tuple[PhaseDiff, ...]:
    old = {view.name: view for view in before.phases}
    new = {view.name: view for view in after.phases}
    found = []
    for name in dict.fromkeys([*old, *new]):
        was, now = old.get(name), new.get(name)
        distance = None
        if was and now:
            distance = total_variation(
                {one.dataset: one.ratio or 0.0 for one in was.components},
                {one.dataset: one.ratio or 0.0 for one in now.components},
            )
        found.append(
            PhaseDiff(name, was.phase if was else None, now.phase if now else None, distance)
        )
    return tuple(found)


def total_variation(before: Mapping[str, float], after: Mapping[str, float]) -> float:
    """
    Return half the sum of absolute differences of two sets of ratios.

    >>> total_variation({"a": 0.5, "b": 0.5}, {"a": 0.5, "c": 0.5})
    0.5
    """
    names = dict.fromkeys([*before, *after])
    return sum(abs(after.get(n, 0.0) - before.get(n, 0.0)) for n in names) / 2


def _shares(before: MixtureView, after: MixtureView, tag: Tag) -> tuple[ShareDiff, ...]:
    old = {one.values: one.ratio for one in before.portions[tag.value]}
    new = {one.values: one.ratio for one in after.portions[tag.value]}
    found = [
        ShareDiff(values, old.get(values, 0.0), new.get(values, 0.0))
        for values in dict.fromkeys([*old, *new])
    ]
    return tuple(sorted(found, key=lambda one: (-abs(one.after - one.before), one.values)))


def _ratio(tokens: int | None, total: int) -> float:
    return tokens / total if tokens and total else 0.0


def changed_facts(
    old: Mapping[str, DatasetFacts], new: Mapping[str, DatasetFacts], slugs: Sequence[str]
) -> list[tuple[str, DatasetFacts, DatasetFacts | None]]:
    """Return the datasets of which something that counts changed, with both states."""
    found = []
    for slug in slugs:
        was, now = old.get(slug), new.get(slug)
        if was is not None and (now is None or counts(was) != counts(now)):
            found.append((slug, was, now))
    return found


def counts(facts: DatasetFacts) -> tuple[object, ...]:
    """Return what of a dataset a mixture is computed with: estimate, licence, tags, status."""
    return (
        facts.low,
        facts.mid,
        facts.high,
        facts.method,
        facts.tokenizer,
        facts.licence_class,
        facts.licence_spdx,
        facts.is_archived,
        facts.languages,
        facts.category,
        facts.modality,
    )
