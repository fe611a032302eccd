"""Bytes per parameter, framework by framework, as their documents state them."""

import pytest

from app.compute.errors import NoSuchChoice
from app.compute.model.states import bytes_per_parameter, default_stage, state_bytes

D = 16.0


@pytest.mark.parametrize(
    ("optimizer", "precision", "zero", "expected"),
    [
        ("adam", "fp32", 0, 16),
        ("adam_bf16", "bf16", None, 8),
        ("adam", "bf16", 0, 16),
        ("adam", "bf16", 1, 4 + 12 / D),
        ("adam", "bf16", 2, 2 + 14 / D),
        ("adam", "bf16", 3, 16 / D),
        # Megatron-LM, docs/user-guide/features/dist_optimizer.md
        ("megatron", "fp16", None, 20),
        ("megatron", "bf16", None, 18),
        ("megatron", "fp32", None, 16),
        ("megatron_distributed", "fp16", None, 4 + 16 / D),
        ("megatron_distributed", "bf16", None, 6 + 12 / D),
        ("megatron_distributed", "fp32", None, 8 + 8 / D),
        ("megatron_distributed", "fp8", None, 6 + 12 / D),
        # BF16Optimizer keeps 16- and 32-bit gradients whole, whatever stage its file says.
        ("deepspeed_bf16", "bf16", 0, 8 + 12 / D),
        ("deepspeed", "fp16", None, 4 + 12 / D),
        ("fsdp", "bf16", None, 16 / D),
        ("fsdp", "bf16", 2, 2 + 16 / D),
    ],
)
def test_bytes_per_parameter(optimizer, precision, zero, expected):
    states = state_bytes(optimizer, precision=precision, zero=zero)

    assert bytes_per_parameter(states, D) == pytest.approx(expected)


def test_momentum_needs_a_third_less_than_adam():
    states = state_bytes("megatron", optimizer_bytes=8)

    assert bytes_per_parameter(states, 1.0) == 14


def test_stage_in_effect():
    assert default_stage("deepspeed_bf16", 0) == 1
    assert default_stage("megatron", None) == 0
    assert default_stage("adam", 2) == 2


@pytest.mark.parametrize(
    ("optimizer", "zero"), [("lion", None), ("adam", 4), ("fsdp", 0), ("deepspeed", -1)]
)
def test_unknown_states_name_the_known(optimizer, zero):
    with pytest.raises(NoSuchChoice) as refused:
        state_bytes(optimizer, zero=zero)

    assert refused.value.known
