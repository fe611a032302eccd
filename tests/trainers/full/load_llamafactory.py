"""Load the files for LLaMA-Factory with the whole of LLaMA-Factory: arguments and datasets."""

import sys
from pathlib import Path

import yaml
from llamafactory.data.parser import get_dataset_list
from llamafactory.hparams.data_args import DataArguments

FIELDS = ("dataset", "mix_strategy", "interleave_probs", "streaming", "cutoff_len", "buffer_size")

for file in sorted(Path(sys.argv[1], "llama-factory").rglob("*.yaml")):
    given = yaml.safe_load(file.read_text())
    arguments = DataArguments(
        **{name: given[name] for name in FIELDS if name in given}, dataset_dir=str(file.parent)
    )
    found = get_dataset_list(arguments.dataset, arguments.dataset_dir)
    assert len(found) == len(arguments.interleave_probs)
    print(f"{file.parent.name}/{file.name}: {len(found)} datasets")
