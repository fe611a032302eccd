"""Who has seen that the catalogue changed under a version is not told of it again."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.mixtures import staleness, versions
from app.mixtures.models import Mixture, MixtureVersion
from tests import factories
from tests.mixtures.making import make_mixture, make_viewer
from tests.mixtures.test_versions import set_estimate

CHANGED = "The catalogue changed."


@pytest.fixture
def planner(seeded_client: TestClient, seeded_session: Session) -> TestClient:
    return factories.signed_in(seeded_client, seeded_session, "planner")


@pytest.fixture
def stale(seeded_session: Session) -> tuple[Mixture, MixtureVersion]:
    """Return a mixture and its version, of which one dataset changed since."""
    viewer = make_viewer(seeded_session)
    mixture = make_mixture(seeded_session, viewer)
    version = versions.save_version(seeded_session, mixture, message="m", viewer=viewer)
    set_estimate(seeded_session, "the-pile/books3", 7)
    return mixture, version


def test_notice_of_a_draft_offers_three_ways(planner: TestClient, stale):
    page = planner.get(f"/mixtures/{stale[0].slug}").text
    assert CHANGED in page
    assert "See what changed" in page
    assert "Seen, keep version 1 as it is" in page
    assert f"/mixtures/{stale[0].slug}/versions?rebase=true" in page
    form = planner.get(f"/mixtures/{stale[0].slug}/versions?rebase=true").text
    assert 'value="On the catalogue as it is now"' in form


def test_notice_goes_when_it_was_seen_and_comes_back_with_the_next_change(
    planner: TestClient, seeded_session: Session, stale
):
    slug = stale[0].slug
    answer = planner.post(f"/mixtures/{slug}/versions/1/seen", data={"from": "draft"})
    assert answer.headers["Location"] == f"/mixtures/{slug}?done=seen"
    assert "you are told again" in planner.get(answer.headers["Location"]).text
    assert CHANGED not in planner.get(f"/mixtures/{slug}").text
    version = planner.get(f"/mixtures/{slug}/versions/1").text
    assert "Stale, seen" in version
    assert "1 dataset changed since this version" in version
    set_estimate(seeded_session, "the-pile/books3", 8)
    assert CHANGED in planner.get(f"/mixtures/{slug}").text
    planner.post(f"/mixtures/{slug}/versions/1/seen")
    assert CHANGED not in planner.get(f"/mixtures/{slug}").text


def test_seen_is_said_for_oneself_alone(planner: TestClient, seeded_session: Session, stale):
    other = make_viewer(seeded_session)
    planner.post(f"/mixtures/{stale[0].slug}/versions/1/seen")
    assert not staleness.has_seen(seeded_session, stale[1], other)


def test_nobody_says_so_without_an_account_or_of_what_is_not_there(
    seeded_client: TestClient, planner: TestClient, stale
):
    assert planner.post(f"/mixtures/{stale[0].slug}/versions/2/seen").status_code == 404
    seeded_client.cookies.clear()
    assert seeded_client.post(f"/mixtures/{stale[0].slug}/versions/1/seen").status_code != 200
