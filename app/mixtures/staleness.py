"""
Versions that the catalogue has left behind: what changed, and what it does to the passes.

A version itself never changes; a draft that started from it is put on the catalogue by opening
it, since a draft always counts with what the catalogue says now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer, require_account
from app.errors import StaleVersion
from app.mixtures import access, catalogue, diffs, loading
from app.mixtures import facts as dataset_facts
from app.mixtures.facts import DatasetFacts
from app.mixtures.models import MixtureVersion, SeenChange
from app.mixtures.queries import versions as version_queries
from app.mixtures.versions import Opened
from app.mixtures.views import MixtureView


@dataclass(frozen=True, slots=True)
class Stale:
    """
    A dataset that changed since a version was saved.

    `now` is None where it is gone, or the viewer may not know of it. `fields` are codes of what
    changed: estimate, licence, status, tags, gone. Passes are those over all phases.
    """

    dataset: str
    before: DatasetFacts
    now: DatasetFacts | None
    fields: tuple[str, ...]
    before_epochs: float | None
    after_epochs: float | None


def find(session: Session, opened: Opened, viewer: Viewer) -> tuple[Stale, ...]:
    """Return what changed in the catalogue since a version was saved."""
    changed = _changed(session, opened.version, viewer)
    if not changed:
        return ()
    today = loading.load_plan(session, opened.content, viewer)
    old_passes, new_passes = passes(opened.view), passes(today)
    return tuple(
        Stale(
            dataset=slug,
            before=was,
            now=is_now,
            fields=what_changed(was, is_now),
            before_epochs=old_passes.get(slug),
            after_epochs=new_passes.get(slug),
        )
        for slug, was, is_now in changed
    )


def count_stale(
    session: Session, versions: Sequence[MixtureVersion], viewer: Viewer
) -> Mapping[int, int]:
    """Return how many datasets of each version changed since, by the version's id."""
    slugs = {slug for version in versions for slug in version.dataset_slugs}
    now = catalogue.load_facts(session, sorted(slugs), with_team=access.sees_team(viewer))
    return {
        version.id: len(
            diffs.changed_facts(_knowable(_frozen(version), viewer), now, version.dataset_slugs)
        )
        for version in versions
    }


def has_seen(session: Session, version: MixtureVersion, viewer: Viewer) -> bool:
    """Return whether a viewer has said that they saw all that changed since a version."""
    if viewer.account_id is None:
        return False
    seen = version_queries.find_seen(session, version.id, viewer.account_id)
    return seen is not None and seen.digest == digest_of(session, version, viewer)


def mark_seen(
    session: Session, version: MixtureVersion, viewer: Viewer, *, read: str | None = None
) -> None:
    """
    Note that a viewer saw what changed since a version, so that it is not announced again.

    Parameters
    ----------
    session : Session
    version : MixtureVersion
    viewer : Viewer
    read : str, optional
        The digest of the changes that they read.

    Raises
    ------
    NotSignedIn
        If nobody is signed in.
    StaleVersion
        If the catalogue changed more than they read.
    """
    account_id = require_account(viewer)
    digest = digest_of(session, version, viewer)
    if read is not None and read != digest:
        raise StaleVersion(
            "The catalogue changed again since you read what changed. Read it once more."
        )
    seen = version_queries.find_seen(session, version.id, account_id)
    if seen is None:
        session.add(SeenChange(version_id=version.id, account_id=account_id, digest=digest))
    else:
        seen.digest = digest


def digest_of(session: Session, version: MixtureVersion, viewer: Viewer) -> str:
    """Return what stands for the changes since a version: another change, another digest."""
    changed = _changed(session, version, viewer)
    told = [(slug, diffs.counts(is_now) if is_now else None) for slug, _was, is_now in changed]
    return sha256(repr(told).encode()).hexdigest()


def _frozen(version: MixtureVersion) -> dict[str, DatasetFacts]:
    return {slug: dataset_facts.thawed(one) for slug, one in version.facts["datasets"].items()}


def _changed(
    session: Session, version: MixtureVersion, viewer: Viewer
) -> list[tuple[str, DatasetFacts, DatasetFacts | None]]:
    """Return the datasets of a version that changed since, as they were and as they are."""
    slugs = version.dataset_slugs
    now = catalogue.load_facts(session, slugs, with_team=access.sees_team(viewer))
    return diffs.changed_facts(_knowable(_frozen(version), viewer), now, slugs)


def _knowable(frozen: Mapping[str, DatasetFacts], viewer: Viewer) -> Mapping[str, DatasetFacts]:
    """Leave out what the viewer must not know of, which else would look as if it were gone."""
    if access.sees_team(viewer):
        return frozen
    return {slug: one for slug, one in frozen.items() if one.is_public}


def what_changed(was: DatasetFacts, now: DatasetFacts | None) -> tuple[str, ...]:
    """Return codes of what changed of a dataset."""
    if now is None:
        return ("gone",)
    found = []
    if (was.low, was.mid, was.high, was.method, was.tokenizer) != (
        now.low,
        now.mid,
        now.high,
        now.method,
        now.tokenizer,
    ):
        found.append("estimate")
    if (was.licence_class, was.licence_spdx) != (now.licence_class, now.licence_spdx):
        found.append("licence")
    if was.is_archived != now.is_archived:
        found.append("status")
    if (was.languages, was.category, was.modality) != (
        now.languages,
        now.category,
        now.modality,
    ):
        found.append("tags")
    return tuple(found)


def passes(view: MixtureView) -> dict[str, float | None]:
    """Return the passes over each dataset in all phases and earlier runs."""
    return {one.dataset: one.passes.mid if one.passes else None for one in view.exposures}


def drifted(base: MixtureVersion | None, view: MixtureView) -> tuple[str, ...]:
    """Return the datasets of a draft that changed since the version that it started from."""
    if base is None:
        return ()
    frozen = _frozen(base)
    slugs = [slug for slug in view.content.datasets() if slug in frozen]
    return tuple(slug for slug, _was, _now in diffs.changed_facts(frozen, view.facts, slugs))
