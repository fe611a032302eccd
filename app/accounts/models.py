"""Organisations, their people, web sessions, API tokens and one-time links."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, CreatedAt, HasTimestamps


class OrganisationKind(StrEnum):
    """Whom a person belongs to: the team that runs this portal, or a vendor."""

    TEAM = "team"
    VENDOR = "vendor"


class Role(StrEnum):
    """What a person may do; `app/accounts/permissions.py` says what that is."""

    VIEWER = "viewer"
    PLANNER = "planner"
    BUYER = "buyer"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"
    VENDOR = "vendor"


class Organisation(HasTimestamps, Base):
    """The team (exactly one per installation) or a vendor."""

    __tablename__ = "organisation"
    __table_args__ = (
        Index(
            "uq_organisation_team",
            "kind",
            unique=True,
            postgresql_where=text("kind = 'team'"),
        ),
        CheckConstraint("kind IN ('team', 'vendor')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]


class Account(HasTimestamps, Base):
    """A person who can sign in, with one role in one organisation."""

    __tablename__ = "account"
    __table_args__ = (
        Index("uq_account_email_lower", text("lower(email)"), unique=True),
        CheckConstraint(
            "role IN ('viewer','planner','buyer','approver','administrator','vendor')", name="role"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    locale: Mapped[str | None]
    password_hash: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    last_seen_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship(lazy="raise")


class WebSession(Base):
    """A browser that is signed in; the cookie's secret is stored hashed."""

    __tablename__ = "web_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[CreatedAt]
    last_seen_at: Mapped[CreatedAt]
    user_agent: Mapped[str]
    address: Mapped[str]

    account: Mapped[Account] = relationship(lazy="raise")


class ApiToken(Base):
    """A bearer token for scripts; shown once, stored hashed."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    hint: Mapped[str]
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(lazy="raise")


class OneTimeLink(Base):
    """A sign-in link or an invitation; its GET shows a button, its POST consumes it."""

    __tablename__ = "one_time_link"
    __table_args__ = (CheckConstraint("purpose IN ('sign_in', 'invitation')", name="purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    purpose: Mapped[str]
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    consumed_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(lazy="raise", foreign_keys=[account_id])


class SignInAttempt(Base):
    """A failed sign-in, kept to slow down guessing without locking anybody out."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_address_at", "address", "attempted_at"),
        Index("ix_sign_in_attempt_email_at", "email", "attempted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    address: Mapped[str]
    attempted_at: Mapped[CreatedAt]
