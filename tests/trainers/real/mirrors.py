"""
Schemas of our own for frameworks that publish no package: mirrors of one commit each.

A mirror proves agreement with that commit as it was read, not with the framework's code: tests
that use one say so in their names.
"""

import math
from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, model_validator


class NemotronDataset(BaseModel):
    """An entry of a blend: mirror of NVIDIA-NeMo/Nemotron@e27b371, which ignores other keys."""

    name: str
    path: str
    weight: float = 1.0
    split: str | None = None
    subset: str | None = None
    text_field: str = "text"


class NemotronBlend(BaseModel):
    """A blend file: mirror of NVIDIA-NeMo/Nemotron@e27b371."""

    datasets: list[NemotronDataset] | None = None
    train: list[NemotronDataset] | None = None
    valid: list[NemotronDataset] | None = None
    test: list[NemotronDataset] | None = None

    @model_validator(mode="after")
    def one_form(self) -> Self:
        """Refuse both forms at once, and neither."""
        if (self.datasets is not None) == any((self.train, self.valid, self.test)):
            raise ValueError("either datasets, or train, valid and test")
        return self

    def data_paths(self) -> list[str]:
        """Return the blend for Megatron: what has a weight above zero, and nothing else."""
        if self.datasets is None:
            raise ValueError("the pretraining recipe wants a single blend")
        return [
            text
            for one in self.datasets
            if one.weight > 0
            for text in (str(one.weight), f"runs/0/datasets/{one.name}/0/shard")
        ]


def nemotron(mapping: Any) -> NemotronBlend:
    """Return a parsed blend file."""
    return NemotronBlend.model_validate(mapping)


class NanotronDataset(BaseModel):
    """A Nanoset with its folders: mirror of huggingface/nanotron@2411b02, read strictly."""

    model_config = ConfigDict(extra="forbid", strict=True)

    dataset_folder: str | list[str]
    dataset_weights: list[int | float] | None = None
    dataset_read_path: str | list[str] | None = None
    tokenizer_name: str | None = None
    vocab_size: int | None = None
    token_size_in_bytes: int | None = None
    return_positions: bool | None = True
    skip_in_stream: bool | None = False
    pad_samples_to_global_batch_size: bool | None = False
    dataset_max_tokens: list[int] | None = None
    shuffle_files: bool | None = False
    use_old_brrr_dataloader: bool | None = False

    @model_validator(mode="after")
    def one_weight_each(self) -> Self:
        """Refuse another number of weights than of folders."""
        folders = self.dataset_folder
        count = 1 if isinstance(folders, str) else len(folders)
        if self.dataset_weights is not None and len(self.dataset_weights) != count:
            raise ValueError("a weight for each folder")
        return self


class NanotronData(BaseModel):
    """The data of a stage: mirror of huggingface/nanotron@2411b02."""

    model_config = ConfigDict(extra="forbid", strict=True)

    dataset: NanotronDataset
    seed: int | None = None
    num_loading_workers: int | None = 1


class NanotronStage(BaseModel):
    """A stage: mirror of huggingface/nanotron@2411b02."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str
    start_training_step: int
    data: NanotronData
    sequence_length: int | None = None


def nanotron(stages: list[Any]) -> list[NanotronStage]:
    """Return the stages of a configuration, which are checked together too."""
    found = [NanotronStage.model_validate(one) for one in stages]
    starts = [one.start_training_step for one in found]
    if 1 not in starts or len(set(starts)) < len(starts):
        raise ValueError("one stage starts at step 1, and no two at the same")
    if len({one.name for one in found}) < len(found):
        raise ValueError("each stage has a name of its own")
    return found


def gpt_neox(mapping: Mapping[str, Any]) -> dict[str, tuple[list[str], list[float]]]:
    """
    Return paths and normalised weights by split: mirror of EleutherAI/gpt-neox@ea7aefd.

    Dashes are underscores there; all splits are given or none; lengths are asserted.
    """
    values = {key.replace("-", "_"): value for key, value in mapping.items()}
    if len(values) < len(mapping):
        raise ValueError("a key is given twice")
    found = {}
    for split in ("train", "valid", "test"):
        paths = values[f"{split}_data_paths"]
        weights = values.get(f"{split}_data_weights") or [1.0] * len(paths)
        if len(paths) != len(weights):
            raise ValueError("a weight for each path")
        if len(paths) >= 255:
            raise ValueError("the index of a blend has a byte for each sequence")
        total = math.fsum(weights)
        if total <= 0:
            raise ValueError("weights sum to more than zero")
        found[split] = (paths, [weight / total for weight in weights])
    return found
