"""The whole seeded catalogue: exported, imported into an empty portal, exported again."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, delete
from sqlalchemy.orm import Session

from app.catalog.importing import service
from app.catalog.importing.models import ImportState
from app.catalog.importing.options import Options
from app.catalog.models.providers import Provider, ProviderService
from app.catalog.models.sources import Source
from app.catalog.seed import reference
from app.main import create_app
from app.settings import Settings
from tests.catalog.importing.sending import apply, rows_of, send, storage_in

LIST = "/api/v1/exports/datasets"


@pytest.fixture
def empty_portal(new_database: Callable[[], str]) -> Iterator[tuple[Session, TestClient]]:
    """A portal that knows tokenizers, priors and categories, and no dataset, provider or source."""
    url = new_database()
    engine = create_engine(url)
    with Session(engine, expire_on_commit=False) as session:
        reference.apply(session)
        for model in (ProviderService, Provider, Source):
            session.execute(delete(model))
        session.commit()
        settings = Settings(jobs_in_process=False)
        with TestClient(create_app(settings, url)) as client:
            yield session, client
    engine.dispose()


@pytest.mark.parametrize("name", ["json", "csv"])
def test_the_catalogue_comes_back_byte_for_byte(
    seeded_client: TestClient,
    empty_portal: tuple[Session, TestClient],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
) -> None:
    # In the request itself, so that the test needs no worker.
    monkeypatch.setattr(service, "SMALL_BYTES", 10**9)
    monkeypatch.setattr(service, "SMALL_ROWS", 10**6)
    session, client = empty_portal
    params = {"format": name, "subsets": "true"}
    exported = seeded_client.get(LIST, params=params).content
    assert json.loads(client.get(LIST, params={"format": "json"}).content)["datasets"] == []

    found = send(
        session,
        storage_in(tmp_path),
        exported,
        f"catalogue.{name}",
        chosen=Options(visibility="public"),
    )
    wrong = [(row.slug, row.findings) for row in rows_of(session, found) if row.findings]
    assert [one for one in wrong if any(f["severity"] == "error" for f in one[1])] == []
    apply(session, found)
    session.commit()

    assert found.state == ImportState.APPLIED
    assert client.get(LIST, params=params).content == exported
