"""What would follow from a draft: the estimate that the catalogue would show, and why."""

from dataclasses import dataclass
from decimal import Decimal

from app.catalog.editing import licence_terms
from app.catalog.editing.amounts import MOST
from app.catalog.editing.content import (
    ESTIMATES,
    LICENCE_CLAIMS,
    QUANTITIES,
    Content,
)
from app.catalog.editing.draft import Draft
from app.catalog.editing.known import Known
from app.catalog.editing.validation import is_amount
from app.catalog.estimating import derivation
from app.catalog.estimating.derivation import Candidate, Derived
from app.catalog.estimating.estimate_changes import no_estimate_reason
from app.catalog.estimating.measured_rates import find_rate
from app.catalog.models.estimates import EstimateMethod, NoEstimateReason, TokenEstimate
from app.catalog.pages import parts, rules
from app.catalog.words import labels
from app.catalog.words.units import is_unit


@dataclass(frozen=True)
class Preview:
    """The estimate that would be shown with its sum, or why there would be none."""

    estimate: parts.EstimateView | None
    rule: rules.RuleView | None
    reason: str
    licence: parts.LicenceView


def preview(draft: Draft, known: Known, *, now: Content) -> Preview:
    """Return what would follow from a draft, whatever of it cannot be saved yet."""
    content = draft.content
    own = [row for row in content[ESTIMATES].values() if _is_sound(row)]
    derived, reason = _derive(content, known, has_own=bool(_whole(own)))
    candidates = [
        Candidate(
            row["method"],
            _grade(row["source"], draft, known),
            row["is_whole"],
            row["mid"],
            is_seeded=row["seed_key"] is not None,
            order=number,
        )
        for number, row in enumerate(own)
    ]
    candidates += [
        Candidate(
            EstimateMethod.CONVERTED,
            None,
            one.is_whole,
            one.tokens.mid,
            is_seeded=True,
            order=len(own) + one.index,
        )
        for one in derived
    ]
    main = derivation.choose_main(candidates)
    found = None
    if main is not None:
        found = _own(own[main]) if main < len(own) else _converted(derived[main - len(own)])
    stored = no_estimate_reason(reason, has_main=main is not None, has_claims=bool(own))
    return Preview(
        estimate=parts.estimate_view(found, known.tokenizers) if found else None,
        rule=rules.rule_view(found, known.tables) if found else None,
        reason=parts.word(
            labels.NO_ESTIMATE.get(NoEstimateReason(stored)) if stored else None, stored or ""
        ),
        licence=_licence(content, known, now),
    )


def _whole(own: list[dict[str, object]]) -> list[dict[str, object]]:
    return [row for row in own if row["is_whole"] and row["mid"] is not None]


def _derive(
    content: Content, known: Known, *, has_own: bool
) -> tuple[list[Derived], NoEstimateReason | None]:
    if has_own:
        return [], None
    tables = known.tables
    facts = derivation.DatasetFacts(
        categories=_path(content["category"], known),
        languages=tuple(content["languages"]),
        has_tokens=content["has_tokens"],
        measured=find_rate((row["method"], row["rule"]) for row in content[ESTIMATES].values()),
    )
    quantities = [
        derivation.QuantityFacts(
            Decimal(row["value"]) if row["value"] and is_amount(row["value"]) else None,
            row["unit"] if row["unit"] and is_unit(row["unit"]) else None,
            row["assumed_unit"],
            row["content"] if row["content"] in labels.BYTE_CONTENTS else None,
            row["is_whole"],
        )
        for row in content[QUANTITIES].values()
    ]
    return derivation.derive(facts, quantities, tables)


def _path(category: str, known: Known) -> tuple[str, ...]:
    paths = known.tables.category_paths.values()
    return next((path for path in paths if path[0] == category), (category,))


def _is_sound(row: dict[str, object]) -> bool:
    """Whether a count could be stored: the preview leaves others out."""
    counts = [row[name] for name in ("low", "mid", "high")]
    given = [value for value in counts if isinstance(value, int)]
    has_spread = (row["low"] is None) == (row["high"] is None)
    is_method = row["method"] in set(EstimateMethod)
    return bool(given) and has_spread and is_method and given == sorted(given) and given[-1] <= MOST


def _grade(code: str | None, draft: Draft, known: Known) -> str | None:
    source = draft.sources.get(code or "")
    return source.grade if source else known.grade(code)


def _own(row: dict[str, object]) -> TokenEstimate:
    names = ("low", "mid", "high", "method", "tokenizer", "tokenizer_printed", "bound", "printed")
    estimate = TokenEstimate(**{name: row[name] for name in names})
    estimate.is_whole, estimate.is_assumed, estimate.is_scaled = True, False, False
    estimate.is_disputed, estimate.has_repeats = bool(row["is_disputed"]), bool(row["has_repeats"])
    return estimate


def _converted(one: Derived) -> TokenEstimate:
    return TokenEstimate(
        low=one.tokens.low,
        mid=one.tokens.mid,
        high=one.tokens.high,
        method=EstimateMethod.CONVERTED.value,
        tokenizer=one.tokenizer,
        is_whole=one.is_whole,
        is_assumed=one.is_assumed,
        is_scaled=one.is_scaled,
        is_disputed=False,
        has_repeats=False,
        rule=one.rule,
    )


def _licence(content: Content, known: Known, now: Content) -> parts.LicenceView:
    """Return the licence as it would be: from the claims, or as it is where they stay."""
    is_same = content[LICENCE_CLAIMS] == now[LICENCE_CLAIMS]
    found = now if is_same else licence_terms.summary(content[LICENCE_CLAIMS], known)
    return parts.licence_class_view(
        found["licence_class"],
        parts.text(found["licence_stated_zh"], found["licence_stated_en"]),
        found["licence_spdx"],
    )
