"""Identifiers of datasets and providers: proposed from a name, checked when typed."""

import re
import unicodedata
from collections.abc import Callable

from app.catalog.loading.checking import RESERVED
from app.web.i18n import gettext as _

MAX_SLUG = 80
PART = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def propose(name: str) -> str:
    """
    Return an identifier made of a name's Latin letters and digits; "" where it has none.

    >>> propose("Chinese FineWeb-Edu V2.1"), propose("Café Müller"), propose("中文书籍")
    ('chinese-fineweb-edu-v2-1', 'cafe-muller', '')
    """
    latin = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", latin)
    return "-".join(words)[:MAX_SLUG].strip("-")


def is_slug(text: str) -> bool:
    """Whether a text can be an identifier, or the last part of a subset's."""
    return len(text) <= MAX_SLUG and PART.fullmatch(text) is not None and text not in RESERVED


def propose_free(name: str, is_taken: Callable[[str], bool], *, prefix: str = "") -> str:
    """
    Return a free identifier for a name, with a number where others have it; "" if none follows.

    >>> propose_free("The Pile", {"the-pile", "the-pile-2"}.__contains__)
    'the-pile-3'
    """
    stem = propose(name)
    if not stem:
        return ""
    candidates = [stem, *(f"{stem[: MAX_SLUG - 4]}-{number}" for number in range(2, 100))]
    for candidate in candidates:
        if candidate not in RESERVED and not is_taken(prefix + candidate):
            return prefix + candidate
    return ""


def needed() -> str:
    """Say that an identifier has to be typed, since none follows from the name."""
    return _("Write an identifier: the English name has no letters or digits to make one of.")


def wrong() -> str:
    """Say what an identifier is."""
    return _(
        "An identifier has lower-case letters, digits and single hyphens, like chinese-books. "
        "%(reserved)s have a meaning of their own.",
        reserved=", ".join(sorted(RESERVED)),
    )


def taken(slug: str) -> str:
    """Say that another has this identifier."""
    return _("“%(slug)s” is taken, maybe by an archived entry. Choose another.", slug=slug)
