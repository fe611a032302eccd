"""Licences that a document names by their address, as Croissant and schema.org do."""

import re

from app.catalog.licences import spdx_of

_CREATIVE_COMMONS = re.compile(
    r"https?://creativecommons\.org/licenses/(?P<kind>by(?:-nc)?(?:-nd|-sa)?)/(?P<version>[1-4]\.[05])"
    r"(?:/.*)?"
)
_SPDX = re.compile(
    r"https?://(?:www\.)?spdx\.org/licenses/(?P<id>[A-Za-z0-9.+-]+?)(?:\.html|\.json)?/?"
)
_CHOOSE = re.compile(r"https?://choosealicense\.com/licenses/(?P<id>[a-z0-9.-]+)/?")
_OSI = re.compile(r"https?://opensource\.org/licenses?/(?P<id>[A-Za-z0-9.-]+?)(?:\.php)?/?")
_KNOWN = {
    "creativecommons.org/publicdomain/zero/1.0": "CC0-1.0",
    "www.apache.org/licenses/license-2.0": "Apache-2.0",
    "apache.org/licenses/license-2.0": "Apache-2.0",
    "opendatacommons.org/licenses/by/1-0": "ODC-By-1.0",
    "opendatacommons.org/licenses/odbl/1-0": "ODbL-1.0",
    "opendatacommons.org/licenses/pddl/1-0": "PDDL-1.0",
    "cdla.dev/permissive-2-0": "CDLA-Permissive-2.0",
    "cdla.dev/permissive-1-0": "CDLA-Permissive-1.0",
    "cdla.dev/sharing-1-0": "CDLA-Sharing-1.0",
}


def spdx_of_address(address: str) -> str | None:
    """
    Return the SPDX identifier that an address stands for, None where it is not known.

    >>> spdx_of_address("https://creativecommons.org/licenses/by-nc-sa/4.0/")
    'CC-BY-NC-SA-4.0'
    >>> spdx_of_address("https://spdx.org/licenses/MIT.html"), spdx_of_address("https://x.org/l")
    ('MIT', None)
    """
    if match := _CREATIVE_COMMONS.fullmatch(address):
        return spdx_of(f"CC-{match['kind']}-{match['version']}")
    for pattern in (_SPDX, _CHOOSE, _OSI):
        if match := pattern.fullmatch(address):
            return spdx_of(match["id"])
    plain = re.sub(r"^https?://", "", address.lower()).rstrip("/").removesuffix(".html")
    plain = plain.removesuffix(".txt").removesuffix("/deed.en").removesuffix("/legalcode")
    return _KNOWN.get(plain.rstrip("/"))


def address_of_spdx(spdx: str) -> str:
    """Return the address that SPDX gives a licence."""
    return f"https://spdx.org/licenses/{spdx}"
