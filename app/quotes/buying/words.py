"""What the templates of buyers say about requests and quotes: one name for all the words."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from types import ModuleType
from typing import Any

from app.accounts.models import Organisation
from app.quotes import card_words
from app.quotes import words as terms
from app.quotes.buying.event_words import event_text
from app.quotes.comparison import say as amounts
from app.quotes.comparison import words as comparison
from app.quotes.content.asked import LotIn
from app.quotes.models.record import Event
from app.quotes.models.rfq import Lot, Rfq
from app.quotes.outline import volume_text
from app.quotes.pricing.offers import Costed, NotComparable, NotQuoted
from app.quotes.vocabulary import FileRole, Modality, Task
from app.quotes.words import RFQ_TONES
from app.web.i18n import local


def vendor(organisation: Organisation) -> str:
    """Return what a vendor is called in the reader's language."""
    return local({"zh": organisation.name_zh, "en": organisation.name_en})


def rfq_state(rfq: Rfq) -> tuple[str, str]:
    """Return the tone and the word of a request's state, by the database's clock."""
    return RFQ_TONES[rfq.effective_state], terms.word(rfq.effective_state)


def task(code: str) -> str:
    """Return what a task is called."""
    return terms.word(Task(code))


def modality(code: str) -> str:
    """Return what a modality is called."""
    return terms.word(Modality(code))


def file_role(code: str) -> str:
    """Return what an attached file is."""
    return terms.word(FileRole(code))


def kind_of(costing: object) -> str:
    """Return which kind of costing this is, for a template to choose by."""
    match costing:
        case Costed():
            return "costed"
        case NotComparable():
            return "not_comparable"
        case NotQuoted():
            return "not_quoted"
    raise TypeError(costing)


@dataclass(frozen=True)
class Words:
    """The words, by subject."""

    amounts: ModuleType = field(default=amounts)
    cards: ModuleType = field(default=card_words)
    comparison: ModuleType = field(default=comparison)
    word: Callable[[StrEnum], str] = terms.word
    words_of: ModuleType = field(default=terms)
    vendor: Callable[[Organisation], str] = vendor
    rfq_state: Callable[[Rfq], tuple[str, str]] = rfq_state
    kind_of: Callable[[Any], str] = kind_of
    task: Callable[[str], str] = task
    modality: Callable[[str], str] = modality
    file_role: Callable[[str], str] = file_role
    volume: Callable[[Lot | LotIn], str] = volume_text
    event: Callable[[Event], str] = event_text


WORDS = Words()
