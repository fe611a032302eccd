"""
Schemas of our own for frameworks that publish no package: mirrors of one commit each.

A mirror proves agreement with that commit as it was read, not with the framework's code: tests
that use one say so in their names.
"""

from typing import Any, Self

from pydantic import BaseModel, model_validator


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
