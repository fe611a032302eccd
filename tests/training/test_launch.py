"""What starts a plan says what the plan says: flags, configuration, torchrun line."""

import json
import re
from pathlib import Path

import pytest

from app.training import exports, forms, launch, presets, service
from tests.training.test_calculator import page


def plan_of(**query):
    filled = forms.read_query(query)
    assert filled.body, filled.form.errors
    return service.plan_run(filled.body)


def test_megatron_flags_of_llama():
    flags = launch.megatron_flags(plan_of(run="dgxc-llama3.1-70b"))
    for flag in (
        "--num-layers 80", "--hidden-size 8192", "--ffn-hidden-size 28672",
        "--num-attention-heads 64", "--group-query-attention", "--num-query-groups 8",
        "--seq-length 8192", "--swiglu", "--normalization RMSNorm", "--disable-bias-linear",
        "--untie-embeddings-and-output-weights", "--position-embedding-type rope",
        "--tensor-model-parallel-size 4", "--pipeline-model-parallel-size 4",
        "--context-parallel-size 2", "--num-layers-per-virtual-pipeline-stage 4",
        "--sequence-parallel", "--micro-batch-size 1", "--global-batch-size 128", "--bf16",
        "--use-distributed-optimizer",
    ):  # fmt: skip
        assert flag in flags


def test_megatron_flags_of_experts_and_latent_attention():
    flags = launch.megatron_flags(
        plan_of(
            model="deepseek-v3", accelerator="h800", gpus="2048", tokens="14.8T", ep="64",
            global_batch="2048",
        )
    )  # fmt: skip
    for flag in (
        "--num-experts 256", "--moe-router-topk 8", "--moe-ffn-hidden-size 2048",
        "--moe-shared-expert-intermediate-size 2048", "--expert-model-parallel-size 64",
        "--multi-latent-attention", "--q-lora-rank 1536", "--kv-lora-rank 512",
        "--qk-head-dim 128", "--qk-pos-emb-head-dim 64", "--v-head-dim 128",
        "--moe-layer-freq '([0]*3+[1]*58)'",
    ):  # fmt: skip
        assert flag in flags


def test_bloom_says_what_flags_do_not():
    script = launch.megatron_script(plan_of(run="bloom-176b"))
    flags = script.splitlines()
    assert "    --decoder-first-pipeline-num-layers 5 \\" in flags
    assert "    --decoder-last-pipeline-num-layers 5 \\" in flags
    assert "alibi" in script
    assert "--nnodes 48 --nproc-per-node 8" in script


def test_a_split_that_has_no_middle_is_written_stage_by_stage():
    plan = plan_of(
        model="llama2-7b", accelerator="h800", gpus="64", tokens="1T", pp="8", micro_batch="1",
        global_batch="64", stages="3 4 4 5 5 4 4 3",
    )  # fmt: skip
    flag = "--pipeline-model-parallel-layout 'Et*3|t*4|t*4|t*5|t*5|t*4|t*4|t*3L'"
    assert flag in launch.megatron_flags(plan)


def test_deepspeed_configuration_of_bloom():
    config = json.loads(launch.deepspeed_config(plan_of(run="bloom-176b")))
    assert config["train_batch_size"] == 2048
    assert config["train_micro_batch_size_per_gpu"] == 2
    assert config["gradient_accumulation_steps"] == 128
    assert config["bf16"] == {"enabled": True}
    assert config["zero_optimization"] == {"stage": 0}
    assert config["data_types"] == {"grad_accum_dtype": "fp32"}


@pytest.mark.parametrize("run", [one.id for one in presets.runs().values() if one.layout])
def test_the_batch_of_a_configuration_adds_up(run):
    plan = plan_of(run=run)
    config = json.loads(launch.deepspeed_config(plan))
    product = config["train_micro_batch_size_per_gpu"] * config["gradient_accumulation_steps"]
    assert product * plan.estimate.layout.dp == config["train_batch_size"]


def test_a_single_node_needs_no_rendezvous():
    plan = plan_of(model="llama3-8b", accelerator="h100-sxm", gpus="8", tokens="1B")
    assert launch.torchrun_line(plan) == "torchrun --standalone --nproc-per-node 8"


@pytest.mark.parametrize("kind", list(exports.EXPORTS))
def test_every_file_of_the_calculator(client, kind):
    answer = client.get(f"/training/export/{kind}?run=bloom-176b")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.text


def test_a_run_that_cannot_be_computed_has_no_file(client):
    page(client, "/training/export/json?run=bloom-176b&tp=3", status=422)
    page(client, "/training/export/pdf?run=bloom-176b", status=404)


NAMES = json.loads(Path(__file__).with_name("launch_names.json").read_text(encoding="utf-8"))
EVERY = [
    *({"run": one.id} for one in presets.runs().values() if one.layout),
    *({"model": one, "accelerator": "h100-sxm", "gpus": "1024", "tokens": "1T", "ep": ep,
       "optimizer": optimizer, "precision": precision}
      for one, ep in (("deepseek-v3", "8"), ("mixtral-8x7b", "8"), ("olmo2-32b", "1"))
      for optimizer, precision in (("fsdp", "bf16"), ("deepspeed", "fp16"),
                                   ("megatron_distributed", "fp8"))),
    {"model": "llama3-70b", "accelerator": "h100-sxm", "gpus": "512", "tokens": "1T", "tp": "8",
     "pp": "4", "interleave": "2", "cp": "2", "global_batch": "512", "recompute": "selective",
     "sequence_parallel": "yes", "ramp_start": "32", "ramp_increment": "32",
     "ramp_sequences": "1000000"},
]  # fmt: skip


@pytest.mark.parametrize("query", EVERY)
def test_every_argument_is_one_of_the_tool_s(query):
    plan = plan_of(**query)
    flags = {flag.split()[0] for flag in launch.megatron_flags(plan)}
    assert flags <= set(NAMES["megatron"]["names"])
    torchrun = set(re.findall(r"--[a-z-]+", launch.torchrun_line(plan)))
    assert torchrun <= set(NAMES["torchrun"]["names"])
    config = json.loads(launch.deepspeed_config(plan))
    known = NAMES["deepspeed"]["names"]
    assert set(config) <= set(known[""])
    for part, values in config.items():
        if isinstance(values, dict):
            assert set(values) <= set(known[part]), part


WHOLE = Path(__file__).with_name("deepspeed")
"""Configurations that `make test-trainers-full deepspeed` reads with DeepSpeed itself."""
WRITTEN = {
    "bloom-bf16optimizer": {"run": "bloom-176b"},
    "llama2-zero3-fp16": {
        "model": "llama2-7b", "accelerator": "a100-sxm-80gb", "gpus": "64", "tokens": "1T",
        "optimizer": "deepspeed", "zero": "3", "precision": "fp16", "micro_batch": "4",
        "global_batch": "1024", "recompute": "full",
    },
    "llama3-zero1-bf16": {
        "model": "llama3-8b", "accelerator": "h800", "gpus": "64", "tokens": "1T", "tp": "2",
        "sequence_parallel": "yes", "optimizer": "deepspeed", "zero": "1", "micro_batch": "2",
        "global_batch": "512", "recompute": "selective",
    },
    "llama2-fp32": {
        "model": "llama2-7b", "accelerator": "a100-sxm-80gb", "gpus": "64", "tokens": "1T",
        "optimizer": "deepspeed", "zero": "2", "precision": "fp32", "global_batch": "64",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
def test_what_deepspeed_reads_is_what_we_write(name):
    plan = plan_of(**WRITTEN[name])
    kept = json.loads((WHOLE / f"{name}.json").read_text(encoding="utf-8"))
    assert kept["data_parallel"] == plan.estimate.layout.dp
    assert kept["config"] == json.loads(launch.deepspeed_config(plan))


def test_megatron_takes_fsdp_only_with_what_it_needs():
    flags = launch.megatron_flags(
        plan_of(model="llama3-8b", accelerator="h100-sxm", gpus="64", tokens="1T", optimizer="fsdp")
    )
    assert "--no-gradient-accumulation-fusion" in flags
    assert "--untie-embeddings-and-output-weights" in flags
    assert "--use-distributed-optimizer" not in flags
