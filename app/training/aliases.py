"""Other names under which people know presets and optimizers, and the ids that they stand for."""

import re
from collections.abc import Iterable, Mapping

from app.compute.model.states import OPTIMIZERS

_NOT_WORD = re.compile(r"[^a-z0-9]+")

_OPTIMIZERS: Mapping[str, tuple[str, int | None]] = {
    "adamw": ("adam", None),
    "zero": ("deepspeed", None),
    "zero-0": ("deepspeed", 0),
    "zero-1": ("deepspeed", 1),
    "zero-2": ("deepspeed", 2),
    "zero-3": ("deepspeed", 3),
    "zero0": ("deepspeed", 0),
    "zero1": ("deepspeed", 1),
    "zero2": ("deepspeed", 2),
    "zero3": ("deepspeed", 3),
    "deepspeed-zero": ("deepspeed", None),
    "bf16optimizer": ("deepspeed_bf16", None),
    "bf16-optimizer": ("deepspeed_bf16", None),
    "deepspeed-bf16optimizer": ("deepspeed_bf16", None),
    "deepspeed-bf16-optimizer": ("deepspeed_bf16", None),
    "megatron-lm": ("megatron", None),
    "distributed": ("megatron_distributed", None),
    "distributed-optimizer": ("megatron_distributed", None),
    "megatron-distributed-optimizer": ("megatron_distributed", None),
    "megatron-dist": ("megatron_distributed", None),
    "fsdp1": ("fsdp", None),
    "fsdp2": ("fsdp", None),
    "pytorch-fsdp": ("fsdp", None),
    "bf16-adam": ("adam_bf16", None),
}

_ACCELERATORS: Mapping[str, str] = {
    "a100": "a100-sxm-80gb",
    "a100-80gb": "a100-sxm-80gb",
    "a100-80g": "a100-sxm-80gb",
    "a100-40gb": "a100-sxm-40gb",
    "a100-40g": "a100-sxm-40gb",
    "a800": "a800-80gb",
    "h100": "h100-sxm",
    "h100-80gb": "h100-sxm",
    "h100-sxm5": "h100-sxm",
    "h100-sxm-80gb": "h100-sxm",
    "gh200": "gh200-96gb",
    "910b": "ascend-910b",
    "910c": "ascend-910c",
}

_MODELS: Mapping[str, str] = {"bloom": "bloom-176b", "gpt3": "gpt3-175b", "gpt-3": "gpt3-175b"}


def find_optimizer(name: str, zero: int | None) -> tuple[str, int | None]:
    """
    Tell the optimizer and ZeRO stage that a name stands for; an unknown name stays as it is.

    A stage that is given wins over the one in the name.

    Examples
    --------
    >>> find_optimizer("BF16Optimizer", None), find_optimizer("ZeRO-3", None)
    (('deepspeed_bf16', None), ('deepspeed', 3))
    >>> find_optimizer("megatron-distributed", None)
    ('megatron_distributed', None)
    """
    word = _word(name)
    if word.replace("-", "_") in OPTIMIZERS:
        return word.replace("-", "_"), zero
    known, stage = _OPTIMIZERS.get(word, (name, None))
    return known, stage if zero is None else zero


def find_accelerator(name: str, known: Iterable[str]) -> str | None:
    """
    Tell the id of an accelerator by its id or another of its names, or None.

    Examples
    --------
    >>> find_accelerator("A100 80GB", ["a100-sxm-80gb"])
    'a100-sxm-80gb'
    """
    return _find(name, known, _ACCELERATORS)


def find_model(name: str, known: Iterable[str]) -> str | None:
    """
    Tell the id of a model by its id or another of its names, or None.

    Examples
    --------
    >>> find_model("BLOOM", ["bloom-176b"])
    'bloom-176b'
    """
    return _find(name, known, _MODELS)


def _find(name: str, known: Iterable[str], others: Mapping[str, str]) -> str | None:
    by_word = {_word(one): one for one in known}
    word = _word(name)
    return by_word.get(word) or by_word.get(_word(others.get(word, "")))


def _word(name: str) -> str:
    return _NOT_WORD.sub("-", name.lower()).strip("-")
