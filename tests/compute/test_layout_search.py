"""The search against brute force, its reasons, published orders, and its speed."""

import itertools
import time
from dataclasses import replace

import pytest

from app.compute.errors import InvalidNumber
from app.compute.estimating.estimate import Assumptions, estimate
from app.compute.hardware.machines import Accelerator, Cluster
from app.compute.layout.layout_rules import find_violations
from app.compute.layout.layouts import Layout
from app.compute.model.shapes import Experts, gpt, llama
from app.compute.search.layout_search import search_layouts
from app.compute.search.search_space import SearchLimits
from app.training import presets

A100 = presets.accelerators()["a100-sxm-80gb"].device
SMALL = llama(
    layers=6, hidden=1024, heads=8, kv_heads=2, ffn=2048, vocab=32000, sequence=4096, tied=True
)
MIXTURE = llama(
    layers=5,
    hidden=512,
    heads=8,
    ffn=1024,
    vocab=32000,
    sequence=2048,
    experts=Experts(count=4, top_k=2, ffn=512, shared=1, dense_layers=1),
)
BLOOM_LIMITS = SearchLimits(
    states=(("deepspeed_bf16", None),), recompute=("full",), max_interleave=1, uneven=False
)


def found(shape, gpus, device=A100, **options):
    return search_layouts(shape, Cluster(device, gpus), **options)


@pytest.mark.parametrize("shape", [SMALL, MIXTURE])
def test_every_candidate_is_what_estimate_says(shape):
    """Time and memory of all ranked layouts equal those of the one entry for a single layout."""
    result = found(shape, 8, global_batch=32)

    assert len(result.layouts) > 50
    for ranked in result.layouts:
        plan = estimate(shape, Cluster(A100, 8), ranked.layout, tokens=1e9)

        assert ranked.max_gib == pytest.approx(plan.memory.max_gib)
        assert ranked.step_seconds == pytest.approx(plan.time.step_seconds)
        assert ranked.bubble_fraction == pytest.approx(plan.pipeline.bubble_fraction)
        assert ranked.mfu == pytest.approx(plan.utilisation.mfu)
        assert plan.memory.fits


def test_no_valid_layout_is_missed():
    """All combinations of small sizes that break no rule and fit are among the ranked ones."""
    limits = SearchLimits(
        states=(("megatron", None),),
        micro_batches=(1, 2),
        recompute=("none", "full"),
        max_interleave=3,
        uneven=False,
    )
    result = found(SMALL, 8, global_batch=16, limits=limits)
    searched = {_key(ranked.layout) for ranked in result.layouts}

    expected = set()
    for tp, pp, cp, micro_batch, interleave, recompute in itertools.product(
        (1, 2, 3, 4, 8), range(1, 7), (1, 2), (1, 2), (1, 2, 3), ("none", "full")
    ):
        if 8 % (tp * pp * cp):
            continue
        layout = Layout(
            tp=tp,
            pp=pp,
            cp=cp,
            dp=8 // (tp * pp * cp),
            micro_batch=micro_batch,
            global_batch=16,
            interleave=interleave,
            recompute=recompute,
            optimizer="megatron",
            sequence_parallel=tp > 1,
        )
        if not list(find_violations(SMALL, layout, 8)):
            expected.add(_key(layout))
    assert searched == expected


def test_layouts_are_ranked_and_valid():
    shape = presets.models()["llama3-70b"].shape
    result = found(shape, 256, global_batch=512)

    steps = [ranked.step_seconds for ranked in result.layouts]
    assert steps == sorted(steps)
    assert [ranked.rank for ranked in result.layouts[:3]] == [1, 2, 3]
    for ranked in result.layouts:
        assert list(find_violations(shape, ranked.layout, 256)) == []
        assert ranked.max_gib <= A100.usable_memory_gib


def test_best_trades_are_those_no_other_beats_in_both():
    layouts = list(found(SMALL, 16, global_batch=64).layouts)

    for ranked in layouts:
        beaten = any(
            other.step_seconds <= ranked.step_seconds and other.max_gib < ranked.max_gib
            for other in layouts
        )
        if ranked.is_best_trade:
            assert not beaten


def test_every_rejected_layout_has_its_reason():
    shape = presets.models()["bloom-176b"].shape
    result = found(shape, 384, global_batch=2048, limits=BLOOM_LIMITS)

    assert len(result.layouts) + len(result.rejected) == result.searched
    assert sum(result.rejected_by_rule.values()) == len(result.rejected)
    counted = {}
    for rejected in result.rejected:
        assert rejected.reason
        counted[rejected.rule] = counted.get(rejected.rule, 0) + 1
    assert counted == result.rejected_by_rule
    reasons = {rejected.reason for rejected in result.rejected}
    assert "112 heads do not divide by tensor-parallel size 3" in reasons
    assert "tensor-parallel size 16 leaves the 8 GPUs that share a fast link" in reasons


def test_bloom_layout_ranks_where_it_was_measured():
    """TP 4 x DP 8 above TP 8 x DP 4; what ran out of memory is rejected for that reason."""
    shape = presets.models()["bloom-176b"].shape
    result = found(shape, 384, global_batch=2048, limits=BLOOM_LIMITS)
    rank = {_sizes(ranked.layout): ranked.rank for ranked in result.layouts}

    assert rank[4, 12, 8, 2] < rank[8, 12, 4, 2]
    assert rank[4, 12, 8, 2] < rank[4, 12, 8, 4]
    lost = {
        tuple(rejected.layout[name] for name in ("tp", "pp", "dp", "micro_batch"))
        for rejected in result.rejected
        if rejected.rule == "does_not_fit"
    }
    assert {(4, 6, 16, 1), (4, 6, 16, 2), (2, 6, 32, 1)} <= lost


def test_181b_without_pipeline_is_rejected():
    shape = gpt(layers=72, hidden=14336, heads=64, vocab=250880, positions="alibi")
    limits = replace(BLOOM_LIMITS, states=(("deepspeed", 1),), precision="fp16")

    result = found(shape, 384, global_batch=2016, limits=limits)

    lost = [
        rejected
        for rejected in result.rejected
        if rejected.rule == "does_not_fit" and rejected.layout["pp"] == 1
    ]
    assert {(8, 48)} <= {(item.layout["tp"], item.layout["dp"]) for item in lost}
    assert lost[0].values["over"] > 0


def test_sharded_gradients_exclude_pipelines():
    limits = SearchLimits(states=(("deepspeed", 3),), profile="fsdp_2023")

    result = found(SMALL, 8, global_batch=16, limits=limits)

    assert {ranked.layout.pp for ranked in result.layouts} == {1}
    assert result.rejected_by_rule["pipeline_excludes_sharding"] > 0


def test_uneven_stages_are_listed_in_the_layout():
    shape = presets.models()["deepseek-v3"].shape
    device = presets.accelerators()["h800"].device

    result = found(shape, 2048, device=device, global_batch=15_360)

    uneven = [ranked for ranked in result.layouts if ranked.layout.pp == 16]
    assert uneven
    assert sum(uneven[0].layout.stages) == 61


def test_calibration_meets_the_measured_step():
    shape = presets.models()["bloom-176b"].shape
    plain = found(shape, 384, global_batch=2048, limits=BLOOM_LIMITS)
    chosen = next(item for item in plain.layouts if _sizes(item.layout) == (4, 12, 8, 2))
    scale = 104.7 / chosen.step_seconds

    scaled = found(shape, 384, global_batch=2048, limits=BLOOM_LIMITS, scale=scale)

    assert scaled.layouts[chosen.rank - 1].layout == chosen.layout
    assert scaled.layouts[chosen.rank - 1].step_seconds == pytest.approx(104.7)


def test_a_cluster_that_is_too_small_has_no_layout():
    shape = presets.models()["llama3.1-405b"].shape

    result = found(shape, 8, global_batch=64)

    assert len(result.layouts) == 0
    assert result.rejected_by_rule["does_not_fit"] == len(result.rejected) - sum(
        count for rule, count in result.rejected_by_rule.items() if rule != "does_not_fit"
    )


def test_a_prime_number_of_gpus_is_searched():
    result = found(SMALL, 7, global_batch=14)

    assert {ranked.layout.gpus for ranked in result.layouts} == {7}


@pytest.mark.parametrize("global_batch", [0, -1])
def test_no_batch_is_no_search(global_batch):
    with pytest.raises(InvalidNumber, match="global_batch"):
        found(SMALL, 8, global_batch=global_batch)


@pytest.mark.parametrize(
    ("model", "gpus", "seconds"),
    [
        ("llama3.1-405b", 1024, 0.3),
        ("deepseek-v3", 1024, 0.3),
        ("llama3.1-405b", 16_384, 2),
        ("deepseek-v3", 16_384, 2),
    ],
)
def test_search_is_fast(model, gpus, seconds):
    shape = presets.models()[model].shape
    device = Accelerator("H100", 989, 80, link_gb_s=450)
    took = []
    for _ in range(3):
        start = time.perf_counter()
        result = found(shape, gpus, device=device, global_batch=16_384)
        _ = result.layouts[:100], result.rejected[:100]
        took.append(time.perf_counter() - start)

    assert min(took) < seconds


def test_profile_and_convention_reach_the_estimate():
    plan = estimate(
        SMALL,
        Cluster(A100, 8),
        Layout(dp=8, micro_batch=1, global_batch=64),
        tokens=1e9,
        assumptions=Assumptions(profile="fsdp_2023", convention="6n"),
    )

    assert plan.time.profile == "fsdp_2023"
    assert plan.utilisation.mfu == plan.utilisation.by_convention["6n"]


def _sizes(layout):
    return layout.tp, layout.pp, layout.dp, layout.micro_batch


def _key(layout):
    return (*_sizes(layout), layout.cp, layout.interleave, layout.recompute)
