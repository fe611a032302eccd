"""Short names of mixtures: the part of the address that names one."""

import re
import unicodedata
from collections.abc import Callable

from app.errors import InvalidInput

MAX_SLUG = 80
# Addresses below /mixtures that are not a mixture.
RESERVED = frozenset({"new", "import", "check", "recipes", "policies", "shared", "using", "draft"})
_FORM = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def check_slug(slug: str) -> None:
    """
    Refuse what cannot be a short name.

    Raises
    ------
    InvalidInput
        If it has other than small letters, digits and single hyphens, or means something else.
    """
    if len(slug) > MAX_SLUG or not _FORM.fullmatch(slug) or slug in RESERVED:
        raise InvalidInput(
            "A short name has lower-case letters, digits and single hyphens, like zh-en-7b.",
            field="slug",
        )


def propose_free(name: str, is_taken: Callable[[str], bool]) -> str:
    """
    Return a free short name for a name; "mixture" where it has no Latin letters or digits.

    >>> propose_free("zh-en 7B, stage 1", {"zh-en-7b-stage-1"}.__contains__)
    'zh-en-7b-stage-1-2'
    """
    latin = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = "-".join(re.findall(r"[a-z0-9]+", latin))[: MAX_SLUG - 8].strip("-") or "mixture"
    number, found = 1, stem
    while found in RESERVED or is_taken(found):
        number += 1
        found = f"{stem}-{number}"
    return found
