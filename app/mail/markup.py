"""
The words of a mail once more as HTML, for programs that show it.

Made from the same text that the plain part holds, so the two cannot differ. Nothing in it is
loaded from anywhere: no picture, no font, nothing that tells a sender that it was read. Styles
stand at the elements because mail programs drop style sheets.
"""

import re
from collections.abc import Sequence

from markupsafe import Markup, escape

BETWEEN_LANGUAGES = "\n\n----\n\n"
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")

_FONTS = "font-family:'Segoe UI',system-ui,'PingFang SC','Microsoft YaHei UI','Noto Sans CJK SC',"
_BODY = f"{_FONTS}sans-serif;font-size:15px;line-height:1.6;color:#14201d;background:#ffffff"
_FRAME = "max-width:600px;margin:0 auto;padding:24px 16px"
_NAME = "font-size:18px;font-weight:600;color:#0b6157;margin:0 0 16px"
_TEXT = "margin:0 0 14px"
_BUTTON = (
    "display:inline-block;padding:10px 18px;border-radius:5px;background:#0b6157;color:#ffffff;"
    "font-weight:600;text-decoration:none"
)
_LINK = "color:#0b6157;word-break:break-all"
_SMALL = "font-size:12px;color:#5a6964;word-break:break-all"
_LINE = "border:0;border-top:1px solid #dce3e0;margin:24px 0"


def to_html(body: str, locales: Sequence[str]) -> str:
    """Return a mail's text as a page of HTML; each part of it names its language."""
    parts = body.strip().split(BETWEEN_LANGUAGES)
    languages = [locale.replace("_", "-") for locale in locales]
    sections = (
        Markup('<hr style="{}">')
        .format(_LINE)
        .join(_section(part, language) for part, language in zip(parts, languages, strict=False))
    )
    return Markup(
        '<!doctype html><html lang="{}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"></head>'
        '<body style="{}"><div style="{}"><p style="{}">Peibi 配比</p>{}</div></body></html>\n'
    ).format(languages[0], _BODY, _FRAME, _NAME, sections)


def _section(text: str, language: str) -> Markup:
    paragraphs = Markup("").join(_paragraph(one) for one in text.strip().split("\n\n"))
    return Markup('<div lang="{}">{}</div>').format(language, paragraphs)


def _paragraph(text: str) -> Markup:
    """Return a paragraph; words above an address alone on its line are the button to it."""
    lines = text.split("\n")
    if len(lines) > 1 and _ADDRESS.fullmatch(lines[1]):
        label, address, *rest = lines
        below = "\n".join([address, *rest])
        return Markup(
            '<p style="{}"><a href="{}" style="{}">{}</a><br><span style="{}">{}</span></p>'
        ).format(_TEXT, address, _BUTTON, label.rstrip(":： "), _SMALL, _lines(below))
    return Markup('<p style="{}">{}</p>').format(_TEXT, _lines(text))


def _lines(text: str) -> Markup:
    return Markup("<br>").join(_line(one) for one in text.split("\n"))


def _line(text: str) -> Markup:
    """Return a line of text, each address in it a link."""
    html = Markup("")
    end = 0
    for found in _ADDRESS.finditer(text):
        html += escape(text[end : found.start()])
        html += Markup('<a href="{0}" style="{1}">{0}</a>').format(found[0], _LINK)
        end = found.end()
    return html + escape(text[end:])
