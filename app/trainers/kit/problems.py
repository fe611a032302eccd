"""What the parsers of YAML, JSON and Python say is wrong, so that pages can say it in Chinese."""

import re

from app.trainers.kit.values import Problem
from app.web.i18n import later

# Here only so that they are translated; what is not here is shown as the parser has it.
KNOWN = (
    later("did not find expected ',' or ']'"),
    later("did not find expected ',' or '}'"),
    later("did not find expected key"),
    later("did not find expected '-' indicator"),
    later("did not find expected node content"),
    later("did not find expected <document start>"),
    later("mapping values are not allowed in this context"),
    later("block sequence entries are not allowed in this context"),
    later("could not find expected ':'"),
    later("found character that cannot start any token"),
    later("found a tab character that violates indentation"),
    later("found unexpected end of stream"),
    later("found unknown escape character"),
    later("Expecting value"),
    later("Expecting ',' delimiter"),
    later("Expecting ':' delimiter"),
    later("Expecting property name enclosed in double quotes"),
    later("Extra data"),
    later("Unterminated string starting at"),
    later("Invalid control character at"),
    later("Invalid \\escape"),
    later("invalid syntax"),
    later("invalid syntax. Perhaps you forgot a comma?"),
    later("'(' was never closed"),
    later("'[' was never closed"),
    later("'{' was never closed"),
    later("unterminated string literal"),
    later("unexpected indent"),
    later("unindent does not match any outer indentation level"),
    later("a key is a list or a map"),
    later("it has characters that YAML forbids"),
)
_WHERE = re.compile(r" \(detected at line \d+\)$")
_LONGEST = 200


def problem(said: str) -> Problem:
    """Return what a parser said, without the line that a finding has by itself."""
    return Problem(_WHERE.sub("", said)[:_LONGEST])
