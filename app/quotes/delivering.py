"""
What an award brings about: an entry of the catalogue, offered to the mixture that lacked it.

The entry is for the team alone: quantity as ordered, a contract as its licence with the award as
the evidence, and the price. Award and entry are one transaction; what the catalogue refuses is
undone alone, and can be tried again, since an award is final whatever the catalogue says.
"""

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy.orm import Session

from app import audit
from app.accounts.models import Organisation
from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer, require
from app.catalog.editing import queries as catalogue
from app.catalog.editing import service as editing
from app.catalog.editing.content import (
    EMPTY_ROWS,
    LICENCE_CLAIMS,
    QUANTITIES,
    Content,
    empty_content,
)
from app.catalog.editing.draft import Draft, NewProvider
from app.catalog.editing.known import Known, KnownSource, source_code
from app.errors import AppError, Conflict
from app.quotes import events
from app.quotes.comparison import basis
from app.quotes.models.quote import Award, Quote, QuoteLine
from app.quotes.models.rfq import Lot, Rfq
from app.quotes.pricing.exchange import RateSet
from app.quotes.pricing.money import Money, minor_digits, round_half_up
from app.quotes.pricing.offers import Costed, NotComparable, cost
from app.quotes.queries import awards as award_queries
from app.quotes.queries import people as people_queries
from app.quotes.queries import rfqs as rfq_queries
from app.quotes.vocabulary import Modality, Task, Unit
from app.quotes.words import TASKS

# What the catalogue counts in, and how many of its units one of the lot's is.
UNITS: Mapping[Unit, tuple[str, Decimal]] = {
    Unit.ITEM: ("record", Decimal(1)),
    Unit.QUESTION: ("question", Decimal(1)),
    Unit.DIALOGUE: ("dialogue", Decimal(1)),
    Unit.PAIR: ("qa_pair", Decimal(1)),
    Unit.DOCUMENT: ("document", Decimal(1)),
    Unit.PAGE: ("page", Decimal(1)),
    Unit.WORD: ("word", Decimal(1)),
    Unit.THOUSAND_CHARACTERS: ("character", Decimal(1000)),
    Unit.IMAGE: ("image", Decimal(1)),
    Unit.IMAGE_TEXT_PAIR: ("image_text_pair", Decimal(1)),
    Unit.EFFECTIVE_HOUR: ("hour", Decimal(1)),
    Unit.RAW_HOUR: ("hour", Decimal(1)),
    Unit.UTTERANCE: ("record", Decimal(1)),
    Unit.SEGMENT: ("record", Decimal(1)),
    Unit.TURN: ("record", Decimal(1)),
    Unit.FRAME: ("image", Decimal(1)),
}
MODALITIES: Mapping[Modality, str] = {
    Modality.TEXT: "text",
    Modality.CODE: "code",
    Modality.AUDIO: "audio",
    Modality.IMAGE: "image",
    Modality.VIDEO: "video",
    Modality.THREE_D: "structure_3d",
    Modality.MULTIMODAL: "image_and_text",
}
CATEGORIES: Mapping[Task, str] = {
    Task.SFT_WRITING: "instruction",
    Task.PREFERENCE_RANKING: "instruction",
    Task.MULTI_TURN_DIALOGUE: "dialogue",
    Task.TRANSCRIPTION: "speech",
    Task.CODE_WRITING: "code",
    Task.REASONING_STEPS: "reasoning",
    Task.RED_TEAMING: "instruction",
}
BY_MODALITY: Mapping[Modality, str] = {
    Modality.AUDIO: "speech",
    Modality.IMAGE: "multimodal",
    Modality.VIDEO: "multimodal",
    Modality.MULTIMODAL: "multimodal",
    Modality.CODE: "code",
}
DEFAULT_CATEGORY = "mixed"
# The contract is the fact itself.
GRADE = "A"


def enter_in_catalogue(session: Session, rfq: Rfq, lot: Lot, *, actor: audit.Actor) -> str | None:
    """
    Make the entry of an awarded lot and return its slug; None where the catalogue refuses it.

    Raises
    ------
    Conflict
        If the lot is not awarded, or has its entry.
    """
    award = award_queries.get_award(session, lot.id)
    if award is None or award.line is None:
        raise Conflict("The lot is not awarded, so the catalogue gains nothing.")
    if award.dataset_slug is not None:
        raise Conflict("The catalogue has the entry of this lot already.")
    try:
        with session.begin_nested():
            slug = _create(session, rfq, lot, award, actor=actor)
    except AppError as error:
        events.record(
            session,
            rfq,
            "lot.entry_refused",
            actor=actor,
            of=(events.LOT, lot.public_id),
            detail={"lot": lot.number, "why": str(error)[:500]},
        )
        return None
    award.dataset_slug = slug
    if rfq.origin and rfq.origin.get("mixture"):
        award.offered_to = str(rfq.origin["mixture"])
    session.flush()
    events.record(
        session,
        rfq,
        "lot.entered_in_catalogue",
        actor=actor,
        of=(events.LOT, lot.public_id),
        detail={"lot": lot.number, "dataset": slug, "mixture": award.offered_to},
    )
    return slug


def enter_again(session: Session, rfq: Rfq, lot: Lot, *, viewer: Viewer) -> str:
    """
    Try once more to make the entry of an awarded lot, and return its slug.

    Raises
    ------
    Conflict
        If the lot is not awarded, has its entry, or the catalogue refuses it again.
    """
    require(viewer, Permission.AWARD_QUOTES)
    rfq = rfq_queries.lock_rfq(session, rfq)
    slug = enter_in_catalogue(session, rfq, lot, actor=viewer)
    if slug is None:
        raise Conflict("The catalogue refused the entry again. The timeline says so.")
    return slug


def contract_total(quote: Quote, line: QuoteLine, lot: Lot) -> Money | None:
    """Return what a lot costs by a quote line in the vendor's currency, incl. tax; None unknown."""
    offer = basis.offer_of(quote, line, lot)
    if offer is None:
        return None
    demand = basis.demand_of(lot, basis.requirements_of(lot))
    found = cost(offer, demand, RateSet(quote.currency), acceptance=Decimal(1))
    if isinstance(found, (Costed, NotComparable)):
        return found.total
    return None


def _create(session: Session, rfq: Rfq, lot: Lot, award: Award, *, actor: audit.Actor) -> str:
    line = award.line
    assert line is not None  # noqa: S101  the caller has checked it
    known = catalogue.load_known(session)
    organisation = people_queries.get_vendor_of(session, line.quote)
    provider = people_queries.find_provider_slug(session, organisation)
    new_provider = None
    if provider is None:
        provider = organisation.slug
        new_provider = NewProvider(provider, organisation.name_zh, organisation.name_en)
    text = f"{rfq.number}, lot {lot.number}: contract with {organisation.name_en}"
    code = source_code(text, GRADE)
    content = _content(rfq, lot, line, organisation, known)
    content["provider"] = provider
    for rows in (content[QUANTITIES], content[LICENCE_CLAIMS]):
        for row in rows.values():
            row["source"] = code
    draft = Draft(content, {code: KnownSource(code, text, GRADE)}, new_provider)
    return editing.create_dataset(
        session,
        draft,
        slug=f"{rfq.number.lower()}-lot-{lot.number}",
        known=known,
        actor=actor,
    )


def _content(
    rfq: Rfq, lot: Lot, line: QuoteLine, organisation: Organisation, known: Known
) -> Content:
    content = empty_content()
    total = contract_total(line.quote, line, lot)
    price_en = price_zh = ""
    if total is not None:
        digits = minor_digits(total.currency)
        amount = f"{round_half_up(total.amount, digits):,.{digits}f}"
        price_en = f" Price incl. tax: {total.currency} {amount}."
        price_zh = f"含税总价：{total.currency} {amount}。"
    category = CATEGORIES.get(
        Task(lot.task), BY_MODALITY.get(Modality(lot.modality), DEFAULT_CATEGORY)
    )
    name_zh, name_en = names(lot)
    content |= {
        "name_zh": name_zh,
        "name_en": name_en,
        "category": category if category in known.categories else DEFAULT_CATEGORY,
        "modality": MODALITIES[Modality(lot.modality)],
        "languages": lot.languages,
        "visibility": "team",
        "description_zh": lot.description,
        "description_en": lot.description,
        "access_zh": f"合同采购：{rfq.number} 标段 {lot.number}，"
        f"供应商 {organisation.name_zh}。{price_zh}",
        "access_en": f"Ordered by contract: {rfq.number}, lot {lot.number}, from "
        f"{organisation.name_en}.{price_en}",
    }
    if unit := UNITS.get(Unit(lot.unit)):
        name, factor = unit
        content[QUANTITIES] = {
            "n1": EMPTY_ROWS[QUANTITIES]
            | {
                "value": f"{lot.volume * factor:f}",
                "unit": name,
                "printed": f"{lot.volume:f} {lot.unit}",
                "qualifier_zh": "订购数量",
                "qualifier_en": "as ordered",
            }
        }
    content[LICENCE_CLAIMS] = {
        "n1": EMPTY_ROWS[LICENCE_CLAIMS]
        | {
            "licence_class": "contract",
            "stated_zh": f"合同：{rfq.number} 标段 {lot.number}",
            "stated_en": f"Contract: {rfq.number}, lot {lot.number}",
            "note_zh": f"依据报价 {evidence(line)}。{price_zh}",
            "note_en": f"Rests on quote {evidence(line)}.{price_en}",
        }
    }
    return content


def names(lot: Lot) -> tuple[str, str]:
    """
    Return what the catalogue calls a lot in Chinese and in English.

    A buyer writes one title. In the other language the task says what it is, the title beside it.
    """
    task = TASKS[Task(lot.task)]
    if any("\u4e00" <= character <= "\u9fff" for character in lot.title):
        return lot.title, f"{task.en} ({lot.title})"
    return f"{task.zh}（{lot.title}）", lot.title


def evidence(line: QuoteLine) -> str:
    """Return what identifies the quote that a contract rests on: its revision and its hash."""
    quote = line.quote
    return f"{quote.public_id} r{quote.revision}, SHA-256 {(quote.content_hash or '')[:16]}"
