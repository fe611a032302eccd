"""OLMo-core: its source mixture, decoded and built (torch, cached_path and its file I/O aside)."""

import functools
import warnings
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from tests.trainers.real.loading import lift, load

WHEEL = "ai2-olmo-core"
_TOKEN_BYTES = np.dtype(np.uint32).itemsize


@functools.cache
def source_mixture() -> ModuleType:
    """Return ``olmo_core.data.source_mixture``; a path's size is what `build` was told."""
    return load(
        WHEEL,
        "olmo_core.data.source_mixture",
        stand_ins={
            "torch": {},
            "cached_path": {},
            "olmo_core.data.types": {},
            "olmo_core.io": {
                "file_exists": lambda _: True,
                # A path with a star is one file here, as large as `build` was told.
                "deterministic_glob_directory": lambda path: [path],
                "get_file_size": lambda path: _sizes[str(path)] * _TOKEN_BYTES,
            },
        },
        also=("dataclass-extensions",),
    )


_sizes: dict[str, int] = {}


@functools.cache
def composable() -> SimpleNamespace:
    """Return `calculate_sample_sizes`, and its ``OLMoConfigurationError`` as a ValueError."""
    return lift(
        WHEEL,
        "olmo_core/data/composable/utils.py",
        "calculate_sample_sizes",
        np=np,
        warnings=warnings,
        OLMoConfigurationError=ValueError,
    )


def sources(mapping: dict[str, Any]) -> Any:
    """Return the ``SourceMixtureList`` of a parsed YAML."""
    return source_mixture().SourceMixtureList.from_dict(mapping)


def build(
    source_list: Any,
    sizes: dict[str, int],
    *,
    requested_tokens: int,
    global_batch_size: int,
    sequence_length: int,
) -> dict[str, int]:
    """Return the tokens OLMo-core selects of each source, given every path's tokens in `sizes`."""
    _sizes.clear()
    _sizes.update(sizes)
    outcome = (
        source_mixture()
        .SourceMixtureDatasetConfig(
            source_list=source_list,
            requested_tokens=requested_tokens,
            global_batch_size=global_batch_size,
            render_tables=False,
            quiet=True,
        )
        .build(npdtype=np.uint32, sequence_length=sequence_length)
    )
    return {one.name: sum(path.tokens for path in one.path_tokens) for one in outcome.sources}
