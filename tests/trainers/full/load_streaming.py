"""Load the streams for LLM-Foundry with the whole of MosaicML Streaming, and draw an epoch."""

import sys
from pathlib import Path

import numpy as np
import yaml
from streaming import Stream

for file in sorted(Path(sys.argv[1], "llm-foundry").rglob("*.yaml")):
    dataset = yaml.safe_load(file.read_text())["train_loader"]["dataset"]
    streams = [Stream(**one) for one in dataset["streams"].values()]
    sizes = np.full(len(streams), 10**6)
    Stream.apply_weights(streams, sizes, 10**5, dataset["shuffle_seed"])
    total = sum(one.choose for one in streams)
    for stream, given in zip(streams, dataset["streams"].values(), strict=True):
        assert abs(stream.choose / total - given["proportion"]) < 1e-4
    print(f"{file.parent.name}/{file.name}: {len(streams)} streams")
