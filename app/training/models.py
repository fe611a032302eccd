"""Training plans: immutable versions, links to share, and what administrators know better."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, CreatedAt, HasTimestamps


class TrainingPlan(HasTimestamps, Base):
    """A training run that somebody plans; what it says is in its versions."""

    __tablename__ = "training_plan"
    __table_args__ = (
        CheckConstraint("visibility IN ('private', 'team', 'public')", name="visibility"),
        Index("ix_training_plan_updated_at_id", "updated_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    visibility: Mapped[str] = mapped_column(server_default=sql("'team'"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    owner_name: Mapped[str]
    archived_at: Mapped[datetime | None]
    last_version: Mapped[int] = mapped_column(server_default=sql("0"))


class TrainingPlanVersion(Base):
    """
    A saved plan. A trigger refuses UPDATE, DELETE and TRUNCATE on this table.

    `content` is the run, its phases and the mixture version that it starts from; `results` is what
    was computed when it was saved.
    """

    __tablename__ = "training_plan_version"
    __table_args__ = (
        Index("uq_training_plan_version_plan_id_number", "plan_id", "number", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("training_plan.id"))
    number: Mapped[int]
    message: Mapped[str]
    author_id: Mapped[int | None]
    author_name: Mapped[str]
    created_at: Mapped[CreatedAt]
    mixture_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("mixture_version.id"), index=True
    )
    content: Mapped[dict[str, Any]]
    results: Mapped[dict[str, Any]]

    plan: Mapped[TrainingPlan] = relationship(lazy="raise")


class TrainingShareLink(Base):
    """A link that shows one version of a plan to whoever has it; only its hash is stored."""

    __tablename__ = "training_share_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("training_plan_version.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_by_name: Mapped[str]
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    version: Mapped[TrainingPlanVersion] = relationship(lazy="raise")


class TrainingFigure(Base):
    """
    A row of the tables of accelerators, prices or grids that an administrator changed or added.

    What the portal ships is not copied here: it follows upgrades, and a row here wins over it.
    """

    __tablename__ = "training_figure"
    __table_args__ = (CheckConstraint("kind IN ('accelerator', 'price', 'grid')", name="kind"),)

    kind: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(server_default=sql("1"))
    values: Mapped[dict[str, Any]]
    source: Mapped[str]
    as_of: Mapped[date]
    edited_by_name: Mapped[str]
    edited_at: Mapped[CreatedAt]
