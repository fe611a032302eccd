# test-mix, version 3
# written 2026-11-24 by Peibi 0.1.0
# content hash 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
# budget 300,000,000,000 tokens (300B) of tokenizer qwen2-qwen3
# sequence length 4096
# NOTE no_repeat_cap: The format has no limit of passes: a dataset starts again whenever it is used
#   up. Passes in this plan: the-pile/pile-cc 0.18, the-pile/pubmed-central 0.14, the-pile/books3
#   0.12, the-pile/openwebtext2 0.10, the-pile/arxiv 0.09, the-pile/github 0.08, (+16).
# NOTE budget_elsewhere: The file holds no budget. Give the trainer: --train-samples 73242188 --seq-
#   length 4096.
# NOTE no_comments: blend.txt, .json cannot hold a comment; where it comes from stands in megatron-
#   args.sh beside it.

# Phase 1: one of the two. With --per-split-data-args-path blend.json instead, leave --split out.
PHASE_1_ARGS=(
  --data-args-path blend.txt
  --split 100,0,0
  --train-samples 73242188
  --seq-length 4096
  --seed 42
)
PHASE_1_COMMAND_LINE=(
  --data-path
  0.1811 /data/megatron/the-pile_pile-cc_text_document
  0.144 /data/megatron/the-pile_pubmed-central_text_document
  0.1207 /data/megatron/the-pile_books3_text_document
  0.1001 /data/megatron/the-pile_openwebtext2_text_document
  0.0896 /data/megatron/the-pile_arxiv_text_document
  0.0759 /data/megatron/the-pile_github_text_document
  0.0612 /data/megatron/the-pile_freelaw_text_document
  0.0513 /data/megatron/the-pile_stackexchange_text_document
  0.0365 /data/megatron/the-pile_uspto-backgrounds_text_document
  0.0307 /data/megatron/the-pile_pubmed-abstracts_text_document
  0.0217 /data/megatron/the-pile_gutenberg-pg-19_text_document
  0.0155 /data/megatron/the-pile_opensubtitles_text_document
  0.0153 /data/megatron/the-pile_wikipedia-en_text_document
  0.0124 /data/megatron/the-pile_dm-mathematics_text_document
  0.0088 /data/megatron/the-pile_ubuntu-irc_text_document
  0.0075 /data/megatron/the-pile_bookcorpus2_text_document
  0.0073 /data/megatron/the-pile_europarl_text_document
  0.0062 /data/megatron/the-pile_hackernews_text_document
  0.006 /data/megatron/the-pile_youtubesubtitles_text_document
  0.0038 /data/megatron/the-pile_philpapers_text_document
  0.003 /data/megatron/the-pile_nih-exporter_text_document
  0.0014 /data/megatron/the-pile_enron-emails_text_document
)
