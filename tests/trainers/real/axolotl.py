"""Axolotl: the schema of one entry of ``datasets:`` (torch and logging are stood in for)."""

import functools
import logging
from typing import Any

from tests.trainers.real.loading import load

WHEEL = "axolotl"


@functools.cache
def schema() -> Any:
    """Return ``axolotl.utils.schemas.datasets``."""
    return load(
        WHEEL,
        "axolotl.utils.schemas.datasets",
        stand_ins={"torch": {}, "axolotl.utils.logging": {"get_logger": logging.getLogger}},
    )


def dataset(entry: dict[str, Any]) -> Any:
    """Return the entry as Axolotl validates it."""
    return schema().SFTDataset(**entry)
