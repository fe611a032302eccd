"""What each axis sends by hand, and which of it a step waits for."""

from dataclasses import replace

import pytest

from app.compute.estimating.prepared import predict_step, prepare_run
from app.compute.hardware.collectives import all_gather_bytes, all_reduce_bytes
from app.compute.hardware.machines import Accelerator, Cluster
from app.compute.hardware.profiles import MEGATRON_CORE
from app.compute.layout.layouts import Layout
from app.compute.model.parameters import count_parameters
from app.compute.model.shapes import Experts, llama

SHAPE = llama(
    layers=4, hidden=256, heads=8, kv_heads=4, ffn=512, vocab=1024, sequence=512, tied=True
)
DEVICE = Accelerator("A100", 312, 80, sustained_tflops=271.2, memory_tb_s=2.04, link_gb_s=300)
PARAMETERS = count_parameters(SHAPE).total


def run(layout, shape=SHAPE, network_gb_s=200.0):
    return prepare_run(shape, Cluster(DEVICE, layout.gpus, network_gb_s=network_gb_s), layout)


def traffic(layout, shape=SHAPE):
    return run(layout, shape).traffic


@pytest.mark.parametrize(
    ("optimizer", "zero", "gradients", "weights"),
    [
        # 32-bit gradients all-reduced.
        ("megatron", None, 2 * 4, 0),
        # 32-bit gradients reduced to their shard, 16-bit weights gathered.
        ("megatron_distributed", None, 4, 2),
        ("deepspeed", 1, 2, 2),
        ("deepspeed", 2, 2, 2),
        # 16-bit gradients all-reduced, weights gathered.
        ("deepspeed_bf16", None, 2 * 2, 2),
        # Twice gathered and once reduced, for each of the four micro-batches.
        ("deepspeed", 3, 2 * 4, 2 * 2 * 4),
    ],
)
def test_data_parallel_exchange(optimizer, zero, gradients, weights):
    layout = Layout(dp=8, micro_batch=1, global_batch=32, optimizer=optimizer, zero=zero)

    sent = traffic(layout)

    share = 7 / 8 * PARAMETERS
    assert sent.gradients[0] == pytest.approx(gradients * share)
    assert sent.weights[0] == pytest.approx(weights * share)


@pytest.mark.parametrize(("recompute", "exchanges"), [("none", 8), ("selective", 8), ("full", 12)])
def test_tensor_parallel_exchange(recompute, exchanges):
    """8 b s h (t - 1) / t elements per layer and micro-batch; 12 with full recomputation."""
    layout = Layout(tp=4, dp=2, micro_batch=2, global_batch=16, recompute=recompute)

    elements = exchanges * 2 * 512 * 256 * 3 / 4

    assert traffic(layout).tensor[0] == pytest.approx(2 * elements * 4 * 4)


def test_pipeline_exchange():
    """Both ways b s h per micro-batch and boundary, times virtual stages, divided by SP."""
    layout = Layout(pp=2, dp=1, micro_batch=1, global_batch=8, interleave=2, tp=2)
    both = 2 * 512 * 256 * 8 * 2

    assert traffic(layout).pipeline == pytest.approx([both, both])
    shared = replace(layout, sequence_parallel=True)
    assert traffic(shared).pipeline == pytest.approx([both / 2, both / 2])
    assert traffic(replace(layout, pp=1, interleave=1)).pipeline == pytest.approx([0])


def test_context_exchange():
    """Keys and values of 4 heads of 32 go round forward and backward: 2 x 2 x s b g d elements."""
    layout = Layout(cp=2, dp=1, micro_batch=1, global_batch=4)

    assert traffic(layout).context[0] == pytest.approx(2 * 2 * 2 * 512 * 4 * 32 / 2 * 4 * 4)


def test_expert_exchange():
    """Two all-to-alls forward and two backward of k s b h, in the layers with experts."""
    shape = replace(SHAPE, experts=Experts(count=4, top_k=2, ffn=64, dense_layers=1))
    layout = Layout(dp=4, ep=4, micro_batch=1, global_batch=8)

    assert traffic(layout, shape).expert[0] == pytest.approx(4 * 2 * 2 * 512 * 256 * 3 / 4 * 3 * 2)
    assert traffic(replace(layout, ep=1), shape).expert[0] == 0


def test_collectives_of_one_rank_send_nothing():
    assert all_reduce_bytes(1000.0, 1.0) == all_gather_bytes(1000.0, 1.0) == 0


def test_tensor_parallelism_beyond_the_node_is_slower():
    inside = Layout(tp=8, dp=2, micro_batch=1, global_batch=16)
    shape = replace(SHAPE, heads=16, kv_heads=16, head_dim=16)

    beyond = replace(inside, tp=16, dp=1)

    slow, fast = (predict_step(run(layout, shape)).tensor for layout in (beyond, inside))
    assert slow > 5 * fast / 2


def test_exchange_hides_behind_the_last_backward_pass_only():
    """A share is always exposed; what is longer than that pass is exposed as well."""
    layout = Layout(dp=16, micro_batch=1, global_batch=16, optimizer="megatron")
    fast, slow = (run(layout, network_gb_s=rate) for rate in (1e6, 0.1))
    bandwidth = 0.1e9 * MEGATRON_CORE.network_share

    quick, crawling = predict_step(fast), predict_step(slow)

    # Without a network to wait for, the links set the pace.
    whole = fast.traffic.exchange[0] / (300e9 * MEGATRON_CORE.link_share)
    assert quick.exchange == pytest.approx(MEGATRON_CORE.exchange_exposed * whole)
    kernels = crawling.matmul + crawling.attention + crawling.elementwise + crawling.launch
    expected = slow.traffic.exchange[0] / bandwidth - 2 / 3 * kernels
    assert crawling.exchange == pytest.approx(expected)
