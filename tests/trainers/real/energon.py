"""Megatron-Energon: its meta data sets, parsed by its own typed converter (torch stood in for)."""

import functools
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.trainers.real.loading import load

WHEEL = "megatron-energon"
_PACKAGE = "megatron.energon"


class _Path(type(Path())):
    """Stands for Energon's EPath, which also knows object stores."""


@functools.cache
def _metadataset() -> ModuleType:
    aside = [
        *("cache", "cache.file_store", "eyaml", "worker"),
        *("flavors", "flavors.base_dataset"),
        *("flavors.webdataset.metadata", "flavors.webdataset.structs"),
        *("metadataset.dataset_loader", "metadataset.join_dataset_loader"),
        "metadataset.metadataset",
    ]
    return load(
        WHEEL,
        f"{_PACKAGE}.metadataset.metadataset_v2",
        stand_ins={
            "torch": {},
            **{f"{_PACKAGE}.{name}": {} for name in aside},
            f"{_PACKAGE}.epathlib": {"EPath": _Path},
            f"{_PACKAGE}.flavors.webdataset.config": {
                "MAIN_FOLDER_NAME": ".nv-meta",
                "INDEX_SQLITE_FILENAME": "index.sqlite",
            },
        },
    )


def metadataset(mapping: dict[str, Any]) -> Any:
    """Return the ``MetadatasetV2`` of a parsed YAML, without ``__module__`` and ``__class__``."""
    module = _metadataset()
    own = {key: value for key, value in mapping.items() if not key.startswith("__")}
    return module.load_config(
        own,
        default_type=module.MetadatasetV2,
        default_kwargs={"path": _Path("/data/mixture.yaml")},
    )
