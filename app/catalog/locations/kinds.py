"""How the files of a dataset are stored for training, and what they are for."""

from enum import StrEnum


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


TOKENISED = frozenset({Layout.MEGATRON, Layout.NPY, Layout.NANOSET, Layout.MDS})
