"""The list of mixtures, and how a new one comes: named, from a text, from another."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, Viewer, require
from app.db import DbSession
from app.errors import AppError
from app.mixtures import catalogue, lifecycle, pages, staleness, texts
from app.mixtures import content as contents
from app.mixtures.content import DEFAULT_TOKENIZER, Phase
from app.mixtures.drafts import Workbench
from app.mixtures.edits.components import add_components
from app.mixtures.edits.phases import read_budget
from app.mixtures.models import Mixture, Visibility
from app.mixtures.queries import mixtures as mixture_queries
from app.mixtures.queries import versions as version_queries
from app.mixtures.web.forms import put_error
from app.mixtures.web.notices import DoneNotice, redirect
from app.mixtures.web.say import SAY, Say
from app.planning.limits import MAX_COMPONENTS
from app.web.forms import Form, FormData
from app.web.i18n import pgettext
from app.web.paging import encode_cursor
from app.web.templating import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Row:
    """A line of the list."""

    mixture: Mixture
    results: dict[str, object] | None
    fits: bool | None
    stale: int


@dataclass(frozen=True)
class ListPage:
    """The list of mixtures."""

    rows: list[Row]
    total: int
    text: str
    archived: bool
    next_cursor: str | None
    is_first: bool
    can_edit: bool
    can_manage: bool
    notice: str | None
    say: Say = SAY


@dataclass(frozen=True)
class NewPage:
    """The form for a new mixture."""

    form: FormData | None
    tokenizers: list[tuple[str, str]]
    tokenizer: str
    visibilities: list[tuple[str, str]]
    datasets: list[str]


@dataclass(frozen=True)
class ImportPage:
    """The form for a text."""

    form: FormData | None
    findings: list[object]
    is_checked: bool


@router.get("/mixtures", name="mixtures.index")
def index(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    notice: DoneNotice,
    *,
    q: Annotated[str, Query()] = "",
    cursor: Annotated[str | None, Query()] = None,
    state: Annotated[str, Query()] = "",
) -> Response:
    """List the mixtures that one may see, the last changed first."""
    text, archived = pages.read_search(q), state == "archived"
    found = mixture_queries.list_mixtures(
        session, viewer, archived=archived, text=text, before=pages.read_cursor(cursor)
    )
    shown = found[: mixture_queries.PAGE]
    more = len(found) > len(shown)
    page = ListPage(
        rows=_rows(session, shown, viewer),
        total=mixture_queries.count_mixtures(session, viewer, archived=archived, text=text),
        text=text,
        archived=archived,
        next_cursor=encode_cursor([shown[-1].updated_at.isoformat(), shown[-1].id])
        if more
        else None,
        is_first=not cursor,
        can_edit=viewer.can(Permission.EDIT_MIXTURES),
        can_manage=viewer.can(Permission.MANAGE_SETTINGS),
        notice=notice,
    )
    return render(request, "mixtures/index.html", page)


def _rows(session: DbSession, mixtures: list[Mixture], viewer: Viewer) -> list[Row]:
    last = version_queries.list_last_versions(session, mixtures)
    stale = staleness.count_stale(session, list(last.values()), viewer)
    return [
        Row(
            mixture,
            last[mixture.id].results if mixture.id in last else None,
            last[mixture.id].fits if mixture.id in last else None,
            stale.get(last[mixture.id].id, 0) if mixture.id in last else 0,
        )
        for mixture in mixtures
    ]


@router.get("/mixtures/new", name="mixtures.new")
def show_new(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    dataset: Annotated[list[str], Query(default_factory=list)],
) -> Response:
    """Show the form for a new mixture, of these datasets if there are any."""
    require(viewer, Permission.EDIT_MIXTURES)
    return _new_page(request, session, None, dataset)


@router.post("/mixtures/new", name="mixtures.new.post")
def create(request: Request, session: DbSession, viewer: CurrentViewer, form: Form) -> Response:
    """Make a mixture with one phase, of the datasets that were brought along."""
    require(viewer, Permission.EDIT_MIXTURES)
    tokenizer = form.text("tokenizer", default=DEFAULT_TOKENIZER)
    try:
        catalogue.require_tokenizer(session, tokenizer)
        budget = read_budget(form.text("token_budget"))
        content = contents.Content(
            tokenizer=tokenizer,
            phases=(Phase(name=pgettext("phase", "Main"), token_budget=budget),),
        )
        if datasets := form.all("dataset"):
            add = add_components(content.phases[0].name, datasets)
            content = add(Workbench(session, content, viewer)).content
        visibility = form.text("visibility", default=Visibility.TEAM)
        mixture = lifecycle.create_mixture(
            session,
            name=form.text("name"),
            description=form.text("description"),
            visibility=Visibility(visibility)
            if visibility in list(Visibility)
            else Visibility.TEAM,
            content=content,
            viewer=viewer,
        )
    except AppError as error:
        put_error(form, error)
        return _new_page(request, session, form, form.all("dataset"))
    return redirect(f"/mixtures/{mixture.slug}", "created")


def _new_page(
    request: Request, session: DbSession, form: FormData | None, datasets: list[str]
) -> Response:
    page = NewPage(
        form=form,
        tokenizers=catalogue.list_tokenizers(session),
        tokenizer=DEFAULT_TOKENIZER,
        visibilities=[(one.value, SAY.visibility(one)) for one in Visibility],
        datasets=datasets[:MAX_COMPONENTS],
    )
    return render(request, "mixtures/new.html", page, status_code=422 if form else 200)


@router.get("/mixtures/import", name="mixtures.import")
def show_import(request: Request, viewer: CurrentViewer) -> Response:
    """Show the form for a text."""
    require(viewer, Permission.EDIT_MIXTURES)
    return render(request, "mixtures/import.html", ImportPage(None, [], is_checked=False))


@router.post("/mixtures/import", name="mixtures.import.post")
def import_text(
    request: Request, session: DbSession, viewer: CurrentViewer, form: Form
) -> Response:
    """Check a text, or make a mixture of it."""
    require(viewer, Permission.EDIT_MIXTURES)
    try:
        document = texts.read(session, form.raw("text"))
        if form.text("do") == "check":
            found = texts.check(session, document, viewer)
            page = ImportPage(form, list(found), is_checked=True)
            return render(request, "mixtures/import.html", page)
        mixture = texts.create(session, document, viewer=viewer)
    except AppError as error:
        put_error(form, error, default="text")
        page = ImportPage(form, [], is_checked=False)
        return render(request, "mixtures/import.html", page, status_code=int(error.status_code))
    return redirect(f"/mixtures/{mixture.slug}", "imported")
