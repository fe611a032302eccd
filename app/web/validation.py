"""What is wrong with a value of the API, as a sentence in the reader's language."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.web.i18n import gettext as _
from app.web.i18n import later

# By the type of pydantic's error; its context fills the placeholders.
SENTENCES: Mapping[str, str] = {
    "missing": later("This field is missing."),
    "extra_forbidden": later("There is no such field."),
    "json_invalid": later("The body is not valid JSON."),
    "model_attributes_type": later("An object is wanted here."),
    "dict_type": later("An object is wanted here."),
    "list_type": later("A list is wanted here."),
    "tuple_type": later("A list is wanted here."),
    "string_type": later("A text is wanted here."),
    "bool_type": later("true or false is wanted here."),
    "bool_parsing": later("true or false is wanted here."),
    "int_type": later("A whole number is wanted here."),
    "int_parsing": later("A whole number is wanted here."),
    "int_parsing_size": later("This number is too large."),
    "int_from_float": later("A whole number is wanted here, without a fraction."),
    "float_type": later("A number is wanted here."),
    "float_parsing": later("A number is wanted here."),
    "decimal_type": later("A number is wanted here."),
    "decimal_parsing": later("A number is wanted here."),
    "decimal_max_digits": later("This number has more digits than are kept."),
    "decimal_whole_digits": later("This number is too large."),
    "decimal_max_places": later("At most %(decimal_places)s digits after the point are kept."),
    "datetime_type": later("Write a time with its zone, such as 2026-12-01T18:00:00+08:00."),
    "datetime_parsing": later("Write a time with its zone, such as 2026-12-01T18:00:00+08:00."),
    "datetime_from_date_parsing": later(
        "Write a time with its zone, such as 2026-12-01T18:00:00+08:00."
    ),
    "timezone_aware": later("Write a time with its zone, such as 2026-12-01T18:00:00+08:00."),
    "date_type": later("Write a date, such as 2026-12-01."),
    "date_parsing": later("Write a date, such as 2026-12-01."),
    "date_from_datetime_parsing": later("Write a date, such as 2026-12-01."),
    "date_from_datetime_inexact": later("Write a date, such as 2026-12-01."),
    "string_pattern_mismatch": later("This text does not have the form that is wanted here."),
    "finite_number": later("A finite number is wanted here, not NaN or an infinity."),
    "greater_than": later("Write a number above %(gt)s."),
    "greater_than_equal": later("Write a number of at least %(ge)s."),
    "less_than": later("Write a number below %(lt)s."),
    "less_than_equal": later("Write a number of at most %(le)s."),
    "too_long": later("At most %(max_length)s entries are taken."),
    "too_short": later("This list is too short: give %(min_length)s or more entries."),
    "string_too_long": later("At most %(max_length)s characters are taken."),
    "string_too_short": later("This text is too short: give %(min_length)s or more characters."),
    "enum": later("Write one of: %(expected)s."),
    "literal_error": later("Write one of: %(expected)s."),
}

QUOTED = re.compile(r"'([^']*)'")


def true_problems(found: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """
    Leave out lists that are called too short only because pydantic refused entries of theirs.

    >>> inside = {"loc": ("body", "phases", 0, "name"), "type": "missing"}
    >>> len(true_problems([inside, {"loc": ("body", "phases"), "type": "too_short"}]))
    1
    """
    places = [tuple(one["loc"]) for one in found]
    return [
        one
        for one, place in zip(found, places, strict=True)
        if one["type"] != "too_short"
        or not any(len(other) > len(place) and other[: len(place)] == place for other in places)
    ]


def field_of(problem: Mapping[str, Any]) -> str:
    """
    Return the dotted place of one error of pydantic; `body` for a whole one and for no JSON.

    >>> field_of({"type": "missing", "loc": ("body", "phases", 0, "name")})
    'phases.0.name'
    """
    source, *place = problem["loc"]
    # Where JSON ends too early, pydantic names the character.
    if problem["type"] == "json_invalid" or not place:
        return str(source)
    return ".".join(str(part) for part in place)


def sentence_of(problem: Mapping[str, Any]) -> str:
    """
    Return one error of pydantic as a sentence; one that is not listed stays as it is.

    A domain's own error carries its sentence, marked for translation, as the message.

    >>> sentence_of({"type": "greater_than", "msg": "", "ctx": {"gt": 0}})
    'Write a number above 0.'
    >>> sentence_of({"type": "enum", "msg": "", "ctx": {"expected": "'csv', 'json' or 'hf'"}})
    'Write one of: csv, json, hf.'
    """
    context = problem.get("ctx") or {}
    if "expected" in context:
        # Pydantic joins them in English.
        values = QUOTED.findall(context["expected"]) or [context["expected"]]
        context = context | {"expected": ", ".join(values)}
    known = SENTENCES.get(problem["type"])
    return _(known or str(problem["msg"]), **context)
