"""Read the DeepSpeed configurations of training plans with the whole of DeepSpeed."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

from deepspeed import comm
from deepspeed.runtime.config import DeepSpeedConfig

comm.get_rank = lambda: 0  # it asks a running job; only the sizes are of interest here

for file in sorted(Path(sys.argv[1]).parents[1].joinpath("training", "deepspeed").glob("*.json")):
    expected = json.loads(file.read_text())
    ranks = SimpleNamespace(
        get_data_parallel_world_size=lambda expected=expected: expected["data_parallel"]
    )
    # The sizes of a batch are checked against the ranks when it is made, and every part by its own
    # model.
    read = DeepSpeedConfig(expected["config"], mpu=ranks)
    given = expected["config"]
    assert read.train_batch_size == given["train_batch_size"]
    assert read.gradient_accumulation_steps == given["gradient_accumulation_steps"]
    assert int(read.zero_config.stage) == given["zero_optimization"]["stage"]
    assert read.bfloat16_config.enabled == given.get("bf16", {}).get("enabled", False)
    assert read.float16_config.enabled == given.get("fp16", {}).get("enabled", False)
    assert read.grad_accum_dtype == given.get("data_types", {}).get("grad_accum_dtype")
    print(f"{file.name}: {read.train_batch_size} sequences on {expected['data_parallel']} ranks")
