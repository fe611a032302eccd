"""
The words of the portal, one per idea, in both languages: the glossary page and docs/glossary.md.

`python -m app.catalog.words.glossary > docs/glossary.md` writes the document; a test compares the
two.
"""

import sys
from dataclasses import dataclass

from app.catalog.words.labels import Label


@dataclass(frozen=True)
class Entry:
    """A word and what it means here."""

    code: str
    term: Label
    meaning: Label


@dataclass(frozen=True)
class Group:
    """Words that belong together."""

    code: str
    title: Label
    entries: tuple[Entry, ...]


def _entry(code: str, zh: str, en: str, meaning_zh: str, meaning_en: str) -> Entry:
    return Entry(code, Label(zh, en), Label(meaning_zh, meaning_en))


GROUPS: tuple[Group, ...] = (
    Group(
        "catalogue",
        Label("数据目录", "The catalogue"),
        (
            _entry(
                "dataset",
                "数据集",
                "dataset",
                "目录中的一个条目。数据集可以有子集，子集本身也是数据集。",
                "An entry of the catalogue. It may have subsets, which are datasets of their own.",
            ),
            _entry(
                "provider",
                "供应商",
                "provider",
                "发布或出售数据集的机构。",
                "The organisation that publishes or sells a dataset.",
            ),
            _entry(
                "quantity",
                "数量",
                "quantity",
                "以原始单位计的数目（本、篇、道题、组对话、小时、张图、条序列、字节等），并附出处。",
                "A count in a native unit (book, article, question, dialogue, hour, image, "
                "sequence, byte and so on), with its source.",
            ),
            _entry(
                "assumed_unit",
                "推定单位",
                "assumed unit",
                "原文只给数字、未写单位时，由我们推定的单位。在有人确认之前一律标为推定，"
                "由它得出的估计同样标注。",
                "Our guess where the source prints a number without its unit. It is marked as "
                "assumed until a person confirms it, and so is every estimate that rests on it.",
            ),
            _entry(
                "category",
                "类别",
                "category",
                "数据内容的种类，如图书、网页、代码；每类有固定的颜色。",
                "What kind of content a dataset has, such as books, web or code; each has a fixed "
                "colour.",
            ),
            _entry(
                "modality",
                "模态",
                "modality",
                "数据的形态：文本、代码、音频、图像等。",
                "The form of the data: text, code, audio, images and so on.",
            ),
            _entry(
                "stated_licence",
                "声明的许可证",
                "stated licence",
                "出处所写的许可证。我们只转述声明，不判断其是否有效；没有声明的按最严格处理。",
                "The licence that a source names. We report the statement and do not say that it "
                "holds; where nothing is stated the strictest class applies.",
            ),
            _entry(
                "anomaly",
                "异常",
                "anomaly",
                "出处本身的问题：漏写单位、名称错乱、重复的行、同一文档里自相矛盾的数字等。",
                "Something wrong in a source itself: a missing unit, a garbled name, a line "
                "printed twice, figures that contradict each other.",
            ),
        ),
    ),
    Group(
        "tokens",
        Label("词元", "Tokens"),
        (
            _entry(
                "token_estimate",
                "词元估计",
                "token estimate",
                "某数据集在指定分词器下的去重词元数，以低、中、高三个数给出，并写明方法与出处。",
                "Unique tokens of a dataset for a named tokenizer, as low, mid and high, with its "
                "method and source.",
            ),
            _entry(
                "method",
                "方法",
                "method",
                "估计的来历，按优先顺序：实测、公布、供应商声明、换算。",
                "How an estimate came about, best first: measured, published, stated by the "
                "vendor, converted.",
            ),
            _entry(
                "conversion",
                "换算",
                "conversion",
                "数量 × 每单位词元数 × 该语言相对英语的系数；或未压缩的字节数 ÷ 每词元字节数。",
                "Quantity × tokens per unit × what the language costs against English; or "
                "uncompressed bytes ÷ bytes per token.",
            ),
            _entry(
                "prior",
                "换算系数",
                "conversion prior",
                "没有词元数的数据，每单位折合多少词元；附出处、等级与区间。管理员可以修改，"
                "相关估计随即重算。",
                "Tokens per one unit of data that has no count of its own, with source, grade and "
                "range. Administrators edit it, and every estimate that rests on it is derived "
                "again.",
            ),
            _entry(
                "premium",
                "语言系数",
                "language premium",
                "同一内容用某语言书写时的词元数 ÷ 用英语书写时的词元数，因分词器而异。",
                "Tokens of a text in a language ÷ tokens of the same text in English; it differs "
                "by tokenizer.",
            ),
            _entry(
                "spread",
                "区间",
                "spread",
                "低与高之间的范围，指合理均值的范围，而非单个条目的范围。不知道时写明“无区间”。",
                "The range between low and high: of plausible means, not of single items. Where it "
                "is not known the page says “no spread”.",
            ),
            _entry(
                "no_estimate",
                "无估计",
                "no estimate",
                "没有数量，或没有可用于换算的系数。排序在最后，从不按零计算。",
                "There is no number, or nothing to convert it with. It sorts last and never counts "
                "as zero.",
            ),
            _entry(
                "claim",
                "说法",
                "claim",
                "某一出处给出的数字。出处不一致时全部列出，不取平均。",
                "A figure that one source gives. Where sources disagree all are shown and none is "
                "averaged.",
            ),
            _entry(
                "grade",
                "等级",
                "grade",
                "出处的可靠程度：A 一手资料，B 一手资料的副本，C 二手资料，"
                "V 供应商声明，- 由本目录计算。",
                "How close a source is to the fact: A primary text, B a copy of it, C secondary, "
                "V a vendor's claim, - computed here.",
            ),
        ),
    ),
    Group(
        "planning",
        Label("配比与训练", "Mixtures and training"),
        (
            _entry(
                "mixture",
                "配比方案",
                "mixture",
                "由一个或多个阶段组成、使用一种分词器的训练数据方案。",
                "A plan of training data with one or more phases and one named tokenizer.",
            ),
            _entry(
                "phase",
                "阶段",
                "phase",
                "训练中的一段，有自己的词元预算和权重。",
                "A stretch of training with its own token budget and its own weights.",
            ),
            _entry(
                "component",
                "成分",
                "component",
                "某阶段中的一个数据集及其权重。",
                "A dataset in a phase, with its weight.",
            ),
            _entry(
                "weight",
                "权重",
                "weight",
                "人填写的数，不必归一。",
                "What a person types; it need not be normalised.",
            ),
            _entry(
                "ratio",
                "占比",
                "ratio",
                "权重 ÷ 权重之和，即训练词元中的份额。",
                "Weight ÷ sum of weights: the share of training tokens.",
            ),
            _entry(
                "token_budget",
                "词元预算",
                "token budget",
                "某阶段要训练的词元数，重复计入。",
                "Training tokens wanted in a phase, repeats counted.",
            ),
            _entry(
                "epochs",
                "遍数",
                "epochs",
                "从某成分取用的词元数 ÷ 它的去重词元数。",
                "Tokens drawn from a component ÷ its unique tokens.",
            ),
            _entry(
                "recipe",
                "公开配方",
                "recipe",
                "已发表的配比，如 The Pile、LLaMA-1、OLMo 2。",
                "A published mixture, such as The Pile, LLaMA-1 or OLMo 2.",
            ),
        ),
    ),
    Group(
        "quotes",
        Label("询价", "Quotes"),
        (
            _entry(
                "vendor",
                "数据供应商",
                "vendor",
                "会答复询价的供应商。",
                "A provider that answers requests for quotation.",
            ),
            _entry(
                "rfq",
                "询价单",
                "request for quotation",
                "向供应商提出的询价，含若干标段，每个标段为一项任务。",
                "What vendors are asked to price. It has lots of one task each.",
            ),
            _entry(
                "lot",
                "标段",
                "lot",
                "询价单中的一项任务。",
                "One task of a request for quotation.",
            ),
            _entry(
                "quote",
                "报价",
                "quote",
                "一家供应商对一份询价单的答复。",
                "One vendor's answer to a request for quotation.",
            ),
            _entry(
                "award",
                "授标",
                "award",
                "赢得某标段的那一行报价。",
                "The one line of a quote that wins a lot.",
            ),
        ),
    ),
    Group(
        "people",
        Label("组织与人员", "People"),
        (
            _entry(
                "organisation",
                "组织",
                "organisation",
                "人员所属的机构：运行本门户的团队，或一家数据供应商。",
                "Whom a person belongs to: the team that runs this portal, or a vendor.",
            ),
            _entry(
                "team_only",
                "仅团队可见",
                "team only",
                "来自合同或授标的数据集，只有团队成员知道它存在。",
                "A dataset that came from a contract or an award; only members of the team know "
                "that it exists.",
            ),
        ),
    ),
)


def as_markdown() -> str:
    """Return the glossary as the document docs/glossary.md."""
    lines = [
        "# Glossary 术语表",
        "",
        "One word per idea; also at `/glossary`. Made by `python -m app.catalog.words.glossary`.",
    ]
    for group in GROUPS:
        lines += ["", f"## {group.title.en} {group.title.zh}", ""]
        lines += ["| word | 中文 | meaning | 释义 |", "|---|---|---|---|"]
        lines += [
            f"| **{entry.term.en}** | {entry.term.zh} | {entry.meaning.en} | {entry.meaning.zh} |"
            for entry in group.entries
        ]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.stdout.write(as_markdown())
