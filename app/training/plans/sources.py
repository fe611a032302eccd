"""The mixture version that a plan starts from: its phases, its unique and effective tokens."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer
from app.errors import InvalidInput, NotFound
from app.mixtures import content as mixture_contents
from app.mixtures.models import MixtureVersion
from app.mixtures.queries import mixtures as mixture_queries
from app.mixtures.queries import versions as version_queries
from app.training.plans.content import MixturePart, PhasePart


@dataclass(frozen=True)
class Source:
    """A mixture version as a plan takes it."""

    version_id: int
    part: MixturePart
    phases: tuple[PhasePart, ...]

    @property
    def tokens(self) -> int:
        """Tokens of all phases."""
        return sum(one.tokens for one in self.phases)


def named_source(session: Session, values: Mapping[str, str], viewer: Viewer) -> Source | None:
    """Return the mixture version that `mixture` and `version` name, or None without them."""
    if not values.get("mixture"):
        return None
    return find_source(session, values["mixture"], values.get("version", ""), viewer)


def find_source(session: Session, slug: str, number: str, viewer: Viewer) -> Source:
    """
    Return a mixture version that the viewer may read.

    Raises
    ------
    NotFound
        If there is none, or the viewer may not know that there is.
    InvalidInput
        If it has no tokens yet.
    """
    if not number.isdecimal() or len(number) > 6:  # noqa: PLR2004  no mixture has so many versions
        raise NotFound("There is no version %(number)s.", number=number[:20])
    mixture = mixture_queries.get_mixture(session, slug, viewer)
    version = version_queries.get_version(session, mixture, int(number))
    phases = tuple(
        PhasePart(name=phase["name"], tokens=phase["total_tokens"])
        for phase in version.results["phases"]
        if phase["total_tokens"]
    )
    if not phases:
        raise InvalidInput("This version of the mixture draws no tokens.", field="mixture")
    part = MixturePart(
        slug=mixture.slug,
        name=mixture.name,
        number=version.number,
        unique_tokens=unique_tokens(version),
        effective_tokens=sum(phase["effective_tokens"] for phase in version.results["phases"]),
    )
    return Source(version.id, part, phases)


def unique_tokens(version: MixtureVersion) -> int | None:
    """Return the unique tokens of all components together, or None where one is not known."""
    found = mixture_contents.read(version.content)
    known = version.facts["datasets"]
    counts = [known.get(slug, {}).get("mid") for slug in set(found.datasets())]
    return None if any(count is None for count in counts) else sum(counts)
