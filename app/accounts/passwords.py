"""Passwords: hashed with Argon2id, and refused only where guessing would find them first."""

import re
import threading
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.web.i18n import gettext as _

MIN_CHARACTERS = 10
MAX_CHARACTERS = 128
# What must remain of a password without the words that anybody could guess.
MIN_OWN_CHARACTERS = 8
MIN_WORD_CHARACTERS = 3
COMMON_PASSWORDS_FILE = Path(__file__).with_name("common_passwords.txt")
PORTAL_WORDS = ("peibi", "配比")

# 19 MiB is OWASP's smallest recommended memory; with three passes a check takes about 30 ms
# on one core (docs/decisions/accounts.md).
HASHER = PasswordHasher(time_cost=3, memory_cost=19_456, parallelism=1)
# Checks at once in one process, so that a crowd at the door costs time and not memory.
_slots = threading.BoundedSemaphore(2)

# The hash of a secret that nobody has: what is checked where there is no account or no
# password, so that the answer takes the same time.
NOBODYS_HASH = (
    "$argon2id$v=19$m=19456,t=3,p=1$"
    "3PAHYKFmHRPBGIv44m5aAw$/+LVX+8PzTcZxHJUlmwcsH1Fy28TvkeN7QTyXqcshPU"
)


def hash_password(password: str) -> str:
    """Return what is stored of a password."""
    with _slots:
        return HASHER.hash(password)


def is_right(stored_hash: str | None, password: str) -> bool:
    """
    Whether this is the password; False where there is none.

    It takes the same time for everybody, also for nobody.
    """
    # Longer than any password we accept: nothing to check, and not worth hashing.
    checked = password if len(password) <= MAX_CHARACTERS else ""
    with _slots:
        try:
            HASHER.verify(stored_hash or NOBODYS_HASH, checked)
        except (VerificationError, InvalidHashError):
            return False
    return stored_hash is not None and checked == password


def needs_rehash(stored_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(stored_hash)


@cache
def common_passwords() -> frozenset[str]:
    """Return the passwords that guessing tries first, in lower case."""
    lines = COMMON_PASSWORDS_FILE.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def guessable_words(*texts: str) -> set[str]:
    """Return the words of names and e-mail addresses, and of the portal, in lower case."""
    words: set[str] = set()
    for text in (*PORTAL_WORDS, *texts):
        folded = text.casefold()
        words |= {folded, re.sub(r"\s+", "", folded), *re.split(r"[\s@.+_-]+", folded)}
    # Two Chinese characters are a name; two letters are in every other word.
    return {word for word in words if len(word) >= (MIN_WORD_CHARACTERS if word.isascii() else 2)}


def find_fault(password: str, words: Iterable[str]) -> str | None:
    """
    Return what is wrong with a new password, as a sentence, or None.

    There are no rules about digits and signs: only its length, and whether it is among the
    first that somebody who knows `words` about its owner would try.
    """
    if len(password) < MIN_CHARACTERS:
        return _(
            "The password has %(length)s characters; it needs at least %(least)s. "
            "Several words in a row are easy to remember.",
            length=len(password),
            least=MIN_CHARACTERS,
        )
    if len(password) > MAX_CHARACTERS:
        return _(
            "The password has %(length)s characters; at most %(most)s are taken.",
            length=len(password),
            most=MAX_CHARACTERS,
        )
    folded = password.casefold()
    if folded in common_passwords():
        return _("This is one of the most common passwords, which are guessed first.")
    own = folded
    for word in sorted(words, key=len, reverse=True):
        own = own.replace(word, "")
    if len(own) < MIN_OWN_CHARACTERS and own != folded:
        return _(
            "The password is little more than a name, an e-mail address or the name of the "
            "portal, which are guessed first."
        )
    return None
