"""What the buyer's criteria look at in a quote, and how much each counts."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from app.quotes.comparison.terms import Asked, Row
from app.quotes.content.answered import LineTerms
from app.quotes.models.quote import Quote, QuoteLine
from app.quotes.pricing.offers import Costed, Costing
from app.quotes.pricing.scoring import Better, Criterion, Score, score, share_points
from app.quotes.pricing.terms import Verdict
from app.web.i18n import later

# In this order on every page; the words say what each looks at.
CRITERIA: dict[str, tuple[str, Better, Decimal]] = {
    "price": (later("price"), Better.LESS, Decimal(50)),
    "quality": (later("quality"), Better.MORE, Decimal(20)),
    "schedule": (later("schedule"), Better.LESS, Decimal(15)),
    "rework": (later("rework"), Better.MORE, Decimal(10)),
    "security": (later("security"), Better.MORE, Decimal(5)),
}
NOTES: dict[str, str] = {
    "price": later("cost per accepted unit: the lowest over one’s own"),
    "quality": later("quality target: one’s own over the best"),
    "schedule": later("days from the deadline to the final delivery, else the lead time"),
    "rework": later("free rounds; unlimited counts as one more than the most"),
    "security": later("share of the security terms asked for that are met"),
}
DEFAULT_WEIGHTS = {code: weight for code, (_word, _better, weight) in CRITERIA.items()}
SECURITY_ROWS = frozenset({"personal_data", "workplace", "subcontracting", "certifications"})

Answer = tuple[Quote, QuoteLine] | None


def weights_of(stored: Mapping[str, object] | None) -> dict[str, Decimal]:
    """Return a request's own weights, or the usual ones."""
    if not stored:
        return dict(DEFAULT_WEIGHTS)
    rows = stored.get("criteria")
    found = {
        str(row["code"]): Decimal(str(row["weight"]))
        for row in (rows if isinstance(rows, list) else [])
        if row["code"] in CRITERIA
    }
    return found if any(found.values()) else dict(DEFAULT_WEIGHTS)


def score_lot(
    asked: Asked,
    answers: Sequence[Answer],
    costings: Sequence[Costing],
    rows: Sequence[Row],
    weights: Mapping[str, Decimal],
) -> list[Score | None]:
    """Return each vendor's score for a lot; None for whom it would not be fair to score."""
    points = share_points(weights)
    figures = {
        position: _figures(position, asked, answer, costing, rows, answers)
        for position, (answer, costing) in enumerate(zip(answers, costings, strict=True))
        if answer is not None and isinstance(costing, Costed)
    }
    criteria = tuple(Criterion(code, points[code], CRITERIA[code][1]) for code in points)
    # What is the smaller the better is measured so.
    if asked.asked.quality.metric and asked.asked.quality.metric.value.endswith("error_rate"):
        criteria = tuple(
            Criterion(one.code, one.points, Better.LESS) if one.code == "quality" else one
            for one in criteria
        )
    scores = score(criteria, figures) if points and figures else {}
    return [scores.get(position) for position in range(len(answers))]


def _figures(  # noqa: PLR0917  one vendor among all
    position: int,
    asked: Asked,
    answer: tuple[Quote, QuoteLine],
    costing: Costed,
    rows: Sequence[Row],
    answers: Sequence[Answer],
) -> dict[str, Fraction | None]:
    _quote, line = answer
    terms = LineTerms.model_validate(line.terms)
    return {
        "price": costing.unit_cost,
        "quality": Fraction(terms.quality_target) if terms.quality_target is not None else None,
        "schedule": _days(asked, line, terms),
        "rework": _rounds(terms, answers),
        "security": _security(position, rows),
    }


def _days(asked: Asked, line: QuoteLine, terms: LineTerms) -> Fraction | None:
    deadline = asked.rfq.deadline
    if terms.final is not None and deadline is not None:
        return Fraction(max((terms.final - deadline.date()).days, 1))
    return Fraction(max(line.lead_days, 1)) if line.lead_days is not None else None


def _rounds(terms: LineTerms, answers: Sequence[Answer]) -> Fraction | None:
    if not terms.rework_is_unlimited:
        return Fraction(terms.rework_rounds) if terms.rework_rounds is not None else None
    most = max(
        (answer[1].terms.get("rework_rounds") or 0 for answer in answers if answer), default=0
    )
    return Fraction(most + 1)


def _security(position: int, rows: Sequence[Row]) -> Fraction | None:
    verdicts = [
        cell.verdict
        for row in rows
        if row.code in SECURITY_ROWS and (cell := row.cells[position]) is not None
    ]
    judged = [one for one in verdicts if one is not Verdict.NOT_ASKED]
    if not judged:
        # Nothing was asked, so everybody does what was asked.
        return Fraction(1)
    met = sum(one in {Verdict.MEETS, Verdict.EXCEEDS} for one in judged)
    return Fraction(met, len(judged))
