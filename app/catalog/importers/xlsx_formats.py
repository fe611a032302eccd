"""How the cells of an XLSX file show their numbers: as dates, as shares, with words behind them."""

import re
import zipfile
from dataclasses import dataclass, field

from app.catalog.importers import xlsx_package as package_of

_STYLES = "xl/styles.xml"
_DATE_FORMATS = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
_SHARE_FORMATS = frozenset((9, 10))
_DATE_CODE = re.compile(r"[ymdhs年月日]", re.IGNORECASE)
# Texts, conditions, escaped characters, the room left for a character, and fillings.
_NOT_CODE = re.compile(r'"[^"]*"|\[[^\]]*\]|[\\!_*].|General', re.IGNORECASE)
# What stands behind the last digit of the first section.
_TAIL = re.compile(r"[^0#?]*$")
_LITERAL = re.compile(r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|[_*].')


@dataclass(frozen=True, slots=True)
class NumberFormats:
    """What the styles of a file's cells, by their number, do to what a person sees."""

    dates: frozenset[int] = frozenset()
    shares: frozenset[int] = frozenset()
    words: dict[int, str] = field(default_factory=dict)


def number_formats(package: zipfile.ZipFile) -> NumberFormats:
    """Return which cell styles show a number as something else than it is."""
    if _STYLES not in package.namelist():
        return NumberFormats()
    own = {
        int(style.get("numFmtId", "0")): style.get("formatCode", "")
        for style in package_of.elements(package, _STYLES, "numFmt")
    }
    dates, shares, words = set(), set(), {}
    for formats in package_of.elements(package, _STYLES, "cellXfs"):
        for number, style in enumerate(formats):
            identifier = int(style.get("numFmtId", "0"))
            code = own.get(identifier, "")
            bare = _NOT_CODE.sub("", code)
            if identifier in _DATE_FORMATS or _DATE_CODE.search(bare):
                dates.add(number)
            elif identifier in _SHARE_FORMATS or "%" in bare:
                shares.add(number)
            elif word := words_behind(code):
                words[number] = word
    return NumberFormats(frozenset(dates), frozenset(shares), words)


def words_behind(code: str) -> str:
    r"""
    Return what a format writes behind a number that it shows as it is.

    A format that also divides the number, by a comma or a point put in by hand, shows less than
    the cell holds; its word belongs to what it shows.

    >>> words_behind('0"万本"'), words_behind("#,##0\\h"), words_behind('0.0,,"M"')
    ('万本', 'h', '')
    >>> words_behind('0!.0,"万"'), words_behind("#,##0_);(#,##0)"), words_behind("General")
    ('', '', '')
    """
    section = code.split(";", maxsplit=1)[0]
    tail = _TAIL.search(section)
    text = tail[0] if tail else ""
    digits = section[: len(section) - len(text)]
    if text == section or text.startswith(",") or re.search(r"[!\\]\.", digits):
        return ""
    found = "".join(m["quoted"] or m["escaped"] or "" for m in _LITERAL.finditer(text)).strip()
    return found if any(c.isalpha() for c in found) else ""
