"""Where nobody counted some of the data, no list, page, answer or command says that it fits."""

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.mixtures import client as remote
from app.mixtures import versions
from tests import factories
from tests.mixtures.making import component, content, make_mixture, make_viewer, phase

COUNTED, NOT_COUNTED = "the-pile/books3", "the-pile/arxiv"
TEXT = (
    "phases:\n- name: Main\n  token_budget: 1B\n"
    f"  components:\n  - dataset: {COUNTED}\n  - dataset: {NOT_COUNTED}\n"
)


@pytest.fixture
def planner(seeded_client: TestClient, seeded_session: Session) -> TestClient:
    return factories.signed_in(seeded_client, seeded_session, "planner")


def make_version(session: Session, *datasets: str) -> str:
    """Save a version of a mixture of these datasets; return the mixture's slug."""
    viewer = make_viewer(session)
    made = content(phase([component(one, 50) for one in datasets], budget=10**9))
    mixture = make_mixture(session, viewer, made)
    versions.save_version(session, mixture, message="first", viewer=viewer)
    return mixture.slug


@pytest.mark.parametrize(
    ("datasets", "word"),
    [((COUNTED,), "fits"), ((COUNTED, NOT_COUNTED), "not known")],
)
def test_lists_say_what_is_known(
    planner: TestClient, seeded_session: Session, datasets: tuple[str, ...], word: str
):
    slug = make_version(seeded_session, *datasets)
    for page in ("/mixtures", f"/mixtures/{slug}/versions"):
        text = planner.get(page).text
        verdicts = re.findall(r"</svg>\s*(fits|not known|does not fit)\s*<", text)
        assert verdicts == [word], page


def test_version_page_and_api_claim_nothing(planner: TestClient, seeded_session: Session):
    slug = make_version(seeded_session, COUNTED, NOT_COUNTED)
    page = planner.get(f"/mixtures/{slug}/versions/1").text
    assert "1 component has no estimate" in page
    assert "every limit of every phase" not in page
    listed = planner.get(f"/api/v1/mixtures/{slug}/versions").json()["items"][0]
    assert listed["feasible"] is None
    checked = planner.post("/api/v1/mixtures/check", json={"text": TEXT}).json()
    assert (checked["ok"], checked["fits"]) == (True, None)
    known = TEXT.replace(f"  - dataset: {NOT_COUNTED}\n", "")
    assert planner.post("/api/v1/mixtures/check", json={"text": known}).json()["fits"] is True


def test_check_of_the_command_line_says_that_it_is_not_known():
    assert remote.Report(ok=True, is_known=True, lines=[]).printed() == "ok"
    unsure = remote.Report(ok=True, is_known=False, lines=["warning\tMain\tno estimate"]).printed()
    assert unsure.splitlines()[-1].startswith("not known whether it fits")
    bad = remote.Report(ok=False, is_known=False, lines=["error\tMain\ttoo much"])
    assert bad.printed() == "error\tMain\ttoo much"
