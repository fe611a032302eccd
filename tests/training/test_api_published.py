"""Every published figure asked of the API: a caller gets what the formulas are tested on."""

from collections.abc import Callable
from typing import Any

import pytest

from app.compute.units import GB, GIB
from tests.compute.published_quantities import QUANTITIES, read_vectors

Inputs = dict[str, Any]
Answer = dict[str, Any]
Ask = Callable[..., Answer]

LAYOUT = (
    "tp",
    "pp",
    "micro_batch",
    "global_batch",
    "interleave",
    "recompute",
    "sequence_parallel",
)
ROUNDER = {"A-530B-opt": 3e-4}
"""The paper leaves out norms and biases, which a stage has too."""
NOT_ASKED = {
    "days_eq4": "a rule of thumb of the paper; the API counts the FLOPs of the shape",
    "given_flops_mfu_percent": "takes a printed FLOP count that is not that of the shape",
    "slot_step_seconds": "two constants fitted to these very steps",
}
BLOOM = {"preset": "bloom-176b"}
GPT3 = {"family": "gpt", "layers": 96, "hidden": 12288, "heads": 96, "vocab": 51200, "seq": 2048}
BY_PARAMETERS = {
    32_234_279_936: {"preset": "olmo2-32b"},
    1_100_048_384: {"preset": "tinyllama-1.1b"},
    64_862_437_376: {"preset": "mpt-70b"},
    29_975_214_080: {"preset": "mpt-30b"},
    12_853_954_560: {"preset": "mpt-13b"},
    6_658_859_008: {"preset": "mpt-7b"},
    6_918_905_856: {"preset": "mpt-7b", "seq": 65_536},
    1_315_950_592: {"preset": "mpt-1b"},
}
OF_6ND = {
    174_600_000_000: {"preset": "korthikanti-175b"},
    405_853_000_000: {"preset": "llama3.1-405b"},
    32_234_000_000: {"preset": "olmo2-32b"},
}


@pytest.fixture
def ask(client) -> Ask:
    def asked(
        model: Inputs,
        *,
        gpus: int = 8,
        accelerator: str = "a100",
        tokens: float = 1e9,
        hardware: Inputs | None = None,
        layout: Inputs | None = None,
        **rest: Any,
    ) -> Answer:
        body = {
            "model": model,
            "hardware": {"accelerator": accelerator, "count": gpus} | (hardware or {}),
            "layout": layout or {},
            "tokens": tokens,
            **rest,
        }
        answer = client.post("/api/v1/training/estimate", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return asked


def model_of(shape: Inputs) -> Inputs:
    named = {"sequence": "seq"}
    model = {named.get(name, name): value for name, value in shape.items()}
    return {"seq": 2048, **model}


def layout_of(i: Inputs) -> Inputs:
    return {name: i[name] for name in LAYOUT if name in i}


def parameters(ask: Ask, i: Inputs) -> Answer:
    return ask(model_of(i["model"]))["params"]


def block(ask: Ask, i: Inputs) -> float:
    one, more = (i["model"] | {"layers": layers} for layers in (1, 2))
    return parameters(ask, {"model": more})["total"] - parameters(ask, {"model": one})["total"]


def narayanan(ask: Ask, i: Inputs) -> float:
    shape = {"family": "gpt", "heads": 128, "positions": "learned", **i}
    return parameters(ask, {"model": shape})["total"] / 1e9


def at_step(ask: Ask, i: Inputs) -> Answer:
    """Ask for a run whose step was measured; a batch that its GPUs can share."""
    layout = layout_of(i) | {"optimizer": "megatron", "precision": "fp16"}
    gpus = i.get("gpus") or i["tp"] * i["pp"]
    if "tp" not in layout:
        layout |= {"pp": 105} if i["gpus"] == 3360 else {"tp": 4, "pp": 12}
    rest = {"convention": i["convention"]} if "convention" in i else {}
    given = {"step_seconds": i["step_seconds"]}
    return ask(model_of(i["model"]), gpus=gpus, layout=layout, efficiency=given, **rest)


def at_rate(ask: Ask, i: Inputs) -> Answer:
    """Ask for a run at a hardware rate; every GPU of it computes everything again."""
    layout = {
        "tp": 8,
        "pp": next(stages for stages in (3, 6, 12, 35, 7) if fits(i, stages)),
        "global_batch": i["global_batch"],
        "recompute": "full",
    }
    return ask(
        model_of(i["model"]),
        gpus=i["gpus"],
        tokens=i["tokens"],
        layout=layout,
        efficiency={"hfu_tflops": i["tflops"]},
    )


def fits(i: Inputs, stages: int) -> bool:
    dp, rest = divmod(i["gpus"], 8 * stages)
    return not rest and i["model"]["layers"] % stages == 0 and i["global_batch"] % dp == 0


def throughput_mfu(ask: Ask, i: Inputs) -> float:
    convention = "causal" if i["causal"] else "palm"
    step = i["sequence"] / i["tokens_per_second"]
    found = ask(
        BY_PARAMETERS[i["parameters"]],
        gpus=1,
        hardware={"peak_tflops": float(i["peak_tflops"])},
        convention=convention,
        efficiency={"step_seconds": step},
    )
    return 100 * found["utilisation"]["mfu"]


def duration(ask: Ask, i: Inputs) -> Answer:
    return ask(
        GPT3 | {"seq": i["sequence"]},
        gpus=1,
        tokens=i.get("tokens", 1e12),
        layout={"global_batch": i["global_batch"]},
        efficiency={"step_seconds": i["step_seconds"]},
    )["time"]


def activations(ask: Ask, i: Inputs) -> float:
    layout = layout_of(i) | {
        "optimizer": "megatron",
        "global_batch": 4 * i["micro_batch"] * i["pp"],
    }
    found = ask(model_of(i["model"]), gpus=i["tp"] * i["pp"], layout=layout)
    return float(found["memory"]["per_stage"][0]["activations_gib"])


def allocated(ask: Ask, i: Inputs) -> float:
    found = ask(
        model_of(i["model"]),
        accelerator="b200",
        gpus=i["tp"] * i["dp"],
        layout=layout_of(i),
    )
    return float(found["memory"]["per_stage"][0]["allocated_gib"])


def state_bytes(ask: Ask, *, dp: int, **layout: Any) -> float:
    """Return the bytes of states that one parameter takes."""
    model = {"preset": "megatron-sc21-7.5b"}
    found = ask(model, gpus=dp, layout={"global_batch": dp, **layout})
    stage = found["memory"]["per_stage"][0]
    states = sum(stage[f"{name}_gib"] for name in ("weights", "gradients", "optimizer"))
    return float(states * GIB / found["params"]["total"])


def block_states(ask: Ask, i: Inputs) -> float:
    """Return the states of a middle stage."""
    model = {"preset": "korthikanti-530b"}
    layout = {"tp": i["tp"], "pp": i["pp"], "optimizer": "megatron", "global_batch": i["pp"]}
    stage = ask(model, gpus=i["tp"] * i["pp"], layout=layout)["memory"]["per_stage"][1]
    return float(sum(stage[f"{name}_gib"] for name in ("weights", "gradients", "optimizer")))


def checkpoint(ask: Ask, i: Inputs) -> float:
    found = ask(BLOOM)
    full = found["checkpoint_gib"] * i["parameters"] / found["params"]["total"]
    return float(full * i["bytes_per_parameter"] / 14)


def of_hours(ask: Ask, hours: float, *, gpus: int = 8, **rest: Any) -> Answer:
    """Ask for a run that takes so many GPU-hours: its step is made as long as that needs."""
    tokens, batch = 1e12, 8
    step = hours * 3600 / gpus * batch * 2048 / tokens
    return ask(
        GPT3,
        gpus=gpus,
        tokens=tokens,
        layout={"global_batch": batch} if gpus <= batch else {"global_batch": gpus},
        efficiency={"step_seconds": step if gpus <= batch else step * gpus / batch},
        **rest,
    )


def energy(ask: Ask, i: Inputs) -> Answer:
    hours = i.get("hours") or i["kwh"] / 0.4
    rest = {"grid_g_per_kwh": i["grams_per_kwh"]} if "grams_per_kwh" in i else {}
    watts = {"watts": float(i.get("watts", 400))}
    return of_hours(ask, hours, hardware=watts, pue=float(i.get("pue", 1)), **rest)


def share_of_peak(ask: Ask, i: Inputs) -> float:
    found = ask(
        {"preset": "llama3.1-405b"},
        hardware={"peak_tflops": float(i["peak_tflops"])},
        efficiency={"hfu_tflops": float(i["tflops"])},
    )
    return 100 * float(found["utilisation"]["hfu"])


def aggregate(ask: Ask, i: Inputs) -> float:
    found = ask(GPT3, gpus=i["gpus"], efficiency={"hfu_tflops": float(i["tflops"])})
    return float(found["utilisation"]["hardware_tflops_per_gpu"]) * i["gpus"] / 1000


def paid_hours(ask: Ask, i: Inputs) -> float:
    found = ask(
        BLOOM,
        gpus=i["gpus"],
        tokens=i["tokens"],
        layout={"tp": 4, "pp": 12, "micro_batch": 2, "global_batch": i["global_batch"]},
        efficiency={"step_seconds": i["step_seconds"]},
        goodput=i["goodput"],
    )
    return float(found["gpu_hours"]["with_goodput"])


def hours_at_rate(ask: Ask, i: Inputs) -> float:
    step = 2048 / i["tokens_per_second_per_gpu"]
    found = ask(GPT3, gpus=1, tokens=i["tokens"], efficiency={"step_seconds": step})
    return float(found["gpu_hours"]["compute"])


def bubble(ask: Ask, i: Inputs) -> float:
    layout = {"pp": i["pp"], "global_batch": i["micro_batches"]}
    return float(ask(GPT3, gpus=i["pp"], layout=layout)["pipeline"]["bubble_fraction"])


def interleave_factor(ask: Ask, i: Inputs) -> float:
    layout = {"pp": i["pp"], "interleave": i["interleave"], "global_batch": 64}
    stage = ask(GPT3, gpus=i["pp"], layout=layout)["memory"]["per_stage"][0]
    return float(stage["in_flight"]) / i["pp"]


def flops_6nd(ask: Ask, i: Inputs) -> float:
    found = ask(OF_6ND[int(i["parameters"])], tokens=i["tokens"], convention="6n")
    return float(found["flops"]["total"])


ASKED: dict[str, Callable[[Ask, Inputs], float]] = {
    "parameters": lambda ask, i: parameters(ask, i)["total"],
    "billions": lambda ask, i: parameters(ask, i)["total"] / 1e9,
    "active_billions": lambda ask, i: parameters(ask, i)["active"] / 1e9,
    "block_parameters": block,
    "narayanan_billions": narayanan,
    "flops_6nd": flops_6nd,
    "hardware_tflops": lambda ask, i: at_step(ask, i)["utilisation"]["hardware_tflops_per_gpu"],
    "aggregate_pflops": aggregate,
    "days_at_hardware_tflops": lambda ask, i: at_rate(ask, i)["time"]["days"],
    "mfu_percent": lambda ask, i: 100 * at_step(ask, i)["utilisation"]["mfu"],
    "hfu_percent": lambda ask, i: 100 * at_step(ask, i)["utilisation"]["hfu"],
    "share_of_peak_percent": share_of_peak,
    "throughput_mfu_percent": throughput_mfu,
    "tokens_per_second": lambda ask, i: duration(ask, i)["tokens_per_second"],
    "days_per_trillion": lambda ask, i: duration(ask, i)["days"],
    "activations_gib": activations,
    "allocated_gib": allocated,
    "block_states_gib": block_states,
    "zero_gb": lambda ask, i: (
        i["parameters"] * state_bytes(ask, dp=i["dp"], optimizer="adam", zero=i["zero"]) / GB
    ),
    "bytes_per_parameter": lambda ask, i: state_bytes(
        ask, dp=i["dp"], optimizer=i["optimizer"], precision=i["precision"]
    ),
    "checkpoint_gib": checkpoint,
    "checkpoint_tib": lambda ask, i: checkpoint(ask, i) / 1024,
    "energy_kwh": lambda ask, i: energy(ask, i)["energy_kwh"],
    "energy_mwh": lambda ask, i: energy(ask, i)["energy_kwh"] / 1000,
    "co2_t": lambda ask, i: energy(ask, i)["co2_t"],
    "co2_of_hours_t": lambda ask, i: energy(ask, i)["co2_t"],
    "cost_usd": lambda ask, i: float(
        of_hours(ask, i["hours"], hardware={"price_per_hour": i["price"]})["cost"]
    ),
    "thousand_hours_per_trillion": lambda ask, i: (
        of_hours(ask, i["hours"])["gpu_hours"]["compute"] / 1000 / (i["tokens"] / 1e12)
    ),
    "days_of_hours": lambda ask, i: of_hours(ask, i["hours"], gpus=i["gpus"])["time"]["days"],
    "hours_at_rate": hours_at_rate,
    "paid_hours": paid_hours,
    "bubble_fraction": bubble,
    "interleave_factor": interleave_factor,
}


@pytest.mark.parametrize(
    "vector",
    [one for one in read_vectors() if one["quantity"] in ASKED],
    ids=lambda vector: vector["id"],
)
def test_the_api_meets_a_published_figure(ask, vector):
    computed = ASKED[vector["quantity"]](ask, vector["inputs"])

    tolerance = ROUNDER.get(vector["id"], vector["tolerance"]) or 1e-12
    assert computed == pytest.approx(vector["published"], rel=tolerance)


def test_every_quantity_is_asked_or_said_why_not():
    assert set(ASKED) | set(NOT_ASKED) == set(QUANTITIES)
    assert not set(ASKED) & set(NOT_ASKED)
