"""Formulas of a stage's memory, term by term."""

from collections.abc import Iterator

from app.compute.estimating.prepared import PreparedRun
from app.compute.estimating.results import StageMemory
from app.compute.layout.pipeline import weight_multiplier
from app.compute.layout.placement import padded_vocab, stage_parameters
from app.compute.memory.activations import block_activations
from app.compute.units import GIB
from app.training.formulas.formula import NARAYANAN, Formula, n
from app.training.service import Plan
from app.web.i18n import later

ZERO = "Rajbhandari et al. 2019, arXiv 1910.02054"
KORTHIKANTI = "Korthikanti et al. 2022, arXiv 2205.05198"


def memory_formulas(
    plan: Plan, run: PreparedRun, number: int | None = None
) -> Iterator[tuple[str, Formula]]:
    """Yield the formulas of every term on a stage, the fullest if None, by id."""
    memory = plan.estimate.memory
    stage = memory.per_stage[memory.fullest_stage if number is None else number]
    yield "memory", _total(stage)
    yield "spare", _spare(stage, memory.usable_gib)
    yield from _states(run, stage)
    yield "in_flight", _in_flight(run, stage)
    yield "activations", _activations(run, stage)
    yield "logits", _logits(run, stage)
    yield (
        "buffers",
        Formula(
            later("Buffers"),
            "",
            "",
            stage.buffers_gib,
            "GiB",
            note=later(
                "Messages to the neighbouring stages, dropout masks, gathered weights and the"
                " gradients that pass through, as far as this layout has them."
            ),
        ),
    )
    yield "overhead", _overhead(run, stage, is_given=plan.assumed.overhead_gib is not None)


def _total(stage: StageMemory) -> Formula:
    return Formula(
        later("Memory of the stage"),
        "W + G + O + A + L + B + F",
        f"{n(stage.weights_gib)} + {n(stage.gradients_gib)} + {n(stage.optimizer_gib)}"
        f" + {n(stage.activations_gib)} + {n(stage.logits_gib)} + {n(stage.buffers_gib)}"
        f" + {n(stage.overhead_gib)}",
        stage.total_gib,
        "GiB",
        kind="calibrated",
        note=later(
            "Weights, gradients, optimizer states, activations, logits, buffers and the"
            " framework's share, which is fitted."
        ),
    )


def _spare(stage: StageMemory, usable: float) -> Formula:
    return Formula(
        later("Spare memory"),
        "U − M",
        f"{n(usable)} − {n(stage.total_gib)}",
        stage.spare_gib,
        "GiB",
        kind="calibrated",
        note=later("U what a program can use of the label, M the memory of the stage."),
    )


def _states(run: PreparedRun, stage: StageMemory) -> Iterator[tuple[str, Formula]]:
    place, states = run.placement, run.states
    held = stage_parameters(run.shape, place)
    common, routed = float(held.common[stage.stage]), float(held.routed[stage.stage])
    copies = weight_multiplier(run.layout.schedule_name)
    for name, title, width, is_sharded, result in (
        ("weights", later("Weights"), states.weights, states.shard_weights, stage.weights_gib),
        (
            "gradients",
            later("Gradients"),
            states.gradients,
            states.shard_gradients,
            stage.gradients_gib,
        ),
        (
            "optimizer",
            later("Optimizer states"),
            states.optimizer,
            states.shard_optimizer,
            stage.optimizer_gib,
        ),
    ):
        parts = []
        for count, shards in (
            (common, float(place.shards[stage.stage])),
            (routed, float(place.expert_shards[stage.stage])),
        ):
            if count:
                divided = f" / {n(shards)}" if is_sharded and shards > 1 else ""
                parts.append(f"{n(count)} × {n(width)}{divided}")
        values = " + ".join(parts)
        times = f"{n(copies)} × " if copies > 1 and name != "optimizer" else ""
        yield (
            name,
            Formula(
                title,
                "P w / k / 2³⁰" if is_sharded else "P w / 2³⁰",
                f"{times}({values}) / {n(GIB)}",
                result,
                "GiB",
                source=ZERO,
                note=later(
                    "P parameters on one GPU of this stage (experts apart), w bytes per parameter,"
                    " k GPUs that share them."
                ),
            ),
        )


def _in_flight(run: PreparedRun, stage: StageMemory) -> Formula:
    layout = run.layout
    p, i, v, m = layout.pp, stage.stage, layout.interleave, n(layout.micro_batches)
    if layout.schedule_name == "dualpipe":
        symbols, values = "min(p + 1, m)", f"min({p} + 1, {m})"
    elif v == 1:
        symbols, values = "min(p − i, m)", f"min({p} − {i}, {m})"
    else:
        symbols = "min(2 (p − i − 1) + (v − 1) p + 1, m v) / v"
        values = f"min(2 × ({p} − {i} − 1) + ({v} − 1) × {p} + 1, {m} × {v}) / {v}"
    return Formula(
        later("Micro-batches in flight"),
        symbols,
        values,
        stage.in_flight,
        source=f"{NARAYANAN}; {KORTHIKANTI}, section 4.2.3",
        note=later(
            "p stages, i this one, counted from 0, m micro-batches of a step, v chunks of layers"
            " that a GPU holds."
        ),
    )


def _activations(run: PreparedRun, stage: StageMemory) -> Formula:
    place, shape = run.placement, run.shape
    tokens = float(place.tokens(shape.sequence)[stage.stage])
    tp, shared = run.layout.tp, float(place.shared[stage.stage])
    flying = n(stage.in_flight)
    if run.layout.recompute == "full":
        return Formula(
            later("Activations"),
            "(l × 2 t h / q) × f / 2³⁰ + w",
            f"{stage.layers} × 2 × {n(tokens)} × {n(shape.hidden)} / {n(shared)} × {flying}"
            f" / {n(GIB)} + {n(stage.recompute_gib)}",
            stage.activations_gib,
            "GiB",
            source=f"{KORTHIKANTI}, table 2",
            note=later(
                "l layers of the stage, t tokens of a micro-batch, h hidden, q the tensor-parallel"
                " size with sequence parallelism, f micro-batches in flight, w one block that is"
                " computed again."
            ),
        )
    terms = []
    for moe, layers in (
        (False, float(place.dense_layers[stage.stage])),
        (True, float(place.moe_layers[stage.stage])),
    ):
        if not layers:
            continue
        part = block_activations(shape, attention=run.attention, moe=moe)
        if run.layout.recompute == "selective":
            part = part.without_scores()
        terms.append(
            f"{n(layers)} × ({n(part.replicated)} / {n(shared)}"
            f" + {n(part.sharded + part.scores)} / {tp})"
        )
    return Formula(
        later("Activations"),
        "l (r / q + u / TP) × t × f / 2³⁰",
        f"({' + '.join(terms)}) × {n(tokens)} × {flying} / {n(GIB)}",
        stage.activations_gib,
        "GiB",
        source=f"{KORTHIKANTI}, table 2",
        note=later(
            "l layers of the stage; bytes per token that a block keeps: r outside and u inside the"
            " tensor-parallel part; q the tensor-parallel size with sequence parallelism; t tokens"
            " of a micro-batch, f micro-batches in flight."
        ),
    )


def _logits(run: PreparedRun, stage: StageMemory) -> Formula:
    place, shape = run.placement, run.shape
    values = ""
    if place.last[stage.stage]:
        rows = float(padded_vocab(shape, place.tp)[stage.stage])
        tokens = float(place.tokens(shape.sequence)[stage.stage])
        values = (
            f"{n(tokens)} × {n(rows)} / {run.layout.tp} × {n(run.profile.logits_bytes)} / {n(GIB)}"
        )
    return Formula(
        later("Logits"),
        "t V / TP × w / 2³⁰",
        values,
        stage.logits_gib,
        "GiB",
        note=later(
            "On the last stage only: t tokens, V rows of the padded vocabulary, w bytes each."
        ),
    )


def _overhead(run: PreparedRun, stage: StageMemory, *, is_given: bool) -> Formula:
    if is_given:
        return Formula(
            later("Framework overhead"),
            "a",
            n(stage.overhead_gib),
            stage.overhead_gib,
            "GiB",
            kind="given",
            note=later("a what you say that CUDA, NCCL and the allocator take on each GPU."),
        )
    known = run.profile.overhead
    working = stage.overhead_gib - known.fixed_gib - known.share * stage.allocated_gib
    values = f"{n(known.fixed_gib)} + {n(known.share)} × {n(stage.allocated_gib)} + {n(working)}"
    return Formula(
        later("Framework overhead"),
        "a + b × M + c × w",
        values,
        stage.overhead_gib,
        "GiB",
        kind="calibrated",
        source=run.profile.origin,
        note=later(
            "CUDA context, NCCL and the allocator: a fixed part, a share of the memory M, a share"
            " of one block’s activations w. Fitted, not derived."
        ),
    )
