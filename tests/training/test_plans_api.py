"""Saved plans as JSON: made, read, given versions under an ETag, archived, kept from others."""

import pytest
from sqlalchemy import func, select

from app.accounts.models import Role
from app.mixtures import versions as mixture_versions
from app.training.models import TrainingPlan, TrainingPlanVersion
from tests import factories
from tests.factories import make_account
from tests.mixtures.making import make_mixture, make_viewer
from tests.training.test_api import BLOOM, changed

PLANS = "/api/v1/training/plans"


def make(client, status=201, **changes):
    answer = client.post(PLANS, json={"name": "BLOOM again", "run": BLOOM} | changes)
    assert answer.status_code == status, answer.text
    return answer.json()


def put(client, etag, status=200, slug="bloom-again", **changes):
    headers = {"If-Match": etag} if etag else {}
    answer = client.put(f"{PLANS}/{slug}", json={"run": BLOOM} | changes, headers=headers)
    assert answer.status_code == status, answer.text
    return answer


def test_a_plan_is_made_and_read(client, planner):
    made = make(client, message="as published")
    assert made["slug"] == "bloom-again"
    assert made["results"]["parameters"] == 176_247_271_424
    found = client.get(f"{PLANS}/bloom-again")
    assert found.headers["etag"] == '"1"'
    assert found.json() == made
    version = client.get(f"{PLANS}/bloom-again/versions/1").json()
    assert version["message"] == "as published"
    assert version["content"]["run"]["layout"]["tp"] == 4
    assert version["phases"][0]["estimate"]["memory"]["fits"] is True
    assert version["totals"]["gpu_hours_paid"] == pytest.approx(1_082_815, rel=1e-4)
    assert client.get("/training/plans/bloom-again/versions/1").status_code == 200


def test_phases_are_computed_each_for_itself(client, planner):
    phases = [
        {"name": "Main", "tokens": 300_000_000_000},
        {"name": "Annealing", "tokens": 66_000_000_000, "global_batch": 1024},
    ]
    make(client, phases=phases)
    version = client.get(f"{PLANS}/bloom-again/versions/1").json()
    assert [one["global_batch"] for one in version["phases"]] == [2048, 1024]
    assert version["totals"]["tokens"] == 366_000_000_000


def test_only_the_first_phase_grows_its_batch(client, planner):
    run = changed(ramp={"start": 192, "increment": 16, "sequences": 9_765_625})
    phases = [{"name": one, "tokens": 183_000_000_000} for one in ("Main", "Annealing")]
    make(client, run=run, phases=phases)
    version = client.get(f"{PLANS}/bloom-again/versions/1").json()
    ramps = [one["estimate"]["time"]["ramp"] for one in version["phases"]]
    assert ramps[0] is not None
    assert ramps[1] is None


def test_a_version_is_saved_on_top_of_the_one_that_was_read(client, planner):
    make(client)
    saved = put(client, '"1"', message="more tokens", run=changed(tokens=400e9))
    assert saved.headers["etag"] == '"2"'
    assert saved.json()["number"] == 2
    listed = client.get(f"{PLANS}/bloom-again/versions").json()
    assert [one["number"] for one in listed["items"]] == [2, 1]
    assert listed["items"][1]["results"]["tokens"] == 366e9


def test_a_version_is_not_saved_over_somebody_elses(client, planner, session):
    make(client)
    put(client, '"1"')
    stale = put(client, '"1"', status=412)
    assert stale.json()["error"]["details"] == {"last_version": 2}
    assert stale.headers["etag"] == '"2"'
    assert put(client, "", status=428).json()["error"]["code"] == "precondition_required"
    put(client, '"abc"', status=412)
    assert session.scalar(select(func.count()).select_from(TrainingPlanVersion)) == 2


def test_a_run_that_is_refused_leaves_nothing_behind(client, planner, session):
    error = make(client, status=422, run=changed(layout__tp=3))["error"]
    rules = {one["rule"]: one for one in error["details"]["problems"]}
    assert rules["heads_divide_by_tp"]["nearest"] == [2, 4]
    assert session.scalar(select(func.count()).select_from(TrainingPlan)) == 0
    make(client)
    put(client, '"1"', status=422, run=changed(layout__pp=96))
    assert client.get(f"{PLANS}/bloom-again").json()["last_version"] == 1


def test_a_phase_that_cannot_be_computed_is_named(client, planner, session):
    phases = [{"name": "Odd", "tokens": 10**12, "global_batch": 2047}]
    assert "Odd" in make(client, status=422, phases=phases)["error"]["message"]
    assert session.scalar(select(func.count()).select_from(TrainingPlan)) == 0


def test_a_plan_is_archived_and_brought_back(client, planner):
    make(client)
    assert client.delete(f"{PLANS}/bloom-again").status_code == 204
    assert client.get(PLANS).json()["total"] == 0
    assert client.get(PLANS, params={"archived": True}).json()["total"] == 1
    put(client, '"1"', status=409)
    back = client.patch(f"{PLANS}/bloom-again", json={"archived": False, "visibility": "private"})
    assert back.json()["archived"] is False
    assert back.json()["visibility"] == "private"
    put(client, '"1"')


def test_the_list_is_searched_and_paged(client, planner):
    for number in range(3):
        make(client, name=f"Plan {number}")
    make(client, name="100% other")
    first = client.get(PLANS, params={"limit": 2, "q": "plan"}).json()
    assert [one["name"] for one in first["items"]] == ["Plan 2", "Plan 1"]
    assert first["total"] == 3
    after = client.get(PLANS, params={"limit": 2, "q": "plan", "cursor": first["next_cursor"]})
    assert [one["name"] for one in after.json()["items"]] == ["Plan 0"]
    assert client.get(PLANS, params={"q": "0%"}).json()["total"] == 1
    assert client.get(PLANS, params={"cursor": "zzz"}).status_code == 422


def test_a_plan_trains_on_the_tokens_of_a_mixture_that_one_may_read(client, planner):
    make(client, status=404, mixture={"slug": "nothing", "version": 1})


def test_a_plan_takes_the_phases_of_a_mixture_version(seeded_client, seeded_session):
    viewer = make_viewer(seeded_session)
    mixture = make_mixture(seeded_session, viewer)
    mixture_versions.save_version(
        seeded_session, mixture, message="first", reason="", viewer=viewer
    )
    factories.sign_in(
        seeded_client, seeded_session, make_account(seeded_session, role=Role.PLANNER)
    )
    make(seeded_client, mixture={"slug": mixture.slug, "version": 1})
    version = seeded_client.get(f"{PLANS}/bloom-again/versions/1").json()
    assert version["content"]["mixture"]["number"] == 1
    assert version["totals"]["tokens"] == sum(one["tokens"] for one in version["phases"])


def test_who_may_not_know_of_a_plan_gets_404(client, session, planner, sign_in, sign_out):
    make(client, visibility="private")
    sign_in(make_account(session, role=Role.PLANNER))
    assert client.get(f"{PLANS}/bloom-again").status_code == 404
    put(client, '"1"', status=404)
    assert client.delete(f"{PLANS}/bloom-again").status_code == 404
    sign_out()
    assert client.get(PLANS).json()["total"] == 0
    make(client, status=401)


def test_others_may_not_archive_a_plan_of_the_team(client, session, planner, sign_in):
    make(client)
    sign_in(make_account(session, role=Role.PLANNER))
    assert client.delete(f"{PLANS}/bloom-again").status_code == 403
    put(client, '"1"')
