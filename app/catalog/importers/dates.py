"""Dates as lists write them, as the catalogue writes them."""

import re
from datetime import date

_MONTH = re.compile(r"(?P<year>(?:19|20)[0-9]{2})\s*[年./-]\s*(?P<month>[0-9]{1,2})\s*月?")
_DAY = re.compile(
    r"(?P<year>(?:19|20)[0-9]{2})\s*[年./-]\s*(?P<month>[0-9]{1,2})\s*[月./-]\s*(?P<day>[0-9]{1,2})"
    r"\s*[日号]?(?:[ T].*)?"
)
# 2024 or 20240305; and the number of a day, which is a date to a spreadsheet alone.
_DIGITS = re.compile(r"(?P<year>(?:19|20)[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")


def released(text: str) -> str | None:
    """
    Return a date as the catalogue writes it, and what is no date as it is.

    None: no such day, or the number of a day as a spreadsheet counts them, which nobody meant.

    >>> released("2024年3月"), released("2024/3/5 0:00"), released("2023"), released("Spring 2024")
    ('2024-03', '2024-03-05', '2023', 'Spring 2024')
    >>> released("20240305"), released("2024-13-45"), released("45231")
    ('2024-03-05', None, None)
    """
    if match := _DAY.fullmatch(text) or _DIGITS.fullmatch(text):
        return _iso(match)
    if match := _MONTH.fullmatch(text):
        whole = _iso(match)
        return whole and whole[:7]
    return None if _SERIAL.fullmatch(text) else text


def _iso(match: re.Match[str]) -> str | None:
    parts = match.groupdict()
    try:
        return date(int(parts["year"]), int(parts["month"]), int(parts.get("day", 1))).isoformat()
    except ValueError:
        return None
