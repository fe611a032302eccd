"""The licence of a dataset from what sources state of it and what a person decided."""

from collections.abc import Mapping
from typing import Any

from app.catalog import licences
from app.catalog.editing.content import LICENCE_CLAIMS, Content, Row
from app.catalog.editing.known import Known
from app.catalog.licences import Claim, Terms
from app.catalog.models.licences import LicenceClass

DATA, CODE = "data", "code"
# A person read the evidence and answers for what it allows; it overrides what sources state.
DECISION = "decision"
SCOPES = (DATA, CODE, DECISION)


def terms_of(row: Row) -> Terms:
    """Return what kind of statement a stored claim makes."""
    by_class = {
        LicenceClass.CUSTOM: Terms.CUSTOM,
        LicenceClass.PER_SOURCE: Terms.PER_SOURCE,
        LicenceClass.CONTRACT: Terms.CONTRACT,
    }
    if row["spdx"]:
        return Terms.NAMED
    known = by_class.get(LicenceClass(row["licence_class"]))
    if known:
        return known
    return Terms.UNVERIFIED if row["stated_zh"] or row["stated_en"] else Terms.NOT_STATED


def class_of(terms: Terms, spdx: str | None, scope: str) -> LicenceClass:
    """Return the class of a claim; what is not recognised is unknown."""
    return licences.class_of(Claim(terms, spdx, scope))


def summary(rows: Mapping[str, Row], known: Known) -> dict[str, Any]:
    """
    Return the licence columns of a dataset that follow from its claims.

    The newest decision of a person decides. Without one, the claim on the data of the best
    source does; among sources equally good the most restrictive. Without any: unknown.
    """
    decisions = [row for row in rows.values() if row["scope"] == DECISION]
    if decisions:
        # Rows stand in their order, so of two decisions of one day the later one counts.
        return _columns(max(enumerate(decisions), key=_newest)[1])
    of_data = [row for row in rows.values() if row["scope"] == DATA]
    if not of_data:
        return _columns(None)
    return _columns(
        min(
            of_data,
            key=lambda row: (
                licences.grade_order(known.grade(row["source"])),
                licences.severity(LicenceClass(row["licence_class"])),
            ),
        )
    )


def settle(before: Content, after: Content, known: Known) -> None:
    """Bring the licence columns of a content up to its claims, where those changed."""
    if before[LICENCE_CLAIMS] != after[LICENCE_CLAIMS]:
        after.update(summary(after[LICENCE_CLAIMS], known))


def _newest(numbered: tuple[int, Row]) -> tuple[str, int]:
    place, row = numbered
    return row["checked_on"] or "", place


def _columns(row: Row | None) -> dict[str, Any]:
    return {
        "licence_class": row["licence_class"] if row else LicenceClass.UNKNOWN.value,
        "licence_spdx": row["spdx"] if row else None,
        "licence_stated_zh": row["stated_zh"] if row else None,
        "licence_stated_en": row["stated_en"] if row else None,
    }
