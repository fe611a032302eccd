"""What the forms of training plans offer, in words."""

from collections.abc import Mapping

from app.web.i18n import later

OPTIMIZERS: Mapping[str, str] = {
    "megatron_distributed": later("Megatron-LM, distributed optimizer"),
    "megatron": later("Megatron-LM, states on every GPU"),
    "deepspeed_bf16": later("DeepSpeed BF16Optimizer"),
    "deepspeed": later("DeepSpeed ZeRO"),
    "fsdp": later("PyTorch FSDP"),
    "adam": later("Mixed-precision Adam (ZeRO paper)"),
    "adam_bf16": later("Pure bf16 Adam, no master copy"),
}
CONVENTIONS: Mapping[str, str] = {
    "palm": later("6 N + attention, full (PaLM)"),
    "causal": later("6 N + attention, causal half"),
    "matmul": later("Matrix products only (Korthikanti, eq. v)"),
    "6n": later("6 N, no attention"),
    "8n": later("8 N + attention: recompute counted (llm-foundry’s HFU)"),
}
RECOMPUTE: Mapping[str, str] = {
    "none": later("none"),
    "selective": later("selective: attention scores"),
    "full": later("full: whole blocks"),
}
SCHEDULES: Mapping[str, str] = {
    "1f1b": "1F1B",
    "interleaved": later("interleaved 1F1B"),
    "zb1p": later("zero bubble (ZB1P)"),
    "dualpipe": "DualPipe",
}
SPEEDS: Mapping[str, str] = {
    "": later("predict it"),
    "step": later("measured: seconds per step"),
    "mfu": later("given: MFU, %"),
    "hfu": later("given: hardware TFLOP/s per GPU"),
}
FAMILIES: Mapping[str, str] = {
    "llama": later("Llama: RMSNorm, SwiGLU"),
    "gpt": later("GPT: LayerNorm, GeLU, biases"),
}
POSITIONS: Mapping[str, str] = {
    "rotary": later("rotary"),
    "alibi": "ALiBi",
    "learned": later("learned"),
    "none": later("none"),
}
PROFILES: Mapping[str, str] = {
    "": later("that of the framework"),
    "megatron_core": later("Megatron-Core (carried over)"),
    "fsdp_2023": later("FSDP 2023 (fitted on MPT)"),
    "megatron_deepspeed_2022": later("Megatron-DeepSpeed 2022 (fitted on BigScience)"),
}
ATTENTION: Mapping[str, str] = {
    "": later("by the model’s family"),
    "flash": later("fused (FlashAttention)"),
    "unfused": later("unfused: scores are kept"),
}
