"""A bilingual mixture of three phases as a team would have it: saved once, then edited too far."""

from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer
from app.mixtures import drafts, versions
from app.mixtures.content import Content
from app.mixtures.edits import cells
from app.mixtures.models import Mixture
from tests.mixtures.making import component, content, make_mixture, phase

NAME = "zh-en 7B stage 1"
SLUG = "zh-en-7b-stage-1"
WIKIPEDIA = "slimpajama-627b/wikipedia"

MAIN = (
    ("fineweb-edu", 14, 4),
    ("chinese-fineweb-edu-v2", 22, 4),
    ("jlw-chinese-books", 14, 4),
    ("slimpajama-627b/commoncrawl", 9, 4),
    ("skypile-150b", 14, 4),
    ("the-stack-v2", 9, 4),
    (WIKIPEDIA, 7, 4),
    ("jlw-english-ebooks", 7, 4),
    ("jlw-foreign-language-journals", 6, 4),
    ("jlw-chinese-digital-patents", 4, 4),
    ("jlw-university-question-bank", 6, 7),
    ("slimpajama-627b/arxiv", 4, 4),
    ("slimpajama-627b/stackexchange", 3, 7),
    ("the-pile/pile-cc", 8, 2),
    ("jlw-commented-program-code", 0.5, 4),
)
QUALITY = (
    ("fineweb-edu", 30, 4),
    ("chinese-fineweb-edu-v2", 30, 4),
    ("jlw-chinese-books", 20, 4),
    ("the-stack-v2", 10, 4),
    ("slimpajama-627b/arxiv", 5, 4),
    ("dolma3-pool/finemath-3-plus", 5, 4),
)
ANNEAL = (
    ("dolma3-pool/finemath-3-plus", 30, 4),
    ("jlw-university-question-bank", 20, 7),
    ("chinese-fineweb-edu-v2", 50, 4),
)


def made() -> Content:
    """Return what the mixture holds."""
    return content(
        *(
            phase(
                [
                    component(slug, weight, max_epochs=most, locked=slug == "fineweb-edu")
                    for slug, weight, most in parts
                ],
                budget=budget,
                name=name,
                purpose=purpose,
            )
            for name, purpose, budget, parts in (
                ("Main", "pre_training", 1_600 * 10**9, MAIN),
                ("Quality", "mid_training", 300 * 10**9, QUALITY),
                ("Anneal", "mid_training", 100 * 10**9, ANNEAL),
            )
        ),
        model_parameters=7e9,
    )


def make(session: Session, viewer: Viewer) -> Mixture:
    """Return the mixture: version 1 saved, and more of an encyclopedia asked than there is."""
    mixture = make_mixture(session, viewer, made(), name=NAME)
    versions.save_version(session, mixture, message="First plan", viewer=viewer)
    drafts.edit_draft(
        session, mixture, cells.type_entry("Main", WIKIPEDIA, "9"), revision=1, viewer=viewer
    )
    return mixture
