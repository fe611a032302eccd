"""The form that saves a plan, or the next version of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, Viewer, require
from app.db import DbSession
from app.errors import InvalidInput
from app.mixtures import access
from app.mixtures.models import Visibility
from app.mixtures.web.say import SAY
from app.training import form_values, forms, knowledge, phase_rows, words
from app.training.forms import Filled
from app.training.known import Known
from app.training.models import TrainingPlan, TrainingPlanVersion
from app.training.phase_rows import PhaseRow
from app.training.plans import content, queries, service, sources
from app.training.plans.content import Content, PhasePart
from app.training.plans.sources import Source
from app.training.vocabulary import choices
from app.training.web.plans.page import to_version
from app.web.errors import sentence
from app.web.forms import Form, FormData
from app.web.i18n import pgettext
from app.web.templating import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class SavePage:
    """The form that saves a plan, or the next version of one."""

    form: FormData
    values: Mapping[str, str]
    rows: Sequence[PhaseRow]
    plan: TrainingPlan | None
    source: Source | None
    visibilities: Sequence[tuple[str, str]]
    recomputes: Sequence[tuple[str, str]]
    words: Any = words
    address: Any = form_values.address


@router.get("/training/plans/new", name="training.plans.new")
def show_new(request: Request, session: DbSession, viewer: CurrentViewer) -> Response:
    """Show the form that saves the run in the address."""
    require(viewer, Permission.EDIT_MIXTURES)
    filled = forms.read_query(dict(request.query_params), known=knowledge.load_known(session))
    plan = _named_plan(session, filled.values, viewer)
    source = sources.named_source(session, filled.values, viewer)
    phases = _first_phases(session, filled, plan, source)
    rows = phase_rows.changed_rows(phase_rows.rows_of(phases), request.query_params)
    return _save_page(request, filled, rows, plan, source)


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
            return to_version(found.slug, version.number, "saved")
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
        recomputes=words.options(choices.RECOMPUTE),
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
    if plan is not None:
        last = content.read(queries.get_version(session, plan, plan.last_version).content)
        if source is None or source.part == last.mixture:
            return last.phases
        # Another version of the mixture brings its tokens; what a phase has of its own stays.
        own = {part.name: part for part in last.phases}
        return tuple(
            own.get(part.name, part).model_copy(update={"tokens": part.tokens})
            for part in source.phases
        )
    if source is not None:
        return source.phases
    tokens = int(filled.body.tokens) if filled.body else 1
    return (PhasePart(name=pgettext("phase", "Main"), tokens=tokens),)


def _named_plan(
    session: DbSession, values: Mapping[str, str], viewer: Viewer, *, for_change: bool = False
) -> TrainingPlan | None:
    slug = values.get("plan")
    if not slug:
        return None
    plan = queries.get_plan(session, slug, viewer, for_change=for_change)
    access.require_edit(viewer, plan)
    return plan
