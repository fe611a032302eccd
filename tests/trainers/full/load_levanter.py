"""Load the files for Levanter with the whole of Levanter: decoded, and drawn in blocks."""

import sys
from pathlib import Path

import draccus
import jax
import yaml
from levanter.data.mixture import MixtureDataset
from levanter.data.text.datasets import LmDataConfig

for file in sorted(Path(sys.argv[1], "levanter").rglob("*.yaml")):
    given = yaml.safe_load(file.read_text())
    data, batch = draccus.decode(LmDataConfig, given["data"]), given["trainer"]["train_batch_size"]
    weights = data.train_weights
    stages = [(0, weights)] if isinstance(weights, dict) else weights
    mixture = MixtureDataset(
        dict.fromkeys(data.components),
        [(start * batch, stage) for start, stage in stages],
        data.mixture_block_size,
        key=jax.random.PRNGKey(0),
    )
    for counts in mixture._counts_per_block_per_stage:
        assert int(sum(counts)) == data.mixture_block_size
    print(
        f"{file.parent.name}/{file.name}: {len(data.components)} components, {len(stages)} stages"
    )
