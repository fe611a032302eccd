"""CONTRIBUTING.md leads through all of the code, and to files that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_the_tour_passes_every_package() -> None:
    packages = {path.parent.name for path in (ROOT / "app").glob("*/__init__.py")}
    assert packages - set(re.findall(r"`app/(\w+)/`", TEXT)) == set()


def test_what_it_names_is_there() -> None:
    named = re.findall(r"`((?:app|tests|docs|scripts|static|templates|migrations)/[\w./]*)`", TEXT)
    # `domain` and `verb` stand for names to choose.
    fixed = {name for name in named if "domain" not in name}
    assert [name for name in sorted(fixed) if not (ROOT / name).exists()] == []
