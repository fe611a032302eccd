"""Mixtures, versions and differences as the API states them."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from app.mixtures.api.answers import finite
from app.mixtures.api.computed import ComputedOut
from app.mixtures.diffs import ComponentDiff, MixtureDiff
from app.mixtures.drafts import StaleDraft
from app.mixtures.models import DraftEdit, Mixture, MixtureVersion
from app.mixtures.words import edits as edit_words
from app.mixtures.words.settings import settings


class MixtureOut(BaseModel):
    """A mixture without its content."""

    slug: str
    name: str
    description: str | None
    visibility: str
    owner: str
    archived: bool
    last_version: int
    forked_from: str | None
    forked_from_version: int | None
    recipe: str | None
    updated_at: datetime


class MixturePage(BaseModel):
    """One page of mixtures, the last changed first."""

    items: list[MixtureOut]
    total: int
    next_cursor: str | None


class VersionItem(BaseModel):
    """A version without its content."""

    number: int
    message: str
    author: str
    created_at: datetime
    content_hash: str = Field(description="SHA-256 of the canonical JSON of the content.")
    total_tokens: int
    feasible: bool | None = Field(
        description="Null where no known limit is broken, but some data has no estimate."
    )
    reason: str | None
    changed_datasets: int = Field(
        description="How many of its datasets the catalogue changed since; 0 is not stale."
    )


class VersionList(BaseModel):
    """The versions of a mixture, the newest first."""

    items: list[VersionItem]
    total: int
    next_cursor: None = None


class VersionOut(VersionItem):
    """A version with its content and what it came to, from the facts that it keeps."""

    content: dict[str, Any]
    plan: ComputedOut


class ChangeOut(BaseModel):
    """One change of a draft."""

    revision: int
    by: str
    at: datetime
    action: str
    message: str


class ComponentDiffOut(BaseModel):
    """How a dataset differs between two mixtures."""

    dataset: str
    kind: str
    before_tokens: int | None
    after_tokens: int | None
    token_change: int
    before_epochs: float | None
    after_epochs: float | None
    before_ratio: float
    after_ratio: float


class ShareDiffOut(BaseModel):
    """How the share of one value of a tag differs."""

    values: list[str]
    before: float
    after: float


class DiffOut(BaseModel):
    """What differs; `distance` is the total-variation distance of the shares, 0 to 1."""

    before: str
    after: str
    before_tokens: int
    after_tokens: int
    distance: float
    components: list[ComponentDiffOut]
    shares: dict[str, list[ShareDiffOut]]
    settings: list[str] = Field(
        description="A sentence for each setting that differs: phases, schemes, limits, groups."
    )
    text: str


def mixture_out(mixture: Mixture, forked_from: str | None = None) -> MixtureOut:
    """Return a mixture without its content."""
    return MixtureOut(
        slug=mixture.slug,
        name=mixture.name,
        description=mixture.description,
        visibility=mixture.visibility,
        owner=mixture.owner_name,
        archived=mixture.archived_at is not None,
        last_version=mixture.last_version,
        forked_from=forked_from,
        forked_from_version=mixture.forked_from_version if forked_from else None,
        recipe=mixture.recipe,
        updated_at=mixture.updated_at,
    )


def version_item(version: MixtureVersion, changed_datasets: int = 0) -> VersionItem:
    """Return a version without its content; one just saved is what the catalogue says."""
    return VersionItem(
        number=version.number,
        message=version.message,
        author=version.author_name,
        created_at=version.created_at,
        content_hash=version.content_hash,
        total_tokens=version.results["total_tokens"],
        feasible=version.fits,
        reason=version.reason,
        changed_datasets=changed_datasets,
    )


def change_out(edit: DraftEdit) -> ChangeOut:
    """Return one change of a draft."""
    return ChangeOut(
        revision=edit.revision,
        by=edit.actor_name,
        at=edit.at,
        action=edit.action,
        message=edit_words.edit(edit.action, edit.params, {}),
    )


def stale_details(error: StaleDraft) -> dict[str, Any]:
    """Return the other side of a collision: the draft as it is now, and what was changed."""
    return {
        "revision": error.revision,
        "draft": error.content.model_dump(mode="json"),
        "changes": [change_out(one).model_dump(mode="json") for one in error.edits],
    }


def diff_out(found: MixtureDiff, *, before: str, after: str, text: str) -> DiffOut:
    """Return what differs between two mixtures."""
    return DiffOut(
        before=before,
        after=after,
        before_tokens=found.before_tokens,
        after_tokens=found.after_tokens,
        distance=found.distance,
        components=[_component_diff(one) for one in found.components],
        shares={
            tag: [
                ShareDiffOut(values=list(one.values), before=one.before, after=one.after)
                for one in shares
            ]
            for tag, shares in found.shares.items()
        },
        settings=settings(found, found.facts),
        text=text,
    )


def _component_diff(one: ComponentDiff) -> ComponentDiffOut:
    return ComponentDiffOut(
        dataset=one.dataset,
        kind=one.kind,
        before_tokens=one.before_tokens,
        after_tokens=one.after_tokens,
        token_change=one.token_change,
        before_epochs=finite(one.before_epochs),
        after_epochs=finite(one.after_epochs),
        before_ratio=one.before_ratio,
        after_ratio=one.after_ratio,
    )
