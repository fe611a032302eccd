"""Parameters against lists of tensors, and their conservation over stages and GPUs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.compute.layout.layouts import Layout
from app.compute.layout.placement import place, stage_parameters
from app.compute.layout.stages import StageSplit, propose_split
from app.compute.model.parameters import count_block, count_parameters
from app.compute.model.shapes import Experts, LatentAttention, gpt, llama
from app.training import presets


def test_gpt_block_is_the_sum_of_its_tensors():
    """Hidden 8: two norms, QKV, projection, two feed-forward matrices, all with biases."""
    norms = 2 * (8 + 8)
    attention = 8 * 24 + 24 + 8 * 8 + 8
    feed_forward = 8 * 32 + 32 + 32 * 8 + 8

    block = count_block(gpt(layers=1, hidden=8, heads=2, vocab=10), moe=False)

    assert block.total == norms + attention + feed_forward


def test_llama_block_with_grouped_queries_and_own_head_dimension():
    """4 query and 2 key/value heads of 3 dimensions on hidden 8, feed-forward 20."""
    shape = llama(layers=1, hidden=8, heads=4, kv_heads=2, head_dim=3, ffn=20, vocab=10)

    assert count_block(shape, moe=False).total == 8 * 12 + 8 * 12 + 12 * 8 + 3 * 8 * 20 + 2 * 8


def test_expert_block_counts_active_experts_once():
    """4 experts of width 6, 2 per token, one shared: 3 x 8 x 6 = 144 weights each."""
    shape = llama(
        layers=2,
        hidden=8,
        heads=2,
        ffn=20,
        vocab=10,
        experts=Experts(count=4, top_k=2, ffn=6, shared=1, dense_layers=1, router_bias=True),
    )
    dense, moe = count_block(shape, moe=False), count_block(shape, moe=True)

    assert moe.total - moe.active == 2 * 144
    assert moe.total == dense.total - 3 * 8 * 20 + 5 * 144 + 8 * 4 + 4
    counts = count_parameters(shape)
    assert counts.total - counts.active == 2 * 144


def test_latent_attention_block():
    """Two heads; query rank 4, key/value rank 3; 2 + 1 dimensions, values of 2."""
    latent = LatentAttention(query_rank=4, key_value_rank=3, nope_dim=2, rope_dim=1, value_dim=2)
    shape = llama(layers=1, hidden=8, heads=2, ffn=20, vocab=10, latent=latent)
    query = 8 * 4 + 4 + 4 * 2 * 3
    key_value = 8 * (3 + 1) + 3 + 3 * 2 * (2 + 2)
    output = 2 * 2 * 8

    expected = query + key_value + output + 3 * 8 * 20 + 16

    assert count_block(shape, moe=False).total == expected


def test_tied_embedding_counts_once_but_is_allocated_twice():
    shape = gpt(layers=2, hidden=8, heads=2, vocab=10)
    counts = count_parameters(shape)

    assert counts.allocated - counts.total == 80
    assert counts.total == counts.unique
    assert counts.total - counts.non_embedding == 80 + shape.sequence * 8


@pytest.mark.parametrize("preset", presets.models().values(), ids=lambda preset: preset.id)
def test_presets_reproduce_what_is_published(preset):
    counts = count_parameters(preset.shape)

    if preset.parameters is not None:
        assert counts.total == preset.parameters
    if preset.published_b is not None:
        assert counts.total / 1e9 == pytest.approx(preset.published_b, rel=0.03)
    if preset.published_active_b is not None:
        assert counts.active / 1e9 == pytest.approx(preset.published_active_b, rel=0.02)


@st.composite
def shapes_and_layouts(draw):
    tp = draw(st.sampled_from([1, 2, 4]))
    layers = draw(st.integers(2, 12))
    heads = 4 * draw(st.integers(1, 3))
    common = {"layers": layers, "hidden": heads * 8, "heads": heads, "vocab": 128 * 4}
    experts = draw(
        st.none() | st.builds(Experts, st.just(4), st.just(2), st.just(16), st.integers(0, 1))
    )
    if draw(st.booleans()):
        shape = gpt(**common, tied=draw(st.booleans()), experts=experts)
    else:
        shape = llama(**common, kv_heads=4, ffn=64, tied=draw(st.booleans()), experts=experts)
    pp = draw(st.integers(1, layers))
    ep = draw(st.sampled_from([1, 2, 4])) if experts else 1
    return shape, Layout(tp=tp, pp=pp, dp=4, ep=ep, micro_batch=1, global_batch=64)


@given(shapes_and_layouts())
def test_stages_hold_every_parameter_once(case):
    """Shards over a tensor-parallel group sum to the model; replicated ones are counted apart."""
    shape, layout = case
    split = StageSplit(propose_split(shape.layers, layout.pp), embedding_slots=False)
    placement = place(shape, layout, split)
    held = stage_parameters(shape, placement)

    replicated = sum(
        layers * count_block(shape, moe=moe).replicated
        for moe, layers in ((False, shape.layers - shape.moe_layers), (True, shape.moe_layers))
    )
    counts = count_parameters(shape)
    single = count_parameters(shape)
    vectors = single.total - single.input_embedding - single.output_embedding
    vectors -= sum(
        layers * count_block(shape, moe=moe).total
        for moe, layers in ((False, shape.layers - shape.moe_layers), (True, shape.moe_layers))
    )
    everywhere = replicated + vectors
    gathered = np.sum(held.common) * layout.tp - (layout.tp - 1) * everywhere
    gathered += np.sum(held.routed) * layout.ep * layout.tp

    expected = counts.allocated if layout.pp > 1 else counts.total
    assert gathered == pytest.approx(expected, rel=1e-12)
