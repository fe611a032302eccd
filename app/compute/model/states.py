"""Bytes per parameter of weights, gradients and optimizer states, by framework."""

from dataclasses import dataclass

from app.compute.errors import NoSuchChoice
from app.compute.units import Number

ADAM_MIXED = 12.0
"""Optimizer bytes per parameter of Adam beside 16-bit weights: master copy 4, moments 8."""

ADAM_FULL = 8.0
"""Optimizer bytes per parameter of Adam on fp32 weights: two moments."""


@dataclass(frozen=True)
class StateBytes:
    """
    Bytes per parameter, and which of them are divided over the data-parallel group.

    Attributes
    ----------
    weights, gradients, optimizer : float
        Bytes per parameter before sharding.
    shard_weights, shard_gradients, shard_optimizer : bool
        Divided over the data-parallel group (the context-parallel group included).
    """

    weights: float
    gradients: float
    optimizer: float
    shard_weights: bool = False
    shard_gradients: bool = False
    shard_optimizer: bool = False


OPTIMIZERS: dict[str, str] = {
    "adam": "mixed-precision Adam as in the ZeRO paper, ZeRO stage 0-3 (default 0)",
    "deepspeed": "DeepSpeed ZeRO stage 0-3 (default 1), 16-bit gradients",
    "deepspeed_bf16": "DeepSpeed BF16Optimizer: 16- and 32-bit gradients unsharded, states sharded",
    "megatron": "Megatron-LM, optimizer states on every GPU",
    "megatron_distributed": "Megatron-LM distributed optimizer: states sharded",
    "fsdp": "PyTorch FSDP: ZeRO stage 3 (full shard, default) or 2 (shard gradients and states)",
    "adam_bf16": "pure bf16 Adam without a master copy",
}
"""The frameworks' ways to keep model states."""

_SHARDS_GRADIENTS, _SHARDS_WEIGHTS = 2, 3
_DEFAULT_STAGE = {"adam": 0, "deepspeed": 1, "fsdp": 3}


def state_bytes(
    optimizer: str,
    *,
    precision: str = "bf16",
    zero: int | None = None,
    optimizer_bytes: float | None = None,
) -> StateBytes:
    """
    Tell how many bytes a framework keeps per parameter.

    Parameters
    ----------
    optimizer : str
        Key of `OPTIMIZERS`.
    precision : {"bf16", "fp16", "fp32", "fp8"}
        Of the weights in the forward pass; fp8 keeps bf16 weights and states.
    zero : int or None
        ZeRO stage 0-3 for "adam" and "deepspeed", 2-3 for "fsdp"; ignored by the others.
    optimizer_bytes : float or None
        In place of Adam's bytes: 8 for Muon or SGD with momentum.

    Returns
    -------
    StateBytes

    Raises
    ------
    NoSuchChoice
        Unknown optimizer, or a stage that it does not have.

    References
    ----------
    ZeRO: Rajbhandari et al. 2019, arXiv 1910.02054. Megatron: NVIDIA/Megatron-LM,
    docs/user-guide/features/dist_optimizer.md. BF16Optimizer: deepspeedai/DeepSpeed,
    runtime/bf16_optimizer.py.

    Examples
    --------
    >>> bytes_per_parameter(state_bytes("megatron_distributed"), 8.0)
    7.5
    >>> bytes_per_parameter(state_bytes("deepspeed_bf16"), 8.0)
    9.5
    """
    if optimizer not in OPTIMIZERS:
        raise NoSuchChoice(optimizer, list(OPTIMIZERS))
    states = ADAM_FULL if precision == "fp32" else ADAM_MIXED
    if optimizer_bytes is not None:
        states = optimizer_bytes
    if optimizer in _DEFAULT_STAGE:
        return _zero(optimizer, precision, zero, states)
    wide = precision == "fp32"
    if optimizer == "deepspeed_bf16":
        return StateBytes(2.0, 6.0, states, shard_optimizer=True)
    if optimizer == "adam_bf16":
        return StateBytes(2.0, 2.0, 4.0 if optimizer_bytes is None else optimizer_bytes)
    gradients = 4.0
    if precision == "fp16":
        # Megatron keeps the fp16 gradients beside the fp32 copy that the optimizer reads; in its
        # distributed optimizer that copy is sharded.
        gradients, states = 2.0, states + 4.0
    sharded = optimizer == "megatron_distributed"
    return StateBytes(4.0 if wide else 2.0, gradients, states, shard_optimizer=sharded)


def bytes_per_parameter(states: StateBytes, shards: Number) -> Number:
    """
    Add up the bytes per parameter for a number of shards.

    Parameters
    ----------
    states : StateBytes
    shards : float or array
        Data-parallel times context-parallel size, at least 1.

    Returns
    -------
    float or array
        Bytes per parameter of one model replica's share.

    Examples
    --------
    The ZeRO paper's 7.5 B model on 64 GPUs, stages 1 to 3, in GB.

    >>> [
    ...     round(7.5 * bytes_per_parameter(state_bytes("adam", zero=stage), 64.0), 2)
    ...     for stage in (0, 1, 2, 3)
    ... ]
    [120.0, 31.41, 16.64, 1.88]
    """
    weights, gradients, optimizer = divide_states(states, shards)
    return weights + gradients + optimizer


def divide_states(states: StateBytes, shards: Number) -> tuple[Number, Number, Number]:
    """
    Tell bytes per parameter of weights, gradients and optimizer states after sharding.

    Examples
    --------
    >>> divide_states(state_bytes("adam", zero=1), 4.0)
    (2.0, 2.0, 3.0)
    """
    whole = shards / shards  # one, in the form (number or array) of the shards
    weights = states.weights / (shards if states.shard_weights else whole)
    gradients = states.gradients / (shards if states.shard_gradients else whole)
    optimizer = states.optimizer / (shards if states.shard_optimizer else whole)
    return weights, gradients, optimizer


def has_stages(optimizer: str) -> bool:
    """
    Tell whether a ZeRO stage changes what the optimizer keeps.

    Examples
    --------
    >>> has_stages("fsdp"), has_stages("megatron_distributed")
    (True, False)
    """
    return optimizer in _DEFAULT_STAGE


def default_stage(optimizer: str, zero: int | None) -> int:
    """
    Tell the ZeRO stage in effect, for communication and for words.

    Examples
    --------
    >>> default_stage("deepspeed_bf16", 0), default_stage("fsdp", None)
    (1, 3)
    """
    if optimizer in _DEFAULT_STAGE:
        return _DEFAULT_STAGE[optimizer] if zero is None else zero
    return 1 if optimizer in ("deepspeed_bf16", "megatron_distributed") else 0


def _zero(optimizer: str, precision: str, zero: int | None, states: float) -> StateBytes:
    stage = _DEFAULT_STAGE[optimizer] if zero is None else zero
    stages = (2, 3) if optimizer == "fsdp" else (0, 1, 2, 3)
    if stage not in stages:
        raise NoSuchChoice(f"ZeRO stage {stage}", [str(value) for value in stages])
    gradients, weights = stage >= _SHARDS_GRADIENTS, stage >= _SHARDS_WEIGHTS
    if optimizer == "fsdp":
        # Master weights, gradients and moments are fp32 shards. Stage 2 keeps the gathered 16-bit
        # weights from forward to backward; stage 3 gathers them again, unit by unit.
        return StateBytes(
            weights=2.0,
            gradients=2.0 if weights else 4.0,
            optimizer=states,
            shard_weights=weights,
            shard_gradients=gradients,
            shard_optimizer=True,
        )
    width = 4.0 if precision == "fp32" else 2.0
    return StateBytes(
        width,
        width,
        states,
        shard_weights=weights,
        shard_gradients=gradients,
        shard_optimizer=stage >= 1,
    )
