# test-mix, version 3
# written 2026-11-24 by Peibi 0.1.0
# content hash 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
# budget 1,400,000,000,000 tokens (1.4T) of tokenizer qwen2-qwen3
# sequence length 4096
# NOTE no_repeat_cap: The format has no limit of passes: a dataset starts again whenever it is used
#   up. Passes in this plan: commoncrawl 0.67, c4 0.15, github 0.04, wikipedia 0.04, books 0.04,
#   arxiv 0.03, (+1).
# NOTE rows_not_tokens: Weights count documents here, not tokens: each is the token ratio divided by
#   the mean tokens per document (commoncrawl 1000, c4 1100, github 1200, wikipedia 1300, books
#   1400, arxiv 1500, (+1)), so the shares of tokens hold on average only.
# NOTE row_budget: The budget is counted in documents: 1,315,703,963 of them are 1.4T tokens at
#   these means, and another number of tokens if the means are wrong.
from datasets import interleave_datasets, load_dataset

sources = [
    load_dataset("org/commoncrawl", split="train", streaming=True).select_columns("text"),
    load_dataset("org/c4", split="train", streaming=True).select_columns("text"),
    load_dataset("org/github", split="train", streaming=True).select_columns("text"),
    load_dataset("org/wikipedia", split="train", streaming=True).select_columns("text"),
    load_dataset("org/books", split="train", streaming=True).select_columns("text"),
    load_dataset("org/arxiv", split="train", streaming=True).select_columns("text"),
    load_dataset("org/stackexchange", split="train", streaming=True).select_columns("text"),
]
probabilities = [
    0.71292633190241,  # commoncrawl
    0.145100338921793,  # c4
    0.039902593203493,  # github
    0.03683316295707,  # wikipedia
    0.034202222745851,  # books
    0.017734485868219,  # arxiv
    0.013300864401164,  # stackexchange
]
train = interleave_datasets(
    sources,
    probabilities=probabilities,
    seed=42,
    stopping_strategy="all_exhausted",
).take(1315703963)
