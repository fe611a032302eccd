"""The closed list of units that a quantity may have, with their words in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """
    A native unit.

    Chinese counts with a measure word after the number: `measure_zh` completes "250万" to
    "250万本", and `name_zh` names the unit alone, in a table head or a form.
    """

    code: str
    name_zh: str
    measure_zh: str
    singular_en: str
    plural_en: str

    def after_number(self, locale: str, *, is_one: bool = False) -> str:
        """
        Return what follows a number of this unit in `zh` or `en`.

        >>> UNITS["book"].after_number("zh"), UNITS["book"].after_number("en", is_one=True)
        ('本', 'book')
        """
        if locale.startswith("zh"):
            return self.measure_zh
        return self.singular_en if is_one else self.plural_en

    def name(self, locale: str) -> str:
        """Return the unit's name alone in `zh` or `en`."""
        return self.name_zh if locale.startswith("zh") else self.singular_en


UNITS: dict[str, Unit] = {
    unit.code: unit
    for unit in (
        Unit("abstract", "摘要", "篇摘要", "abstract", "abstracts"),
        Unit("article", "文章", "篇", "article", "articles"),
        Unit("book", "图书", "本", "book", "books"),
        Unit("page", "页", "页", "page", "pages"),
        Unit("web_page", "网页", "个网页", "web page", "web pages"),
        Unit("document", "文档", "份文档", "document", "documents"),
        Unit("patent", "专利", "件专利", "patent", "patents"),
        Unit("question", "题目", "道题", "question", "questions"),
        Unit(
            "question_with_solution",
            "带解析的题目",
            "道带解析的题",
            "question with a worked answer",
            "questions with worked answers",
        ),
        Unit("qa_pair", "问答对", "个问答对", "question-answer pair", "question-answer pairs"),
        Unit("thread", "帖子", "个帖子", "thread", "threads"),
        Unit("dialogue", "对话", "组对话", "dialogue", "dialogues"),
        Unit("script", "剧本", "部剧本", "script", "scripts"),
        Unit("subtitle_file", "字幕文件", "个字幕文件", "subtitle file", "subtitle files"),
        Unit("hour", "小时", "小时", "hour", "hours"),
        Unit("image", "图像", "张图", "image", "images"),
        Unit("image_text_pair", "图文对", "个图文对", "image-text pair", "image-text pairs"),
        Unit("diagram", "图", "幅图", "diagram", "diagrams"),
        Unit("sequence", "序列", "条序列", "sequence", "sequences"),
        Unit(
            "nucleic_acid_sequence",
            "核酸序列",
            "条核酸序列",
            "nucleic-acid sequence",
            "nucleic-acid sequences",
        ),
        Unit(
            "protein_sequence",
            "蛋白质序列",
            "条蛋白质序列",
            "protein sequence",
            "protein sequences",
        ),
        Unit("base", "碱基", "个碱基", "base", "bases"),
        Unit("structure", "结构", "个结构", "structure", "structures"),
        Unit("pathway", "通路", "条通路", "pathway", "pathways"),
        Unit("compound", "化合物", "个化合物", "compound", "compounds"),
        Unit("reaction", "反应", "个反应", "reaction", "reactions"),
        Unit("spectrum", "谱图", "张谱图", "spectrum", "spectra"),
        Unit("trial", "临床试验", "项试验", "trial", "trials"),
        Unit("record", "记录", "条记录", "record", "records"),
        Unit("entry", "条目", "条", "entry", "entries"),
        Unit("row", "数据行", "行", "row", "rows"),
        Unit("line", "文本行", "行", "line", "lines"),
        Unit("file", "文件", "个文件", "file", "files"),
        Unit("repository", "代码库", "个代码库", "repository", "repositories"),
        Unit("word", "单词", "个词", "word", "words"),
        Unit("character", "字符", "字", "character", "characters"),
        Unit("byte", "字节", "字节", "byte", "bytes"),
    )
}


def is_unit(code: str) -> bool:
    """Return whether `code` is one of the units."""
    return code in UNITS
