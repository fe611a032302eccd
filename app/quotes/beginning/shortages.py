"""
Turn what a mixture lacks into lots: tokens into the units that vendors count in.

The catalogue's conversion priors say how many tokens a unit has. Which prior was used stands in
the note of the request, with the sum, so that a buyer can check it.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer
from app.catalog.estimating import tables
from app.mixtures.shortages import Shortage, load_shortages
from app.planning.estimates.conversion import Factors, find_factors
from app.planning.estimates.tokens import NoConversion
from app.quotes.vocabulary import Modality, Task, Unit

# The units of the catalogue that a vendor's unit counts alike, the likeliest first.
UNIT_PAIRS: tuple[tuple[str, Unit], ...] = (
    ("question_with_solution", Unit.QUESTION),
    ("question", Unit.QUESTION),
    ("qa_pair", Unit.PAIR),
    ("dialogue", Unit.DIALOGUE),
    ("thread", Unit.DIALOGUE),
    ("document", Unit.DOCUMENT),
    ("article", Unit.DOCUMENT),
    ("page", Unit.PAGE),
    ("hour", Unit.EFFECTIVE_HOUR),
    ("image", Unit.IMAGE),
)
TASKS: dict[Modality, Task] = {
    Modality.TEXT: Task.SFT_WRITING,
    Modality.AUDIO: Task.TRANSCRIPTION,
    Modality.IMAGE: Task.CAPTIONING,
    Modality.MULTIMODAL: Task.IMAGE_TEXT_QA,
    Modality.CODE: Task.CODE_WRITING,
    Modality.VIDEO: Task.CAPTIONING,
}
MODALITIES: dict[str, Modality] = {
    "audio": Modality.AUDIO,
    "video": Modality.VIDEO,
    "image": Modality.IMAGE,
    "image_and_text": Modality.MULTIMODAL,
    "code": Modality.CODE,
}
MAX_LOTS = 20


@dataclass(frozen=True, slots=True)
class Found:
    """A mixture's shortages as lots, with the facts that led to their volumes."""

    name: str
    slug: str
    lots: list[dict[str, object]]
    lacks: list[dict[str, object]]
    # Of each lot, in their order.
    phases: list[str]


def find_lots(session: Session, slug: str, viewer: Viewer, *, key: str = "") -> Found:
    """
    Return what a mixture lacks as lots; `key` names one shortage, else all of them.

    Raises
    ------
    NotFound
        If there is no such mixture, or the viewer may not know of it.
    """
    mixture, shortages = load_shortages(session, slug, viewer)
    wanted = [one for one in shortages if not key or key in {one.key, one.dataset}]
    reference = tables.load(session)
    lots, lacks = [], []
    for shortage in wanted[:MAX_LOTS]:
        lot, facts = _lot(shortage, reference)
        lots.append(lot)
        lacks.append(facts)
    phases = [one.phase for one in wanted[:MAX_LOTS]]
    return Found(mixture.name, mixture.slug, lots, lacks, phases)


def _lot(
    shortage: Shortage, reference: tables.ReferenceTables
) -> tuple[dict[str, object], dict[str, object]]:
    """Return a lot and the facts of its volume."""
    modality = MODALITIES.get(shortage.modality or "", Modality.TEXT)
    lot: dict[str, object] = {
        "title": shortage.title[:300],
        "task": TASKS[modality],
        "modality": modality,
        "languages": [tag for tag in shortage.languages if tag not in {"und", "mul"}][:50],
        "unit": Unit.ITEM,
        "volume": "1",
    }
    facts: dict[str, object] = {
        "title": shortage.title,
        "phase": shortage.phase,
        "tokens": None if shortage.mid is None else int(shortage.mid),
    }
    best = None if shortage.mid is None else _convert(shortage, reference, modality)
    if shortage.mid is None or best is None:
        return lot, facts
    unit, factors = best
    count = max(1, math.ceil(Fraction(shortage.mid) / factors.product.mid))
    lot["unit"], lot["volume"] = unit, str(count)
    prior = reference.prior_words[factors.priors[0].code]
    return lot, facts | {
        "unit": unit.value,
        "per_unit": float(factors.product.mid),
        "count": count,
        "prior": {"zh": prior["name_zh"], "en": prior["name_en"]},
    }


def _convert(
    shortage: Shortage, reference: tables.ReferenceTables, modality: Modality
) -> tuple[Unit, Factors] | None:
    premiums = reference.default.premiums if reference.default else {}
    paths = list(reference.category_paths.values())
    path = next((p for p in paths if p and p[0] == shortage.category), ())
    pairs = [p for p in UNIT_PAIRS if (p[1] is Unit.EFFECTIVE_HOUR) == (modality is Modality.AUDIO)]
    for code, unit in pairs:
        try:
            factors = find_factors(
                unit=code,
                categories=path or ((shortage.category,) if shortage.category else ()),
                languages=[tag for tag in shortage.languages if tag not in {"und", "mul"}],
                priors=reference.priors,
                premiums=premiums,
            )
        except NoConversion:
            continue
        if factors.product.mid > 0:
            return unit, factors
    return None
