"""The words of training plans: what forms offer and tables say, in the reader's language."""

from collections.abc import Mapping

from app.compute.layouts import Layout
from app.training import presets, sentences
from app.training.explanations import COLLECTIVES, CONCEPTS, EXPLANATIONS
from app.training.formulas.formula import KINDS, Formula
from app.training.formulas.parts import STEP_PARTS
from app.training.formulas.traffic import AXES
from app.training.known import Known
from app.training.published import QUANTITIES
from app.web.i18n import gettext as _
from app.web.i18n import later
from app.web.numbers import decimal, whole

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
PARTS: Mapping[str, str] = {
    "weights": later("Weights"),
    "gradients": later("Gradients"),
    "optimizer": later("Optimizer states"),
    "activations": later("Activations"),
    "recompute": later("Recompute set"),
    "logits": later("Logits"),
    "buffers": later("Buffers"),
    "overhead": later("Framework"),
}
CONFIDENCE: Mapping[str, str] = {
    "high": later("reproduces published runs"),
    "medium": later("one maintained compilation"),
    "low": later("second hand"),
    "unverified": later("unverified"),
}
CONFIDENCE_TONES: Mapping[str, str] = {
    "high": "good",
    "medium": "info",
    "low": "warn",
    "unverified": "dash",
}
VERDICT_TONES: Mapping[str, str] = {"fits": "good", "tight": "warn", "does_not_fit": "bad"}
STEP_KINDS: Mapping[str, str] = {
    "measured": later("measured input"),
    "given": later("from your input"),
    "calibrated": later("predicted, calibrated"),
    "assumed": later("predicted, assumed"),
}

TERMS: Mapping[str, str] = {
    "reserved for a year": later("reserved for a year"),
    "on demand": later("on demand"),
    "assumed in the paper": later("assumed in the paper"),
}
FIELDS: Mapping[str, str] = {
    "model": later("Model"),
    "family": later("Family"),
    "layers": later("Layers"),
    "hidden": later("Hidden size"),
    "heads": later("Heads"),
    "kv_heads": later("Key/value heads"),
    "head_dim": later("Head dimension"),
    "ffn": later("Feed-forward width"),
    "vocab": later("Vocabulary"),
    "seq": later("Sequence length"),
    "tied": later("Tied embeddings"),
    "positions": later("Positions"),
    "norm": later("Norm"),
    "bias": later("Biases"),
    "qkv_bias": later("QKV bias"),
    "qk_norm": later("QK norm"),
    "embedding_norm": later("Embedding norm"),
    "norms_per_layer": later("Norms per layer"),
    "dropout": later("Dropout"),
    "experts": later("Experts"),
    "top_k": later("Experts per token"),
    "expert_ffn": later("Width of an expert"),
    "shared_experts": later("Shared experts"),
    "shared_ffn": later("Width of a shared one"),
    "dense_layers": later("Dense layers first"),
    "router_bias": later("Router bias"),
    "query_rank": later("Query rank (MLA)"),
    "key_value_rank": later("KV rank (MLA)"),
    "nope_dim": later("Head part without positions"),
    "rope_dim": later("Rotary head part"),
    "value_dim": later("Value head part"),
    "accelerator": later("Accelerator"),
    "gpus": later("GPUs"),
    "gpus_per_node": later("GPUs per node"),
    "network_gb_s": later("Network of a node, GB/s"),
    "link_gb_s": later("Link of a GPU, GB/s"),
    "peak_tflops": later("Dense peak, TFLOP/s"),
    "memory_gb": later("Memory, GB"),
    "watts": later("Board power, W"),
    "peak_fp8_tflops": later("Dense fp8 peak, TFLOP/s"),
    "sustained_tflops": later("Reached by matrix products, TFLOP/s"),
    "memory_tb_s": later("Memory bandwidth, TB/s"),
    "price": later("Price of a GPU-hour"),
    "currency": later("Currency"),
    "tp": later("Tensor parallel"),
    "pp": later("Pipeline stages"),
    "dp": later("Data parallel"),
    "cp": later("Context parallel"),
    "ep": later("Expert parallel"),
    "etp": later("Tensor parallel of experts"),
    "micro_batch": later("Micro-batch"),
    "global_batch": later("Global batch"),
    "interleave": later("Interleaving"),
    "schedule": later("Schedule"),
    "stages": later("Layers of each stage"),
    "sequence_parallel": later("Sequence parallel"),
    "recompute": later("Recomputation"),
    "optimizer": later("Model states"),
    "zero": later("ZeRO stage"),
    "precision": later("Precision"),
    "attention": later("Attention kernel"),
    "shard_group": later("GPUs that share states"),
    "optimizer_bytes": later("Optimizer bytes per parameter"),
    "tokens": later("Training tokens"),
    "speed_value": later("How fast"),
    "goodput": later("Goodput"),
    "pue": later("PUE"),
    "grid": later("Grid, g CO2 per kWh"),
    "convention": later("FLOPs of the MFU"),
    "profile": later("Profile that predicts"),
    "failures": later("Failures per GPU-month"),
    "restart_hours": later("Hours to restart"),
    "checkpoint_hours": later("Hours between checkpoints"),
    "save_seconds": later("Seconds to save one"),
    "other_share": later("Other stops, share"),
    "overhead_gib": later("Framework, GiB"),
    "overhead_band": later("Give or take, GiB"),
    "ramp_start": later("First batch"),
    "ramp_increment": later("Grows by"),
    "ramp_sequences": later("Over sequences"),
}
"""The labels of the form, for messages and lists."""


RESULTS: Mapping[str, str] = {
    "parameters": later("Parameters"),
    "active": later("Active on a token"),
    "tokens": later("Tokens"),
    "accelerator": later("Accelerator"),
    "gpus": later("GPUs"),
    "step_seconds": later("Seconds per step"),
    "mfu": later("MFU"),
    "hfu": later("HFU"),
    "bubble": later("Bubble"),
    "days": later("Days"),
    "gpu_hours": later("GPU-hours that compute"),
    "gpu_hours_paid": later("GPU-hours that are paid"),
    "cost": later("Cost"),
    "energy_kwh": later("Energy, kWh"),
    "co2_t": later("CO2, t"),
    "max_gib": later("Memory, fullest stage"),
}
"""What is kept of a saved version, in the order of a comparison."""
PERCENTS = frozenset({"mfu", "hfu", "bubble"})
EXPORTS: Mapping[str, str] = {
    "json": "JSON",
    "csv": "CSV",
    "megatron": later("Megatron-LM script"),
    "deepspeed": later("DeepSpeed configuration"),
    "torchrun": later("torchrun line"),
}


def options(words: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return choices of a form with their words."""
    return [(value, _(word)) for value, word in words.items()]


def word(words: Mapping[str, str], name: str) -> str:
    """Return a word, or the name itself where none is known."""
    return _(words[name]) if name in words else name


def note_of(formula: Formula) -> str:
    """Return which symbol of a formula is which."""
    return _(formula.note) if formula.note else ""


def title_of(formula: Formula) -> str:
    """Return what a formula computes."""
    return _(formula.title)


def kind_of(formula: Formula) -> str:
    """Return what a formula's result rests on."""
    return _(formula.word)


def yes_no() -> list[tuple[str, str]]:
    """Return the choices of a part of a model: as the family has it, yes, no."""
    return [("", _("by default")), ("yes", _("yes")), ("no", _("no"))]


def on_off() -> list[tuple[str, str]]:
    """Return the choices of a switch that is off by itself."""
    return [("", _("no")), ("yes", _("yes"))]


def accelerators(known: Known) -> list[tuple[str, str]]:
    """Return the accelerators with their peaks, as choices."""
    return [
        (one.id, f"{one.device.name} · {one.device.peak_tflops:g} TFLOP/s")
        for one in known.accelerators.values()
    ]


def model_name(values: Mapping[str, str]) -> str:
    """Return the name of the model that a form has chosen."""
    preset = presets.models().get(values.get("model", ""))
    return preset.name if preset else _("A model of your own")


def layout_line(layout: Layout) -> str:
    """Return a layout in one line."""
    return f"{sizes_line(layout)} · {options_line(layout)}"


def sizes_line(layout: Layout) -> str:
    """Return the sizes of a layout; what is 1 is left out, but never TP, PP, DP."""
    sizes = [f"TP {layout.tp}", f"PP {layout.pp}"]
    if layout.interleave > 1:
        sizes.append(f"VP {layout.interleave}")
    sizes.append(f"DP {layout.dp}")
    sizes += [f"{name} {size}" for name, size in (("CP", layout.cp), ("EP", layout.ep)) if size > 1]
    sizes.append(_("micro-batch %(size)s", size=layout.micro_batch))
    return " · ".join(sizes)


def options_line(layout: Layout) -> str:
    """Return what a layout chooses beside its sizes."""
    chosen = [_("sequence parallel")] if layout.sequence_parallel else []
    chosen.append(sentences.recompute_word(layout.recompute))
    zero = "" if layout.zero is None else f" {layout.zero}"
    chosen.append(word(OPTIMIZERS, layout.optimizer) + zero)
    return " · ".join(chosen)


def field(name: str) -> str:
    """Return the label of a field of the form."""
    return word(FIELDS, name)


def value(name: str, text: str) -> str:
    """Return a size of a model as it is read."""
    if text in {"yes", "no"}:
        return _("yes") if text == "yes" else _("no")
    if text.isdecimal():
        return whole(int(text))
    return word({**FAMILIES, **POSITIONS}, text) if name in {"family", "positions"} else text


def part(name: str) -> str:
    """Return a part of a stage's memory."""
    return word(PARTS, name)


def step_part(name: str) -> str:
    """Return a part of the step."""
    return word(STEP_PARTS, name)


def step_kind(name: str) -> str:
    """Return what the step rests on."""
    return word(STEP_KINDS, name)


def schedule(name: str) -> str:
    """Return a pipeline schedule."""
    return word(SCHEDULES, name)


def convention(name: str) -> str:
    """Return what a FLOP convention counts."""
    return word(CONVENTIONS, name)


def origin(profile: str) -> str:
    """Return where the efficiencies of a profile come from."""
    return word(sentences.ORIGINS, profile)


def verdict(name: str) -> str:
    """Return the verdict on a stage's memory."""
    return sentences.verdict_word(name)


def axis(name: str) -> str:
    """Return an axis of parallelism."""
    return word(AXES, name)


def terms(text: str) -> str:
    """Return the terms of a price; what an administrator wrote stays."""
    return word(TERMS, text)


def profile(name: str) -> str:
    """Return a profile of efficiencies."""
    return word(PROFILES, name)


def refused_line(layout: Mapping[str, object]) -> str:
    """Return the sizes of a refused layout, as far as they were chosen."""
    names = {"tp": "TP", "pp": "PP", "dp": "DP", "cp": "CP", "ep": "EP", "micro_batch": "MBS"}
    return " · ".join(
        f"{short} {layout[name]}"
        for name, short in names.items()
        if layout.get(name) is not None and (name in {"tp", "pp"} or layout[name] != 1)
    )


def export(kind: str) -> str:
    """Return what a kind of file is called."""
    return word(EXPORTS, kind)


def result(name: str) -> str:
    """Return what a kept result is called."""
    return word(RESULTS, name)


def shown_result(name: str, value: object) -> str:
    """Return a kept result as it is read."""
    if value is None:
        return _("not computed")
    if name in PERCENTS and isinstance(value, int | float):
        return f"{decimal(100 * value, 1)} %"
    if isinstance(value, int) or name.startswith("gpu_hours") or name == "energy_kwh":
        return whole(round(float(str(value))))
    if name == "cost":
        return whole(round(float(str(value))))
    return decimal(value, 2) if isinstance(value, float) else str(value)


def quantity(name: str) -> str:
    """Return what a published quantity is called."""
    return word(QUANTITIES, name)


def kind(name: str) -> str:
    """Return what a value rests on."""
    return _(KINDS[name][1])


def kind_tone(name: str) -> str:
    """Return the tone of what a value rests on."""
    return KINDS[name][0]


def confidence(name: str) -> str:
    """Return how far the numbers of an accelerator can be trusted."""
    return word(CONFIDENCE, name)


def concept(name: str) -> str:
    """Return what an idea is called."""
    return word(CONCEPTS, name)


def explanation(name: str) -> list[str]:
    """Return what there is to say about an idea, a paragraph each."""
    return [_(text) for text in EXPLANATIONS[name]]


def collective(axis_name: str) -> str:
    """Return the collective operations of an axis."""
    return word(COLLECTIVES, axis_name)
