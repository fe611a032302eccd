# test-mix, version 3
# written 2026-11-24 by Peibi 0.1.0
# content hash 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
# budget 11,100,000,000,000 tokens (11.1T) of tokenizer qwen2-qwen3
# sequence length 4096
# phase 1, smollm3-stage1: 8,000,000,000,000 tokens
# phase 2, smollm3-stage2: 2,000,000,000,000 tokens
# phase 3, smollm3-stage3: 1,100,000,000,000 tokens
# NOTE no_repeat_cap: smollm3-stage1: The format has no limit of passes: a dataset starts again
#   whenever it is used up. Passes in this plan: web 0.85, code 0.12, math 0.03.
# NOTE no_repeat_cap: smollm3-stage2: The format has no limit of passes: a dataset starts again
#   whenever it is used up. Passes in this plan: web 0.75, code 0.15, math 0.10.
# NOTE no_repeat_cap: smollm3-stage3: The format has no limit of passes: a dataset starts again
#   whenever it is used up. Passes in this plan: web 0.63, code 0.24, math 0.13.
# NOTE one_file_per_phase: The format has no phases: this plan is 3 files, one for each start of the
#   trainer. Phases start at steps 0, 1907349, 2384186 (4.19M tokens a step).
# NOTE megatron_next_start: Give every start the same --save and --load: Megatron-LM saves and stops
#   by itself at each of these steps; start it again with the next phase's file.
# NOTE budget_elsewhere: The file holds no budget. Give the trainer: --train-samples 2709960938
#   --seq-length 4096 --global-batch-size 1024 --phase-transition-iterations 1907349,2384186.
# NOTE no_comments: blend-phase-1.txt, .json cannot hold a comment; where it comes from stands in
#   megatron-args.sh beside it.

# Phase 1: one of the two. With --per-split-data-args-path blend-phase-1.json instead, leave --split out.
PHASE_1_ARGS=(
  --data-args-path blend-phase-1.txt
  --split 100,0,0
  --train-samples 2709960938
  --seq-length 4096
  --global-batch-size 1024
  --phase-transition-iterations 1907349,2384186
  --seed 42
)
PHASE_1_COMMAND_LINE=(
  --data-path
  0.85 /data/megatron/web_text_document
  0.12 /data/megatron/code_text_document
  0.03 /data/megatron/math_text_document
)

# Phase 2: one of the two. With --per-split-data-args-path blend-phase-2.json instead, leave --split out.
PHASE_2_ARGS=(
  --data-args-path blend-phase-2.txt
  --split 100,0,0
  --train-samples 2709960938
  --seq-length 4096
  --global-batch-size 1024
  --phase-transition-iterations 1907349,2384186
  --seed 42
)
PHASE_2_COMMAND_LINE=(
  --data-path
  0.75 /data/megatron/web_text_document
  0.15 /data/megatron/code_text_document
  0.1 /data/megatron/math_text_document
)

# Phase 3: one of the two. With --per-split-data-args-path blend-phase-3.json instead, leave --split out.
PHASE_3_ARGS=(
  --data-args-path blend-phase-3.txt
  --split 100,0,0
  --train-samples 2709960938
  --seq-length 4096
  --global-batch-size 1024
  --phase-transition-iterations 1907349,2384186
  --seed 42
)
PHASE_3_COMMAND_LINE=(
  --data-path
  0.63 /data/megatron/web_text_document
  0.24 /data/megatron/code_text_document
  0.13 /data/megatron/math_text_document
)
