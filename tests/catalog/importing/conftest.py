"""A planner on the seeded catalogue, and a store for the files that are sent."""

from pathlib import Path

import pytest

from app.accounts.models import Role
from app.files.purposes import FileStore
from app.files.storage import FileStorage
from tests.catalog.importing.sending import storage_in
from tests.factories import make_account, signed_in


@pytest.fixture
def storage(tmp_path: Path) -> FileStorage:
    return storage_in(tmp_path)


@pytest.fixture
def planner(shared_app, seeded_client, seeded_session, storage):
    """A client of a planner whose files lie in the test's directory."""
    before = shared_app.state.file_store
    shared_app.state.file_store = FileStore(storage, before.purposes, 10**9)
    account = make_account(seeded_session, role=Role.PLANNER, name="Li Na")
    yield signed_in(seeded_client, seeded_session, Role.PLANNER, account=account)
    shared_app.state.file_store = before
