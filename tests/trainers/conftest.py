"""A version of two subsets of The Pile in two phases, and where one of them lies."""

import pytest

from app.accounts.models import Role
from app.catalog import queries as catalog_queries
from app.catalog.locations import service as locations
from app.catalog.locations.service import Entered, Place
from app.mixtures import versions
from tests.factories import make_account, signed_in
from tests.mixtures.making import component, content, make_mixture, make_viewer, phase

# Files for frameworks, and what runs in their environments: nothing that is imported here.
collect_ignore_glob = ["golden/*", "full/*"]


@pytest.fixture
def viewer(seeded_session):
    return make_viewer(seeded_session)


@pytest.fixture
def mixture(seeded_session, viewer):
    parts = [component("the-pile/books3", 60), component("the-pile/wikipedia-en", 40)]
    made = content(phase(parts, budget=10**9), phase(parts[:1], budget=10**8, name="Anneal"))
    found = make_mixture(seeded_session, viewer, made)
    versions.save_version(seeded_session, found, message="first", viewer=viewer)
    return found


@pytest.fixture
def placed(seeded_session, viewer, mixture):
    """The mixture, with a location of books3 in two layouts and its mean length."""
    dataset = catalog_queries.get_dataset(seeded_session, "the-pile/books3", with_team=True)
    entered = Entered(
        (
            Place("/data/books3", "megatron", tokenizer="qwen2-qwen3"),
            Place("/data/energon/books3", "webdataset"),
        ),
        50_000.0,
        "counted",
    )
    locations.save(seeded_session, dataset, entered, viewer=viewer)
    return mixture


@pytest.fixture
def planner(seeded_client, seeded_session):
    account = make_account(seeded_session, role=Role.PLANNER)
    return signed_in(seeded_client, seeded_session, Role.PLANNER, account=account)
