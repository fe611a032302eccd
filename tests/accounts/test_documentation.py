"""What docs/security.md says about roles, scopes and limits is what the code does."""

import re
from pathlib import Path

from app.accounts import confirmation, links, passwords, rate_limits, tokens
from app.accounts.models import Role
from app.accounts.permissions import ROLE_PERMISSIONS, SCOPE_PERMISSIONS, Permission

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "security.md").read_text("utf-8")
LINES = " ".join(TEXT.split())


def test_the_table_of_permissions_is_the_codes():
    rows = [line.strip("| ").split(" | ") for line in TEXT.splitlines() if line.startswith("|")]
    start = next(index for index, row in enumerate(rows) if row[0] == "permission")
    roles = [Role(name) for name in rows[start][1 : 1 + len(Role)]]
    assert set(roles) == set(Role)
    table = [[cell.strip() for cell in row] for row in rows[start + 2 :][: len(Permission)]]
    for row, permission in zip(table, Permission, strict=True):
        assert row[0] == f"`{permission}`"
        allowed = {role for role, cell in zip(roles, row[1:], strict=False) if cell == "yes"}
        assert allowed == {role for role in Role if permission in ROLE_PERMISSIONS[role]}
        scopes = [scope for scope, within in SCOPE_PERMISSIONS.items() if permission in within]
        assert row[1 + len(Role)] == (f"`{scopes[0]}`" if scopes else "never")


def test_the_files_that_the_answers_to_asvs_name_exist():
    answers = (DOCS / "asvs.md").read_text("utf-8")
    folders = "app|tests|static|docs|migrations"
    named = re.findall(
        rf"`((?:{folders})/[\w./-]*|Dockerfile|Caddyfile|[\w-]+\.(?:yml|lock))`", answers
    )
    linked = [f"docs/{target}" for target in re.findall(r"\]\(([^)#]+)", answers)]
    assert len(named) > 50
    assert [name for name in (*named, *linked) if not (DOCS.parent / name).exists()] == []


def test_the_numbers_are_the_codes():
    email, address = rate_limits.PER_EMAIL, rate_limits.PER_ADDRESS
    minutes = confirmation.LINK_GRACE.seconds // 60
    for said in (
        f"{passwords.MIN_CHARACTERS} to {passwords.MAX_CHARACTERS} characters",
        f"the {len(passwords.common_passwords()):,} most common",
        f"fewer than {passwords.MIN_OWN_CHARACTERS} characters",
        f"| {email.free_failures} | {email.pause.seconds} s |",
        f"| {address.free_failures} | {address.pause.seconds} s |",
        f"the last {rate_limits.WINDOW.seconds // 60} minutes",
        f"for {minutes} minutes a new password",
        f"{links.FIRST_LINK_LIFETIME.days * 24} hours for the first start's",
        f"after {links.INVITATION_LIFETIME.days} days",
        f"at most {tokens.MAX_DAYS} days",
    ):
        assert said in LINES, said
