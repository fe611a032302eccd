"""A measurement as JSON: what is kept with the estimate, and the whole of it for a file."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from app.catalog.estimating.derivation import decimal_text
from app.catalog.measuring.measurement import Measurement
from app.catalog.measuring.sampling import CONFIDENCE, Total

Json = dict[str, Any]

KIND = "measured"
# The list of files that is kept with the estimate; the digest is of all.
MAX_FILES = 100
MAX_REASONS = 20


def rule_of(found: Measurement) -> Json:
    """Return how a measured estimate came about, as its page, exports and other portals show it."""
    return _report(found, max_files=MAX_FILES)


def whole_report(found: Measurement) -> Json:
    """Return everything, each file and the places that could not be read among it."""
    return _report(found, max_files=len(found.files)) | {
        "seconds": round(found.seconds, 3),
        "estimate": {
            "tokens": _range(found.tokens),
            "documents": _range(found.documents),
            "bytes": _range(found.bytes),
        },
        "places": [
            {"path": url.removeprefix(found.folder), "place": place, "reason": reason}
            for url, place, reason in found.tally.examples
        ],
    }


def _report(found: Measurement, *, max_files: int) -> Json:
    tally, vocabulary = found.tally, found.plan.vocabulary
    per_document = Fraction(tally.tokens, tally.documents) if tally.documents else None
    return {
        "kind": KIND,
        "tokenizer": {
            "name": vocabulary.name,
            "code": vocabulary.code,
            "library": vocabulary.library,
            "sha256": vocabulary.sha256,
        },
        "field": found.plan.field,
        "counted": {
            "documents": tally.documents,
            "bytes": tally.bytes,
            "characters": tally.characters,
            "tokens": tally.tokens,
        },
        "bytes_per_token": _text(found.bytes_per_token),
        "tokens_per_document": _text(per_document),
        "pieces": {"counted": found.units_counted, "total": found.units_total},
        "is_full": found.is_full,
        "is_stopped": found.is_stopped,
        "sample": None
        if found.is_full
        else {
            "share": found.share,
            "seed": found.seed,
            "confidence": CONFIDENCE,
        },
        "skipped": _reasons(tally.skipped),
        "files": {
            "count": len(found.files),
            "bytes": sum(file.size for file in found.files),
            "manifest_sha256": found.manifest,
            "list": [
                {
                    "path": file.label or file.url.removeprefix(found.folder),
                    "bytes": file.size,
                    "sha256": found.digests.get(file.url),
                }
                for file in found.files[:max_files]
            ],
        },
    }


def _reasons(skipped: Mapping[str, int]) -> Json:
    ordered = sorted(skipped.items(), key=lambda item: (-item[1], item[0]))
    return dict(ordered[:MAX_REASONS])


def _text(value: Fraction | None) -> str | None:
    return None if value is None else decimal_text(value)


def _range(total: Total) -> Json:
    return {"low": total.low, "mid": total.mid, "high": total.high}
