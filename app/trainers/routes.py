"""The trainer pages of a version: choose one, look at its files, take them, see the proof."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, Viewer
from app.db import DbSession
from app.errors import InvalidInput
from app.files.names import content_disposition
from app.mixtures import access, versions
from app.mixtures.models import Mixture, MixtureVersion
from app.mixtures.pages import Number
from app.mixtures.phases import display_name
from app.mixtures.queries import mixtures as mixture_queries
from app.mixtures.queries import versions as version_queries
from app.trainers import exporting, plans
from app.trainers.exporting import MEDIA_TYPES, Refused
from app.trainers.kit.outputs import Format, Written
from app.trainers.kit.plan import Plan, Settings
from app.trainers.pages import IndexPage, ProofPage, ShowPage
from app.trainers.registry import FORMATS, get_format
from app.web.errors import sentence
from app.web.forms import FormData
from app.web.templating import render

router = APIRouter(include_in_schema=False)

BASE = "/mixtures/{slug}/versions/{number}/trainers"
MAX_FIELD = 40


class Asked:
    """The settings in the address, as they were typed."""

    def __init__(
        self,
        sequence_length: Annotated[str, Query(max_length=MAX_FIELD)] = "",
        global_batch_size: Annotated[str, Query(max_length=MAX_FIELD)] = "",
        seed: Annotated[str, Query(max_length=MAX_FIELD)] = "",
        exact: Annotated[str, Query(max_length=MAX_FIELD)] = "",
    ) -> None:
        self.fields = {
            "sequence_length": sequence_length,
            "global_batch_size": global_batch_size,
            "seed": seed,
            "exact": exact,
        }

    def settings(self) -> Settings:
        """Return the settings; raises InvalidInput with the field that is wrong."""
        return exporting.read_settings(
            self.fields["sequence_length"],
            self.fields["global_batch_size"],
            self.fields["seed"],
            exact=bool(self.fields["exact"]),
        )

    @property
    def query(self) -> str:
        """The part of the address that repeats them, with its question mark."""
        given = {name: value for name, value in self.fields.items() if value.strip()}
        return f"?{urlencode(given)}" if given else ""


AskedSettings = Annotated[Asked, Depends()]


@router.get(BASE, name="trainers.index")
def index(
    request: Request, session: DbSession, viewer: CurrentViewer, slug: str, number: Number
) -> Response:
    """Show the trainers that a version can be written for."""
    mixture, version = _version(session, slug, number, viewer)
    page = IndexPage(mixture, version, list(FORMATS.values()))
    return render(request, "trainers/index.html", page)


@router.get(BASE + "/{trainer}", name="trainers.show")
def show(  # noqa: PLR0917  FastAPI reads them by name
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    slug: str,
    number: Number,
    trainer: str,
    asked: AskedSettings,
) -> Response:
    """Show a version as one trainer's files, with what they lose."""
    chosen = get_format(trainer)
    mixture, version = _version(session, slug, number, viewer)
    form: FormData | None = None
    settings = Settings()
    try:
        settings = asked.settings()
    except InvalidInput as error:
        form = FormData({name: [value] for name, value in asked.fields.items()})
        form.refuse(error.field or "sequence_length", sentence(error))
    plan = plans.load_plan(session, mixture, version, settings, viewer=viewer)
    written, refused = Written(()), None
    try:
        written = exporting.write(chosen, plan)
    except Refused as error:
        refused = error
    found = refused.findings if refused else written.findings
    page = ShowPage(
        mixture=mixture,
        version=version,
        trainer=chosen,
        trainers=list(FORMATS.values()),
        settings=settings,
        query=asked.query,
        form=form,
        files=written.files,
        notes=written.notes,
        findings=found,
        refused=refused,
        unplaced=_unplaced(plan, chosen, _names(version, viewer)),
        base_url=str(request.app.state.settings.base_url).rstrip("/"),
        can_place=viewer.can(Permission.EDIT_CATALOGUE),
    )
    status = 422 if form else 200
    return render(request, "trainers/show.html", page, status_code=status)


@router.get(BASE + "/{trainer}/proof", name="trainers.proof")
def show_proof(  # noqa: PLR0917  FastAPI reads them by name
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    slug: str,
    number: Number,
    trainer: str,
    asked: AskedSettings,
) -> Response:
    """Show that the files mean what the plan means, dataset by dataset."""
    chosen = get_format(trainer)
    mixture, version = _version(session, slug, number, viewer)
    settings = asked.settings()
    plan = plans.load_plan(session, mixture, version, settings, viewer=viewer)
    found, refused = None, None
    try:
        found = exporting.prove(chosen, plan)
    except Refused as error:
        refused = error
    page = ProofPage(
        mixture=mixture,
        version=version,
        trainer=chosen,
        settings=settings,
        query=asked.query,
        proof=found,
        refused=refused,
        names=_names(version, viewer),
    )
    return render(request, "trainers/proof.html", page)


@router.get(BASE + "/{trainer}/zip", name="trainers.zip")
def send_archive(  # noqa: PLR0917  FastAPI reads them by name
    session: DbSession,
    viewer: CurrentViewer,
    slug: str,
    number: Number,
    trainer: str,
    asked: AskedSettings,
) -> Response:
    """Send all files as one archive."""
    written = _written(session, slug, number, viewer, chosen=get_format(trainer), asked=asked)
    return as_archive(written, f"{slug}-v{number}-{trainer}.zip")


@router.get(BASE + "/{trainer}/files/{name}", name="trainers.file")
def send_file(  # noqa: PLR0917  FastAPI reads them by name
    session: DbSession,
    viewer: CurrentViewer,
    slug: str,
    number: Number,
    trainer: str,
    name: str,
    asked: AskedSettings,
) -> Response:
    """Send one file."""
    written = _written(session, slug, number, viewer, chosen=get_format(trainer), asked=asked)
    return as_file(written, name)


def as_archive(written: Written, name: str) -> Response:
    """Return all files as a download."""
    headers = {"Content-Disposition": content_disposition(name)}
    return Response(exporting.archive(written), media_type="application/zip", headers=headers)


def as_file(written: Written, name: str) -> Response:
    """Return one file as a download."""
    file = exporting.get_file(written, name)
    return Response(
        file.text,
        media_type=f"{MEDIA_TYPES.get(file.language, 'text/plain')}; charset=utf-8",
        headers={"Content-Disposition": content_disposition(file.name)},
    )


def _version(
    session: Session, slug: str, number: int, viewer: Viewer
) -> tuple[Mixture, MixtureVersion]:
    mixture = mixture_queries.get_mixture(session, slug, viewer)
    return mixture, version_queries.get_version(session, mixture, number)


def _written(
    session: Session, slug: str, number: int, viewer: Viewer, *, chosen: Format, asked: Asked
) -> Written:
    mixture, version = _version(session, slug, number, viewer)
    plan = plans.load_plan(session, mixture, version, asked.settings(), viewer=viewer)
    return exporting.write(chosen, plan)


def _names(version: MixtureVersion, viewer: Viewer) -> dict[str, str]:
    """Return what datasets are called, by the names that a plan has for them."""
    opened = versions.open_version(version, is_whole=False, with_team=access.sees_team(viewer))
    return {slug: display_name(slug, facts) for slug, facts in opened.view.facts.items()}


def _unplaced(plan: Plan, chosen: Format, names: dict[str, str]) -> dict[str, str]:
    """Return the datasets that this trainer has no location for, with their names."""
    wanted = {
        one.name
        for phase in plan.phases
        for one in phase.drawn
        if not any(place.layout in chosen.layouts for place in one.locations)
    }
    found = [one for one in names if one in wanted and not one.startswith("withheld-")]
    return {one: names[one] for one in found}
