# test-mix, version 3
# written 2026-11-24 by Peibi 0.1.0
# content hash 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
# budget 300,000,000,000 tokens (300B) of tokenizer qwen2-qwen3
# sequence length 4096
# NOTE torchtitan_version: The file is for torchtitan 0.3.0, which registers datasets by name; its
#   main branch has replaced this loader.
# NOTE no_repeat_cap: The format has no limit of passes: a dataset starts again whenever it is used
#   up. Passes in this plan: the-pile/pile-cc 0.18, the-pile/pubmed-central 0.14, the-pile/books3
#   0.12, the-pile/openwebtext2 0.10, the-pile/arxiv 0.09, the-pile/github 0.08, (+16).
# NOTE budget_elsewhere: The file holds no budget. Give the trainer: --training.steps 71526
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


DATASETS["the-pile/pile-cc"] = DatasetConfig(
    path="org/the-pile_pile-cc",
    loader=load,
    sample_processor=partial(field, name="text"),
)
DATASETS["the-pile/pubmed-central"] = DatasetConfig(
    path="org/the-pile_pubmed-central",
    loader=load,
    sample_processor=partial(field, name="text"),
)
DATASETS["the-pile/books3"] = DatasetConfig(
    path="org/the-pile_books3",
    loader=load,
    sample_processor=partial(field, name="text"),
)
DATASETS["the-pile/openwebtext2"] = DatasetConfig(
    path="org/the-pile_openwebtext2",
    loader=load,
    sample_processor=partial(field, name="text"),
)
DATASETS["the-pile/arxiv"] = DatasetConfig(
    path="org/the-pile_arxiv",
    loader=load,
    sample_processor=partial(field, name="text"),
)
DATASETS["the-pile/github"] = DatasetConfig(
    path="org/the-pile_github",
    loader=load,
    sample_processor=partial(field, name="text"),
)
DATASETS["the-pile/freelaw"] = DatasetConfig(
    path="org/the-pile_freelaw",
    loader=load,
    sample_processor=partial(field, name="text"),
)
DATASETS["the-pile/stackexchange"] = DatasetConfig(
    path="org/the-pile_stackexchange",
    loader=load,
    sample_processor=partial(field, name="text"),
)
DATASETS["the-pile/uspto-backgrounds"] = DatasetConfig(
    path="org/the-pile_uspto-backgrounds",
    loader=load,
    sample_processor=partial(field, name="text"),
)
DATASETS["the-pile/pubmed-abstracts"] = DatasetConfig(
    path="org/the-pile_pubmed-abstracts",
    loader=load,
    sample_processor=partial(field, name="text"),
)
DATASETS["the-pile/gutenberg-pg-19"] = DatasetConfig(
    path="org/the-pile_gutenberg-pg-19",
    loader=load,
    sample_processor=partial(field, name="text"),
)
DATASETS["the-pile/opensubtitles"] = DatasetConfig(
    path="org/the-pile_opensubtitles",
    loader=load,
    sample_processor=partial(field, name="text"),
)
DATASETS["the-pile/wikipedia-en"] = DatasetConfig(
    path="org/the-pile_wikipedia-en",
    loader=load,
    sample_processor=partial(field, name="text"),
)
DATASETS["the-pile/dm-mathematics"] = DatasetConfig(
    path="org/the-pile_dm-mathematics",
    loader=load,
    sample_processor=partial(field, name="text"),
)
DATASETS["the-pile/ubuntu-irc"] = DatasetConfig(
    path="org/the-pile_ubuntu-irc",
    loader=load,
    sample_processor=partial(field, name="text"),
)
DATASETS["the-pile/bookcorpus2"] = DatasetConfig(
    path="org/the-pile_bookcorpus2",
    loader=load,
    sample_processor=partial(field, name="text"),
)
DATASETS["the-pile/europarl"] = DatasetConfig(
    path="org/the-pile_europarl",
    loader=load,
    sample_processor=partial(field, name="text"),
)
DATASETS["the-pile/hackernews"] = DatasetConfig(
    path="org/the-pile_hackernews",
    loader=load,
    sample_processor=partial(field, name="text"),
)
DATASETS["the-pile/youtubesubtitles"] = DatasetConfig(
    path="org/the-pile_youtubesubtitles",
    loader=load,
    sample_processor=partial(field, name="text"),
)
DATASETS["the-pile/philpapers"] = DatasetConfig(
    path="org/the-pile_philpapers",
    loader=load,
    sample_processor=partial(field, name="text"),
)
DATASETS["the-pile/nih-exporter"] = DatasetConfig(
    path="org/the-pile_nih-exporter",
    loader=load,
    sample_processor=partial(field, name="text"),
)
DATASETS["the-pile/enron-emails"] = DatasetConfig(
    path="org/the-pile_enron-emails",
    loader=load,
    sample_processor=partial(field, name="text"),
)

dataloader = InterleavedHuggingFaceTextDataLoader.Config(
    sources=[
        HFDataSource(dataset="the-pile/pile-cc", infinite=True, weight=0.1811),
        HFDataSource(dataset="the-pile/pubmed-central", infinite=True, weight=0.144),
        HFDataSource(dataset="the-pile/books3", infinite=True, weight=0.1207),
        HFDataSource(dataset="the-pile/openwebtext2", infinite=True, weight=0.1001),
        HFDataSource(dataset="the-pile/arxiv", infinite=True, weight=0.0896),
        HFDataSource(dataset="the-pile/github", infinite=True, weight=0.0759),
        HFDataSource(dataset="the-pile/freelaw", infinite=True, weight=0.0612),
        HFDataSource(dataset="the-pile/stackexchange", infinite=True, weight=0.0513),
        HFDataSource(dataset="the-pile/uspto-backgrounds", infinite=True, weight=0.0365),
        HFDataSource(dataset="the-pile/pubmed-abstracts", infinite=True, weight=0.0307),
        HFDataSource(dataset="the-pile/gutenberg-pg-19", infinite=True, weight=0.0217),
        HFDataSource(dataset="the-pile/opensubtitles", infinite=True, weight=0.0155),
        HFDataSource(dataset="the-pile/wikipedia-en", infinite=True, weight=0.0153),
        HFDataSource(dataset="the-pile/dm-mathematics", infinite=True, weight=0.0124),
        HFDataSource(dataset="the-pile/ubuntu-irc", infinite=True, weight=0.0088),
        HFDataSource(dataset="the-pile/bookcorpus2", infinite=True, weight=0.0075),
        HFDataSource(dataset="the-pile/europarl", infinite=True, weight=0.0073),
        HFDataSource(dataset="the-pile/hackernews", infinite=True, weight=0.0062),
        HFDataSource(dataset="the-pile/youtubesubtitles", infinite=True, weight=0.006),
        HFDataSource(dataset="the-pile/philpapers", infinite=True, weight=0.0038),
        HFDataSource(dataset="the-pile/nih-exporter", infinite=True, weight=0.003),
        HFDataSource(dataset="the-pile/enron-emails", infinite=True, weight=0.0014),
    ],
    seed=42,
    stopping_strategy="all_exhausted",
)
