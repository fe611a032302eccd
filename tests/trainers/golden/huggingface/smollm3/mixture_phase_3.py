# test-mix, version 3
# written 2026-11-24 by Peibi 0.1.0
# content hash 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
# budget 11,100,000,000,000 tokens (11.1T) of tokenizer qwen2-qwen3
# sequence length 4096
# phase 1, smollm3-stage1: 8,000,000,000,000 tokens
# phase 2, smollm3-stage2: 2,000,000,000,000 tokens
# phase 3, smollm3-stage3: 1,100,000,000,000 tokens (this file)
# NOTE no_repeat_cap: smollm3-stage1: The format has no limit of passes: a dataset starts again
#   whenever it is used up. Passes in this plan: web 0.85, code 0.12, math 0.03.
# NOTE no_repeat_cap: smollm3-stage2: The format has no limit of passes: a dataset starts again
#   whenever it is used up. Passes in this plan: web 0.75, code 0.15, math 0.10.
# NOTE no_repeat_cap: smollm3-stage3: The format has no limit of passes: a dataset starts again
#   whenever it is used up. Passes in this plan: web 0.63, code 0.24, math 0.13.
# NOTE one_file_per_phase: The format has no phases: this plan is 3 files, one for each start of the
#   trainer. Phases start at steps 0, 1907349, 2384186 (4.19M tokens a step).
# NOTE hf_next_start: Each file is data of its own: train on it from the last phase's checkpoint,
#   and skip none of it (ignore_data_skip=True in the Hugging Face Trainer).
# NOTE rows_not_tokens: Weights count documents here, not tokens: each is the token ratio divided by
#   the mean tokens per document (web 1000, code 1100, math 1200), so the shares of tokens hold on
#   average only.
# NOTE row_budget: smollm3-stage3: The budget is counted in documents: 1,052,166,667 of them are
#   1.1T tokens at these means, and another number of tokens if the means are wrong.
from datasets import interleave_datasets, load_dataset

sources = [
    load_dataset("org/web", split="train", streaming=True).select_columns("text"),
    load_dataset("org/code", split="train", streaming=True).select_columns("text"),
    load_dataset("org/math", split="train", streaming=True).select_columns("text"),
]
probabilities = [
    0.658640899730714,  # web
    0.228100744495486,  # code
    0.1132583557738,  # math
]
train = interleave_datasets(
    sources,
    probabilities=probabilities,
    seed=42,
    stopping_strategy="all_exhausted",
).take(1052166667)
