"""Make the plan that files are written from: a version, and where its datasets lie."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer
from app.catalog.locations import queries as locations
from app.catalog.locations.kinds import Layout, Split
from app.catalog.locations.models import TrainingData
from app.errors import Conflict
from app.mixtures import access, versions
from app.mixtures import content as contents
from app.mixtures.models import Mixture, MixtureVersion
from app.mixtures.versions import Opened
from app.mixtures.views import ComponentView, MixtureView, PhaseView
from app.trainers import queries
from app.trainers.kit.plan import Component, Location, Phase, Plan, Settings
from app.version import VERSION

# A ratio that is off by more than this from what its tokens are was not kept by the plan.
_KEPT = 1e-9


@dataclass(frozen=True)
class Known:
    """What the team knows of datasets for training: places, counts of documents."""

    training: Mapping[str, TrainingData]
    documents: Mapping[str, tuple[int, str]]


def load_known(session: Session, slugs: list[str], viewer: Viewer) -> Known:
    """Return what the viewer may know of datasets for training; places are the team's alone."""
    if not viewer.can(Permission.BROWSE_TEAM_CATALOGUE):
        return Known({}, queries.load_document_counts(session, slugs))
    return Known(
        locations.load_training_data(session, slugs), queries.load_document_counts(session, slugs)
    )


def load_plan(
    session: Session,
    mixture: Mixture,
    version: MixtureVersion,
    settings: Settings,
    *,
    viewer: Viewer,
) -> Plan:
    """
    Return the plan of a version, as the viewer may see it.

    Raises
    ------
    Conflict
        If a phase has nothing to train on.
    """
    opened = versions.open_version(version, is_whole=False, with_team=access.sees_team(viewer))
    known = load_known(session, opened.content.datasets(), viewer)
    return plan_of(mixture.slug, opened, known, settings)


def plan_of(slug: str, opened: Opened, known: Known, settings: Settings) -> Plan:
    """Return the plan of a version that is computed already."""
    version = opened.version
    return _plan(slug, version.number, version.content_hash, opened.view, known, settings)


def plan_of_draft(session: Session, mixture: Mixture, view: MixtureView, viewer: Viewer) -> Plan:
    """
    Return the plan that the next version would be if the draft was saved now.

    Raises
    ------
    Conflict
        If a phase has nothing to train on.
    """
    known = load_known(session, view.content.datasets(), viewer)
    digest = contents.content_hash(view.content)
    return _plan(mixture.slug, mixture.last_version + 1, digest, view, known, Settings())


def _plan(  # noqa: PLR0917  each a part of the plan
    slug: str, number: int, digest: str, view: MixtureView, known: Known, settings: Settings
) -> Plan:
    return Plan(
        mixture=slug,
        version=number,
        content_hash=digest,
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        peibi_version=VERSION,
        tokenizer=view.content.tokenizer,
        phases=tuple(_phase(phase, known) for phase in view.phases),
        settings=settings,
    )


def _phase(view: PhaseView, known: Known) -> Phase:
    total = view.total_tokens
    if view.plan is None or not total:
        raise Conflict(
            "The phase %(phase)s has no plan, so no trainer can be told what to draw in it.",
            phase=view.name,
        )
    ratios = [one.ratio or 0.0 for one in view.components]
    shares = [(one.tokens or 0) / total for one in view.components]
    # Where the plan could not keep the ratios, what it draws is what counts.
    keeps = all(
        abs(ratio - share) <= _KEPT + 1 / total for ratio, share in zip(ratios, shares, strict=True)
    )
    used = ratios if keeps and abs(sum(ratios) - 1) < _KEPT else shares
    return Phase(
        view.name,
        tuple(
            _component(one, ratio, known) for one, ratio in zip(view.components, used, strict=True)
        ),
    )


def _component(view: ComponentView, ratio: float, known: Known) -> Component:
    data = known.training.get(view.dataset)
    unique = view.unique.mid if view.unique else None
    mean, source = tokens_per_document(view.dataset, unique, known)
    return Component(
        name=view.dataset,
        ratio=ratio,
        tokens=view.tokens or 0,
        unique_tokens=unique,
        max_epochs=view.max_epochs,
        tokens_per_document=mean,
        documents_source=source,
        locations=tuple(
            Location(
                uri=one.uri,
                layout=Layout(one.layout),
                split=Split(one.split),
                tokenizer=one.tokenizer,
                subset=one.subset,
                text_field=one.text_field,
            )
            for one in (data.locations if data else ())
        ),
    )


def tokens_per_document(
    dataset: str, unique: int | None, known: Known
) -> tuple[float | None, str | None]:
    """Return the mean that somebody entered, or else tokens divided by the catalogue's count."""
    data = known.training.get(dataset)
    if data is not None and data.tokens_per_document is not None:
        return float(data.tokens_per_document), data.documents_source
    if unique and dataset in known.documents:
        count, word = known.documents[dataset]
        return unique / count, f"{unique} tokens / {count} ({word})"
    return None, None
