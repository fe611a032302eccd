"""The page of one version of a plan, which several actions answer with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Path, Request, Response
from fastapi.responses import RedirectResponse

from app.accounts.viewers import Viewer
from app.db import DbSession
from app.errors import AppError
from app.mixtures import access
from app.mixtures.models import Visibility
from app.mixtures.queries import mixtures as mixture_queries
from app.mixtures.sharing import DEFAULT_DAYS
from app.mixtures.web.say import SAY
from app.training import exports, form_values, knowledge, words
from app.training.forms import Filled
from app.training.models import TrainingPlan, TrainingPlanVersion, TrainingShareLink
from app.training.plans import content, queries
from app.training.plans.content import LAYOUT_OF_PHASE, Computed, Content
from app.training.published import RunCompared
from app.training.web.calculator import Shown, find_compared, read_stage, show_plan
from app.web.forms import FormData
from app.web.i18n import later
from app.web.templating import render

Number = Annotated[int, Path(ge=1, le=10**6)]
DONE = {
    "saved": later("The version is saved. It never changes from here on."),
    "visibility": later("Who sees the plan is changed."),
    "archived": later("The plan is archived: readable, and nobody changes it."),
    "restored": later("The plan is back."),
    "revoked": later("The link is revoked: it stopped working at once."),
}


@dataclass(frozen=True)
class PlanPage:
    """One version with everything that it comes to."""

    plan: TrainingPlan
    version: TrainingPlanVersion
    computed: Computed
    shown: Shown
    values: Mapping[str, str]
    compared: RunCompared | None
    phase: int
    phase_values: Sequence[Mapping[str, str]]
    versions: Sequence[TrainingPlanVersion]
    links: Sequence[TrainingShareLink]
    mixture_href: str | None
    can_edit: bool
    is_owner: bool
    is_shared: bool
    visibilities: Sequence[tuple[str, str]]
    days: int
    link_address: str | None
    notice: str | None
    kinds: Sequence[str]
    words: Any = words
    address: Any = form_values.address


def show_plan_page(  # noqa: PLR0913  one page, shown after several actions
    request: Request,
    session: DbSession,
    plan: TrainingPlan,
    version: TrainingPlanVersion,
    viewer: Viewer,
    *,
    phase: int = 0,
    stage: str = "",
    is_shared: bool = False,
    link_address: str | None = None,
    notice: str | None = None,
) -> Response:
    """Render a version of a plan."""
    known = knowledge.load_known(session)
    computed = content.compute(content.read(version.content), known)
    chosen = min(phase, len(computed.phases) - 1)
    found = computed.phases[chosen]
    is_owner = not is_shared and access.owns(viewer, plan)
    can_edit = not is_shared and access.can_edit(viewer, plan)
    values = form_values.values_of_body(computed.content.run)
    mixture_href = _mixture_href(session, computed.content, viewer)

    def hrefs(place: int, changes: Mapping[str, str]) -> str | None:
        """Return the form of the next version, with a change put into a phase."""
        if not can_edit or not LAYOUT_OF_PHASE.issuperset(changes):
            return None
        started = {"plan": plan.slug, "base": str(plan.last_version)}
        if mixture_href and computed.content.mixture:
            mixture = computed.content.mixture
            started |= {"mixture": mixture.slug, "version": str(mixture.number)}
        put = {f"phase-{place}-{name}": value for name, value in changes.items()}
        return form_values.address("/training/plans/new", {**values, **started, **put})

    page = PlanPage(
        plan=plan,
        version=version,
        computed=computed,
        shown=show_plan(
            found.plan,
            Filled(FormData({}), found.body),
            known,
            stage=read_stage(stage),
            phases=[(one.part.name, one.plan) for one in computed.phases],
            href_of=lambda changes: hrefs(chosen, changes),
        ),
        values=values,
        compared=find_compared(form_values.values_of_body(found.body)),
        phase=chosen,
        phase_values=[form_values.values_of_body(one.body) for one in computed.phases],
        versions=[] if is_shared else queries.list_versions(session, plan),
        links=queries.list_links(session, plan) if is_owner else [],
        mixture_href=mixture_href,
        can_edit=can_edit,
        is_owner=is_owner,
        is_shared=is_shared,
        visibilities=[(one.value, SAY.visibility(one)) for one in Visibility],
        days=DEFAULT_DAYS,
        link_address=link_address,
        notice=notice,
        kinds=exports.names(),
    )
    return render(request, "training/plans/show.html", page)


def to_version(slug: str, number: int, done: str) -> Response:
    """Go to a version of a plan, and say what was done."""
    return RedirectResponse(f"/training/plans/{slug}/versions/{number}?done={done}", 303)


def _mixture_href(session: DbSession, made: Content, viewer: Viewer) -> str | None:
    if made.mixture is None:
        return None
    try:
        mixture_queries.get_mixture(session, made.mixture.slug, viewer)
    except AppError:
        return None
    return f"/mixtures/{made.mixture.slug}/versions/{made.mixture.number}"
