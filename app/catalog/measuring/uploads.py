"""Measure a file that somebody sent: as a job, since it takes longer than a request may."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer
from app.catalog import queries
from app.catalog.editing import service as editing
from app.catalog.measuring import engines, service, sources, vocabularies
from app.catalog.measuring.counting import Plan
from app.catalog.measuring.measurement import Progress, measure
from app.catalog.models.datasets import Dataset
from app.errors import InvalidInput, NotFound
from app.files import service as files
from app.files.models import StoredFile
from app.files.storage import FileStorage
from app.jobs import queries as job_queries
from app.jobs import service as jobs
from app.jobs.errors import JobCancelled
from app.jobs.kinds import JobKind
from app.jobs.models import Job
from app.jobs.work import Work
from app.web.i18n import later

Json = dict[str, Any]

KIND = "catalogue.measure"
MAX_FIELD = 200
# What a packed file may grow to: a few kilobytes can hold terabytes of nothing.
MAX_UNPACKED_BYTES = 20_000_000_000
COUNTED = later("%(documents)s documents, %(tokens)s tokens so far")


@dataclass(frozen=True, slots=True)
class Choices:
    """How a file is measured: with which tokenizer, which field, and of how much it is."""

    tokenizer: str
    field: str
    is_whole: bool


def read_choices(fields: dict[str, str]) -> Choices:
    """
    Return the choices of a form.

    Raises
    ------
    InvalidInput
        With the field that is wrong.
    """
    tokenizer = fields.get("tokenizer", "") or vocabularies.DEFAULT
    if tokenizer not in vocabularies.NAMED:
        raise InvalidInput("Choose a tokenizer of the list.", field="tokenizer")
    field = fields.get("field", "").strip() or "text"
    if len(field) > MAX_FIELD:
        raise InvalidInput(
            "The name has more than %(limit)s characters.", limit=MAX_FIELD, field="field"
        )
    return Choices(tokenizer, field, is_whole="is_whole" in fields)


def start(
    session: Session,
    dataset: Dataset,
    sent: StoredFile,
    chosen: Choices,
    *,
    viewer: Viewer,
    storage: FileStorage,
) -> Job:
    """
    Ask for a file to be measured, in the transaction that keeps it.

    Raises
    ------
    Conflict
        If the dataset is archived.
    """
    editing.refuse_archived(dataset)
    arguments = {
        "dataset": dataset.slug,
        "file": sent.id,
        "tokenizer": chosen.tokenizer,
        "field": chosen.field,
        "is_whole": chosen.is_whole,
        "actor_id": viewer.account_id,
        "actor_name": viewer.name,
    }
    return jobs.enqueue(
        session,
        kind(storage),
        arguments,
        created_by_id=viewer.account_id,
        total=sent.size_bytes,
    )


def get_job(session: Session, public_id: str, viewer: Viewer) -> Job:
    """
    Return a person's measurement.

    Raises
    ------
    NotFound
        If there is none, or it is somebody else's.
    """
    job = job_queries.get_job(session, public_id)
    if job.kind != KIND or job.created_by_id != viewer.account_id:
        raise NotFound("There is no such job, or it was cleaned up after its time.")
    return job


def kind(storage: FileStorage) -> JobKind:
    """Return the job that measures a file of the store."""

    def run(session: Session, work: Work, arguments: Json) -> Json:
        sent = session.scalar(select(StoredFile).where(StoredFile.id == arguments["file"]))
        if sent is None:
            raise NotFound("There is no such file, or it was cleaned up after its time.")
        queries.get_dataset(session, arguments["dataset"], with_team=True)
        file = sources.stored(storage.url(sent.key), sent.name, sent.size_bytes)
        plan = Plan(
            vocabularies.find(arguments["tokenizer"]),
            arguments["field"],
            max_unpacked=MAX_UNPACKED_BYTES,
        )

        def report(progress: Progress) -> None:
            tally = progress.tally
            work.report(
                progress.done_bytes,
                total=progress.total_bytes,
                message=COUNTED,
                documents=f"{tally.documents:,}",
                tokens=f"{tally.tokens:,}",
            )

        # In a process of its own, so that a web process goes on answering.
        found = measure(
            [file],
            plan,
            engines.LocalCores(max(1, engines.cores() - 1)),
            on_progress=report,
            stops=(JobCancelled,),
        )
        actor = Viewer(account_id=arguments["actor_id"], name=arguments["actor_name"])
        service.attach(
            session, arguments["dataset"], found, is_whole=arguments["is_whole"], actor=actor
        )
        files.let_go(session, sent)
        return {"dataset": arguments["dataset"], "tokens": found.tokens.mid}

    return JobKind(KIND, run, is_heavy=True)
