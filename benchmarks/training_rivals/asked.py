"""
What other tools answer about BLOOM-176B, as JSON: run by the Python of .venv-bench, where they are.

TP 4, PP 12, DP 8, micro-batch 2, global batch 2,048, full recomputation, 384 A100 80 GB, 366 B
tokens. A tool that is told the speed is told the published 150 TFLOP/s; nothing else is tuned.
"""

import ast
import contextlib
import io
import json
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

LAYERS, HIDDEN, HEADS, VOCAB, SEQUENCE = 70, 14336, 112, 250880, 2048
TOKENS, GPUS = 366e9, 384
PARAMETERS = 176_247_271_424
GIB = 2**30


def main() -> None:
    """Print what each tool says, or why it says nothing."""
    found: dict[str, Any] = {}
    for name, ask in TOOLS.items():
        try:
            version = distribution(name).version
            # They print warnings of their own.
            with (
                contextlib.redirect_stdout(io.StringIO()),
                contextlib.redirect_stderr(io.StringIO()),
            ):
                answers = ask()
        except PackageNotFoundError:
            found[name] = {"error": "not installed"}
        except Exception as error:  # noqa: BLE001  whatever a tool raises is its answer
            found[name] = {"error": f"{type(error).__name__}: {error}"[:200]}
        else:
            found[name] = {"version": version, "answers": answers}
    print(json.dumps(found))


def ask_llm_analysis() -> Mapping[str, Any]:
    """Ask for a training run with ZeRO stage 1, what BF16Optimizer is nearest to."""
    from llm_analysis.analysis import ActivationRecomputation, DSZeRO, LLMAnalysis
    from llm_analysis.config import DtypeConfig, GPUConfig, ModelConfig, ParallelismConfig

    model = ModelConfig(
        name="bloom",
        num_layers=LAYERS,
        n_head=HEADS,
        hidden_dim=HIDDEN,
        vocab_size=VOCAB,
        max_seq_len=SEQUENCE,
        ffn_embed_dim=4 * HIDDEN,
    )
    gpu = GPUConfig(
        name="a100-sxm-80gb",
        mem_per_GPU_in_GB=80,
        hbm_bandwidth_in_GB_per_sec=2039,
        intra_node_bandwidth_in_GB_per_sec=600,
        intra_node_min_message_latency=8e-6,
        peak_fp16_TFLOPS=312,
        inter_node_bandwidth_in_GB_per_sec=50,
    )
    parallel = ParallelismConfig(tp_size=4, pp_size=12, dp_size=8, sp_size=1)
    analysis = LLMAnalysis(model, gpu, DtypeConfig(), parallel, achieved_tflops=150)
    said = analysis.training(
        batch_size_per_gpu=2,
        gradient_accumulation_steps=128,
        global_batch_size=2048,
        seq_len=SEQUENCE,
        total_num_tokens=TOKENS,
        activation_recomputation=ActivationRecomputation.FULL,
        ds_zero=DSZeRO.STAGE_1,
    )
    return {
        "parameters": said["num_params_total"],
        "memory_gib": said["(weight+op_state+grad+act)_memory_per_gpu"] / GIB,
        "step_seconds": said["latency_per_iter"],
        "gpu_hours": said["gpu_hours"],
    }


def ask_llm_flops() -> Mapping[str, Any]:
    """Ask for the parameters and the memory of a training step over the same sizes."""
    from llmflops import ModelConfig, estimate

    model = ModelConfig(
        name="bloom",
        hidden_size=HIDDEN,
        num_layers=LAYERS,
        num_attention_heads=HEADS,
        vocab_size=VOCAB,
        intermediate_size=4 * HIDDEN,
        max_position_embeddings=SEQUENCE,
        mlp_type="standard",
        norm_type="layernorm",
        tie_word_embeddings=True,
        attention_bias=True,
        mlp_bias=True,
    )
    said = estimate(model, batch_size=2, sequence_length=SEQUENCE, gpu="A100", training=True)
    return {"parameters": said["parameters"], "whole": str(said["memory"])[:200]}


def ask_gpu_estimator() -> Mapping[str, Any]:
    """Ask how many cards the model trains on: it knows no layout."""
    from gpu_estimator.estimator import GPUEstimator

    said = (
        GPUEstimator()
        .estimate(
            model_params=PARAMETERS,
            batch_size=2,
            sequence_length=SEQUENCE,
            precision="bf16",
            gpu_type="A100",
            gradient_checkpointing=True,
        )
        .to_dict()
    )
    return {key: value for key, value in said.items() if isinstance(value, int | float)}


def ask_deepspeed() -> Mapping[str, Any]:
    """Ask the estimators of ZeRO 2 and 3: pure functions, read without the PyTorch around them."""
    answers = {}
    for stage, module, name, arguments, options in (
        (
            2,
            "stage_1_and_2.py",
            "estimate_zero2_model_states_mem_needs",
            (PARAMETERS,),
            {"cpu_offload": False},
        ),
        (
            3,
            "stage3.py",
            "estimate_zero3_model_states_mem_needs",
            (PARAMETERS, VOCAB * HIDDEN),
            {"cpu_offload": False, "cpu_offload_params": False},
        ),
    ):
        file = distribution("deepspeed").locate_file(f"deepspeed/runtime/zero/{module}")
        tree = ast.parse(Path(str(file)).read_text(encoding="utf-8"))
        body: list[ast.stmt] = [
            one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == name
        ]
        scope: dict[str, Any] = {}
        exec(compile(ast.Module(body, []), module, "exec"), scope)  # noqa: S102  of the tool itself
        said = scope[name](*arguments, num_gpus_per_node=8, num_nodes=48, **options)
        answers[f"zero{stage}_gib"] = said[1] / GIB
    return answers


TOOLS: Mapping[str, Callable[[], Mapping[str, Any]]] = {
    "llm-analysis": ask_llm_analysis,
    "llm-flops": ask_llm_flops,
    "gpu-estimator": ask_gpu_estimator,
    "deepspeed": ask_deepspeed,
}

if __name__ == "__main__":
    main()
