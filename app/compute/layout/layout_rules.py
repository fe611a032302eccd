"""The rules that a layout must keep: each is named, and says which values next to it are valid."""

import math
from collections.abc import Iterator

from app.compute.divisibility import nearest_divisors
from app.compute.errors import InvalidLayout, NoSuchChoice, Violation
from app.compute.layout.layouts import Layout
from app.compute.layout.stages import StageSplit, split_layers
from app.compute.model.shapes import ModelShape
from app.compute.model.states import OPTIMIZERS, state_bytes

FILLS_STAGES = ("deepspeed", "deepspeed_bf16")
"""Optimizers of frameworks that split layers unevenly by themselves."""

_ZERO_SHARDS_GRADIENTS = 2


def check_layout(shape: ModelShape, layout: Layout, gpus: int) -> StageSplit:
    """
    Check a layout against all rules and split its layers over stages.

    Parameters
    ----------
    shape : ModelShape
    layout : Layout
    gpus : int
        Of the cluster.

    Returns
    -------
    StageSplit
        Layers per stage.

    Raises
    ------
    InvalidLayout
        Broken rules, all of them, each with the nearest valid values.

    Examples
    --------
    >>> from app.compute.model.shapes import gpt
    >>> bloom = gpt(layers=70, hidden=14336, heads=112, vocab=250880)
    >>> check_layout(bloom, Layout(pp=71), 71)
    Traceback (most recent call last):
    app.compute.errors.InvalidLayout: 71 pipeline stages are more than the 70 layers
    """
    violations = list(find_violations(shape, layout, gpus))
    if violations:
        raise InvalidLayout(violations)
    return split_stages(shape, layout)


def split_stages(shape: ModelShape, layout: Layout) -> StageSplit:
    """
    Split the layers of a model as the layout's framework would.

    Raises
    ------
    InvalidLayout
        There is no such split.

    Examples
    --------
    >>> from app.compute.model.shapes import gpt
    >>> shape = gpt(layers=78, hidden=13824, heads=96, vocab=250880)
    >>> split_stages(shape, Layout(pp=12, optimizer="deepspeed")).layers[0]
    7
    """
    fill = layout.optimizer in FILLS_STAGES
    return split_layers(shape.layers, layout.pp, layout.stages, fill=fill)


def find_violations(shape: ModelShape, layout: Layout, gpus: int) -> Iterator[Violation]:
    """
    Find the broken rules of a layout.

    Parameters
    ----------
    shape : ModelShape
    layout : Layout
    gpus : int
        Of the cluster, above 0.

    Yields
    ------
    Violation

    Examples
    --------
    >>> from app.compute.model.shapes import gpt
    >>> bloom = gpt(layers=70, hidden=14336, heads=112, vocab=250880)
    >>> layout = Layout(tp=4, pp=80, dp=1, micro_batch=3, global_batch=2048)
    >>> [found.rule for found in find_violations(bloom, layout, 320)]
    ['stages_at_most_layers', 'global_batch_divides']
    """
    positive = list(_not_positive(layout, gpus))
    yield from positive
    if positive:
        # The others divide by these numbers.
        return
    yield from _states_rules(layout)
    yield from _gpu_rules(layout, gpus)
    yield from _tensor_rules(shape, layout)
    yield from _stage_rules(shape, layout)
    yield from _batch_rules(layout)
    yield from _sequence_rules(shape, layout)
    yield from _expert_rules(shape, layout)


def _not_positive(layout: Layout, gpus: int) -> Iterator[Violation]:
    numbers = {
        "tp": layout.tp,
        "pp": layout.pp,
        "dp": layout.dp,
        "cp": layout.cp,
        "ep": layout.ep,
        "etp": layout.expert_tensor,
        "micro_batch": layout.micro_batch,
        "global_batch": layout.global_batch,
        "interleave": layout.interleave,
        "shard_group": 1 if layout.shard_group is None else layout.shard_group,
        "gpus": gpus,
    }
    for name, value in numbers.items():
        if value < 1:
            message = f"{name} is {value}, must be at least 1"
            yield Violation("at_least_one", name, message, {"name": name, "value": value}, (1,))


def _states_rules(layout: Layout) -> Iterator[Violation]:
    try:
        state_bytes(layout.optimizer, precision=layout.precision, zero=layout.zero)
    except NoSuchChoice as error:
        values = {"optimizer": layout.optimizer, "zero": layout.zero, "known": error.known}
        field = "zero" if layout.optimizer in OPTIMIZERS else "optimizer"
        yield Violation("known_states", field, str(error), values)
        return
    sharded = layout.optimizer == "deepspeed" and (layout.zero or 0) >= _ZERO_SHARDS_GRADIENTS
    if sharded and layout.pp > 1:
        yield Violation(
            "pipeline_excludes_zero_2",
            "zero",
            f"DeepSpeed's pipeline does not run with ZeRO stage {layout.zero}; 0 and 1 do",
            {"zero": layout.zero, "pp": layout.pp},
            (1,),
        )


def _gpu_rules(layout: Layout, gpus: int) -> Iterator[Violation]:
    if layout.gpus == gpus:
        return
    model = layout.tp * layout.pp * layout.cp
    sizes = f"{layout.tp} x {layout.pp} x {layout.cp} x {layout.dp}"
    values = {"tp": layout.tp, "pp": layout.pp, "cp": layout.cp, "dp": layout.dp, "gpus": gpus}
    if gpus % model == 0:
        yield Violation(
            "sizes_multiply_to_gpus",
            "dp",
            f"tensor x pipeline x context x data parallel is {sizes} = {layout.gpus}, not {gpus}"
            f" GPUs; data-parallel size {gpus // model} is",
            values,
            (gpus // model,),
        )
        return
    below, above = gpus // model * model, (gpus // model + 1) * model
    yield Violation(
        "sizes_divide_gpus",
        "gpus",
        f"tensor x pipeline x context parallel is {model}, which does not divide {gpus} GPUs",
        values,
        tuple(value for value in (below, above) if value),
    )


def _tensor_rules(shape: ModelShape, layout: Layout) -> Iterator[Violation]:
    tp = layout.tp
    if shape.heads % tp:
        yield Violation(
            "heads_divide_by_tp",
            "tp",
            f"{shape.heads} heads do not divide by tensor-parallel size {tp}",
            {"heads": shape.heads, "tp": tp},
            nearest_divisors(shape.heads, tp),
        )
    elif shape.kv_heads % tp and tp % shape.kv_heads:
        yield Violation(
            "kv_heads_divide_by_tp",
            "tp",
            f"{shape.kv_heads} key/value heads neither divide by tensor-parallel size {tp} nor"
            " divide it",
            {"kv_heads": shape.kv_heads, "tp": tp},
            nearest_divisors(shape.kv_heads, tp),
        )
    if shape.ffn % tp:
        yield Violation(
            "ffn_divides_by_tp",
            "tp",
            f"feed-forward width {shape.ffn} does not divide by tensor-parallel size {tp}",
            {"ffn": shape.ffn, "tp": tp},
            nearest_divisors(shape.ffn, tp),
        )
    if layout.sequence_parallel and tp == 1:
        yield Violation(
            "sequence_parallel_needs_tp",
            "sequence_parallel",
            "sequence parallelism divides over the tensor-parallel group, which has one GPU",
            {"tp": tp},
        )


def _stage_rules(shape: ModelShape, layout: Layout) -> Iterator[Violation]:
    try:
        split = split_stages(shape, layout)
    except InvalidLayout as error:
        yield from error.violations
        return
    if layout.interleave == 1:
        return
    slots = _divisible_layers(split)
    values = {"interleave": layout.interleave, "pp": layout.pp, "slots": slots}
    if layout.pp == 1:
        message = "interleaving needs more than one pipeline stage"
        yield Violation("interleave_needs_stages", "interleave", message, values, (1,))
    elif slots % layout.interleave:
        yield Violation(
            "stages_divide_by_interleave",
            "interleave",
            f"the layers of a stage do not divide by interleaving {layout.interleave}, which must"
            f" divide {slots}",
            values,
            nearest_divisors(slots, layout.interleave),
        )
    elif layout.micro_batches % layout.pp:
        step = layout.pp * layout.micro_batch * layout.dp
        below = layout.global_batch // step * step
        yield Violation(
            "micro_batches_divide_by_stages",
            "global_batch",
            f"interleaving needs micro-batches that divide by the {layout.pp} stages;"
            f" {layout.micro_batches:g} do not",
            {**values, "micro_batches": layout.micro_batches},
            tuple(value for value in (below, below + step) if value),
        )


def _divisible_layers(split: StageSplit) -> int:
    """Tell the number that interleaving must divide."""
    return split.slots if split.embedding_slots else math.gcd(*split.layers)


def _batch_rules(layout: Layout) -> Iterator[Violation]:
    step = layout.micro_batch * layout.dp
    if layout.global_batch % step:
        below = layout.global_batch // step * step
        yield Violation(
            "global_batch_divides",
            "global_batch",
            f"global batch {layout.global_batch} does not divide by micro-batch"
            f" {layout.micro_batch} x data-parallel size {layout.dp} = {step}",
            {
                "global_batch": layout.global_batch,
                "micro_batch": layout.micro_batch,
                "dp": layout.dp,
            },
            tuple(value for value in (below, below + step) if value),
        )


def _sequence_rules(shape: ModelShape, layout: Layout) -> Iterator[Violation]:
    # Each rank takes one piece from the start and one from the end, so that causal work is even.
    pieces = 2 * layout.cp
    if layout.cp > 1 and shape.sequence % pieces:
        below = shape.sequence // pieces * pieces
        yield Violation(
            "sequence_divides_by_cp",
            "cp",
            f"sequence length {shape.sequence} does not divide by twice the context-parallel size"
            f" {layout.cp}",
            {"sequence": shape.sequence, "cp": layout.cp, "sequence_below": below},
            nearest_divisors(shape.sequence // 2, layout.cp),
        )


def _expert_rules(shape: ModelShape, layout: Layout) -> Iterator[Violation]:
    if layout.ep == 1 and layout.etp is None:
        return
    values: dict[str, object] = {"ep": layout.ep, "etp": layout.expert_tensor}
    if shape.experts is None:
        if layout.ep > 1:
            message = f"expert-parallel size {layout.ep} needs a model with experts"
            yield Violation("experts_needed", "ep", message, values, (1,))
        return
    if shape.experts.count % layout.ep:
        yield Violation(
            "experts_divide_by_ep",
            "ep",
            f"{shape.experts.count} experts do not divide by expert-parallel size {layout.ep}",
            {**values, "experts": shape.experts.count},
            nearest_divisors(shape.experts.count, layout.ep),
        )
    stage_gpus = layout.tp * layout.cp * layout.dp
    if stage_gpus % (layout.ep * layout.expert_tensor):
        folded = max(stage_gpus // layout.expert_tensor, 1)
        yield Violation(
            "ep_divides_stage",
            "ep",
            f"expert-parallel size {layout.ep} x expert tensor size {layout.expert_tensor} does not"
            f" divide the {stage_gpus} GPUs of a stage",
            {**values, "gpus": stage_gpus},
            nearest_divisors(folded, layout.ep),
        )
