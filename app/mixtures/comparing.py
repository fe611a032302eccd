"""Find the two sides of a comparison: versions or drafts, of one mixture or of two."""

import re
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer, require
from app.errors import InvalidInput
from app.mixtures import access, diffs, loading, versions
from app.mixtures import content as contents
from app.mixtures.diffs import MixtureDiff
from app.mixtures.models import Mixture
from app.mixtures.queries import drafts as draft_queries
from app.mixtures.queries import mixtures as mixture_queries
from app.mixtures.queries import versions as version_queries
from app.mixtures.views import MixtureView

DRAFT = "draft"
_SIDE = re.compile(r"(?:(?P<slug>[a-z0-9-]{1,80})@)?(?P<what>draft|[1-9]\d{0,5})")


@dataclass(frozen=True)
class Side:
    """One side of a comparison."""

    mixture: Mixture
    what: str
    view: MixtureView

    @property
    def label(self) -> str:
        """How an address and a text name it: `zh-en-7b@3`."""
        return f"{self.mixture.slug}@{self.what}"


@dataclass(frozen=True)
class Compared:
    """Two sides and what differs."""

    before: Side
    after: Side
    diff: MixtureDiff


def compare(
    session: Session, mixture: Mixture, *, before: str, after: str, viewer: Viewer
) -> Compared:
    """
    Compare two versions; a side is `3`, `draft`, or `other-mixture@3`.

    Raises
    ------
    InvalidInput
        If a side is none of these.
    NotFound
        If there is no such version, or the viewer may not see the mixture.
    """
    old = open_side(session, mixture, before, viewer, field="from")
    new = open_side(session, mixture, after, viewer, field="to")
    return Compared(old, new, diffs.compare(old.view, new.view))


def open_side(session: Session, mixture: Mixture, text: str, viewer: Viewer, *, field: str) -> Side:
    """Return one side, computed: a version from what it keeps, a draft from the catalogue now."""
    found = _SIDE.fullmatch(text.strip())
    if found is None:
        raise InvalidInput(
            "A side of a comparison is a version's number, draft, or another-mixture@number.",
            field=field,
        )
    if found["slug"] and found["slug"] != mixture.slug:
        mixture = mixture_queries.get_mixture(session, found["slug"], viewer)
    if found["what"] == DRAFT:
        require(viewer, Permission.READ_MIXTURES)
        content = contents.read(draft_queries.get_draft(session, mixture.id).content)
        return Side(mixture, DRAFT, loading.load_plan(session, content, viewer, is_whole=True))
    version = version_queries.get_version(session, mixture, int(found["what"]))
    opened = versions.open_version(version, with_team=access.sees_team(viewer))
    return Side(mixture, found["what"], opened.view)
