"""
What a mixture lacks: the data that would have to be found or bought for it to fit.

The page lists it, and a request for quotation starts from it: `load_shortages` is the way in for
packages above this one.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer
from app.mixtures import content as contents
from app.mixtures import loading, queries
from app.mixtures.content import Tag
from app.mixtures.facts import DatasetFacts
from app.mixtures.models import Mixture
from app.mixtures.phases import display_name
from app.mixtures.views import ComponentView, MixtureView, PhaseView
from app.mixtures.words.lists import tag_value_word
from app.planning.problem import ConstraintKind
from app.web import numbers
from app.web.i18n import gettext as _


class ShortageKind(StrEnum):
    """Why something is missing."""

    UNIQUE_TOKENS = "unique_tokens"
    GROUP = "group"
    NO_ESTIMATE = "no_estimate"
    NOT_IN_CATALOGUE = "not_in_catalogue"


@dataclass(frozen=True, slots=True)
class Shortage:
    """
    One thing that a phase lacks.

    Attributes
    ----------
    key : str
        The same for the same shortage as long as its phase and its subject keep their names.
    kind : ShortageKind
    phase : str
    dataset : str or None
        Its short name; None for a group.
    title : str
        What to ask for, in the reader's language.
    category, modality, languages, licence_class
        What the data is, so that a request can be filled in; empty where it is not known.
    tokens : int
        Training tokens that the phase draws.
    low, mid, high : int or None
        Unique tokens that are lacking, by the interval of the estimate; `mid` None where nobody
        knows. `low` is what lacks if the dataset holds as much as it may, zero included.
    """

    key: str
    kind: ShortageKind
    phase: str
    dataset: str | None
    title: str
    category: str | None
    modality: str | None
    languages: tuple[str, ...]
    licence_class: str | None
    tokens: int
    low: int | None
    mid: int | None
    high: int | None


def load_shortages(session: Session, slug: str, viewer: Viewer) -> tuple[Mixture, list[Shortage]]:
    """
    Return a mixture and what its draft lacks.

    Raises
    ------
    NotFound
        If there is none, or the viewer may not know that there is.
    """
    mixture = queries.get_mixture(session, slug, viewer)
    draft = queries.get_draft(session, mixture.id)
    return mixture, list_shortages(loading.load_plan(session, contents.read(draft.content), viewer))


def list_shortages(view: MixtureView) -> list[Shortage]:
    """Return what a computed mixture lacks, in the order of its phases, the largest first."""
    found: list[Shortage] = []
    for phase in view.phases:
        found += sorted(_of_phase(phase, view.facts), key=lambda one: -(one.mid or 0))
    return found


def _of_phase(phase: PhaseView, facts: Mapping[str, DatasetFacts]) -> Iterator[Shortage]:
    if phase.plan is None:
        return
    lacking = phase.plan.remedies.more_unique_tokens
    silent = _is_quiet(phase)
    for one in () if silent else phase.components:
        if one.facts is None:
            yield _component(phase, one, ShortageKind.NOT_IN_CATALOGUE, None)
        elif one.unique is None and one.tokens:
            yield _component(phase, one, ShortageKind.NO_ESTIMATE, None)
        elif one.dataset in lacking:
            yield _component(phase, one, ShortageKind.UNIQUE_TOKENS, lacking[one.dataset])
    for breach in phase.plan.breaches:
        if breach.kind is ConstraintKind.GROUP_MIN:
            missing = math.ceil((breach.bound - breach.actual) * phase.total_tokens)
            yield _group(phase, breach.subject, missing, facts)


def _is_quiet(phase: PhaseView) -> bool:
    """Whether nothing of a phase lacks, without making its rows: most phases of a large draft."""
    assert phase.plan is not None  # noqa: S101  the caller looked
    return not phase.plan.remedies.more_unique_tokens and not any(
        part.effective_tokens is None for part in phase.plan.components
    )


def _component(
    phase: PhaseView, one: ComponentView, kind: ShortageKind, lacking: int | None
) -> Shortage:
    facts, name = one.facts, display_name(one.dataset, one.facts)
    return Shortage(
        key=f"{phase.name}/{one.dataset}",
        kind=kind,
        phase=phase.name,
        dataset=one.dataset,
        title=name
        if lacking is None
        else _("%(tokens)s more tokens like %(name)s", tokens=numbers.short(lacking), name=name),
        category=facts.category if facts else None,
        modality=facts.modality if facts else None,
        languages=facts.languages if facts else (),
        licence_class=facts.licence_class if facts else None,
        tokens=one.tokens or 0,
        low=None if lacking is None else _lacking(one, one.unique.high if one.unique else None),
        mid=lacking,
        high=None if lacking is None else _lacking(one, one.unique.low if one.unique else None),
    )


def _lacking(one: ComponentView, unique: int | None) -> int | None:
    """Return the unique tokens that would be lacking if the dataset held so many."""
    if unique is None or one.tokens is None or not one.max_epochs:
        return None
    return max(math.ceil((one.tokens + one.seen_tokens) / one.max_epochs) - unique, 0)


def _group(
    phase: PhaseView, name: str, missing: int, facts: Mapping[str, DatasetFacts]
) -> Shortage:
    group = next(one for one in phase.phase.groups if one.name == name)
    word = tag_value_word(group.tag, group.value, facts)
    return Shortage(
        key=f"{phase.name}/{group.tag}:{group.value}",
        kind=ShortageKind.GROUP,
        phase=phase.name,
        dataset=None,
        title=_("%(tokens)s more tokens: %(what)s", tokens=numbers.short(missing), what=word),
        category=group.value if group.tag is Tag.CATEGORY else None,
        modality=group.value if group.tag is Tag.MODALITY else None,
        languages=(group.value,) if group.tag is Tag.LANGUAGE else (),
        licence_class=group.value if group.tag is Tag.LICENCE else None,
        tokens=missing,
        low=None,
        mid=missing,
        high=None,
    )
