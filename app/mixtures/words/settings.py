"""What differs between two mixtures besides their tokens: phases, limits, schemes, as sentences."""

from collections.abc import Iterator, Mapping, Sequence

from app.mixtures.content import Component, Content, Phase, Scheme
from app.mixtures.diffs import MixtureDiff, PhaseDiff
from app.mixtures.facts import DatasetFacts
from app.mixtures.words.lists import PURPOSES, SCHEMES, SHORTAGES
from app.mixtures.words.plans import name_list, passes, share
from app.web import numbers
from app.web.i18n import bracketed, joined
from app.web.i18n import gettext as _

# What says how many tokens a component gets has its place among the tokens.
_NOT_LIMITS = frozenset({"dataset", "weight"})
_NOTICEABLE = 0.0005


def settings(found: MixtureDiff, facts: Mapping[str, DatasetFacts]) -> list[str]:
    """Return a sentence for each setting that differs; none where only tokens do."""
    lines = list(_whole(found.before, found.after))
    for phase in found.phases:
        lines += _phase(phase, facts)
    return lines


def _whole(before: Content, after: Content) -> Iterator[str]:
    if before.tokenizer != after.tokenizer:
        yield _("tokenizer %(before)s → %(after)s", before=before.tokenizer, after=after.tokenizer)
    if before.model_parameters != after.model_parameters:
        yield _(
            "size of the model %(before)s → %(after)s",
            before=_count(before.model_parameters),
            after=_count(after.model_parameters),
        )
    if before.carried_from != after.carried_from:
        yield _(
            "seen in earlier runs: %(before)s → %(after)s",
            before=_runs(before),
            after=_runs(after),
        )
    names = [[phase.name for phase in one.phases] for one in (before, after)]
    if names[0] != names[1] and sorted(names[0]) == sorted(names[1]):
        yield _("the phases come in another order: %(names)s", names=joined(names[1]))


def _phase(found: PhaseDiff, facts: Mapping[str, DatasetFacts]) -> Iterator[str]:
    was, now = found.before, found.after
    if was is None and now is not None:
        yield _("phase %(phase)s added: %(what)s", phase=found.name, what=_about(now))
    elif was is not None and now is None:
        yield _("phase %(phase)s removed: %(what)s", phase=found.name, what=_about(was))
    elif was is not None and now is not None:
        for line in _changes(was, now, found.distance, facts):
            yield _("phase %(phase)s: %(what)s", phase=found.name, what=line)


def _changes(
    was: Phase, now: Phase, distance: float | None, facts: Mapping[str, DatasetFacts]
) -> Iterator[str]:
    if was.token_budget != now.token_budget:
        yield _arrow(_("budget"), _count(was.token_budget), _count(now.token_budget))
    if distance is not None and distance >= _NOTICEABLE:
        yield _("%(share)s of its budget lies elsewhere", share=share(distance))
    if was.purpose != now.purpose:
        yield _arrow(_("purpose"), _(PURPOSES[was.purpose]), _(PURPOSES[now.purpose]))
    if was.scheme != now.scheme:
        yield _arrow(_("scheme"), _scheme(was.scheme), _scheme(now.scheme))
    if was.on_shortage != now.on_shortage:
        yield _arrow(_("on shortage"), _(SHORTAGES[was.on_shortage]), _(SHORTAGES[now.on_shortage]))
    if was.unique_floor != now.unique_floor:
        yield _arrow(_("least unique tokens"), _count(was.unique_floor), _count(now.unique_floor))
    if was.cost_ceiling != now.cost_ceiling:
        yield _arrow(_("most cost"), _count(was.cost_ceiling), _count(now.cost_ceiling))
    if was.groups != now.groups:
        yield _arrow(_("groups"), _names(was), _names(now))
    if changed := _limited(was.components, now.components):
        yield _("limits or marks changed of %(names)s", names=name_list(changed, facts))


def _limited(was: Sequence[Component], now: Sequence[Component]) -> list[str]:
    """Return the datasets in both phases whose lock, limits, price or mark differ."""
    old = {one.dataset: one.model_dump(exclude=set(_NOT_LIMITS)) for one in was}
    return [
        one.dataset
        for one in now
        if one.dataset in old and old[one.dataset] != one.model_dump(exclude=set(_NOT_LIMITS))
    ]


def _about(phase: Phase) -> str:
    return _(
        "%(purpose)s, %(tokens)s tokens",
        purpose=_(PURPOSES[phase.purpose]),
        tokens=numbers.short(phase.token_budget),
    )


def _arrow(what: str, before: str, after: str) -> str:
    return _("%(what)s %(before)s → %(after)s", what=what, before=before, after=after)


def _count(value: float | None) -> str:
    return _("none") if value is None else numbers.short(round(value))


def _scheme(scheme: Scheme) -> str:
    word = _(SCHEMES[scheme.name])
    if scheme.alpha is not None:
        return f"{word}{bracketed(f'α = {scheme.alpha:g}')}"
    if scheme.max_epochs is not None:
        return f"{word}{bracketed(f'{passes(scheme.max_epochs)}×')}"
    return word


def _runs(content: Content) -> str:
    return joined(f"{one.mixture}@{one.version}" for one in content.carried_from) or _("none")


def _names(phase: Phase) -> str:
    return joined(one.name for one in phase.groups) or _("none")
