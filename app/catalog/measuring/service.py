"""Keep what was measured: an estimate with its evidence, in the history, before all others."""

import hashlib
from typing import Any

from sqlalchemy.orm import Session

from app import audit
from app.catalog.editing import queries, service, writing
from app.catalog.editing.content import EMPTY_ROWS, ESTIMATES, content_of, copy_of, next_key
from app.catalog.editing.known import KnownSource
from app.catalog.measuring.errors import CannotMeasure
from app.catalog.measuring.measurement import Measurement
from app.catalog.measuring.report import rule_of
from app.catalog.models.datasets import Dataset
from app.catalog.models.estimates import EstimateMethod
from app.catalog.queries import ADDED_SOURCE
from app.version import VERSION

ACTION = "measured"
COMPUTED_HERE = "-"
_MOST = 2**63 - 1


def attach(
    session: Session,
    slug: str,
    found: Measurement,
    *,
    is_whole: bool,
    actor: audit.Actor,
) -> Dataset:
    """
    Add a measured estimate to a dataset; the newest measurement of the whole is its main one.

    `is_whole`: the files are the dataset, not a part or a sample of it. A part gives no total,
    but its bytes per token take the place of the general table's.

    Raises
    ------
    NotFound
        If there is no such dataset.
    Conflict
        If it is archived.
    CannotMeasure
        If no token was counted.
    """
    if not found.tally.tokens or found.tokens.mid > _MOST:
        raise CannotMeasure(
            "No text was found in the field “%(column)s”, so nothing is kept. Left out: "
            "%(skipped)s",
            column=found.plan.field,
            skipped=", ".join(f"{n} {reason}" for reason, n in found.tally.skipped.items()) or "0",
        )
    dataset = queries.lock_dataset(session, slug)
    service.refuse_archived(dataset)
    before = content_of(dataset)
    after = copy_of(before)
    source = _source(found)
    is_whole = is_whole and not found.is_part
    after[ESTIMATES][next_key(after[ESTIMATES])] = EMPTY_ROWS[ESTIMATES] | _row(
        found, source.code, is_whole=is_whole
    )
    writing.ensure_sources(session, {source.code: source})
    dataset_id = dataset.id
    old, new = writing.write_content(session, dataset_id, before, after, actor=actor)
    audit.record(
        session,
        actor=actor,
        action=ACTION,
        object_type=service.OBJECT_TYPE,
        object_id=str(dataset_id),
        before=old,
        after=new,
    )
    writing.follow_up(session, [dataset_id], actor=actor)
    return queries.lock_dataset(session, slug)


def _row(found: Measurement, source: str, *, is_whole: bool) -> dict[str, Any]:
    vocabulary, count = found.plan.vocabulary, len(found.files)
    scope_zh, scope_en = (None, None)
    if not is_whole:
        scope_zh = f"实测的部分，{count:,} 个文件"
        scope_en = f"the part that was measured, {count:,} files"
    return {
        "method": EstimateMethod.MEASURED.value,
        "low": found.tokens.low,
        "mid": found.tokens.mid,
        "high": found.tokens.high,
        # A stream that was stopped has at least what was counted of it.
        "bound": "at_least" if found.is_part else None,
        "tokenizer": vocabulary.code,
        "tokenizer_printed": None if vocabulary.code else vocabulary.name,
        "scope_zh": scope_zh,
        "scope_en": scope_en,
        "is_whole": is_whole,
        "rule": rule_of(found),
        "source": source,
    }


def _source(found: Measurement) -> KnownSource:
    vocabulary = found.plan.vocabulary
    text = (
        f"Measured with Peibi {VERSION}: {len(found.files):,} files (manifest sha256 "
        f"{found.manifest[:12]}), tokenizer {vocabulary.name} (sha256 {vocabulary.sha256[:12]})"
    )
    code = hashlib.sha256(text.encode()).hexdigest()[:16]
    return KnownSource(f"{ADDED_SOURCE}measured-{code}", text, COMPUTED_HERE)
