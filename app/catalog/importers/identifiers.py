"""Identifiers made from names: a name always gives the same one, so that a list can come again."""

import hashlib
import re
import unicodedata

from app.catalog.loading.checking import RESERVED

MAX_PART = 60

_SLUG_PART = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def is_slug(text: str) -> bool:
    """Whether a text is an identifier, of a dataset or of a subset (parent/child)."""
    parts = text.split("/")
    return (
        len(parts) <= 2  # noqa: PLR2004  a parent and a child
        and all(_SLUG_PART.fullmatch(part) and len(part) <= 2 * MAX_PART for part in parts)
        and parts[-1] not in RESERVED
    )


def provider_slug(name: str) -> str:
    """
    Return an identifier for a provider's name.

    >>> provider_slug("Allen Institute for AI"), provider_slug("景联文科技")
    ('allen-institute-for-ai', 'provider-9bc5a4fc')
    """
    return _from_name(name) or f"provider-{_digest(name)}"


def dataset_slug(name: str, provider: str) -> str:
    """
    Return an identifier for a dataset of a provider, whose slug tells it from others so named.

    >>> dataset_slug("FineWeb-Edu (v1.4)", "hugging-face"), dataset_slug("Acme Books", "acme")
    ('hugging-face-fineweb-edu-v1-4', 'acme-books')
    >>> dataset_slug("中文图书", "acme")
    'acme-48d3ab37'
    """
    own = _from_name(name) or _digest(name)
    if own == provider or own.startswith(f"{provider}-"):
        return own
    return f"{provider}-{own}"


def subset_slug(name: str) -> str:
    """Return the second part of a subset's identifier."""
    return _from_name(name) or f"part-{_digest(name)}"


def _from_name(name: str) -> str:
    """Return a name's Latin words with hyphens, "" where they are not most of it."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.findall("[a-z0-9]+", plain)
    # "GPT 数据集" would be no more than "gpt".
    foreign = sum(c.isalnum() and not c.isascii() for c in unicodedata.normalize("NFKD", name))
    slug = "-".join(words)
    if foreign > len(slug) or slug in RESERVED:
        return f"{slug}-{_digest(name)}" if slug else ""
    if len(slug) > MAX_PART:
        slug = f"{slug[:MAX_PART].rstrip('-')}-{_digest(name)}"
    return slug


def _digest(name: str) -> str:
    return hashlib.sha256(unicodedata.normalize("NFKC", name).encode()).hexdigest()[:8]
