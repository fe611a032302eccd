"""What mixtures read: mixtures one may see, drafts, versions, policies, links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, tuple_
from sqlalchemy.orm import Session, contains_eager, defer, joinedload

from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer
from app.errors import NotFound
from app.mixtures.content import Carried
from app.mixtures.models import (
    Draft,
    DraftEdit,
    DraftStep,
    Mixture,
    MixtureVersion,
    Policy,
    PolicyKind,
    ShareLink,
    Visibility,
)
from app.mixtures.policies import Rule

PAGE = 50


@dataclass(frozen=True, slots=True)
class Run:
    """A version that a draft can say was trained on before."""

    mixture: str
    version: int
    name: str
    message: str

    @property
    def code(self) -> str:
        """How it is written in a field: zh-en-7b@3."""
        return f"{self.mixture}@{self.version}"


def readable(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that a viewer may know of a mixture."""
    conditions: list[ColumnElement[bool]] = [Mixture.visibility == Visibility.PUBLIC]
    if viewer.can(Permission.READ_MIXTURES):
        conditions.append(Mixture.visibility == Visibility.TEAM)
        if viewer.account_id is not None:
            conditions.append(Mixture.owner_id == viewer.account_id)
    return or_(*conditions)


def get_mixture(session: Session, slug: str, viewer: Viewer) -> Mixture:
    """
    Return a mixture's own row.

    Raises
    ------
    NotFound
        If there is none, or the viewer may not know that there is.
    """
    mixture = session.scalar(
        select(Mixture)
        .where(Mixture.slug == slug, readable(viewer))
        .options(joinedload(Mixture.forked_from))
    )
    if mixture is None:
        raise NotFound("There is no mixture %(slug)s, or you may not see it.", slug=slug)
    return mixture


def get_draft(session: Session, mixture_id: int, *, for_change: bool = False) -> Draft:
    """Return the draft of a mixture, locked until the end of the transaction if asked."""
    statement = select(Draft).where(Draft.mixture_id == mixture_id)
    if for_change:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalars(statement).one()


def list_edits(
    session: Session, mixture_id: int, *, since: int, limit: int = 50
) -> list[DraftEdit]:
    """Return the changes of a draft after a revision, the newest first."""
    return list(
        session.scalars(
            select(DraftEdit)
            .where(DraftEdit.mixture_id == mixture_id, DraftEdit.revision > since)
            .order_by(DraftEdit.revision.desc())
            .limit(limit)
        )
    )


def find_edit(session: Session, mixture_id: int, revision: int) -> DraftEdit | None:
    """Return the change that made a revision of a draft; None where it is forgotten."""
    return session.get(DraftEdit, (mixture_id, revision))


def find_step_content(session: Session, mixture_id: int, position: int) -> dict[str, Any] | None:
    """Return the content on the other side of a step."""
    return session.scalar(
        select(DraftStep.content).where(
            DraftStep.mixture_id == mixture_id, DraftStep.position == position
        )
    )


def list_mixtures(
    session: Session,
    viewer: Viewer,
    *,
    archived: bool = False,
    text: str = "",
    before: tuple[datetime, int] | None = None,
    limit: int = PAGE,
) -> list[Mixture]:
    """Return mixtures with their drafts, the last changed first; one more than `limit`."""
    statement = (
        select(Mixture)
        .join(Mixture.draft)
        .where(*_listed(viewer, text, archived))
        .order_by(Mixture.updated_at.desc(), Mixture.id.desc())
        .limit(limit + 1)
        .options(contains_eager(Mixture.draft).defer(Draft.content, raiseload=True))
    )
    if before is not None:
        statement = statement.where(_before(*before))
    return list(session.scalars(statement))


def list_with_content(session: Session, viewer: Viewer, *, limit: int = PAGE) -> list[Mixture]:
    """Return the mixtures changed last that are not archived, with their drafts whole."""
    return list(
        session.scalars(
            select(Mixture)
            .join(Mixture.draft)
            .where(*_listed(viewer, "", archived=False))
            .order_by(Mixture.updated_at.desc(), Mixture.id.desc())
            .limit(limit)
            .options(contains_eager(Mixture.draft))
        )
    )


def _listed(viewer: Viewer, text: str, archived: bool) -> list[ColumnElement[bool]]:
    conditions = [
        readable(viewer),
        Mixture.archived_at.is_not(None) if archived else Mixture.archived_at.is_(None),
    ]
    if text:
        pattern = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        conditions.append(or_(Mixture.name.ilike(pattern), Mixture.slug.ilike(pattern)))
    return conditions


def _before(moment: datetime, mixture_id: int) -> ColumnElement[bool]:
    return or_(
        Mixture.updated_at < moment,
        and_(Mixture.updated_at == moment, Mixture.id < mixture_id),
    )


def is_slug_taken(session: Session, slug: str) -> bool:
    """Return whether some mixture has this slug."""
    return session.scalar(select(Mixture.id).where(Mixture.slug == slug)) is not None


def get_version(session: Session, mixture: Mixture, number: int) -> MixtureVersion:
    """
    Return a version of a mixture.

    Raises
    ------
    NotFound
        If there is none.
    """
    version = session.scalar(
        select(MixtureVersion).where(
            MixtureVersion.mixture_id == mixture.id, MixtureVersion.number == number
        )
    )
    if version is None:
        raise NotFound(
            "The mixture %(slug)s has no version %(number)s.", slug=mixture.slug, number=number
        )
    return version


def list_versions(
    session: Session, mixture_id: int, *, limit: int = 200, with_facts: bool = False
) -> list[MixtureVersion]:
    """Return versions with their results, the newest first; the facts are large."""
    options = [defer(MixtureVersion.content, raiseload=True)]
    if not with_facts:
        options.append(defer(MixtureVersion.facts, raiseload=True))
    return list(
        session.scalars(
            select(MixtureVersion)
            .where(MixtureVersion.mixture_id == mixture_id)
            .order_by(MixtureVersion.number.desc())
            .limit(limit)
            .options(*options)
        )
    )


def list_last_versions(session: Session, mixtures: Sequence[Mixture]) -> dict[int, MixtureVersion]:
    """Return the newest version of each mixture that has one, by the mixture's id."""
    found = session.scalars(
        select(MixtureVersion)
        .join(MixtureVersion.mixture)
        .where(
            Mixture.id.in_([one.id for one in mixtures]),
            MixtureVersion.number == Mixture.last_version,
        )
        .options(defer(MixtureVersion.content, raiseload=True))
    )
    return {version.mixture_id: version for version in found}


def list_versions_using(session: Session, slugs: Sequence[str]) -> list[MixtureVersion]:
    """Return the newest version of each mixture that uses one of these datasets."""
    newest = (
        select(func.max(MixtureVersion.id))
        .where(MixtureVersion.dataset_slugs.overlap(list(slugs)))
        .group_by(MixtureVersion.mixture_id)
    )
    return list(
        session.scalars(
            select(MixtureVersion)
            .where(MixtureVersion.id.in_(newest))
            .options(joinedload(MixtureVersion.mixture))
        )
    )


@dataclass(frozen=True, slots=True)
class Use:
    """A mixture that uses a dataset: in its draft, and in which of its versions."""

    mixture: Mixture
    in_draft: bool
    versions: tuple[int, ...]


def list_uses(session: Session, dataset: str, viewer: Viewer, *, limit: int = 20) -> list[Use]:
    """Return the mixtures that use a dataset, as far as the viewer may know of them."""
    versions = (
        select(
            MixtureVersion.mixture_id.label("mixture_id"),
            func.array_agg(MixtureVersion.number).label("numbers"),
        )
        .where(MixtureVersion.dataset_slugs.contains([dataset]))
        .group_by(MixtureVersion.mixture_id)
        .subquery()
    )
    drafts = select(Draft.mixture_id).where(Draft.dataset_slugs.contains([dataset])).subquery()
    rows = session.execute(
        select(Mixture, drafts.c.mixture_id.is_not(None), versions.c.numbers)
        .outerjoin(drafts, drafts.c.mixture_id == Mixture.id)
        .outerjoin(versions, versions.c.mixture_id == Mixture.id)
        .where(
            readable(viewer),
            or_(drafts.c.mixture_id.is_not(None), versions.c.mixture_id.is_not(None)),
        )
        .order_by(Mixture.updated_at.desc(), Mixture.id.desc())
        .limit(limit)
    )
    return [
        Use(mixture, bool(is_drafted), tuple(sorted(found or ())))
        for mixture, is_drafted, found in rows
    ]


def list_policies(session: Session) -> list[Policy]:
    """Return the policies of the team in the order in which they were made."""
    return list(session.scalars(select(Policy).order_by(Policy.id)))


def list_rules(session: Session) -> list[Rule]:
    """Return the policies as values."""
    rows = session.execute(
        select(Policy.kind, Policy.bound, Policy.tag, Policy.value, Policy.id).order_by(Policy.id)
    )
    return [Rule(PolicyKind(row.kind), row.bound, row.tag, row.value, row.id) for row in rows]


def get_policy(session: Session, policy_id: int) -> Policy:
    """
    Return a policy.

    Raises
    ------
    NotFound
        If there is none.
    """
    policy = session.get(Policy, policy_id)
    if policy is None:
        raise NotFound("There is no such policy.")
    return policy


def load_carried(session: Session, carried: Sequence[Carried], viewer: Viewer) -> dict[str, int]:
    """
    Return the tokens that earlier runs drew, by dataset.

    A version that is not there, or may not be seen, counts for nothing: the page names it.
    """
    if not carried:
        return {}
    found: dict[str, int] = {}
    for results in find_carried(session, carried, viewer).values():
        for slug, tokens in results.items():
            found[slug] = found.get(slug, 0) + tokens
    return found


def find_carried(
    session: Session, carried: Sequence[Carried], viewer: Viewer
) -> dict[Carried, Mapping[str, int]]:
    """Return the tokens by dataset of each version that is there and may be seen."""
    rows = session.execute(
        select(Mixture.slug, MixtureVersion.number, MixtureVersion.results["tokens"])
        .join(MixtureVersion.mixture)
        .where(
            tuple_(Mixture.slug, MixtureVersion.number).in_(
                [(one.mixture, one.version) for one in carried]
            ),
            readable(viewer),
        )
    )
    return {Carried(mixture=slug, version=number): tokens for slug, number, tokens in rows}


def list_runs(session: Session, viewer: Viewer, *, limit: int = 500) -> list[Run]:
    """Return the versions that one may see, the newest first, without what is in them."""
    rows = session.execute(
        select(Mixture.slug, MixtureVersion.number, Mixture.name, MixtureVersion.message)
        .join(MixtureVersion.mixture)
        .where(readable(viewer))
        .order_by(MixtureVersion.id.desc())
        .limit(limit)
    )
    return [Run(*row) for row in rows]


def list_links(session: Session, mixture_id: int) -> list[ShareLink]:
    """Return the links that still work, the newest first."""
    return list(
        session.scalars(
            select(ShareLink)
            .where(ShareLink.mixture_id == mixture_id, is_link_alive())
            .order_by(ShareLink.id.desc())
            .options(joinedload(ShareLink.version).load_only(MixtureVersion.number))
        )
    )


def find_version_of_link(session: Session, token_hash: bytes) -> MixtureVersion | None:
    """Return the version that a working link shows."""
    return session.scalar(
        select(MixtureVersion)
        .join(ShareLink, ShareLink.version_id == MixtureVersion.id)
        .where(ShareLink.token_hash == token_hash, is_link_alive())
        .options(joinedload(MixtureVersion.mixture))
    )


def is_link_alive() -> ColumnElement[bool]:
    """Return the condition that a link is neither expired nor revoked."""
    return and_(ShareLink.revoked_at.is_(None), ShareLink.expires_at > func.statement_timestamp())


def find_steps(session: Session, draft: Draft) -> dict[int, tuple[str, dict[str, Any]]]:
    """Return the steps on either side of the draft's position, without their contents."""
    rows = session.execute(
        select(DraftStep.position, DraftStep.action, DraftStep.params).where(
            DraftStep.mixture_id == draft.mixture_id,
            DraftStep.position.in_((draft.position, draft.position + 1)),
        )
    )
    return {row.position: (row.action, row.params) for row in rows}


def forget_edits(session: Session, mixture_id: int, *, before: int) -> None:
    """Drop the oldest lines of a draft's history."""
    session.execute(
        delete(DraftEdit).where(DraftEdit.mixture_id == mixture_id, DraftEdit.revision < before)
    )


def count_mixtures(
    session: Session, viewer: Viewer, *, archived: bool = False, text: str = ""
) -> int:
    """Return how many mixtures a viewer may see."""
    statement = select(func.count()).select_from(Mixture).where(*_listed(viewer, text, archived))
    return session.scalar(statement) or 0


def name_by_id(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """Return the names of mixtures by their row ids, as the audit trail records them."""
    wanted = [int(one) for one in ids if one.isdecimal()]
    found = session.execute(select(Mixture.id, Mixture.name).where(Mixture.id.in_(wanted)))
    return {str(row_id): name for row_id, name in found}
