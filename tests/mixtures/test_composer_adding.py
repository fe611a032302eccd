"""Adding datasets in the composer: by search, list, recipe, parent and filter."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.catalog.models.datasets import Dataset
from tests.mixtures.composing import HTMX, send, weights
from tests.mixtures.making import content, make_mixture, make_viewer, phase

FOUND = {"HX-Request": "true", "HX-Target": "div#found", "HX-Request-Type": "partial"}


@pytest.fixture
def slug(planner: TestClient, seeded_session: Session) -> str:
    """A mixture with an empty phase."""
    viewer = make_viewer(seeded_session)
    return make_mixture(seeded_session, viewer, content(phase([]))).slug


def test_search_finds_in_place_and_as_a_page(planner: TestClient, slug: str):
    fragment = planner.get(f"/mixtures/{slug}?q=wikipedia", headers=FOUND)
    assert fragment.status_code == 200
    assert "<html" not in fragment.text
    assert 'value="the-pile/wikipedia-en"' in fragment.text
    page = planner.get(f"/mixtures/{slug}?q=wikipedia")
    assert 'value="the-pile/wikipedia-en"' in page.text
    assert 'value="wikipedia"' in page.text


def test_search_of_nothing_says_so(planner: TestClient, slug: str):
    answer = planner.get(f"/mixtures/{slug}?q=zzzqqqxxx", headers=FOUND)
    assert "Nothing found" in answer.text


def test_filter_of_no_such_value_is_refused(planner: TestClient, slug: str):
    answer = planner.get(f"/mixtures/{slug}?q=&category=nonsense", headers=FOUND)
    assert answer.status_code == 422


@pytest.mark.parametrize("htmx", [False, True])
def test_found_dataset_is_added(planner: TestClient, read, slug: str, htmx: bool):
    answer = send(planner, slug, "add", htmx=htmx, dataset="skypile-150b", q="skypile")
    assert answer.status_code == (200 if htmx else 303)
    assert weights(read(slug)) == {"skypile-150b": 1}
    if htmx:
        assert 'value="skypile"' in answer.text
        assert "in this phase" in answer.text


@pytest.mark.parametrize("dataset", ["nothing-like-it", "", "Not A Slug"])
def test_unknown_dataset_is_refused(planner: TestClient, read, slug: str, dataset: str):
    assert send(planner, slug, "add", dataset=dataset).status_code in {409, 422}
    assert weights(read(slug)) == {}


def test_dataset_that_is_there_already_is_said_to_be(planner: TestClient, slug: str):
    send(planner, slug, "add", dataset="skypile-150b")
    answer = send(planner, slug, "add", htmx=True, dataset="skypile-150b")
    assert answer.status_code == 409
    assert "already" in answer.text


def test_list_is_added_with_its_weights(planner: TestClient, read, slug: str):
    text = "the-pile/arxiv\t8.96\r\nSkyPile-150B: 12\r\n# a comment\r\nthe-pile/freelaw"
    assert send(planner, slug, "add_list", list=text).status_code == 303
    found = weights(read(slug))
    assert found["the-pile/arxiv"] == 8.96
    assert found["skypile-150b"] == 12
    assert len(found) == 3


@pytest.mark.parametrize("htmx", [False, True])
def test_list_with_unknown_lines_is_kept_until_they_are_left_out(
    planner: TestClient, read, slug: str, htmx: bool
):
    text = "the-pile/arxiv 3\nno such thing 4"
    answer = send(planner, slug, "add_list", htmx=htmx, list=text)
    assert answer.status_code == 422
    assert "no such thing" in answer.text.partition("<textarea")[2].partition("</textarea>")[0]
    assert 'id="list-error"' in answer.text
    assert weights(read(slug)) == {}
    assert send(planner, slug, "add_list", list=text, skip="1").status_code == 303
    assert weights(read(slug)) == {"the-pile/arxiv": 3}


@pytest.mark.parametrize("text", ["", "# nothing\n", "x\n" * 2001, "the-pile/arxiv 1e400"])
def test_list_that_is_none_is_refused(planner: TestClient, read, slug: str, text: str):
    answer = send(planner, slug, "add_list", list=text)
    assert answer.status_code == 422
    assert weights(read(slug)) == {}


def test_recipe_is_added_with_printed_weights_and_names_what_is_missing(
    planner: TestClient, read, slug: str
):
    answer = send(planner, slug, "add_recipe", recipe="llama-1")
    if answer.status_code == 404:
        answer = send(planner, slug, "add_recipe", recipe="gpt3")
    assert answer.status_code in {303, 422}
    answer = send(planner, slug, "add_recipe", htmx=True, recipe="the-pile")
    assert answer.status_code == 200
    assert weights(read(slug))["the-pile/pile-cc"] == pytest.approx(18.11)
    assert send(planner, slug, "add_recipe", recipe="").status_code == 422
    assert send(planner, slug, "add_recipe", recipe="nothing").status_code == 404


def test_subsets_of_a_dataset_are_added(planner: TestClient, read, slug: str):
    assert send(planner, slug, "add_subsets", parent="the-pile").status_code == 303
    assert len(weights(read(slug))) == 22
    answer = send(planner, slug, "add_subsets", htmx=True, parent="skypile-150b")
    assert answer.status_code == 422
    assert 'id="parent-error"' in answer.text


def test_everything_that_a_filter_finds_is_added(planner: TestClient, read, slug: str):
    page = planner.get(f"/mixtures/{slug}?q=&category=code", headers=FOUND).text
    answer = send(planner, slug, "add_found", q="", category="code")
    assert answer.status_code == 303
    count = len(weights(read(slug)))
    assert count > 1
    assert f"Add all {count} that the search finds" in page


def test_dataset_of_the_team_is_found_by_the_team(
    planner: TestClient, seeded_session: Session, slug: str
):
    seeded_session.execute(
        update(Dataset).where(Dataset.slug == "skypile-150b").values(visibility="team")
    )
    assert send(planner, slug, "add", dataset="skypile-150b").status_code == 303


def test_added_subset_of_a_phase_that_is_gone_is_404(planner: TestClient, slug: str):
    answer = send(planner, slug, "add", dataset="skypile-150b", phase="Gone")
    assert answer.status_code == 404
    assert planner.get(f"/mixtures/{slug}", headers=HTMX).status_code == 200
