"""
Floating-point operations of training, in the named conventions that people quote.

A *convention* says what is counted. Model FLOPs count what the mathematics needs; hardware FLOPs
add what recomputation repeats. Training is forward plus backward: 3 times the forward pass.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from app.compute.errors import NoSuchChoice
from app.compute.model.parameters import count_block, count_parameters
from app.compute.model.shapes import ModelShape

Recompute = Literal["none", "selective", "full"]

CONVENTIONS: dict[str, str] = {
    "6n": "6 N per token, no attention scores",
    "palm": "6 N + 12 L a d s per token, full attention (arXiv 2204.02311, appendix B)",
    "causal": "6 N + 6 L a d s per token, half of the score matrix",
    "matmul": "6 N without the input embedding + 12 L a d s per token (arXiv 2205.05198, eq. v)",
    "8n": "8 N + 16 L a d s per token: full recomputation, logits included (llm-foundry's HFU)",
}
"""What each convention counts. N: parameters that work on a token; L layers, a heads of d, s."""


@dataclass(frozen=True)
class FlopCounts:
    """
    Floating-point operations of one training token.

    Attributes
    ----------
    model_per_token : float
        Model FLOPs in `convention`.
    hardware_per_token : float
        What the GPUs compute, recomputation included.
    convention : str
        Key of `CONVENTIONS`.
    """

    model_per_token: float
    hardware_per_token: float
    convention: str


def model_flops_per_token(
    shape: ModelShape, convention: str = "palm", *, sequence: int | None = None
) -> float:
    """
    Count the model FLOPs of one training token.

    Parameters
    ----------
    shape : ModelShape
    convention : str
        Key of `CONVENTIONS`.
    sequence : int or None
        Tokens in a sequence; the shape's own if None.

    Returns
    -------
    float
        FLOP per token.

    Raises
    ------
    NoSuchChoice
        Unknown convention.

    References
    ----------
    Chowdhery et al. 2022, arXiv 2204.02311, appendix B; Korthikanti et al. 2022, arXiv 2205.05198,
    appendix A.

    Examples
    --------
    >>> from app.compute.model.shapes import gpt
    >>> bloom = gpt(
    ...     layers=70, hidden=14336, heads=112, vocab=250880, positions="alibi", embedding_norm=True
    ... )
    >>> round(model_flops_per_token(bloom, "6n") / 6)
    176247271424
    >>> round(model_flops_per_token(bloom) / 1e12, 4)
    1.0821
    """
    counts = count_parameters(shape)
    scores = attention_flops_per_token(shape, sequence=sequence)
    if convention == "6n":
        return 6.0 * counts.active
    if convention == "palm":
        return 6.0 * counts.active + scores
    if convention == "causal":
        return 6.0 * counts.active + scores / 2
    if convention == "matmul":
        return 6.0 * matmul_parameters(shape) + scores
    if convention == "8n":
        return (6.0 * counts.active + scores) * 4 / 3
    raise NoSuchChoice(convention, list(CONVENTIONS))


def attention_flops_per_token(shape: ModelShape, *, sequence: int | None = None) -> float:
    """
    Count the attention scores of one training token, over the full matrix: 12 L a d s.

    Parameters
    ----------
    shape : ModelShape
        With latent attention, scores and values have their own dimensions.
    sequence : int or None
        Tokens in a sequence; the shape's own if None.

    Returns
    -------
    float
        FLOP per token, forward and backward.

    Examples
    --------
    >>> from app.compute.model.shapes import gpt
    >>> attention_flops_per_token(gpt(layers=2, hidden=64, heads=4, vocab=100, sequence=16))
    24576.0
    """
    tokens = shape.sequence if sequence is None else sequence
    return 6.0 * shape.layers * shape.heads * (shape.score_dim + shape.value_dim) * tokens


def matmul_parameters(shape: ModelShape) -> float:
    """
    Count the parameters that multiply each token: blocks and output projection, active experts.

    The input embedding is a look-up, and norms and biases do no matrix product.

    Examples
    --------
    >>> from app.compute.model.shapes import gpt
    >>> matmul_parameters(gpt(layers=70, hidden=14336, heads=112, vocab=250880)) / 1e9
    176.23416832
    """
    return shape.layers * 1.0 * block_matmul_parameters(shape) + shape.vocab * shape.hidden


def block_matmul_parameters(shape: ModelShape) -> float:
    """
    Count the parameters of an average block that multiply each token.

    Examples
    --------
    >>> from app.compute.model.shapes import gpt
    >>> block_matmul_parameters(gpt(layers=2, hidden=64, heads=4, vocab=100)) == 12 * 64**2
    True
    """
    dense = block_matmuls(shape, moe=False)
    moe = block_matmuls(shape, moe=True)
    dense_layers = shape.layers - shape.moe_layers
    return (dense_layers * dense + shape.moe_layers * moe) / shape.layers


def block_matmuls(shape: ModelShape, *, moe: bool) -> float:
    """
    Count the parameters of one block, dense or with experts, that multiply each token.

    Examples
    --------
    >>> from app.compute.model.shapes import gpt
    >>> block_matmuls(gpt(layers=2, hidden=64, heads=4, vocab=100), moe=False) == 12 * 64**2
    True
    """
    block = count_block(shape, moe=moe)
    vectors = shape.norms_per_layer * shape.hidden * (2 if shape.norm == "layernorm" else 1)
    if shape.bias:
        width = shape.heads * shape.head_dim + 2 * shape.kv_heads * shape.head_dim
        vectors += width + shape.hidden
        if not (moe and shape.experts):
            vectors += (2 if shape.gated else 1) * shape.ffn + shape.hidden
    return float(block.active - vectors)


def hardware_flops_per_token(
    shape: ModelShape, recompute: str, *, sequence: int | None = None
) -> float:
    r"""
    Count what the GPUs compute for one training token, recomputation included.

    Full recomputation repeats the forward pass of the blocks but not of the logits; for a GPT this
    is :math:`96 L h^2 (1 + s/(6h) + V/(16 L h))`. Selective recomputation repeats attention, and
    the paper counts :math:`72 L h^2 (1 + s/(3h) + V/(12 L h))`.

    Parameters
    ----------
    shape : ModelShape
    recompute : {"none", "selective", "full"}
    sequence : int or None
        Tokens in a sequence; the shape's own if None.

    Returns
    -------
    float
        FLOP per token.

    Raises
    ------
    NoSuchChoice
        Unknown kind of recomputation.

    Notes
    -----
    The printed equation for selective recomputation adds the attention products a whole second
    time (12 L h s more); counting the kernels that run again gives a third of that. We follow
    the equation, since published HFU figures were computed with it.

    References
    ----------
    Narayanan et al. 2021, arXiv 2104.04473, eq. 3; Korthikanti et al. 2022, arXiv 2205.05198,
    appendix A.

    Examples
    --------
    >>> from app.compute.model.shapes import gpt
    >>> bloom = gpt(layers=70, hidden=14336, heads=112, vocab=250880)
    >>> tokens = 2048 * 2048
    >>> per_gpu = hardware_flops_per_token(bloom, "full") * tokens / (104.7 * 384)
    >>> round(per_gpu / 1e12, 2)
    149.76
    """
    blocks = 6.0 * shape.layers * block_matmul_parameters(shape)
    logits = 6.0 * shape.vocab * shape.hidden
    scores = attention_flops_per_token(shape, sequence=sequence)
    if recompute == "none":
        return blocks + logits + scores
    if recompute == "selective":
        return blocks + logits + 2 * scores
    if recompute == "full":
        return (blocks + scores) * 4 / 3 + logits
    raise NoSuchChoice(recompute, get_args(Recompute))


def count_flops(
    shape: ModelShape,
    *,
    recompute: str = "none",
    convention: str = "palm",
    sequence: int | None = None,
) -> FlopCounts:
    """
    Count model and hardware FLOPs of one training token.

    Parameters
    ----------
    shape : ModelShape
    recompute : {"none", "selective", "full"}
    convention : str
        Key of `CONVENTIONS`, for the model FLOPs.
    sequence : int or None
        Tokens in a sequence; the shape's own if None.

    Returns
    -------
    FlopCounts

    Examples
    --------
    >>> from app.compute.model.shapes import gpt
    >>> counts = count_flops(
    ...     gpt(layers=70, hidden=14336, heads=112, vocab=250880), recompute="full"
    ... )
    >>> round(counts.hardware_per_token / counts.model_per_token, 2)
    1.33
    """
    return FlopCounts(
        model_per_token=model_flops_per_token(shape, convention, sequence=sequence),
        hardware_per_token=hardware_flops_per_token(shape, recompute, sequence=sequence),
        convention=convention,
    )
