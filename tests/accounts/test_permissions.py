"""The table of roles and permissions, and what a token takes from it."""

import pytest

from app.accounts.models import Role
from app.accounts.permissions import (
    ROLE_PERMISSIONS,
    SCOPE_PERMISSIONS,
    Permission,
    Scope,
    permissions_of_token,
)
from app.accounts.viewers import Viewer, require
from app.errors import Forbidden, NotSignedIn

P = Permission
TEAM = {P.BROWSE_PUBLIC_CATALOGUE, P.BROWSE_TEAM_CATALOGUE, P.READ_MIXTURES, P.READ_QUOTES}

# Written out once more, so that a change of the table is a decision and not a slip.
EXPECTED = {
    Role.VIEWER: TEAM,
    Role.PLANNER: TEAM | {P.EDIT_CATALOGUE, P.CONFIRM_UNIT, P.EDIT_MIXTURES},
    Role.BUYER: TEAM | {P.EDIT_REQUESTS, P.OPEN_REQUESTS},
    Role.APPROVER: TEAM | {P.OPEN_REQUESTS, P.OPEN_LARGE_REQUESTS, P.AWARD_QUOTES},
    Role.ADMINISTRATOR: TEAM
    | {
        P.EDIT_CATALOGUE,
        P.CONFIRM_UNIT,
        P.EDIT_PRIORS,
        P.EDIT_MIXTURES,
        P.MANAGE_PEOPLE,
        P.MANAGE_SETTINGS,
        P.READ_AUDIT,
    },
    Role.VENDOR: {P.BROWSE_PUBLIC_CATALOGUE, P.ANSWER_REQUESTS},
}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("permission", list(Permission))
def test_each_role_may_do_what_the_table_says(role: Role, permission: Permission):
    assert (permission in ROLE_PERMISSIONS[role]) == (permission in EXPECTED[role])


def test_administrators_spend_no_money():
    assert not ROLE_PERMISSIONS[Role.ADMINISTRATOR] & {
        P.EDIT_REQUESTS,
        P.OPEN_REQUESTS,
        P.OPEN_LARGE_REQUESTS,
        P.AWARD_QUOTES,
        P.ANSWER_REQUESTS,
    }


def test_a_token_without_scopes_may_do_nothing():
    assert permissions_of_token(Role.ADMINISTRATOR, frozenset()) == frozenset()


def test_a_token_never_exceeds_its_owner():
    every_scope = frozenset(Scope)
    for role in Role:
        assert permissions_of_token(role, every_scope) <= ROLE_PERMISSIONS[role]


def test_a_token_is_its_role_and_its_scope():
    allowed = permissions_of_token(Role.PLANNER, frozenset({Scope.CATALOGUE_WRITE}))
    assert allowed == {P.EDIT_CATALOGUE, P.CONFIRM_UNIT}


def test_no_scope_manages_people_or_reads_the_audit_trail():
    in_scopes = frozenset().union(*SCOPE_PERMISSIONS.values())
    assert not in_scopes & {P.MANAGE_PEOPLE, P.MANAGE_SETTINGS, P.READ_AUDIT}
    assert set(SCOPE_PERMISSIONS) == set(Scope)


def test_require_asks_nobody_to_sign_in_and_refuses_the_others():
    with pytest.raises(NotSignedIn):
        require(Viewer(), P.EDIT_CATALOGUE)
    somebody = Viewer(account_id=1, role=Role.VIEWER, permissions=frozenset(TEAM), via="session")
    require(somebody, P.READ_QUOTES)
    with pytest.raises(Forbidden, match="role does not allow"):
        require(somebody, P.EDIT_CATALOGUE)


def test_require_tells_a_token_that_its_scopes_are_too_small():
    token = Viewer(account_id=1, role=Role.PLANNER, via="token")
    with pytest.raises(Forbidden, match="token's scopes"):
        require(token, P.EDIT_CATALOGUE)
    with pytest.raises(Forbidden, match="role does not allow"):
        require(token, P.AWARD_QUOTES)
