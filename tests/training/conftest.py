"""People who plan training runs."""

import pytest

from app.accounts.models import Role
from tests import factories
from tests.factories import make_account


@pytest.fixture
def sign_in(client, session):
    def with_account(account):
        client.cookies.clear()
        factories.sign_in(client, session, account)

    return with_account


@pytest.fixture
def sign_out(client):
    return client.cookies.clear


@pytest.fixture
def planner(session, sign_in):
    account = make_account(session, role=Role.PLANNER)
    sign_in(account)
    return account
