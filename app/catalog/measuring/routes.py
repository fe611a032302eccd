"""The pages that measure a sample: send a file, watch the counting, stop it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from app.catalog import queries, reference
from app.catalog.editing.routes import Editor
from app.catalog.measuring import uploads, vocabularies
from app.catalog.measuring.purpose import MAX_BYTES, SAMPLE_FILE
from app.catalog.models.datasets import Dataset
from app.catalog.pages import parts
from app.db import DbSession
from app.errors import AppError
from app.files import service as files
from app.files.uploads import Upload, store_of, upload
from app.jobs import service as jobs
from app.jobs.models import Job, JobState
from app.web.errors import sentence
from app.web.forms import FormData
from app.web.i18n import gettext as _
from app.web.templating import is_htmx, render

router = APIRouter(include_in_schema=False)

SEE_OTHER, UNPROCESSABLE = 303, 422


def get_sender(viewer: Editor) -> int | None:
    """Return the account of who sends a file, if they may edit the catalogue."""
    return viewer.account_id


Sent = Annotated[Upload, upload(SAMPLE_FILE, who=get_sender, keeps_problem=True)]


@dataclass(frozen=True)
class MeasurePage:
    """Everything that templates/catalog/measure/new.html shows."""

    slug: str
    name: str
    crumbs: list[tuple[str, str | None]]
    form: FormData
    tokenizers: list[tuple[str, str]]
    accept: str
    max_bytes: int


@dataclass(frozen=True)
class JobPage:
    """Everything that templates/catalog/measure/job.html shows."""

    slug: str
    name: str
    crumbs: list[tuple[str, str | None]]
    public_id: str
    is_working: bool
    is_waiting: bool
    value: int | None
    most: int
    percent: int | None
    said: str
    problem: str | None


@router.get("/measure/dataset/{slug:path}", name="measuring.new")
def show_new(request: Request, session: DbSession, _viewer: Editor, slug: str) -> Response:
    """Show the form that takes a file."""
    dataset = queries.get_dataset(session, slug, with_team=True)
    return _form_page(request, session, dataset, FormData({}))


@router.post("/measure/dataset/{slug:path}", name="measuring.create")
def create(request: Request, session: DbSession, viewer: Editor, sent: Sent, slug: str) -> Response:
    """Take a file and ask for its measurement; show the form again where that fails."""
    dataset, store = queries.get_dataset(session, slug, with_team=True), store_of(request)
    form = FormData({name: [value] for name, value in sent.fields.items()})
    if sent.problem is not None:
        form.refuse("file", sentence(sent.problem))
        return _form_page(request, session, dataset, form)
    try:
        chosen = uploads.read_choices(sent.fields)
        received = sent.require_file()
        with session.begin_nested():
            kept = files.keep_file(session, received, created_by_id=viewer.account_id)
            job = uploads.start(
                session, dataset, kept, chosen, viewer=viewer, storage=store.storage
            )
    except AppError as error:
        if sent.file is not None:
            sent.file.is_kept = False
        form.refuse(error.field or "file", sentence(error))
        return _form_page(request, session, dataset, form)
    return RedirectResponse(f"/measure/jobs/{job.public_id}", SEE_OTHER)


@router.get("/measure/jobs/{public_id}", name="measuring.show")
def show(request: Request, session: DbSession, viewer: Editor, public_id: str) -> Response:
    """Show how far a measurement is; a finished one leads to its dataset."""
    job = uploads.get_job(session, public_id, viewer)
    if job.result is not None:
        address = f"/catalogue/{job.arguments['dataset']}?done=measured#measured"
        if is_htmx(request):
            return Response(headers={"HX-Redirect": address})
        return RedirectResponse(address, SEE_OTHER)
    dataset = queries.get_dataset(session, job.arguments["dataset"], with_team=True)
    headers = {"HX-Refresh": "true"} if is_htmx(request) and job.is_final else {}
    return render(
        request,
        "catalog/measure/job.html",
        _job_page(dataset, job),
        fragments=("progress",),
        headers=headers,
    )


@router.post("/measure/jobs/{public_id}/stop", name="measuring.stop")
def stop(session: DbSession, viewer: Editor, public_id: str) -> Response:
    """Stop a measurement; what was counted is kept."""
    jobs.cancel(session, uploads.get_job(session, public_id, viewer).public_id)
    return RedirectResponse(f"/measure/jobs/{public_id}", SEE_OTHER)


def _form_page(request: Request, session: Session, dataset: Dataset, form: FormData) -> Response:
    names = reference.tokenizer_names(session)
    name = parts.dataset_name(dataset).text
    page = MeasurePage(
        slug=dataset.slug,
        name=name,
        crumbs=_crumbs(dataset, name),
        form=form,
        tokenizers=[
            (code, names.get(code, named.label)) for code, named in vocabularies.NAMED.items()
        ],
        accept=SAMPLE_FILE.extensions,
        max_bytes=MAX_BYTES,
    )
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "catalog/measure/new.html", page, status_code=status)


def _job_page(dataset: Dataset, job: Job) -> JobPage:
    name, share = parts.dataset_name(dataset).text, job.share_done
    said = _(job.message) % job.message_params if job.message else ""
    problem = None
    if job.state == JobState.CANCELLED:
        problem = _("It was stopped before anything was counted.")
    elif job.is_final:
        problem = said or _("It did not work for a reason on our side, which was recorded.")
    return JobPage(
        slug=dataset.slug,
        name=name,
        crumbs=_crumbs(dataset, name),
        public_id=job.public_id,
        is_working=not job.is_final,
        is_waiting=job.state == JobState.QUEUED,
        value=job.done if job.total else None,
        most=job.total or 1,
        percent=None if share is None else int(share * 100),
        said=said,
        problem=problem,
    )


def _crumbs(dataset: Dataset, name: str) -> list[tuple[str, str | None]]:
    return [
        (_("Catalogue"), "/catalogue"),
        (name, f"/catalogue/{dataset.slug}"),
        (_("Measure"), None),
    ]
