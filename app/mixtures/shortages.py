"""
What a mixture lacks: the data that would have to be found or bought for it to fit.

The page lists it, and a request for quotation starts from it: `load_shortages` is the way in for
packages above this one.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer
from app.mixtures import content as contents
from app.mixtures import loading
from app.mixtures.content import Tag
from app.mixtures.facts import DatasetFacts
from app.mixtures.models import Mixture
from app.mixtures.phases import display_name
from app.mixtures.queries import drafts as draft_queries
from app.mixtures.queries import mixtures as mixture_queries
from app.mixtures.views import MixtureView, PhaseView
from app.mixtures.words.lists import tag_value_word
from app.planning.solving.problem import ConstraintKind
from app.web import numbers
from app.web.i18n import gettext as _

# A page names so many and counts the rest.
MOST_SHOWN = 12


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
    mixture = mixture_queries.get_mixture(session, slug, viewer)
    draft = draft_queries.get_draft(session, mixture.id)
    return mixture, list_shortages(loading.load_plan(session, contents.read(draft.content), viewer))


def list_shortages(view: MixtureView) -> list[Shortage]:
    """Return what a computed mixture lacks, in the order of its phases, the largest first."""
    return say(list_lacks(view), view)


def say(lacks: Sequence["Lack"], view: MixtureView) -> list[Shortage]:
    """Return shortages in words."""
    return [
        _group(lack, view.facts) if lack.kind is ShortageKind.GROUP else _component(lack, view)
        for lack in lacks
    ]


def list_lacks(view: MixtureView) -> list["Lack"]:
    """Return what a computed mixture lacks as `list_shortages` does, not yet in words."""
    return [
        lack
        for phase in view.phases
        for lack in sorted(_lacks(phase, view), key=lambda one: -(one.missing or 0))
    ]


@dataclass(frozen=True, slots=True)
class Lack:
    """
    A shortage before it is put into words: of a component, or of the group of that name.

    `drawn` are the training tokens of a component, `missing` the unique ones that it lacks.
    """

    phase: PhaseView
    kind: ShortageKind
    name: str
    missing: int | None
    drawn: int = 0
    max_epochs: float | None = None


def _lacks(phase: PhaseView, view: MixtureView) -> Iterator[Lack]:
    if phase.plan is None:
        return
    lacking = phase.plan.remedies.more_unique_tokens
    enough = view.facts.keys() & view.unique.keys() - lacking.keys()
    for one, tokens in zip(phase.phase.components, phase.plan.tokens, strict=True):
        name = one.dataset
        if name in enough:
            continue
        if name not in view.facts:
            kind = ShortageKind.NOT_IN_CATALOGUE
        elif name not in view.unique and tokens:
            kind = ShortageKind.NO_ESTIMATE
        elif name in lacking:
            kind = ShortageKind.UNIQUE_TOKENS
        else:
            continue
        yield Lack(phase, kind, name, lacking.get(name), tokens, one.max_epochs)
    for breach in phase.plan.breaches:
        if breach.kind is ConstraintKind.GROUP_MIN:
            missing = math.ceil((breach.bound - breach.actual) * phase.total_tokens)
            yield Lack(phase, ShortageKind.GROUP, breach.subject, missing)


def _component(lack: Lack, view: MixtureView) -> Shortage:
    phase, lacking, limit = lack.phase, lack.missing, lack.max_epochs
    facts, unique = view.facts.get(lack.name), view.unique.get(lack.name)
    name = display_name(lack.name, facts)
    # What the passes need in all: unique tokens at the middle of the estimate, and the lack.
    needed = None if lacking is None or unique is None or not limit else lacking + unique.mid
    return Shortage(
        key=f"{phase.name}/{lack.name}",
        kind=lack.kind,
        phase=phase.name,
        dataset=lack.name,
        title=name
        if lacking is None
        else _("%(tokens)s more tokens like %(name)s", tokens=numbers.short(lacking), name=name),
        category=facts.category if facts else None,
        modality=facts.modality if facts else None,
        languages=facts.languages if facts else (),
        licence_class=facts.licence_class if facts else None,
        tokens=lack.drawn,
        low=_lacking(needed, unique.high if unique else None),
        mid=lacking,
        high=_lacking(needed, unique.low if unique else None),
    )


def _lacking(needed: int | None, unique: int | None) -> int | None:
    """Return the unique tokens that would be lacking if the dataset held so many."""
    return None if needed is None or unique is None else max(needed - unique, 0)


def _group(lack: Lack, facts: Mapping[str, DatasetFacts]) -> Shortage:
    phase, missing = lack.phase, lack.missing or 0
    group = next(one for one in phase.phase.groups if one.name == lack.name)
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
