"""Mixtures: one shared draft each, immutable numbered versions, links to share, team policies."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, CreatedAt, HasTimestamps


class Visibility(StrEnum):
    """Who may read a mixture: its owner, the team, or anybody."""

    PRIVATE = "private"
    TEAM = "team"
    PUBLIC = "public"


class PolicyKind(StrEnum):
    """What a policy limits: the share of a tag's value, or the passes over any component."""

    SHARE_AT_MOST = "share_at_most"
    SHARE_AT_LEAST = "share_at_least"
    EPOCHS_AT_MOST = "epochs_at_most"


class Mixture(HasTimestamps, Base):
    """
    A plan of what a model is trained on; its content is in its draft and its versions.

    A mixture is never deleted, since versions refer to each other: it is archived.
    """

    __tablename__ = "mixture"
    __table_args__ = (
        CheckConstraint("visibility IN ('private', 'team', 'public')", name="visibility"),
        Index("ix_mixture_updated_at_id", "updated_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    description: Mapped[str | None]
    visibility: Mapped[str] = mapped_column(server_default=sql("'team'"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    owner_name: Mapped[str]
    archived_at: Mapped[datetime | None]
    forked_from_id: Mapped[int | None] = mapped_column(ForeignKey("mixture.id"))
    forked_from_version: Mapped[int | None]
    recipe: Mapped[str | None]
    last_version: Mapped[int] = mapped_column(server_default=sql("0"))

    draft: Mapped["Draft"] = relationship(lazy="raise", back_populates="mixture")
    forked_from: Mapped["Mixture | None"] = relationship(lazy="raise", remote_side="Mixture.id")


class Draft(Base):
    """
    What the editors of a mixture share. `revision` moves with every change, for ETags.

    `position` is how many steps lie behind: `undo` goes back one, `redo` forward.
    """

    __tablename__ = "mixture_draft"
    __table_args__ = (
        Index("ix_mixture_draft_dataset_slugs", "dataset_slugs", postgresql_using="gin"),
    )

    mixture_id: Mapped[int] = mapped_column(ForeignKey("mixture.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(BigInteger, server_default=sql("1"))
    position: Mapped[int] = mapped_column(BigInteger, server_default=sql("0"))
    content: Mapped[dict[str, Any]]
    dataset_slugs: Mapped[list[str]] = mapped_column(ARRAY(TEXT), server_default=sql("'{}'"))
    base_version: Mapped[int | None]
    edited_by_name: Mapped[str]
    edited_at: Mapped[CreatedAt]

    mixture: Mapped[Mixture] = relationship(lazy="raise", back_populates="draft")


class DraftStep(Base):
    """
    One step of undo and redo: the content on the other side of it.

    At or below the draft's position that is the content before the step, above it the content
    after: taking a step swaps the two.
    """

    __tablename__ = "mixture_draft_step"

    mixture_id: Mapped[int] = mapped_column(ForeignKey("mixture.id"), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    content: Mapped[dict[str, Any]]
    action: Mapped[str]
    params: Mapped[dict[str, Any]]


class DraftEdit(Base):
    """Who made which revision of a draft, and how: what the second of two editors is shown."""

    __tablename__ = "mixture_draft_edit"

    mixture_id: Mapped[int] = mapped_column(ForeignKey("mixture.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    action: Mapped[str]
    params: Mapped[dict[str, Any]]
    actor_id: Mapped[int | None]
    actor_name: Mapped[str]
    at: Mapped[CreatedAt]


class MixtureVersion(Base):
    """
    A saved mixture. A trigger refuses UPDATE, DELETE and TRUNCATE on this table.

    `facts` are the catalogue's facts that it was computed with, by slug of the dataset;
    `results` is what was computed; `content_hash` is the SHA-256 of the canonical JSON of
    `content`. `reason` says why it was saved although it breaks a policy.
    """

    __tablename__ = "mixture_version"
    __table_args__ = (
        Index("uq_mixture_version_mixture_id_number", "mixture_id", "number", unique=True),
        Index("ix_mixture_version_dataset_slugs", "dataset_slugs", postgresql_using="gin"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mixture_id: Mapped[int] = mapped_column(ForeignKey("mixture.id"))
    number: Mapped[int]
    message: Mapped[str]
    author_id: Mapped[int | None]
    author_name: Mapped[str]
    created_at: Mapped[CreatedAt]
    content: Mapped[dict[str, Any]]
    content_hash: Mapped[str]
    dataset_slugs: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    facts: Mapped[dict[str, Any]]
    results: Mapped[dict[str, Any]]
    policies: Mapped[list[dict[str, Any]]]
    reason: Mapped[str | None]

    mixture: Mapped[Mixture] = relationship(lazy="raise")

    @property
    def fits(self) -> bool | None:
        """Whether every limit is kept; None where only what nobody counted could break one."""
        # Only what has no estimate is worth no known number of tokens.
        is_unknown = any(
            one["tokens"] and one["effective_tokens"] is None
            for phase in self.results["phases"]
            for one in phase["components"]
        )
        is_feasible: bool = self.results["is_feasible"]
        return None if is_feasible and is_unknown else is_feasible


class ShareLink(Base):
    """A link that shows one version, read-only, to whoever has it; only its hash is stored."""

    __tablename__ = "mixture_share_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    mixture_id: Mapped[int] = mapped_column(ForeignKey("mixture.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("mixture_version.id"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_by_name: Mapped[str]
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    version: Mapped[MixtureVersion] = relationship(lazy="raise")


class SeenChange(Base):
    """
    Who has seen what of the catalogue changed since a version; they are told again of more.

    `digest` stands for the changes that they saw.
    """

    __tablename__ = "mixture_version_seen"

    version_id: Mapped[int] = mapped_column(ForeignKey("mixture_version.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    digest: Mapped[str]
    seen_at: Mapped[CreatedAt]


class Policy(HasTimestamps, Base):
    """A rule of the team for every mixture; `tag` and `value` are null for passes."""

    __tablename__ = "mixture_policy"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('share_at_most', 'share_at_least', 'epochs_at_most')", name="kind"
        ),
        CheckConstraint("(kind = 'epochs_at_most') = (tag IS NULL)", name="tag"),
        CheckConstraint("(tag IS NULL) = (value IS NULL)", name="value"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    tag: Mapped[str | None]
    value: Mapped[str | None]
    bound: Mapped[float]
