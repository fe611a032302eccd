"""
Numbers as a page shows them: short, with their unit apart and the whole number kept for copying.

    <data class="pb-num" value="383350000000" title="383,350,000,000">383<span…>B</span></data>

English writes K M B T, Chinese 万 亿 万亿 (and no thousands commas below 1万). A missing number
is words, never 0.
"""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

from markupsafe import Markup

from app.planning.numbers import System, compact
from app.web import i18n
from app.web.i18n import gettext as _

Number = int | float | Decimal

_DECIMAL_BYTES = ("B", "KB", "MB", "GB", "TB", "PB")
_BINARY_BYTES = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_WAN = 10_000


def system() -> System:
    """Return how the current language shortens numbers."""
    return "chinese" if i18n.current_locale() == i18n.CHINESE else "western"


def short(value: Number) -> str:
    """Return a number in three significant figures as plain text, for labels and titles: 383B."""
    return str(compact(value, system()))


def number(value: Number) -> Markup:
    """Return a number in three significant figures; the whole one is its value and title."""
    parts = compact(value, system())
    return _data(value, parts.digits, parts.unit)


def tokens(value: int | None) -> Markup:
    """Return a token count, or the words that there is no estimate."""
    if value is None:
        return Markup('<span class="pb-tag is-dash">{}</span>').format(_("no estimate"))
    return number(value)


def interval(low: int | None, high: int | None) -> Markup:
    """Return `203B–552B`, or the words that no spread is known."""
    if low is None or high is None:
        return Markup("{}").format(_("no spread"))
    return Markup('<span class="pb-num" title="{}–{}">{}–{}</span>').format(
        whole(low), whole(high), short(low), short(high)
    )


def whole(value: Number) -> str:
    """Return every digit of a number: 2,500,000; in Chinese 9999 without a comma."""
    exact = Decimal(str(value))
    if i18n.current_locale() == i18n.CHINESE and abs(exact) < _WAN:
        return _trimmed(f"{exact:f}")
    return _trimmed(f"{exact:,f}")


def decimal(value: Number, places: int) -> str:
    """Return a number with a fixed number of decimals, for columns that line up."""
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    if i18n.current_locale() == i18n.CHINESE and abs(exact) < _WAN:
        return f"{exact:f}"
    return f"{exact:,f}"


def percent(share: Number, places: int = 1) -> Markup:
    """Return a share of 1 as a percentage: `percent(0.181)` is 18.1%."""
    return percent_points(Decimal(str(share)) * 100, places)


def percent_points(points: Number, places: int = 1) -> Markup:
    """Return percentage points as their source prints them: `percent_points(18.11, 2)`."""
    shown = decimal(points, places)
    return Markup('<span class="pb-num">{}<span class="pb-u">%</span></span>').format(shown)


def epochs(value: Number) -> Markup:
    """Return passes over a component, with one decimal at least: 2.0, 1.52."""
    places = 1 if Decimal(str(value)) == round(Decimal(str(value)), 1) else 2
    return Markup('<data class="pb-num" value="{}">{}</data>').format(value, decimal(value, places))


def data_size(value: int, base: Literal["decimal", "binary"] = "decimal") -> Markup:
    """Return bytes in GB (powers of 1000) or, asked for, in GiB (powers of 1024)."""
    step, names = (1000, _DECIMAL_BYTES) if base == "decimal" else (1024, _BINARY_BYTES)
    scaled, index = Decimal(value), 0
    while abs(scaled) >= step and index < len(names) - 1:
        scaled /= step
        index += 1
    digits = str(compact(scaled, "western"))
    return _data(value, digits, names[index], gap=True)


def _data(value: Number, digits: str, unit: str, *, gap: bool = False) -> Markup:
    shown_unit = (
        Markup('<span class="pb-u">{}{}</span>').format(" " if gap else "", unit) if unit else ""
    )
    return Markup('<data class="pb-num" value="{}" title="{}">{}{}</data>').format(
        _trimmed(f"{Decimal(str(value)):f}"), whole(value), digits, shown_unit
    )


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
