"""Mixtures of another installation, by its API: what `peibi mixture --url` sends."""

import json
import os
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import yaml

from app.errors import AppError, InvalidInput, Unavailable
from app.mixtures.findings import Severity
from app.web.errors import sentence as translated
from app.web.i18n import current_locale, later
from app.web.i18n import gettext as _

TIMEOUT_SECONDS = 60
MOST = 200


class Refused(AppError):
    """What the other installation answered, in its own words."""

    def __init__(self, status_code: int, message: str) -> None:
        super().__init__("%(answer)s", answer=message)
        self.status = status_code


NOT_KNOWN = later("not known whether it fits: some data has no estimate")
# Scripts read the English words; a person reads their own.
SEVERITIES = {Severity.ERROR: later("error"), Severity.WARNING: later("warning")}


@dataclass(frozen=True)
class Report:
    """What a check found, a line each; whether it fits is not known where data has no estimate."""

    ok: bool
    is_known: bool
    lines: list[str]

    def printed(self) -> str:
        """Return the lines and what they come to."""
        verdict = ["ok" if self.is_known else _(NOT_KNOWN)] if self.ok else []
        return "\n".join([*self.lines, *verdict])


def list_mixtures(url: str) -> list[str]:
    """Return a line for each mixture that the token may see."""
    found = _json(url, "GET", f"/mixtures?limit={MOST}")
    return [f"{one['slug']}\t{one['last_version']}\t{one['name']}" for one in found["items"]]


def pull(url: str, slug: str, version: int) -> str:
    """Return a mixture as text."""
    path = f"/mixtures/{_quoted(slug)}" + (f"/versions/{version}" if version else "")
    return _send(url, "GET", f"{path}/text").decode()


def push(url: str, text: str, *, message: str, reason: str, force: bool) -> str:
    """Put a text in the place of a draft, or make a mixture of it; return one line about it."""
    head = _head(text)
    slug = str(head.get("mixture") or "")
    try:
        current = _json(url, "GET", f"/mixtures/{_quoted(slug)}") if slug else None
    except Refused as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        current = None
    if current is None:
        made = _json(url, "POST", "/mixtures/import", {"text": text})
        slug = made["slug"]
    else:
        headers = {"If-Match": _etag(url, slug)} if force else {}
        _json(url, "PUT", f"/mixtures/{_quoted(slug)}/text", {"text": text}, headers)
    if not message:
        return put(slug)
    body = {"message": message, "reason": reason or None}
    saved = _json(url, "POST", f"/mixtures/{_quoted(slug)}/versions", body)
    return put(slug, saved["number"])


def check(url: str, text: str) -> Report:
    """Return what the page of the other installation would say of a text."""
    found = _json(url, "POST", "/mixtures/check", {"text": text})
    return Report(
        found["ok"],
        not found["ok"] or found["fits"] is not None,
        [line(one["severity"], one["phase"], one["message"]) for one in found["findings"]],
    )


def line(severity: str, phase: str, message: str) -> str:
    """Return a finding as one line."""
    return f"{_(SEVERITIES[Severity(severity)])}\t{phase}\t{message}"


def put(slug: str, version: int = 0) -> str:
    """Return what became of a text that was pushed: the draft, or a version too."""
    if version:
        return _("%(slug)s: version %(number)s", slug=slug, number=version)
    return _("%(slug)s: draft", slug=slug)


def sentence(error: AppError) -> str:
    """Return a refusal in the language of the command line."""
    return translated(error)


def get(url: str, path: str) -> bytes:
    """Return what an address of the API answers, for commands of other parts."""
    return _send(url, "GET", path)


def get_json(url: str, path: str) -> dict[str, Any]:
    """Return the JSON that an address of the API answers."""
    return _json(url, "GET", path)


def _head(text: str) -> dict[str, Any]:
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError:
        raise InvalidInput("The text is not YAML, so nothing was changed.", field="text") from None
    return found if isinstance(found, dict) else {}


def _etag(url: str, slug: str) -> str:
    request = _request(url, "GET", f"/mixtures/{_quoted(slug)}/draft", None, {})
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310  checked in _request
        return str(answer.headers["ETag"])


def _json(
    url: str,
    method: str,
    path: str,
    body: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> dict[str, Any]:
    found = json.loads(_send(url, method, path, body, headers))
    return found if isinstance(found, dict) else {}


def _send(
    url: str,
    method: str,
    path: str,
    body: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> bytes:
    request = _request(url, method, path, body, headers or {})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310  checked in _request
            content: bytes = answer.read()
            return content
    except urllib.error.HTTPError as error:
        raise Refused(error.code, _message(error.read())) from None
    except (urllib.error.URLError, TimeoutError) as error:
        raise Unavailable(
            "%(url)s cannot be reached: %(reason)s.",
            url=url,
            reason=str(getattr(error, "reason", error)),
        ) from None


def _request(
    url: str, method: str, path: str, body: dict[str, Any] | None, headers: dict[str, str]
) -> urllib.request.Request:
    if not url.startswith(("http://", "https://")):
        raise InvalidInput("The address starts with https:// or http://.", field="url")
    data = None if body is None else json.dumps(body).encode()
    sent = {
        "Accept-Language": current_locale().replace("_", "-"),
        "Content-Type": "application/json",
        **headers,
    }
    if token := os.environ.get("PEIBI_TOKEN"):
        sent["Authorization"] = f"Bearer {token}"
    return urllib.request.Request(  # noqa: S310  checked above
        f"{url.rstrip('/')}/api/v1{path}", data=data, method=method, headers=sent
    )


def _message(content: bytes) -> str:
    try:
        return str(json.loads(content)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return content.decode(errors="replace")[:200]


def _quoted(slug: str) -> str:
    return urllib.parse.quote(slug, safe="")
