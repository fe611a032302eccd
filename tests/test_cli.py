"""Tests of the command line as a whole."""

import subprocess
import sys

import pytest

from app.cli import GROUPS, groups_for


@pytest.mark.parametrize(
    ("asked", "groups"),
    [
        ("serve", ()),
        ("worker", ()),
        ("mixture", ("mixture",)),
        (None, tuple(GROUPS)),
        ("--help", tuple(GROUPS)),
        ("nonsense", tuple(GROUPS)),
    ],
)
def test_a_group_is_imported_where_it_is_asked_for(asked, groups):
    assert groups_for(asked) == groups


def test_starting_the_portal_imports_no_group_of_commands():
    code = "import app.cli, sys; print(*sorted(n for n in sys.modules if n.endswith('.cli')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["app.cli", "pydantic_settings.sources.providers.cli"]


@pytest.mark.parametrize("group", GROUPS)
def test_each_group_has_commands_and_says_what_it_is_for(group):
    app = GROUPS[group]()
    assert app.registered_commands
    assert app.info.help
