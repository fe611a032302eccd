# test-mix, version 3
# written 2026-11-24 by Peibi 0.1.0
# content hash 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
# budget 11,100,000,000,000 tokens (11.1T) of tokenizer qwen2-qwen3
# sequence length 4096
# phase 1, smollm3-stage1: 8,000,000,000,000 tokens
# phase 2, smollm3-stage2: 2,000,000,000,000 tokens (this file)
# phase 3, smollm3-stage3: 1,100,000,000,000 tokens
# NOTE torchtitan_version: The file is for torchtitan 0.3.0, which registers datasets by name; its
#   main branch has replaced this loader.
# NOTE no_repeat_cap: smollm3-stage1: The format has no limit of passes: a dataset starts again
#   whenever it is used up. Passes in this plan: web 0.85, code 0.12, math 0.03.
# NOTE no_repeat_cap: smollm3-stage2: The format has no limit of passes: a dataset starts again
#   whenever it is used up. Passes in this plan: web 0.75, code 0.15, math 0.10.
# NOTE no_repeat_cap: smollm3-stage3: The format has no limit of passes: a dataset starts again
#   whenever it is used up. Passes in this plan: web 0.63, code 0.24, math 0.13.
# NOTE one_file_per_phase: The format has no phases: this plan is 3 files, one for each start of the
#   trainer. Phases start at steps 0, 1907349, 2384186 (4.19M tokens a step).
# NOTE torchtitan_next_start: training.steps counts from the first start on: set
#   lr_scheduler.total_steps to 2646447 in every phase, checkpoint.last_save_model_only to False, so
#   that the optimizer is kept, and dataloader in checkpoint.exclude_from_loading: its state is of
#   the last phase's sources.
# NOTE budget_elsewhere: The file holds no budget. Give the trainer: --training.steps 1907349,
#   2384186, 2646447 --training.seq_len 4096 --training.global_batch_size 1024.
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


DATASETS["web"] = DatasetConfig(
    path="org/web",
    loader=load,
    sample_processor=partial(field, name="text"),
)
DATASETS["code"] = DatasetConfig(
    path="org/code",
    loader=load,
    sample_processor=partial(field, name="text"),
)
DATASETS["math"] = DatasetConfig(
    path="org/math",
    loader=load,
    sample_processor=partial(field, name="text"),
)

dataloader = InterleavedHuggingFaceTextDataLoader.Config(
    sources=[
        HFDataSource(dataset="web", infinite=True, weight=0.75),
        HFDataSource(dataset="code", infinite=True, weight=0.15),
        HFDataSource(dataset="math", infinite=True, weight=0.1),
    ],
    seed=42,
    stopping_strategy="all_exhausted",
)
