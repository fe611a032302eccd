"""A batch that grows: as API, page, terminal and Megatron-LM say it, refused at its field."""

import pytest

from app.compute.estimating.prepared import predict_step, prepare_run
from app.training import forms, launch
from tests.training.test_api import ask, changed, refused
from tests.training.test_calculator import page, text_of
from tests.training.test_charts import RAMP, plan_of
from tests.training.test_cli import BLOOM, run

BODY = {"start": 192, "increment": 16, "sequences": 9_765_625}
QUERY = "run=bloom-176b&model=bloom-176b&accelerator=a100-sxm-80gb&gpus=384&tokens=366B&tp=4&pp=12"
SPEED = "&micro_batch=2&global_batch=2048&recompute=full&optimizer=deepspeed_bf16"


def test_a_ramp_costs_days_and_steps(client):
    flat = ask(client, changed()).json()
    ramped = ask(client, changed(ramp=BODY)).json()
    ramp = ramped["time"]["ramp"]
    assert flat["time"]["ramp"] is None
    assert ramped["time"]["days"] == pytest.approx(flat["time"]["days"] + ramp["extra_days"])
    assert 1 < ramp["extra_days"] < 2  # 107.0 days where the flat batch takes 105.7
    assert ramped["time"]["steps"] > flat["time"]["steps"]
    assert ramped["gpu_hours"]["compute"] == pytest.approx(384 * 24 * ramped["time"]["days"])
    assert len(ramp["stages"]) == 117
    tokens = sum(one["sequences"] for one in ramp["stages"]) * 2048
    assert tokens == pytest.approx(366e9)


def test_a_step_of_the_ramp_is_the_profile_s_scaled_to_the_measured_step():
    plan = plan_of(**RAMP)
    found = plan.estimate
    first = found.time.ramp.stages[0]
    layout = type(found.layout)(**{**vars(found.layout), "global_batch": first.global_batch})
    small = predict_step(prepare_run(plan.shape, plan.cluster, layout)).total
    scale = found.time.step_seconds / found.time.predicted.total
    assert first.step_seconds == pytest.approx(small * scale)


@pytest.mark.parametrize(
    ("ramp", "field", "nearest"),
    [
        ({"start": 200}, "ramp.start", [192, 208]),
        ({"start": 4096}, "ramp.start", [2048]),
        ({"increment": 100}, "ramp.increment", [64, 464]),
        ({"increment": 10_000}, "ramp.increment", [1856]),
    ],
)
def test_a_ramp_that_does_not_fit_names_what_does(client, ramp, field, nearest):
    error = refused(client, changed(ramp=BODY | ramp))
    problem = error["details"]["problems"][0]
    assert problem["field"] == field
    assert problem["nearest"] == nearest
    for value in nearest:
        fixed = BODY | ramp | {field.partition(".")[2]: value}
        assert ask(client, changed(ramp=fixed)).status_code == 200


def test_a_ramp_of_too_many_sizes_is_refused(client):
    body = changed(
        layout__micro_batch=1, layout__global_batch=8192, ramp=BODY | {"start": 8, "increment": 8}
    )
    problem = refused(client, body)["details"]["problems"][0]
    assert problem["rule"] == "ramp_has_few_sizes"
    assert problem["nearest"]


def test_the_page_shows_the_ramp_and_what_is_wrong_with_it(client):
    query = f"/training?{QUERY}{SPEED}&ramp_sequences=9765625&ramp_increment=16"
    shown = text_of(page(client, f"{query}&ramp_start=192"))
    assert "Batch ramp" in shown
    assert "117 batch sizes" in shown
    wrong = page(client, f"{query}&ramp_start=200", status=422)
    assert 'id="ramp_start-error"' in wrong
    assert "Nearest valid: 192 or 208." in text_of(wrong)
    assert "起始批" in text_of(page(client, f"{query}&ramp_start=192", **{"Accept-Language": "zh"}))


def test_half_a_ramp_is_refused_at_its_fields_where_it_would_be_kept():
    filled = forms.read_query({"run": "bloom-176b", "ramp_start": "192"})
    assert filled.body is None
    assert set(filled.form.errors) == {"ramp_increment", "ramp_sequences"}


def test_the_terminal_takes_a_ramp():
    found = run(*BLOOM, "--ramp", "192,16,9765625")
    assert found.exit_code == 0, found.output
    assert "Days of the batch ramp" in found.output
    assert run(*BLOOM, "--ramp", "192").exit_code == 1
    assert run(*BLOOM, "--ramp", "a,b,c").exit_code == 1


def test_megatron_counts_sequences_where_the_batch_grows():
    flags = launch.megatron_flags(plan_of(**RAMP))
    assert "--rampup-batch-size 192 16 9765625" in flags
    assert "--train-samples 178710938" in flags
    assert not any(flag.startswith("--train-iters") for flag in flags)


def test_a_stage_shows_its_own_terms(client):
    shown = page(client, f"/training?{QUERY}{SPEED}&stage=3")
    assert "How stage 3 comes about" in shown
    assert 'id="how-memory" open' in shown
    assert "How stage 0 comes about" in page(client, f"/training?{QUERY}{SPEED}&stage=99")


def test_a_ramp_that_is_still_being_typed_leaves_the_result_and_says_what_lacks(client):
    shown = text_of(page(client, f"/training?{QUERY}{SPEED}&ramp_start=192"))
    assert "The batch ramp does not count yet." in shown
    assert "Still empty: Grows by" in shown
    # The result of the run without it.
    assert "117 batch sizes" not in shown
    assert "GPU-hours" in shown
    page(client, f"/training?{QUERY}{SPEED}&ramp_start=many", status=422)
