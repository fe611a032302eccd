"""The words of the catalogue's closed lists in both languages."""

from typing import NamedTuple

from app.catalog.models.estimates import EstimateMethod, NoEstimateReason
from app.catalog.models.licences import LicenceClass
from app.catalog.models.quantities import ByteContent


class Label(NamedTuple):
    """A word or sentence in both languages."""

    zh: str
    en: str

    def text(self, locale: str) -> str:
        """Return the label in `zh` or `en`."""
        return self.zh if locale.startswith("zh") else self.en


MODALITIES: dict[str, Label] = {
    "text": Label("文本", "Text"),
    "text_and_code": Label("文本与代码", "Text and code"),
    "code": Label("代码", "Code"),
    "document": Label("文档", "Documents"),
    "audio": Label("音频", "Audio"),
    "image": Label("图像", "Images"),
    "image_and_text": Label("图文", "Images and text"),
    "image_or_table": Label("图像或表格", "Images or tables"),
    "table": Label("表格", "Tables"),
    "graph": Label("图谱", "Graphs"),
    "biological_sequence": Label("生物序列", "Biological sequences"),
    "chemical_structure": Label("化学结构", "Chemical structures"),
    "structure_3d": Label("三维结构", "3D structures"),
    "spectrum": Label("谱图", "Spectra"),
    "software": Label("软件", "Software"),
    "video": Label("视频", "Video"),
}

MODALITY_BASES: dict[str, Label] = {
    "stated": Label("原文注明", "stated"),
    "stated_by_heading": Label("由标题注明", "stated by the heading"),
    "inferred": Label("推断", "inferred"),
}

LICENCE_CLASSES: dict[LicenceClass, Label] = {
    LicenceClass.OPEN: Label("已声明，开放", "Stated, open"),
    LicenceClass.CUSTOM: Label("自定义条款", "Custom terms"),
    LicenceClass.NON_COMMERCIAL: Label("非商业", "Non-commercial"),
    LicenceClass.PER_SOURCE: Label("按来源各异", "Per source"),
    LicenceClass.CONTRACT: Label("合同约定", "By contract"),
    LicenceClass.UNKNOWN: Label("未声明", "Not stated"),
}

METHODS: dict[EstimateMethod, Label] = {
    EstimateMethod.MEASURED: Label("实测", "measured"),
    EstimateMethod.PUBLISHED: Label("公布", "published"),
    EstimateMethod.STATED: Label("供应商声明", "stated"),
    EstimateMethod.CONVERTED: Label("换算", "converted"),
}

NO_ESTIMATE: dict[NoEstimateReason, Label] = {
    NoEstimateReason.NOT_DATA: Label("所列为工具，不是数据", "Tools, not data"),
    NoEstimateReason.NO_QUANTITY: Label("未公布数量", "No quantity is published"),
    NoEstimateReason.PARTS_ONLY: Label(
        "只公布了部分内容的词元数", "Tokens are published for parts only"
    ),
    NoEstimateReason.UNIT_NOT_STATED: Label("单位未注明", "The unit is not stated"),
    NoEstimateReason.NO_PRIOR: Label(
        "该单位没有可用的换算系数", "No tokens per unit are known for this unit"
    ),
    NoEstimateReason.PRIOR_OF_OTHER_CATEGORY: Label(
        "该单位的换算系数只适用于其他类别的数据",
        "Tokens per unit are known only for other kinds of data",
    ),
    NoEstimateReason.OTHER_TOKENIZER: Label(
        "已知的换算系数不适用于文本分词器",
        "The known tokens per unit are not of a text tokenizer",
    ),
    NoEstimateReason.NO_LENGTH: Label(
        "序列长度未公布", "The length of the sequences is not published"
    ),
    NoEstimateReason.NO_PREMIUM: Label(
        "该语言相对英语的词元系数没有实测值",
        "The language was not measured against English",
    ),
    NoEstimateReason.LANGUAGE_NOT_STATED: Label("语言未注明", "The language is not stated"),
    NoEstimateReason.LANGUAGE_MIXED: Label(
        "多种语言合计，未给出各自占比", "Several languages in one size, shares not stated"
    ),
    NoEstimateReason.NO_MEASURED_TEXT: Label(
        "没有该语言或该类文本的每词元字节数实测值",
        "Bytes per token were not measured for this language or kind of text",
    ),
    NoEstimateReason.BYTES_COMPRESSED: Label(
        "只有压缩后的字节数，需实测", "Only compressed bytes are published; needs a measurement"
    ),
    NoEstimateReason.BYTES_NOT_STATED: Label(
        "仅有字节数，未注明是否压缩，需实测",
        "Only bytes are published, compression not stated; needs a measurement",
    ),
    NoEstimateReason.TOO_LARGE: Label(
        "换算结果大得不可能是词元数", "The result is too large to be a count of tokens"
    ),
}

BYTE_CONTENTS: dict[ByteContent, Label] = {
    ByteContent.TEXT: Label("未压缩的文本", "uncompressed text"),
    ByteContent.CODE: Label("未压缩的代码", "uncompressed code"),
    ByteContent.MARKUP: Label("未压缩的标记文本或公式", "uncompressed markup or formulas"),
    ByteContent.MIXED: Label("未压缩的混合内容", "uncompressed mixed content"),
    ByteContent.COMPRESSED: Label("压缩文件", "compressed files"),
    ByteContent.IDS: Label("词元编号", "token ids"),
}

VERDICTS: dict[str, Label] = {
    "correct": Label("属实", "correct"),
    "name_differs": Label("属实，名称有出入", "correct, names differ"),
    "unit_slip": Label("单位有误", "unit slip"),
    "contradicted": Label("与公布数据矛盾", "contradicted"),
}

OVERLAPS: dict[str, Label] = {
    "derived_from": Label("源自", "derived from"),
    "contains": Label("包含", "contains"),
    "may_overlap": Label("可能重叠", "may overlap"),
}

GRADES: dict[str, Label] = {
    "A": Label("一手资料", "primary text"),
    "B": Label("一手表格的副本", "copy of the primary text"),
    "C": Label("二手资料", "secondary"),
    "V": Label("供应商声明", "vendor's claim"),
    "-": Label("由本目录计算", "computed here"),
}

PRIOR_GRADES: dict[str, Label] = {
    "measured": Label("实测", "measured"),
    "published": Label("公布", "published"),
    "judgement": Label("判断", "judgement"),
}
