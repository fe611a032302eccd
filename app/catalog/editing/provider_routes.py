"""The pages that edit a provider: add, change, archive, restore."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from app.catalog import queries as catalog_queries
from app.catalog.editing import forms, providers, words
from app.catalog.editing.providers import ProviderRefused, ProviderValues
from app.catalog.editing.routes import SEE_OTHER, UNPROCESSABLE, Editor, read_revision
from app.catalog.models.providers import Provider
from app.catalog.pages import parts
from app.db import DbSession
from app.errors import StaleVersion
from app.web.forms import Form, FormData
from app.web.i18n import gettext as _
from app.web.templating import render

router = APIRouter(include_in_schema=False)

LINES = ("name_zh", "name_en", "short_name_zh", "short_name_en", "homepage")
TEXTS = ("description_zh", "description_en")
PRECONDITION_FAILED = 412


@dataclass(frozen=True)
class ProviderForm:
    """Everything that templates/catalog/edit/provider.html shows."""

    title: str
    crumbs: list[tuple[str, str | None]]
    action: str
    cancel_href: str
    form: FormData
    revision: int
    is_new: bool
    is_archived: bool
    labels: dict[str, str]
    stored: list[tuple[str, str]]


@router.get("/edit/provider", name="catalog.edit.new_provider")
def show_new(request: Request, _viewer: Editor) -> Response:
    """Show the empty form of a provider."""
    return form_page(request, None, FormData({}))


@router.post("/edit/provider", name="catalog.edit.create_provider")
def create(request: Request, session: DbSession, viewer: Editor, form: Form) -> Response:
    """Add a provider."""
    try:
        with session.begin_nested():
            provider = providers.add_provider(
                session, read_values(form), slug=form.text("slug"), actor=viewer
            )
    except ProviderRefused as error:
        return refused(request, None, form, error)
    return RedirectResponse(f"/providers/{provider.slug}?done=created", SEE_OTHER)


@router.get("/edit/provider/{slug}", name="catalog.edit.provider")
def show_edit(request: Request, session: DbSession, _viewer: Editor, slug: str) -> Response:
    """Show the form of a provider as it is."""
    provider = catalog_queries.get_provider(session, slug)
    values = {name: [getattr(provider, name) or ""] for name in (*LINES, *TEXTS)}
    return form_page(request, provider, FormData(values))


@router.post("/edit/provider/{slug}", name="catalog.edit.save_provider")
def save(request: Request, session: DbSession, viewer: Editor, form: Form, slug: str) -> Response:
    """Change, archive or restore a provider."""
    do = form.text("do")
    if do == "archive":
        providers.archive_provider(session, slug, actor=viewer)
        return RedirectResponse(f"/providers/{slug}?done=archived", SEE_OTHER)
    if do == "restore":
        providers.restore_provider(session, slug, actor=viewer)
        return RedirectResponse(f"/providers/{slug}?done=restored", SEE_OTHER)
    try:
        with session.begin_nested():
            providers.change_provider(
                session, slug, read_values(form), revision=read_revision(form), actor=viewer
            )
    except ProviderRefused as error:
        return refused(request, catalog_queries.get_provider(session, slug), form, error)
    except StaleVersion:
        provider = catalog_queries.get_provider(session, slug)
        return form_page(request, provider, form, is_stale=True)
    return RedirectResponse(f"/providers/{slug}?done=edited", SEE_OTHER)


def read_values(form: FormData) -> ProviderValues:
    """Return what a form says of a provider."""
    values = {name: forms.line(form, name) or None for name in LINES}
    values |= {name: forms.text(form, name) or None for name in TEXTS}
    return ProviderValues(
        name_zh=values.pop("name_zh") or "", name_en=values.pop("name_en") or "", **values
    )


def refused(
    request: Request, provider: Provider | None, form: FormData, error: ProviderRefused
) -> Response:
    """Show the form again with everything that is wrong beside its field."""
    for problem in error.problems:
        form.refuse(problem.path, problem.sentence)
    return form_page(request, provider, form)


def form_page(
    request: Request, provider: Provider | None, form: FormData, *, is_stale: bool = False
) -> Response:
    """
    Render the form; where somebody else was first, with what is stored beside what was typed.

    The form then carries the new revision: saving it again is a decision.
    """
    name = parts.name_of(provider.name_zh, provider.name_en).text if provider else ""
    field_words = dict(words.field_words())
    title = _("Edit: %(name)s", name=name) if provider else _("Add a provider")
    stored = [
        (field_words[field], getattr(provider, field) or _("nothing"))
        for field in (*LINES, *TEXTS)
        if is_stale and (getattr(provider, field) or "") != form.text(field)
    ]
    page = ProviderForm(
        title=title,
        crumbs=[
            (_("Catalogue"), "/catalogue"),
            *([(name, f"/providers/{provider.slug}")] if provider else []),
            (_("Edit") if provider else title, None),
        ],
        action=f"/edit/provider/{provider.slug}" if provider else "/edit/provider",
        cancel_href=f"/providers/{provider.slug}" if provider else "/catalogue",
        form=form,
        revision=provider.revision if provider else 0,
        is_new=provider is None,
        is_archived=provider is not None and provider.archived_at is not None,
        labels=field_words,
        stored=stored,
    )
    status = PRECONDITION_FAILED if is_stale else UNPROCESSABLE if form.errors else 200
    return render(request, "catalog/edit/provider.html", page, status_code=status)
