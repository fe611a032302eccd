"""Load the files for LLM-Foundry with the whole of LLM-Foundry: its streams and its curriculum."""

import sys
from pathlib import Path

import yaml
from llmfoundry.callbacks.curriculum_learning_callback import CurriculumLearning
from llmfoundry.data.text_data import build_streams

for file in sorted(Path(sys.argv[1], "llm-foundry").rglob("*.yaml")):
    given = yaml.safe_load(file.read_text())
    streams = build_streams(given["train_loader"]["dataset"]["streams"])
    phases = 1
    if "callbacks" in given:
        curriculum = CurriculumLearning(
            train_config={**given, "device_train_batch_size": 1},
            **given["callbacks"]["curriculum_learning"],
        )
        phases = len(curriculum._schedule)
    print(f"{file.parent.name}/{file.name}: {len(streams)} streams, {phases} phases")
