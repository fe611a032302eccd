"""A dataset for the team alone: nobody else finds its name, wherever a link or an export leads."""

import io
import re
import zipfile
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.catalog.models.datasets import Dataset
from app.catalog.search.indexing import index_datasets

HIDDEN = "secret-corpus-7731"
STARTS = (
    "/catalogue",
    f"/catalogue?q={HIDDEN}",
    "/catalogue?subsets=true",
    "/catalogue/fineweb-edu",
    "/compare?d=fineweb&d=the-pile",
    "/about-the-data",
    "/glossary",
    "/providers/hugging-face",
    f"/api/v1/datasets?q={HIDDEN}",
    "/api/v1/datasets/fineweb-edu",
    "/api/v1/datasets/fineweb",
    "/robots.txt",
    "/sitemap.xml",
    *(f"/api/v1/exports/datasets?format={name}&subsets=true" for name in ("csv", "json")),
    "/api/v1/exports/datasets?format=xlsx",
    "/api/v1/exports/datasets?format=croissant",
    "/api/v1/exports/datasets?format=hf",
    *(f"/api/v1/datasets/fineweb-edu/export?format={name}" for name in ("json", "hf", "croissant")),
)
MOST_PAGES = 60


@pytest.fixture
def hidden(seeded_session: Session) -> str:
    """The dataset that FineWeb-Edu was made from, renamed and hidden."""
    dataset = seeded_session.scalars(select(Dataset).where(Dataset.slug == "fineweb")).one()
    values = {"visibility": "team", "name_en": HIDDEN, "name_zh": HIDDEN, "aliases": [HIDDEN]}
    seeded_session.execute(update(Dataset).where(Dataset.id == dataset.id).values(values))
    index_datasets(seeded_session, [dataset.id])
    seeded_session.expire_all()
    return HIDDEN


def texts(content: bytes) -> str:
    """Return what an answer says; of a ZIP, what its parts say."""
    if not content.startswith(b"PK"):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return "\n".join(f"{name} {package.read(name).decode()}" for name in package.namelist())


def test_nobody_finds_the_name_of_what_the_team_alone_may_see(
    seeded_client: TestClient, seeded_session: Session, hidden: str
) -> None:
    waiting, seen, answered = [*STARTS], set(STARTS), 0
    while waiting and answered < MOST_PAGES:
        address = waiting.pop(0)
        response = seeded_client.get(address)
        answered += 1
        # A page may repeat what was asked for.
        told = texts(response.content)
        if hidden in address:
            told = re.sub(rf"q={hidden}|value=\"{hidden}\"|“{hidden}”", "", told)
        assert '/catalogue/fineweb"' not in told, address
        if hidden not in address:
            assert hidden not in told, address
        for link in re.findall(r'href="([^"]+)"', told if "<html" in told else ""):
            path = urljoin(address, unescape(link)).partition("#")[0]
            if not urlsplit(path).netloc and path not in seen and "/static/" not in path:
                seen.add(path)
                waiting.append(path)
    assert answered == MOST_PAGES
    assert seeded_client.get("/api/v1/datasets/fineweb").status_code == 404
    assert seeded_client.get(f"/api/v1/datasets?q={hidden}").json()["total"] == 0
