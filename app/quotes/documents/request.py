"""A request for quotation as a PDF; the budget and the list of vendors are the team's alone."""

from datetime import datetime

from app.quotes import outline
from app.quotes.comparison import say
from app.quotes.documents.comparison import stamp
from app.quotes.documents.paper import Cell, Column, Document, Section
from app.quotes.models.rfq import Rfq
from app.quotes.pricing.money import Money
from app.quotes.vocabulary import Modality, Task
from app.quotes.words import word
from app.web.i18n import gettext as _
from app.web.languages import language_name


def document(rfq: Rfq, *, now: datetime, is_team: bool) -> Document:
    """Return a request as a document."""
    facts = [
        (_("Number of the request"), rfq.number),
        (_("State"), word(rfq.effective_state)),
        (_("Deadline for quotes"), stamp(rfq.deadline)),
        (_("Questions until"), stamp(rfq.questions_until or rfq.deadline)),
        (_("Currency of comparison"), rfq.currency),
        (_("Contact"), rfq.owner_name),
    ]
    if is_team and rfq.budget is not None:
        facts.append((_("Budget"), say.amount(Money(rfq.budget, rfq.currency))))
    return Document(
        title=_("Request for quotation"),
        subtitle=rfq.title,
        footer=_("%(number)s, printed %(moment)s", number=rfq.number, moment=stamp(now)),
        facts=facts,
        sections=[*_description(rfq), *_lots(rfq), *_general(rfq)],
    )


def _description(rfq: Rfq) -> list[Section]:
    if not rfq.description:
        return []
    return [Section(_("What it is for"), paragraphs=rfq.description.splitlines())]


def _lots(rfq: Rfq) -> list[Section]:
    sections = []
    for lot in rfq.lots:
        rows = [
            [Cell(_("Task")), Cell(f"{word(Task(lot.task))}, {word(Modality(lot.modality))}")],
            [Cell(_("Volume")), Cell(outline.volume_text(lot))],
        ]
        if lot.languages:
            names = ", ".join(language_name(tag) for tag in lot.languages)
            rows.append([Cell(_("Languages")), Cell(names)])
        if lot.description:
            rows.append([Cell(_("What exactly is to be done")), Cell(lot.description)])
        rows += _rows(outline.of_lot(lot))
        sections.append(
            Section(
                _("Lot %(number)s", number=lot.number) + _(": ") + lot.title,
                columns=[Column(""), Column("", 3)],
                rows=rows,
            )
        )
    return sections


def _general(rfq: Rfq) -> list[Section]:
    groups = outline.of_request(rfq)
    if not groups:
        return []
    return [Section(_("For all lots"), columns=[Column(""), Column("", 3)], rows=_rows(groups))]


def _rows(groups: list[outline.Group]) -> list[list[Cell]]:
    rows = []
    for group in groups:
        rows.append([Cell(group.title, tone="head", span=2)])
        rows += [[Cell(label), Cell(text)] for label, text in group.facts]
    return rows
