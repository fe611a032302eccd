"""What the title of a column means, and what unit and scale it carries."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from app.catalog.importers import amounts, words
from app.catalog.importers.texts import key_of


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
_LONGEST = max(len(title) for titles in _TITLES.values() for title in titles.split("/"))
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


def is_title(text: str) -> bool:
    """Whether a text is exactly a column's title, without a look at hints in brackets."""
    return len(text) <= _LONGEST and key_of(text) in _BY_TITLE


def read_titles(group: str, title: str, index: int = 0) -> HeadColumn | None:
    """
    Return what a title below the title of a group means: 名称 over 中文, 规模 over 万本.

    >>> read_titles("名称", "中文").column, read_titles("规模", "单位").column
    (<Column.NAME_ZH: 'name_zh'>, <Column.UNIT: 'unit'>)
    >>> read_titles("规模", "万本").unit, read_titles("数量", "价格")
    ('本', None)
    """
    shown = f"{group} / {title}"
    if alone := read_title(title, index):
        return replace(alone, title=shown)
    if (column := _BY_TITLE.get(key_of(group + title))) is not None:
        return HeadColumn(index, shown, column)
    both = read_title(f"{group}({title})", index)
    if both is None or both.column not in _COUNTED:
        return None
    is_unit = both.unit is not None and _is_unit(both.unit)
    is_scale = both.unit is None and both.multiplier != 1
    return replace(both, title=shown) if is_unit or is_scale else None


def _is_unit(word: str) -> bool:
    return words.unit_of(word) is not None or key_of(word) in words.TOKEN_WORDS
