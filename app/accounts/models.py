"""Organisations, their people, web sessions, API tokens and one-time links."""

import secrets
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, CreatedAt


def new_public_id() -> str:
    """Return an id for addresses: it tells neither how many there are nor which is next."""
    return secrets.token_hex(8)


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


class SignInMethod(StrEnum):
    """How a web session was opened."""

    PASSWORD = "password"  # noqa: S105  a way to sign in, not a password
    LINK = "link"


class LinkPurpose(StrEnum):
    """What a one-time link is for."""

    SIGN_IN = "sign_in"
    INVITATION = "invitation"


class Organisation(Base):
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
    created_at: Mapped[CreatedAt]


class Account(Base):
    """
    A person who can sign in, with one role in one organisation.

    `joined_at` is their first sign-in; until then they are invited or were added by the
    operator.
    """

    __tablename__ = "account"
    __table_args__ = (
        Index("uq_account_email_lower", text("lower(email)"), unique=True),
        Index("ix_account_name_id", "name", "id"),
        CheckConstraint(
            "role IN ('viewer','planner','buyer','approver','administrator','vendor')", name="role"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    locale: Mapped[str | None]
    password_hash: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    created_at: Mapped[CreatedAt]
    joined_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship(lazy="raise")


class WebSession(Base):
    """A browser that is signed in; the cookie's secret is stored hashed."""

    __tablename__ = "web_session"
    __table_args__ = (CheckConstraint("signed_in_by IN ('password', 'link')", name="signed_in_by"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    signed_in_by: Mapped[str]
    created_at: Mapped[CreatedAt]
    last_seen_at: Mapped[CreatedAt]
    user_agent: Mapped[str]
    address: Mapped[str]

    account: Mapped[Account] = relationship(lazy="raise")


class ApiToken(Base):
    """A bearer token for scripts; shown once, stored hashed. `hint` is how it begins."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    hint: Mapped[str]
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
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
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    consumed_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(lazy="raise")


class KnownDevice(Base):
    """
    A browser, and the address it had, from which an account has signed in before.

    Guesses that come from elsewhere do not count against it. One browser may know several
    accounts, so its cookie's secret may occur once for each.
    """

    __tablename__ = "known_device"
    __table_args__ = (UniqueConstraint("account_id", "token_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, index=True)
    address: Mapped[str]
    signed_in_at: Mapped[CreatedAt]


class SignInAttempt(Base):
    """
    A failed sign-in, kept for a day to slow down guessing without locking anybody out.

    `email_hash` and not the e-mail: people type passwords into the wrong field.
    """

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_email_hash_attempted_at", "email_hash", "attempted_at"),
        Index("ix_sign_in_attempt_address_attempted_at", "address", "attempted_at"),
        Index("ix_sign_in_attempt_attempted_at", "attempted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email_hash: Mapped[bytes] = mapped_column(LargeBinary)
    address: Mapped[str]
    device_id: Mapped[int | None] = mapped_column(
        ForeignKey("known_device.id", ondelete="SET NULL"), index=True
    )
    attempted_at: Mapped[CreatedAt]
