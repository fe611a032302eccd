"""
Bytes that a transformer block keeps between its forward and its backward pass.

The closed forms are those of Korthikanti et al. for the GPT block and the same count, part by part,
for gated, grouped-query, expert and latent-attention blocks. Activations are 16-bit, dropout masks
one byte.
"""

from dataclasses import dataclass

from app.compute.model.shapes import ModelShape
from app.compute.units import Number


@dataclass(frozen=True)
class ActivationBytes:
    """
    Bytes per token that one block keeps, grouped by how parallelism divides them.

    Attributes
    ----------
    replicated : float
        On every GPU of the tensor-parallel group, unless it is sequence-parallel.
    sharded : float
        Divided by the tensor-parallel size.
    scores : float
        Divided by the tensor-parallel size; grows with the sequence, absent with a fused kernel.
    """

    replicated: float
    sharded: float
    scores: float

    def without_scores(self) -> "ActivationBytes":
        """Bytes where attention is recomputed in the backward pass (selective recomputation)."""
        return ActivationBytes(self.replicated, self.sharded, 0.0)


def block_activations(
    shape: ModelShape, *, attention: str, moe: bool = False, sequence: int | None = None
) -> ActivationBytes:
    """
    Count the bytes per token that one block keeps.

    Parameters
    ----------
    shape : ModelShape
    attention : {"unfused", "flash"}
        Whether the score matrix is kept.
    moe : bool
        A block with experts (of a shape that has them).
    sequence : int or None
        Tokens in a sequence; the shape's own if None.

    Returns
    -------
    ActivationBytes
        Bytes per token of the micro-batch.

    References
    ----------
    Korthikanti et al. 2022, arXiv 2205.05198, section 4 and table 2.

    Examples
    --------
    A GPT block keeps ``s b h (34 + 5 a s / h)`` bytes.

    >>> from app.compute.model.shapes import gpt, llama
    >>> part = block_activations(
    ...     gpt(layers=96, hidden=12288, heads=96, vocab=51200), attention="unfused"
    ... )
    >>> (part.replicated + part.sharded) / 12288, part.scores / (5 * 96 * 2048)
    (34.0, 1.0)

    A Llama block with a fused kernel keeps ``12 h + 4 g d + 6 f``.

    >>> part = block_activations(
    ...     llama(layers=80, hidden=8192, heads=64, kv_heads=8, ffn=28672, vocab=32000),
    ...     attention="flash",
    ... )
    >>> part.replicated + part.sharded == 12 * 8192 + 4 * 8 * 128 + 6 * 28672
    True
    """
    mask = shape.hidden if shape.dropout else 0
    # Inputs of the norms, and the inputs of attention and feed-forward that they make.
    replicated = 2.0 * shape.hidden * (2 * shape.norms_per_layer) + 2 * mask
    sharded = _latent_attention(shape) if shape.latent else _attention(shape)
    if moe and shape.experts:
        routed_replicated, routed_sharded = _experts(shape)
        replicated += routed_replicated
        sharded += routed_sharded
    else:
        sharded += _feed_forward(shape.ffn, gated=shape.gated)
    scores = 0.0
    if attention == "unfused":
        tokens = shape.sequence if sequence is None else sequence
        # Softmax output, its dropout mask and what dropout hands on; or the first alone.
        scores = (5.0 if shape.dropout else 2.0) * shape.heads * tokens
    return ActivationBytes(replicated, sharded, scores)


def layer_bytes(
    tokens: Number,
    *,
    replicated: Number,
    sharded: Number,
    scores: Number,
    tp: Number,
    shared: Number,
) -> Number:
    """
    Count the bytes that one block keeps for a micro-batch on one GPU.

    Parameters
    ----------
    tokens : float or array
        Tokens of the micro-batch on this GPU: micro-batch x sequence / context-parallel size.
    replicated, sharded, scores : float or array
        Fields of `ActivationBytes`.
    tp : float or array
        Tensor-parallel size.
    shared : float or array
        What divides the replicated part: `tp` with sequence parallelism, else 1.

    Returns
    -------
    float or array
        Bytes.

    Examples
    --------
    Korthikanti et al., 22B, no parallelism but tensor: 59.25 GiB over 48 layers.

    >>> from app.compute.model.shapes import gpt
    >>> part = block_activations(
    ...     gpt(layers=48, hidden=6144, heads=64, vocab=51200), attention="unfused"
    ... )
    >>> one = layer_bytes(
    ...     4 * 2048.0,
    ...     replicated=part.replicated,
    ...     sharded=part.sharded,
    ...     scores=part.scores,
    ...     tp=8.0,
    ...     shared=1.0,
    ... )
    >>> 48 * one / 2**30
    59.25
    """
    return tokens * (replicated / shared + (sharded + scores) / tp)


def checkpoint_bytes(tokens: Number, hidden: int, shared: Number) -> Number:
    """
    Count the bytes of a block's input, all that full recomputation keeps of the block.

    Parameters
    ----------
    tokens : float or array
        Tokens of the micro-batch on this GPU.
    hidden : int
    shared : float or array
        `tp` with sequence parallelism, else 1: Megatron then keeps each GPU's own slice only.

    Returns
    -------
    float or array
        ``2 s b h`` bytes, divided by `shared`.

    Examples
    --------
    >>> checkpoint_bytes(2 * 2048.0, 14336, 1.0) / 2**20
    112.0
    """
    return 2.0 * hidden * tokens / shared


def backward_bytes(
    tokens: Number, shape: ModelShape, *, attention: str, tp: Number, shared: Number
) -> Number:
    """
    Count the gradients of activations that the backward pass of a block holds at once.

    The largest of them are those around the feed-forward block, or of the scores where attention
    is not fused; the gradient that comes in and the one that goes out stay beside them.

    Parameters
    ----------
    tokens : float or array
        Tokens of the micro-batch on this GPU.
    shape : ModelShape
    attention : {"unfused", "flash"}
    tp, shared : float or array
        As in `layer_bytes`.

    Returns
    -------
    float or array
        Bytes.

    Examples
    --------
    >>> from app.compute.model.shapes import llama
    >>> shape = llama(layers=80, hidden=8192, heads=64, kv_heads=8, ffn=28672, vocab=128256)
    >>> round(backward_bytes(4096.0, shape, attention="flash", tp=1.0, shared=1.0) / 2**30, 3)
    0.562
    """
    wide = 2.0 * (2 if shape.gated else 1) * _widest(shape)
    if attention == "unfused":
        wide = max(wide, 2.0 * 2 * shape.heads * shape.sequence)
    return tokens * (wide / tp + 4.0 * shape.hidden / shared)


def _widest(shape: ModelShape) -> float:
    if shape.experts:
        return max(shape.ffn, shape.experts.top_k * shape.experts.ffn)
    return shape.ffn


def _attention(shape: ModelShape) -> float:
    width = shape.heads * shape.head_dim
    # Query, key, value, and the input of the output projection.
    return 2.0 * width + 2.0 * 2 * shape.kv_heads * shape.head_dim + 2.0 * width


def _latent_attention(shape: ModelShape) -> float:
    latent = shape.latent
    if latent is None:
        return 0.0
    # Compressed query and key-value, before and after their norms, then query, key (its rotary part
    # copied to every head), value and the input of the output projection.
    compressed = 4.0 * (latent.query_rank + latent.key_value_rank) + 2.0 * latent.rope_dim
    score, value = latent.nope_dim + latent.rope_dim, latent.value_dim
    return compressed + shape.heads * 2.0 * (2 * score + 2 * value)


def _feed_forward(ffn: int, *, gated: bool) -> float:
    # Gate, up and their product; or the input and the output of GeLU.
    return (6.0 if gated else 4.0) * ffn


def _experts(shape: ModelShape) -> tuple[float, float]:
    experts = shape.experts
    if experts is None:
        return 0.0, 0.0
    shared_ffn = experts.ffn if experts.shared_ffn is None else experts.shared_ffn
    routed = experts.top_k * (_feed_forward(experts.ffn, gated=shape.gated) + 4.0 * shape.hidden)
    shared = experts.shared * _feed_forward(shared_ffn, gated=shape.gated)
    # Router scores and probabilities in fp32.
    return 8.0 * experts.count, routed + shared
