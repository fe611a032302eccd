"""Every trainer that a mixture can be written for, in the order of the pages."""

from app.errors import NotFound
from app.trainers.formats import (
    axolotl,
    data_juicer,
    energon,
    gpt_neox,
    huggingface,
    levanter,
    llama_factory,
    llm_foundry,
    megatron,
    nanotron,
    nemotron,
    olmo_core,
    torchtitan,
    trl,
)
from app.trainers.kit.outputs import Format

_MODULES = (
    megatron,
    olmo_core,
    levanter,
    nanotron,
    llm_foundry,
    energon,
    gpt_neox,
    huggingface,
    nemotron,
    llama_factory,
    trl,
    axolotl,
    torchtitan,
    data_juicer,
)
FORMATS: dict[str, Format] = {one.FORMAT.id: one.FORMAT for one in _MODULES}


def get_format(trainer: str) -> Format:
    """
    Return a trainer by its id.

    Raises
    ------
    NotFound
        If there is none.
    """
    found = FORMATS.get(trainer)
    if found is None:
        raise NotFound(
            "There is no trainer %(trainer)s. Choose one of: %(known)s.",
            trainer=trainer[:60],
            known=", ".join(FORMATS),
        )
    return found
