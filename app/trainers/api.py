"""Trainers' files by API: take a version's files and their proof, read a file."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from app.accounts.viewers import CatalogueViewer, CurrentViewer, Viewer
from app.db import DbSession
from app.mixtures.pages import Number
from app.mixtures.queries import mixtures as mixture_queries
from app.mixtures.queries import versions as version_queries
from app.trainers import exporting, plans, reading, words
from app.trainers.exporting import MAX_BATCH, MAX_LENGTH, MAX_SEED
from app.trainers.kit.findings import Finding
from app.trainers.kit.outputs import Format
from app.trainers.kit.plan import Plan, Settings
from app.trainers.proof import ProofPhase
from app.trainers.registry import FORMATS, get_format
from app.trainers.routes import as_archive, as_file
from app.web.i18n import later

router = APIRouter(prefix="/api/v1", tags=["trainers"])

BASE = "/mixtures/{slug}/versions/{number}/trainers/{trainer}"
TEXTS = ("text/plain", "application/json", "application/yaml", "text/x-python", "application/zip")
FILE_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {"schema": {"type": "string"}} for kind in TEXTS}}
}


class TrainerOut(BaseModel):
    """A trainer that mixtures can be written for."""

    id: str
    name: str
    checked_against: str
    weight_unit: str
    phases_in_one_file: bool
    layouts: list[str]


class TrainerList(BaseModel):
    """All trainers."""

    items: list[TrainerOut]
    total: int


class FindingOut(BaseModel):
    """One thing that is wrong, or to know; `file` names one of several, `quote` is the line."""

    code: str
    file: str | None
    line: int | None
    quote: str
    severity: str
    message: str
    remedy: str


class NoteOut(BaseModel):
    """What the file cannot say of the plan."""

    code: str
    phase: str | None
    message: str


class ProofRowOut(BaseModel):
    """One dataset of a proof; `stated` and `realised` are null where a size is not known."""

    name: str
    tokens: int
    planned: float
    stated: float | None
    realised: float | None
    difference: float | None


class ProofPhaseOut(BaseModel):
    """A phase of a proof."""

    name: str
    samples: int
    error_bound: float
    holds: bool
    largest_difference: float | None
    components: list[ProofRowOut]


class ProofOut(BaseModel):
    """The proof that a version's files mean what it means."""

    trainer: str
    checked_against: str
    files: list[str]
    holds: bool
    largest_difference: float | None
    phases: list[ProofPhaseOut]
    notes: list[NoteOut]
    findings: list[FindingOut]


class ReadIn(BaseModel):
    """A file's text, or several files by name."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str | None, Field(max_length=reading.MAX_CHARACTERS)] = None
    files: (
        Annotated[
            dict[
                Annotated[str, Field(max_length=200)],
                Annotated[str, Field(max_length=reading.MAX_CHARACTERS)],
            ],
            Field(max_length=reading.MAX_FILES),
        ]
        | None
    ) = None

    @model_validator(mode="after")
    def _one_of(self) -> "ReadIn":
        if (self.text is None) == (self.files is None):
            raise PydanticCustomError(
                "text_or_files", later("Send either text or files, not both.")
            )
        return self


class ComponentOut(BaseModel):
    """A dataset of a file; `dataset` is the catalogue's, null where it has none."""

    phase: str
    name: str
    weight: float | None
    weight_unit: str
    location: str | None
    subset: str | None
    line: int | None
    ratio: float
    dataset: str | None
    matched_by: str


class ReadOut(BaseModel):
    """What a file says, and what is wrong with it."""

    trainer: str
    components: list[ComponentOut]
    findings: list[FindingOut]


class Asked(BaseModel):
    """The settings of the run that files are written for."""

    sequence_length: Annotated[int, Field(ge=1, le=MAX_LENGTH)] = 4096
    global_batch_size: Annotated[int, Field(ge=1, le=MAX_BATCH)] = 1024
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] = 42
    exact_epochs: bool = False

    def settings(self) -> Settings:
        """Return them as the formats take them."""
        return Settings(self.sequence_length, self.global_batch_size, self.seed, self.exact_epochs)


class AskedFile(Asked):
    """The settings, and the one file that is wanted."""

    file: Annotated[
        str, Field(max_length=200, description="One file by its name; without it all of them.")
    ] = ""


@router.get("/trainers", name="trainers.api.index")
def list_trainers(viewer: CatalogueViewer) -> TrainerList:  # noqa: ARG001  names who may
    """List the trainers that mixtures can be written for."""
    items = [
        TrainerOut(
            id=one.id,
            name=one.name,
            checked_against=one.checked,
            weight_unit=one.unit.value,
            phases_in_one_file=one.has_phases,
            layouts=[layout.value for layout in one.layouts],
        )
        for one in FORMATS.values()
    ]
    return TrainerList(items=items, total=len(items))


@router.get(BASE, name="trainers.api.show", response_class=Response, responses=FILE_ANSWER)
def show(  # noqa: PLR0917  FastAPI reads them by name
    session: DbSession,
    viewer: CurrentViewer,
    slug: str,
    number: Number,
    trainer: str,
    asked: Annotated[AskedFile, Query()],
) -> Response:
    """Return the file of a version, or a zip archive where the trainer needs several."""
    chosen = get_format(trainer)
    plan = _plan(session, viewer, slug, number, asked.settings())
    written = exporting.write(chosen, plan)
    if asked.file:
        return as_file(written, asked.file)
    if len(written.files) == 1:
        return as_file(written, written.files[0].name)
    return as_archive(written, f"{slug}-v{number}-{trainer}.zip")


@router.get(BASE + "/proof", name="trainers.api.proof")
def show_proof(  # noqa: PLR0917  FastAPI reads them by name
    session: DbSession,
    viewer: CurrentViewer,
    slug: str,
    number: Number,
    trainer: str,
    asked: Annotated[Asked, Query()],
) -> ProofOut:
    """Return the shares that the framework draws from a version's files beside the plan's."""
    chosen = get_format(trainer)
    return proof_out(chosen, _plan(session, viewer, slug, number, asked.settings()))


@router.post("/trainers/{trainer}/read", name="trainers.api.read")
def read(session: DbSession, viewer: CatalogueViewer, trainer: str, body: ReadIn) -> ReadOut:
    """Read a trainer's files: components matched to the catalogue, and what is wrong by line."""
    chosen = get_format(trainer)
    given = body.files if body.files is not None else {"": body.text or ""}
    understood = reading.understand(session, chosen, reading.read_files(given), viewer)
    return ReadOut(
        trainer=chosen.id,
        components=[
            ComponentOut(
                phase=phase.name,
                name=line.component.name,
                weight=_finite(line.component.weight),
                weight_unit=line.component.unit.value,
                location=line.component.location,
                subset=line.component.subset,
                line=line.component.line,
                ratio=line.ratio,
                dataset=line.match.dataset if line.match.is_known else None,
                matched_by=line.match.how.value,
            )
            for phase in understood.phases
            for line in phase.lines
        ],
        findings=[finding_out(one) for one in understood.findings],
    )


def proof_out(chosen: Format, plan: Plan) -> ProofOut:
    """Return the proof of a plan's files."""
    found = exporting.prove(chosen, plan)
    phases = [_phase_out(one) for one in found.phases]
    largest = [one.largest_difference for one in phases if one.largest_difference is not None]
    return ProofOut(
        trainer=chosen.id,
        checked_against=found.checked,
        files=[file.name for file in found.written.files],
        holds=found.holds,
        largest_difference=max(largest, default=None),
        phases=phases,
        notes=[
            NoteOut(code=one.kind.code, phase=one.phase, message=words.note(one))
            for one in found.written.notes
        ],
        findings=[finding_out(one) for one in (*found.written.findings, *found.findings)],
    )


def finding_out(one: Finding) -> FindingOut:
    """Return one thing that is wrong."""
    return FindingOut(
        code=one.code,
        file=one.file,
        line=one.line,
        quote=one.quote,
        severity=one.severity.value,
        message=words.message(one),
        remedy=words.remedy(one),
    )


def _phase_out(phase: ProofPhase) -> ProofPhaseOut:
    largest = phase.largest
    return ProofPhaseOut(
        name=phase.name,
        samples=phase.samples,
        error_bound=phase.bound,
        holds=phase.holds,
        largest_difference=abs(largest.difference)
        if largest is not None and largest.difference is not None
        else None,
        components=[
            ProofRowOut(
                name=row.name,
                tokens=row.tokens,
                planned=row.planned,
                stated=row.stated,
                realised=row.realised,
                difference=row.difference,
            )
            for row in phase.rows
        ],
    )


def _plan(session: DbSession, viewer: Viewer, slug: str, number: int, settings: Settings) -> Plan:
    mixture = mixture_queries.get_mixture(session, slug, viewer)
    version = version_queries.get_version(session, mixture, number)
    return plans.load_plan(session, mixture, version, settings, viewer=viewer)


def _finite(value: float) -> float | None:
    return value if value == value and abs(value) != float("inf") else None  # noqa: PLR0124  NaN
