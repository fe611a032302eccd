"""The words of requests and quotes: tasks, units, metrics, states and terms, in both languages."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.catalog.words.labels import Label
from app.catalog.words.units import Unit as Measure
from app.quotes.state import InvitationState, LotOutcome, QuoteState, RfqState
from app.quotes.vocabulary import (
    Allowed,
    Confidentiality,
    FileRole,
    InvoiceType,
    MeasuredOn,
    Metric,
    Modality,
    Owner,
    PersonalData,
    PriceBasis,
    Sampler,
    Task,
    TierKind,
    Unit,
    Workplace,
)
from app.web.i18n import current_locale

UNITS: dict[Unit, Measure] = {
    Unit.ITEM: Measure("item", "条", "条", "item", "items"),
    Unit.QUESTION: Measure("question", "题", "道题", "question", "questions"),
    Unit.DIALOGUE: Measure("dialogue", "对话", "组对话", "dialogue", "dialogues"),
    Unit.TURN: Measure("turn", "轮", "轮", "turn", "turns"),
    Unit.PAIR: Measure("pair", "对", "对", "pair", "pairs"),
    Unit.DOCUMENT: Measure("document", "文档", "份文档", "document", "documents"),
    Unit.PAGE: Measure("page", "页", "页", "page", "pages"),
    Unit.WORD: Measure("word", "词", "词", "word", "words"),
    Unit.THOUSAND_CHARACTERS: Measure(
        "thousand_characters", "千字", "千字", "thousand characters", "thousand characters"
    ),
    Unit.IMAGE: Measure("image", "图", "张图", "image", "images"),
    Unit.IMAGE_TEXT_PAIR: Measure(
        "image_text_pair", "图文对", "个图文对", "image-text pair", "image-text pairs"
    ),
    Unit.FRAME: Measure("frame", "帧", "帧", "frame", "frames"),
    Unit.BOX: Measure("box", "框", "个框", "box", "boxes"),
    Unit.MASK: Measure("mask", "掩码", "个掩码", "mask", "masks"),
    Unit.SEGMENT: Measure("segment", "段", "段", "segment", "segments"),
    Unit.UTTERANCE: Measure("utterance", "语句", "句", "utterance", "utterances"),
    Unit.EFFECTIVE_HOUR: Measure(
        "effective_hour", "有效小时", "有效小时", "effective hour", "effective hours"
    ),
    Unit.RAW_HOUR: Measure("raw_hour", "原始小时", "原始小时", "raw hour", "raw hours"),
    Unit.MINUTE: Measure("minute", "分钟", "分钟", "minute", "minutes"),
    Unit.PERSON_HOUR: Measure("person_hour", "人时", "人时", "person-hour", "person-hours"),
}
LABEL_UNIT = Measure("label", "标注", "个标注", "label", "labels")

MODALITIES: dict[Modality, Label] = {
    Modality.TEXT: Label("文本", "Text"),
    Modality.IMAGE: Label("图像", "Images"),
    Modality.AUDIO: Label("音频", "Audio"),
    Modality.VIDEO: Label("视频", "Video"),
    Modality.THREE_D: Label("三维", "3D"),
    Modality.MULTIMODAL: Label("多模态", "Multimodal"),
    Modality.CODE: Label("代码", "Code"),
}
TASKS: dict[Task, Label] = {
    Task.SFT_WRITING: Label("指令数据撰写", "Writing for instruction tuning"),
    Task.PREFERENCE_RANKING: Label("偏好排序", "Preference ranking"),
    Task.MULTI_TURN_DIALOGUE: Label("多轮对话", "Multi-turn dialogue"),
    Task.CAPTIONING: Label("内容描述", "Captioning"),
    Task.IMAGE_TEXT_QA: Label("图文问答", "Image-text questions and answers"),
    Task.OCR: Label("文字识别（OCR）", "OCR"),
    Task.TRANSCRIPTION: Label("语音转写", "Transcription"),
    Task.NER: Label("命名实体标注", "Named entities"),
    Task.CLASSIFICATION: Label("分类", "Classification"),
    Task.BOUNDING_BOXES: Label("拉框", "Bounding boxes"),
    Task.MASKS: Label("分割掩码", "Segmentation masks"),
    Task.KEYPOINTS: Label("关键点", "Keypoints"),
    Task.TRANSLATION: Label("翻译", "Translation"),
    Task.RED_TEAMING: Label("红队测试", "Red-teaming"),
    Task.EVALUATION: Label("模型评测", "Evaluation of models"),
    Task.COLLECTION: Label("数据采集", "Collection"),
    Task.CODE_WRITING: Label("代码撰写", "Writing code"),
    Task.REASONING_STEPS: Label("推理步骤", "Reasoning steps"),
    Task.OTHER: Label("其他", "Other"),
}
METRICS: dict[Metric, Label] = {
    Metric.ACCURACY: Label("准确率", "accuracy"),
    Metric.CHARACTER_ACCURACY: Label("字正确率", "character accuracy"),
    Metric.CHARACTER_ERROR_RATE: Label("字错误率（CER）", "character error rate"),
    Metric.WORD_ERROR_RATE: Label("词错误率（WER）", "word error rate"),
    Metric.SENTENCE_ERROR_RATE: Label("句错误率（SER）", "sentence error rate"),
    Metric.F1: Label("F1", "F1"),
    Metric.IOU: Label("IoU", "IoU"),
    Metric.KAPPA: Label("κ（Cohen/Fleiss）", "κ (Cohen, Fleiss)"),
    Metric.ALPHA: Label("α（Krippendorff）", "α (Krippendorff)"),
    Metric.AGREEMENT: Label("标注一致率", "agreement"),
    Metric.PASS_RATE: Label("合格率", "pass rate"),
    Metric.HUMAN_SCORE: Label("人工评分", "human score"),
}
# What people write as a percentage; the others are plain numbers.
PERCENT_METRICS = frozenset(
    {
        Metric.ACCURACY,
        Metric.CHARACTER_ACCURACY,
        Metric.CHARACTER_ERROR_RATE,
        Metric.WORD_ERROR_RATE,
        Metric.SENTENCE_ERROR_RATE,
        Metric.AGREEMENT,
        Metric.PASS_RATE,
    }
)
MEASURED_ON: dict[MeasuredOn, Label] = {
    MeasuredOn.ITEM: Label("按条", "per item"),
    MeasuredOn.FIELD: Label("按字段", "per field"),
    MeasuredOn.SPAN: Label("按片段", "per span"),
    MeasuredOn.CHARACTER: Label("按字", "per character"),
    MeasuredOn.WORD: Label("按词", "per word"),
    MeasuredOn.FRAME: Label("按帧", "per frame"),
}
SAMPLERS: dict[Sampler, Label] = {
    Sampler.BUYER: Label("需方抽检", "by the buyer"),
    Sampler.VENDOR: Label("供方自检", "by the vendor"),
    Sampler.BOTH: Label("双方共检", "by both"),
    Sampler.THIRD_PARTY: Label("第三方抽检", "by a third party"),
}
PERSONAL_DATA: dict[PersonalData, Label] = {
    PersonalData.NONE: Label("不含个人信息", "none"),
    PersonalData.DE_IDENTIFIED: Label("已去标识化", "de-identified"),
    PersonalData.PRESENT: Label("含个人信息", "present"),
}
WORKPLACES: dict[Workplace, Label] = {
    Workplace.ANYWHERE: Label("不限", "anywhere"),
    Workplace.BUYERS_TOOL: Label("需方平台", "in the buyer’s tool"),
    Workplace.VPN: Label("经 VPN", "over VPN"),
    Workplace.VENDOR_SITE: Label("供方场地", "at the vendor’s site"),
    Workplace.ON_PREMISES: Label("驻场", "on the buyer’s premises"),
}
ALLOWED: dict[Allowed, Label] = {
    Allowed.YES: Label("允许", "allowed"),
    Allowed.ON_REQUEST: Label("须经同意", "with consent"),
    Allowed.NO: Label("不允许", "not allowed"),
}
OWNERS: dict[Owner, Label] = {
    Owner.BUYER: Label("归需方", "the buyer"),
    Owner.SHARED: Label("双方共有", "shared"),
    Owner.VENDOR: Label("归供方", "the vendor"),
}
CONFIDENTIALITY: dict[Confidentiality, Label] = {
    Confidentiality.PUBLIC: Label("公开", "public"),
    Confidentiality.INTERNAL: Label("内部", "internal"),
    Confidentiality.CONFIDENTIAL: Label("保密", "confidential"),
    Confidentiality.SECRET: Label("机密", "secret"),
}
INVOICE_TYPES: dict[InvoiceType, Label] = {
    InvoiceType.SPECIAL: Label("增值税专用发票", "special VAT invoice"),
    InvoiceType.ORDINARY: Label("增值税普通发票", "ordinary VAT invoice"),
    InvoiceType.OTHER: Label("其他", "other"),
}
PRICE_BASES: dict[PriceBasis, Label] = {
    PriceBasis.UNIT: Label("按单位计价", "per unit"),
    PriceBasis.LABEL: Label("按单个标注计价", "per label"),
    PriceBasis.FIXED: Label("整包一口价", "for the whole lot"),
}
TIER_KINDS: dict[TierKind, Label] = {
    TierKind.MARGINAL: Label("分段累进", "each unit at its tier’s price"),
    TierKind.ALL_UNITS: Label("达到即全量适用", "all units at the tier reached"),
}
FILE_ROLES: dict[FileRole, Label] = {
    FileRole.GUIDELINE: Label("标注规范", "guideline"),
    FileRole.GOLD_SET: Label("金标样本", "gold set"),
    FileRole.SAMPLE: Label("样例数据", "sample"),
    FileRole.OTHER: Label("其他文件", "other file"),
}
RFQ_STATES: dict[RfqState, Label] = {
    RfqState.DRAFT: Label("草稿", "draft"),
    RfqState.OPEN: Label("报价中", "open"),
    RfqState.CLOSED: Label("已截止", "closed"),
    RfqState.AWARDED: Label("已授标", "awarded"),
    RfqState.UNAWARDED: Label("未授标", "unawarded"),
    RfqState.CANCELLED: Label("已取消", "cancelled"),
}
RFQ_TONES: dict[RfqState, str] = {
    RfqState.DRAFT: "none",
    RfqState.OPEN: "info",
    RfqState.CLOSED: "warn",
    RfqState.AWARDED: "good",
    RfqState.UNAWARDED: "none",
    RfqState.CANCELLED: "bad",
}
INVITATION_STATES: dict[InvitationState, Label] = {
    InvitationState.INVITED: Label("已邀请", "invited"),
    InvitationState.VIEWED: Label("已查看", "viewed"),
    InvitationState.DECLINED: Label("已谢绝", "declined"),
    InvitationState.QUOTED: Label("已报价", "quoted"),
}
QUOTE_STATES: dict[QuoteState, Label] = {
    QuoteState.DRAFT: Label("草稿", "draft"),
    QuoteState.SUBMITTED: Label("已提交", "submitted"),
    QuoteState.WITHDRAWN: Label("已撤回", "withdrawn"),
    QuoteState.SUPERSEDED: Label("已被新版取代", "superseded"),
}
LOT_OUTCOMES: dict[LotOutcome, Label] = {
    LotOutcome.AWARDED: Label("已授标", "awarded"),
    LotOutcome.UNAWARDED: Label("不授标", "unawarded"),
}

_WORDS: dict[type[StrEnum], Mapping[Any, Label]] = {
    Modality: MODALITIES,
    Task: TASKS,
    Metric: METRICS,
    MeasuredOn: MEASURED_ON,
    Sampler: SAMPLERS,
    PersonalData: PERSONAL_DATA,
    Workplace: WORKPLACES,
    Allowed: ALLOWED,
    Owner: OWNERS,
    Confidentiality: CONFIDENTIALITY,
    InvoiceType: INVOICE_TYPES,
    PriceBasis: PRICE_BASES,
    TierKind: TIER_KINDS,
    FileRole: FILE_ROLES,
    RfqState: RFQ_STATES,
    InvitationState: INVITATION_STATES,
    QuoteState: QUOTE_STATES,
    LotOutcome: LOT_OUTCOMES,
}


def word(value: StrEnum) -> str:
    """Return what a value of a closed list is called."""
    if isinstance(value, Unit):
        return unit_name(value)
    return _WORDS[type(value)][value].text(current_locale())


def words(values: Iterable[StrEnum]) -> str:
    """Return several values, as a list in a sentence."""
    separator = "、" if current_locale().startswith("zh") else ", "
    return separator.join(word(value) for value in values)


def options(kind: type[StrEnum]) -> list[tuple[str, str]]:
    """Return every value of a closed list with its word, for a form."""
    return [(str(value), word(value)) for value in kind]


def unit_name(unit: str, *, is_label: bool = False) -> str:
    """Return a unit alone: "question", 题; `is_label` for a label of it."""
    measure = LABEL_UNIT if is_label else UNITS[Unit(unit)]
    return measure.name(current_locale())


def unit_after(unit: str, number: Decimal | int) -> str:
    """Return what follows a number: "questions", 道题."""
    return UNITS[Unit(unit)].after_number(current_locale(), is_one=number == 1)
