"""Quantities as a page shows them: as published, and as a whole number with its unit."""

import re
from dataclasses import dataclass
from decimal import Decimal

from app.catalog.models.quantities import Quantity
from app.catalog.pages import parts
from app.catalog.words import labels
from app.catalog.words.units import UNITS
from app.web import i18n, numbers
from app.web.i18n import gettext as _

# A number with nothing after it but a word for its size: what it counts has to be added.
BARE_NUMBER = re.compile(
    r"\W*[\d.,]+\s*(K|M|B|T|million|billion|trillion|千|万|亿|万亿)?\W*", re.IGNORECASE
)
# A size in English words or letters, which a Chinese page says in 万 and 亿.
ENGLISH_SIZE = re.compile(r"\d\s*(K|M|B|T|thousand|million|billion|trillion)\b", re.IGNORECASE)
# From here on bytes are read as MB, GB, TB.
MANY_BYTES = 1_000_000


@dataclass(frozen=True)
class QuantityView:
    """
    A quantity: how the page reads it, the other form below, and how its unit is known.

    `printed` is verbatim. `shown` is the same where its reader can read it, else the number.
    """

    id: int
    value: Decimal | None
    printed: str
    shown: str
    other: str | None
    is_size: bool
    assumed_unit_word: str | None
    assumed_unit: str | None
    is_unit_stated: bool
    confirmed_by: str | None
    qualifier: str | None
    is_whole: bool
    content: str | None
    source: parts.SourceView | None

    @property
    def exact(self) -> str | None:
        """The whole number, for copying."""
        return None if self.value is None else f"{self.value.normalize():f}"

    @property
    def unit_note(self) -> str | None:
        """Say how the unit is known where the source does not state it."""
        if self.is_unit_stated:
            return None
        if self.assumed_unit_word:
            return _("unit assumed: %(unit)s", unit=self.assumed_unit_word)
        return _("unit not stated")

    @property
    def details(self) -> list[str]:
        """The small print of a key figure: the other form, the unit, of what it is."""
        return [part for part in (self.other, self.unit_note, self.qualifier) if part]


def unit_name(code: str) -> str:
    """Return a unit's name alone, in the page's language."""
    unit = UNITS.get(code)
    return unit.name(i18n.current_locale()) if unit else code


def counted(value: Decimal, code: str | None) -> str:
    """Return a whole number and its unit: 2,500,000 books, 2,500,000本."""
    return _with_unit(numbers.whole(value), code, is_one=value == 1)


def _with_unit(number: str, code: str | None, *, is_one: bool = False) -> str:
    if code is None:
        return number
    unit = UNITS.get(code)
    after = unit.after_number(i18n.current_locale(), is_one=is_one) if unit else code
    gap = "" if i18n.current_locale() == i18n.CHINESE else " "
    return f"{number}{gap}{after}"


def quantity_view(quantity: Quantity) -> QuantityView:
    """Return a quantity for a page."""
    shown, other = _forms(quantity)
    return QuantityView(
        id=quantity.id,
        value=quantity.value,
        is_size=quantity.unit == "byte",
        printed=_verbatim(quantity),
        shown=shown,
        other=other if other != shown else None,
        assumed_unit=quantity.assumed_unit,
        assumed_unit_word=unit_name(quantity.assumed_unit) if quantity.assumed_unit else None,
        is_unit_stated=quantity.unit is not None,
        confirmed_by=quantity.unit_confirmed_by,
        qualifier=parts.text(quantity.qualifier_zh, quantity.qualifier_en),
        is_whole=quantity.is_whole,
        content=_content_word(quantity),
        source=parts.source_view(quantity.source),
    )


def _verbatim(quantity: Quantity) -> str:
    unit = quantity.unit_printed or ""
    return quantity.printed if unit in quantity.printed else quantity.printed + unit


def _forms(quantity: Quantity) -> tuple[str, str | None]:
    """
    Return the form of a quantity that reads best on this page, and the other one.

    A size is read as it is printed (825.18 GiB), a number word only on a page of its language.
    """
    verbatim = _verbatim(quantity)
    if quantity.value is None:
        return verbatim, None
    number = counted(quantity.value, quantity.unit)
    digits = quantity.printed.replace(",", "").removesuffix(" bytes")
    if digits == f"{quantity.value.normalize():f}":
        if quantity.unit == "byte" and quantity.value >= MANY_BYTES:
            return numbers.data_size(int(quantity.value)).striptags(), number
        return number, None
    is_chinese_page = i18n.current_locale() == i18n.CHINESE
    is_chinese = any("\u3400" <= character <= "\u9fff" for character in quantity.printed)
    if is_chinese and not is_chinese_page:
        return number, verbatim
    if quantity.unit == "byte" and not is_chinese:
        return verbatim, number
    return _sized_forms(quantity, quantity.value, verbatim, is_chinese_page=is_chinese_page)


def _sized_forms(
    quantity: Quantity, value: Decimal, verbatim: str, *, is_chinese_page: bool
) -> tuple[str, str]:
    """Return both forms of a count that is printed with an English size, or with none."""
    if is_chinese_page and ENGLISH_SIZE.search(quantity.printed):
        return _with_unit(numbers.short(value), quantity.unit), verbatim
    if BARE_NUMBER.fullmatch(quantity.printed):
        return _with_unit(quantity.printed, quantity.unit), numbers.whole(value)
    return verbatim, numbers.whole(value)


def _content_word(quantity: Quantity) -> str | None:
    known = {content.value: label for content, label in labels.BYTE_CONTENTS.items()}
    return parts.word(known.get(quantity.content), quantity.content) if quantity.content else None
