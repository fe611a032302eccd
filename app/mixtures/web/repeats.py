"""A page of its own for what the repeats of a phase cost: all components, all laws, exposure."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, require
from app.db import DbSession
from app.mixtures import access, loading, versions
from app.mixtures import content as contents
from app.mixtures.models import Mixture, MixtureVersion
from app.mixtures.pages import Number
from app.mixtures.queries import drafts as draft_queries
from app.mixtures.queries import mixtures as mixture_queries
from app.mixtures.queries import versions as version_queries
from app.mixtures.views import MixtureView, PhaseView
from app.mixtures.web.composer.worth import Worth, worth_of
from app.mixtures.web.say import SAY, Say
from app.planning.loss import data_constrained, presets, scaling
from app.planning.loss.scaling import Optimum
from app.web.templating import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class BestSize:
    """What one set of constants calls the best use of the compute that the mixture takes."""

    source: str
    unlimited: Optimum
    limited: Optimum | None


@dataclass(frozen=True)
class RepeatsPage:
    """What the repeats of one phase cost."""

    mixture: Mixture
    view: MixtureView
    phase: PhaseView
    number: int
    worth: Worth | None
    unique_tokens: int
    flops: float | None
    sizes: list[BestSize]
    base_href: str
    version: MixtureVersion | None = None
    say: Say = SAY


@router.get("/mixtures/{slug}/repeats", name="mixtures.repeats")
def show(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    slug: str,
    *,
    phase: Annotated[int, Query(ge=1, le=contents.MAX_PHASES)] = 1,
) -> Response:
    """Show what the repeats of a phase cost, and how large a model the data carries."""
    require(viewer, Permission.READ_MIXTURES)
    mixture = mixture_queries.get_mixture(session, slug, viewer)
    draft = draft_queries.get_draft(session, mixture.id)
    view = loading.load_plan(session, contents.read(draft.content), viewer, phase=phase - 1)
    return render(request, "mixtures/repeats.html", _page(mixture, view, f"/mixtures/{slug}"))


@router.get("/mixtures/{slug}/versions/{number}/repeats", name="mixtures.version.repeats")
def show_of_version(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    slug: str,
    *,
    number: Number,
    phase: Annotated[int, Query(ge=1, le=contents.MAX_PHASES)] = 1,
) -> Response:
    """Show what the repeats of a version cost, from the facts that it keeps."""
    mixture = mixture_queries.get_mixture(session, slug, viewer)
    version = version_queries.get_version(session, mixture, number)
    opened = versions.open_version(version, phase=phase - 1, with_team=access.sees_team(viewer))
    page = _page(mixture, opened.view, f"/mixtures/{slug}/versions/{number}", version)
    return render(request, "mixtures/repeats.html", page)


def _page(
    mixture: Mixture, view: MixtureView, base_href: str, version: MixtureVersion | None = None
) -> RepeatsPage:
    unique = sum(one.mid for one in view.unique.values())
    flops = compute_of(view)
    return RepeatsPage(
        mixture=mixture,
        view=view,
        phase=view.phase,
        number=view.active + 1,
        worth=worth_of(view, is_whole=True),
        unique_tokens=unique,
        flops=flops,
        sizes=best_sizes(flops, unique) if flops else [],
        base_href=base_href,
        version=version,
    )


def compute_of(view: MixtureView) -> float | None:
    """Return 6 N D of the whole mixture; None where the model's size or its tokens are missing."""
    parameters = view.content.model_parameters
    if parameters is None or view.total_tokens < 1:
        return None
    return 6 * parameters * view.total_tokens


def best_sizes(flops: float, unique: int) -> list[BestSize]:
    """Return the best model and run for a compute, with any data and with this data alone."""
    return [
        BestSize(
            law.source,
            scaling.optimum(law, flops=flops),
            data_constrained.optimum(law, flops=flops, unique_tokens=unique)
            if law.decay_repeats is not None and unique >= 1
            else None,
        )
        for law in presets.PRESETS.values()
    ]
