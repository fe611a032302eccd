"""Load the files for Energon with the whole of Energon."""

import sys
from pathlib import Path

from megatron.energon import MetadatasetV2
from megatron.energon.dataset_config import load_config
from megatron.energon.epathlib import EPath

for file in sorted(Path(sys.argv[1], "energon").rglob("*.yaml")):
    path = EPath(file)
    found = load_config(path, default_type=MetadatasetV2, default_kwargs={"path": path})
    blend = found.splits["train"].blend
    assert all(one.weight > 0 for one in blend)
    print(f"{file.parent.name}/{file.name}: {len(blend)} datasets")
