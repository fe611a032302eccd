"""What the composer's tests send and read."""

import re

from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.mixtures.content import Content
from app.mixtures.models import Draft, Mixture
from app.mixtures.queries import drafts as draft_queries

HTMX = {"HX-Request": "true", "HX-Target": "div#composer", "HX-Request-Type": "partial"}
BOOKS, WIKIPEDIA, ARXIV = "the-pile/books3", "the-pile/wikipedia-en", "the-pile/arxiv"


def draft_of(session: Session, slug: str) -> Draft:
    session.expire_all()
    mixture = session.scalars(select(Mixture).where(Mixture.slug == slug)).one()
    return draft_queries.get_draft(session, mixture.id)


def send(client: TestClient, slug: str, do: str, *, htmx: bool = False, **values: object):
    """Send a form of the composer as it is now."""
    page = client.get(f"/mixtures/{slug}").text
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision, page
    data = {"do": do, "revision": revision[1], "phase": "Main"} | values
    return client.post(f"/mixtures/{slug}/edit", data=data, headers=HTMX if htmx else {})


def cell(page: str, name: str) -> str:
    """Return the tag of a field."""
    found = re.search(rf'<input[^>]*id="{re.escape(name)}"[^>]*>', page)
    assert found, f"no field {name}"
    return found[0]


def weights(made: Content, place: int = 0) -> dict[str, float]:
    return {one.dataset: one.weight for one in made.phases[place].components}


def draft_revision(client: TestClient, slug: str) -> str:
    return re.search(r'name="revision" value="(\d+)"', client.get(f"/mixtures/{slug}").text)[1]
