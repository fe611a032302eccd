"""LLaMA-Factory: its data arguments, its reader of ``dataset_info.json`` and its merging."""

import functools
import logging
from types import ModuleType
from typing import Any, Optional, Union

import datasets

from tests.trainers.real.loading import lift, load

WHEEL = "llamafactory"


@functools.cache
def module() -> ModuleType:
    """Return ``llamafactory.hparams.data_args``."""
    return load(WHEEL, "llamafactory.hparams.data_args")


@functools.cache
def _parser() -> ModuleType:
    return load(
        WHEEL,
        "llamafactory.data.parser",
        stand_ins={
            "llamafactory.extras.constants": {"DATA_CONFIG": "dataset_info.json"},
            "llamafactory.extras.misc": {
                "use_modelscope": lambda: False,
                "use_openmind": lambda: False,
            },
        },
    )


@functools.cache
def _merging() -> Any:
    logger = logging.getLogger("llamafactory")
    logger.warning_rank0_once = logger.debug
    return lift(
        WHEEL,
        "llamafactory/data/data_utils.py",
        "merge_dataset",
        logger=logger,
        interleave_datasets=datasets.interleave_datasets,
        concatenate_datasets=datasets.concatenate_datasets,
        Optional=Optional,
        Union=Union,
    )


def arguments(**fields: Any) -> Any:
    """Return the ``DataArguments`` of a training file's fields about data."""
    return module().DataArguments(**fields)


def datasets_of(names: list[str], info: dict[str, Any]) -> list[Any]:
    """Return what LLaMA-Factory finds for `names` in the parsed ``dataset_info.json``."""
    return _parser().get_dataset_list(names, info)


def merge(all_datasets: list[Any], data_arguments: Any, seed: int = 42) -> Any:
    """Return the mixed data set."""
    return _merging().merge_dataset(all_datasets, data_arguments, seed)
