"""
XLSX, written as it goes: the ZIP package grows row by row and is never whole in memory.

Every text is a cell of type text, so that nothing in it computes whatever it begins with.
Written here because the libraries build the sheet in a file of its own before the first byte can
be sent.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from app.catalog.exchange.items import Item
from app.catalog.exporters.zip_stream import Sink, part
from app.catalog.importers.own_csv import COLUMNS, MORE, cells_of

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_CELL = 32_767
MAX_ROWS = 1_048_576
# Beyond 2 GiB a part needs a form of ZIP that spreadsheets refuse.
MAX_SHEET_BYTES = 1_500_000_000
# What a spreadsheet keeps of a number; a longer one stays whole as text.
MAX_DIGITS = 15
BATCH_BYTES = 256 * 1024

_HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
# What XML 1.0 cannot hold even escaped, and what a reader would take for an escape.
_NO_XML = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_WIDTHS = {"slug": 32, "name_zh": 28, "name_en": 28, "description_zh": 40, "description_en": 40}


def write_xlsx(items: Iterable[Item]) -> Iterator[bytes]:
    """Yield a workbook in pieces; what does not fit into one sheet goes on in the next."""
    sink = Sink()
    # A time of its own would make every export a different file.
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as package:
        rows = iter(items)
        sheets = 0
        waiting = next(rows, None)
        while sheets == 0 or waiting is not None:
            sheets += 1
            written, number = 0, 1
            with package.open(part(f"xl/worksheets/sheet{sheets}.xml"), "w") as sheet:
                sheet.write(_sheet_start().encode())
                while waiting is not None and number < MAX_ROWS and written < MAX_SHEET_BYTES:
                    number += 1
                    row = _row(number, waiting).encode()
                    written += len(row)
                    sheet.write(row)
                    if sink.size >= BATCH_BYTES:
                        yield sink.take()
                    waiting = next(rows, None)
                sheet.write(b"</sheetData></worksheet>")
        for name, content in _other_parts(sheets):
            package.writestr(part(name), _HEADER + content)
    yield sink.take()


def _sheet_start() -> str:
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{_WIDTHS.get(column, 16)}" customWidth="1"/>'
        for number, column in enumerate(COLUMNS, start=1)
    )
    head = "".join(_text_cell(column, ' s="1"') for column in COLUMNS)
    return (
        f'{_HEADER}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>'
        f'</sheetViews><cols>{columns}</cols><sheetData><row r="1">{head}</row>'
    )


def _row(number: int, item: Item) -> str:
    cells = cells_of(item)
    written = "".join(
        _cell(column, cells[column], f"{_letters(index)}{number}")
        for index, column in enumerate(COLUMNS, start=1)
        if cells[column] is not None
    )
    return f'<row r="{number}">{written}</row>'


def _cell(column: str, value: object, place: str) -> str:
    if isinstance(value, (int, float)) and _is_exact(value):
        return f'<c r="{place}"><v>{value}</v></c>'
    text = str(value)
    if len(text) > MAX_CELL:
        # Half a JSON is none; the other columns say what a person reads.
        text = "" if column == MORE else text[: MAX_CELL - 1] + "…"
    return _text_cell(text, f' r="{place}"')


def _is_exact(value: float) -> bool:
    digits = str(value).lstrip("-0.").replace(".", "")
    return value == 0 or (digits.isdecimal() and len(digits) <= MAX_DIGITS)


def _text_cell(text: str, attributes: str) -> str:
    plain = _NO_XML.sub("\ufffd", _LOOKS_ESCAPED.sub("_x005F_", text))
    # A bare carriage return would come back as a line feed.
    written = escape(plain, {"\r": "_x000D_"})
    return f'<c{attributes} t="inlineStr"><is><t xml:space="preserve">{written}</t></is></c>'


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _other_parts(sheets: int) -> Iterator[tuple[str, str]]:
    numbers = range(1, sheets + 1)
    listed = "".join(
        f'<sheet name="datasets{"" if n == 1 else f" {n}"}" sheetId="{n}" r:id="rId{n}"/>'
        for n in numbers
    )
    yield (
        "xl/workbook.xml",
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    styles = f'<Relationship Id="rId{sheets + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    yield (
        "xl/_rels/workbook.xml.rels",
        f'<Relationships xmlns="{_PACKAGE}/relationships">{related}{styles}</Relationships>',
    )
    document = f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    yield (
        "_rels/.rels",
        f'<Relationships xmlns="{_PACKAGE}/relationships">{document}</Relationships>',
    )
    yield "xl/styles.xml", _STYLES
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kinds}.worksheet+xml"/>'
        for n in numbers
    )
    defaults = (
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kinds}.styles+xml"/>'
    )
    yield (
        "[Content_Types].xml",
        f'<Types xmlns="{_PACKAGE}/content-types">{defaults}{overrides}</Types>',
    )


_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill>'
    '<patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)
