"""
Numbers as a page shows them: short, with their unit apart and the whole number kept for copying.

    <data class="pb-num" value="383350000000" title="383,350,000,000">383<span…>B</span></data>

English writes K M B T, Chinese 万 亿 万亿 (and no thousands commas below 1万). A missing number
is words, never 0.
"""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

from markupsafe import Markup

from app.planning.notation.numbers import System, compact
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
    ends, shown = f"{whole(low)}–{whole(high)}", f"{short(low)}–{short(high)}"
    return Markup(f'<span class="pb-num" title="{ends}">{shown}</span>')  # noqa: S704  digits, units


def whole(value: Number) -> str:
    """Return every digit of a number: 2,500,000; in Chinese 9999 without a comma."""
    exact = Decimal(str(value))
    is_bare = i18n.current_locale() == i18n.CHINESE and abs(exact) < _WAN
    if isinstance(value, int):
        return str(value) if is_bare else f"{value:,}"
    return _trimmed(f"{exact:f}" if is_bare else f"{exact:,f}")


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
    # Digits and a sign need no escaping, which takes most of the time of a long table.
    shown = decimal(points, places)
    return Markup(f'<span class="pb-num">{shown}<span class="pb-u">%</span></span>')  # noqa: S704


def epochs(value: Number) -> Markup:
    """Return passes over a component, with one decimal at least: 2.0, 1.52."""
    places = 1 if Decimal(str(value)) == round(Decimal(str(value)), 1) else 2
    shown = decimal(value, places)
    return Markup(f'<data class="pb-num" value="{value}">{shown}</data>')  # noqa: S704  digits


def data_size(value: int, base: Literal["decimal", "binary"] = "decimal") -> Markup:
    """Return bytes in GB (powers of 1000) or, asked for, in GiB (powers of 1024)."""
    step, names = (1000, _DECIMAL_BYTES) if base == "decimal" else (1024, _BINARY_BYTES)
    scaled, index = Decimal(value), 0
    while abs(scaled) >= step and index < len(names) - 1:
        scaled /= step
        index += 1
    digits = str(compact(scaled, "western"))
    return _data(value, digits, names[index], gap=True)


def megabytes(value: int) -> str:
    """Return bytes in MB (10^6), for a sentence: 0.5, 20, 200."""
    return f"{value / 10**6:g}"


def _data(value: Number, digits: str, unit: str, *, gap: bool = False) -> Markup:
    shown_unit = f'<span class="pb-u">{" " if gap else ""}{unit}</span>' if unit else ""
    exact = _trimmed(f"{Decimal(str(value)):f}")
    return Markup(  # noqa: S704  digits and units of the tables above
        f'<data class="pb-num" value="{exact}" title="{whole(value)}">{digits}{shown_unit}</data>'
    )


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
