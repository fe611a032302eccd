"""Who may do what: roles, permissions and token scopes, as tables."""

from enum import StrEnum

from app.accounts.models import Role


class Permission(StrEnum):
    """One thing that a role allows."""

    BROWSE_PUBLIC_CATALOGUE = "catalogue.browse_public"
    BROWSE_TEAM_CATALOGUE = "catalogue.browse_team"
    EDIT_CATALOGUE = "catalogue.edit"
    CONFIRM_UNIT = "catalogue.confirm_unit"
    EDIT_PRIORS = "priors.edit"
    READ_MIXTURES = "mixtures.read"
    EDIT_MIXTURES = "mixtures.edit"
    READ_QUOTES = "quotes.read"
    EDIT_REQUESTS = "quotes.edit_requests"
    OPEN_REQUESTS = "quotes.open_requests"
    OPEN_LARGE_REQUESTS = "quotes.open_large_requests"
    AWARD_QUOTES = "quotes.award"
    ANSWER_REQUESTS = "quotes.answer_requests"
    MANAGE_PEOPLE = "people.manage"
    MANAGE_SETTINGS = "settings.manage"
    READ_AUDIT = "audit.read"


class Scope(StrEnum):
    """A part of its owner's permissions that an API token may carry."""

    CATALOGUE_READ = "catalogue:read"
    CATALOGUE_WRITE = "catalogue:write"
    MIXTURES_READ = "mixtures:read"
    MIXTURES_WRITE = "mixtures:write"
    QUOTES_READ = "quotes:read"
    QUOTES_WRITE = "quotes:write"


ANYONE: frozenset[Permission] = frozenset({Permission.BROWSE_PUBLIC_CATALOGUE})

_TEAM = ANYONE | {
    Permission.BROWSE_TEAM_CATALOGUE,
    Permission.READ_MIXTURES,
    Permission.READ_QUOTES,
}

# Administrators manage people and settings, but neither write requests nor award quotes:
# who can make accounts must not also be able to spend money.
ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: _TEAM,
    Role.PLANNER: _TEAM
    | {
        Permission.EDIT_CATALOGUE,
        Permission.CONFIRM_UNIT,
        Permission.EDIT_MIXTURES,
    },
    Role.BUYER: _TEAM
    | {
        Permission.EDIT_REQUESTS,
        Permission.OPEN_REQUESTS,
    },
    Role.APPROVER: _TEAM
    | {
        Permission.OPEN_REQUESTS,
        Permission.OPEN_LARGE_REQUESTS,
        Permission.AWARD_QUOTES,
    },
    Role.ADMINISTRATOR: _TEAM
    | {
        Permission.EDIT_CATALOGUE,
        Permission.CONFIRM_UNIT,
        Permission.EDIT_PRIORS,
        Permission.EDIT_MIXTURES,
        Permission.MANAGE_PEOPLE,
        Permission.MANAGE_SETTINGS,
        Permission.READ_AUDIT,
    },
    # A vendor's member sees of the team only what everybody sees, and the requests
    # addressed to their own organisation.
    Role.VENDOR: ANYONE | {Permission.ANSWER_REQUESTS},
}

# What is in no scope cannot be done with a token at all: a leaked token makes no accounts.
SCOPE_PERMISSIONS: dict[Scope, frozenset[Permission]] = {
    Scope.CATALOGUE_READ: frozenset(
        {Permission.BROWSE_PUBLIC_CATALOGUE, Permission.BROWSE_TEAM_CATALOGUE}
    ),
    Scope.CATALOGUE_WRITE: frozenset(
        {Permission.EDIT_CATALOGUE, Permission.CONFIRM_UNIT, Permission.EDIT_PRIORS}
    ),
    Scope.MIXTURES_READ: frozenset({Permission.READ_MIXTURES}),
    Scope.MIXTURES_WRITE: frozenset({Permission.EDIT_MIXTURES}),
    Scope.QUOTES_READ: frozenset({Permission.READ_QUOTES}),
    Scope.QUOTES_WRITE: frozenset(
        {
            Permission.EDIT_REQUESTS,
            Permission.OPEN_REQUESTS,
            Permission.OPEN_LARGE_REQUESTS,
            Permission.AWARD_QUOTES,
            Permission.ANSWER_REQUESTS,
        }
    ),
}

TEAM_ROLES = tuple(role for role in Role if role is not Role.VENDOR)


def permissions_of_token(role: Role, scopes: frozenset[Scope]) -> frozenset[Permission]:
    """Return what a token allows: what its owner may do and its scopes contain."""
    within_scopes = frozenset().union(*(SCOPE_PERMISSIONS[scope] for scope in scopes))
    return ROLE_PERMISSIONS[role] & within_scopes
