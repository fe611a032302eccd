"""
How guessing passwords is slowed down without locking anybody out.

After OWASP's device cookies ("Slow Down Online Guessing Attacks with Device
Cookies"): failures are counted in a bucket, and which bucket depends on where they come from.

============================ ================================== ======================
a sign-in that comes from    is counted with the failures of    so that
============================ ================================== ======================
a browser that knows the     this browser                       nothing that others do
account (its cookie)                                            can hold it up
an address that knows the    this e-mail from this address      nothing done elsewhere
account                                                         can hold it up
anywhere else                this e-mail, and this address      guessing is slow
============================ ================================== ======================

A full bucket does not close: it lets one attempt in per pause. A one-time link, and a session
that is already open, are never held up.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from fastapi import Request
from sqlalchemy import ColumnElement, and_, delete, func, select, text
from sqlalchemy.orm import Session

from app.accounts import addresses, devices, tokens
from app.accounts.models import SignInAttempt
from app.errors import TooManyRequests

WINDOW = timedelta(minutes=15)
KEEP = timedelta(days=1)
# Also the wait of a second sign-in for the same bucket while one is being checked.
MIN_WAIT_SECONDS = 2


@dataclass(frozen=True)
class Limit:
    """So many failures within the window are free; after them, one attempt per pause."""

    free_failures: int
    pause: timedelta


PER_EMAIL = Limit(10, timedelta(minutes=1))
# An office may sit behind one address.
PER_ADDRESS = Limit(50, timedelta(seconds=10))


@dataclass(frozen=True)
class Source:
    """Where a sign-in comes from, as far as counting is concerned."""

    email_hash: bytes
    address: str
    device_id: int | None = None
    is_known_address: bool = False

    def buckets(self) -> list[tuple[Limit, ColumnElement[bool]]]:
        """Return the limits that apply, each with the failures it counts."""
        if self.device_id is not None:
            return [(PER_EMAIL, SignInAttempt.device_id == self.device_id)]
        elsewhere = SignInAttempt.device_id.is_(None)
        of_email = and_(SignInAttempt.email_hash == self.email_hash, elsewhere)
        of_address = and_(SignInAttempt.address == self.address, elsewhere)
        if self.is_known_address:
            return [(PER_EMAIL, and_(of_email, of_address))]
        return [(PER_EMAIL, of_email), (PER_ADDRESS, of_address)]

    def lock_key(self) -> int:
        """Return a number for the first bucket, under which its attempts queue up."""
        name = f"device {self.device_id}"
        if self.device_id is None:
            name = self.email_hash.hex() + (self.address if self.is_known_address else "")
        return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)


def hash_email(email: str) -> bytes:
    """Return what is stored of an e-mail address that somebody typed."""
    return tokens.hash_secret(email.strip().lower())


def find_source(session: Session, request: Request, email: str) -> Source:
    """Return where a sign-in with this e-mail address comes from."""
    address = addresses.source_of(addresses.client_address(request))
    known = devices.list_devices(session, email)
    cookie_hash = tokens.hash_secret(devices.read_cookie(request))
    return Source(
        email_hash=hash_email(email),
        address=address,
        device_id=next((device.id for device in known if device.token_hash == cookie_hash), None),
        is_known_address=any(device.address == address for device in known),
    )


def admit(session: Session, source: Source) -> None:
    """
    Let an attempt pass, or refuse it before the password is looked at.

    Raises
    ------
    TooManyRequests
        With the seconds to wait. It counts for nothing: waiting is enough.
    """
    is_free = session.scalar(
        text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": source.lock_key()}
    )
    # Without this, requests sent at once would all be checked before the first one counts.
    wait = 0 if is_free else MIN_WAIT_SECONDS
    for limit, condition in source.buckets():
        wait = max(wait, _seconds_to_wait(session, limit, condition))
    if wait:
        raise TooManyRequests(
            "Too many sign-ins failed. Wait %(seconds)s seconds and try again, or ask an "
            "administrator for a one-time link.",
            retry_after_seconds=wait,
            seconds=wait,
        )


def _seconds_to_wait(session: Session, limit: Limit, condition: ColumnElement[bool]) -> int:
    now = func.statement_timestamp()
    failures, since_last = session.execute(
        select(
            func.count(),
            func.extract("epoch", now - func.max(SignInAttempt.attempted_at)),
        ).where(condition, SignInAttempt.attempted_at > now - WINDOW)
    ).one()
    if failures < limit.free_failures:
        return 0
    left = limit.pause.total_seconds() - float(since_last)
    return max(MIN_WAIT_SECONDS, ceil(left)) if left > 0 else 0


def count_failure(session: Session, source: Source) -> None:
    """Remember a failed attempt, and forget those of days before."""
    session.execute(
        delete(SignInAttempt).where(SignInAttempt.attempted_at < func.statement_timestamp() - KEEP)
    )
    session.add(
        SignInAttempt(
            email_hash=source.email_hash, address=source.address, device_id=source.device_id
        )
    )
    session.flush()


def forget_failures(session: Session, source: Source) -> None:
    """Forget the failures of somebody who has now signed in from the same place."""
    condition = (
        SignInAttempt.device_id == source.device_id
        if source.device_id is not None
        else and_(
            SignInAttempt.email_hash == source.email_hash,
            SignInAttempt.address == source.address,
        )
    )
    session.execute(delete(SignInAttempt).where(condition))
