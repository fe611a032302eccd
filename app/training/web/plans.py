"""Saved plans: listed, saved from the calculator, shown, compared, taken as files, shared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, Viewer, require
from app.db import DbSession
from app.errors import AppError, InvalidInput, NotFound
from app.mixtures import access
from app.mixtures import queries as mixtures
from app.mixtures.models import Visibility
from app.mixtures.sharing import DEFAULT_DAYS
from app.mixtures.web.say import SAY
from app.training import exports, form_values, forms, knowledge, phase_rows, words
from app.training.forms import Filled
from app.training.known import Known
from app.training.models import TrainingPlan, TrainingPlanVersion, TrainingShareLink
from app.training.phase_rows import PhaseRow
from app.training.plans import content, queries, service, sources
from app.training.plans.content import Computed, Content, PhasePart
from app.training.plans.sources import Source
from app.training.web.calculator import Shown, show_plan
from app.web.errors import sentence
from app.web.forms import Form, FormData
from app.web.i18n import gettext as _
from app.web.i18n import later
from app.web.templating import render

router = APIRouter(include_in_schema=False)

Number = Annotated[int, Path(ge=1, le=10**6)]
MOST_COMPARED = 4
DONE = {
    "saved": later("The version is saved. It never changes from here on."),
    "visibility": later("Who sees the plan is changed."),
    "archived": later("The plan is archived: readable, and nobody changes it."),
    "restored": later("The plan is back."),
    "revoked": later("The link is revoked: it stopped working at once."),
}
# What the form of a plan has beside the run.
OWN_FIELDS = frozenset({"name", "message", "visibility", "plan", "base", "mixture", "version"})


@dataclass(frozen=True)
class ListPage:
    """The plans that one may see."""

    versions: Sequence[TrainingPlanVersion]
    archived: bool
    can_edit: bool
    notice: str | None
    words: Any = words
    say: Any = SAY


@dataclass(frozen=True)
class SavePage:
    """The form that saves a plan, or the next version of one."""

    form: FormData
    values: Mapping[str, str]
    rows: Sequence[PhaseRow]
    plan: TrainingPlan | None
    source: Source | None
    visibilities: Sequence[tuple[str, str]]
    words: Any = words
    address: Any = form_values.address


@dataclass(frozen=True)
class PlanPage:
    """One version with everything that it comes to."""

    plan: TrainingPlan
    version: TrainingPlanVersion
    computed: Computed
    shown: Shown
    values: Mapping[str, str]
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


@dataclass(frozen=True)
class ComparePage:
    """Versions side by side."""

    versions: Sequence[TrainingPlanVersion]
    rows: Sequence[tuple[str, Sequence[Any]]]
    words: Any = words


@router.get("/training/plans", name="training.plans")
def list_plans(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    *,
    state: Annotated[str, Query()] = "",
    done: Annotated[str, Query()] = "",
) -> Response:
    """List the plans that one may see, the last changed first."""
    archived = state == "archived"
    page = ListPage(
        versions=queries.list_plans(session, viewer, archived=archived),
        archived=archived,
        can_edit=forms.may_save(viewer),
        notice=_(DONE[done]) if done in DONE else None,
    )
    return render(request, "training/plans/index.html", page)


@router.get("/training/plans/new", name="training.plans.new")
def show_new(request: Request, session: DbSession, viewer: CurrentViewer) -> Response:
    """Show the form that saves the run in the address."""
    require(viewer, Permission.EDIT_MIXTURES)
    filled = forms.read_query(dict(request.query_params), known=knowledge.load_known(session))
    plan = _named_plan(session, filled.values, viewer)
    source = sources.named_source(session, filled.values, viewer)
    phases = _first_phases(session, filled, plan, source)
    return _save_page(request, filled, phase_rows.rows_of(phases), plan, source)


@router.post("/training/plans/new", name="training.plans.new.post")
def save(request: Request, session: DbSession, viewer: CurrentViewer, form: Form) -> Response:
    """Save a plan, or the next version of one."""
    require(viewer, Permission.EDIT_MIXTURES)
    known = knowledge.load_known(session)
    query = {name: found[0] for name, found in form.values.items() if found}
    filled = forms.read_query(query, known=known)
    plan = _named_plan(session, filled.values, viewer, for_change=True)
    source = sources.named_source(session, filled.values, viewer)
    phases = phase_rows.read_phases(filled.form)
    if filled.body is not None and not filled.form.errors:
        made = Content(run=filled.body, phases=phases, mixture=source.part if source else None)
        try:
            version = _save(session, made, filled, plan, source, known, viewer)
        except InvalidInput as error:
            filled.form.refuse(error.field or "name", sentence(error))
        else:
            found = plan or version.plan
            return _to_version(found.slug, version.number, "saved")
    return _save_page(request, filled, phase_rows.typed_rows(filled.form), plan, source)


def _save(  # noqa: PLR0917  what one save is made of
    session: DbSession,
    made: Content,
    filled: Filled,
    plan: TrainingPlan | None,
    source: Source | None,
    known: Known,
    viewer: Viewer,
) -> TrainingPlanVersion:
    version_id = source.version_id if source else None
    message = filled.form.text("message")
    if plan is not None:
        base = filled.form.text("base")
        return service.save_version(
            session,
            plan,
            made,
            base=int(base) if base.isdecimal() and len(base) < 7 else 0,  # noqa: PLR2004  a version
            message=message,
            mixture_version_id=version_id,
            known=known,
            viewer=viewer,
        )
    wanted = filled.form.text("visibility", default=Visibility.TEAM)
    version = service.create_plan(
        session,
        made,
        name=filled.form.text("name"),
        message=message,
        visibility=Visibility(wanted) if wanted in list(Visibility) else Visibility.TEAM,
        mixture_version_id=version_id,
        known=known,
        viewer=viewer,
    )
    session.refresh(version, ["plan"])
    return version


@router.get("/training/plans/compare", name="training.plans.compare")
def compare(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    p: Annotated[list[str], Query(max_length=20)] = [],  # noqa: B006  FastAPI copies it
) -> Response:
    """Show versions of plans side by side: `p=slug:number`, or the last version of `p=slug`."""
    versions = []
    for one in p[:MOST_COMPARED]:
        slug, _colon, number = one.partition(":")
        plan = queries.get_plan(session, slug, viewer)
        wanted = int(number) if number.isdecimal() and len(number) < 7 else plan.last_version  # noqa: PLR2004  a version
        version = queries.get_version(session, plan, wanted)
        session.refresh(version, ["plan"])
        versions.append(version)
    rows = [(name, [version.results.get(name) for version in versions]) for name in words.RESULTS]
    return render(request, "training/plans/compare.html", ComparePage(versions, rows))


@router.get("/training/plans/shared/{secret}", name="training.plans.shared")
def show_shared(
    request: Request, session: DbSession, viewer: CurrentViewer, secret: str
) -> Response:
    """Show the version of a link, read-only."""
    version = service.open_link(session, secret)
    response = _plan_page(request, session, version.plan, version, viewer, is_shared=True)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@router.get("/training/plans/{slug}", name="training.plan")
def show_last(session: DbSession, viewer: CurrentViewer, slug: str) -> Response:
    """Go to the last version of a plan."""
    plan = queries.get_plan(session, slug, viewer)
    return RedirectResponse(f"/training/plans/{slug}/versions/{plan.last_version}", 302)


@router.get("/training/plans/{slug}/versions/{number}", name="training.plan.version")
def show_version(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    slug: str,
    *,
    number: Number,
    phase: Annotated[int, Query(ge=0, le=100)] = 0,
    done: Annotated[str, Query()] = "",
) -> Response:
    """Show a version of a plan."""
    plan = queries.get_plan(session, slug, viewer)
    version = queries.get_version(session, plan, number)
    notice = _(DONE[done]) if done in DONE else None
    return _plan_page(request, session, plan, version, viewer, phase=phase, notice=notice)


@router.get("/training/plans/{slug}/versions/{number}/{kind}", name="training.plan.file")
def send_file(
    session: DbSession, viewer: CurrentViewer, slug: str, number: Number, kind: str
) -> Response:
    """Send a version as JSON or CSV, all phases in it."""
    plan = queries.get_plan(session, slug, viewer)
    version = queries.get_version(session, plan, number)
    computed = content.compute(content.read(version.content), knowledge.load_known(session))
    name = f"{slug}-v{number}"
    if kind == "json":
        return as_file(exports.plan_json(plan.name, version, computed), f"{name}.json", "json")
    if kind == "csv":
        return as_file(exports.plan_csv(computed), f"{name}.csv", "csv")
    raise NotFound("There is no such file of a plan.")


@router.get("/training/export/{kind}", name="training.export")
def export_run(request: Request, session: DbSession, viewer: CurrentViewer, kind: str) -> Response:
    """Send the run in the address as a file."""
    del viewer
    if kind not in exports.EXPORTS:
        raise NotFound("There is no such file of a plan.")
    known = knowledge.load_known(session)
    plan = forms.plan_of(forms.read_query(dict(request.query_params), known=known), known)
    found = exports.EXPORTS[kind]
    return as_file(found.write(plan), f"plan.{found.suffix}", kind)


@router.post("/training/plans/{slug}/visibility", name="training.plan.visibility")
def set_visibility(session: DbSession, viewer: CurrentViewer, slug: str, form: Form) -> Response:
    """Say who sees a plan."""
    plan = _editable(session, slug, viewer)
    wanted = form.text("visibility")
    if wanted not in list(Visibility):
        raise InvalidInput("Choose who sees the plan.", field="visibility")
    service.set_visibility(session, plan, Visibility(wanted), viewer=viewer)
    return _to_version(slug, plan.last_version, "visibility")


@router.post("/training/plans/{slug}/archive", name="training.plan.archive")
def archive(session: DbSession, viewer: CurrentViewer, slug: str, form: Form) -> Response:
    """Put a plan out of the way, or bring it back."""
    plan = _editable(session, slug, viewer)
    archived = form.text("archived") == "yes"
    service.set_archived(session, plan, archived, viewer=viewer)
    return _to_version(slug, plan.last_version, "archived" if archived else "restored")


@router.post("/training/plans/{slug}/links", name="training.plan.links")
def share(
    request: Request, session: DbSession, viewer: CurrentViewer, slug: str, form: Form
) -> Response:
    """Make a link that shows the last version; its address is shown this once."""
    plan = _editable(session, slug, viewer)
    version = queries.get_version(session, plan, plan.last_version)
    days = form.text("days")
    link = service.share(
        session,
        plan,
        version,
        days=int(days) if days.isdecimal() and len(days) < 6 else 0,  # noqa: PLR2004  longer is no number of days
        base_url=request.app.state.settings.base_url,
        viewer=viewer,
    )
    return _plan_page(request, session, plan, version, viewer, link_address=link)


@router.post("/training/plans/{slug}/links/{link_id}/revoke", name="training.plan.links.revoke")
def revoke(session: DbSession, viewer: CurrentViewer, slug: str, link_id: int) -> Response:
    """Make a link worthless."""
    plan = _editable(session, slug, viewer)
    service.revoke(session, plan, link_id, viewer=viewer)
    return _to_version(slug, plan.last_version, "revoked")


def as_file(text: str, name: str, kind: str) -> Response:
    """Return a text as a file to keep."""
    found = exports.EXPORTS[kind]
    return Response(
        text,
        media_type=found.media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _plan_page(  # noqa: PLR0913  one page, shown after several actions
    request: Request,
    session: DbSession,
    plan: TrainingPlan,
    version: TrainingPlanVersion,
    viewer: Viewer,
    *,
    phase: int = 0,
    is_shared: bool = False,
    link_address: str | None = None,
    notice: str | None = None,
) -> Response:
    known = knowledge.load_known(session)
    computed = content.compute(content.read(version.content), known)
    chosen = min(phase, len(computed.phases) - 1)
    found = computed.phases[chosen]
    is_owner = not is_shared and access.owns(viewer, plan)
    page = PlanPage(
        plan=plan,
        version=version,
        computed=computed,
        shown=show_plan(found.plan, Filled(FormData({}), found.body), known),
        values=form_values.values_of_body(computed.content.run),
        phase=chosen,
        phase_values=[form_values.values_of_body(one.body) for one in computed.phases],
        versions=[] if is_shared else queries.list_versions(session, plan),
        links=queries.list_links(session, plan) if is_owner else [],
        mixture_href=_mixture_href(session, computed.content, viewer),
        can_edit=not is_shared and access.can_edit(viewer, plan),
        is_owner=is_owner,
        is_shared=is_shared,
        visibilities=[(one.value, SAY.visibility(one)) for one in Visibility],
        days=DEFAULT_DAYS,
        link_address=link_address,
        notice=notice,
        kinds=exports.names(),
    )
    return render(request, "training/plans/show.html", page)


def _save_page(
    request: Request,
    filled: Filled,
    rows: Sequence[PhaseRow],
    plan: TrainingPlan | None,
    source: Source | None,
) -> Response:
    page = SavePage(
        form=filled.form,
        values=filled.values,
        rows=rows,
        plan=plan,
        source=source,
        visibilities=[(one.value, SAY.visibility(one)) for one in Visibility],
    )
    return render(
        request,
        "training/plans/new.html",
        page,
        status_code=422 if filled.form.errors else 200,
    )


def _first_phases(
    session: DbSession, filled: Filled, plan: TrainingPlan | None, source: Source | None
) -> tuple[PhasePart, ...]:
    if source is not None:
        return source.phases
    if plan is not None:
        last = queries.get_version(session, plan, plan.last_version)
        return content.read(last.content).phases
    tokens = int(filled.body.tokens) if filled.body else 1
    return (PhasePart(name=_("Main"), tokens=tokens),)


def _named_plan(
    session: DbSession, values: Mapping[str, str], viewer: Viewer, *, for_change: bool = False
) -> TrainingPlan | None:
    slug = values.get("plan")
    if not slug:
        return None
    plan = queries.get_plan(session, slug, viewer, for_change=for_change)
    access.require_edit(viewer, plan)
    return plan


def _mixture_href(session: DbSession, made: Content, viewer: Viewer) -> str | None:
    if made.mixture is None:
        return None
    try:
        mixtures.get_mixture(session, made.mixture.slug, viewer)
    except AppError:
        return None
    return f"/mixtures/{made.mixture.slug}/versions/{made.mixture.number}"


def _editable(session: DbSession, slug: str, viewer: Viewer) -> TrainingPlan:
    require(viewer, Permission.EDIT_MIXTURES)
    return queries.get_plan(session, slug, viewer)


def _to_version(slug: str, number: int, done: str) -> Response:
    return RedirectResponse(f"/training/plans/{slug}/versions/{number}?done={done}", 303)
