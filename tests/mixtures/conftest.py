"""Somebody who composes, a mixture and its draft."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.mixtures import content as contents
from app.mixtures.content import Content
from tests import factories
from tests.mixtures.composing import draft_of
from tests.mixtures.making import make_mixture, make_viewer


@pytest.fixture
def planner(seeded_client: TestClient, seeded_session: Session) -> TestClient:
    return factories.signed_in(seeded_client, seeded_session, "planner")


@pytest.fixture
def slug(planner: TestClient, seeded_session: Session) -> str:
    """A mixture of two subsets of The Pile, 60 to 40 of a billion tokens."""
    return make_mixture(seeded_session, make_viewer(seeded_session)).slug


@pytest.fixture
def read(seeded_session: Session) -> Callable[[str], Content]:
    """Return the draft as it is stored."""

    def stored(slug: str) -> Content:
        return contents.read(draft_of(seeded_session, slug).content)

    return stored
