"""A text put into a draft by page: seen before it counts, never over what others did."""

import html
import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.mixtures import drafts
from app.mixtures.edits import cells
from app.mixtures.models import Draft, Mixture
from app.mixtures.queries import drafts as draft_queries
from tests import factories
from tests.mixtures.making import make_mixture, make_viewer

BUDGET = "token_budget: 1000000000"


@pytest.fixture
def planner(seeded_client: TestClient, seeded_session: Session) -> TestClient:
    return factories.signed_in(seeded_client, seeded_session, "planner")


@pytest.fixture
def mixture(seeded_session: Session) -> Mixture:
    return make_mixture(seeded_session, make_viewer(seeded_session))


def address(mixture: Mixture) -> str:
    return f"/mixtures/{mixture.slug}/edit-text"


def text_of(page: str) -> str:
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    return html.unescape(found[1])


def draft_of(session: Session, mixture: Mixture) -> Draft:
    session.expire_all()
    return draft_queries.get_draft(session, mixture.id)


def test_text_is_shown_as_changes_before_it_counts(
    planner: TestClient, seeded_session: Session, mixture: Mixture
):
    text = text_of(planner.get(address(mixture)).text)
    assert text == planner.get(f"/mixtures/{mixture.slug}/text").text
    changed = text.replace(BUDGET, "token_budget: 2B  # twice")
    seen = planner.post(address(mixture), data={"text": changed, "revision": "1", "do": "preview"})
    assert "phase Main: budget 1B → 2B" in html.unescape(seen.text)
    assert text_of(seen.text) == changed
    assert draft_of(seeded_session, mixture).revision == 1
    done = planner.post(address(mixture), data={"text": changed, "revision": "1", "do": "apply"})
    assert done.headers["Location"] == f"/mixtures/{mixture.slug}?did=2"
    assert "draft read from a text" in planner.get(done.headers["Location"]).text
    assert draft_of(seeded_session, mixture).content["phases"][0]["token_budget"] == 2 * 10**9
    viewer = make_viewer(seeded_session)
    drafts.undo(seeded_session, mixture, revision=2, viewer=viewer)
    assert draft_of(seeded_session, mixture).content["phases"][0]["token_budget"] == 10**9


def test_text_of_an_older_draft_names_what_it_takes_back(
    planner: TestClient, seeded_session: Session, mixture: Mixture
):
    text = text_of(planner.get(address(mixture)).text)
    other = make_viewer(seeded_session, name="Li Na")
    edit = cells.type_entry("Main", "the-pile/books3", "10")
    drafts.edit_draft(seeded_session, mixture, edit, revision=1, viewer=other)
    changed = text.replace(BUDGET, "token_budget: 2B")
    late = planner.post(address(mixture), data={"text": changed, "revision": "1", "do": "apply"})
    assert late.status_code == 412
    assert "changed while you looked" in late.text
    assert "Li Na" in late.text
    assert text_of(late.text) == changed
    assert draft_of(seeded_session, mixture).revision == 2
    seen = planner.post(address(mixture), data={"text": changed, "revision": "2", "do": "preview"})
    assert "takes these changes back" in seen.text
    done = planner.post(address(mixture), data={"text": changed, "revision": "2", "do": "apply"})
    assert done.status_code == 303


def test_text_that_cannot_be_read_stays_with_its_error(
    planner: TestClient, seeded_session: Session, mixture: Mixture
):
    for text, words in (
        ("phases: [", "Line 1 of the text cannot be read"),
        ("phases:\n  - name: Main\n    token_budget: -3\n", "phases.1.token_budget"),
        ("", "The text is not a mixture"),
    ):
        answer = planner.post(
            address(mixture), data={"text": text, "revision": "1", "do": "preview"}
        )
        assert answer.status_code == 422
        assert words in html.unescape(answer.text)
        assert 'aria-invalid="true"' in answer.text
        assert text_of(answer.text) == text
    assert draft_of(seeded_session, mixture).revision == 1


def test_text_of_another_mixture_says_so(planner: TestClient, mixture: Mixture):
    text = text_of(planner.get(address(mixture)).text)
    other = text.replace(f"mixture: {mixture.slug}", "mixture: other")
    answer = planner.post(address(mixture), data={"text": other, "revision": "1", "do": "preview"})
    assert "The text is of the mixture other" in answer.text
    assert "The same." in answer.text
    assert 'value="apply"' not in answer.text


def test_only_editors_put_a_text_in(
    seeded_client: TestClient, seeded_session: Session, mixture: Mixture
):
    viewer = factories.signed_in(seeded_client, seeded_session, "viewer")
    assert viewer.get(address(mixture)).status_code == 403
    assert viewer.post(address(mixture), data={"text": "x", "do": "apply"}).status_code == 403
    assert viewer.get("/mixtures/nothing/edit-text").status_code == 404
