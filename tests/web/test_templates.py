"""Templates write what people typed as text: nothing switches the escaping off."""

import re
from pathlib import Path

TEMPLATES = Path(__file__).parents[2] / "templates"
# Our own Markdown, rendered with HTML off.
TRUSTED = {
    ("guide/show.html", "{{ guide.html|safe }}"),
    # Rows of up to 500 components: tests/mixtures/test_composer.py shows that they come as HTML.
    ("mixtures/composer/rows.html", "{% autoescape false %}"),
    ("mixtures/composer/rows.html", "{% endautoescape %}"),
}
UNESCAPED = re.compile(r".*(?:\|\s*safe\b|autoescape).*")


def test_nothing_is_left_unescaped() -> None:
    found = {
        (str(path.relative_to(TEMPLATES)), line.strip())
        for path in TEMPLATES.rglob("*.html")
        for line in UNESCAPED.findall(path.read_text(encoding="utf-8"))
    }
    assert found == TRUSTED


def test_no_script_and_no_style_stands_in_a_page() -> None:
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*ld\+json)[^>]*>|<style\b|\sstyle=|\son[a-z]+="
    )
    found = [
        (path.name, match.group())
        for path in TEMPLATES.rglob("*.html")
        if "mail" not in path.parts
        for match in inline.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []
