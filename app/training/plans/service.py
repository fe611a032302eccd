"""What people do with training plans: save, show to others, archive, share."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import audit
from app.accounts import tokens
from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer, require, require_account
from app.errors import Conflict, InvalidInput, NotFound, StaleVersion
from app.mixtures import access, slugs
from app.mixtures.models import Visibility
from app.mixtures.sharing import check_link, dead_link
from app.training.known import Known
from app.training.models import TrainingPlan, TrainingPlanVersion, TrainingShareLink
from app.training.plans import content, queries
from app.training.plans.content import Content

MAX_NAME = 120
MAX_MESSAGE = 500
# Addresses below /training/plans that are not a plan.
RESERVED = frozenset({"new", "compare", "shared"})


def create_plan(
    session: Session,
    made: Content,
    *,
    name: str,
    message: str,
    visibility: Visibility,
    mixture_version_id: int | None,
    known: Known,
    viewer: Viewer,
) -> TrainingPlanVersion:
    """
    Make a plan and its first version.

    Raises
    ------
    NotSignedIn, Forbidden
        If the viewer's role does not allow it.
    InvalidInput
        A name that cannot be one, or a phase that cannot be computed.
    """
    require(viewer, Permission.EDIT_MIXTURES)
    owner_id = require_account(viewer)
    clean = read_text(name, field="name", most=MAX_NAME)

    def is_taken(slug: str) -> bool:
        return slug in RESERVED or queries.is_slug_taken(session, slug)

    has_latin = any(one.isascii() and one.isalnum() for one in clean)
    plan = TrainingPlan(
        slug=slugs.propose_free(clean if has_latin else "plan", is_taken),
        name=clean,
        visibility=visibility,
        owner_id=owner_id,
        owner_name=viewer.name,
    )
    try:
        with session.begin_nested():
            session.add(plan)
            session.flush()
    except IntegrityError as error:
        if "uq_training_plan_slug" not in str(error.orig):
            raise
        raise Conflict(
            "Another plan has just been given this name. Save again, or choose another one."
        ) from None
    _record(session, viewer, plan, "training.created", after={"name": clean, "slug": plan.slug})
    return save_version(
        session,
        plan,
        made,
        base=0,
        message=message,
        mixture_version_id=mixture_version_id,
        known=known,
        viewer=viewer,
    )


def save_version(
    session: Session,
    plan: TrainingPlan,
    made: Content,
    *,
    base: int,
    message: str,
    mixture_version_id: int | None,
    known: Known,
    viewer: Viewer,
) -> TrainingPlanVersion:
    """
    Save the next version of a plan; it never changes from then on.

    Raises
    ------
    StaleVersion
        If somebody saved a version after `base`.
    InvalidInput
        A message that is too long, or a phase that cannot be computed.
    """
    access.require_edit(viewer, plan)
    if plan.last_version != base:
        raise StaleVersion(
            "Version %(number)s of this plan was saved in the meantime. Look at it first, then"
            " save yours on top of it.",
            number=plan.last_version,
        )
    kept = made.model_copy(update={"run": content.frozen_run(made.run, known)})
    computed = content.compute(kept, known)
    version = TrainingPlanVersion(
        plan_id=plan.id,
        number=plan.last_version + 1,
        message=read_text(
            message or f"v{plan.last_version + 1}", field="message", most=MAX_MESSAGE
        ),
        author_id=viewer.account_id,
        author_name=viewer.name,
        mixture_version_id=mixture_version_id,
        content=content.to_json(kept),
        results=content.results_of(computed),
    )
    session.add(version)
    plan.last_version += 1
    plan.updated_at = func.clock_timestamp()
    session.flush()
    _record(session, viewer, plan, "training.version_saved", after={"version": version.number})
    return version


def set_visibility(
    session: Session, plan: TrainingPlan, visibility: Visibility, *, viewer: Viewer
) -> None:
    """Say who sees a plan."""
    access.require_owner(viewer, plan)
    if plan.visibility == visibility:
        return
    before = {"visibility": plan.visibility}
    plan.visibility = visibility
    after = {"visibility": visibility.value}
    _record(session, viewer, plan, "training.visibility_changed", before=before, after=after)


def set_archived(session: Session, plan: TrainingPlan, archived: bool, *, viewer: Viewer) -> None:
    """Put a plan out of the way, or bring it back; nothing is deleted."""
    access.require_owner(viewer, plan)
    if (plan.archived_at is not None) == archived:
        return
    plan.archived_at = func.clock_timestamp() if archived else None
    session.flush()
    _record(session, viewer, plan, "training.archived" if archived else "training.restored")


def share(
    session: Session,
    plan: TrainingPlan,
    version: TrainingPlanVersion,
    *,
    days: int,
    base_url: str,
    viewer: Viewer,
) -> str:
    """
    Return the address of a new link to a version: the only time that it can be seen.

    Raises
    ------
    InvalidInput
        If it would live too long.
    Conflict
        If the plan has very many links already.
    """
    access.require_owner(viewer, plan)
    check_link(days, existing=len(queries.list_links(session, plan)))
    secret = tokens.new_secret()
    link = TrainingShareLink(
        version_id=version.id,
        token_hash=tokens.hash_secret(secret),
        created_by_name=viewer.name,
        expires_at=func.clock_timestamp() + timedelta(days=days),
    )
    session.add(link)
    session.flush()
    after = {"link": link.id, "version": version.number, "days": days}
    _record(session, viewer, plan, "training.link_created", after=after)
    return f"{base_url}/training/plans/shared/{secret}"


def revoke(session: Session, plan: TrainingPlan, link_id: int, *, viewer: Viewer) -> None:
    """
    Make a link worthless, at once and for good.

    Raises
    ------
    NotFound
        If the plan has no such link that still works.
    """
    access.require_owner(viewer, plan)
    known = {link.id for link in queries.list_links(session, plan)}
    if link_id not in known:
        raise NotFound("There is no such link, or it was revoked already.")
    session.execute(
        update(TrainingShareLink)
        .where(TrainingShareLink.id == link_id)
        .values(revoked_at=func.clock_timestamp())
        .execution_options(synchronize_session=False)
    )
    _record(session, viewer, plan, "training.link_revoked", before={"link": link_id})


def open_link(session: Session, secret: str) -> TrainingPlanVersion:
    """
    Return the version that a link shows.

    Raises
    ------
    NotFound
        If the link does not work, the same whatever the reason.
    """
    version = queries.find_version_of_link(session, tokens.hash_secret(secret))
    if version is None:
        raise dead_link()
    return version


def read_text(text: str, *, field: str, most: int) -> str:
    """
    Return one line of text as it is kept.

    Raises
    ------
    InvalidInput
        If it is empty, too long or not printable.
    """
    clean = " ".join(text.split())
    if not clean or len(clean) > most or not clean.isprintable():
        raise InvalidInput("Write 1 to %(most)s characters here.", field=field, most=most)
    return clean


def _record(
    session: Session,
    viewer: Viewer,
    plan: TrainingPlan,
    action: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    audit.record(
        session,
        actor=viewer,
        action=action,
        object_type="training",
        object_id=str(plan.id),
        before=before,
        after=after,
    )
