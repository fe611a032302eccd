"""A valid run, laid out: what memory, time and traffic are all computed from."""

from dataclasses import dataclass

import numpy as np

from app.compute.estimating.results import StepParts
from app.compute.hardware.machines import Cluster
from app.compute.hardware.profiles import Profile, find_profile
from app.compute.layout.layout_rules import check_layout
from app.compute.layout.layouts import Layout, attention_kernel
from app.compute.layout.pipeline import bubble_slots
from app.compute.layout.placement import Placement, StageParameters, place, stage_parameters
from app.compute.layout.stages import StageSplit
from app.compute.memory.per_stage import MemoryParts, stage_memory
from app.compute.model.shapes import ModelShape
from app.compute.model.states import StateBytes, state_bytes
from app.compute.timing.communication import Traffic, step_traffic
from app.compute.timing.step_time import slot_time, step_time


@dataclass(frozen=True)
class PreparedRun:
    """A checked layout with everything that several answers share."""

    shape: ModelShape
    cluster: Cluster
    layout: Layout
    profile: Profile
    attention: str
    split: StageSplit
    states: StateBytes
    placement: Placement
    parameters: StageParameters
    traffic: Traffic


def prepare_run(
    shape: ModelShape, cluster: Cluster, layout: Layout, profile: str | None = None
) -> PreparedRun:
    """
    Check a layout and lay the run out.

    Parameters
    ----------
    shape : ModelShape
    cluster : Cluster
    layout : Layout
    profile : str or None
        Key of `profiles.PROFILES`; the one of the layout's framework if None.

    Returns
    -------
    PreparedRun

    Raises
    ------
    InvalidLayout
        Broken rules, each with the nearest valid values.
    NoSuchChoice
        An unknown profile.

    Examples
    --------
    >>> from app.compute.hardware.machines import Accelerator
    >>> from app.compute.model.shapes import gpt
    >>> shape = gpt(layers=4, hidden=512, heads=8, vocab=1024)
    >>> cluster = Cluster(Accelerator("A100", 312, 80, sustained_tflops=271.2, link_gb_s=300), 8)
    >>> layout = Layout(tp=2, pp=2, dp=2, micro_batch=1, global_batch=16)
    >>> run = prepare_run(shape, cluster, layout)
    >>> run.split.layers, run.placement.micro_batches.tolist()
    ((2, 2), [8.0, 8.0])
    """
    split = check_layout(shape, layout, cluster.count)
    states = state_bytes(
        layout.optimizer,
        precision=layout.precision,
        zero=layout.zero,
        optimizer_bytes=layout.optimizer_bytes,
    )
    placement = place(shape, layout, split)
    parameters = stage_parameters(shape, placement)
    traffic = step_traffic(
        shape,
        placement,
        parameters,
        states,
        recompute=layout.recompute,
        optimizer=layout.optimizer,
    )
    return PreparedRun(
        shape=shape,
        cluster=cluster,
        layout=layout,
        profile=find_profile(profile, layout.optimizer),
        attention=attention_kernel(shape, layout),
        split=split,
        states=states,
        placement=placement,
        parameters=parameters,
        traffic=traffic,
    )


def run_memory(run: PreparedRun) -> MemoryParts:
    """
    Compute the memory of every stage of a prepared run.

    Examples
    --------
    >>> from app.compute.hardware.machines import Accelerator
    >>> from app.compute.model.shapes import gpt
    >>> shape = gpt(layers=4, hidden=512, heads=8, vocab=1024)
    >>> cluster = Cluster(Accelerator("A100", 312, 80, sustained_tflops=271.2, link_gb_s=300), 8)
    >>> layout = Layout(tp=2, pp=2, dp=2, micro_batch=1, global_batch=16)
    >>> parts = run_memory(prepare_run(shape, cluster, layout))
    >>> parts.weights.shape, bool((parts.total > parts.allocated).all())
    ((2,), True)
    """
    return stage_memory(
        run.shape,
        run.placement,
        run.states,
        recompute=run.layout.recompute,
        attention=run.attention,
        profile=run.profile,
        schedule=run.layout.schedule_name,
    )


def predict_step(run: PreparedRun) -> StepParts:
    """
    Predict where the seconds of a step go, from the efficiencies of the profile.

    Parameters
    ----------
    run : PreparedRun

    Returns
    -------
    StepParts
        Kernels and exchanges of the slowest stage over all its micro-batches, its bubble, the
        exposed exchange and the optimizer.

    Examples
    --------
    >>> from app.compute.hardware.machines import Accelerator
    >>> from app.compute.model.shapes import gpt
    >>> bloom = gpt(layers=70, hidden=14336, heads=112, vocab=250880, positions="alibi")
    >>> a100 = Accelerator("A100", 312, 80, sustained_tflops=271.2, memory_tb_s=2.04, link_gb_s=300)
    >>> layout = Layout(
    ...     tp=4,
    ...     pp=12,
    ...     dp=8,
    ...     micro_batch=2,
    ...     global_batch=2048,
    ...     recompute="full",
    ...     optimizer="deepspeed_bf16",
    ... )
    >>> step = predict_step(prepare_run(bloom, Cluster(a100, 384, network_gb_s=50), layout))
    >>> 100 < step.total < 106  # the log says 104.7
    True
    """
    layout, placement = run.layout, run.placement
    slot = slot_time(
        run.shape,
        placement,
        run.traffic,
        run.cluster,
        run.profile,
        recompute=layout.recompute,
        attention=run.attention,
        precision=layout.precision,
    )
    step = step_time(
        slot,
        placement,
        run.parameters,
        run.states,
        traffic=run.traffic,
        cluster=run.cluster,
        profile=run.profile,
        bubble_scale=np.asarray(_bubble_scale(layout)),
    )
    slowest = int(np.argmax(slot.total))
    count = layout.micro_batches
    return StepParts(
        matmul=float(slot.matmul[slowest] * count),
        attention=float(slot.attention[slowest] * count),
        elementwise=float(slot.elementwise[slowest] * count),
        launch=float(slot.launch[slowest] * count),
        tensor=float(slot.tensor[slowest] * count),
        context=float(slot.context[slowest] * count),
        expert=float(slot.expert[slowest] * count),
        bubble=float(step.bubble),
        exchange=float(step.exchange),
        update=float(step.update),
    )


def _bubble_scale(layout: Layout) -> float:
    if layout.pp == 1:
        return 1.0
    slots = bubble_slots(
        float(layout.pp), schedule=layout.schedule_name, interleave=layout.interleave
    )
    return slots / (layout.pp - 1)
