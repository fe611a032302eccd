"""Who has seen that the catalogue changed under a version is not told of it again."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts import tokens
from app.accounts.permissions import Scope
from app.catalog.models.datasets import Dataset
from app.mixtures import staleness, versions
from app.mixtures.models import Mixture, MixtureVersion
from tests import factories
from tests.mixtures.making import OUTSIDER, make_mixture, make_viewer
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


def test_people_outside_are_not_told_that_what_they_may_not_know_is_gone(seeded_session: Session):
    viewer = make_viewer(seeded_session)
    seeded_session.execute(
        update(Dataset).where(Dataset.slug == "the-pile/books3").values(visibility="team")
    )
    mixture = make_mixture(seeded_session, viewer)
    version = versions.save_version(seeded_session, mixture, message="m", viewer=viewer)
    opened = versions.open_version(version, with_team=False)
    assert staleness.find(seeded_session, opened, OUTSIDER) == ()
    assert staleness.count_stale(seeded_session, [version], OUTSIDER) == {version.id: 0}
    set_estimate(seeded_session, "the-pile/wikipedia-en", 7)
    assert [one.dataset for one in staleness.find(seeded_session, opened, OUTSIDER)] == [
        "the-pile/wikipedia-en"
    ]


# By API.


def test_program_reads_that_a_version_is_stale_and_what_changed(planner: TestClient, stale):
    address = f"/api/v1/mixtures/{stale[0].slug}/versions"
    assert [one["changed_datasets"] for one in planner.get(address).json()["items"]] == [1]
    assert planner.get(f"{address}/1").json()["changed_datasets"] == 1
    found = planner.get(f"{address}/1/changes").json()
    assert (found["total"], found["seen"]) == (1, False)
    changed = found["items"][0]
    assert (changed["dataset"], changed["fields"]) == ("the-pile/books3", ["estimate"])
    assert changed["now"]["mid"] == 7
    assert changed["before"]["mid"] > 7
    assert changed["now_epochs"] > changed["before_epochs"]


def test_program_says_seen_of_exactly_what_it_read(
    planner: TestClient, seeded_session: Session, stale
):
    address = f"/api/v1/mixtures/{stale[0].slug}/versions/1"
    assert planner.post(f"{address}/seen").status_code == 428
    etag = planner.get(f"{address}/changes").headers["ETag"]
    set_estimate(seeded_session, "the-pile/books3", 8)
    answer = planner.post(f"{address}/seen", headers={"If-Match": etag})
    assert answer.status_code == 412
    assert "changed again" in answer.json()["error"]["message"]
    etag = planner.get(f"{address}/changes").headers["ETag"]
    assert planner.post(f"{address}/seen", headers={"If-Match": etag}).status_code == 204
    assert planner.get(f"{address}/changes").json()["seen"] is True
    assert CHANGED not in planner.get(f"/mixtures/{stale[0].slug}").text


def test_token_that_only_reads_does_not_silence_its_owner(
    planner: TestClient, seeded_session: Session, stale
):
    account = factories.make_account(seeded_session, role="viewer")
    planner.cookies.clear()
    for scopes, status in (((Scope.MIXTURES_READ,), 403), (tuple(Scope), 204)):
        secret = tokens.create_token(
            seeded_session, account, actor=factories.actor(account), name="t", scopes=scopes, days=1
        )
        planner.headers["Authorization"] = f"Bearer {secret}"
        address = f"/api/v1/mixtures/{stale[0].slug}/versions/1"
        etag = planner.get(f"{address}/changes").headers["ETag"]
        answer = planner.post(f"{address}/seen", headers={"If-Match": etag})
        assert answer.status_code == status, answer.text
