"""What tables say of a training plan: parts, kinds, results, files, and their tones."""

from collections.abc import Mapping

from app.web.i18n import later

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
    "max_gib": later("Memory of the fullest stage, GiB"),
}
"""What is kept of a saved version, in the order of a comparison."""
PERCENTS = frozenset({"mfu", "hfu", "bubble"})
LARGE = frozenset(
    {"parameters", "active", "tokens", "gpu_hours", "gpu_hours_paid", "cost", "energy_kwh"}
)
"""Results that are shown in three figures, the whole number beside."""
EXPORTS: Mapping[str, str] = {
    "json": "JSON",
    "csv": "CSV",
    "megatron": later("Megatron-LM script"),
    "deepspeed": later("DeepSpeed configuration"),
    "torchrun": later("torchrun line"),
}
