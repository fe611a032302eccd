# test-mix, version 3
# written 2026-11-24 by Peibi 0.1.0
# content hash 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
# budget 1,400,000,000,000 tokens (1.4T) of tokenizer qwen2-qwen3
# sequence length 4096
# NOTE no_repeat_cap: The format has no limit of passes: a dataset starts again whenever it is used
#   up. Passes in this plan: commoncrawl 0.67, c4 0.15, github 0.04, wikipedia 0.04, books 0.04,
#   arxiv 0.03, (+1).
# NOTE budget_elsewhere: The file holds no budget. Give the trainer: --train-samples 341796875
#   --seq-length 4096.
# NOTE no_comments: blend.txt, .json cannot hold a comment; where it comes from stands in megatron-
#   args.sh beside it.

# Phase 1: one of the two. With --per-split-data-args-path blend.json instead, leave --split out.
PHASE_1_ARGS=(
  --data-args-path blend.txt
  --split 100,0,0
  --train-samples 341796875
  --seq-length 4096
  --seed 42
)
PHASE_1_COMMAND_LINE=(
  --data-path
  0.67 /data/megatron/commoncrawl_text_document
  0.15 /data/megatron/c4_text_document
  0.045 /data/megatron/github_text_document
  0.045 /data/megatron/wikipedia_text_document
  0.045 /data/megatron/books_text_document
  0.025 /data/megatron/arxiv_text_document
  0.02 /data/megatron/stackexchange_text_document
)
