"""What a draft would look like as a trainer's file: the composer's panel and its page."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.mixtures.models import Mixture
from app.trainers.registry import FORMATS
from tests.mixtures.making import component, content, make_mixture, make_viewer, phase

HERE = "/mixtures/zh-en-7b/trainer-file"
HTMX = {"HX-Request": "true", "HX-Target": "div#trainer_file", "HX-Request-Type": "partial"}


def test_composer_asks_for_the_panel_and_links_to_it_without_javascript(
    planner: TestClient, mixture: Mixture
):
    page = planner.get("/mixtures/zh-en-7b").text
    assert f'hx-get="{HERE}"' in page
    assert f'href="{HERE}"' in page


@pytest.mark.parametrize("trainer", FORMATS)
def test_every_trainer_shows_a_file_or_why_there_is_none(
    planner: TestClient, placed: Mixture, trainer: str
):
    answer = planner.get(HERE, params={"trainer": trainer})
    assert answer.status_code == 200
    assert FORMATS[trainer].name in answer.text
    assert "<pre" in answer.text or "Would not be written" in answer.text


def test_panel_shows_what_the_draft_says_and_loses_not_the_version(
    planner: TestClient, placed: Mixture
):
    page = planner.get("/mixtures/zh-en-7b").text
    revision = page.partition('name="revision" value="')[2].partition('"')[0]
    cell = {"do": "cells", "revision": revision, "phase": "Main", "w.the-pile/books3": "20"}
    assert planner.post("/mixtures/zh-en-7b/edit", data=cell, headers=HTMX).status_code < 400
    panel = planner.get(HERE, params={"trainer": "megatron"}, headers=HTMX)
    assert "<html" not in panel.text
    assert "0.33333333" in panel.text
    assert "0.6 /data/books3" not in panel.text
    assert "The format has no limit of passes" in panel.text
    assert "/mixtures/zh-en-7b/versions/1/trainers/megatron" in panel.text


def test_panel_opens_with_the_trainer_that_was_looked_at_last(planner: TestClient, placed: Mixture):
    assert '<option value="megatron" selected>' in planner.get(HERE).text
    planner.get(HERE, params={"trainer": "olmo-core"})
    assert '<option value="olmo-core" selected>' in planner.get(HERE).text
    planner.cookies.set("peibi_trainer", "no such trainer")
    assert planner.get(HERE).status_code == 200


def test_draft_with_an_empty_phase_says_why_there_is_no_file(
    planner: TestClient, seeded_session: Session
):
    viewer = make_viewer(seeded_session)
    made = content(phase([component("the-pile/books3")]), phase([], name="Empty"))
    slug = make_mixture(seeded_session, viewer, made, name="Half made").slug
    answer = planner.get(f"/mixtures/{slug}/trainer-file")
    assert answer.status_code == 200
    assert "The phase Empty has no plan" in answer.text
    # There is no version to take files of yet.
    assert "/versions/" not in answer.text.partition('id="trainer_file"')[2]


def test_unknown_trainer_and_foreign_drafts_are_not_found(
    planner: TestClient, seeded_client: TestClient, mixture: Mixture
):
    assert planner.get(HERE, params={"trainer": "nobody"}).status_code == 404
    assert planner.get("/mixtures/nothing/trainer-file").status_code == 404


def test_draft_is_the_teams(seeded_client: TestClient, mixture: Mixture):
    assert seeded_client.get(HERE).status_code in {401, 404}


def test_panel_in_chinese(planner: TestClient, placed: Mixture):
    planner.cookies.set("peibi_locale", "zh_CN")
    assert "该格式没有遍数上限" in planner.get(HERE, params={"trainer": "megatron"}).text
