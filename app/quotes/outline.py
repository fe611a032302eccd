"""What a request says, as labels and texts in groups: for its page and its PDF."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from app.quotes.comparison import say
from app.quotes.content.asked import LotIn, LotRequirements, RfqTerms
from app.quotes.fields.field import Field, Kind, Step, value_at
from app.quotes.fields.header import HEADER
from app.quotes.fields.lot import LOT_STEP
from app.quotes.fields.terms import TERMS
from app.quotes.models.rfq import Lot, Rfq
from app.quotes.vocabulary import Metric
from app.quotes.words import PERCENT_METRICS, unit_after, word
from app.web.i18n import gettext as _
from app.web.languages import language_name

# Numbers of the lot's unit: 8,000 alone does not say of what.
COUNTED = frozenset({"per_week", "moq", "size", "pilot_size"})


@dataclass(frozen=True, slots=True)
class Group:
    """Some facts under a heading."""

    title: str
    facts: Sequence[tuple[str, str]]


def of_request(rfq: Rfq) -> list[Group]:
    """Return what holds for all lots, as far as it is said."""
    terms = RfqTerms.model_validate(rfq.terms)
    return _groups((HEADER, TERMS), {"terms": terms})


def of_lot(lot: Lot) -> list[Group]:
    """Return what a lot asks for beside its volume, as far as it is said."""
    requirements = LotRequirements.model_validate(lot.requirements)
    return _groups(
        (LOT_STEP,),
        {"requirements": requirements},
        metric=requirements.quality.metric,
        unit=lot.unit,
    )


def volume_text(lot: Lot | LotIn) -> str:
    """Return a lot's volume with its unit, its range and its labels."""
    shown = say.join_unit(say.plain(lot.volume), unit_after(lot.unit, lot.volume))
    if lot.labels_per_item > 1:
        shown = _("%(volume)s × %(n)s labels", volume=shown, n=lot.labels_per_item)
    if lot.volume_min or lot.volume_max:
        low = say.plain(lot.volume_min or lot.volume)
        high = say.plain(lot.volume_max or lot.volume)
        shown = _("%(volume)s (%(low)s to %(high)s)", volume=shown, low=low, high=high)
    return shown


def problems(rfq: Rfq) -> list[str]:
    """Return what a request lacks to be opened, or would better say; sentences."""
    found = []
    if not rfq.lots:
        found.append(_("It has no lot yet."))
    if rfq.deadline is None:
        found.append(_("It has no deadline yet."))
    elif rfq.is_due:
        found.append(_("Its deadline has passed."))
    if not rfq.invitations:
        found.append(_("No vendor is invited yet."))
    for lot in rfq.lots:
        asked = LotRequirements.model_validate(lot.requirements)
        if asked.quality.metric is None or asked.quality.target is None:
            found.append(_("Lot %(n)s says no quality target.", n=lot.number))
        if asked.schedule.final is None:
            found.append(_("Lot %(n)s says no final date.", n=lot.number))
    return found


def _groups(
    steps: Iterable[Step],
    models: dict[str, BaseModel],
    *,
    metric: Metric | None = None,
    unit: str | None = None,
) -> list[Group]:
    groups = []
    for step in steps:
        for section in step.sections:
            facts = [
                (field.label_text(), shown)
                for field in section.fields
                if field.path[0] in models
                and (
                    shown := text_of(
                        field, value_at(models[field.path[0]], field.path[1:]), metric, unit
                    )
                )
            ]
            if facts:
                groups.append(Group(_(section.title), facts))
    return groups


def text_of(  # noqa: PLR0911  a case per kind
    field: Field,
    value: Any,  # noqa: ANN401
    metric: Metric | None = None,
    unit: str | None = None,
) -> str:
    """Return a field's value as people read it, "" for what is not said."""
    if value is None or value in ([], ""):
        return ""
    if field.kind is Kind.CHECK and not value:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, StrEnum):
        return word(value)
    if isinstance(value, int | Decimal):
        return _number(field, Decimal(value), metric, unit)
    if field.kind is Kind.FACTORS:
        return say.listed(f"1 {word_of_unit(one.unit)} = {say.plain(one.factor)}" for one in value)
    if field.kind is Kind.LANGUAGE:
        return language_name(value)
    if isinstance(value, list):
        return say.listed(value)
    return say.day(value) if hasattr(value, "isoformat") else str(value)


def word_of_unit(unit: str) -> str:
    """Return a unit after the number 1."""
    return unit_after(unit, 1)


def _number(field: Field, value: Decimal, metric: Metric | None, unit: str | None) -> str:
    if unit and field.path[-1] in COUNTED:
        return say.join_unit(say.plain(value), unit_after(unit, value))
    is_share = field.kind is Kind.PERCENT or (
        field.kind is Kind.TARGET and metric in PERCENT_METRICS
    )
    return say.percent(value) if is_share else say.plain(value)
