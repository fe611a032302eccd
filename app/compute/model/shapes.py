"""Model shapes: what decides parameters, FLOPs and memory, and nothing about training."""

from dataclasses import dataclass
from typing import Literal

from app.compute.divisibility import nearest_divisors
from app.compute.errors import InvalidShape

Positions = Literal["learned", "rotary", "alibi", "none"]
Norm = Literal["layernorm", "rmsnorm"]
Family = Literal["gpt", "llama"]


@dataclass(frozen=True)
class Experts:
    """
    The mixture-of-experts part of a model.

    Attributes
    ----------
    count, top_k : int
        Experts per layer, and how many of them see each token, 1 <= top_k <= count.
    ffn : int
        Width of one expert's feed-forward matrix.
    shared : int
        Experts that see every token.
    shared_ffn : int or None
        Width of a shared expert; the width of the others if None.
    dense_layers : int
        Layers at the start that have a plain feed-forward block instead.
    router_bias : bool
        One bias per expert in the router (DeepSeek-V3).
    """

    count: int
    top_k: int
    ffn: int
    shared: int = 0
    shared_ffn: int | None = None
    dense_layers: int = 0
    router_bias: bool = False


@dataclass(frozen=True)
class LatentAttention:
    """
    Multi-head latent attention (DeepSeek-V2 and V3).

    Attributes
    ----------
    query_rank : int
        Rank of the compressed query; 0 where the query is not compressed.
    key_value_rank : int
        Rank of the compressed key and value.
    nope_dim, rope_dim, value_dim : int
        Dimensions per head without and with rotary positions, and of the values.
    """

    query_rank: int
    key_value_rank: int
    nope_dim: int
    rope_dim: int
    value_dim: int


@dataclass(frozen=True)
class ModelShape:
    """
    The shape of a decoder-only transformer.

    Made by `gpt`, `llama` or `huggingface.from_config`, which fill in what a family implies.

    Attributes
    ----------
    layers, hidden, heads, kv_heads, head_dim, ffn : int
        Blocks, hidden size, query heads, key/value heads, dimension of a head, and width of one
        feed-forward matrix. `heads` x `head_dim` may differ from `hidden`.
    vocab : int
        Rows of the embedding as allocated, padding included.
    sequence : int
        Tokens in a training sequence.
    gated : bool
        Three feed-forward matrices (SwiGLU) instead of two.
    tied : bool
        Input and output embedding are one matrix.
    positions : {"learned", "rotary", "alibi", "none"}
        Learned positions add `sequence` x `hidden` parameters.
    norm : {"layernorm", "rmsnorm"}
    bias : bool
        Biases on every linear layer.
    qkv_bias : bool
        A bias on query, key and value only (Qwen2).
    qk_norm : {"none", "head", "projection"}
        RMSNorm of query and key: one weight per head dimension shared by all heads (Qwen3), or one
        per projected dimension (OLMo 2).
    embedding_norm : bool
        LayerNorm after the embedding (BLOOM).
    norms_per_layer : int
        2; or 1 in a parallel block (PaLM).
    dropout : bool
        Dropout masks are kept for the backward pass.
    experts : Experts or None
    latent : LatentAttention or None
    """

    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    ffn: int
    vocab: int
    sequence: int
    gated: bool
    tied: bool
    positions: Positions
    norm: Norm
    bias: bool
    qkv_bias: bool = False
    qk_norm: Literal["none", "head", "projection"] = "none"
    embedding_norm: bool = False
    norms_per_layer: int = 2
    dropout: bool = False
    experts: Experts | None = None
    latent: LatentAttention | None = None

    def __post_init__(self) -> None:
        _check(self)

    @property
    def family(self) -> Family:
        """Which of the two families the block belongs to: gated means Llama."""
        return "llama" if self.gated else "gpt"

    @property
    def moe_layers(self) -> int:
        """Layers with experts."""
        return self.layers - self.experts.dense_layers if self.experts else 0

    @property
    def score_dim(self) -> int:
        """Multiplications per head for one query-key score (heads of MLA are wider here)."""
        return self.latent.nope_dim + self.latent.rope_dim if self.latent else self.head_dim

    @property
    def value_dim(self) -> int:
        """Dimension of one head's value."""
        return self.latent.value_dim if self.latent else self.head_dim


def gpt(  # noqa: PLR0913 - a shape has many independent numbers, all named at the call
    *,
    layers: int,
    hidden: int,
    heads: int,
    vocab: int,
    sequence: int = 2048,
    ffn: int | None = None,
    tied: bool = True,
    positions: Positions = "learned",
    embedding_norm: bool = False,
    dropout: bool = True,
    experts: Experts | None = None,
) -> ModelShape:
    """
    Make a GPT: LayerNorm, biases, two feed-forward matrices of width 4h, tied embeddings.

    Parameters
    ----------
    layers, hidden, heads, vocab, sequence : int
        All above 0; `hidden` divides by `heads`.
    ffn : int or None
        4 x `hidden` if None.
    tied, positions, embedding_norm, dropout, experts
        As in `ModelShape`.

    Raises
    ------
    InvalidShape
        A number that no model can have, with the nearest that one can.

    Examples
    --------
    >>> gpt(layers=70, hidden=14336, heads=112, vocab=250880, positions="alibi").head_dim
    128
    """
    return ModelShape(
        layers=layers,
        hidden=hidden,
        heads=heads,
        kv_heads=heads,
        head_dim=_head_dim(hidden, heads),
        ffn=4 * hidden if ffn is None else ffn,
        vocab=vocab,
        sequence=sequence,
        gated=False,
        tied=tied,
        positions=positions,
        norm="layernorm",
        bias=True,
        embedding_norm=embedding_norm,
        dropout=dropout,
        experts=experts,
    )


def llama(  # noqa: PLR0913 - likewise
    *,
    layers: int,
    hidden: int,
    heads: int,
    vocab: int,
    ffn: int,
    kv_heads: int | None = None,
    head_dim: int | None = None,
    sequence: int = 4096,
    tied: bool = False,
    positions: Positions = "rotary",
    qkv_bias: bool = False,
    qk_norm: Literal["none", "head", "projection"] = "none",
    norms_per_layer: int = 2,
    experts: Experts | None = None,
    latent: LatentAttention | None = None,
) -> ModelShape:
    """
    Make a Llama: RMSNorm, no biases, SwiGLU, grouped queries, untied embeddings.

    Parameters
    ----------
    layers, hidden, heads, vocab, ffn, sequence : int
        All above 0. `ffn` is the width of the dense layers where there are experts.
    kv_heads : int or None
        Key/value heads, a divisor of `heads`; `heads` if None.
    head_dim : int or None
        `hidden` / `heads` if None.
    tied, positions, qkv_bias, qk_norm, norms_per_layer, experts, latent
        As in `ModelShape`.

    Raises
    ------
    InvalidShape
        A number that no model can have, with the nearest that one can.

    Examples
    --------
    >>> llama(layers=80, hidden=8192, heads=64, kv_heads=8, ffn=28672, vocab=32000).head_dim
    128
    """
    if head_dim is None:
        head_dim = (
            latent.nope_dim + latent.rope_dim if latent is not None else _head_dim(hidden, heads)
        )
    return ModelShape(
        layers=layers,
        hidden=hidden,
        heads=heads,
        kv_heads=heads if kv_heads is None else kv_heads,
        head_dim=head_dim,
        ffn=ffn,
        vocab=vocab,
        sequence=sequence,
        gated=True,
        tied=tied,
        positions=positions,
        norm="rmsnorm",
        bias=False,
        qkv_bias=qkv_bias,
        qk_norm=qk_norm,
        norms_per_layer=norms_per_layer,
        experts=experts,
        latent=latent,
    )


def _head_dim(hidden: int, heads: int) -> int:
    for name, value in (("hidden", hidden), ("heads", heads)):
        if value < 1:
            raise InvalidShape(name, f"is {value}, must be at least 1")
    if hidden % heads:
        raise InvalidShape(
            "heads",
            f"{heads} heads do not divide the hidden size {hidden}",
            nearest=nearest_divisors(hidden, heads),
        )
    return hidden // heads


def _check(shape: ModelShape) -> None:
    for name in (
        "layers",
        "hidden",
        "heads",
        "kv_heads",
        "head_dim",
        "ffn",
        "vocab",
        "sequence",
        "norms_per_layer",
    ):
        value = getattr(shape, name)
        if value < 1:
            raise InvalidShape(name, f"is {value}, must be at least 1")
    if shape.heads % shape.kv_heads:
        raise InvalidShape(
            "kv_heads",
            f"{shape.kv_heads} key/value heads do not divide {shape.heads} query heads",
            nearest=nearest_divisors(shape.heads, shape.kv_heads),
        )
    if shape.experts:
        _check_experts(shape.experts, shape.layers)


def _check_experts(experts: Experts, layers: int) -> None:
    for name, value in (("count", experts.count), ("ffn", experts.ffn)):
        if value < 1:
            raise InvalidShape(f"experts.{name}", f"is {value}, must be at least 1")
    if not 1 <= experts.top_k <= experts.count:
        raise InvalidShape(
            "experts.top_k",
            f"{experts.top_k} experts per token of {experts.count}",
            nearest=(max(1, min(experts.top_k, experts.count)),),
        )
    if experts.shared < 0:
        raise InvalidShape("experts.shared", f"is {experts.shared}, must be at least 0")
    if not 0 <= experts.dense_layers < layers:
        raise InvalidShape(
            "experts.dense_layers",
            f"{experts.dense_layers} dense layers of {layers} leave no layer with experts",
            nearest=(max(0, min(experts.dense_layers, layers - 1)),),
        )
