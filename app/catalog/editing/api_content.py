"""From what the API takes to a draft: the same contents that the forms make."""

from typing import Any

from app.catalog.editing import licence_terms
from app.catalog.editing.api_models import (
    DatasetFields,
    EstimateIn,
    LicenceClaimIn,
    OverlapIn,
    QuantityIn,
    SourceIn,
    TextsIn,
)
from app.catalog.editing.content import (
    EMPTY_ROWS,
    ESTIMATES,
    HIDDEN,
    LICENCE_CLAIMS,
    OVERLAPS,
    QUANTITIES,
    Content,
    Row,
    copy_of,
)
from app.catalog.editing.draft import Draft
from app.catalog.editing.known import Known, KnownSource, source_code
from app.catalog.editing.licence_terms import DECISION
from app.catalog.editing.row_forms import known_spdx
from app.catalog.editing.validation import Problem
from app.catalog.licences import Terms
from app.catalog.loading.columns import plain
from app.catalog.models.licences import LicenceClass
from app.web.i18n import gettext as _

# A null says nothing where a value must be.
_NEVER_NULL = frozenset(
    {"provider", "category", "modality", "languages", "aliases", "has_tokens", "visibility"}
)
_PLAIN = (*sorted(_NEVER_NULL), "homepage", "paper", "released")
_PAIRS = ("description", "access", "languages_note")


def draft_of(body: DatasetFields, now: Content, known: Known) -> tuple[Draft, list[Problem]]:
    """Return the draft that a body asks for, and what of it cannot be read."""
    draft = Draft(copy_of(now))
    _set_fields(draft.content, body)
    return draft, _set_rows(draft, body, now, known)


def _set_fields(content: Content, body: DatasetFields) -> None:
    for name in _PLAIN:
        value = getattr(body, name)
        if value is not None:
            content[name] = value if value != "" or name in _NEVER_NULL else None
        elif name in body.model_fields_set and name not in _NEVER_NULL:
            content[name] = None
    content["visibility"] = str(content["visibility"])
    if body.name is not None:
        content["name_zh"] = body.name.zh or body.name.en
        content["name_en"] = body.name.en or body.name.zh
    for name in _PAIRS:
        if name in body.model_fields_set:
            _set_texts(content, name, getattr(body, name))


def _set_rows(draft: Draft, body: DatasetFields, now: Content, known: Known) -> list[Problem]:
    """Put the lists of a body in; return the licence identifiers that are none."""
    content = draft.content
    if body.quantities is not None:
        rows = [_quantity(one, draft, known) for one in body.quantities]
        content[QUANTITIES] = keyed(now[QUANTITIES], rows)
    if body.estimates is not None:
        rows = [_estimate(one, draft, known) for one in body.estimates]
        content[ESTIMATES] = keyed(now[ESTIMATES], rows)
    if body.overlaps is not None:
        content[OVERLAPS] = keyed(now[OVERLAPS], [_overlap(one) for one in body.overlaps])
    if body.licence_claims is None:
        return []
    rows = [_claim(one, draft, known) for one in body.licence_claims]
    content[LICENCE_CLAIMS] = keyed(now[LICENCE_CLAIMS], rows)
    return [
        Problem(
            f"licence_claims.{number}.spdx",
            _("Write an identifier with its version, like CC-BY-4.0."),
        )
        for number, one in enumerate(body.licence_claims)
        if one.spdx and known_spdx(one.spdx) is None
    ]


def keyed(stored: dict[str, Row], rows: list[Row]) -> dict[str, Row]:
    """Return rows by key: one that says what a stored row says is that row, others are new."""
    free = dict(stored)
    found: dict[str, Row] = {}
    for number, row in enumerate(rows, start=1):
        key = next((key for key, one in free.items() if _told(one) == _told(row)), None)
        if key is not None:
            found[key] = free.pop(key)
        else:
            found[f"n{number}"] = row
    return found


def _told(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in {*HIDDEN, "unit_printed"}}


def _set_texts(row: Row, stem: str, texts: TextsIn | None) -> None:
    row[f"{stem}_zh"] = (texts.zh or None) if texts else None
    row[f"{stem}_en"] = (texts.en or None) if texts else None


def _quantity(one: QuantityIn, draft: Draft, known: Known) -> Row:
    value = None if one.value is None else str(plain(one.value))
    row = EMPTY_ROWS[QUANTITIES] | {
        "value": value,
        "unit": one.unit or None,
        "assumed_unit": one.assumed_unit or None,
        "printed": one.printed or value or "",
        "is_whole": one.is_whole,
        "content": one.content.value if one.content else None,
        "source": _source(one.source, draft, known),
    }
    _set_texts(row, "qualifier", one.qualifier)
    return row


def _estimate(one: EstimateIn, draft: Draft, known: Known) -> Row:
    row = EMPTY_ROWS[ESTIMATES] | {
        "low": one.low,
        "mid": one.mid,
        "high": one.high,
        "method": one.method.value,
        "tokenizer": one.tokenizer or None,
        "tokenizer_printed": one.tokenizer_printed or None,
        "bound": one.bound,
        "printed": one.printed or None,
        "is_whole": one.is_whole,
        "is_disputed": one.disputed,
        "has_repeats": one.has_repeats,
        "source": _source(one.source, draft, known),
    }
    _set_texts(row, "scope", one.scope)
    return row


def _claim(one: LicenceClaimIn, draft: Draft, known: Known) -> Row:
    spdx = known_spdx(one.spdx) if one.spdx else None
    if one.scope == DECISION:
        licence_class = one.licence_class or LicenceClass.UNKNOWN
    else:
        terms = Terms.NAMED if spdx else Terms(one.terms)
        licence_class = licence_terms.class_of(terms, spdx, one.scope)
    row = EMPTY_ROWS[LICENCE_CLAIMS] | {
        "scope": one.scope,
        "licence_class": licence_class.value,
        "spdx": spdx,
        "evidence_url": one.evidence_url or None,
        "checked_by": one.checked_by or None,
        "checked_on": one.checked_on or None,
        "source": _source(one.source, draft, known),
    }
    _set_texts(row, "stated", one.stated)
    _set_texts(row, "note", one.note)
    return row


def _overlap(one: OverlapIn) -> Row:
    row = EMPTY_ROWS[OVERLAPS] | {"other": one.dataset, "relation": one.relation}
    _set_texts(row, "note", one.note)
    return row


def _source(one: SourceIn | None, draft: Draft, known: Known) -> str | None:
    if one is None or not (one.code or one.text):
        return None
    if one.code in known.sources:
        return one.code
    if one.text is None:
        # Refused by the rules, which know of no such source.
        return one.code
    if one.text in known.source_codes:
        return known.source_codes[one.text]
    source = KnownSource(source_code(one.text, one.grade or ""), one.text, one.grade or "")
    draft.sources[source.code] = source
    return source.code
