"""A layout: how a training run is spread over GPUs, and what it keeps in memory."""

from dataclasses import dataclass
from typing import Literal

from app.compute.model.shapes import ModelShape

Attention = Literal["unfused", "flash"]
Schedule = Literal["1f1b", "interleaved", "zb1p", "dualpipe"]
Precision = Literal["bf16", "fp16", "fp32", "fp8"]


@dataclass(frozen=True)
class Layout:
    """
    How a training run is spread over GPUs.

    Attributes
    ----------
    tp, pp, dp, cp, ep : int
        Tensor-, pipeline-, data-, context- and expert-parallel size. GPUs = tp x pp x dp x cp;
        experts are spread over the same GPUs once more.
    etp : int or None
        Tensor-parallel size of the experts; `tp` if None.
    micro_batch, global_batch : int
        Sequences in one forward pass, and in one step of the whole job.
    interleave : int
        Virtual stages per GPU.
    sequence_parallel : bool
        Norms and dropout are divided over the tensor-parallel group too.
    recompute : {"none", "selective", "full"}
    optimizer : str
        Key of `states.OPTIMIZERS`: the framework's way to keep model states.
    zero : int or None
        ZeRO stage 0-3 for optimizers that have one; their own default if None.
    precision : {"bf16", "fp16", "fp32", "fp8"}
        Of the weights in the forward pass.
    stages : tuple of int or None
        Layers per pipeline stage; derived if None, but never rounded.
    attention : {"unfused", "flash"} or None
        Whether the score matrix is kept; `attention_kernel` decides if None.
    schedule : {"1f1b", "interleaved", "zb1p", "dualpipe"} or None
        Interleaved where `interleave` is above 1, else 1F1B, if None.
    shard_group : int or None
        GPUs over which model states are divided (hybrid sharding); dp x cp if None.
    optimizer_bytes : float or None
        Optimizer bytes per parameter in place of Adam's (8 for Muon or SGD with momentum).
    """

    tp: int = 1
    pp: int = 1
    dp: int = 1
    cp: int = 1
    ep: int = 1
    etp: int | None = None
    micro_batch: int = 1
    global_batch: int = 1
    interleave: int = 1
    sequence_parallel: bool = False
    recompute: Literal["none", "selective", "full"] = "none"
    optimizer: str = "megatron_distributed"
    zero: int | None = None
    precision: Precision = "bf16"
    stages: tuple[int, ...] | None = None
    attention: Attention | None = None
    schedule: Schedule | None = None
    shard_group: int | None = None
    optimizer_bytes: float | None = None

    @property
    def gpus(self) -> int:
        """GPUs that the layout takes."""
        return self.tp * self.pp * self.dp * self.cp

    @property
    def micro_batches(self) -> float:
        """Micro-batches that each pipeline runs in a step; whole if the layout is valid."""
        return self.global_batch / (self.micro_batch * self.dp)

    @property
    def expert_tensor(self) -> int:
        """Tensor-parallel size of the experts."""
        return self.tp if self.etp is None else self.etp

    @property
    def schedule_name(self) -> str:
        """The pipeline schedule, given or implied by interleaving."""
        return self.schedule or ("interleaved" if self.interleave > 1 else "1f1b")


def attention_kernel(shape: ModelShape, layout: Layout) -> Attention:
    """
    Tell whether the score matrix is kept for the backward pass.

    A layout that says so is believed. Otherwise models with dropout (the GPT family as its papers
    count it) keep it, and others use a fused kernel that does not.

    Examples
    --------
    >>> from app.compute.model.shapes import gpt, llama
    >>> attention_kernel(gpt(layers=2, hidden=64, heads=4, vocab=100), Layout())
    'unfused'
    >>> attention_kernel(llama(layers=2, hidden=64, heads=4, vocab=100, ffn=128), Layout())
    'flash'
    """
    if layout.attention is not None:
        return layout.attention
    return "unfused" if shape.dropout else "flash"
