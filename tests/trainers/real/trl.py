"""TRL: the mixture's configuration and the function that builds it (nothing is stood in for)."""

import functools
from types import ModuleType
from typing import Any

from tests.trainers.real.loading import load

WHEEL = "trl"


@functools.cache
def utils() -> ModuleType:
    """Return ``trl.scripts.utils``; it imports `datasets` when a mixture is built."""
    return load(WHEEL, "trl.scripts.utils")


def mixture(config: dict[str, Any]) -> Any:
    """Return the ``DatasetMixtureConfig`` that TRL makes of the parsed YAML."""
    return utils().DatasetMixtureConfig(**config)
