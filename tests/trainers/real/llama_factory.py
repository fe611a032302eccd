"""LLaMA-Factory: its data arguments, its reader of ``dataset_info.json`` and its merging."""

import enum
import functools
import logging
import os
from types import ModuleType, SimpleNamespace
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


@functools.cache
def _splitting() -> Any:
    return lift(
        WHEEL,
        "llamafactory/data/data_utils.py",
        "split_dataset",
    )


@functools.cache
def _loading() -> Any:
    logger = logging.getLogger("llamafactory")
    role = lift(
        WHEEL,
        "llamafactory/data/data_utils.py",
        "Role",
        StrEnum=enum.StrEnum,
        unique=enum.unique,
    )
    # What these import, torch for most, is not needed to turn a row into a prompt.
    converter = load(
        WHEEL,
        "llamafactory.data.converter",
        stand_ins={
            "llamafactory.extras": {},
            "llamafactory.extras.logging": {},
            "llamafactory.data.data_utils": {"Role": role.Role},
        },
    )
    constants = lift(WHEEL, "llamafactory/extras/constants.py", "FILEEXT2TYPE")
    logger.info_rank0 = logger.debug
    return lift(
        WHEEL,
        "llamafactory/data/loader.py",
        "_load_single_dataset",
        logger=logger,
        os=os,
        FILEEXT2TYPE=constants.FILEEXT2TYPE,
        load_dataset=datasets.load_dataset,
        Dataset=datasets.Dataset,
        read_cloud_json=lambda path: [{"text": path}],
        align_dataset=converter.align_dataset,
    )


def rows(attributes: Any, data_arguments: Any, workers: int, cache: str) -> Any:
    """Return a dataset's rows as LLaMA-Factory has them before it mixes."""
    model = SimpleNamespace(cache_dir=cache, hf_hub_token=None)
    training = SimpleNamespace(dataloader_num_workers=workers, local_process_index=0)
    return _loading()._load_single_dataset(attributes, model, data_arguments, training)


def split(dataset: Any, data_arguments: Any, seed: int = 42) -> Any:
    """Return the rows to train on; streaming, they are shuffled in a buffer."""
    return _splitting().split_dataset(dataset, None, data_arguments, seed)[0]["train"]


def arguments(**fields: Any) -> Any:
    """Return the ``DataArguments`` of a training file's fields about data."""
    return module().DataArguments(**fields)


def datasets_of(names: list[str], info: dict[str, Any]) -> list[Any]:
    """Return what LLaMA-Factory finds for `names` in the parsed ``dataset_info.json``."""
    return _parser().get_dataset_list(names, info)


def merge(all_datasets: list[Any], data_arguments: Any, seed: int = 42) -> Any:
    """Return the mixed data set."""
    return _merging().merge_dataset(all_datasets, data_arguments, seed)
