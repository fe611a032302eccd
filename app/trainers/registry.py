"""Every trainer that a mixture can be written for, in the order of the pages."""

from app.errors import NotFound
from app.trainers.formats import huggingface, megatron, nemotron
from app.trainers.kit.outputs import Format

FORMATS: dict[str, Format] = {
    one.FORMAT.id: one.FORMAT for one in (megatron, huggingface, nemotron)
}


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
