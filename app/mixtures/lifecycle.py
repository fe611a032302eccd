"""Make, fork, rename, archive a mixture, and say who sees it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import audit
from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer, require, require_account
from app.errors import Conflict, InvalidInput
from app.mixtures import access
from app.mixtures import content as contents
from app.mixtures.content import Content
from app.mixtures.models import Draft, DraftEdit, Mixture, MixtureVersion, Visibility
from app.mixtures.queries import drafts as draft_queries
from app.mixtures.queries import mixtures as mixture_queries
from app.mixtures.slugs import check_slug, propose_free

MAX_NAME = 120
MAX_DESCRIPTION = 2_000


def create_mixture(
    session: Session,
    *,
    name: str,
    content: Content,
    viewer: Viewer,
    slug: str | None = None,
    visibility: Visibility = Visibility.TEAM,
    description: str | None = None,
    origin: Mapping[str, Any] | None = None,
) -> Mixture:
    """
    Make a mixture with a draft of this content.

    Parameters
    ----------
    slug : str, optional
        By default made of the name.
    origin : mapping, optional
        Where it came from: `forked_from_id` and `forked_from_version`, or `recipe`.

    Raises
    ------
    InvalidInput
        If the name or the slug cannot be one, or no slug follows from the name.
    Conflict
        If the slug is taken.
    """
    require(viewer, Permission.EDIT_MIXTURES)
    owner_id = require_account(viewer)
    clean = read_name(name)
    if slug is None:
        slug = propose_free(clean, lambda one: mixture_queries.is_slug_taken(session, one))
    else:
        check_slug(slug)
    mixture = Mixture(
        slug=slug,
        name=clean,
        description=read_description(description),
        visibility=visibility,
        owner_id=owner_id,
        owner_name=viewer.name,
        **dict(origin or {}),
    )
    mixture.draft = Draft(
        content=contents.to_json(content),
        dataset_slugs=content.datasets(),
        edited_by_name=viewer.name,
    )
    try:
        with session.begin_nested():
            session.add(mixture)
            session.flush()
    except IntegrityError as error:
        if "uq_mixture_slug" not in str(error.orig):
            raise
        raise Conflict("Another mixture has the short name %(slug)s.", slug=slug) from None
    session.add(
        DraftEdit(
            mixture_id=mixture.id,
            revision=1,
            action="create",
            params=dict(origin or {}),
            actor_id=viewer.account_id,
            actor_name=viewer.name,
        )
    )
    _record(session, viewer, mixture, "mixture.created", after={"name": clean, "slug": slug})
    return mixture


def fork(
    session: Session,
    source: Mixture,
    *,
    name: str,
    viewer: Viewer,
    version: MixtureVersion | None = None,
) -> Mixture:
    """Make a mixture of the viewer's own from a version, or from the draft, of another."""
    if version is not None:
        content = contents.read(version.content)
    else:
        content = contents.read(draft_queries.get_draft(session, source.id).content)
    return create_mixture(
        session,
        name=name,
        content=content,
        viewer=viewer,
        visibility=Visibility.PRIVATE
        if source.visibility == Visibility.PRIVATE
        else Visibility.TEAM,
        description=source.description,
        origin={
            "forked_from_id": source.id,
            "forked_from_version": version.number if version else None,
        },
    )


def rename(
    session: Session,
    mixture: Mixture,
    *,
    name: str,
    description: str | None,
    viewer: Viewer,
) -> None:
    """Give a mixture another name and description; its address stays."""
    access.require_edit(viewer, mixture)
    before = {"name": mixture.name, "description": mixture.description}
    mixture.name = read_name(name)
    mixture.description = read_description(description)
    after = {"name": mixture.name, "description": mixture.description}
    if before != after:
        _record(session, viewer, mixture, "mixture.renamed", before=before, after=after)


def set_visibility(
    session: Session, mixture: Mixture, visibility: Visibility, *, viewer: Viewer
) -> None:
    """Say who sees a mixture. Datasets that only the team may know of stay withheld."""
    access.require_owner(viewer, mixture)
    if mixture.visibility == visibility:
        return
    before = {"visibility": mixture.visibility}
    mixture.visibility = visibility
    _record(
        session,
        viewer,
        mixture,
        "mixture.visibility_changed",
        before=before,
        after={"visibility": visibility.value},
    )


def archive(session: Session, mixture: Mixture, *, viewer: Viewer) -> None:
    """Put a mixture out of the way; it stays readable, and nobody changes it."""
    access.require_owner(viewer, mixture)
    if mixture.archived_at is not None:
        raise Conflict("The mixture is archived already.")
    mixture.archived_at = func.clock_timestamp()
    session.flush()
    _record(session, viewer, mixture, "mixture.archived")


def restore(session: Session, mixture: Mixture, *, viewer: Viewer) -> None:
    """Bring an archived mixture back."""
    access.require_owner(viewer, mixture)
    if mixture.archived_at is None:
        raise Conflict("The mixture is not archived.")
    mixture.archived_at = None
    session.flush()
    _record(session, viewer, mixture, "mixture.restored")


def read_name(name: str) -> str:
    """
    Return the name of a mixture as it is kept.

    Raises
    ------
    InvalidInput
        If it is empty, too long or not one line of text.
    """
    clean = " ".join(name.split())
    if not clean or len(clean) > MAX_NAME or not clean.isprintable():
        raise InvalidInput(
            "Name the mixture in 1 to %(most)s characters.", field="name", most=MAX_NAME
        )
    return clean


def read_description(description: str | None) -> str | None:
    """
    Return a description as it is kept; None where there is none.

    Raises
    ------
    InvalidInput
        If it is too long.
    """
    clean = (description or "").strip()
    if len(clean) > MAX_DESCRIPTION:
        raise InvalidInput(
            "Describe the mixture in at most %(most)s characters.",
            field="description",
            most=MAX_DESCRIPTION,
        )
    return clean or None


def _record(
    session: Session,
    viewer: Viewer,
    mixture: Mixture,
    action: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    audit.record(
        session,
        actor=viewer,
        action=action,
        object_type="mixture",
        object_id=str(mixture.id),
        before=before,
        after=after,
    )
