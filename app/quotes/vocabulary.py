"""The closed lists of requests and quotes: tasks, units, metrics, terms."""

from enum import StrEnum


class Modality(StrEnum):
    """What is annotated."""

    TEXT = "text"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    THREE_D = "3d"
    MULTIMODAL = "multimodal"
    CODE = "code"


class Task(StrEnum):
    """What the vendor is asked to do."""

    SFT_WRITING = "sft_writing"
    PREFERENCE_RANKING = "preference_ranking"
    MULTI_TURN_DIALOGUE = "multi_turn_dialogue"
    CAPTIONING = "captioning"
    IMAGE_TEXT_QA = "image_text_qa"
    OCR = "ocr"
    TRANSCRIPTION = "transcription"
    NER = "ner"
    CLASSIFICATION = "classification"
    BOUNDING_BOXES = "bounding_boxes"
    MASKS = "masks"
    KEYPOINTS = "keypoints"
    TRANSLATION = "translation"
    RED_TEAMING = "red_teaming"
    EVALUATION = "evaluation"
    COLLECTION = "collection"
    CODE_WRITING = "code_writing"
    REASONING_STEPS = "reasoning_steps"
    OTHER = "other"


# The tasks that each modality has; the first modality of a task is what a lot gets by default.
TASKS_OF: dict[Modality, tuple[Task, ...]] = {
    Modality.TEXT: (
        Task.SFT_WRITING,
        Task.PREFERENCE_RANKING,
        Task.MULTI_TURN_DIALOGUE,
        Task.REASONING_STEPS,
        Task.NER,
        Task.CLASSIFICATION,
        Task.TRANSLATION,
        Task.RED_TEAMING,
        Task.EVALUATION,
        Task.COLLECTION,
        Task.OTHER,
    ),
    Modality.IMAGE: (
        Task.CAPTIONING,
        Task.OCR,
        Task.BOUNDING_BOXES,
        Task.MASKS,
        Task.KEYPOINTS,
        Task.CLASSIFICATION,
        Task.COLLECTION,
        Task.EVALUATION,
        Task.OTHER,
    ),
    Modality.AUDIO: (
        Task.TRANSCRIPTION,
        Task.CLASSIFICATION,
        Task.TRANSLATION,
        Task.COLLECTION,
        Task.EVALUATION,
        Task.PREFERENCE_RANKING,
        Task.OTHER,
    ),
    Modality.VIDEO: (
        Task.CAPTIONING,
        Task.TRANSCRIPTION,
        Task.BOUNDING_BOXES,
        Task.MASKS,
        Task.KEYPOINTS,
        Task.CLASSIFICATION,
        Task.COLLECTION,
        Task.OTHER,
    ),
    Modality.THREE_D: (
        Task.BOUNDING_BOXES,
        Task.MASKS,
        Task.CLASSIFICATION,
        Task.COLLECTION,
        Task.OTHER,
    ),
    Modality.MULTIMODAL: (
        Task.IMAGE_TEXT_QA,
        Task.CAPTIONING,
        Task.MULTI_TURN_DIALOGUE,
        Task.PREFERENCE_RANKING,
        Task.OCR,
        Task.RED_TEAMING,
        Task.EVALUATION,
        Task.COLLECTION,
        Task.OTHER,
    ),
    Modality.CODE: (
        Task.CODE_WRITING,
        Task.SFT_WRITING,
        Task.PREFERENCE_RANKING,
        Task.MULTI_TURN_DIALOGUE,
        Task.EVALUATION,
        Task.RED_TEAMING,
        Task.COLLECTION,
        Task.OTHER,
    ),
}


class Unit(StrEnum):
    """What is counted and priced."""

    ITEM = "item"
    QUESTION = "question"
    DIALOGUE = "dialogue"
    TURN = "turn"
    PAIR = "pair"
    DOCUMENT = "document"
    PAGE = "page"
    WORD = "word"
    THOUSAND_CHARACTERS = "thousand_characters"
    IMAGE = "image"
    IMAGE_TEXT_PAIR = "image_text_pair"
    FRAME = "frame"
    BOX = "box"
    MASK = "mask"
    SEGMENT = "segment"
    UTTERANCE = "utterance"
    EFFECTIVE_HOUR = "effective_hour"
    RAW_HOUR = "raw_hour"
    MINUTE = "minute"
    PERSON_HOUR = "person_hour"


class Metric(StrEnum):
    """How quality is measured."""

    ACCURACY = "accuracy"
    CHARACTER_ACCURACY = "character_accuracy"
    CHARACTER_ERROR_RATE = "character_error_rate"
    WORD_ERROR_RATE = "word_error_rate"
    SENTENCE_ERROR_RATE = "sentence_error_rate"
    F1 = "f1"
    IOU = "iou"
    KAPPA = "kappa"
    ALPHA = "alpha"
    AGREEMENT = "agreement"
    PASS_RATE = "pass_rate"  # noqa: S105  a share of items, not a secret
    HUMAN_SCORE = "human_score"


class MeasuredOn(StrEnum):
    """What one observation of the metric is."""

    ITEM = "item"
    FIELD = "field"
    SPAN = "span"
    CHARACTER = "character"
    WORD = "word"
    FRAME = "frame"


class Sampler(StrEnum):
    """Who draws the sample that acceptance rests on."""

    BUYER = "buyer"
    VENDOR = "vendor"
    BOTH = "both"
    THIRD_PARTY = "third_party"


class PersonalData(StrEnum):
    """Whether items hold personal data."""

    NONE = "none"
    DE_IDENTIFIED = "de_identified"
    PRESENT = "present"


class Workplace(StrEnum):
    """Where, and in whose tool, people work."""

    ANYWHERE = "anywhere"
    BUYERS_TOOL = "buyers_tool"
    VPN = "vpn"
    VENDOR_SITE = "vendor_site"
    ON_PREMISES = "on_premises"


class Allowed(StrEnum):
    """Whether something may be done."""

    YES = "yes"
    ON_REQUEST = "on_request"
    NO = "no"


class Owner(StrEnum):
    """Who owns what is delivered."""

    BUYER = "buyer"
    SHARED = "shared"
    VENDOR = "vendor"


class Confidentiality(StrEnum):
    """Who may read the request beside those it was sent to."""

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    SECRET = "secret"  # noqa: S105  a class of documents, not a secret


class InvoiceType(StrEnum):
    """The Chinese invoices that tax is deducted with, or another."""

    SPECIAL = "special"
    ORDINARY = "ordinary"
    OTHER = "other"


class PriceBasis(StrEnum):
    """What one price pays for: an item with all its labels, one label of it, or the whole lot."""

    UNIT = "unit"
    LABEL = "label"
    FIXED = "fixed"


class TierKind(StrEnum):
    """Whether a tier's price counts for the units in it or, once reached, for all."""

    MARGINAL = "marginal"
    ALL_UNITS = "all_units"


class FileRole(StrEnum):
    """What an attached file is."""

    GUIDELINE = "guideline"
    GOLD_SET = "gold_set"
    SAMPLE = "sample"
    OTHER = "other"


def default_modality(task: Task) -> Modality:
    """
    Return the modality that a task is most often of.

    >>> default_modality(Task.OCR)
    <Modality.IMAGE: 'image'>
    """
    return next(modality for modality, tasks in TASKS_OF.items() if task in tasks)
