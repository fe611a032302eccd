"""From what was asked to what compute takes: a shape, a cluster, a layout, assumptions, limits."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.compute.estimating.estimate import Assumptions
from app.compute.hardware.machines import Cluster
from app.compute.hardware.profiles import find_profile
from app.compute.layout.layouts import Layout
from app.compute.model.huggingface import from_config
from app.compute.model.shapes import ModelShape
from app.compute.model.states import state_bytes
from app.compute.search.search_space import SearchLimits
from app.compute.timing.efficiency import Efficiency
from app.compute.timing.goodput import Interruptions
from app.compute.timing.ramp import BatchRamp
from app.errors import InvalidInput
from app.training import presets
from app.training.aliases import find_accelerator, find_model, find_optimizer
from app.training.api_models import (
    MOST_LAYERS,
    MOST_SEQUENCE,
    MOST_VOCAB,
    MOST_WIDTH,
    EfficiencyIn,
    EstimateIn,
    HardwareIn,
    LayoutIn,
    LimitsIn,
    ModelIn,
)
from app.training.known import Known, shipped

_WAYS = ("preset", "config", "family")
_MADE_BY_FAMILY = ("layers", "hidden", "heads", "vocab", "ffn", "head_dim", "kv_heads")
_REPLACED = (
    "tied",
    "positions",
    "gated",
    "bias",
    "norm",
    "qkv_bias",
    "qk_norm",
    "embedding_norm",
    "norms_per_layer",
    "dropout",
)
_MOST = {
    "layers": MOST_LAYERS,
    "hidden": MOST_WIDTH,
    "heads": MOST_WIDTH,
    "ffn": MOST_WIDTH,
    "vocab": MOST_VOCAB,
    "sequence": MOST_SEQUENCE,
}


def make_model(model: ModelIn) -> ModelShape:
    """
    Make the shape that a body describes.

    Raises
    ------
    InvalidInput
        An unknown preset, or not exactly one way to describe a model.
    ComputeError
        A shape that no model can have.
    """
    ways = [way for way in _WAYS if getattr(model, way) is not None]
    if len(ways) != 1:
        raise InvalidInput(
            "Describe the model in one way: by preset, by config, or by family and sizes.",
            field="model",
        )
    if model.preset is not None:
        shape = _preset(model.preset)
    elif model.config is not None:
        shape = from_config(model.config, sequence=model.seq)
    else:
        shape = _by_family(model)
    changed: dict[str, Any] = {
        name: getattr(model, name) for name in _REPLACED if getattr(model, name) is not None
    }
    if model.seq is not None:
        changed["sequence"] = model.seq
    return _within_bounds(replace(shape, **changed))


def make_cluster(hardware: HardwareIn, known: Known | None = None) -> Cluster:
    """
    Make the cluster; numbers in the body replace the recorded ones of the accelerator.

    Raises
    ------
    InvalidInput
        An unknown accelerator.
    """
    devices = (known or shipped()).accelerators
    found = find_accelerator(hardware.accelerator, devices)
    if found is None:
        raise InvalidInput(
            "There is no accelerator “%(name)s”. Known are: %(known)s.",
            field="hardware.accelerator",
            name=hardware.accelerator,
            known=", ".join(devices),
        )
    device = devices[found].device
    edited: dict[str, Any] = {
        name: getattr(hardware, name)
        for name in ("link_gb_s", "peak_tflops", "memory_gb", "watts")
        if getattr(hardware, name) is not None
    }
    if "peak_tflops" in edited and edited["peak_tflops"] != device.peak_tflops:
        # What was measured belongs to the recorded peak.
        edited["sustained_tflops"] = None
    return Cluster(
        replace(device, **edited),
        hardware.count,
        gpus_per_node=hardware.gpus_per_node,
        network_gb_s=hardware.network_gb_s,
        price_per_hour=hardware.price_per_hour,
        currency=hardware.currency,
    )


def make_layout(layout: LayoutIn, gpus: int) -> Layout:
    """Make the layout; what is absent follows from the GPUs and from the other sizes."""
    is_named = "optimizer" in layout.model_fields_set or layout.zero is None
    name = layout.optimizer if is_named else "deepspeed"
    optimizer, zero = find_optimizer(name, layout.zero)
    dp = layout.dp
    if dp is None:
        dp = max(1, gpus // (layout.tp * layout.pp * layout.cp))
    batch = layout.micro_batch * dp if layout.global_batch is None else layout.global_batch
    given = layout.model_dump(exclude={"dp", "global_batch", "optimizer", "zero", "stages"})
    stages = None if layout.stages is None else tuple(layout.stages)
    return Layout(**given, dp=dp, global_batch=batch, optimizer=optimizer, zero=zero, stages=stages)


def make_assumptions(body: EstimateIn) -> Assumptions:
    """Make what a plan assumes beside model, cluster and layout."""
    if body.goodput is not None and body.interruptions is not None:
        raise InvalidInput(
            "Give the goodput, or what interrupts the run, not both.", field="goodput"
        )
    stops = body.interruptions
    return Assumptions(
        efficiency=_efficiency(body.efficiency),
        goodput=body.goodput,
        pue=body.pue,
        grid_g_per_kwh=body.grid_g_per_kwh,
        convention=body.convention or "palm",
        profile=body.profile,
        interruptions=None if stops is None else Interruptions(**stops.model_dump()),
        overhead_gib=body.overhead_gib,
        overhead_band_gib=body.overhead_band_gib,
        ramp=None if body.ramp is None else BatchRamp(**body.ramp.model_dump()),
    )


def make_limits(limits: LimitsIn) -> SearchLimits:
    """
    Make what a search is limited to.

    Raises
    ------
    NoSuchChoice
        An unknown optimizer or profile.
    """
    chosen: dict[str, Any] = {
        name: getattr(limits, name)
        for name in ("max_tp", "max_pp", "max_cp", "max_ep", "max_interleave")
        if getattr(limits, name) is not None
    }
    for name in ("micro_batches", "recompute"):
        values = getattr(limits, name)
        if values is not None:
            chosen[name] = tuple(dict.fromkeys(values))
    if limits.optimizers is not None:
        states = [find_optimizer(name, limits.zero) for name in limits.optimizers]
        for optimizer, zero in states:
            state_bytes(optimizer, precision=limits.precision, zero=zero)
        chosen["states"] = tuple(dict.fromkeys(states))
    find_profile(limits.profile, "")
    return SearchLimits(
        **chosen,
        uneven=limits.uneven,
        precision=limits.precision,
        attention=limits.attention,
        profile=limits.profile,
    )


def _efficiency(given: EfficiencyIn) -> Efficiency:
    return Efficiency(mfu=given.mfu, hfu_tflops=given.hfu_tflops, step_seconds=given.step_seconds)


def _preset(name: str) -> ModelShape:
    known = presets.models()
    found = find_model(name, known)
    if found is None:
        raise InvalidInput(
            "There is no model “%(name)s”. Known are: %(known)s.",
            field="model.preset",
            name=name,
            known=", ".join(known),
        )
    return known[found].shape


def _by_family(model: ModelIn) -> ModelShape:
    fields: dict[str, Any] = {"family": model.family}
    needed = ("layers", "hidden", "heads", "vocab")
    for name in (*needed, "ffn") if model.family == "llama" else needed:
        if getattr(model, name) is None:
            raise InvalidInput(
                "A model of the family %(family)s needs %(name)s.",
                field=f"model.{name}",
                family=model.family,
                name=name,
            )
    for name in _MADE_BY_FAMILY:
        value = getattr(model, name)
        if value is not None:
            fields[name] = value
    if model.experts is not None:
        fields["experts"] = model.experts.model_dump()
    if model.latent is not None and model.family == "llama":
        fields["latent"] = model.latent.model_dump()
    shape = presets.make_shape(fields)
    own: Mapping[str, Any] = {
        name: getattr(model, name)
        for name in ("kv_heads", "head_dim")
        if getattr(model, name) is not None
    }
    return replace(shape, **own)


def _within_bounds(shape: ModelShape) -> ModelShape:
    """Refuse what a configuration may hold and no body may."""
    for name, most in _MOST.items():
        if getattr(shape, name) > most:
            raise InvalidInput(
                "%(name)s is larger than %(most)s, the most that is computed.",
                field=f"model.{name}",
                name=name,
                most=most,
            )
    return shape
