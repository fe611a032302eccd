"""A saved version, or the run in an address, as a file."""

from fastapi import APIRouter, Request, Response

from app.accounts.viewers import CurrentViewer
from app.db import DbSession
from app.errors import NotFound
from app.training import exports, forms, knowledge
from app.training.plans import content, queries
from app.training.web.plans.page import Number

router = APIRouter(include_in_schema=False)


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


def as_file(text: str, name: str, kind: str) -> Response:
    """Return a text as a file to keep."""
    found = exports.EXPORTS[kind]
    return Response(
        text,
        media_type=found.media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
