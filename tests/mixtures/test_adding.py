"""Datasets go into a draft from where they are looked at."""

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.mixtures import content as contents
from app.mixtures.queries import drafts as draft_queries
from app.mixtures.queries import mixtures as mixture_queries
from tests import factories
from tests.mixtures.making import make_viewer
from tests.mixtures.test_routes import find, use_recipe


@pytest.fixture
def planner(seeded_client: TestClient, seeded_session: Session) -> TestClient:
    return factories.signed_in(seeded_client, seeded_session, "planner")


def datasets(session: Session, slug: str) -> list[str]:
    draft = draft_queries.get_draft(session, find(session, slug).id)
    return [one.dataset for one in contents.read(draft.content).phases[0].components]


def test_the_page_of_a_dataset_leads_a_planner_to_it_alone(
    planner: TestClient, seeded_session: Session
):
    assert "/mixtures/add?dataset=refinedweb" in planner.get("/catalogue/refinedweb").text
    both = "/mixtures/add?dataset=refinedweb&amp;dataset=the-pile"
    assert both in planner.get("/catalogue?compare=refinedweb&compare=the-pile").text
    assert both in planner.get("/compare?d=refinedweb&d=the-pile").text
    factories.signed_in(planner, seeded_session, "viewer")
    assert "/mixtures/add" not in planner.get("/catalogue/refinedweb").text
    assert planner.get("/mixtures/add?dataset=refinedweb").status_code == 403


def test_what_is_chosen_is_in_the_draft(planner: TestClient, seeded_session: Session):
    slug = use_recipe(planner)
    page = planner.get("/mixtures/add?dataset=refinedweb&dataset=slimpajama-627b").text
    phase = contents.read(
        draft_queries.get_draft(seeded_session, find(seeded_session, slug).id).content
    ).phases[0]
    assert f'value="{slug}/{phase.name}"' in page
    form = {"dataset": ["refinedweb", "slimpajama-627b"], "place": f"{slug}/{phase.name}"}
    answer = planner.post("/mixtures/add", data=form)
    assert answer.headers.get("Location") == f"/mixtures/{slug}?done=added", answer.text
    assert datasets(seeded_session, slug)[-2:] == ["refinedweb", "slimpajama-627b"]
    composer = planner.get(f"/mixtures/{slug}").text
    # Two of two are named: no ellipsis after them.
    assert re.search(r"2 components added to [^:]+: RefinedWeb, SlimPajama-627B\.\s", composer)
    again = planner.post("/mixtures/add", data=form)
    assert again.status_code == 422
    assert "has these components already" in again.text


def test_a_new_mixture_is_made_of_it(planner: TestClient, seeded_session: Session):
    page = planner.get("/mixtures/new?dataset=refinedweb").text
    assert '<input type="hidden" name="dataset" value="refinedweb"' in page
    form = {"name": "Web alone", "token_budget": "1T", "dataset": "refinedweb"}
    answer = planner.post("/mixtures/new", data=form)
    slug = answer.headers["Location"].partition("?")[0].rpartition("/")[2]
    assert datasets(seeded_session, slug) == ["refinedweb"]


@pytest.mark.parametrize("place", ["", "nowhere", "nowhere/Main"])
def test_what_is_not_there_is_refused_and_nothing_is_made(planner: TestClient, place: str):
    answer = planner.post("/mixtures/add", data={"dataset": "refinedweb", "place": place})
    assert answer.status_code in {404, 422}
    assert planner.get("/mixtures/add?dataset=nothing-like-it").status_code == 404
    assert planner.get("/mixtures/add").status_code == 404
    made = planner.post(
        "/mixtures/new", data={"name": "None", "token_budget": "1T", "dataset": "nothing-like-it"}
    )
    assert made.status_code == 422
    assert "None" not in planner.get("/mixtures").text


def test_a_mixture_of_somebody_else_that_is_private_is_not_offered(
    planner: TestClient, seeded_session: Session
):
    slug = use_recipe(planner)
    planner.post(f"/mixtures/{slug}/visibility", data={"visibility": "private"})
    factories.signed_in(planner, seeded_session, "planner")
    assert f'value="{slug}/' not in planner.get("/mixtures/add?dataset=refinedweb").text
    other = make_viewer(seeded_session)
    assert slug not in {
        one.slug for one in mixture_queries.list_with_content(seeded_session, other)
    }
