"""Saved plans: from a run or a mixture version, immutable, seen by whom they should be, shared."""

import csv
import html
import io
import json
import re

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.accounts.models import Account, Role
from app.mixtures import drafts
from app.mixtures import versions as mixture_versions
from app.mixtures.edits import phases
from app.training.models import TrainingPlan, TrainingPlanVersion
from tests import factories
from tests.factories import make_account
from tests.mixtures.making import make_mixture, make_viewer
from tests.training.test_calculator import page, text_of

RUN = {
    "model": "llama3-8b", "accelerator": "h100-sxm", "gpus": "64", "tokens": "1T",
    "global_batch": "512", "optimizer": "fsdp", "recompute": "selective", "speed": "mfu",
    "speed_value": "40", "goodput": "0.95",
}  # fmt: skip
ONE_PHASE = {"phase-0-name": "Main", "phase-0-tokens": "1T"}
TWO_PHASES = {
    "phase-0-name": "Main", "phase-0-tokens": "900B",
    "phase-1-name": "Long context", "phase-1-tokens": "100B", "phase-1-seq": "32768",
    "phase-1-batch": "128",
}  # fmt: skip


def save(client, status=303, **fields):
    form = {**RUN, **ONE_PHASE, "name": "8B on 64", **fields}
    answer = client.post("/training/plans/new", data=form, follow_redirects=False)
    assert answer.status_code == status, answer.text[-3000:]
    return answer.headers["location"].split("?")[0] if status == 303 else answer.text


def last(session):
    return session.scalars(
        select(TrainingPlanVersion).order_by(TrainingPlanVersion.id.desc())
    ).first()


def test_a_run_is_saved_and_shown(client, session, planner):
    where = save(client)
    assert where == "/training/plans/8b-on-64/versions/1"
    shown = text_of(page(client, where))
    assert "8B on 64" in shown
    assert "1T" in shown
    results = last(session).results
    assert results["parameters"] == 8_030_261_248
    assert results["mfu"] == pytest.approx(0.4)


def test_phases_have_their_own_sequence_and_batch(client, session, planner):
    where = save(client, **TWO_PHASES)
    shown = text_of(page(client, where))
    assert "Long context" in shown
    assert "32,768" in shown
    assert "32,768" in text_of(page(client, f"{where}?phase=1"))
    assert last(session).results["tokens"] == 10**12


def test_a_phase_that_does_not_fit_leads_to_a_layout_of_its_own(client, session, planner):
    run = {
        "model": "llama3-70b", "gpus": "512", "tp": "8", "pp": "4", "sequence_parallel": "yes",
        "optimizer": "megatron_distributed", "recompute": "none",
    }  # fmt: skip
    where = save(client, **run, **TWO_PHASES)
    shown = page(client, f"{where}?phase=1")
    assert "With context-parallel size 2 instead of 1 it is" in text_of(shown)
    [change] = re.findall(r'href="(/training/plans/new[^"]*phase-1-cp=2)"', shown)
    form = page(client, html.unescape(change))
    assert re.search(r'name="phase-1-cp"\s+value="2"', form)
    assert re.search(r'name="phase-1-seq"\s+value="32768"', form)

    save(
        client, **run, **TWO_PHASES, plan="8b-on-64", base="1", message="CP 2 for long texts",
        **{"phase-1-cp": "2", "phase-1-recompute": "selective"},
    )  # fmt: skip
    first, second = last(session).content["phases"]
    assert "cp" not in first
    assert (second["cp"], second["recompute"]) == (2, "selective")
    assert last(session).results["fits"]
    shown = text_of(page(client, "/training/plans/8b-on-64/versions/2"))
    assert "TP 8 · PP 4 · DP 8 · CP 2" in shown


def test_the_next_version_needs_the_last_one(client, session, planner):
    save(client)
    second = save(client, plan="8b-on-64", base="1", message="more GPUs", gpus="128")
    assert second == "/training/plans/8b-on-64/versions/2"
    assert last(session).results["gpus"] == 128
    stale = client.post(
        "/training/plans/new",
        data={**RUN, **ONE_PHASE, "plan": "8b-on-64", "base": "1"},
        follow_redirects=False,
    )
    assert stale.status_code == 412
    assert session.scalar(select(TrainingPlan.last_version)) == 2


def test_a_version_never_changes(client, session, planner):
    save(client)
    for statement in ("UPDATE training_plan_version SET message = 'x'", "DELETE FROM"):
        sql = statement if "SET" in statement else f"{statement} training_plan_version"
        with pytest.raises(DBAPIError, match="never changes"), session.begin_nested():
            session.execute(text(sql))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": " "}, "Write 1 to 120 characters here."),
        ({"phase-0-tokens": "many"}, "many"),
        ({"phase-0-name": ""}, "Name the phase"),
        ({"phase-0-seq": "0"}, "Write a whole number of at least 1."),
        ({"phase-0-batch": "100"}, "The phase Main cannot be computed"),
        ({"gpus": "0"}, "Write a number of at least 1."),
        ({"phase-0-name": "", "phase-0-tokens": ""}, "A plan needs a phase with tokens."),
    ],
)
def test_what_cannot_be_saved_is_said_and_stays(client, session, planner, fields, sentence):
    answer = save(client, status=422, **fields)
    assert sentence in answer
    assert 'value="h100-sxm"' in answer
    assert last(session) is None


def test_only_planners_save(client, session, sign_in):
    sign_in(make_account(session, role=Role.VIEWER))
    save(client, status=403)
    assert last(session) is None


def test_nobody_in_particular_is_asked_to_sign_in(client):
    assert client.get("/training/plans/new", follow_redirects=False).status_code in {303, 401}


def test_a_plan_is_seen_by_whom_it_should_be(client, session, planner, sign_in, sign_out):
    save(client, visibility="private")
    where = "/training/plans/8b-on-64/versions/1"
    sign_in(make_account(session, role=Role.ADMINISTRATOR))
    page(client, where, status=404)
    assert "8B on 64" not in page(client, "/training/plans")
    sign_in(planner)
    for visibility, expected in (("team", 404), ("public", 200)):
        client.post("/training/plans/8b-on-64/visibility", data={"visibility": visibility})
        sign_out()
        page(client, where, status=expected)
        sign_in(planner)


def test_a_link_shows_one_version_until_it_is_revoked(client, session, planner, sign_in, sign_out):
    save(client, visibility="private")
    made = client.post("/training/plans/8b-on-64/links", data={"days": "7"}).text
    link = re.search(r"/training/plans/shared/[\w-]+", made)[0]
    sign_out()
    shown = page(client, link)
    assert "Shared with you." in shown
    assert "Make a link" not in shown
    sign_in(planner)
    listed = page(client, "/training/plans/8b-on-64/versions/1")
    revoke = re.search(r"/training/plans/8b-on-64/links/\d+/revoke", listed)[0]
    assert client.post(revoke, follow_redirects=False).status_code == 303
    page(client, link, status=404)
    page(client, "/training/plans/shared/nothing", status=404)


def test_an_archived_plan_is_readable_and_not_changed(client, planner):
    save(client)
    client.post("/training/plans/8b-on-64/archive", data={"archived": "yes"})
    assert "8B on 64" not in page(client, "/training/plans")
    assert "8B on 64" in page(client, "/training/plans?state=archived")
    answer = client.post(
        "/training/plans/new", data={**RUN, **ONE_PHASE, "plan": "8b-on-64", "base": "1"}
    )
    assert answer.status_code == 409


def test_versions_stand_side_by_side(client, planner):
    save(client)
    save(client, plan="8b-on-64", base="1", gpus="128")
    shown = text_of(page(client, "/training/plans/compare?p=8b-on-64:1&p=8b-on-64:2"))
    assert "-50.0 %" in shown  # half the days
    assert "Choose two to four plans" in page(client, "/training/plans/compare")
    assert "Memory per stage" not in page(client, "/training/plans/compare?p=8b-on-64:1")
    page(client, "/training/plans/compare?p=nothing", status=404)


def test_memory_stands_side_by_side_on_one_scale(client, planner):
    save(client, accelerator="h100-sxm")
    save(client, plan="8b-on-64", base="1", accelerator="h200")
    shown = page(client, "/training/plans/compare?p=8b-on-64:1&p=8b-on-64:2")
    limits = [float(x) for x in re.findall(r'class="lim" x1="([\d.]+)%"', shown)]
    assert len(limits) == 2
    # The smaller card's limit stands where its GiB lie on the scale of the larger one.
    assert limits[0] / limits[1] == pytest.approx(80 / 141, rel=0.02)


def test_files_of_a_plan(client, planner):
    where = save(client, **TWO_PHASES)
    found = json.loads(page(client, f"{where}/json"))
    assert [one["name"] for one in found["phases"]] == ["Main", "Long context"]
    rows = list(csv.DictReader(io.StringIO(page(client, f"{where}/csv"))))
    assert [row["tokens"] for row in rows] == ["900000000000", "100000000000"]
    page(client, f"{where}/pdf", status=404)


def test_a_plan_starts_from_a_mixture_version(seeded_client, seeded_session):
    viewer = make_viewer(seeded_session)
    mixture = make_mixture(seeded_session, viewer)
    mixture_versions.save_version(
        seeded_session, mixture, message="first", reason="", viewer=viewer
    )
    factories.sign_in(seeded_client, seeded_session, seeded_session.get(Account, viewer.account_id))
    link = f"mixture={mixture.slug}&version=1"
    assert f"/training?{link}" in page(seeded_client, f"/mixtures/{mixture.slug}/versions/1")
    assert "zh-en 7B" in page(seeded_client, f"/training?{link}")
    run = "model=llama3-8b&accelerator=h100-sxm&gpus=8&tokens=1B"
    form = page(seeded_client, f"/training/plans/new?{link}&{run}")
    assert 'value="1B"' in form
    saved = save(seeded_client, mixture=mixture.slug, version="1", **{"phase-0-tokens": "1B"})
    shown = page(seeded_client, saved)
    assert f"/mixtures/{mixture.slug}/versions/1" in shown
    stored = last(seeded_session)
    assert stored.mixture_version_id is not None
    assert stored.content["mixture"]["unique_tokens"] > 0


def test_a_phase_keeps_what_it_has_of_its_own_when_the_mixture_moves_on(
    seeded_client, seeded_session
):
    viewer = make_viewer(seeded_session)
    mixture = make_mixture(seeded_session, viewer)
    for number, tokens in ((1, 3 * 10**9), (2, 2 * 10**9)):
        drafts.edit_draft(
            seeded_session, mixture, phases.set_budget("Main", tokens),
            revision=number, viewer=viewer,
        )  # fmt: skip
        mixture_versions.save_version(
            seeded_session, mixture, message="tokens", reason="", viewer=viewer
        )
    factories.sign_in(seeded_client, seeded_session, seeded_session.get(Account, viewer.account_id))
    link = f"mixture={mixture.slug}&version"
    name = re.search(
        r'name="phase-0-name"\s+value="([^"]*)"',
        page(seeded_client, f"/training/plans/new?{link}=1"),
    ).group(1)
    own = {"phase-0-name": name, "phase-0-tokens": "1B", "phase-0-seq": "16384"}
    save(seeded_client, mixture=mixture.slug, version="1", **own)

    form = page(seeded_client, f"/training/plans/new?plan=8b-on-64&base=1&{link}=2")

    assert re.search(r'name="phase-0-seq"\s+value="16384"', form)
    assert not re.search(r'name="phase-0-tokens"\s+value="1B"', form)


def test_a_mixture_that_one_may_not_see_is_not_found(client, planner):
    page(client, "/training?mixture=secret&version=1", status=404)
