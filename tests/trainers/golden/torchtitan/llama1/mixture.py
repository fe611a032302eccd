# test-mix, version 3
# written 2026-11-24 by Peibi 0.1.0
# content hash 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
# budget 1,400,000,000,000 tokens (1.4T) of tokenizer qwen2-qwen3
# sequence length 4096
# NOTE torchtitan_version: The file is for torchtitan 0.3.0, which registers datasets by name; its
#   main branch has replaced this loader.
# NOTE no_repeat_cap: The format has no limit of passes: a dataset starts again whenever it is used
#   up. Passes in this plan: commoncrawl 0.67, c4 0.15, github 0.04, wikipedia 0.04, books 0.04,
#   arxiv 0.03, (+1).
# NOTE budget_elsewhere: The file holds no budget. Give the trainer: --training.steps 333787
#   --training.seq_len 4096 --training.global_batch_size 1024.
from functools import partial

from datasets import load_dataset

from torchtitan.hf_datasets import DatasetConfig
from torchtitan.hf_datasets.text_datasets import (
    DATASETS,
    HFDataSource,
    InterleavedHuggingFaceTextDataLoader,
)


def load(path, **files):
    return load_dataset(path, split="train", streaming=True, **files)


def field(sample, name):
    return sample[name]


DATASETS["commoncrawl"] = DatasetConfig(
    path="org/commoncrawl",
    loader=load,
    sample_processor=partial(field, name="text"),
)
DATASETS["c4"] = DatasetConfig(
    path="org/c4",
    loader=load,
    sample_processor=partial(field, name="text"),
)
DATASETS["github"] = DatasetConfig(
    path="org/github",
    loader=load,
    sample_processor=partial(field, name="text"),
)
DATASETS["wikipedia"] = DatasetConfig(
    path="org/wikipedia",
    loader=load,
    sample_processor=partial(field, name="text"),
)
DATASETS["books"] = DatasetConfig(
    path="org/books",
    loader=load,
    sample_processor=partial(field, name="text"),
)
DATASETS["arxiv"] = DatasetConfig(
    path="org/arxiv",
    loader=load,
    sample_processor=partial(field, name="text"),
)
DATASETS["stackexchange"] = DatasetConfig(
    path="org/stackexchange",
    loader=load,
    sample_processor=partial(field, name="text"),
)

dataloader = InterleavedHuggingFaceTextDataLoader.Config(
    sources=[
        HFDataSource(dataset="commoncrawl", infinite=True, weight=0.67),
        HFDataSource(dataset="c4", infinite=True, weight=0.15),
        HFDataSource(dataset="github", infinite=True, weight=0.045),
        HFDataSource(dataset="wikipedia", infinite=True, weight=0.045),
        HFDataSource(dataset="books", infinite=True, weight=0.045),
        HFDataSource(dataset="arxiv", infinite=True, weight=0.025),
        HFDataSource(dataset="stackexchange", infinite=True, weight=0.02),
    ],
    seed=42,
    stopping_strategy="all_exhausted",
)
