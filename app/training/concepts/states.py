"""Who keeps which model states: the ZeRO stages, and DeepSpeed's BF16Optimizer."""

from collections.abc import Iterator

from app.compute.estimating.prepared import PreparedRun
from app.compute.layout.pipeline import weight_multiplier
from app.compute.model.precision import FORMATS, bf16_sum_stalls_at
from app.compute.model.states import (
    StateBytes,
    default_stage,
    divide_states,
    has_stages,
    state_bytes,
)
from app.compute.units import GIB
from app.training.concepts.row import Row, told
from app.training.formulas.formula import Formula, n
from app.training.formulas.memory import ZERO
from app.training.service import Plan
from app.training.vocabulary.choices import OPTIMIZERS
from app.web.i18n import gettext as _
from app.web.i18n import later

_HUES = (1, 2, 3)
_LAST_STAGE = 3


def zero_rows(plan: Plan, run: PreparedRun) -> Iterator[Row]:
    """Yield the states of the fullest stage under each ZeRO stage, and under the plan's own way."""
    layout = plan.estimate.layout
    stages = [state_bytes("adam", zero=stage) for stage in range(_LAST_STAGE + 1)]
    largest = max(_gib(run, plan, one) for one in [*stages, run.states])
    here = default_stage(layout.optimizer, layout.zero) if has_stages(layout.optimizer) else None
    for stage, states in enumerate(stages):
        yield _row(plan, run, states, largest, _("ZeRO stage %(stage)s", stage=stage))
    name = _(OPTIMIZERS[layout.optimizer])
    if here is not None:
        name = f"{name} {here}"
    yield _row(plan, run, run.states, largest, name, is_here=True)


def bf16_rows(plan: Plan, run: PreparedRun) -> Iterator[Row]:
    """Yield what BF16Optimizer would keep of the plan's model, and why it sums in FP32."""
    states = state_bytes("deepspeed_bf16")
    plain = state_bytes("adam", zero=1)
    largest = max(_gib(run, plan, one) for one in (states, plain))
    yield _row(plan, run, states, largest, "BF16Optimizer")
    yield _row(plan, run, plain, largest, _("ZeRO stage %(stage)s", stage=1))
    mantissa = FORMATS["bf16"].mantissa_bits
    stalls = bf16_sum_stalls_at(1.0)
    yield Row(
        _("A bf16 sum of ones stalls at"),
        told(stalls),
        formula=Formula(
            later("A sum of ones in bf16"),
            "2^(m + 1)",
            f"2^({mantissa} + 1)",
            stalls,
            note=later(
                "m stored bits of the significand: above this number the next one is 2 away, and"
                " adding 1 rounds back."
            ),
        ),
    )
    layout = plan.estimate.layout
    count = plan.estimate.pipeline.micro_batches
    yield Row(
        _("Gradients summed in a step"),
        told(count),
        formula=Formula(
            later("Micro-batches per step"),
            "B / (b d)",
            f"{layout.global_batch} / ({layout.micro_batch} × {layout.dp})",
            count,
            note=later("B global batch, b micro-batch, d data-parallel size."),
        ),
    )


def _row(
    plan: Plan,
    run: PreparedRun,
    states: StateBytes,
    largest: float,
    name: str,
    *,
    is_here: bool = False,
) -> Row:
    stage = plan.estimate.memory.fullest_stage
    shards = float(run.placement.shards[stage])
    parts = divide_states(states, shards)
    width = sum(parts)
    total = _gib(run, plan, states)
    scale = 100 * total / largest / width
    return Row(
        name,
        told(total),
        "GiB",
        _formula(plan, run, states),
        note=_("%(bytes)s bytes per parameter", bytes=told(width)),
        bar=tuple((hue, scale * part) for hue, part in zip(_HUES, parts, strict=True)),
        is_here=is_here,
    )


def _gib(run: PreparedRun, plan: Plan, states: StateBytes) -> float:
    """Return the GiB that states take on a GPU of the plan's fullest stage."""
    stage = plan.estimate.memory.fullest_stage
    copies = weight_multiplier(run.layout.schedule_name)
    total = 0.0
    for held, shards in (
        (run.parameters.common, run.placement.shards),
        (run.parameters.routed, run.placement.expert_shards),
    ):
        weights, gradients, optimizer = divide_states(states, float(shards[stage]))
        total += float(held[stage]) * (copies * (weights + gradients) + optimizer)
    return total / GIB


def _formula(plan: Plan, run: PreparedRun, states: StateBytes) -> Formula:
    stage = plan.estimate.memory.fullest_stage
    copies = weight_multiplier(run.layout.schedule_name)
    terms = []
    for held, shards in (
        (run.parameters.common, run.placement.shards),
        (run.parameters.routed, run.placement.expert_shards),
    ):
        if held[stage]:
            terms.append(
                f"{n(float(held[stage]))} × {_width(states, float(shards[stage]), copies)}"
            )
    return Formula(
        later("Model states"),
        "P (w + g + o) / 2³⁰",
        f"({' + '.join(terms)}) / {n(GIB)}",
        _gib(run, plan, states),
        "GiB",
        source=ZERO,
        note=later(
            "P parameters on one GPU of the fullest stage (experts apart); w, g and o bytes of"
            " weight, gradient and optimizer, each over the GPUs that divide it."
        ),
    )


def _width(states: StateBytes, shards: float, copies: float) -> str:
    parts = []
    for bytes_each, is_divided, times in (
        (states.weights, states.shard_weights, copies),
        (states.gradients, states.shard_gradients, copies),
        (states.optimizer, states.shard_optimizer, 1.0),
    ):
        several = f"{n(times)} × " if times > 1 else ""
        divided = f" / {n(shards)}" if is_divided and shards > 1 else ""
        parts.append(f"{several}{n(bytes_each)}{divided}")
    return f"({' + '.join(parts)})"
