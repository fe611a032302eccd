"""What the pages of imports show: the form with the recent ones, and one import at each stage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.accounts.viewers import Viewer
from app.catalog.editing.known import Known
from app.catalog.editing.pages import names_of
from app.catalog.importers.sheets import LISTED
from app.catalog.importing import options, row_views, service
from app.catalog.importing.models import Import, ImportState, Outcome
from app.catalog.importing.options import Options
from app.catalog.importing.purpose import IMPORT_FILE
from app.catalog.importing.queries import DONE, RowsPage
from app.catalog.importing.row_views import FindingView, RowView
from app.catalog.models.datasets import Visibility
from app.catalog.pages import parts
from app.errors import AppError
from app.jobs.models import Job, JobState
from app.web import numbers
from app.web.errors import sentence
from app.web.forms import FormData
from app.web.i18n import gettext as _
from app.web.i18n import ngettext

PROBLEMS = "problems"
TABS = (PROBLEMS, *(outcome.value for outcome in Outcome))


@dataclass(frozen=True)
class RecentView:
    """One import in the list."""

    href: str
    name: str
    at: datetime
    who: str
    tone: str
    state: str
    created: int
    changed: int


@dataclass(frozen=True)
class ChoicesView:
    """The lists that the choices for a whole file are made from."""

    providers: list[str]
    categories: list[tuple[str, str]]
    visibilities: list[tuple[str, str]]
    existing: list[tuple[str, str]]


@dataclass(frozen=True)
class IndexPage:
    """Everything that templates/catalog/imports/index.html shows."""

    form: FormData
    choices: ChoicesView
    accept: str
    max_bytes: int
    max_rows: int
    recent: list[RecentView]


@dataclass(frozen=True)
class TabView:
    """A tab with its number of rows."""

    code: str
    word: str
    count: int
    href: str
    is_current: bool


@dataclass(frozen=True)
class ProgressView:
    """How far a job is; `value` is None where nobody knows how much there is."""

    heading: str
    value: int | None
    most: int
    percent: int | None
    said: str
    is_waiting: bool


@dataclass(frozen=True)
class ShowPage:
    """Everything that templates/catalog/imports/show.html shows."""

    title: str
    public_id: str
    stage: str
    who: str
    at: datetime
    applied_at: datetime | None
    undone_at: datetime | None
    format_word: str
    file_href: str | None
    progress: ProgressView | None
    problem: str | None
    created: int
    changed: int
    same: int
    skipped: int
    refused: int
    warned: int
    apply_word: str
    can_read_again: bool
    undo: Mapping[str, object]
    new_providers: list[str]
    findings: list[FindingView]
    repeats: list[tuple[FindingView, int]]
    sheets: list[tuple[str, str]]
    sheet: str
    tabs: list[TabView]
    rows: list[RowView]
    next_href: str | None
    first_href: str | None
    form: FormData
    choices: ChoicesView


def index_page(
    form: FormData, known: Known, imports: Sequence[Import], jobs: Mapping[str, Job]
) -> IndexPage:
    """Return the page with the form and the recent imports."""
    return IndexPage(
        form=form,
        choices=choices_view(known),
        accept=IMPORT_FILE.extensions.replace(" ", ""),
        max_bytes=IMPORT_FILE.max_bytes,
        max_rows=options.MAX_ROWS,
        recent=[_recent(one, jobs.get(one.job_id or "")) for one in imports],
    )


def show_page(
    found: Import,
    job: Job | None,
    rows: RowsPage,
    known: Known,
    *,
    tab: str,
    is_first: bool,
    viewer: Viewer,
    refusal: AppError | None = None,
) -> ShowPage:
    """Return the page of an import at the stage that it has reached."""
    stage = stage_of(found, job)
    count = found.counts.get
    address = f"/imports/{found.public_id}"
    names = names_of(known)
    is_own = found.created_by_id is not None and found.created_by_id == viewer.account_id
    return ShowPage(
        title=found.name,
        public_id=found.public_id,
        stage=stage,
        who=found.created_by_name,
        at=found.created_at,
        applied_at=found.applied_at,
        undone_at=found.undone_at,
        format_word=format_word(found.format),
        file_href=f"/files/{found.file.key}" if found.file and is_own else None,
        progress=progress_view(found, job) if stage == "working" and job else None,
        problem=sentence(refusal) if refusal else problem_of(found, job),
        created=count("create", 0),
        changed=count("change", 0),
        same=count("same", 0),
        skipped=count("skip", 0),
        refused=count("refuse", 0),
        warned=count("warning", 0),
        apply_word=_apply_word(count("create", 0), count("change", 0)),
        can_read_again=found.file is not None and found.state not in DONE,
        undo=found.undo,
        new_providers=[
            parts.name_of(one["name"]["zh"], one["name"]["en"]).text for one in found.providers
        ],
        findings=[row_views.finding_view(one) for one in found.findings],
        repeats=[(row_views.finding_view(one, names), one["rows"]) for one in found.repeats],
        sheets=sheets_of(found),
        sheet=next((one["params"]["name"] for one in found.findings if _lists(one)), ""),
        tabs=_tabs(found, tab),
        rows=[
            row_views.row_view(row, names, known, is_applied=found.state in DONE)
            for row in rows.rows
        ],
        next_href=f"{address}?show={tab}&above={rows.next_above}" if rows.next_above else None,
        first_href=None if is_first else f"{address}?show={tab}",
        form=FormData({name: [str(value)] for name, value in found.options.items()}),
        choices=choices_view(known),
    )


def sheets_of(found: Import) -> list[tuple[str, str]]:
    """Return the sheets of a workbook to choose from, none where there is only one."""
    return [
        (
            name,
            ngettext(
                "%(name)s: %(n)s row",
                "%(name)s: %(n)s rows",
                rows,
                name=name,
                n=numbers.whole(rows),
            ),
        )
        for finding in found.findings
        for name, rows in _lists(finding)
    ]


def _lists(finding: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return the sheets that a finding lists, each with its number of rows."""
    listed: list[tuple[str, int]] = finding["params"].get(LISTED, [])
    return listed


def stage_of(found: Import, job: Job | None) -> str:
    """Return which page an import has: working, failed, preview, applied, undone."""
    if service.is_busy(job):
        return "working"
    if found.state in {ImportState.APPLIED, ImportState.UNDOING}:
        return "applied"
    if found.state == ImportState.UNDONE:
        return "undone"
    return "failed" if found.state == ImportState.READING else "preview"


def default_tab(found: Import) -> str:
    """Return the tab that says most: what is wrong, else what is changed, else what is new."""
    count = found.counts.get
    if found.state not in DONE and (count("refuse", 0) or count("warning", 0)):
        return PROBLEMS
    order = (Outcome.CHANGE, Outcome.CREATE, Outcome.SAME, Outcome.SKIP)
    return next((one.value for one in order if count(one.value, 0)), Outcome.CREATE.value)


def progress_view(found: Import, job: Job) -> ProgressView:
    """Return how far the job of an import is."""
    headings = {
        ImportState.READING: _("The file is being read"),
        ImportState.APPLYING: _("The import is being applied"),
        ImportState.UNDOING: _("The import is being taken back"),
    }
    share = job.share_done
    return ProgressView(
        heading=headings[ImportState(found.state)],
        value=job.done if job.total else None,
        most=job.total or 1,
        percent=None if share is None else int(share * 100),
        said=_said(job),
        is_waiting=job.state == JobState.QUEUED,
    )


def _said(job: Job) -> str:
    """Return how far a job says it is, its numbers as the language writes them."""
    params = job.message_params.items()
    shown = {key: numbers.whole(one) if isinstance(one, int) else one for key, one in params}
    return _(job.message) % shown if job.message else ""


def choices_view(known: Known) -> ChoicesView:
    """Return the lists of the choices, in the page's language."""
    providers = {parts.name_of(*pair).text for slug, pair in known.providers.items()}
    return ChoicesView(
        providers=sorted(providers),
        categories=[(code, parts.name_of(*pair).text) for code, pair in known.categories.items()],
        visibilities=[
            (Visibility.TEAM.value, _("the team alone")),
            (Visibility.PUBLIC.value, _("everybody")),
        ],
        existing=[
            (options.CHANGE, _("Change them as the file says")),
            (options.KEEP, _("Leave them as they are")),
        ],
    )


def format_word(code: str | None) -> str:
    """Return what a format is called."""
    words = {
        "csv": _("CSV list"),
        "xlsx": _("XLSX list"),
        "hf": _("Hugging Face dataset card"),
        "croissant": "Croissant",
        "json": _("JSON of this portal"),
    }
    return words.get(code or "", code or "")


def blank_form() -> FormData:
    """Return the form before anything was chosen."""
    return FormData({name: [str(value)] for name, value in Options().to_json().items()})


def _recent(found: Import, job: Job | None) -> RecentView:
    stages = {
        "working": ("info", _("in work")),
        "failed": ("bad", _("not readable")),
        "preview": ("warn", _("preview, not applied")),
        "applied": ("good", _("applied")),
        "undone": ("none", _("taken back")),
    }
    tone, word = stages[stage_of(found, job)]
    return RecentView(
        href=f"/imports/{found.public_id}",
        name=found.name,
        at=found.created_at,
        who=found.created_by_name,
        tone=tone,
        state=word,
        created=found.counts.get("create", 0),
        changed=found.counts.get("change", 0),
    )


def problem_of(found: Import, job: Job | None) -> str | None:
    """Return why the last work on an import came to nothing, if it did."""
    if not service.has_failed(found, job):
        return None
    if job is None:
        return _("The work on this import ended before it was done; nothing was changed.")
    if job.state == JobState.CANCELLED:
        return _("It was stopped before the end, so nothing was changed.")
    if job.message:
        return _(job.message) % job.message_params
    return _("The work on this import ended before it was done; nothing was changed.")


def _tabs(found: Import, current: str) -> list[TabView]:
    count = found.counts.get
    with_findings = count("error", 0) + count("warning", 0) + count("info", 0)
    words = {
        PROBLEMS: (_("Notes and problems"), with_findings),
        Outcome.CREATE.value: (_("New"), count("create", 0)),
        Outcome.CHANGE.value: (_("Changed"), count("change", 0)),
        Outcome.SAME.value: (_("Nothing to change"), count("same", 0)),
        Outcome.SKIP.value: (_("Left out"), count("skip", 0)),
        Outcome.REFUSE.value: (_("With errors"), count("refuse", 0)),
    }
    return [
        TabView(code, word, rows, f"/imports/{found.public_id}?show={code}", code == current)
        for code, (word, rows) in words.items()
        if rows or code == current
    ]


def _apply_word(created: int, changed: int) -> str:
    """Return what the button does, with its numbers."""
    if created and changed:
        return _(
            "Apply: add %(created)s, change %(changed)s",
            created=numbers.whole(created),
            changed=numbers.whole(changed),
        )
    n = numbers.whole(changed or created)
    if changed:
        return ngettext("Apply: change %(n)s dataset", "Apply: change %(n)s datasets", changed, n=n)
    return ngettext("Apply: add %(n)s dataset", "Apply: add %(n)s datasets", created, n=n)
