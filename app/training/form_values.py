"""A training run as the fields of a form, and as the query of an address: to a body and back."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from app.compute.layout.layouts import Layout
from app.compute.model.shapes import ModelShape
from app.planning.notation.numbers import spell
from app.training.api_models import EstimateIn
from app.training.presets import PublishedRun
from app.web.numbers import system

BY_HAND = "hand"
"""In the place of a preset: the sizes are in their own fields."""

# Field of the form -> where its value stands in a body.
PLACES: Mapping[str, tuple[str, ...]] = {
    "model": ("model", "preset"),
    "family": ("model", "family"),
    "layers": ("model", "layers"),
    "hidden": ("model", "hidden"),
    "heads": ("model", "heads"),
    "kv_heads": ("model", "kv_heads"),
    "head_dim": ("model", "head_dim"),
    "ffn": ("model", "ffn"),
    "vocab": ("model", "vocab"),
    "seq": ("model", "seq"),
    "tied": ("model", "tied"),
    "positions": ("model", "positions"),
    "norm": ("model", "norm"),
    "bias": ("model", "bias"),
    "qkv_bias": ("model", "qkv_bias"),
    "qk_norm": ("model", "qk_norm"),
    "embedding_norm": ("model", "embedding_norm"),
    "norms_per_layer": ("model", "norms_per_layer"),
    "dropout": ("model", "dropout"),
    "experts": ("model", "experts", "count"),
    "top_k": ("model", "experts", "top_k"),
    "expert_ffn": ("model", "experts", "ffn"),
    "shared_experts": ("model", "experts", "shared"),
    "shared_ffn": ("model", "experts", "shared_ffn"),
    "dense_layers": ("model", "experts", "dense_layers"),
    "router_bias": ("model", "experts", "router_bias"),
    "query_rank": ("model", "latent", "query_rank"),
    "key_value_rank": ("model", "latent", "key_value_rank"),
    "nope_dim": ("model", "latent", "nope_dim"),
    "rope_dim": ("model", "latent", "rope_dim"),
    "value_dim": ("model", "latent", "value_dim"),
    "accelerator": ("hardware", "accelerator"),
    "gpus": ("hardware", "count"),
    "gpus_per_node": ("hardware", "gpus_per_node"),
    "network_gb_s": ("hardware", "network_gb_s"),
    "link_gb_s": ("hardware", "link_gb_s"),
    "peak_tflops": ("hardware", "peak_tflops"),
    "memory_gb": ("hardware", "memory_gb"),
    "watts": ("hardware", "watts"),
    "price": ("hardware", "price_per_hour"),
    "currency": ("hardware", "currency"),
    "tp": ("layout", "tp"),
    "pp": ("layout", "pp"),
    "dp": ("layout", "dp"),
    "cp": ("layout", "cp"),
    "ep": ("layout", "ep"),
    "etp": ("layout", "etp"),
    "micro_batch": ("layout", "micro_batch"),
    "global_batch": ("layout", "global_batch"),
    "interleave": ("layout", "interleave"),
    "schedule": ("layout", "schedule"),
    "stages": ("layout", "stages"),
    "sequence_parallel": ("layout", "sequence_parallel"),
    "recompute": ("layout", "recompute"),
    "optimizer": ("layout", "optimizer"),
    "zero": ("layout", "zero"),
    "precision": ("layout", "precision"),
    "attention": ("layout", "attention"),
    "shard_group": ("layout", "shard_group"),
    "optimizer_bytes": ("layout", "optimizer_bytes"),
    "tokens": ("tokens",),
    "goodput": ("goodput",),
    "pue": ("pue",),
    "grid": ("grid_g_per_kwh",),
    "convention": ("convention",),
    "profile": ("profile",),
    "failures": ("interruptions", "failures_per_device_month"),
    "restart_hours": ("interruptions", "restart_hours"),
    "checkpoint_hours": ("interruptions", "checkpoint_hours"),
    "save_seconds": ("interruptions", "save_seconds"),
    "other_share": ("interruptions", "other_share"),
    "overhead_gib": ("overhead_gib",),
    "overhead_band": ("overhead_band_gib",),
    "ramp_start": ("ramp", "start"),
    "ramp_increment": ("ramp", "increment"),
    "ramp_sequences": ("ramp", "sequences"),
}
SPEEDS: Mapping[str, str] = {"mfu": "mfu", "hfu": "hfu_tflops", "step": "step_seconds"}
"""What a speed is given as -> its name in a body."""

SHAPE_FIELDS = tuple(name for name, place in PLACES.items() if place[0] == "model")[1:]
LAYOUT_FIELDS = tuple(name for name, place in PLACES.items() if place[0] == "layout")
SIZES = ("tp", "pp", "dp", "cp", "ep", "interleave")


def values_of_body(body: EstimateIn) -> dict[str, str]:
    """Return the fields of a form that say the same as a body; what is absent is left out."""
    given = body.model_dump(exclude_none=True, exclude_unset=True)
    values = {}
    for name, place in PLACES.items():
        found: Any = given
        for part in place:
            found = found.get(part) if isinstance(found, Mapping) else None
        if found is not None:
            values[name] = spell_value(name, found)
    values.setdefault("model", BY_HAND)
    for speed, key in SPEEDS.items():
        value = getattr(body.efficiency, key)
        if value is not None:
            values |= {
                "speed": speed,
                "speed_value": plain(100 * value if speed == "mfu" else value),
            }
    return values


def values_of_run(run: PublishedRun) -> dict[str, str]:
    """Return the fields that stand for a published run, with its measured step where it has one."""
    values = {
        "model": run.model,
        "accelerator": run.accelerator,
        "gpus": str(run.gpus),
        "tokens": spell_tokens(run.tokens),
        "convention": run.convention,
    }
    if run.layout is not None:
        values |= values_of_layout(run.layout)
    if run.step_seconds is not None:
        values |= {"speed": "step", "speed_value": plain(run.step_seconds)}
    elif run.hfu_tflops is not None:
        values |= {"speed": "hfu", "speed_value": plain(run.hfu_tflops)}
    for name, value in (
        ("network_gb_s", run.network_gb_s),
        ("goodput", run.goodput),
        ("grid", run.grid_g_per_kwh),
    ):
        if value is not None:
            values[name] = plain(value)
    return values


def values_of_layout(layout: Layout) -> dict[str, str]:
    """Return the fields of a layout, without what is off or follows by itself."""
    values = {}
    for name in LAYOUT_FIELDS:
        found = getattr(layout, PLACES[name][-1])
        if found is None or found is False:
            continue
        if found == 1 and found is not True and name not in SIZES:
            continue
        values[name] = spell_value(name, found)
    return values


def values_of_shape(shape: ModelShape) -> dict[str, str]:
    """Return the fields that describe a shape by hand."""
    values = {
        "model": BY_HAND,
        "family": shape.family,
        "seq": str(shape.sequence),
    }
    for name in SHAPE_FIELDS:
        place = PLACES[name]
        holder = shape if len(place) == len(("model", "field")) else getattr(shape, place[1])
        found = None if holder is None else getattr(holder, place[-1], None)
        if found is None or name in values:
            continue
        values[name] = spell_value(name, found)
    return values


def address(path: str, values: Mapping[str, str], **changes: str | None) -> str:
    """Return an address that opens a form with these values; a change of None leaves one out."""
    kept = {name: value for name, value in values.items() if value != ""}
    for name, value in changes.items():
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = value
    return f"{path}?{urlencode(kept)}" if kept else path


def spell_value(name: str, value: object) -> str:
    """Return a value of a body as a person would type it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name == "tokens" and isinstance(value, int | float):
        return spell_tokens(value)
    if isinstance(value, Decimal | int | float):
        return plain(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(str(one) for one in value)
    return str(value)


def spell_tokens(tokens: float) -> str:
    """Return tokens as a field shows them: 366B, 3660亿."""
    return spell(int(tokens), system())


def plain(value: float | Decimal) -> str:
    """
    Return a number without needless zeros or an exponent.

    Examples
    --------
    >>> plain(0.9), plain(384), plain(2.0), plain(104.7)
    ('0.9', '384', '2', '104.7')
    """
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def place_of_field(field: str) -> str:
    """
    Return the field of the form at which something is wrong, by its place in a body.

    Examples
    --------
    >>> place_of_field("hardware.count"), place_of_field("efficiency.mfu")
    ('gpus', 'speed_value')
    """
    place = tuple(part for part in field.split(".") if not part.isdecimal())
    if place[0] == "efficiency":
        return "speed_value"
    for name, known in PLACES.items():
        if known == place:
            return name
    if place == ("model",):
        return "model"
    return next((name for name, known in PLACES.items() if known[-1] == place[-1]), place[-1])
