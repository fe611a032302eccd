"""Versions as runs that were trained before: what a draft can carry in, and what they drew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer
from app.errors import InvalidInput
from app.mixtures.content import Carried
from app.mixtures.models import (
    Mixture,
    MixtureVersion,
)
from app.mixtures.queries.mixtures import readable


@dataclass(frozen=True, slots=True)
class Run:
    """A version that a draft can say was trained on before."""

    mixture: str
    version: int
    name: str
    message: str

    @property
    def code(self) -> str:
        """How it is written in a field: zh-en-7b@3."""
        return f"{self.mixture}@{self.version}"


def list_runs(session: Session, viewer: Viewer, *, limit: int = 500) -> list[Run]:
    """Return the versions that one may see, the newest first, without what is in them."""
    rows = session.execute(
        select(Mixture.slug, MixtureVersion.number, Mixture.name, MixtureVersion.message)
        .join(MixtureVersion.mixture)
        .where(readable(viewer))
        .order_by(MixtureVersion.id.desc())
        .limit(limit)
    )
    return [Run(*row) for row in rows]


def find_carried(
    session: Session, carried: Sequence[Carried], viewer: Viewer
) -> dict[Carried, Mapping[str, int]]:
    """Return the tokens by dataset of each version that is there and may be seen."""
    if not carried:
        return {}
    rows = session.execute(
        select(Mixture.slug, MixtureVersion.number, MixtureVersion.results["tokens"])
        .join(MixtureVersion.mixture)
        .where(
            tuple_(Mixture.slug, MixtureVersion.number).in_(
                [(one.mixture, one.version) for one in carried]
            ),
            readable(viewer),
        )
    )
    return {Carried(mixture=slug, version=number): tokens for slug, number, tokens in rows}


def require_runs(session: Session, carried: Sequence[Carried], viewer: Viewer) -> None:
    """
    Refuse an earlier run that is not there.

    Raises
    ------
    InvalidInput
        At the field, if there is no such version, or the viewer may not know that there is.
    """
    found = find_carried(session, carried, viewer)
    for one in carried:
        if one not in found:
            raise InvalidInput(
                "There is no version %(number)s of a mixture %(slug)s, or you may not see it.",
                field="carried",
                number=one.version,
                slug=one.mixture,
            )
