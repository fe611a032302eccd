"""Rows of a list that are no datasets: totals, headings of sections, notes at the foot."""

import re

from app.catalog.importers.grid import FormulaCell, GridRow, WideCell
from app.catalog.importers.heads import Head
from app.catalog.importers.texts import MAX_NAME, clean, key_of, one_line
from app.catalog.importers.titles import Column

_NAMES = frozenset({Column.NAME, Column.NAME_ZH, Column.NAME_EN})
# A list of one or two columns may have rows of one cell.
_FEW = 2
_TOTALS = frozenset(
    key_of(word) for word in ("合计", "总计", "小计", "共计", "总和", "total", "sum", "grand total")
) | frozenset(("subtotal", "totals"))
_TOTAL_OF = re.compile(
    r"(?:合\s*[计計]|[总總][计計]|小[计計]|共[计計]|(?:grand |sub)?total)\s*[:：(（0-9共].*",
    re.IGNORECASE | re.DOTALL,
)
_SECTION = re.compile(
    r"(?:[（(]?[一二三四五六七八九十]{1,3}[)）]?\s*[、.．:：]|[（(][一二三四五六七八九十]{1,3}[)）]|第[一二三四五六七八九十]{1,3}[章节類类部])"
)
_NOTE = re.compile(
    r"(?:[备備]?[注註]|[说說]明|附[注註]|※|\*|notes?|remarks?|source|来源|數據來源|数据来源)\s*[0-9]*\s*[:：.、]",
    re.IGNORECASE,
)


def aside_of(row: GridRow, head: Head) -> str | None:
    """Return the code of the finding that says why a row is no dataset, None where it is one."""
    texts = _texts(row)
    named = [texts.get(column.index, "") for column in head.columns if column.column in _NAMES]
    # 合计 stands where there is room, often under the running number.
    if any(map(_is_total, texts.values())) and all(not name or _is_total(name) for name in named):
        return "total_row"
    if len(texts) != 1 or len(head.columns) <= _FEW or any(_formulas(row)):
        return None
    [text] = texts.values()
    is_wide = any(isinstance(cell, WideCell) for cell in row.cells)
    return "note_row" if is_wide or _SECTION.match(text) or _NOTE.match(text) else None


def has_only_a_name(row: GridRow, head: Head) -> bool:
    """Whether a row of a table says nothing of its dataset but the name."""
    return len(head.columns) > _FEW and sum(1 for _ in row.filled) == 1


def first_text(row: GridRow) -> str:
    """Return what is written first in a row, short enough to be shown in place of a name."""
    return one_line(next(iter(_texts(row).values()), ""))[:MAX_NAME]


def _texts(row: GridRow) -> dict[int, str]:
    """Return what is written in a row by the number of its column."""
    found = {}
    for index, cell in enumerate(row.cells):
        if isinstance(cell, (WideCell, FormulaCell)):
            continue
        if text := clean(cell if isinstance(cell, str) else cell.text):
            found[index] = text
    return found


def _formulas(row: GridRow) -> list[FormulaCell]:
    return [cell for cell in row.cells if isinstance(cell, FormulaCell)]


def _is_total(text: str) -> bool:
    return len(text) < 100 and (key_of(text) in _TOTALS or bool(_TOTAL_OF.fullmatch(text)))  # noqa: PLR2004
