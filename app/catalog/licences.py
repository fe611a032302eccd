"""
What a stated licence allows, as far as it says: SPDX ids and classes, fail-closed.

Only an identifier that is recognised exactly, for the data and not for their code, is open.
Everything else needs a person who reads the terms, and what nobody stated is unknown.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from app.catalog.models.licences import LicenceClass


class Terms(StrEnum):
    """What kind of statement a source makes of the licence."""

    NAMED = "named"
    CUSTOM = "custom"
    PER_SOURCE = "per_source"
    CONTRACT = "contract"
    UNVERIFIED = "unverified"
    NOT_STATED = "not_stated"


# Most restrictive first: the order in which a choice between claims fails closed.
SEVERITY = (
    LicenceClass.UNKNOWN,
    LicenceClass.NON_COMMERCIAL,
    LicenceClass.CONTRACT,
    LicenceClass.CUSTOM,
    LicenceClass.PER_SOURCE,
    LicenceClass.OPEN,
)

# Identifiers that allow use, change and sharing, commercial too, whatever else they ask.
OPEN_SPDX = frozenset(
    {
        "0BSD",
        "AFL-3.0",
        "AGPL-3.0-only",
        "AGPL-3.0-or-later",
        "Apache-2.0",
        "Artistic-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "BSD-3-Clause-Clear",
        "BSL-1.0",
        "CC-BY-2.0",
        "CC-BY-2.5",
        "CC-BY-3.0",
        "CC-BY-4.0",
        "CC-BY-SA-3.0",
        "CC-BY-SA-4.0",
        "CC0-1.0",
        "CDLA-Permissive-1.0",
        "CDLA-Permissive-2.0",
        "CDLA-Sharing-1.0",
        "ECL-2.0",
        "EPL-1.0",
        "EPL-2.0",
        "EUPL-1.1",
        "EUPL-1.2",
        "GFDL-1.3-only",
        "GFDL-1.3-or-later",
        "GPL-2.0-only",
        "GPL-2.0-or-later",
        "GPL-3.0-only",
        "GPL-3.0-or-later",
        "ISC",
        "LGPL-2.1-only",
        "LGPL-2.1-or-later",
        "LGPL-3.0-only",
        "LGPL-3.0-or-later",
        "LPPL-1.3c",
        "MIT",
        "MIT-0",
        "MPL-2.0",
        "MS-PL",
        "NCSA",
        "ODC-By-1.0",
        "ODbL-1.0",
        "OFL-1.1",
        "OSL-3.0",
        "PDDL-1.0",
        "PostgreSQL",
        "Unlicense",
        "Zlib",
    }
)

NON_COMMERCIAL_SPDX = frozenset(
    {
        "CC-BY-NC-2.0",
        "CC-BY-NC-3.0",
        "CC-BY-NC-4.0",
        "CC-BY-NC-ND-3.0",
        "CC-BY-NC-ND-4.0",
        "CC-BY-NC-SA-2.0",
        "CC-BY-NC-SA-3.0",
        "CC-BY-NC-SA-4.0",
    }
)

# Commercial use is allowed, changed copies are not: whether training is a change is for a
# person to decide.
RESTRICTED_SPDX = frozenset({"CC-BY-ND-4.0"})

# Families that a hub names without their version stay unresolved until somebody reads the file.
_UNVERSIONED = frozenset(
    {
        "cc",
        "gpl",
        "lgpl",
        "agpl",
        "bsd",
        "gfdl",
        "openrail",
        "odbl",
        "odc-by",
        "gpl-3.0",
        "gpl-2.0",
    }
)

_BY_LOWER = {spdx.lower(): spdx for spdx in OPEN_SPDX | NON_COMMERCIAL_SPDX | RESTRICTED_SPDX} | {
    "apache 2.0": "Apache-2.0",
    "odc-by 1.0": "ODC-By-1.0",
    "pddl": "PDDL-1.0",
    "unlicense": "Unlicense",
}

_SPDX_REFERENCE = re.compile(r"LicenseRef-[A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class Claim:
    """One source's statement of a licence: of what kind, of what, and how good the source is."""

    terms: Terms
    spdx: str | None = None
    scope: str = "data"
    grade: str = "C"


def spdx_of(stated: str | None) -> str | None:
    """
    Return the SPDX identifier that a licence field names exactly, or None.

    A family without its version is not an identifier: `odc-by` may be any version of it. People
    write blanks for hyphens, and the word "licence" behind.

    >>> spdx_of("CC BY-SA 4.0"), spdx_of("MIT License")
    ('CC-BY-SA-4.0', 'MIT')
    >>> spdx_of("apache-2.0"), spdx_of("cc-by-nc-nd-4.0"), spdx_of("odc-by"), spdx_of("llama3")
    ('Apache-2.0', 'CC-BY-NC-ND-4.0', None, None)
    """
    if stated is None:
        return None
    name = " ".join(stated.split()).lower()
    if name in _UNVERSIONED:
        return None
    plain = re.sub(r"\s+(?:licen[cs]e|许可证?|协议)$", "", name)
    return _BY_LOWER.get(plain) or _BY_LOWER.get(plain.replace(" ", "-"))


def read_field(stated: str | None) -> Claim:
    """
    Return the claim that the licence field of an imported card makes.

    An identifier that is known is believed as a claim; anything else is there but unread.

    >>> read_field("mit").terms.value, read_field("other").terms.value, read_field(None).terms.value
    ('named', 'unverified', 'not_stated')
    """
    if stated is None or not stated.strip() or stated.strip().lower() in {"unknown", "none"}:
        return Claim(Terms.NOT_STATED)
    spdx = spdx_of(stated)
    return Claim(Terms.NAMED, spdx) if spdx else Claim(Terms.UNVERIFIED)


def class_of_spdx(spdx: str | None) -> LicenceClass:
    """
    Return the class of an SPDX identifier; one that is not recognised is unknown.

    >>> class_of_spdx("ODC-By-1.0").value, class_of_spdx("Made-Up-1.0").value
    ('open', 'unknown')
    """
    if spdx in OPEN_SPDX:
        return LicenceClass.OPEN
    if spdx in NON_COMMERCIAL_SPDX:
        return LicenceClass.NON_COMMERCIAL
    if spdx in RESTRICTED_SPDX or (spdx and _SPDX_REFERENCE.fullmatch(spdx)):
        return LicenceClass.CUSTOM
    return LicenceClass.UNKNOWN


def class_of(claim: Claim) -> LicenceClass:
    """Return what one claim says of the data; a licence of the code says nothing of them."""
    if claim.scope != "data":
        return LicenceClass.UNKNOWN
    match claim.terms:
        case Terms.NAMED:
            return class_of_spdx(claim.spdx)
        case Terms.CUSTOM:
            return LicenceClass.CUSTOM
        case Terms.PER_SOURCE:
            return LicenceClass.PER_SOURCE
        case Terms.CONTRACT:
            return LicenceClass.CONTRACT
        case Terms.UNVERIFIED | Terms.NOT_STATED:
            return LicenceClass.UNKNOWN
    assert_never(claim.terms)


def deciding_claim(claims: Iterable[Claim]) -> Claim | None:
    """
    Return the claim that decides, or None where no source speaks of the data.

    The best source decides; among sources equally good, the most restrictive claim.
    """
    of_data = [claim for claim in claims if claim.scope == "data"]
    if not of_data:
        return None
    return min(of_data, key=lambda claim: (grade_order(claim.grade), severity(class_of(claim))))


def grade_order(grade: str | None) -> int:
    """Return 0 for the best grade of a source; one that is not known comes last."""
    order = ("A", "B", "C", "V", "-")
    return order.index(grade) if grade in order else len(order)


def severity(licence_class: LicenceClass) -> int:
    """Return 0 for the most restrictive class."""
    return SEVERITY.index(licence_class)
