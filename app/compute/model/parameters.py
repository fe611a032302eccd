"""How many parameters a shape has: per block, in total, active, without embeddings, allocated."""

from dataclasses import dataclass

from app.compute.model.shapes import Experts, LatentAttention, ModelShape


@dataclass(frozen=True)
class BlockParameters:
    """
    Parameters of one transformer block, grouped by how parallelism divides them.

    Attributes
    ----------
    sharded : int
        Divided by the tensor-parallel size: projections, feed-forward, shared experts.
    key_value : int
        Key and value projections: divided by the smaller of tensor-parallel size and key/value
        heads, since a head is never cut.
    replicated : int
        On every GPU of the tensor-parallel group: norms, output biases, router.
    routed : int
        Weights of all routed experts, divided over the expert-parallel group.
    routed_active : int
        Those of the experts that one token sees.
    """

    sharded: int
    key_value: int
    replicated: int
    routed: int = 0
    routed_active: int = 0

    @property
    def total(self) -> int:
        """All parameters of the block."""
        return self.sharded + self.key_value + self.replicated + self.routed

    @property
    def active(self) -> int:
        """Parameters that work on one token."""
        return self.total - self.routed + self.routed_active


@dataclass(frozen=True)
class ParameterCounts:
    """
    The counts of one model.

    Attributes
    ----------
    total : int
        As published: a tied embedding counts once.
    active : int
        Those that work on one token; `total` without experts.
    non_embedding : int
        Without token embeddings, output projection and learned positions.
    unique : int
        Distinct parameters; equals `total`.
    allocated : int
        What a pipeline of several stages holds: the tied embedding lives on both end stages.
    input_embedding, output_embedding : int
        Rows x hidden; `output_embedding` is 0 where it is tied.
    """

    total: int
    active: int
    non_embedding: int
    unique: int
    allocated: int
    input_embedding: int
    output_embedding: int


def count_parameters(shape: ModelShape) -> ParameterCounts:
    """
    Count the parameters of a model.

    Parameters
    ----------
    shape : ModelShape
        Any shape; `vocab` as allocated.

    Returns
    -------
    ParameterCounts
        Whole numbers, exact.

    Notes
    -----
    GPT: ``L (12 h^2 + 13 h) + V h + 2 h`` (+ ``s h`` learned positions, + ``2 h`` embedding norm).
    Llama: ``L (2 h a d + 2 h g d + 3 h f + 2 h) + 2 V h + h``.

    References
    ----------
    BLOOM: bigscience-workshop/bigscience, train/tr11-176B-ml/README.md (176,247,271,424).

    Examples
    --------
    >>> from app.compute.model.shapes import gpt, llama
    >>> bloom = gpt(
    ...     layers=70, hidden=14336, heads=112, vocab=250880, positions="alibi", embedding_norm=True
    ... )
    >>> count_parameters(bloom).total
    176247271424
    >>> count_parameters(
    ...     llama(layers=80, hidden=8192, heads=64, kv_heads=8, ffn=28672, vocab=32000)
    ... ).total
    68976648192
    """
    dense = count_block(shape, moe=False)
    moe = count_block(shape, moe=True)
    dense_layers = shape.layers - shape.moe_layers
    blocks = dense_layers * dense.total + shape.moe_layers * moe.total
    inactive = shape.moe_layers * (moe.total - moe.active)
    matrix = shape.vocab * shape.hidden
    positions = count_positions(shape)
    norms = count_embedding_norm(shape) + count_final_norm(shape)
    total = blocks + matrix + positions + norms + (0 if shape.tied else matrix)
    return ParameterCounts(
        total=total,
        active=total - inactive,
        non_embedding=blocks + norms,
        unique=total,
        allocated=blocks + norms + positions + 2 * matrix,
        input_embedding=matrix,
        output_embedding=0 if shape.tied else matrix,
    )


def count_block(shape: ModelShape, *, moe: bool) -> BlockParameters:
    """
    Count one transformer block.

    Parameters
    ----------
    shape : ModelShape
    moe : bool
        A block with experts (of a shape that has them) or a dense block.

    Returns
    -------
    BlockParameters

    Examples
    --------
    >>> from app.compute.model.shapes import gpt
    >>> count_block(gpt(layers=70, hidden=14336, heads=112, vocab=250880), moe=False).total
    2466437120
    """
    hidden = shape.hidden
    norms = shape.norms_per_layer * hidden * (2 if shape.norm == "layernorm" else 1)
    if shape.latent:
        sharded, replicated = _latent_attention(shape, shape.latent)
        key_value = 0
    else:
        sharded, key_value, replicated = _attention(shape)
    if moe and shape.experts:
        return _with_experts(shape, shape.experts, sharded, key_value, replicated + norms)
    matrices = 3 if shape.gated else 2
    sharded += matrices * hidden * shape.ffn
    if shape.bias:
        sharded += (matrices - 1) * shape.ffn
        replicated += hidden
    return BlockParameters(sharded, key_value, replicated + norms)


def count_positions(shape: ModelShape) -> int:
    """
    Count learned position embeddings; other kinds have none.

    Examples
    --------
    >>> from app.compute.model.shapes import gpt
    >>> count_positions(gpt(layers=2, hidden=64, heads=4, vocab=100, sequence=16))
    1024
    """
    return shape.sequence * shape.hidden if shape.positions == "learned" else 0


def count_embedding_norm(shape: ModelShape) -> int:
    """
    Count the LayerNorm after the embedding (BLOOM), if there is one.

    Examples
    --------
    >>> from app.compute.model.shapes import gpt
    >>> count_embedding_norm(gpt(layers=2, hidden=64, heads=4, vocab=100, embedding_norm=True))
    128
    """
    return 2 * shape.hidden if shape.embedding_norm else 0


def count_final_norm(shape: ModelShape) -> int:
    """
    Count the norm before the output projection.

    Examples
    --------
    >>> from app.compute.model.shapes import gpt
    >>> count_final_norm(gpt(layers=2, hidden=64, heads=4, vocab=100))
    128
    """
    return shape.hidden * (2 if shape.norm == "layernorm" else 1)


def narayanan_parameters(layers: int, hidden: int, vocab: int, sequence: int) -> float:
    r"""
    Count a GPT by equation 2 of Narayanan et al.

    :math:`P = 12 L h^2 (1 + 13/(12h) + (V + s)/(12 L h))`.

    Parameters
    ----------
    layers, hidden, vocab, sequence : int
        All above 0.

    Returns
    -------
    float
        Parameters.

    References
    ----------
    Narayanan et al. 2021, arXiv 2104.04473.

    Examples
    --------
    >>> round(narayanan_parameters(105, 20480, 51200, 2048) / 1e9, 1)
    529.6
    """
    scale = 12 * layers * hidden**2
    return scale * (1 + 13 / (12 * hidden) + (vocab + sequence) / (12 * layers * hidden))


def _attention(shape: ModelShape) -> tuple[int, int, int]:
    hidden, width = shape.hidden, shape.heads * shape.head_dim
    key_value_width = 2 * shape.kv_heads * shape.head_dim
    sharded = 2 * hidden * width
    key_value = hidden * key_value_width
    replicated = 0
    if shape.bias or shape.qkv_bias:
        sharded += width
        key_value += key_value_width
    if shape.bias:
        replicated += hidden
    if shape.qk_norm == "projection":
        replicated += width + key_value_width // 2
    elif shape.qk_norm == "head":
        replicated += 2 * shape.head_dim
    return sharded, key_value, replicated


def _latent_attention(shape: ModelShape, latent: LatentAttention) -> tuple[int, int]:
    hidden, heads = shape.hidden, shape.heads
    query_width = heads * (latent.nope_dim + latent.rope_dim)
    compressed = hidden * (latent.key_value_rank + latent.rope_dim) + latent.key_value_rank
    if latent.query_rank:
        compressed += hidden * latent.query_rank + latent.query_rank
        query = latent.query_rank * query_width
    else:
        query = hidden * query_width
    key_value = latent.key_value_rank * heads * (latent.nope_dim + latent.value_dim)
    output = heads * latent.value_dim * hidden
    return query + key_value + output, compressed


def _with_experts(
    shape: ModelShape, experts: Experts, sharded: int, key_value: int, replicated: int
) -> BlockParameters:
    matrices = 3 if shape.gated else 2
    one = matrices * shape.hidden * experts.ffn
    shared_ffn = experts.ffn if experts.shared_ffn is None else experts.shared_ffn
    router = shape.hidden * experts.count + (experts.count if experts.router_bias else 0)
    return BlockParameters(
        sharded=sharded + experts.shared * matrices * shape.hidden * shared_ffn,
        key_value=key_value,
        replicated=replicated + router,
        routed=experts.count * one,
        routed_active=experts.top_k * one,
    )
