"""The training endpoints: the issue's JSON, published runs, refusals that name rule and values."""

import json
import time

import pytest

from app.training import presets

BLOOM = {
    "model": {"preset": "bloom-176b"},
    "hardware": {"accelerator": "A100-80GB", "count": 384, "price_per_hour": "1.75"},
    "layout": {
        "tp": 4,
        "pp": 12,
        "micro_batch": 2,
        "global_batch": 2048,
        "recompute": "full",
        "optimizer": "BF16Optimizer",
    },
    "tokens": 366e9,
    "efficiency": {"step_seconds": 104.7},
    "goodput": 0.9,
    "grid_g_per_kwh": 57,
}

SMALL = {"family": "gpt", "layers": 2, "hidden": 8, "heads": 2, "vocab": 9}


def changed(**changes):
    body = json.loads(json.dumps(BLOOM))
    for place, value in changes.items():
        part, _, name = place.partition("__")
        if name:
            body.setdefault(part, {})[name] = value
        else:
            body[part] = value
    return body


def ask(client, body, path="estimate", **headers):
    return client.post(f"/api/v1/training/{path}", json=body, headers=headers)


def refused(client, body, path="estimate"):
    answer = ask(client, body, path)
    assert answer.status_code == 422, answer.text
    return answer.json()["error"]


def test_estimate_of_bloom_meets_its_logs(client):
    answer = ask(client, BLOOM)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["params"]["total"] == found["params"]["unique"] == 176_247_271_424
    assert found["layout"]["dp"] == 8
    assert found["layout"]["optimizer"] == "deepspeed_bf16"
    assert found["time"]["step_seconds"] == 104.7
    assert found["utilisation"]["hardware_tflops_per_gpu"] == pytest.approx(149.77, rel=1e-3)
    assert found["utilisation"]["mfu"] == pytest.approx(0.362, abs=5e-4)
    assert found["utilisation"]["hfu"] == pytest.approx(0.480, abs=5e-4)
    assert found["gpu_hours"]["compute"] == pytest.approx(974_533, rel=1e-5)
    assert found["gpu_hours"]["with_goodput"] == pytest.approx(1_082_815, rel=1e-5)
    assert float(found["cost"]) == pytest.approx(1_894_926, rel=1e-5)
    assert isinstance(found["cost"], str)
    assert found["energy_kwh"] == pytest.approx(433_126, rel=1e-5)
    assert found["co2_t"] == pytest.approx(24.69, rel=1e-3)
    assert found["checkpoint_gib"] == pytest.approx(2_297.97, rel=2e-3)
    assert found["pipeline"]["bubble_fraction"] == pytest.approx(11 / 139)
    assert found["memory"]["fits"] is True
    stages = found["memory"]["per_stage"]
    assert len(stages) == 12
    parts = ("weights", "gradients", "optimizer", "activations", "logits", "buffers", "overhead")
    for stage in stages:
        assert stage["total_gib"] == pytest.approx(sum(stage[f"{one}_gib"] for one in parts))


def test_estimate_takes_a_shape_by_hand_like_its_preset(client):
    model = {
        "family": "gpt",
        "layers": 70,
        "hidden": 14336,
        "heads": 112,
        "vocab": 250880,
        "seq": 2048,
        "tied": True,
        "positions": "alibi",
        "embedding_norm": True,
    }
    assert ask(client, changed(model=model)).json() == ask(client, BLOOM).json()


def test_estimate_takes_a_hugging_face_configuration(client):
    config = {
        "model_type": "llama",
        "num_hidden_layers": 32,
        "hidden_size": 4096,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "intermediate_size": 14336,
        "vocab_size": 128256,
        "max_position_embeddings": 8192,
    }
    found = ask(client, changed(model={"config": config, "seq": 4096}, layout={"tp": 4})).json()
    assert found["params"]["total"] == 8_030_261_248
    assert found["layout"]["dp"] == 96


def test_a_zero_stage_alone_means_deepspeed_s(client):
    found = ask(client, changed(layout={"tp": 4, "zero": 2})).json()
    assert (found["layout"]["optimizer"], found["layout"]["zero"]) == ("deepspeed", 2)


def test_a_stage_that_changes_nothing_is_said(client):
    found = ask(client, changed(layout__optimizer="megatron_distributed", layout__zero=3)).json()
    assert [one["code"] for one in found["warnings"]][-1] == "zero_unused"
    same = ask(client, changed(layout__optimizer="megatron_distributed", layout__zero=1)).json()
    assert "zero_unused" not in [one["code"] for one in same["warnings"]]


def test_other_optimizers_have_their_own_bytes(client):
    layout = {"layout__optimizer": "megatron", "layout__optimizer_bytes": 6.0}
    adam = ask(client, changed(layout__optimizer="megatron")).json()["memory"]["per_stage"][1]
    half = ask(client, changed(**layout)).json()["memory"]["per_stage"][1]
    assert half["optimizer_gib"] == pytest.approx(adam["optimizer_gib"] / 2)


def test_experts_may_stand_beside_their_number(client):
    model = {
        "family": "llama", "layers": 32, "hidden": 4096, "heads": 32, "kv_heads": 8,
        "ffn": 14336, "vocab": 32000,
    }  # fmt: skip
    flat = model | {"experts": 8, "top_k": 2}
    nested = model | {"experts": {"count": 8, "top_k": 2, "ffn": 14336}}
    found = ask(client, changed(model=flat, layout={})).json()
    assert found == ask(client, changed(model=nested, layout={})).json()
    assert found["params"]["active"] == 12_879_925_248
    shared = flat | {"expert_ffn": 2048, "shared_experts": 1, "dense_layers": 2}
    assert ask(client, changed(model=shared, layout={})).status_code == 200
    assert refused(client, changed(model=model | {"experts": 8}))["field"] == "model.experts.top_k"
    assert refused(client, changed(model=model | {"top_k": 2}))["field"] == "model.top_k"


def test_gated_and_grouped_queries_change_a_gpt(client):
    model = {"family": "gpt", "layers": 4, "hidden": 256, "heads": 8, "vocab": 1024, "seq": 128}
    body = changed(model=model, layout={}, hardware={"accelerator": "h100", "count": 8})
    plain = ask(client, body).json()["params"]["total"]
    gated = ask(client, body | {"model": model | {"gated": True}}).json()["params"]["total"]
    grouped = ask(client, body | {"model": model | {"kv_heads": 2}}).json()["params"]["total"]
    assert grouped < plain < gated


@pytest.mark.parametrize(
    ("changes", "field", "rule", "nearest"),
    [
        ({"layout__tp": 3}, "layout.tp", "heads_divide_by_tp", [2, 4]),
        ({"layout__pp": 96, "layout__tp": 4}, "layout.pp", "stages_at_most_layers", [70]),
        (
            {"layout__global_batch": 2000, "layout__dp": 8, "layout__micro_batch": 3},
            "layout.global_batch", "global_batch_divides", [1992, 2016],
        ),
        ({"layout__dp": 7}, "layout.dp", "sizes_multiply_to_gpus", [8]),
        ({"layout__tp": 5}, "hardware.count", "sizes_divide_gpus", [360, 420]),
        ({"layout__interleave": 5}, "layout.interleave", "stages_divide_by_interleave", [3, 6]),
        ({"layout__ep": 2}, "layout.ep", "experts_needed", [1]),
    ],
)  # fmt: skip
def test_a_broken_rule_is_named_with_the_nearest_values(client, changes, field, rule, nearest):
    error = refused(client, changed(**changes))
    by_rule = {one["rule"]: one for one in error["details"]["problems"]}
    assert by_rule[rule]["field"] == field
    assert by_rule[rule]["nearest"] == nearest
    assert str(nearest[0]) in by_rule[rule]["message"]
    assert by_rule[rule]["message"] in error["message"]


def test_nearest_values_are_valid(client):
    problems = refused(client, changed(layout__tp=3))["details"]["problems"]
    nearest = next(one["nearest"] for one in problems if one["rule"] == "heads_divide_by_tp")
    for tp in nearest:
        assert ask(client, changed(layout__tp=tp)).status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"hardware__count": 0}, "hardware.count"),
        ({"hardware__count": 10**9}, "hardware.count"),
        ({"hardware__count": 8.5}, "hardware.count"),
        ({"hardware__count": "384"}, "hardware.count"),
        ({"hardware__accelerator": "abacus"}, "hardware.accelerator"),
        ({"hardware__price_per_hour": -1}, "hardware.price_per_hour"),
        ({"model": {"preset": "nothing"}}, "model.preset"),
        ({"model": {}}, "model"),
        ({"model": {"preset": "bloom", "family": "gpt"}}, "model"),
        ({"model": SMALL | {"family": "llama"}}, "model.ffn"),
        ({"model": SMALL | {"hidden": 9}}, "model.heads"),
        ({"model__seq": 10**12}, "model.seq"),
        ({"model": {"config": {"model_type": "tree"}}}, "model.config"),
        ({"layout__optimizer": "magic"}, "layout.optimizer"),
        ({"layout__zero": 4}, "layout.zero"),
        ({"layout__precision": "fp8"}, "layout.precision"),
        ({"layout__colour": "red"}, "layout.colour"),
        ({"tokens": 0}, "tokens"),
        ({"tokens": 1e300}, "tokens"),
        ({"efficiency": {"mfu": 36}}, "efficiency.mfu"),
        ({"efficiency": {"mfu": 0.4, "step_seconds": 3}}, "efficiency"),
        ({"goodput": 0}, "goodput"),
        ({"pue": 0.5}, "pue"),
        ({"profile": "none"}, "profile"),
    ],
)  # fmt: skip
def test_a_wrong_value_names_its_field(client, changes, field):
    assert refused(client, changed(**changes))["field"] == field


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
@pytest.mark.parametrize("field", ["tokens", "goodput", "grid_g_per_kwh"])
def test_numbers_that_are_none_are_refused(client, number, field):
    text = json.dumps(changed(**{field: "@"})).replace('"@"', number)
    answer = client.post(
        "/api/v1/training/estimate", content=text, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422
    assert answer.json()["error"]["field"] == field


def test_a_configuration_cannot_be_larger_than_a_body(client):
    config = {
        "model_type": "gpt2", "n_layer": 10**7, "n_embd": 64, "n_head": 4, "vocab_size": 100,
        "n_positions": 128,
    }  # fmt: skip
    assert refused(client, changed(model={"config": config}))["field"] == "model.layers"


def test_refusals_and_remarks_are_in_chinese(client):
    error = ask(client, changed(layout__tp=3), **{"Accept-Language": "zh"}).json()["error"]
    assert "个注意力头不能被" in error["message"]
    warnings = ask(
        client, changed(efficiency={}), **{"Accept-Language": "zh"}
    ).json()["warnings"]  # fmt: skip
    assert [one["code"] for one in warnings] == ["uneven_stages", "predicted_step"]
    assert "单步耗时" in warnings[1]["message"]


def test_an_unknown_token_is_refused(client):
    answer = ask(client, BLOOM, Authorization="Bearer nonsense")
    assert answer.status_code == 401


SEARCH = {
    "model": {"preset": "bloom-176b"},
    "hardware": {"accelerator": "a100-sxm-80gb", "count": 384},
    "tokens": 366e9,
    "global_batch": 2048,
    "limits": {"optimizers": ["bf16optimizer"], "max_interleave": 1},
}


def test_layouts_are_ranked_and_the_rest_has_reasons(client):
    answer = ask(client, SEARCH, "layouts")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    seconds = [one["step_seconds"] for one in found["layouts"]]
    assert seconds == sorted(seconds)
    assert [one["rank"] for one in found["layouts"]] == list(range(1, len(seconds) + 1))
    assert all(one["fits"] and one["max_gib"] < 80 for one in found["layouts"])
    assert all(one["layout"]["global_batch"] == 2048 for one in found["layouts"])
    assert found["searched"] == found["layouts_total"] + found["rejected_total"]
    assert sum(found["rejected_by_rule"].values()) == found["rejected_total"]
    assert {one["rule"] for one in found["rejected"]} == set(found["rejected_by_rule"])
    assert all(one["reason"].endswith(".") for one in found["rejected"])


def test_a_found_layout_can_be_estimated_and_agrees(client):
    first = ask(client, SEARCH, "layouts").json()["layouts"][0]
    layout = {name: value for name, value in first["layout"].items() if value is not None}
    plan = ask(client, changed(layout=layout, efficiency={})).json()
    assert plan["time"]["step_seconds"] == pytest.approx(first["step_seconds"])
    assert plan["memory"]["max_gib"] == pytest.approx(first["max_gib"])
    assert plan["time"]["days"] == pytest.approx(first["days"])


def test_a_layout_that_fits_only_just_is_called_tight(client):
    body = {
        "model": {"preset": "llama2-7b"},
        "hardware": {"accelerator": "h800", "count": 64},
        "global_batch": 1024,
    }
    first = ask(client, body, "layouts").json()["layouts"][0]
    layout = {name: value for name, value in first["layout"].items() if value is not None}
    del body["global_batch"]
    plan = ask(client, {**body, "layout": layout, "tokens": 1e12}).json()
    assert first["verdict"] == plan["memory"]["verdict"] == "tight"


def test_rows_are_as_many_as_asked_for(client):
    limits = SEARCH["limits"] | {"max_layouts": 2, "max_rejected": 0}
    found = ask(client, SEARCH | {"limits": limits}, "layouts").json()
    assert (len(found["layouts"]), len(found["rejected"])) == (2, 0)
    assert found["layouts_total"] > 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"global_batch": 0}, "global_batch"),
        ({"hardware": {"accelerator": "h100", "count": 200_000}}, "hardware.count"),
        ({"limits": {"optimizers": ["magic"]}}, "layout.optimizer"),
        ({"limits": {"micro_batches": []}}, "limits.micro_batches"),
        ({"limits": {"max_layouts": 10**6}}, "limits.max_layouts"),
    ],
)
def test_a_search_refuses_what_it_cannot_take(client, changes, field):
    assert refused(client, SEARCH | changes, "layouts")["field"] == field


def test_a_search_that_would_take_too_long_is_refused(client):
    body = {
        "model": {"preset": "deepseek-v3", "seq": 1_048_576},
        "hardware": {"accelerator": "h100", "count": 110_880, "gpus_per_node": 1_024},
        "global_batch": 110_880,
        "limits": {"micro_batches": list(range(1, 13))},
    }
    assert refused(client, body, "layouts")["field"] == "limits"


def test_the_largest_usual_search_is_fast(client):
    body = {
        "model": {"preset": "llama3.1-405b"},
        "hardware": {"accelerator": "h100-sxm", "count": 16_384},
        "global_batch": 2_048,
    }
    start = time.perf_counter()
    assert ask(client, body, "layouts").status_code == 200
    assert time.perf_counter() - start < 2


def test_presets_list_ids_that_the_estimate_takes(client):
    found = client.get("/api/v1/training/presets").json()
    assert [one["id"] for one in found["models"]] == list(presets.models())
    assert [one["id"] for one in found["accelerators"]] == list(presets.accelerators())
    assert [one["id"] for one in found["runs"]] == list(presets.runs())
    assert "deepspeed_bf16" in found["optimizers"]


@pytest.mark.parametrize("run_id", [run.id for run in presets.runs().values() if run.layout])
def test_every_published_run_can_be_asked_for(client, run_id):
    found = client.get("/api/v1/training/presets").json()
    run = next(one for one in found["runs"] if one["id"] == run_id)
    layout = {name: value for name, value in run["layout"].items() if value is not None}
    body = {
        "model": {"preset": run["model"]},
        "hardware": {"accelerator": run["accelerator"], "count": run["gpus"]},
        "layout": layout,
        "tokens": run["tokens"],
    }
    answer = ask(client, body)
    assert answer.status_code == 200, answer.text


def test_questions_agree_with_an_estimate(client):
    run = changed(efficiency={"mfu": 0.362}, layout__global_batch=8192)
    body = {"run": run, "days": 60, "budget": "1000000", "unique_tokens": 350e9}
    answer = ask(client, body, "questions")
    assert answer.status_code == 200, answer.text
    deadline, purchase = answer.json()["deadline"], answer.json()["purchase"]
    assert deadline["gpus"] == deadline["replicas"] * 48
    # As many GPUs as were named do it in the days that were asked for, one replica fewer does not.
    for gpus, is_enough in ((deadline["gpus"], True), (deadline["gpus"] - 48, False)):
        hardware = run["hardware"] | {"count": gpus}
        layout = run["layout"] | {"global_batch": 2 * gpus // 48 * 64}
        found = ask(client, run | {"hardware": hardware, "layout": layout}).json()
        assert (found["time"]["days_with_goodput"] <= 60) is is_enough
    # The tokens that the budget buys cost the budget.
    spent = ask(client, run | {"tokens": purchase["tokens"]}).json()
    assert float(spent["cost"]) == pytest.approx(1_000_000, rel=1e-6)
    assert purchase["optimum"]["parameters"] > 0
    # The GPUs that it pays for over those days are whole replicas, and one more is too dear.
    assert purchase["gpus"] * 60 * 24 <= purchase["gpu_hours"] < (purchase["gpus"] + 48) * 60 * 24
    assert purchase["gpus"] % 48 == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "days"),
        ({"days": 0}, "days"),
        ({"budget": "NaN"}, "budget"),
        ({"budget": 5, "run": changed(hardware={"accelerator": "h20", "count": 384})},
         "run.hardware.price_per_hour"),
        ({"days": 1, "run": changed(layout__tp=3)}, "hardware.count"),
        ({"days": 1, "law": "gut feeling"}, "law"),
    ],
)  # fmt: skip
def test_questions_that_cannot_be_answered(client, changes, field):
    assert refused(client, {"run": BLOOM} | changes, "questions")["field"] == field
