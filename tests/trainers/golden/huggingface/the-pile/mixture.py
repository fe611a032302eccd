# test-mix, version 3
# written 2026-11-24 by Peibi 0.1.0
# content hash 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
# budget 300,000,000,000 tokens (300B) of tokenizer qwen2-qwen3
# sequence length 4096
# NOTE no_repeat_cap: The format has no limit of passes: a dataset starts again whenever it is used
#   up. Passes in this plan: the-pile/pile-cc 0.18, the-pile/pubmed-central 0.14, the-pile/books3
#   0.12, the-pile/openwebtext2 0.10, the-pile/arxiv 0.09, the-pile/github 0.08, (+16).
# NOTE rows_not_tokens: Weights count documents here, not tokens: each is the token ratio divided by
#   the mean tokens per document (the-pile/pile-cc 1000, the-pile/pubmed-central 1100, the-
#   pile/books3 1200, the-pile/openwebtext2 1300, the-pile/arxiv 1400, the-pile/github 1500, (+16)),
#   so the shares of tokens hold on average only.
# NOTE row_budget: The budget is counted in documents: 226,892,052 of them are 300B tokens at these
#   means, and another number of tokens if the means are wrong.
from datasets import interleave_datasets, load_dataset

sources = [
    load_dataset("org/the-pile_pile-cc", split="train", streaming=True).select_columns("text"),
    load_dataset("org/the-pile_pubmed-central", split="train", streaming=True).select_columns("text"),
    load_dataset("org/the-pile_books3", split="train", streaming=True).select_columns("text"),
    load_dataset("org/the-pile_openwebtext2", split="train", streaming=True).select_columns("text"),
    load_dataset("org/the-pile_arxiv", split="train", streaming=True).select_columns("text"),
    load_dataset("org/the-pile_github", split="train", streaming=True).select_columns("text"),
    load_dataset("org/the-pile_freelaw", split="train", streaming=True).select_columns("text"),
    load_dataset("org/the-pile_stackexchange", split="train", streaming=True).select_columns("text"),
    load_dataset("org/the-pile_uspto-backgrounds", split="train", streaming=True).select_columns("text"),
    load_dataset("org/the-pile_pubmed-abstracts", split="train", streaming=True).select_columns("text"),
    load_dataset("org/the-pile_gutenberg-pg-19", split="train", streaming=True).select_columns("text"),
    load_dataset("org/the-pile_opensubtitles", split="train", streaming=True).select_columns("text"),
    load_dataset("org/the-pile_wikipedia-en", split="train", streaming=True).select_columns("text"),
    load_dataset("org/the-pile_dm-mathematics", split="train", streaming=True).select_columns("text"),
    load_dataset("org/the-pile_ubuntu-irc", split="train", streaming=True).select_columns("text"),
    load_dataset("org/the-pile_bookcorpus2", split="train", streaming=True).select_columns("text"),
    load_dataset("org/the-pile_europarl", split="train", streaming=True).select_columns("text"),
    load_dataset("org/the-pile_hackernews", split="train", streaming=True).select_columns("text"),
    load_dataset("org/the-pile_youtubesubtitles", split="train", streaming=True).select_columns("text"),
    load_dataset("org/the-pile_philpapers", split="train", streaming=True).select_columns("text"),
    load_dataset("org/the-pile_nih-exporter", split="train", streaming=True).select_columns("text"),
    load_dataset("org/the-pile_enron-emails", split="train", streaming=True).select_columns("text"),
]
probabilities = [
    0.239453077111293,  # the-pile/pile-cc
    0.173089920706923,  # the-pile/pubmed-central
    0.132992759098717,  # the-pile/books3
    0.101810529749142,  # the-pile/openwebtext2
    0.084621739012274,  # the-pile/arxiv
    0.066904062406579,  # the-pile/github
    0.050574711206554,  # the-pile/freelaw
    0.039899772162956,  # the-pile/stackexchange
    0.026811575294687,  # the-pile/uspto-backgrounds
    0.021364205490763,  # the-pile/pubmed-abstracts
    0.014346029191925,  # the-pile/gutenberg-pg-19
    0.009759203531921,  # the-pile/opensubtitles
    0.009195402037555,  # the-pile/wikipedia-en
    0.007128461710273,  # the-pile/dm-mathematics
    0.004848120464245,  # the-pile/ubuntu-irc
    0.0039666440162,  # the-pile/bookcorpus2
    0.00371237196388,  # the-pile/europarl
    0.003036196654376,  # the-pile/hackernews
    0.002833317154429,  # the-pile/youtubesubtitles
    0.001732557156501,  # the-pile/philpapers
    0.001322214672067,  # the-pile/nih-exporter
    0.00059712920674,  # the-pile/enron-emails
]
train = interleave_datasets(
    sources,
    probabilities=probabilities,
    seed=42,
    stopping_strategy="all_exhausted",
).take(226892052)
