"""
A mixture of two phases whose datasets lie somewhere, in every layout, with their mean lengths.

For pages that people look at: the browser tests and the screenshots.
"""

from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer
from app.catalog import queries as catalog_queries
from app.catalog.locations import service as locations
from app.catalog.locations.kinds import TOKENISED, Layout
from app.catalog.locations.queries import find_training_data
from app.catalog.locations.service import Entered, Place
from app.mixtures import versions
from app.mixtures.models import Mixture
from tests.mixtures.making import component, content, make_mixture, phase
from tests.trainers.plans import TOKENIZER, URIS

# Short name, weight in the first phase and in the second, mean tokens per document.
PARTS = (
    ("refinedweb", 55, 30, 620.0),
    ("skypile-150b", 25, 30, 900.0),
    ("the-pile/github", 15, 25, 2_100.0),
    ("the-pile/arxiv", 5, 15, 14_000.0),
)


def make(session: Session, viewer: Viewer, *, name: str = "Bilingual 1T") -> Mixture:
    """Return the mixture, with its first version saved."""
    made = content(
        phase([component(slug, weight) for slug, weight, _, _ in PARTS], budget=10**12),
        phase(
            [component(slug, weight) for slug, _, weight, _ in PARTS], budget=10**11, name="Anneal"
        ),
    )
    for slug, _, _, mean in PARTS:
        place(session, slug, mean, viewer)
    mixture = make_mixture(session, viewer, made, name=name)
    versions.save_version(session, mixture, message="as reviewed", viewer=viewer)
    return mixture


def place(session: Session, slug: str, mean: float, viewer: Viewer) -> None:
    """Say where a dataset lies in every layout."""
    dataset = catalog_queries.get_dataset(session, slug, with_team=True)
    if find_training_data(session, dataset.id) is not None:
        return
    short = slug.replace("/", "-")
    places = tuple(
        Place(
            URIS[layout].format(short),
            layout,
            tokenizer=TOKENIZER if layout in TOKENISED else None,
        )
        for layout in Layout
    )
    locations.save(session, dataset, Entered(places, mean, "counted on 1%"), viewer=viewer)
