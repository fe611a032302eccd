"""The words that lists use for units, categories, languages and modalities, in two languages."""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from app.catalog.importers.texts import key_of
from app.catalog.words.labels import MODALITIES
from app.catalog.words.units import UNITS

_UNIT_WORDS = {
    "book": "本 册 本书 册书 本图书 册图书 种图书 volume volumes title titles ebook ebooks 电子书",
    "article": "篇 篇文章 篇论文 篇文献 paper papers journal papers 论文 文献",
    "page": "页 页面 p pages",
    "web_page": "网页 个网页 webpage webpages 网页数",
    "document": "份 份文档 个文档 文档 docs doc 文档数",
    "patent": "件 件专利 项专利 专利",
    "question": "题 道 道题 道题目 题目 试题 problem problems exercise exercises",
    "qa_pair": "问答对 个问答对 对问答 qa qas qapairs qapair",
    "dialogue": "组对话 轮对话 个对话 段对话 对话 dialog dialogs conversation conversations",
    "hour": "小时 h hr hrs 个小时 小时数 时长",
    "image": "张 张图 张图片 幅图像 图片 图像 images picture pictures photo photos",
    "image_text_pair": "图文对 个图文对 对图文 imagetextpairs",
    "sequence": "条序列 序列",
    "compound": "个化合物 化合物 种化合物",
    "reaction": "条反应 个反应 反应",
    "record": "条记录 条数据 记录 个记录 records sample samples 样本 个样本 条样本 例",
    "entry": "条 条目 词条 个条目 entries",
    "row": "行 行数据 rows examples example",
    "line": "文本行 lines",
    "file": "个文件 文件 files",
    "repository": "个仓库 代码库 仓库 repos repo repositories",
    "word": "词 个词 单词 words",
    "character": "字 汉字 个字 字符 chars char characters 字数",
    "byte": "字节 bytes",
    "thread": "个帖子 帖子 帖 posts",
    "abstract": "篇摘要 摘要 abstracts",
    "structure": "个结构 结构",
    "spectrum": "张谱图 谱图",
    "trial": "项试验 临床试验",
    "script": "部剧本 剧本",
    "subtitle_file": "字幕文件 个字幕文件",
}
# What counts anything is a unit only where the category says of what: 件 also counts judgments.
_OF_CATEGORY = {"件": {"patents": "patent"}}
TOKEN_WORDS = frozenset(
    key_of(word) for word in ("token", "tokens", "词元", "个词元", "个token", "个tokens", "tok")
)
_MINUTE_WORDS = frozenset(key_of(word) for word in ("分钟", "minute", "minutes", "min", "mins"))
MINUTES_PER_HOUR = 60

_CATEGORY_WORDS = {
    "web": "网页 网络 互联网 通用网页 crawl commoncrawl internet",
    "books": "图书 书籍 电子书 book ebook literature",
    "code": "代码 源代码 编程 programming source code",
    "academic": "学术 论文 期刊 文献 science papers journals papers research",
    "legal": "法律 法规 司法 裁判文书 law court parliament",
    "qa": "问答 论坛 社区 forum q&a qa community",
    "patents": "专利 patent",
    "encyclopedia": "百科 百科全书 wiki wikipedia encyclopaedia",
    "dialogue": "对话 多轮对话 剧本 邮件 聊天 conversation chat",
    "maths": "数学 math mathematics",
    "education": "教育 教材 题库 试题 教育题库 exam textbooks",
    "news": "新闻 资讯",
    "social": "社交 社交媒体 微博 social",
    "instruction": "指令 指令微调 sft instructions",
    "reasoning": "推理 思维链 cot",
    "speech": "语音 音频 audio",
    "multimodal": "图文 多模态 图像 图片 images vision",
    "science": "科学 医药 医学 medical medicine",
    "biology": "生物 生物数据 biological",
    "pharmacy": "药学 医药数据 药学数据 drug pharmaceutical",
    "chemistry": "化学 化学数据 chemical",
    "materials": "材料 材料数据 material",
    "medical-devices": "医疗器械 器械",
    "mixed": "综合 混合 其他 其它 通用 general other misc",
}

_LANGUAGE_WORDS = {
    "zh": "中文 汉语 中国语 chinese 普通话 华语",
    "zh-Hans": "简体中文 简体 简中 simplified chinese 中文简体",
    "zh-Hant": "繁体中文 繁体 繁中 traditional chinese 中文繁体",
    "yue": "粤语 cantonese",
    "en": "英文 英语 english",
    "ja": "日文 日语 japanese",
    "ko": "韩文 韩语 korean",
    "fr": "法文 法语 french",
    "de": "德文 德语 german",
    "es": "西班牙文 西班牙语 spanish",
    "pt": "葡萄牙文 葡萄牙语 portuguese",
    "ru": "俄文 俄语 russian",
    "ar": "阿拉伯文 阿拉伯语 arabic",
    "it": "意大利文 意大利语 italian",
    "vi": "越南文 越南语 vietnamese",
    "th": "泰文 泰语 thai",
    "id": "印尼文 印尼语 印度尼西亚语 indonesian",
    "hi": "印地文 印地语 hindi",
    "bo": "藏文 藏语 tibetan",
    "ug": "维吾尔文 维吾尔语 uyghur",
    "mn": "蒙古文 蒙古语 mongolian",
    "mul": "多语种 多语言 多语 multilingual 多种语言",
}
# "中英" and the like, which stand without a separator.
_LANGUAGE_PAIRS = {
    "中英": ("zh", "en"),
    "中英文": ("zh", "en"),
    "中英双语": ("zh", "en"),
    "中日": ("zh", "ja"),
    "英中": ("en", "zh"),
}
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?")
_SEPARATORS = re.compile(r"[,，、;；/|+&\n]|\s+和\s*|\s+and\s+|\s{2,}")

_MODALITY_WORDS = {
    "text": "文本 文字 纯文本 语料 texts",
    "code": "代码 源代码",
    "document": "文档 文件 pdf documents",
    "audio": "音频 语音 speech 声音",
    "image": "图像 图片 images picture pictures",
    "image_and_text": "图文 图文对 图像文本 多模态 multimodal",
    "table": "表格 结构化 结构化数据 tabular tables",
    "graph": "图谱 知识图谱 knowledge graph",
    "video": "视频 videos",
    "biological_sequence": "序列 生物序列 sequences",
    "chemical_structure": "化学结构 分子",
    "structure_3d": "三维 三维结构 3d",
    "spectrum": "谱图 光谱",
    "software": "软件",
    "text_and_code": "文本与代码 文本和代码",
}

_VISIBILITY_WORDS = {
    "public": "public 公开 开放 open 所有人",
    "team": "team 团队 内部 private 私有 不公开 internal 仅团队",
}


def _index(words: Mapping[str, str], names: Iterable[tuple[str, str]] = ()) -> dict[str, str]:
    """Return the code by every spelling; of a code itself too."""
    found = {key_of(name): code for code, name in names}
    found |= {key_of(word): code for code, text in words.items() for word in text.split()}
    return found | {key_of(code): code for code in words}


@cache
def _units() -> dict[str, str]:
    names = [
        (code, name)
        for code, unit in UNITS.items()
        for name in (code, unit.name_zh, unit.measure_zh, unit.singular_en, unit.plural_en)
    ]
    return _index(_UNIT_WORDS, names) | {key_of(code): code for code in UNITS}


_CATEGORIES = _index(_CATEGORY_WORDS)
_LANGUAGES = _index(_LANGUAGE_WORDS) | {
    key_of("simplified chinese"): "zh-Hans",
    key_of("traditional chinese"): "zh-Hant",
}
_MODALITIES = _index(
    _MODALITY_WORDS,
    [(code, text) for code, label in MODALITIES.items() for text in (code, label.zh, label.en)],
)
_VISIBILITIES = _index(_VISIBILITY_WORDS)


def unit_of(word: str, category: str | None = None) -> str | None:
    """
    Return the unit that a word means, in a dataset of a category where that decides.

    >>> unit_of("本"), unit_of("(册)"), unit_of("Hours"), unit_of("箱")
    ('book', 'book', 'hour', None)
    >>> unit_of("件", "patents"), unit_of("件", "legal")
    ('patent', None)
    """
    key = key_of(word)
    if category is not None and key in _OF_CATEGORY:
        return _OF_CATEGORY[key].get(category)
    return _units().get(key)


def is_minutes(word: str) -> bool:
    """Whether a word means minutes, which are counted in hours here."""
    return key_of(word) in _MINUTE_WORDS


def category_of(word: str, known: frozenset[str]) -> str | None:
    """Return the category of the catalogue that a word means."""
    if word in known:
        return word
    code = _CATEGORIES.get(key_of(word)) or _CATEGORIES.get(key_of(word).removesuffix("数据"))
    return code if code in known else None


def languages_of(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """
    Return the languages that a text names, and the words that name none.

    >>> languages_of("中文、英文"), languages_of("中英"), languages_of("pt-br; Klingon")
    ((('zh', 'en'), ()), (('zh', 'en'), ()), (('pt-BR',), ('Klingon',)))
    """
    known: list[str] = []
    unknown: list[str] = []
    for word in map(str.strip, _SEPARATORS.split(text)):
        if pair := _LANGUAGE_PAIRS.get(word):
            known += pair
        elif code := _LANGUAGES.get(key_of(word)):
            known.append(code)
        elif _TAG.fullmatch(word):
            known.append(language_tag(word))
        elif word:
            unknown.append(word)
    return tuple(dict.fromkeys(known)), tuple(unknown)


def language_tag(tag: str) -> str:
    """
    Return a language tag in its usual case.

    >>> language_tag("ZH-hans-cn")
    'zh-Hans-CN'
    """
    head, *rest = tag.split("-")
    script = 4
    parts = [part.title() if len(part) == script else part.upper() for part in rest]
    return "-".join([head.lower(), *parts])


def is_language_tag(text: str) -> bool:
    """Whether a text has the form of a language tag."""
    return _TAG.fullmatch(text) is not None


def modality_of(word: str) -> str | None:
    """Return the modality that a word means."""
    return _MODALITIES.get(key_of(word))


def visibility_of(word: str) -> str | None:
    """Return `public` or `team`."""
    return _VISIBILITIES.get(key_of(word))
