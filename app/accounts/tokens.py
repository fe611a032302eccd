"""Secrets that a person or a script carries: made here, stored only as their SHA-256."""

import hashlib
import secrets

# 32 bytes from the operating system: 256 bits cannot be guessed, so a plain fast hash
# protects them in the database.
SECRET_BYTES = 32
API_TOKEN_PREFIX = "pb_"  # noqa: S105  how a token is recognised, not a token
HINT_CHARACTERS = 8


def new_secret() -> str:
    """Return a fresh secret for a cookie or a link."""
    return secrets.token_urlsafe(SECRET_BYTES)


def new_api_token() -> str:
    """Return a fresh API token, recognisable as one of ours where it leaks."""
    return API_TOKEN_PREFIX + new_secret()


def hash_secret(secret: str) -> bytes:
    """Return what is stored of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def hint(token: str) -> str:
    """Return how a token begins, so that its owner can tell it from others."""
    return token[:HINT_CHARACTERS]
