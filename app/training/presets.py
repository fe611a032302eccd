"""The models, accelerators and published runs that ship with the portal."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from app.compute.hardware.machines import Accelerator, Cluster
from app.compute.layout.layouts import Layout
from app.compute.model.shapes import Experts, LatentAttention, ModelShape, gpt, llama

DATA = Path(__file__).parent / "data"

Entry = dict[str, Any]

_COMMON_FIELDS = ("layers", "hidden", "heads", "vocab", "sequence", "ffn", "tied", "positions")
_SHAPE_FIELDS = {
    "gpt": (*_COMMON_FIELDS, "embedding_norm", "dropout"),
    "llama": (
        *_COMMON_FIELDS,
        "kv_heads",
        "head_dim",
        "qkv_bias",
        "qk_norm",
        "norms_per_layer",
    ),
}


@dataclass(frozen=True)
class ModelPreset:
    """A model that can be chosen by its id; `parameters` and `published_b` are what is printed."""

    id: str
    name: str
    shape: ModelShape
    sources: tuple[str, ...]
    parameters: int | None = None
    published_b: float | None = None
    published_active_b: float | None = None
    tokenizer_vocab: int | None = None
    unverified: bool = False
    note: str = ""


@dataclass(frozen=True)
class AcceleratorPreset:
    """A device that can be chosen by its id, with how far its numbers can be trusted."""

    id: str
    vendor: str
    device: Accelerator
    confidence: str
    sources: tuple[str, ...]
    unverified: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class PublishedRun:
    """
    A run that was published.

    `layout` is None where the source does not say enough; `published` holds the printed figures by
    name; `convention` is the FLOP convention of its MFU where the source names one.
    """

    id: str
    model: str
    accelerator: str
    gpus: int
    tokens: int
    published: Mapping[str, float]
    sources: tuple[str, ...]
    layout: Layout | None = None
    network_gb_s: float | None = None
    step_seconds: float | None = None
    hfu_tflops: float | None = None
    goodput: float | None = None
    grid_g_per_kwh: float | None = None
    convention: str = "palm"
    note: str = ""

    def cluster(self) -> Cluster:
        """Make the cluster that the run used."""
        device = accelerators()[self.accelerator].device
        return Cluster(device, self.gpus, network_gb_s=self.network_gb_s)


@cache
def models() -> Mapping[str, ModelPreset]:
    """
    Read the models, by id.

    Examples
    --------
    >>> models()["bloom-176b"].shape.layers
    70
    """
    sources, entries = read_entries("models.yaml", "models")
    return {entry["id"]: _model(entry, sources) for entry in entries}


@cache
def accelerators() -> Mapping[str, AcceleratorPreset]:
    """
    Read the accelerators, by id.

    Examples
    --------
    >>> accelerators()["h100-sxm"].device.peak_tflops
    989
    """
    sources, entries = read_entries("accelerators.yaml", "accelerators")
    return {entry["id"]: _accelerator(entry, sources) for entry in entries}


@cache
def runs() -> Mapping[str, PublishedRun]:
    """
    Read the published runs, by id.

    Examples
    --------
    >>> runs()["bloom-176b"].layout.pp
    12
    """
    sources, entries = read_entries("runs.yaml", "runs")
    return {entry["id"]: _run(entry, sources) for entry in entries}


@cache
def bloom_layouts() -> tuple[Mapping[str, str], ...]:
    """
    Read the measured layouts of the BigScience sweep, as text.

    Examples
    --------
    >>> len(bloom_layouts())
    72
    """
    return _rows("bloom_layouts.csv")


@cache
def mpt_throughput() -> tuple[Mapping[str, str], ...]:
    """
    Read the measured throughput of MosaicML's MPT models, as text.

    Examples
    --------
    >>> len(mpt_throughput())
    108
    """
    return _rows("mpt_throughput.csv")


def make_shape(fields: Mapping[str, Any]) -> ModelShape:
    """
    Make a shape from named fields: `family`, and what `shapes.gpt` or `shapes.llama` take.

    Examples
    --------
    >>> make_shape({"family": "gpt", "layers": 2, "hidden": 64, "heads": 4, "vocab": 100}).head_dim
    16
    """
    family = fields["family"]
    given: Entry = {key: fields[key] for key in _SHAPE_FIELDS[family] if key in fields}
    if "experts" in fields:
        given["experts"] = Experts(**fields["experts"])
    if "latent" in fields:
        given["latent"] = LatentAttention(**fields["latent"])
    return gpt(**given) if family == "gpt" else llama(**given)


def _model(entry: Entry, sources: Mapping[str, str]) -> ModelPreset:
    return ModelPreset(
        id=entry["id"],
        name=entry["name"],
        shape=make_shape(entry),
        sources=_cite(entry, sources),
        parameters=entry.get("parameters"),
        published_b=entry.get("published_b"),
        published_active_b=entry.get("published_active_b"),
        tokenizer_vocab=entry.get("tokenizer_vocab"),
        unverified=entry.get("unverified", False),
        note=entry.get("note", ""),
    )


def _accelerator(entry: Entry, sources: Mapping[str, str]) -> AcceleratorPreset:
    device = Accelerator(
        name=entry["name"],
        peak_tflops=entry["peak_tflops"],
        memory_gb=entry["memory_gb"],
        peak_fp8_tflops=entry["peak_fp8_tflops"],
        sustained_tflops=entry["sustained_tflops"],
        memory_tb_s=entry["memory_tb_s"],
        link_gb_s=entry["link_gb_s"],
        watts=entry["watts"],
    )
    return AcceleratorPreset(
        id=entry["id"],
        vendor=entry["vendor"],
        device=device,
        confidence=entry["confidence"],
        sources=_cite(entry, sources),
        unverified=tuple(entry.get("unverified", ())),
        note=entry.get("note", ""),
    )


def _run(entry: Entry, sources: Mapping[str, str]) -> PublishedRun:
    rest = {key: value for key, value in entry.items() if key not in ("layout", "sources")}
    layout = Layout(**entry["layout"]) if "layout" in entry else None
    return PublishedRun(**rest, layout=layout, sources=_cite(entry, sources))


def _cite(entry: Entry, sources: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sources[key] for key in entry["sources"])


def read_entries(name: str, key: str) -> tuple[Mapping[str, str], list[Entry]]:
    """Read the sources and one list of a file in the package's data."""
    with (DATA / name).open(encoding="utf-8") as file:
        content = yaml.safe_load(file)
    return content["sources"], content[key]


def _rows(name: str) -> tuple[Mapping[str, str], ...]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
