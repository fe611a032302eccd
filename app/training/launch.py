"""A plan as what starts it: Megatron-LM flags, a DeepSpeed configuration, a torchrun line."""

import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

from app.compute.layout.layouts import Layout
from app.compute.model.shapes import ModelShape
from app.compute.model.states import default_stage
from app.training.service import Plan

MEGATRON_OPTIMIZERS = frozenset({"megatron", "megatron_distributed"})
POSITIONS = {"rotary": "rope", "learned": "learned_absolute", "none": "none"}


def megatron_flags(plan: Plan) -> list[str]:
    """
    Return the flags of Megatron-LM that say what the plan says, one option each.

    What Megatron-LM has no flag for stands in a comment; data, learning rate and paths are left
    to the run.

    References
    ----------
    NVIDIA/Megatron-LM, megatron/training/arguments.py.
    """
    shape, layout = plan.shape, plan.estimate.layout
    stages = plan.estimate.pipeline.stages
    return [
        *_model(shape),
        *_parallel(shape, layout),
        *_uneven(stages),
        *_batch(plan),
        *_memory(layout),
    ]


def _model(shape: ModelShape) -> Iterator[str]:
    yield f"--num-layers {shape.layers}"
    yield f"--hidden-size {shape.hidden}"
    yield f"--ffn-hidden-size {shape.ffn}"
    yield f"--num-attention-heads {shape.heads}"
    if shape.kv_heads != shape.heads:
        yield "--group-query-attention"
        yield f"--num-query-groups {shape.kv_heads}"
    if shape.head_dim * shape.heads != shape.hidden and not shape.latent:
        yield f"--kv-channels {shape.head_dim}"
    yield f"--seq-length {shape.sequence}"
    yield f"--max-position-embeddings {shape.sequence}"
    if shape.positions in POSITIONS:
        yield f"--position-embedding-type {POSITIONS[shape.positions]}"
    yield f"--vocab-size {shape.vocab}"
    if shape.experts:
        yield from _experts(shape)
    if shape.latent:
        yield from _latent(shape)
    yield from _block(shape)


def _block(shape: ModelShape) -> Iterator[str]:
    yield f"--normalization {'RMSNorm' if shape.norm == 'rmsnorm' else 'LayerNorm'}"
    if shape.gated:
        yield "--swiglu"
    if not shape.bias:
        yield "--disable-bias-linear"
    if shape.qkv_bias:
        yield "--add-qkv-bias"
    if shape.qk_norm != "none":
        yield "--qk-layernorm"
    if not shape.tied:
        yield "--untie-embeddings-and-output-weights"
    if not shape.dropout:
        yield "--attention-dropout 0.0"
        yield "--hidden-dropout 0.0"


def _experts(shape: ModelShape) -> Iterator[str]:
    experts = shape.experts
    if experts is None:
        return
    yield f"--num-experts {experts.count}"
    yield f"--moe-router-topk {experts.top_k}"
    yield f"--moe-ffn-hidden-size {experts.ffn}"
    if experts.shared:
        width = experts.ffn if experts.shared_ffn is None else experts.shared_ffn
        yield f"--moe-shared-expert-intermediate-size {experts.shared * width}"
    if experts.dense_layers:
        yield f"--moe-layer-freq '([0]*{experts.dense_layers}+[1]*{shape.moe_layers})'"
    if experts.router_bias:
        yield "--moe-router-enable-expert-bias"


def _latent(shape: ModelShape) -> Iterator[str]:
    latent = shape.latent
    if latent is None:
        return
    yield "--multi-latent-attention"
    if latent.query_rank:
        yield f"--q-lora-rank {latent.query_rank}"
    yield f"--kv-lora-rank {latent.key_value_rank}"
    yield f"--qk-head-dim {latent.nope_dim}"
    yield f"--qk-pos-emb-head-dim {latent.rope_dim}"
    yield f"--v-head-dim {latent.value_dim}"


def _parallel(shape: ModelShape, layout: Layout) -> Iterator[str]:
    yield f"--tensor-model-parallel-size {layout.tp}"
    yield f"--pipeline-model-parallel-size {layout.pp}"
    if layout.cp > 1:
        yield f"--context-parallel-size {layout.cp}"
    if layout.ep > 1:
        yield f"--expert-model-parallel-size {layout.ep}"
    if layout.etp is not None:
        yield f"--expert-tensor-parallel-size {layout.etp}"
    if layout.interleave > 1:
        per_stage = shape.layers // (layout.pp * layout.interleave)
        yield f"--num-layers-per-virtual-pipeline-stage {per_stage}"
    if layout.sequence_parallel:
        yield "--sequence-parallel"


def _uneven(stages: Sequence[int]) -> Iterator[str]:
    """Say how many layers each stage has where they differ; Megatron-LM splits evenly by itself."""
    if len(set(stages)) == 1:
        return
    if len(set(stages[1:-1])) == 1:
        yield f"--decoder-first-pipeline-num-layers {stages[0]}"
        yield f"--decoder-last-pipeline-num-layers {stages[-1]}"
        return
    pieces = "|".join(f"t*{layers}" for layers in stages)
    yield f"--pipeline-model-parallel-layout 'E{pieces}L'"


def _batch(plan: Plan) -> Iterator[str]:
    layout = plan.estimate.layout
    yield f"--micro-batch-size {layout.micro_batch}"
    yield f"--global-batch-size {layout.global_batch}"
    ramp = plan.assumed.ramp
    if ramp is None:
        yield f"--train-iters {math.ceil(plan.estimate.time.steps)}"
    else:
        # Megatron-LM takes a ramp only where training is counted in sequences.
        yield f"--rampup-batch-size {ramp.start} {ramp.increment} {ramp.sequences}"
        yield f"--train-samples {math.ceil(plan.tokens / plan.shape.sequence)}"


def _memory(layout: Layout) -> Iterator[str]:
    if layout.recompute == "selective":
        yield "--recompute-activations"
    elif layout.recompute == "full":
        yield "--recompute-granularity full"
        yield "--recompute-method uniform"
        yield "--recompute-num-layers 1"
    if layout.precision in {"bf16", "fp16"}:
        yield f"--{layout.precision}"
    elif layout.precision == "fp8":
        yield "--bf16"
        yield "--fp8-format hybrid"
    if layout.optimizer == "megatron_distributed":
        yield "--use-distributed-optimizer"
    elif layout.optimizer == "fsdp":
        # Megatron-LM takes FSDP only with these two.
        yield "--use-torch-fsdp2"
        yield "--no-gradient-accumulation-fusion"
        yield "--ckpt-format torch_dist"
    if layout.attention == "flash":
        yield "--use-flash-attn"


def megatron_notes(plan: Plan) -> list[str]:
    """Return what Megatron-LM's flags do not say, or say only with more settings."""
    shape, layout = plan.shape, plan.estimate.layout
    notes = []
    if shape.positions == "alibi":
        notes.append("ALiBi: Megatron-DeepSpeed has --position-embedding-type alibi")
    if shape.embedding_norm:
        notes.append("LayerNorm after the embedding: Megatron-DeepSpeed has --embed-layernorm")
    if layout.schedule in {"zb1p", "dualpipe"}:
        notes.append(f"the schedule {layout.schedule} needs a fork of Megatron-LM")
    if layout.optimizer not in MEGATRON_OPTIMIZERS | {"fsdp"}:
        notes.append("this optimizer is DeepSpeed's: take its configuration too")
    return notes


def megatron_script(plan: Plan) -> str:
    """Return a shell script that starts pretrain_gpt.py with the plan's flags."""
    notes = "".join(f"# {note}\n" for note in megatron_notes(plan))
    flags = " \\\n    ".join(megatron_flags(plan))
    return (
        f'#!/bin/bash\n{notes}{torchrun_line(plan)} pretrain_gpt.py \\\n    {flags} \\\n    "$@"\n'
    )


def torchrun_line(plan: Plan) -> str:
    """
    Return the torchrun line of one node: as many nodes as the GPUs fill.

    NODE_RANK and MASTER_ADDR come from the scheduler.
    """
    count, per_node = plan.cluster.count, plan.cluster.gpus_per_node
    nodes = math.ceil(count / per_node)
    if nodes == 1:
        return f"torchrun --standalone --nproc-per-node {count}"
    return (
        f"torchrun --nnodes {nodes} --nproc-per-node {per_node} --node-rank $NODE_RANK"
        " --rdzv-backend c10d --rdzv-endpoint $MASTER_ADDR:29500 --rdzv-id plan"
    )


def deepspeed_config(plan: Plan) -> str:
    """
    Return the DeepSpeed configuration that says what the plan says.

    References
    ----------
    deepspeedai/DeepSpeed, docs/_pages/config-json.md.
    """
    layout = plan.estimate.layout
    config: dict[str, Any] = {
        "train_batch_size": layout.global_batch,
        "train_micro_batch_size_per_gpu": layout.micro_batch,
        "gradient_accumulation_steps": round(layout.micro_batches),
        "gradient_clipping": 1.0,
        "zero_optimization": {"stage": _zero(layout)},
    }
    if layout.precision == "fp16":
        config["fp16"] = {
            "enabled": True,
            "loss_scale": 0,
            "initial_scale_power": 16,
            "loss_scale_window": 1000,
            "hysteresis": 2,
            "min_loss_scale": 1,
        }
    else:
        config["bf16"] = {"enabled": layout.precision in {"bf16", "fp8"}}
    if layout.optimizer == "deepspeed_bf16":
        config["data_types"] = {"grad_accum_dtype": "fp32"}
    if layout.recompute != "none":
        config["activation_checkpointing"] = {
            "partition_activations": layout.sequence_parallel,
            "number_checkpoints": None,
        }
    if layout.cp > 1:
        config["sequence_parallel_size"] = layout.cp
    return json.dumps(config, indent=2) + "\n"


def _zero(layout: Layout) -> int:
    if layout.optimizer == "deepspeed_bf16":
        # BF16Optimizer shards by itself; its configuration says stage 0.
        return 0
    return default_stage(layout.optimizer, layout.zero)
