"""The terms of quotes beside what was asked: one row a term, one cell a vendor."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from app.quotes.comparison import say
from app.quotes.content.answered import LineTerms
from app.quotes.content.asked import LotRequirements, RfqTerms
from app.quotes.models.quote import Quote, QuoteLine
from app.quotes.models.rfq import Lot, Rfq
from app.quotes.pricing import terms as judge
from app.quotes.pricing.terms import NOTABLE, Verdict
from app.quotes.vocabulary import Allowed, InvoiceType
from app.quotes.words import unit_after, word
from app.web.i18n import gettext as _
from app.web.i18n import ngettext


@dataclass(frozen=True, slots=True)
class Cell:
    """What one vendor offers, and how that stands to what was asked."""

    text: str
    verdict: Verdict

    @property
    def is_notable(self) -> bool:
        """Whether a reader should look at it."""
        return self.verdict in NOTABLE


@dataclass(frozen=True, slots=True)
class Row:
    """One term: what was asked, and each vendor's answer; None for who did not quote the lot."""

    code: str
    title: str
    asked: str
    cells: Sequence[Cell | None]

    @property
    def is_empty(self) -> bool:
        """Whether nobody asked for or said anything."""
        return not self.asked and not any(cell and cell.text for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Subject:
    """All that a term may be read from: the request, the lot, one vendor's answer."""

    rfq: Rfq
    lot: Lot
    general: RfqTerms
    asked: LotRequirements
    quote: Quote
    line: QuoteLine
    offered: LineTerms


@dataclass(frozen=True, slots=True)
class Term:
    """How a term is asked, said and judged."""

    code: str
    title: Callable[[], str]
    asked: Callable[["Asked"], str]
    cell: Callable[[Subject], Cell]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, without any vendor's answer."""

    rfq: Rfq
    lot: Lot
    general: RfqTerms
    asked: LotRequirements


def _allowed_rank(value: Allowed | None) -> int | None:
    # More permission asked for by the vendor is worse for the buyer.
    return None if value is None else list(Allowed).index(value)


def _quality(x: Subject) -> Cell:
    metric, asked, offered = (
        x.asked.quality.metric,
        x.asked.quality.target,
        x.offered.quality_target,
    )
    is_error = metric is not None and metric.value.endswith("error_rate")
    verdict = (judge.at_most if is_error else judge.at_least)(asked, offered)
    return Cell(say.quality(metric, offered), verdict)


def _sampling(x: Subject) -> Cell:
    parts = [say.percent(x.offered.sampling_rate)] if x.offered.sampling_rate else []
    parts += [word(x.offered.sampled_by)] if x.offered.sampled_by else []
    verdicts = {
        judge.at_least(x.asked.quality.sampling_rate, x.offered.sampling_rate),
        judge.same(x.asked.quality.sampled_by, x.offered.sampled_by),
    }
    return Cell(say.listed(parts), _worst(verdicts))


def _pilot(x: Subject) -> Cell:
    asked, o = x.asked.pilot, x.offered
    verdicts = {
        judge.same(_text(asked.size), _text(o.pilot_size)),
        judge.same(_text(asked.is_paid), _text(o.pilot_is_paid)),
        judge.at_most(asked.days, o.pilot_days),
    }
    text = _pilot_text(x.lot, o.pilot_size, o.pilot_is_paid, o.pilot_days)
    return Cell(text, _worst(verdicts))


def _pilot_text(lot: Lot, size: int | None, is_paid: bool | None, days: int | None) -> str:
    parts = (
        []
        if size is None
        else [say.join_unit(say.plain(Decimal(size)), unit_after(lot.unit, size))]
    )
    parts += [_("paid") if is_paid else _("free")] if is_paid is not None else []
    parts += [_("%(n)s days", n=days)] if days is not None else []
    return say.listed(parts)


def _rework(x: Subject) -> Cell:
    asked, o = x.asked.rework, x.offered
    verdicts = {
        _rounds(asked.rounds, o.rework_rounds, is_unlimited=o.rework_is_unlimited)
        if not asked.is_unlimited
        else (Verdict.MEETS if o.rework_is_unlimited else judge.same("x", _text(o.rework_rounds))),
        judge.at_most(asked.days, o.rework_days),
    }
    return Cell(
        _rework_text(o.rework_rounds, o.rework_days, o.rework_is_unlimited), _worst(verdicts)
    )


def _rounds(asked: int | None, offered: int | None, *, is_unlimited: bool) -> Verdict:
    if asked is None:
        return Verdict.NOT_ASKED
    return Verdict.EXCEEDS if is_unlimited else judge.at_least(asked, offered)


def _rework_text(rounds: int | None, days: int | None, is_unlimited: bool) -> str:
    parts = []
    if is_unlimited:
        parts.append(_("unlimited"))
    elif rounds is not None:
        parts.append(ngettext("%(n)s round", "%(n)s rounds", rounds, n=rounds))
    if days is not None:
        parts.append(ngettext("%(n)s day each", "%(n)s days each", days, n=days))
    return say.listed(parts)


def _throughput(x: Subject) -> Cell:
    verdict = judge.at_least(x.asked.schedule.per_week, x.offered.per_week)
    return Cell(_per_week(x.offered.per_week, x.lot), verdict)


def _per_week(value: Decimal | None, lot: Lot) -> str:
    if value is None:
        return ""
    shown = say.join_unit(say.plain(value), unit_after(lot.unit, value))
    return _("%(quantity)s a week", quantity=shown)


def _final(x: Subject) -> Cell:
    return Cell(say.day(x.offered.final), judge.at_most(x.asked.schedule.final, x.offered.final))


def _lead(x: Subject) -> Cell:
    days = x.line.lead_days
    return Cell(_("%(n)s days", n=days) if days is not None else "", Verdict.NOT_ASKED)


def _validity(x: Subject) -> Cell:
    return Cell(say.day(x.quote.valid_until), judge.at_least(_valid_from(x), x.quote.valid_until))


def _valid_from(x: Subject | Asked) -> datetime | None:
    days, deadline = x.general.validity_days, x.rfq.deadline
    return deadline + timedelta(days=days) if days is not None and deadline else None


def _subcontracting(x: Subject) -> Cell:
    asked, offered = x.general.security.subcontracting, x.offered.subcontracting
    verdict = judge.at_least(_allowed_rank(asked), _allowed_rank(offered))
    return Cell(word(offered) if offered else "", verdict)


def _one_of(asked: StrEnum | None, offered: StrEnum | None) -> Cell:
    return Cell(word(offered) if offered else "", judge.same(asked, offered))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


# The first of these that is among a cell's parts is what the cell says.
_WORST_FIRST = (
    Verdict.FALLS_SHORT,
    Verdict.DIFFERS,
    Verdict.NOT_STATED,
    Verdict.EXCEEDS,
    Verdict.MEETS,
)


def _worst(verdicts: set[Verdict]) -> Verdict:
    return next((one for one in _WORST_FIRST if one in verdicts), Verdict.NOT_ASKED)


def _asked_quality(x: Asked) -> str:
    quality = x.asked.quality
    parts = [say.quality(quality.metric, quality.target)]
    parts += [word(quality.measured_on)] if quality.measured_on else []
    return say.listed(part for part in parts if part)


def _asked_sampling(x: Asked) -> str:
    quality = x.asked.quality
    parts = [say.percent(quality.sampling_rate)] if quality.sampling_rate else []
    parts += [word(quality.sampled_by)] if quality.sampled_by else []
    parts += [quality.rejection] if quality.rejection else []
    return say.listed(parts)


TERMS: tuple[Term, ...] = (
    Term("quality", lambda: _("Quality target"), _asked_quality, _quality),
    Term("sampling", lambda: _("Sampling"), _asked_sampling, _sampling),
    Term(
        "pilot",
        lambda: _("Pilot"),
        lambda x: _pilot_text(x.lot, x.asked.pilot.size, x.asked.pilot.is_paid, x.asked.pilot.days),
        _pilot,
    ),
    Term(
        "throughput",
        lambda: _("Throughput"),
        lambda x: _per_week(x.asked.schedule.per_week, x.lot),
        _throughput,
    ),
    Term("final", lambda: _("Final delivery"), lambda x: say.day(x.asked.schedule.final), _final),
    Term("lead", lambda: _("Lead time"), lambda _x: "", _lead),
    Term(
        "rework",
        lambda: _("Rework"),
        lambda x: _rework_text(
            x.asked.rework.rounds, x.asked.rework.days, x.asked.rework.is_unlimited
        ),
        _rework,
    ),
    Term(
        "personal_data",
        lambda: _("Personal data"),
        lambda x: _word(x.general.security.personal_data),
        lambda x: _one_of(x.general.security.personal_data, x.offered.personal_data),
    ),
    Term(
        "workplace",
        lambda: _("Where people work"),
        lambda x: _word(x.general.security.workplace),
        lambda x: _one_of(x.general.security.workplace, x.offered.workplace),
    ),
    Term(
        "subcontracting",
        lambda: _("Subcontracting, crowd"),
        lambda x: _word(x.general.security.subcontracting),
        _subcontracting,
    ),
    Term(
        "certifications",
        lambda: _("Certificates"),
        lambda x: say.listed(x.general.security.certifications),
        lambda x: Cell(
            say.listed(x.offered.certifications),
            judge.includes(x.general.security.certifications, x.offered.certifications),
        ),
    ),
    Term(
        "ip",
        lambda: _("Rights in the result"),
        lambda x: _word(x.general.commercial.ip_owner),
        lambda x: _one_of(x.general.commercial.ip_owner, x.offered.ip_owner),
    ),
    Term(
        "payment",
        lambda: _("Payment"),
        lambda x: x.general.commercial.payment or "",
        lambda x: Cell(
            x.quote.payment or "", judge.same(x.general.commercial.payment, x.quote.payment)
        ),
    ),
    Term(
        "invoice",
        lambda: _("Invoice"),
        lambda x: _word(x.general.commercial.invoice_type),
        lambda x: _one_of(
            x.general.commercial.invoice_type,
            InvoiceType(x.quote.invoice_type) if x.quote.invoice_type else None,
        ),
    ),
    Term("validity", lambda: _("Valid until"), lambda x: say.day(_valid_from(x)), _validity),
    Term(
        "exceptions",
        lambda: _("Exceptions to the terms"),
        lambda _x: "",
        lambda x: Cell(
            x.quote.exceptions or "", Verdict.DIFFERS if x.quote.exceptions else Verdict.NOT_ASKED
        ),
    ),
    Term(
        "comment",
        lambda: _("Comment"),
        lambda _x: "",
        lambda x: Cell(x.offered.comment or "", Verdict.NOT_ASKED),
    ),
)


def _word(value: StrEnum | None) -> str:
    return word(value) if value else ""


def rows(asked: Asked, answers: Sequence[tuple[Quote, QuoteLine] | None]) -> list[Row]:
    """Return every term that was asked for or that somebody says something of."""
    subjects = [
        Subject(
            rfq=asked.rfq,
            lot=asked.lot,
            general=asked.general,
            asked=asked.asked,
            quote=answer[0],
            line=answer[1],
            offered=LineTerms.model_validate(answer[1].terms),
        )
        if answer
        else None
        for answer in answers
    ]
    found = (
        Row(
            term.code,
            term.title(),
            term.asked(asked),
            [term.cell(subject) if subject else None for subject in subjects],
        )
        for term in TERMS
    )
    return [row for row in found if not row.is_empty]
