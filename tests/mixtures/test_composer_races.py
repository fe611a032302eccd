"""Two people in one draft at the same moment, as their browsers send it; fifty steps and back."""

import re
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.main import create_app
from app.mixtures import content as contents
from app.mixtures.models import DraftEdit
from app.mixtures.queries import drafts as draft_queries
from app.settings import Settings
from tests import factories
from tests.mixtures.making import make_mixture, make_viewer

NAMES = ("Li Na", "Sun Li")
BOOKS, WIKIPEDIA = "the-pile/books3", "the-pile/wikipedia-en"
EDITS = 60
HTMX = {"HX-Request": "true", "HX-Target": "div#composer", "HX-Request-Type": "partial"}


def send(client: TestClient, slug: str, revision: int, **fields: str):
    form = {"phase": "Main", "revision": str(revision)} | fields
    return client.post(f"/mixtures/{slug}/edit", data=form, headers=HTMX)


def revision_of(page: str) -> int:
    found = re.search(r'name="revision" value="(\d+)"', page)
    assert found, page
    return int(found[1])


@pytest.mark.race
def test_two_browsers_in_one_draft_lose_nothing_and_are_told_who_changed_what(
    new_seeded_database: Callable[[], str], tmp_path: Path
):
    url = new_seeded_database()
    engine = create_engine(url)
    apps = [create_app(Settings(data_dir=tmp_path / name), url) for name in ("one", "two")]
    with Session(engine) as session, session.begin():
        mixture = make_mixture(session, make_viewer(session))
        mixture_id, slug = mixture.id, mixture.slug
    start = threading.Barrier(2)

    def write(number: int) -> int:
        """Type one weight after another; return how often the other one was first."""
        beaten = 0
        with TestClient(apps[number], follow_redirects=False) as client:
            with Session(engine) as session, session.begin():
                account = factories.make_account(session, role=Role.PLANNER, name=NAMES[number])
                factories.sign_in(client, session, account)
            revision = 1
            start.wait()
            for value in range(101, 101 + EDITS):
                field = {f"w.{(BOOKS, WIKIPEDIA)[number]}": str(value)}
                answer = send(client, slug, revision, do="cells", **field)
                while answer.status_code == 412:
                    beaten += 1
                    assert NAMES[1 - number] in answer.text
                    assert "nothing is lost" in answer.text
                    # What "Put mine on top" sends.
                    revision = revision_of(answer.text)
                    answer = send(client, slug, revision, do="cells", **field)
                assert answer.status_code == 200
                revision = revision_of(answer.text)
        return beaten

    with ThreadPoolExecutor(2) as pool:
        beaten = sum(pool.map(write, (0, 1)))
    with Session(engine) as session:
        draft = draft_queries.get_draft(session, mixture_id)
        typed = [one.weight for one in contents.read(draft.content).phases[0].components]
        edits = Counter(
            session.scalars(select(DraftEdit.actor_name).where(DraftEdit.mixture_id == mixture_id))
        )
    engine.dispose()
    assert typed == [100 + EDITS, 100 + EDITS]
    assert draft.revision == 1 + 2 * EDITS
    assert (edits[NAMES[0]], edits[NAMES[1]]) == (EDITS, EDITS)
    assert beaten, "they never met, so nothing was tested"


def test_fifty_steps_go_back_and_forward_again_over_reloads(
    seeded_client: TestClient, seeded_session: Session
):
    client = factories.signed_in(seeded_client, seeded_session, "planner")
    slug = make_mixture(seeded_session, make_viewer(seeded_session)).slug

    def shown() -> tuple[str, int]:
        """Return the weight that the page shows when it is opened anew, and its revision."""
        page = client.get(f"/mixtures/{slug}").text
        found = re.search(rf'name="w\.{BOOKS}" value="([^"]*)"', page)
        assert found
        return found[1], revision_of(page)

    first, revision = shown()
    values = [str(value) for value in range(201, 251)]
    for value in values:
        assert send(client, slug, revision, do="cells", **{f"w.{BOOKS}": value}).is_success
        revision += 1
    for value in [*reversed(values[:-1]), first]:
        assert send(client, slug, revision, do="undo").is_success
        found, revision = shown()
        assert found == value
    assert send(client, slug, revision, do="undo").status_code == 409
    for value in values:
        assert send(client, slug, revision, do="redo").is_success
        found, revision = shown()
        assert found == value
    assert send(client, slug, revision, do="redo").status_code == 409
