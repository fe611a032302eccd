"""A planner on the seeded catalogue."""

import pytest

from app.accounts.models import Role
from tests.factories import make_account, signed_in


@pytest.fixture
def planner(seeded_client, seeded_session):
    account = make_account(seeded_session, role=Role.PLANNER, name="Li Na")
    return signed_in(seeded_client, seeded_session, Role.PLANNER, account=account)
