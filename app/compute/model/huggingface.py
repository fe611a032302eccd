"""Read a model shape from a Hugging Face ``config.json``."""

from collections.abc import Callable, Mapping

from app.compute.errors import InvalidShape, UnknownArchitecture
from app.compute.model.shapes import Experts, LatentAttention, ModelShape, gpt, llama

Config = Mapping[str, object]


def from_config(config: Config, *, sequence: int | None = None) -> ModelShape:
    """
    Read the shape of a model from its Hugging Face configuration.

    Parameters
    ----------
    config : mapping
        The parsed ``config.json``. Fields that the architecture implies may be missing.
    sequence : int or None
        Training sequence length in tokens; the configuration's longest context, at most 8192, if
        None, since a context window is no statement about training.

    Returns
    -------
    ModelShape

    Raises
    ------
    UnknownArchitecture
        No rule for this ``model_type``; carries those that have one.
    InvalidShape
        A field is missing or impossible; carries its name.

    Examples
    --------
    >>> from app.compute.model.parameters import count_parameters
    >>> shape = from_config(
    ...     {
    ...         "model_type": "llama",
    ...         "num_hidden_layers": 32,
    ...         "hidden_size": 4096,
    ...         "num_attention_heads": 32,
    ...         "num_key_value_heads": 8,
    ...         "intermediate_size": 14336,
    ...         "vocab_size": 128256,
    ...         "max_position_embeddings": 8192,
    ...     }
    ... )
    >>> count_parameters(shape).total
    8030261248
    """
    name = str(config.get("model_type", ""))
    reader = _READERS.get(name)
    if reader is None:
        raise UnknownArchitecture(name, sorted(_READERS))
    return reader(config, sequence)


def _integer(config: Config, *names: str, default: int | None = None) -> int:
    for name in names:
        value = config.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if value is not None:
            raise InvalidShape(name, f"is {value!r}, must be a whole number")
    if default is None:
        raise InvalidShape(names[0], "is missing in the configuration")
    return default


def _optional(config: Config, name: str) -> int | None:
    return None if config.get(name) is None else _integer(config, name)


def _flag(config: Config, name: str, *, default: bool) -> bool:
    value = config.get(name, default)
    return default if value is None else bool(value)


def _sequence(config: Config, sequence: int | None, default: int) -> int:
    if sequence is not None:
        return sequence
    names = ("max_position_embeddings", "n_positions", "seq_length", "n_ctx")
    return min(_integer(config, *names, default=default), 8192)


def _read_bloom(config: Config, sequence: int | None) -> ModelShape:
    return gpt(
        layers=_integer(config, "n_layer", "num_hidden_layers"),
        hidden=_integer(config, "hidden_size", "n_embed"),
        heads=_integer(config, "n_head", "num_attention_heads"),
        vocab=_integer(config, "vocab_size"),
        sequence=_sequence(config, sequence, 2048),
        positions="alibi",
        embedding_norm=True,
    )


def _read_gpt2(config: Config, sequence: int | None) -> ModelShape:
    hidden = _integer(config, "n_embd", "hidden_size")
    return gpt(
        layers=_integer(config, "n_layer", "num_hidden_layers"),
        hidden=hidden,
        heads=_integer(config, "n_head", "num_attention_heads"),
        vocab=_integer(config, "vocab_size"),
        ffn=_optional(config, "n_inner") or 4 * hidden,
        sequence=_sequence(config, sequence, 1024),
        tied=_flag(config, "tie_word_embeddings", default=True),
    )


def _read_gpt_neox(config: Config, sequence: int | None) -> ModelShape:
    return gpt(
        layers=_integer(config, "num_hidden_layers"),
        hidden=_integer(config, "hidden_size"),
        heads=_integer(config, "num_attention_heads"),
        vocab=_integer(config, "vocab_size"),
        ffn=_integer(config, "intermediate_size"),
        sequence=_sequence(config, sequence, 2048),
        tied=_flag(config, "tie_word_embeddings", default=False),
        positions="rotary",
        dropout=False,
    )


def _read_llama(config: Config, sequence: int | None) -> ModelShape:
    return _llama(config, sequence, qkv_bias=_flag(config, "attention_bias", default=False))


def _read_qwen2(config: Config, sequence: int | None) -> ModelShape:
    return _llama(config, sequence, qkv_bias=True)


def _read_qwen3(config: Config, sequence: int | None) -> ModelShape:
    return _llama(config, sequence, qk_norm="head")


def _read_olmo2(config: Config, sequence: int | None) -> ModelShape:
    return _llama(config, sequence, qk_norm="projection")


def _read_mixtral(config: Config, sequence: int | None) -> ModelShape:
    experts = Experts(
        count=_integer(config, "num_local_experts"),
        top_k=_integer(config, "num_experts_per_tok"),
        ffn=_integer(config, "intermediate_size"),
    )
    return _llama(config, sequence, experts=experts)


def _read_qwen3_moe(config: Config, sequence: int | None) -> ModelShape:
    experts = Experts(
        count=_integer(config, "num_experts"),
        top_k=_integer(config, "num_experts_per_tok"),
        ffn=_integer(config, "moe_intermediate_size"),
    )
    return _llama(config, sequence, qk_norm="head", experts=experts)


def _read_deepseek(config: Config, sequence: int | None) -> ModelShape:
    experts = Experts(
        count=_integer(config, "n_routed_experts"),
        top_k=_integer(config, "num_experts_per_tok"),
        ffn=_integer(config, "moe_intermediate_size"),
        shared=_integer(config, "n_shared_experts", default=0),
        dense_layers=_integer(config, "first_k_dense_replace", default=0),
        router_bias=str(config.get("model_type")) == "deepseek_v3",
    )
    latent = LatentAttention(
        query_rank=_integer(config, "q_lora_rank") if config.get("q_lora_rank") else 0,
        key_value_rank=_integer(config, "kv_lora_rank"),
        nope_dim=_integer(config, "qk_nope_head_dim"),
        rope_dim=_integer(config, "qk_rope_head_dim"),
        value_dim=_integer(config, "v_head_dim"),
    )
    return _llama(config, sequence, experts=experts, latent=latent)


def _llama(config: Config, sequence: int | None, **extra: object) -> ModelShape:
    latent = extra.get("latent")
    return llama(
        layers=_integer(config, "num_hidden_layers"),
        hidden=_integer(config, "hidden_size"),
        heads=_integer(config, "num_attention_heads"),
        kv_heads=_optional(config, "num_key_value_heads"),
        head_dim=None if latent else _optional(config, "head_dim"),
        ffn=_integer(config, "intermediate_size"),
        vocab=_integer(config, "vocab_size"),
        sequence=_sequence(config, sequence, 4096),
        tied=_flag(config, "tie_word_embeddings", default=False),
        **extra,  # type: ignore[arg-type]  # every caller names fields of `llama`
    )


_READERS: dict[str, Callable[[Config, int | None], ModelShape]] = {
    "bloom": _read_bloom,
    "deepseek_v2": _read_deepseek,
    "deepseek_v3": _read_deepseek,
    "gpt2": _read_gpt2,
    "gpt_neox": _read_gpt_neox,
    "llama": _read_llama,
    "mistral": _read_llama,
    "mixtral": _read_mixtral,
    "olmo2": _read_olmo2,
    "qwen2": _read_qwen2,
    "qwen3": _read_qwen3,
    "qwen3_moe": _read_qwen3_moe,
}
