"""The head of a list: which row it is, what each column means, what unit its title carries."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.catalog.exchange.items import Finding, ImportRefused
from app.catalog.importers import amounts, words
from app.catalog.importers.grid import Cell, GridRow, MergedCell
from app.catalog.importers.problems import finding
from app.catalog.importers.texts import clean, key_of, one_line

# A list has its head near its top, below a title and perhaps a note.
HEAD_ROWS = 30


class Column(StrEnum):
    """What a column of a list may hold."""

    SLUG = "slug"
    PARENT = "parent"
    NAME = "name"
    NAME_ZH = "name_zh"
    NAME_EN = "name_en"
    ALIASES = "aliases"
    PROVIDER = "provider"
    CATEGORY = "category"
    MODALITY = "modality"
    LANGUAGES = "languages"
    QUANTITY = "quantity"
    UNIT = "unit"
    SIZE = "size"
    TOKENS = "tokens"
    TOKENIZER = "tokenizer"
    LICENCE = "licence"
    ACCESS = "access"
    DESCRIPTION = "description"
    DESCRIPTION_ZH = "description_zh"
    DESCRIPTION_EN = "description_en"
    HOMEPAGE = "homepage"
    PAPER = "paper"
    RELEASED = "released"
    VISIBILITY = "visibility"


# Separated by "/", since some have blanks.
_TITLES = {
    Column.SLUG: "slug/id/identifier/标识/标识符/编码/数据编码/数据id",
    Column.PARENT: "parent/parent slug/所属数据集/上级/上级数据集/父数据集",
    Column.NAME: (
        "name/名称/数据集/数据集名称/数据名称/数据名/dataset/dataset name/"
        "title/标题/品类名称/产品名称/资源名称/语料名称/data name/数据内容/语料/"
        "资料集/资料集名称/资料名称"
    ),
    Column.NAME_ZH: "name_zh/中文名称/中文名/名称（中文）/name (zh)/chinese name",
    Column.NAME_EN: "name_en/英文名称/英文名/名称（英文）/name (en)/english name",
    Column.ALIASES: "aliases/alias/别名/又名/其他名称",
    Column.PROVIDER: (
        "provider/供应商/供应方/提供方/提供商/厂商/来源机构/机构/vendor/"
        "publisher/发布方/发布机构/supplier/数据提供方/公司/公司名称/"
        "organisation/organization/creator"
    ),
    Column.CATEGORY: ("category/类别/分类/品类/数据类别/数据分类/领域/domain/topic/行业/类目"),
    Column.MODALITY: ("modality/模态/数据模态/数据类型/类型/type/data type/数据形式/资料类型"),
    Column.LANGUAGES: "languages/language/语言/语种/lang",
    Column.QUANTITY: (
        "quantity/时长/duration/数量/数据量/规模/数据规模/总量/volume/count/amount/number/"
        "size (count)/数目/存量/数量规模/records/total/资料量/资料规模"
    ),
    Column.UNIT: "unit/单位/计量单位/计数单位/量词",
    Column.SIZE: (
        "bytes/大小/存储/存储大小/文件大小/容量/体积/数据大小/档案大小/资料大小/"
        "存储空间/disk size/file size/storage/size"
    ),
    Column.TOKENS: (
        "tokens/token/词元/词元数/token数/token数量/token count/tokens数/词元数量/token量"
    ),
    Column.TOKENIZER: "tokenizer/分词器/词元分词器",
    Column.LICENCE: (
        "licence/license/许可证/许可/授权/授权方式/协议/版权/licence_stated/授权协议/使用许可/授权条款/版权说明"
    ),
    Column.ACCESS: ("access/获取方式/交付方式/delivery/获取途径/access conditions"),
    Column.DESCRIPTION: (
        "description/描述/简介/说明/介绍/详情/数据描述/数据说明/内容/内容说明/资料描述/details/summary"
    ),
    Column.DESCRIPTION_ZH: "description_zh/中文描述/中文简介/描述（中文）",
    Column.DESCRIPTION_EN: ("description_en/英文描述/英文简介/描述（英文）/english description"),
    Column.HOMEPAGE: ("homepage/主页/网址/链接/url/link/website/网站/地址/官网/下载链接/连结"),
    Column.PAPER: "paper/论文/论文链接/citation/reference/arxiv",
    Column.RELEASED: (
        "released/发布时间/发布日期/时间/日期/date/release date/更新时间/发行日期/published"
    ),
    Column.VISIBILITY: "visibility/可见性/公开范围/可见范围",
}
_BY_TITLE = {
    key_of(title): column for column, titles in _TITLES.items() for title in titles.split("/")
}
# "册数", "题目数量", "Number of hours": a quantity whose title is its unit.
_COUNT_OF = re.compile(
    r"(?:number of|no\.? of|#)\s*(?P<en>.+)|(?P<zh>.+?)(?:数|数量|总数|量)", re.IGNORECASE
)
_HINT = re.compile(r"^(?P<base>.*?)\s*[(\[{/:](?P<hint>[^()\[\]{}]*)[)\]}]?\s*$")
_COUNTED = frozenset({Column.QUANTITY, Column.SIZE, Column.TOKENS})


@dataclass(frozen=True, slots=True)
class HeadColumn:
    """A column that is understood; a counted one with what its title says of the numbers."""

    index: int
    title: str
    column: Column
    multiplier: int = 1
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a list: where it stands, its columns, and what was noticed."""

    row: int
    columns: tuple[HeadColumn, ...]
    findings: tuple[Finding, ...]

    def has(self, column: Column) -> bool:
        """Whether the list has such a column."""
        return any(head.column == column for head in self.columns)


def find_head(rows: Sequence[GridRow]) -> Head:
    """
    Find the head among the first rows of a list: the row that is understood best.

    Raises
    ------
    ImportRefused
        If no row names a column of names.
    """
    heads = [(row, _columns(row)) for row in rows]
    usable = [(row, columns) for row, columns in heads if _names_something(columns)]
    if not usable:
        raise ImportRefused(
            "No row among the first %(rows)s is the head of a list: one that says which column "
            "holds the names. Call that column “name” or “名称”.",
            rows=HEAD_ROWS,
        )
    row, columns = max(usable, key=lambda pair: len({c.column for c in pair[1]}))
    kept: dict[Column, HeadColumn] = {}
    findings = []
    above = sum(not other.is_blank for other in rows if other.number < row.number)
    if above:
        findings.append(finding("rows_above_head", row=row.number, rows=above))
    for head in columns:
        if head.column in kept:
            findings.append(
                finding("column_repeated", row=row.number, column=head.title, title=head.title)
            )
        else:
            kept[head.column] = head
    understood = {head.index for head in columns}
    findings += [
        finding("column_unused", row=row.number, column=title, title=title)
        for index, title in enumerate(_titles(row))
        if title and index not in understood
    ]
    return Head(row.number, tuple(kept.values()), tuple(findings))


def _names_something(columns: Sequence[HeadColumn]) -> bool:
    return any(c.column in {Column.NAME, Column.NAME_ZH, Column.NAME_EN} for c in columns)


def _titles(row: GridRow) -> list[str]:
    return [one_line(clean(_text(cell))) for cell in row.cells]


def _text(cell: Cell) -> str:
    if isinstance(cell, MergedCell):
        return cell.text
    return cell if isinstance(cell, str) else ""


def _columns(row: GridRow) -> list[HeadColumn]:
    return [
        head
        for index, title in enumerate(_titles(row))
        if title and (head := read_title(title, index)) is not None
    ]


def read_title(title: str, index: int = 0) -> HeadColumn | None:
    """
    Return what a column's title means, None where it means nothing to us.

    >>> read_title("数量（万本）")
    HeadColumn(index=0, title='数量（万本）', column=<Column.QUANTITY: 'quantity'>, \
multiplier=10000, unit='本')
    """
    plain = amounts.normalise(title).strip("*: ")
    if (column := _BY_TITLE.get(key_of(plain))) is not None:
        return HeadColumn(index, title, column)
    if (match := _HINT.match(plain)) and (column := _BY_TITLE.get(key_of(match["base"]))):
        if column not in _COUNTED:
            return HeadColumn(index, title, column)
        multiplier, unit = _read_hint(match["hint"], column)
        return HeadColumn(index, title, column, multiplier, unit)
    match = _COUNT_OF.fullmatch(plain)
    unit = match and (match["en"] or match["zh"])
    if unit and words.unit_of(unit) is not None:
        return HeadColumn(index, title, Column.QUANTITY, unit=unit)
    return None


def _read_hint(hint: str, column: Column) -> tuple[int, str | None]:
    """Return the factor and the unit that stand in brackets behind a title: 万本, GB, B."""
    text = hint.strip()
    try:
        if column == Column.SIZE:
            return int(amounts.parse_bytes(f"1{text}").value), None
        amount = amounts.parse_amount(f"1{text}")
    except amounts.AmountError:
        return 1, text or None
    return int(amount.value), amount.unit or None
