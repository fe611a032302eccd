"""
The ZIP package of an XLSX file, opened with care: sizes are checked before anything is unpacked.

Written here and not with a library, because the libraries trust the file: one row numbered two
thousand million, one shared formula or a merged range of the whole sheet makes them work without
end, and none streams merged cells. Only what a list needs is read: texts, numbers and dates.
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from app.catalog.exchange.items import ImportRefused

MAX_PARTS = 2_000
MAX_UNPACKED_BYTES = 600_000_000
MAX_STRINGS_BYTES = 100_000_000
# A sheet of numbers packs to about a tenth; a bomb to a thousandth.
MAX_RATIO = 200
SMALL_BYTES = 1_000_000

_RELATION_ID = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)

# What a damaged or hostile package makes the standard library raise.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    DefusedXmlException,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)


def damaged() -> ImportRefused:
    """Return the refusal of a package that cannot be read."""
    return ImportRefused(
        "This is not an XLSX file that can be read: it is damaged, protected by a password, or of "
        "an old format. Open it in your spreadsheet and save it as XLSX or CSV."
    )


@contextmanager
def damage_is_refused() -> Iterator[None]:
    """Turn every way in which a package can be broken into one refusal."""
    try:
        yield
    except ImportRefused:
        raise
    except _DAMAGE:
        raise damaged() from None


def open_package(handle: IO[bytes]) -> zipfile.ZipFile:
    """Return the package; raises ImportRefused for a bomb or what is no XLSX at all."""
    with damage_is_refused():
        package = zipfile.ZipFile(handle)
        parts = package.infolist()
        names = {part.filename for part in parts}
        if len(parts) > MAX_PARTS or len(names) < len(parts):
            raise damaged()
        check_sizes(parts)
        if "xl/workbook.xml" not in names:
            raise damaged()
    return package


def check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    """Refuse a package that unpacks to more than a list can be."""
    # zipfile never reads more of a part than is declared here.
    unpacked = sum(part.file_size for part in parts)
    strings = sum(p.file_size for p in parts if p.filename.endswith("sharedStrings.xml"))
    is_bomb = any(
        part.file_size > SMALL_BYTES and part.file_size > MAX_RATIO * max(part.compress_size, 1)
        for part in parts
    )
    if unpacked > MAX_UNPACKED_BYTES or strings > MAX_STRINGS_BYTES or is_bomb:
        raise ImportRefused(
            "This file unpacks to far more than a list of datasets needs (%(bytes)s bytes), so it "
            "was not opened. Send a smaller file, or CSV.",
            bytes=unpacked,
        )


def elements(package: zipfile.ZipFile, part: str, tag: str) -> Iterator[Element]:
    """Yield each element with a local name, whole, and forget it afterwards."""
    with package.open(part) as stream:
        path: list[Element] = []
        for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
            if event == "start":
                path.append(element)
                continue
            path.pop()
            if local_name(element) == tag:
                yield element
                element.clear()
                if path:
                    path[-1].remove(element)


def local_name(element: Element) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def visible_sheets(package: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Return the part and the name of each sheet that a person sees."""
    targets = {
        relation.get("Id"): relation.get("Target", "")
        for relation in elements(package, "xl/_rels/workbook.xml.rels", "Relationship")
    }
    sheets = [
        (sheet.get("name", ""), _target(sheet, targets))
        for sheet in elements(package, "xl/workbook.xml", "sheet")
        if sheet.get("state", "visible") == "visible"
    ]
    if not sheets:
        raise damaged()
    return [
        (posixpath.normpath(posixpath.join("xl", target)).lstrip("/"), name)
        for name, target in sheets
    ]


def _target(sheet: Element, targets: dict[str | None, str]) -> str:
    for attribute in _RELATION_ID:
        if (found := sheet.get(attribute)) is not None:
            return targets[found]
    raise damaged()


def counts_from_1904(package: zipfile.ZipFile) -> bool:
    """Whether dates are counted from 1904, as old Macs did."""
    return any(
        properties.get("date1904") in {"1", "true"}
        for properties in elements(package, "xl/workbook.xml", "workbookPr")
    )


def shared_strings(package: zipfile.ZipFile) -> list[str]:
    """Return the texts that cells refer to by number."""
    part = next((n for n in package.namelist() if n.lower() == "xl/sharedstrings.xml"), None)
    if part is None:
        return []
    return [text_of(item) for item in elements(package, part, "si")]


def text_of(item: Element) -> str:
    """Return the text of a string item: its own or its runs', without reading aids."""
    pieces = []
    for child in item:
        name = local_name(child)
        if name == "t":
            pieces.append(child.text or "")
        elif name == "r":
            pieces += [part.text or "" for part in child if local_name(part) == "t"]
    return unescaped("".join(pieces))


def unescaped(text: str) -> str:
    """Return a text with `_x000D_` and the like as the characters they stand for."""
    if "_x" not in text:
        return text
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text)


# Formats 14 to 22, 27 to 36, 45 to 47 and 50 to 58 show dates or times in every locale.
