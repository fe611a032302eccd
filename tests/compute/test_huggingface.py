"""Configurations as Hugging Face writes them, one per architecture."""

import pytest

from app.compute.errors import InvalidShape, UnknownArchitecture
from app.compute.model.huggingface import from_config
from app.compute.model.parameters import count_parameters

LLAMA = {
    "model_type": "llama",
    "num_hidden_layers": 32,
    "hidden_size": 4096,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "intermediate_size": 14336,
    "vocab_size": 128256,
    "max_position_embeddings": 131072,
    "tie_word_embeddings": False,
}
CONFIGS = {
    "bloom": (
        {
            "model_type": "bloom",
            "n_layer": 70,
            "hidden_size": 14336,
            "n_head": 112,
            "vocab_size": 250880,
            "seq_length": 2048,
        },
        176_247_271_424,
    ),
    "gpt2": (
        {
            "model_type": "gpt2",
            "n_layer": 12,
            "n_embd": 768,
            "n_head": 12,
            "n_inner": None,
            "vocab_size": 50257,
            "n_positions": 1024,
        },
        124_439_808,
    ),
    "llama": (LLAMA, 8_030_261_248),
    "olmo2": (
        {
            "model_type": "olmo2",
            "num_hidden_layers": 64,
            "hidden_size": 5120,
            "num_attention_heads": 40,
            "num_key_value_heads": 8,
            "intermediate_size": 27648,
            "vocab_size": 100352,
            "max_position_embeddings": 4096,
        },
        32_234_279_936,
    ),
    "qwen2": (
        {
            "model_type": "qwen2",
            "num_hidden_layers": 24,
            "hidden_size": 896,
            "num_attention_heads": 14,
            "num_key_value_heads": 2,
            "intermediate_size": 4864,
            "vocab_size": 151936,
            "tie_word_embeddings": True,
        },
        494_032_768,
    ),
    "qwen3": (
        {
            "model_type": "qwen3",
            "num_hidden_layers": 28,
            "hidden_size": 1024,
            "num_attention_heads": 16,
            "num_key_value_heads": 8,
            "head_dim": 128,
            "intermediate_size": 3072,
            "vocab_size": 151936,
            "tie_word_embeddings": True,
        },
        596_049_920,
    ),
    "gpt_neox": (
        {
            "model_type": "gpt_neox",
            "num_hidden_layers": 44,
            "hidden_size": 6144,
            "num_attention_heads": 64,
            "intermediate_size": 24576,
            "vocab_size": 50432,
            "max_position_embeddings": 2048,
        },
        20_554_567_680,
    ),
    "mixtral": (
        {
            **LLAMA,
            "model_type": "mixtral",
            "vocab_size": 32000,
            "num_local_experts": 8,
            "num_experts_per_tok": 2,
        },
        46_702_792_704,
    ),
    "deepseek_v3": (
        {
            "model_type": "deepseek_v3",
            "num_hidden_layers": 61,
            "hidden_size": 7168,
            "num_attention_heads": 128,
            "num_key_value_heads": 128,
            "intermediate_size": 18432,
            "moe_intermediate_size": 2048,
            "n_routed_experts": 256,
            "n_shared_experts": 1,
            "num_experts_per_tok": 8,
            "first_k_dense_replace": 3,
            "q_lora_rank": 1536,
            "kv_lora_rank": 512,
            "qk_nope_head_dim": 128,
            "qk_rope_head_dim": 64,
            "v_head_dim": 128,
            "vocab_size": 129280,
        },
        671_026_419_200,
    ),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_configuration_reproduces_the_parameters(name):
    config, parameters = CONFIGS[name]

    assert count_parameters(from_config(config)).total == parameters


def test_a_long_context_is_no_statement_about_training():
    assert from_config(LLAMA).sequence == 8192
    assert from_config(LLAMA, sequence=131072).sequence == 131072


def test_unknown_architecture_names_the_known_ones():
    with pytest.raises(UnknownArchitecture) as refused:
        from_config({"model_type": "t5"})

    assert refused.value.name == "t5"
    assert "llama" in refused.value.known


@pytest.mark.parametrize("value", [None, "32", 32.5, True])
def test_a_field_that_is_missing_or_no_number_is_named(value):
    with pytest.raises(InvalidShape) as refused:
        from_config({**LLAMA, "num_hidden_layers": value})

    assert refused.value.field == "num_hidden_layers"


def test_impossible_heads_name_the_nearest():
    with pytest.raises(InvalidShape) as refused:
        from_config({**LLAMA, "num_attention_heads": 33, "num_key_value_heads": None})

    assert refused.value.nearest == (32, 64)
