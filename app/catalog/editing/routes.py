"""The pages that edit a dataset: the form, its preview and rows, two people's changes at once."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, Viewer, require
from app.catalog.editing import draft as drafts
from app.catalog.editing import forms, pages, queries, service
from app.catalog.editing.content import KINDS, OVERLAPS, Content, content_of, empty_content
from app.catalog.editing.draft import Draft
from app.catalog.editing.known import Known
from app.catalog.editing.pages import Opened
from app.catalog.editing.service import ChangedMeanwhile, Refused
from app.catalog.editing.three_way import merge
from app.db import DbSession
from app.errors import Conflict
from app.web.forms import Form, FormData
from app.web.templating import render

router = APIRouter(include_in_schema=False)

SEE_OTHER, UNPROCESSABLE, PRECONDITION_FAILED = 303, 422, 412
FRAGMENTS = (*KINDS, "preview")
MAX_REVISION_DIGITS = 9


def get_editor(viewer: CurrentViewer) -> Viewer:
    """Return the viewer if they may edit the catalogue."""
    require(viewer, Permission.EDIT_CATALOGUE)
    return viewer


Editor = Annotated[Viewer, Depends(get_editor, scope="function")]


@router.get("/edit/dataset", name="catalog.edit.new")
def show_new(
    request: Request, session: DbSession, _viewer: Editor, parent: Annotated[str, Query()] = ""
) -> Response:
    """Show the empty form of a dataset, or of a subset."""
    opened = open_new(session, parent)
    return form_page(request, opened, FormData(forms.fields_of(opened.now, opened.known)))


@router.post("/edit/dataset", name="catalog.edit.create")
def create(request: Request, session: DbSession, viewer: Editor, form: Form) -> Response:
    """Add a dataset, or show the form again: with another row, a preview, or what is wrong."""
    opened = open_new(session, form.text("parent"), form)
    if form.text("do", default="save") != "save":
        return form_again(request, opened, form)
    draft = forms.read_draft(form, opened.known, now=opened.now, base=None)
    if not form.errors:
        typed = form.text("slug")
        prefix = f"{opened.parent.slug}/" if opened.parent else ""
        try:
            with session.begin_nested():
                slug = service.create_dataset(
                    session,
                    draft,
                    slug=prefix + typed if typed else "",
                    known=opened.known,
                    actor=viewer,
                    parent=opened.parent,
                )
            return RedirectResponse(f"/catalogue/{slug}?done=created", SEE_OTHER)
        except Refused as error:
            refuse(form, error)
    return form_page(request, opened, form, draft=draft)


@router.get("/edit/dataset/{slug:path}", name="catalog.edit")
def show_edit(request: Request, session: DbSession, _viewer: Editor, slug: str) -> Response:
    """Show the form of a dataset as it is."""
    dataset = queries.get_dataset(session, slug)
    service.refuse_archived(dataset)
    now = content_of(dataset)
    opened = Opened(dataset, None, now, now, known_of(session, now))
    return form_page(request, opened, FormData(forms.fields_of(now, opened.known)))


@router.post("/edit/dataset/{slug:path}", name="catalog.edit.save")
def save(request: Request, session: DbSession, viewer: Editor, form: Form, slug: str) -> Response:
    """Change a dataset, or show the form again, or what somebody else made of it meanwhile."""
    do = form.text("do", default="save")
    dataset = queries.lock_dataset(session, slug)
    service.refuse_archived(dataset)
    now = content_of(dataset)
    known = known_of(session, now, form)
    opened = Opened(dataset, None, now, drafts.load_content(form.raw("base")), known)
    if do == "resolve":
        return resolve(request, session, viewer, form, opened)
    if do != "save":
        return form_again(request, opened, form)
    draft = forms.read_draft(form, known, now=now, base=opened.base)
    if not form.errors:
        revision = read_revision(form)
        try:
            with session.begin_nested():
                is_changed = service.change_dataset(
                    session,
                    dataset,
                    draft,
                    known=known,
                    actor=viewer,
                    base=opened.base,
                    revision=revision,
                )
            done = "edited" if is_changed else "unchanged"
            return RedirectResponse(f"/catalogue/{slug}?done={done}", SEE_OTHER)
        except Refused as error:
            refuse(form, error)
        except ChangedMeanwhile as error:
            return conflict(request, session, opened, draft, error)
    return form_page(request, opened, form, draft=draft)


def resolve(
    request: Request, session: Session, viewer: Viewer, form: FormData, opened: Opened
) -> Response:
    """Save what two people made of a dataset, as the second one decided."""
    dataset, draft = opened.dataset, drafts.load(form.raw("mine"))
    if dataset is None or draft is None:
        raise Conflict(
            "The form came back damaged, so nothing was saved. Open the dataset and try again."
        )
    base = opened.base or service.unknown_base(opened.now, draft.content)
    found = merge(base, opened.now, draft.content)
    choices = {
        name.removeprefix("choice-"): values[0]
        for name, values in form.values.items()
        if name.startswith("choice-")
    }
    left = found.decide(choices)
    if left or read_revision(form) != dataset.revision:
        error = ChangedMeanwhile(found, dataset.revision)
        return conflict(request, session, opened, draft, error, choices=choices)
    merged = replace(draft, content=found.content)
    try:
        with session.begin_nested():
            service.change_dataset(session, dataset, merged, known=opened.known, actor=viewer)
    except Refused as error:
        # What came out together is mended in the form, where its fields are.
        again = FormData(forms.fields_of(merged.content, opened.known))
        refuse(again, error)
        return form_page(request, replace(opened, base=opened.now), again, draft=merged)
    return RedirectResponse(f"/catalogue/{dataset.slug}?done=merged", SEE_OTHER)


def conflict(
    request: Request,
    session: Session,
    opened: Opened,
    draft: Draft,
    error: ChangedMeanwhile,
    *,
    choices: dict[str, str] | None = None,
) -> Response:
    """Show what two people made of a dataset; nothing is saved and nothing lost."""
    dataset = opened.dataset
    if dataset is None:  # pragma: no cover  only a dataset that exists is changed by two
        raise error
    page = pages.conflict_page(
        dataset,
        error.found,
        draft,
        base=opened.base,
        known=opened.known,
        event=queries.last_edit(session, str(dataset.id)),
        choices=choices,
    )
    return render(request, "catalog/edit/conflict.html", page, status_code=PRECONDITION_FAILED)


def form_again(request: Request, opened: Opened, form: FormData) -> Response:
    """Show the form as it was typed, with a row more or less, or with its preview."""
    focus = ""
    match form.text("do").split(":"):
        case ["add", kind] if kind in KINDS:
            key = forms.add_row(form, kind)
            focus = f"{kind}-{key}-{pages.FIRST_COLUMN[kind]}"
        case ["remove", kind, key] if kind in KINDS:
            forms.remove_row(form, kind, key)
            focus = f"add-{kind}"
        case ["find", key]:
            focus = f"{OVERLAPS}-{key}-other"
        case ["choose", key, slug]:
            forms.choose_dataset(form, key, slug)
            focus = f"{OVERLAPS}-{key}-relation"
        case _:
            focus = "preview"
    return form_page(request, opened, form, focus=focus)


def form_page(
    request: Request,
    opened: Opened,
    form: FormData,
    *,
    draft: Draft | None = None,
    focus: str = "",
) -> Response:
    """Render the form; 422 where something is wrong with it."""
    tried = FormData(form.values)
    draft = draft or forms.read_draft(tried, opened.known, now=opened.now, base=opened.base)
    page = pages.edit_page(
        opened,
        form,
        draft,
        unreadable=tried.errors,
        revision=read_revision(form) if "revision" in form.values else None,
        focus=focus,
    )
    status = UNPROCESSABLE if form.errors else 200
    return render(
        request, "catalog/edit/dataset.html", page, fragments=FRAGMENTS, status_code=status
    )


def known_of(session: Session, now: Content, form: FormData | None = None) -> Known:
    """Return the closed lists, with the other datasets that a content or a form names."""
    known = queries.load_known(session)
    named = [row["other"] for row in now[OVERLAPS].values()]
    known = queries.with_datasets(session, known, named)
    typed = forms.typed_datasets(form) if form else []
    return queries.with_typed_datasets(session, known, typed)


def open_new(session: Session, parent_slug: str, form: FormData | None = None) -> Opened:
    """Return what the form of a new dataset starts from; a subset's from its parent."""
    content = empty_content()
    known = known_of(session, content, form)
    if not parent_slug:
        return Opened(None, None, content, None, known)
    parent = queries.get_dataset(session, parent_slug)
    service.refuse_archived(parent)
    if parent.parent_id is not None:
        raise Conflict("A subset has no subsets of its own.")
    of_parent = content_of(parent)
    for name in ("provider", "category", "modality", "languages", "visibility"):
        content[name] = of_parent[name]
    return Opened(None, parent, content, None, known)


def refuse(form: FormData, error: Refused) -> None:
    """Put everything that is wrong beside its field."""
    for problem in error.problems:
        form.refuse(problem.path, problem.sentence)


def read_revision(form: FormData) -> int:
    """Return the revision that a form was opened at; anything else is none of ours."""
    text = form.text("revision")
    is_number = text.isascii() and text.isdigit() and len(text) <= MAX_REVISION_DIGITS
    return int(text) if is_number else 0
