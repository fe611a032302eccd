"""The pictures of the documents: each is there, taken by the script, and all together are small."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "screenshots"
PICTURE = re.compile(r"!\[[^\]]*\]\(([^)]+)\)")
NAME = re.compile(r"([a-z-]+?)-(en|zh)-(1280|390)(-dark)?\.webp")


def test_documents_show_pictures_that_the_script_takes() -> None:
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    shown = [
        (document.parent / target).resolve()
        for document in documents
        for target in PICTURE.findall(document.read_text(encoding="utf-8"))
    ]
    assert len(shown) > 15
    assert [path for path in shown if not path.exists() or path.parent != FOLDER] == []


def test_every_picture_is_taken_by_the_script_in_both_languages() -> None:
    script = (ROOT / "scripts" / "screenshots.py").read_text(encoding="utf-8")
    taken = set(re.findall(r'Shot\(\s*"([a-z-]+)"', script))
    named = [NAME.fullmatch(path.name) for path in FOLDER.iterdir()]
    found = {(one[1], one[2]) for one in named if one}
    assert all(named)
    assert found == {(name, language) for name in taken for language in ("en", "zh")}


def test_the_pictures_stay_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 10_000_000
