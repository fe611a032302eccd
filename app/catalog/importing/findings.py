"""What an import finds beyond its file: how a row stands to the catalogue; and findings as JSON."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.catalog.exchange.items import Finding, Severity
from app.web.i18n import gettext as _
from app.web.i18n import later

Json = dict[str, Any]

_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO

_FINDINGS: dict[str, tuple[Severity, str, str]] = {
    "value_unknown": (
        _E,
        later("“%(value)s” is no value that “%(key)s” may have."),
        later("The help page lists the values. Correct it and send the file again."),
    ),
    "value_long": (
        _E,
        later("“%(key)s” has more than %(limit)s characters."),
        later("Shorten it and send the file again."),
    ),
    "value_shape": (
        _E,
        later("“%(key)s” has not the form that our own files have."),
        later("Leave it out, or take it as an export of this portal writes it."),
    ),
    "number_outside": (
        _E,
        later("“%(key)s” must be a whole number from 0 to %(limit)s."),
        later("Correct the value and send the file again."),
    ),
    "tokenizer_unknown": (
        _W,
        later("The tokenizer “%(value)s” was not measured here, so its name is kept as a text."),
        "",
    ),
    "rule_dropped": (
        _W,
        later("How the count was computed is not taken from a file."),
        later("The portal derives its own estimates from the quantity."),
    ),
    "provider_archived": (
        _E,
        later("The provider “%(value)s” is archived and takes no datasets."),
        later("Restore the provider first, or name another."),
    ),
    "dataset_archived": (
        _E,
        later("The dataset is in the catalogue and archived."),
        later("Restore it first, or give the row another identifier."),
    ),
    "parent_missing": (
        _E,
        later("The dataset “%(value)s”, which this is a part of, is not there."),
        later("Bring it in first: its row must stand above and have no error."),
    ),
    "parent_archived": (
        _E,
        later("The dataset “%(value)s”, which this is a part of, is archived."),
        later("Restore it first."),
    ),
    "overlap_unknown": (
        _W,
        later("It shares text with “%(value)s”, which is not in the catalogue: left out."),
        later("Bring that dataset in as well, then import this file again."),
    ),
    "provider_changes": (
        _W,
        later("The dataset belongs to “%(before)s” until now."),
        later("If it is another dataset, give it an identifier of its own."),
    ),
    "kept_as_it_is": (
        _I,
        later("It is in the catalogue already and stays as it is, as you chose."),
        "",
    ),
}


def finding(
    code: str, *, row: int | None = None, column: str | None = None, **params: object
) -> Finding:
    """Return a finding by its code."""
    severity, message, remedy = _FINDINGS[code]
    return Finding(severity, code, message, params, remedy, row, column)


def gravest(found: Iterable[Finding]) -> Severity | None:
    """Return the gravest severity among findings."""
    present = {one.severity for one in found}
    return next((severity for severity in Severity if severity in present), None)


def to_json(found: Iterable[Finding]) -> list[Json]:
    """Return findings as they are stored: untranslated, so that each reader sees their language."""
    return [
        {
            "severity": one.severity.value,
            "code": one.code,
            "message": one.message,
            "params": {name: _plain(value) for name, value in one.params.items()},
            "remedy": one.remedy,
            "row": one.row,
            "column": one.column,
        }
        for one in found
    ]


def sentence(stored: Mapping[str, Any]) -> str:
    """Return what a stored finding says, in the current language."""
    return _in_words(stored["message"], stored["params"])


def remedy(stored: Mapping[str, Any]) -> str:
    """Return what a stored finding advises, "" where there is nothing to do."""
    return _in_words(stored["remedy"], stored["params"]) if stored["remedy"] else ""


def _in_words(message: str, params: Mapping[str, Any]) -> str:
    translated = _(message)
    return translated % params if params else translated


def _plain(value: object) -> object:
    return value if isinstance(value, (int, float, str, list)) else str(value)
