"""The guide: the texts of docs/guide as pages, in the reader's language."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from app.web.i18n import CHINESE

if TYPE_CHECKING:
    from markdown_it.token import Token

DOCS = Path(__file__).resolve().parents[2] / "docs"
FOLDER = DOCS / "guide"
PICTURES = "/help/pictures/"
# In the order in which a newcomer needs them.
TOPICS = ("catalogue", "imports", "exports", "measuring", "mixtures", "training", "quotes")
# Each text links to itself in the other language; here the page's own switch does that.
_OTHER_LANGUAGE = re.compile(
    r"\s*\*?(?:中文：|English: )?\[(?:中文|English|[\w.-]+\.md)\]\([\w.-]+\.md\)\*?"
)
_TEXT = re.compile(r"([\w-]+?)(?:\.zh)?\.md")


@dataclass(frozen=True)
class Guide:
    """One text: its heading, what it begins with, and the rest as HTML."""

    topic: str
    title: str
    summary: str
    html: str


@cache
def guides(locale: str) -> dict[str, Guide]:
    """Return every text in a language, by topic."""
    suffix = ".zh.md" if locale == CHINESE else ".md"
    paths = {topic: FOLDER / f"{topic}{suffix}" for topic in TOPICS}
    return {
        topic: read(topic, path.read_text(encoding="utf-8"))
        for topic, path in paths.items()
        if path.exists()
    }


@cache
def pictures() -> dict[str, Path]:
    """Return the pictures that the texts show, by file name."""
    shown = re.compile(r"!\[[^\]]*\]\(([^)]+\.webp)\)")
    found: dict[str, Path] = {}
    for text in FOLDER.glob("*.md"):
        for target in shown.findall(text.read_text(encoding="utf-8")):
            path = (FOLDER / target).resolve()
            if path.exists():
                found[path.name] = path
    return found


def read(topic: str, text: str) -> Guide:
    """Return a text as a page shows it; HTML in it stays text."""
    from markdown_it import MarkdownIt  # noqa: PLC0415  only who opens the guide needs it

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    title, _, body = _OTHER_LANGUAGE.sub("", text, count=1).partition("\n")
    tokens = markdown.parse(body)
    for token in tokens:
        _lead_home(token.children or [])
    first = next((token.children or [] for token in tokens if token.type == "inline"), [])
    words = "".join(" " if token.type == "softbreak" else token.content for token in first)
    return Guide(
        topic=topic,
        title=title.removeprefix("# ").strip(),
        summary=re.split(r"(?<=[.。])\s*", words, maxsplit=1)[0],
        html=markdown.renderer.render(tokens, markdown.options, {})
        .replace(
            "<table>", '<div class="pb-scroll" tabindex="0"><table class="pb-t is-flush is-free">'
        )
        .replace("</table>", "</table></div>"),
    )


def _lead_home(tokens: "list[Token]") -> None:
    """Have links lead to pages of the portal; what is no page stays as words."""
    is_open = True
    for token in tokens:
        if token.type == "image":
            name = str(token.attrs["src"]).rpartition("/")[2]
            token.attrs |= {"src": PICTURES + name, "loading": "lazy", "class": "pb-shot"}
        elif token.type == "link_open":
            target = str(token.attrs["href"])
            to_text = _TEXT.fullmatch(target)
            if to_text and to_text[1] in TOPICS:
                token.attrs["href"] = f"/help/{to_text[1]}"
            is_open = bool(to_text) or "://" in target or target.startswith("/")
            if not is_open:
                token.type, token.tag, token.attrs = "text", "", {}
        elif token.type == "link_close" and not is_open:
            token.type, token.tag = "text", ""
