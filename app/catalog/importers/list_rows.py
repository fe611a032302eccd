"""One row of a list: its cells by what their columns mean, as a dataset or as what is wrong."""

import re
from collections.abc import Mapping
from typing import Any

from app.catalog import licences
from app.catalog.exchange.items import Context, Entry, Finding, Item, ProviderRecord, Severity
from app.catalog.importers import list_amounts, words
from app.catalog.importers.asides import aside_of, first_text, has_only_a_name
from app.catalog.importers.dates import released
from app.catalog.importers.grid import Cell, FormulaCell, GridRow, MergedCell, WideCell
from app.catalog.importers.heads import Head
from app.catalog.importers.identifiers import dataset_slug, is_slug, provider_slug, subset_slug
from app.catalog.importers.problems import finding, record_refused
from app.catalog.importers.texts import (
    MAX_NAME,
    MAX_TEXT,
    clean,
    has_han,
    is_web_address,
    key_of,
    one_line,
)
from app.catalog.importers.titles import Column, HeadColumn
from app.catalog.loading.checking import check_record
from app.catalog.loading.records import DatasetRecord, LicenceRecord
from app.catalog.words.labels import MODALITIES
from app.errors import InvalidInput

_NUMBERS = frozenset({Column.QUANTITY, Column.SIZE, Column.TOKENS})
_NAMES = frozenset({Column.NAME, Column.NAME_ZH, Column.NAME_EN, Column.PROVIDER})
# What a spreadsheet shows where it could not compute; #N/A is how people leave a cell empty.
_BROKEN = re.compile(r"#(?:REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!)")
# The record's fields that a column speaks of.
_GIVEN: dict[Column, tuple[str, ...]] = {
    Column.NAME: ("name_zh", "name_en"),
    Column.NAME_ZH: ("name_zh",),
    Column.NAME_EN: ("name_en",),
    Column.ALIASES: ("aliases",),
    Column.PROVIDER: ("provider",),
    Column.CATEGORY: ("category",),
    Column.MODALITY: ("modality", "modality_basis"),
    Column.LANGUAGES: ("languages",),
    Column.QUANTITY: ("quantities",),
    Column.SIZE: ("quantities",),
    Column.TOKENS: ("estimates",),
    Column.LICENCE: (
        "licence_class",
        "licence_spdx",
        "licence_stated_zh",
        "licence_stated_en",
        "licence_claims",
    ),
    Column.ACCESS: ("access_zh", "access_en"),
    Column.DESCRIPTION: ("description_zh", "description_en"),
    Column.DESCRIPTION_ZH: ("description_zh",),
    Column.DESCRIPTION_EN: ("description_en",),
    Column.HOMEPAGE: ("homepage",),
    Column.PAPER: ("paper",),
    Column.RELEASED: ("released",),
    Column.VISIBILITY: ("visibility",),
}


class _Cells:
    """The cells of one row as texts, with the findings made so far."""

    def __init__(self, row: GridRow, head: Head) -> None:
        self.row = row.number
        self.heads = {column.column: column for column in head.columns}
        self.findings: list[Finding] = []
        if row.is_hidden:
            self.note("row_hidden")
        self._texts: dict[Column, str] = {}
        for column in head.columns:
            self._texts[column.column] = self._text(row, column)

    def text(self, column: Column) -> str:
        """Return what the row says in a column, "" for nothing."""
        return self._texts.get(column, "")

    def note(self, code: str, column: Column | None = None, **params: object) -> None:
        """Add a finding of this row."""
        head = self.heads.get(column) if column else None
        self.findings.append(
            finding(code, row=self.row, column=head.title if head else None, **params)
        )

    @property
    def name(self) -> str:
        """What the row calls itself, "" where nothing is written there."""
        texts = (self.text(column) for column in (Column.NAME, Column.NAME_ZH, Column.NAME_EN))
        return one_line(next(filter(None, texts), ""))

    @property
    def is_refused(self) -> bool:
        """Whether an error keeps the row out."""
        return any(found.severity is Severity.ERROR for found in self.findings)

    def _text(self, row: GridRow, head: HeadColumn) -> str:
        cell = row.cells[head.index] if head.index < len(row.cells) else ""
        if isinstance(cell, MergedCell) and head.column in _NUMBERS:
            self.note("amount_merged", head.column)
            return ""
        text = self._read(cell, head)
        if list_amounts.is_nothing(text):
            return ""
        if text.startswith(("=", "@")) and head.column not in _NUMBERS:
            self.note("looks_like_formula", head.column)
        limit = MAX_NAME if head.column in _NAMES else MAX_TEXT
        if len(text) > limit:
            self.note(
                "name_long" if head.column in _NAMES else "text_long", head.column, limit=limit
            )
            return ""
        return text

    def _read(self, cell: Cell, head: HeadColumn) -> str:
        """Return the text of a cell; says where a spreadsheet has something else in its place."""
        if isinstance(cell, FormulaCell):
            self.note("formula", head.column, value=cell.formula)
            return ""
        if isinstance(cell, WideCell):
            return ""
        text = clean(cell.text if isinstance(cell, MergedCell) else cell)
        if _BROKEN.fullmatch(text):
            self.note("cell_broken", head.column, value=text)
            return ""
        return text


class RowReader:
    """Reads the rows of one list; what it is told of the catalogue does not change on the way."""

    def __init__(self, head: Head, context: Context) -> None:
        self.head = head
        self.context = context
        self.given = frozenset(
            field for column in head.columns for field in _GIVEN.get(column.column, ())
        )

    def read(self, row: GridRow, earlier_names: Mapping[str, str]) -> Entry:
        """Return what a row says; `earlier_names` gives the slugs of the datasets above it."""
        if code := aside_of(row, self.head):
            return Entry(row.number, None, (finding(code, row=row.number),), first_text(row))
        cells = _Cells(row, self.head)
        record_and_provider = self._record(cells, earlier_names)
        item = None
        if record_and_provider is not None and not cells.is_refused:
            record, provider = record_and_provider
            try:
                check_record(record)
                item = Item(record=record, provider=provider, given=self.given)
            except InvalidInput as error:
                cells.findings.append(record_refused(error, row=cells.row))
            if has_only_a_name(row, self.head):
                cells.note("only_a_name")
        return Entry(row.number, item, tuple(cells.findings), cells.name or first_text(row))

    def _record(
        self, cells: _Cells, earlier_names: Mapping[str, str]
    ) -> tuple[DatasetRecord, ProviderRecord] | None:
        names = _names(cells)
        if names is None:
            return None
        provider = self._provider(cells)
        if provider is None:
            cells.note("provider_missing")
            return None
        name_zh, name_en = names
        slug, parent = self._slug(cells, name_en, provider, earlier_names)
        said = self._words(cells)
        numbers = self._numbers(cells, said["category"])
        fields: dict[str, Any] = {
            **said,
            **_licence(cells),
            **_texts(cells),
        }
        record = DatasetRecord(
            slug=slug,
            parent=parent,
            name_zh=name_zh,
            name_en=name_en,
            provider=provider.slug,
            quantities=numbers.quantities,
            estimates=numbers.estimates,
            origin={"origin": "list", "row": cells.row},
            **fields,
        )
        return record, provider

    def _provider(self, cells: _Cells) -> ProviderRecord | None:
        name = one_line(cells.text(Column.PROVIDER))
        if not name:
            return self.context.default_provider
        known = self.context.providers.get(name.lower()) or self.context.providers.get(key_of(name))
        if known is None:
            cells.note("provider_new", Column.PROVIDER, value=name)
        slug = known or provider_slug(name)
        return ProviderRecord(slug=slug, name_zh=name, name_en=name)

    def _slug(
        self,
        cells: _Cells,
        name_en: str,
        provider: ProviderRecord,
        earlier_names: Mapping[str, str],
    ) -> tuple[str, str | None]:
        given = cells.text(Column.SLUG).lower()
        own = given if is_slug(given) else dataset_slug(name_en, provider.slug)
        parent = one_line(cells.text(Column.PARENT))
        if not parent:
            return own, own.rpartition("/")[0] or None
        slug = earlier_names.get(parent) or (parent if is_slug(parent) else None)
        if slug is None or "/" in slug:
            cells.note("parent_unknown", Column.PARENT, value=parent)
            return own, None
        child = given.rpartition("/")[2] if is_slug(given) else subset_slug(name_en)
        return f"{slug}/{child}", slug

    def _words(self, cells: _Cells) -> dict[str, Any]:
        """Return what a row says in the words of closed lists."""
        context = self.context
        category, modality, visibility = context.default_category, "text", context.visibility
        if text := one_line(cells.text(Column.CATEGORY)):
            found = words.category_of(text, context.categories)
            if found is None:
                cells.note("category_unknown", Column.CATEGORY, value=text, default=category)
            category = found or category
        basis = "inferred"
        if text := one_line(cells.text(Column.MODALITY)):
            found = words.modality_of(text)
            if found is None:
                known = ", ".join(MODALITIES)
                cells.note("modality_unknown", Column.MODALITY, value=text, known=known)
            else:
                modality, basis = found, "stated"
        if text := cells.text(Column.VISIBILITY):
            found = words.visibility_of(text)
            if found is None:
                cells.note("visibility_unknown", Column.VISIBILITY, value=text)
            visibility = found or "team"
        languages, unknown = words.languages_of(cells.text(Column.LANGUAGES))
        for word in unknown:
            cells.note("language_unknown", Column.LANGUAGES, value=word)
        return {
            "category": category,
            "modality": modality,
            "modality_basis": basis,
            "visibility": visibility,
            "languages": languages,
        }

    def _numbers(self, cells: _Cells, category: str) -> list_amounts.Numbers:
        parts = []
        if text := cells.text(Column.QUANTITY):
            unit = one_line(cells.text(Column.UNIT))
            head = cells.heads[Column.QUANTITY]
            parts.append(
                list_amounts.read_quantity(one_line(text), unit, head, cells.row, category=category)
            )
        if text := cells.text(Column.SIZE):
            head = cells.heads[Column.SIZE]
            parts.append(list_amounts.read_size(one_line(text), head, cells.row))
        if text := cells.text(Column.TOKENS):
            named = one_line(cells.text(Column.TOKENIZER))
            known = next((t for t in self.context.tokenizers if key_of(t) == key_of(named)), None)
            head = cells.heads[Column.TOKENS]
            parts.append(list_amounts.read_tokens(one_line(text), named, known, head, cells.row))
        for part in parts:
            cells.findings += part.findings
        return list_amounts.Numbers(
            tuple(q for part in parts for q in part.quantities),
            # A quantity in tokens and a column of tokens say the same; the column is kept.
            tuple({e.key: e for part in parts for e in part.estimates}.values()),
        )


def _names(cells: _Cells) -> tuple[str, str] | None:
    """Return the name in Chinese and in English, one for the other where only one is given."""
    name = one_line(cells.text(Column.NAME))
    chinese = one_line(cells.text(Column.NAME_ZH)) or (name if has_han(name) else "")
    english = one_line(cells.text(Column.NAME_EN)) or (name if not has_han(name) else "")
    if not chinese and not english:
        if not cells.is_refused:
            cells.note("name_missing", Column.NAME)
        return None
    return chinese or english, english or chinese


def _licence(cells: _Cells) -> dict[str, Any]:
    stated = one_line(cells.text(Column.LICENCE))
    if not stated:
        return {}
    claim = licences.read_field(stated)
    licence_class = licences.class_of(claim)
    if claim.terms is licences.Terms.UNVERIFIED:
        cells.note("licence_unread", Column.LICENCE, value=stated)
    return {
        "licence_class": licence_class,
        "licence_spdx": claim.spdx,
        "licence_stated_zh": stated,
        "licence_stated_en": stated,
        "licence_claims": (
            LicenceRecord(
                key="list",
                stated_zh=stated,
                stated_en=stated,
                spdx=claim.spdx,
                licence_class=licence_class,
            ),
        ),
    }


def _texts(cells: _Cells) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for column, name in ((Column.DESCRIPTION, "description"), (Column.ACCESS, "access")):
        if text := cells.text(column):
            fields[f"{name}_zh" if has_han(text) else f"{name}_en"] = text
    for column in (Column.DESCRIPTION_ZH, Column.DESCRIPTION_EN):
        if text := cells.text(column):
            fields[column.value] = text
    if text := cells.text(Column.HOMEPAGE):
        if is_web_address(text):
            fields["homepage"] = text
        else:
            cells.note("address_refused", Column.HOMEPAGE, value=text[:100])
    if text := one_line(cells.text(Column.PAPER)):
        fields["paper"] = text
    fields |= _released(cells)
    if text := cells.text(Column.ALIASES):
        parts = (one_line(part) for part in re.split(r"[;；、|\n]", text))
        fields["aliases"] = tuple(dict.fromkeys(part for part in parts if part))
    return fields


def _released(cells: _Cells) -> dict[str, Any]:
    text = one_line(cells.text(Column.RELEASED))
    if not text:
        return {}
    date = released(text)
    if date is None:
        cells.note("date_unread", Column.RELEASED, value=text[:100])
        return {}
    return {"released": date}
