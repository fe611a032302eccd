"""How the files of a dataset are stored for training, and what they are for."""

from enum import StrEnum

from app.web.i18n import later


class Layout(StrEnum):
    """How the files at a location are stored, which decides the trainers that can read them."""

    MEGATRON = "megatron"
    NPY = "npy"
    NANOSET = "nanoset"
    MDS = "mds"
    WEBDATASET = "webdataset"
    HUGGINGFACE = "huggingface"
    JSONL = "jsonl"
    PARQUET = "parquet"


class Split(StrEnum):
    """What the files at a location are for."""

    TRAIN = "train"
    VALID = "valid"
    TEST = "test"


# What each layout is, for people.
LAYOUT_WORDS = {
    Layout.MEGATRON: later("Megatron .bin/.idx, prefix"),
    Layout.NPY: later("OLMo token files, .npy"),
    Layout.NANOSET: later("Nanoset folder, .ds"),
    Layout.MDS: later("Mosaic MDS folder"),
    Layout.WEBDATASET: later("Energon / WebDataset folder"),
    Layout.HUGGINGFACE: later("Hugging Face Hub"),
    Layout.JSONL: later("JSONL files"),
    Layout.PARQUET: later("Parquet files"),
}
TOKENISED = frozenset({Layout.MEGATRON, Layout.NPY, Layout.NANOSET, Layout.MDS})
