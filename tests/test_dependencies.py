"""Every dependency has its sentence in docs/decisions/no-home-made-framework.md."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = [project["project"]["dependencies"], *project["dependency-groups"].values()]
    names = {
        match.group()
        for group in groups
        for one in group
        if isinstance(one, str) and (match := re.match(r"[a-z0-9-]+", one))
    }
    text = (ROOT / "docs" / "decisions" / "no-home-made-framework.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    named = {word for row in rows for word in re.findall(r"[a-z0-9-]+", row.split("|")[1])}
    assert names - named == set()
