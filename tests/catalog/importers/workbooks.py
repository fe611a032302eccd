"""Workbooks for tests: made by another program, by hand part by part, or to do harm."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def book(fill: Callable[[Any], None]) -> bytes:
    """Return a workbook whose first sheet `fill` wrote, made by another program than ours."""
    workbook = openpyxl.Workbook()
    fill(workbook.active)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def table(*rows: list[object], merge: tuple[str, ...] = ()) -> bytes:
    def fill(sheet: Any) -> None:
        for row in rows:
            sheet.append(row)
        for reference in merge:
            sheet.merge_cells(reference)

    return book(fill)


def package(**parts: str) -> bytes:
    """Return a package of hand-written parts around a sheet."""
    names = {
        "workbook": "xl/workbook.xml",
        "rels": "xl/_rels/workbook.xml.rels",
        "sheet": "xl/worksheets/sheet1.xml",
        "strings": "xl/sharedStrings.xml",
        "styles": "xl/styles.xml",
    }
    defaults = {
        "workbook": f'<workbook xmlns="{MAIN}" xmlns:r="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="rId1"/>'
        "</sheets></workbook>",
        "rels": '<Relationships xmlns="x"><Relationship Id="rId1" '
        'Target="worksheets/sheet1.xml"/></Relationships>',
        "sheet": sheet('<row r="1"><c t="inlineStr"><is><t>名称</t></is></c></row>'),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for key, content in (defaults | parts).items():
            archive.writestr(names[key], content)
    return buffer.getvalue()


def sheet(rows: str, after: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'


BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c t="str"><v>&b;</v></c></row></sheetData>'
    "</worksheet>"
)
OUTSIDE = '<Relationships><Relationship Id="rId1" Target="../../etc/passwd"/></Relationships>'
EXTERNAL_ENTITY = BILLION_LAUGHS.replace(
    '<!ENTITY a "aaaaaaaaaa">', '<!ENTITY a SYSTEM "file:///etc/passwd">'
)


def bomb(bytes_: int) -> bytes:
    """Return a package that packs to a thousandth of what it unpacks to."""
    return package(sheet=sheet("<row/>" + " " * bytes_))
