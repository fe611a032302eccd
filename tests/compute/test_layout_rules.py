"""Each rule is named when it is broken, and the nearest values that it offers keep it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.compute.errors import InvalidLayout
from app.compute.layout.layout_rules import check_layout, find_violations
from app.compute.layout.layouts import Layout
from app.compute.model.shapes import Experts, gpt, llama

BLOOM = gpt(layers=70, hidden=14336, heads=112, vocab=250880, positions="alibi")
GROUPED = llama(layers=80, hidden=8192, heads=64, kv_heads=8, ffn=28672, vocab=32000)
MIXTURE = llama(
    layers=32, hidden=4096, heads=32, kv_heads=8, ffn=14336, vocab=32000, experts=Experts(8, 2, 512)
)
VALID = Layout(tp=4, pp=12, dp=8, micro_batch=2, global_batch=2048, optimizer="deepspeed_bf16")
MODERN = replace(VALID, pp=4, optimizer="megatron_distributed")


def rules(shape, layout, gpus=None):
    gpus = layout.gpus if gpus is None else gpus
    return {violation.rule: violation for violation in find_violations(shape, layout, gpus)}


def test_bloom_breaks_no_rule():
    assert rules(BLOOM, VALID, 384) == {}


@pytest.mark.parametrize(
    ("shape", "layout", "gpus", "rule", "nearest"),
    [
        (BLOOM, replace(VALID, tp=3), 288, "heads_divide_by_tp", (2, 4)),
        (BLOOM, replace(VALID, pp=80), 2560, "stages_at_most_layers", (70,)),
        (BLOOM, replace(MODERN, pp=11), 352, "layers_split_over_stages", (10, 12)),
        (BLOOM, VALID, 0, "at_least_one", (1,)),
        (BLOOM, replace(VALID, micro_batch=0), 384, "at_least_one", (1,)),
        (BLOOM, VALID, 400, "sizes_divide_gpus", (384, 432)),
        (BLOOM, VALID, 480, "sizes_multiply_to_gpus", (10,)),
        (BLOOM, replace(VALID, global_batch=2040), 384, "global_batch_divides", (2032, 2048)),
        (GROUPED, replace(MODERN, tp=64, dp=1), 256, None, ()),
        (
            GROUPED,
            replace(MODERN, sequence_parallel=True, tp=1),
            32,
            "sequence_parallel_needs_tp",
            (),
        ),
        (GROUPED, replace(MODERN, pp=1, interleave=2), 32, "interleave_needs_stages", (1,)),
        (GROUPED, replace(MODERN, interleave=3), 128, "stages_divide_by_interleave", (2, 4)),
        (
            GROUPED,
            replace(MODERN, interleave=2, micro_batch=1, global_batch=72),
            128,
            "micro_batches_divide_by_stages",
            (64, 96),
        ),
        (GROUPED, replace(MODERN, cp=3), 384, "sequence_divides_by_cp", (2, 4)),
        (GROUPED, replace(MODERN, ep=2), 128, "experts_needed", (1,)),
        (MIXTURE, replace(MODERN, ep=3), 128, "experts_divide_by_ep", (2, 4)),
        (MIXTURE, replace(MODERN, ep=8, dp=4), 64, "ep_divides_stage", (4,)),
        (GROUPED, replace(MODERN, optimizer="lion"), 128, "known_states", ()),
        (GROUPED, replace(MODERN, optimizer="fsdp", zero=1, pp=1), 32, "known_states", ()),
        (
            GROUPED,
            replace(MODERN, optimizer="deepspeed", zero=3),
            128,
            "pipeline_excludes_zero_2",
            (1,),
        ),
    ],
)
def test_broken_rule_is_named_with_nearest_values(shape, layout, gpus, rule, nearest):
    broken = rules(shape, layout, gpus)

    if rule is None:
        assert broken == {}
    else:
        assert broken[rule].nearest == nearest
        assert broken[rule].message


def test_key_value_heads_that_neither_divide_nor_are_divided():
    shape = llama(layers=4, hidden=96, heads=24, kv_heads=6, head_dim=4, ffn=96, vocab=128)

    violation = rules(shape, Layout(tp=4))["kv_heads_divide_by_tp"]

    assert violation.nearest == (3, 6)


def test_all_broken_rules_are_carried():
    with pytest.raises(InvalidLayout) as refused:
        check_layout(BLOOM, replace(VALID, tp=3, pp=80, global_batch=2047), 7)

    found = {violation.rule for violation in refused.value.violations}
    assert found >= {"sizes_divide_gpus", "heads_divide_by_tp", "stages_at_most_layers"}
    assert found >= {"global_batch_divides"}


@given(
    st.builds(
        Layout,
        tp=st.integers(1, 16),
        pp=st.integers(1, 90),
        dp=st.integers(1, 16),
        cp=st.sampled_from([1, 2, 3, 4]),
        ep=st.integers(1, 8),
        micro_batch=st.integers(1, 8),
        global_batch=st.integers(1, 512),
        interleave=st.integers(1, 4),
        optimizer=st.sampled_from(["megatron", "deepspeed_bf16"]),
    ),
    st.sampled_from([BLOOM, GROUPED, MIXTURE]),
)
def test_nearest_values_repair_their_rule(layout, shape):
    for rule, violation in rules(shape, layout).items():
        for value in violation.nearest:
            repaired = replace(layout, **{violation.field: value})

            assert rule not in rules(shape, repaired)
