"""Offer what an award brought to the draft of the mixture that lacked it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer, require
from app.errors import Conflict, NotFound
from app.mixtures import access, drafts
from app.mixtures import content as contents
from app.mixtures.edits import components
from app.mixtures.models import Mixture
from app.mixtures.queries import drafts as draft_queries
from app.mixtures.queries import mixtures as mixture_queries
from app.quotes import events
from app.quotes.models.quote import Award
from app.quotes.models.rfq import Lot, Rfq
from app.quotes.queries import awards as award_queries
from app.quotes.state import LotOutcome


@dataclass(frozen=True, slots=True)
class Target:
    """
    The mixture that lacked what was bought, as far as the viewer may know of it.

    `phases` are those that have no such component yet; `suggested` the one that lacked it.
    """

    mixture: Mixture
    phases: Sequence[str]
    suggested: str
    has_it: bool
    can_add: bool


@dataclass(frozen=True, slots=True)
class Brought:
    """What the award of a lot brought: an entry of the catalogue, perhaps wanted by a mixture."""

    lot: Lot
    award: Award
    target: Target | None


def list_brought(session: Session, rfq: Rfq, viewer: Viewer) -> list[Brought]:
    """Return what the awarded lots of a request brought, for the team."""
    return [
        Brought(award.lot, award, _target(session, rfq, award, viewer))
        for award in award_queries.list_awards(session, rfq)
        if award.outcome == LotOutcome.AWARDED
    ]


def add_to_draft(
    session: Session, rfq: Rfq, lot: Lot, *, phase: str | None, viewer: Viewer
) -> Mixture:
    """
    Put the entry of an awarded lot into the draft of the mixture that lacked it.

    `phase` is by default the one that lacked it, else the first.

    Raises
    ------
    NotSignedIn, Forbidden
        If the viewer may not edit the mixture.
    NotFound
        If the viewer may not know of it.
    Conflict
        If nothing is offered, or the draft has the component.
    InvalidInput
        If the draft has no such phase, or the entry holds no tokens.
    """
    require(viewer, Permission.EDIT_MIXTURES)
    award = award_queries.get_award(session, lot.id)
    if award is None or award.dataset_slug is None or award.offered_to is None:
        raise Conflict("This lot offers no component to a mixture.")
    mixture = mixture_queries.get_mixture(session, award.offered_to, viewer)
    draft = draft_queries.get_draft(session, mixture.id)
    names = [one.name for one in contents.read(draft.content).phases]
    name = phase or _lacking_phase(rfq, lot, names)
    drafts.edit_draft(
        session,
        mixture,
        components.add_components(name, [award.dataset_slug], source="award"),
        revision=draft.revision,
        viewer=viewer,
    )
    events.record(
        session,
        rfq,
        "lot.added_to_draft",
        actor=viewer,
        of=(events.LOT, lot.public_id),
        detail={"lot": lot.number, "mixture": mixture.slug, "phase": name},
    )
    return mixture


def _target(session: Session, rfq: Rfq, award: Award, viewer: Viewer) -> Target | None:
    if award.dataset_slug is None or award.offered_to is None:
        return None
    try:
        mixture = mixture_queries.get_mixture(session, award.offered_to, viewer)
    except NotFound:
        return None
    content = contents.read(draft_queries.get_draft(session, mixture.id).content)
    free = [
        phase.name
        for phase in content.phases
        if award.dataset_slug not in {one.dataset for one in phase.components}
    ]
    return Target(
        mixture,
        free,
        suggested=_lacking_phase(rfq, award.lot, free) if free else "",
        has_it=len(free) < len(content.phases),
        can_add=bool(free) and access.can_edit(viewer, mixture),
    )


def _lacking_phase(rfq: Rfq, lot: Lot, names: Sequence[str]) -> str:
    """Return the phase that a lot was asked for, else the first there is."""
    phases = (rfq.origin or {}).get("phases") or {}
    wanted = str(phases.get(str(lot.number), ""))
    return wanted if wanted in names else names[0]
