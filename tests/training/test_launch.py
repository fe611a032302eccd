"""What starts a plan says what the plan says: flags, configuration, torchrun line."""

import json

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
    assert "--decoder-first-pipeline-num-layers 5 --decoder-last-pipeline-num-layers 5" in script
    assert "alibi" in script
    assert "--nnodes 48 --nproc-per-node 8" in script


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
