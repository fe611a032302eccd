"""The model on the Hugging Face Hub that a catalogue's tokenizer can be loaded from."""

# Any model of the family has the same files; what is known of no model on the Hub is left out.
_MODELS = {
    "starcoder": "bigcode/starcoder",
    "gpt-neox-20b": "EleutherAI/gpt-neox-20b",
    "llama3": "meta-llama/Llama-3.1-8B",
    "deepseek": "deepseek-ai/DeepSeek-V3-Base",
    "qwen2-qwen3": "Qwen/Qwen3-8B-Base",
    "gemma3": "google/gemma-3-4b-pt",
}


def model_of(tokenizer: str) -> str | None:
    """
    Return a model with a tokenizer, None where none is known.

    >>> model_of("qwen2-qwen3"), model_of("cl100k")
    ('Qwen/Qwen3-8B-Base', None)
    """
    return _MODELS.get(tokenizer)
