"""What was measured on a dataset's files, as evidence beside the number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from app.catalog.estimating.measured_rates import KIND
from app.catalog.models.estimates import TokenEstimate
from app.catalog.pages.parts import method_word
from app.web import numbers
from app.web.i18n import gettext as _

SHOWN_FILES = 20
_SHORT = 12


@dataclass(frozen=True)
class FileView:
    """A file that was measured."""

    path: str
    size: str
    digest: str


@dataclass(frozen=True)
class MeasuredView:
    """One measurement: what was counted with what, how much of the whole, on which files."""

    word: str
    tokens: int | None
    low: int | None
    high: int | None
    is_main: bool
    is_whole: bool
    is_stopped: bool
    is_full: bool
    tokenizer: str
    tokenizer_digest: str
    documents: str
    bytes: str
    counted_tokens: str
    bytes_per_token: str
    tokens_per_document: str
    pieces: str
    skipped: list[tuple[str, str]]
    files: list[FileView]
    file_count: str
    more_files: int
    manifest: str


def measured_views(estimates: Sequence[TokenEstimate]) -> list[MeasuredView]:
    """Return a view of each estimate that was measured on files, the newest first."""
    return [
        _view(estimate, estimate.rule)
        for estimate in reversed(estimates)
        if estimate.method == KIND and estimate.rule and estimate.rule.get("kind") == KIND
    ]


def _view(estimate: TokenEstimate, rule: Mapping[str, Any]) -> MeasuredView:
    # An import may bring a rule of any form, so nothing is taken for granted.
    counted, files = _object(rule, "counted"), _object(rule, "files")
    tokenizer, pieces = _object(rule, "tokenizer"), _object(rule, "pieces")
    listed = [one for one in _list(files, "list") if isinstance(one, Mapping)]
    return MeasuredView(
        word=method_word(estimate.method),
        tokens=estimate.mid,
        low=estimate.low,
        high=estimate.high,
        is_main=estimate.is_main,
        is_whole=estimate.is_whole,
        is_stopped=rule.get("is_stopped") is True,
        is_full=rule.get("is_full") is True,
        tokenizer=str(tokenizer.get("name") or estimate.tokenizer or "—"),
        tokenizer_digest=_short(tokenizer.get("sha256")),
        documents=_whole(counted.get("documents")),
        bytes=_whole(counted.get("bytes")),
        counted_tokens=_whole(counted.get("tokens")),
        bytes_per_token=_decimal(rule.get("bytes_per_token")),
        tokens_per_document=_decimal(rule.get("tokens_per_document")),
        pieces=_(
            "%(counted)s of %(total)s",
            counted=_whole(pieces.get("counted")),
            total=_whole(pieces.get("total")),
        ),
        skipped=[(_reason(r), _whole(n)) for r, n in _object(rule, "skipped").items()],
        files=[
            FileView(str(one.get("path")), _whole(one.get("bytes")), _short(one.get("sha256")))
            for one in listed[:SHOWN_FILES]
        ],
        file_count=_whole(files.get("count")),
        more_files=max(0, _number(files.get("count")) - min(len(listed), SHOWN_FILES)),
        manifest=_short(files.get("manifest_sha256")),
    )


def _reason(code: str) -> str:
    words = {
        "not_json": _("lines that are no JSON"),
        "no_text": _("without a text in the field"),
        "too_long": _("lines above 64 MiB"),
        "not_utf8": _("places that are not UTF-8, counted with a replacement"),
    }
    if code.startswith("broken"):
        return _("files that break off, counted up to there")
    return words.get(code, code)


def _object(holder: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = holder.get(name)
    return found if isinstance(found, Mapping) else {}


def _list(holder: Mapping[str, Any], name: str) -> list[Any]:
    found = holder.get(name)
    return found if isinstance(found, list) else []


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _whole(value: object) -> str:
    return str(numbers.whole(value)) if isinstance(value, int) else "—"


def _decimal(value: object) -> str:
    try:
        return f"{Decimal(str(value)):.2f}"
    except InvalidOperation:
        return "—"


def _short(digest: object) -> str:
    return digest[:_SHORT] if isinstance(digest, str) else "—"
