"""The language that a command speaks: the one asked for, else the terminal's."""

import os
from collections.abc import Mapping
from typing import Annotated

import typer

from app.web.i18n import ENGLISH, LOCALES, choose_locale, use_locale

# As POSIX ranks them.
VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")

Language = Annotated[
    str,
    typer.Option(help="The language of messages: en or zh_CN. By default the terminal's (LANG)."),
]


def choose_language(language: Language = "") -> None:
    """Speak this language in the command: the callback of a group of commands."""
    if language and language not in LOCALES:
        raise typer.BadParameter(
            f"There is no {language[:40]!r} here, only en and zh_CN.", param_hint="--language"
        )
    use_locale(language or terminal_locale(os.environ))


def terminal_locale(environment: Mapping[str, str]) -> str:
    """
    Return the language of the first variable that is set, as `LANG=zh_CN.UTF-8`.

    >>> terminal_locale({"LANG": "zh_CN.UTF-8"}), terminal_locale({"LC_ALL": "C", "LANG": "zh_CN"})
    ('zh_CN', 'en')
    """
    asked = next((value for name in VARIABLES if (value := environment.get(name))), ENGLISH)
    return choose_locale(None, asked.partition(".")[0])
