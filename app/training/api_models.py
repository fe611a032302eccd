"""What `POST /training/estimate` and `/training/layouts` take: strict, bounded, documented."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

MOST_GPUS = 1_000_000
MOST_SEARCHED_GPUS = 131_072
MOST_LAYERS = 2_000
MOST_WIDTH = 1_000_000
MOST_VOCAB = 10_000_000
MOST_SEQUENCE = 10_000_000
MOST_BATCH = 10_000_000
MOST_TOKENS = 1e18
MOST_ROWS = 5_000

Gpus = Annotated[int, Field(ge=1, le=MOST_GPUS)]
Size = Annotated[int, Field(ge=1, le=MOST_GPUS)]
Width = Annotated[int, Field(ge=1, le=MOST_WIDTH)]
Batch = Annotated[int, Field(ge=1, le=MOST_BATCH)]
Rate = Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]
Tokens = Annotated[
    float,
    Field(ge=1, le=MOST_TOKENS, allow_inf_nan=False, description="Training tokens, with repeats."),
]
Price = Annotated[Decimal, Field(ge=0, le=100_000, allow_inf_nan=False, strict=False)]
Zero = Annotated[int, Field(ge=0, le=3, description="ZeRO stage of an optimizer that has one.")]
Precision = Literal["bf16", "fp16", "fp32", "fp8"]
Recompute = Literal["none", "selective", "full"]
Name = Annotated[str, Field(min_length=1, max_length=80)]


class Strict(BaseModel):
    """A body that takes what it names and nothing else, and converts nothing silently."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ExpertsIn(Strict):
    """The mixture-of-experts part of a model."""

    count: Annotated[int, Field(ge=1, le=10_000)]
    top_k: Annotated[int, Field(ge=1, le=10_000)]
    ffn: Width
    shared: Annotated[int, Field(ge=0, le=1_000)] = 0
    shared_ffn: Width | None = None
    dense_layers: Annotated[int, Field(ge=0, le=MOST_LAYERS)] = 0
    router_bias: bool = False


class LatentIn(Strict):
    """Multi-head latent attention (DeepSeek-V2 and V3)."""

    query_rank: Annotated[int, Field(ge=0, le=MOST_WIDTH)]
    key_value_rank: Width
    nope_dim: Width
    rope_dim: Width
    value_dim: Width


EXPERT_NAMES = {
    "top_k": "top_k",
    "expert_ffn": "ffn",
    "shared_experts": "shared",
    "shared_ffn": "shared_ffn",
    "dense_layers": "dense_layers",
    "router_bias": "router_bias",
}
"""Names beside a number of `experts` -> those inside of `experts`."""


class ModelIn(Strict):
    """
    A model: one of `preset`, `config` (a Hugging Face config.json) or `family` and its sizes.

    `experts` may be their number with `top_k`, `expert_ffn` (that of the model if absent),
    `shared_experts`, `shared_ffn`, `dense_layers` and `router_bias` beside it, as in most
    configurations.
    """

    model_config = ConfigDict(
        json_schema_extra=lambda schema: schema["properties"].update(_flat_experts_schema())
    )

    preset: Name | None = Field(default=None, description="Id of `GET /training/presets`.")
    config: Annotated[dict[str, Any], Field(max_length=500)] | None = None
    family: Literal["gpt", "llama"] | None = None
    layers: Annotated[int, Field(ge=1, le=MOST_LAYERS)] | None = None
    hidden: Width | None = None
    heads: Annotated[int, Field(ge=1, le=100_000)] | None = None
    kv_heads: Annotated[int, Field(ge=1, le=100_000)] | None = None
    head_dim: Annotated[int, Field(ge=1, le=100_000)] | None = None
    ffn: Width | None = None
    vocab: Annotated[int, Field(ge=1, le=MOST_VOCAB)] | None = None
    seq: Annotated[int, Field(ge=1, le=MOST_SEQUENCE)] | None = Field(
        default=None, description="Tokens of a training sequence."
    )
    tied: bool | None = None
    positions: Literal["learned", "rotary", "alibi", "none"] | None = None
    gated: bool | None = Field(default=None, description="Three feed-forward matrices (SwiGLU).")
    bias: bool | None = None
    norm: Literal["layernorm", "rmsnorm"] | None = None
    qkv_bias: bool | None = None
    qk_norm: Literal["none", "head", "projection"] | None = None
    embedding_norm: bool | None = None
    norms_per_layer: Annotated[int, Field(ge=1, le=8)] | None = None
    dropout: bool | None = None
    experts: ExpertsIn | None = None
    latent: LatentIn | None = None

    @model_validator(mode="before")
    @classmethod
    def gather_experts(cls, given: object) -> object:
        """Put what stands beside a number of experts into one part."""
        if not isinstance(given, dict) or type(given.get("experts")) is not int:
            return given
        rest = {name: value for name, value in given.items() if name not in EXPERT_NAMES}
        experts = {
            inside: given[name]
            for name, inside in EXPERT_NAMES.items()
            if given.get(name) is not None
        }
        if "ffn" not in experts and given.get("ffn") is not None:
            experts["ffn"] = given["ffn"]
        return rest | {"experts": {"count": given["experts"], **experts}}


def _flat_experts_schema() -> dict[str, Any]:
    """Return the schema of the names that may stand beside a number of experts."""
    inside = ExpertsIn.model_json_schema()["properties"]
    count = {"$ref": "#/components/schemas/ExpertsIn"}, inside["count"], {"type": "null"}
    beside = {name: inside[place] for name, place in EXPERT_NAMES.items()}
    return {"experts": {"anyOf": list(count)}, **beside}


class HardwareIn(Strict):
    """The cluster; what is given beside the accelerator replaces its recorded numbers."""

    accelerator: Name = Field(description="Id of `GET /training/presets`, or its usual name.")
    count: Gpus = Field(description="GPUs of the run.")
    price_per_hour: Price | None = Field(default=None, description="Of one GPU.")
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "USD"
    gpus_per_node: Annotated[int, Field(ge=1, le=1_024)] = 8
    network_gb_s: Rate | None = Field(default=None, description="Of one node, one way, GB/s.")
    link_gb_s: Rate | None = Field(default=None, description="Scale-up link, one way, GB/s.")
    peak_tflops: Rate | None = Field(default=None, description="Dense 16-bit peak.")
    memory_gb: Rate | None = Field(default=None, description="As on the label.")
    watts: Rate | None = Field(default=None, description="Board power.")


class LayoutIn(Strict):
    """
    How the run is spread over the GPUs.

    `dp` is what the GPUs leave if it is absent, `global_batch` one micro-batch for each rank;
    a `zero` without an `optimizer` means DeepSpeed's.
    """

    tp: Size = 1
    pp: Annotated[int, Field(ge=1, le=MOST_GPUS)] = 1
    dp: Size | None = None
    cp: Size = 1
    ep: Size = 1
    etp: Size | None = None
    micro_batch: Batch = 1
    global_batch: Batch | None = None
    interleave: Annotated[int, Field(ge=1, le=1_000)] = 1
    sequence_parallel: bool = False
    recompute: Recompute = "none"
    optimizer: Name = "megatron_distributed"
    zero: Zero | None = None
    precision: Precision = "bf16"
    stages: Annotated[list[Size], Field(min_length=1, max_length=MOST_LAYERS)] | None = Field(
        default=None, description="Layers of each pipeline stage; derived if absent."
    )
    attention: Literal["unfused", "flash"] | None = None
    schedule: Literal["1f1b", "interleaved", "zb1p", "dualpipe"] | None = None
    shard_group: Size | None = None
    optimizer_bytes: Annotated[float, Field(ge=0, le=64, allow_inf_nan=False)] | None = Field(
        default=None,
        description="Optimizer bytes per parameter in place of Adam's 12: 8 for Muon, say.",
    )


class EfficiencyIn(Strict):
    """How fast the run is: one of these; a profile predicts where none is given."""

    mfu: Annotated[float, Field(ge=0.0001, le=1, allow_inf_nan=False)] | None = None
    hfu_tflops: Annotated[float, Field(ge=0.01, le=1e6, allow_inf_nan=False)] | None = None
    step_seconds: Annotated[float, Field(ge=1e-6, le=1e8, allow_inf_nan=False)] | None = None


class RampIn(Strict):
    """How the global batch grows at the start, as Megatron-LM's `--rampup-batch-size`."""

    start: Batch = Field(description="Sequences of the first steps.")
    increment: Batch = Field(description="By how much each batch size exceeds the one before.")
    sequences: Annotated[int, Field(ge=0, le=10**13)] = Field(
        description="Training sequences over which it grows."
    )


class InterruptionsIn(Strict):
    """What keeps the cluster from training; the goodput follows from it."""

    failures_per_device_month: Annotated[float, Field(ge=0, le=1_000, allow_inf_nan=False)]
    restart_hours: Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)]
    checkpoint_hours: Annotated[float, Field(gt=0, le=10_000, allow_inf_nan=False)]
    save_seconds: Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)] = 0.0
    other_share: Annotated[float, Field(ge=0, le=0.99, allow_inf_nan=False)] = 0.0


class EstimateIn(Strict):
    """A training run."""

    model: ModelIn
    hardware: HardwareIn
    layout: LayoutIn = LayoutIn()
    tokens: Tokens
    efficiency: EfficiencyIn = EfficiencyIn()
    goodput: Annotated[float, Field(ge=0.001, le=1, allow_inf_nan=False)] | None = None
    interruptions: InterruptionsIn | None = Field(
        default=None, description="Instead of the goodput."
    )
    overhead_gib: Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)] | None = Field(
        default=None, description="What the framework takes on each GPU; the profile's if absent."
    )
    overhead_band_gib: Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)] = 0.0
    pue: Annotated[float, Field(ge=1, le=10, allow_inf_nan=False)] = 1.0
    grid_g_per_kwh: Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)] | None = None
    convention: Literal["6n", "palm", "causal", "matmul", "8n"] | None = Field(
        default=None, description="FLOP convention of the MFU; palm if absent."
    )
    profile: Name | None = Field(default=None, description="Profile that predicts a step.")
    ramp: RampIn | None = Field(default=None, description="The full batch at once if absent.")


class QuestionsIn(Strict):
    """
    A run, and what is asked the other way round: GPUs for `days`, or what a `budget` buys.

    The run's MFU and goodput are taken to hold at any number of GPUs.
    """

    run: EstimateIn
    days: Annotated[float, Field(gt=0, le=36_500, allow_inf_nan=False)] | None = Field(
        default=None, description="The deadline."
    )
    budget: Annotated[Decimal, Field(gt=0, le=10**15, allow_inf_nan=False, strict=False)] | None = (
        Field(default=None, description="In the currency of the price of a GPU-hour.")
    )
    law: Literal["besiroglu_2024", "hoffmann_unrounded", "muennighoff"] = Field(
        default="besiroglu_2024", description="Scaling law of the compute-optimal size."
    )
    unique_tokens: Tokens | None = Field(
        default=None, description="Of the mixture; repeats beyond them count for less."
    )


class LimitsIn(Strict):
    """What a search looks at, and how many rows it answers with."""

    optimizers: Annotated[list[Name], Field(min_length=1, max_length=4)] | None = None
    zero: Zero | None = None
    micro_batches: Annotated[list[Batch], Field(min_length=1, max_length=12)] | None = None
    recompute: Annotated[list[Recompute], Field(min_length=1, max_length=3)] | None = None
    max_tp: Annotated[int, Field(ge=1, le=1_024)] | None = None
    max_pp: Annotated[int, Field(ge=1, le=MOST_LAYERS)] | None = None
    max_cp: Annotated[int, Field(ge=1, le=1_024)] | None = None
    max_ep: Annotated[int, Field(ge=1, le=10_000)] | None = None
    max_interleave: Annotated[int, Field(ge=1, le=16)] | None = None
    uneven: bool = True
    precision: Precision = "bf16"
    attention: Literal["unfused", "flash"] | None = None
    profile: Name | None = None
    max_layouts: Annotated[int, Field(ge=1, le=MOST_ROWS)] = 100
    max_rejected: Annotated[int, Field(ge=0, le=MOST_ROWS)] = 200


class SearchedHardwareIn(HardwareIn):
    """A cluster to search: as in an estimate, with fewer GPUs at most."""

    count: Annotated[int, Field(ge=1, le=MOST_SEARCHED_GPUS)]


class LayoutsIn(Strict):
    """A search of all layouts of a cluster."""

    model: ModelIn
    hardware: SearchedHardwareIn
    tokens: Tokens | None = None
    global_batch: Batch
    limits: LimitsIn = LimitsIn()
