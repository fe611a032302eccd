"""
Lay a document out as PDF, with Chinese set in an embedded font on any machine.

A document is plain data: facts, headings, paragraphs, tables. It goes to Typst as JSON and is
only ever text there, so that nothing a person wrote can become markup or read a file.
"""

import importlib.util
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from app.web.i18n import CHINESE, current_locale

if TYPE_CHECKING:
    import typst

LAYOUT = Path(__file__).with_name("document.typ")
PDF_TYPE = "application/pdf"
FONT_PACKAGE = "pylopdf_fonts_zh_cn"
# Latin letters, too: one typeface in both languages.
FONTS = ("Noto Sans SC", "Noto Sans CJK SC")

# Of one compiler: it keeps the parsed fonts, 8 MB, between documents.
_LOCK = Lock()


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head; `weight` is its share of the width, 0 for as wide as its text."""

    text: str
    weight: int = 1
    is_right: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with small print below; `tone` is "", "good", "warn" or "head"."""

    text: str
    note: str = ""
    tone: str = ""
    span: int = 1


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with paragraphs, a table, or both."""

    heading: str
    note: str = ""
    paragraphs: Sequence[str] = ()
    columns: Sequence[Column] = ()
    rows: Sequence[Sequence[Cell]] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """What a PDF says, in the reader's language."""

    title: str
    subtitle: str
    footer: str
    facts: Sequence[tuple[str, str]] = ()
    sections: Sequence[Section] = ()
    is_wide: bool = False
    fonts: Sequence[str] = field(default=FONTS)


def to_pdf(document: Document, *, now: datetime) -> bytes:
    """Return a document as PDF; the same document at the same moment is the same bytes."""
    values = asdict(document) | {"lang": "zh" if current_locale() == CHINESE else "en"}
    inputs = {"document": json.dumps(values, ensure_ascii=False)}
    with _LOCK:
        pdf = _compiler().compile(
            format="pdf", sys_inputs=inputs, timestamp=now.replace(microsecond=0)
        )
    if not isinstance(pdf, bytes):  # pragma: no cover  one file is bytes
        raise TypeError("Typst gave several files for one document.")
    return pdf


@cache
def _compiler() -> "typst.Compiler":
    import typst  # noqa: PLC0415  large, and only a document on paper needs it

    return typst.Compiler(
        LAYOUT,
        root=LAYOUT.parent,
        font_paths=[font_folder()],
        ignore_system_fonts=True,
    )


def font_folder() -> Path:
    """Return where the package of the Chinese font keeps its files, without importing it."""
    spec = importlib.util.find_spec(FONT_PACKAGE)
    if spec is None or spec.origin is None:  # pragma: no cover  a locked dependency
        raise RuntimeError(f"the package {FONT_PACKAGE} is not installed")
    return Path(spec.origin).parent
