"""The composer: the draft as one screen, and the one address that its forms are sent to."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, Viewer, require
from app.db import DbSession
from app.errors import AppError, Forbidden, InvalidInput, NotSignedIn
from app.mixtures import access, drafts, loading, versions
from app.mixtures import content as contents
from app.mixtures.content import Content
from app.mixtures.drafts import Saved, StaleDraft
from app.mixtures.models import Draft, Mixture
from app.mixtures.queries import drafts as draft_queries
from app.mixtures.queries import mixtures as mixture_queries
from app.mixtures.web.asking import rfq_href
from app.mixtures.web.composer import adding, cells, page, said, verbs
from app.mixtures.web.composer.page import Asking, Making
from app.mixtures.web.composer.verbs import Asked, Deed
from app.mixtures.web.draft import show_draft
from app.mixtures.web.notices import SEE_OTHER, DoneNotice, redirect
from app.mixtures.web.say import SAY
from app.web.errors import sentence
from app.web.forms import Form, FormData
from app.web.templating import addresses_of, is_htmx, render, wanted_fragment

router = APIRouter(include_in_schema=False)

PAGE = "mixtures/composer.html"
FRAGMENTS = ("composer", "shares")
_ELSEWHERE = (Forbidden, NotSignedIn)
# What a form sends about the draft and not about the edit.
_ABOUT = frozenset({"revision", "was"})
MAX_DIGITS = 18
# The page says with this header which rows of the table it has: see `rows.table_of`.
ROWS_SHOWN = "Peibi-Rows"


@dataclass(frozen=True)
class Here:
    """The draft that a request is about, and who asks."""

    request: Request
    session: DbSession
    viewer: Viewer
    mixture: Mixture

    def making(self, draft: Draft, content: Content, asking: Asking) -> Making:
        """Return what a page of the draft is made of."""
        return Making(
            session=self.session,
            viewer=self.viewer,
            mixture=self.mixture,
            draft=draft,
            view=loading.load_plan(self.session, content, self.viewer, phase=asking.index),
            asking=asking,
            url_for=addresses_of(self.request.app),
            rfq_href=rfq_href(self.request, self.viewer, self.mixture),
        )

    def page(self, made: Making, *, status_code: int = 200) -> Response:
        """Return the page, or the composer alone where htmx asks for it."""
        return render(
            self.request, PAGE, page.make(made), fragments=FRAGMENTS, status_code=status_code
        )


@router.get("/mixtures/{slug}", name="mixtures.show")
def show(  # noqa: PLR0913  each a parameter of the address
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    slug: str,
    *,
    notice: DoneNotice,
    phase: Annotated[int, Query(ge=1, le=contents.MAX_PHASES)] = 1,
    row: Annotated[str, Query(max_length=contents.MAX_SLUG)] = "",
    preview: Annotated[str, Query(max_length=20)] = "",
    did: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """Show the draft: to its editors as the composer, to others of the team to read."""
    mixture = mixture_queries.get_mixture(session, slug, viewer)
    if not viewer.can(Permission.READ_MIXTURES):
        return RedirectResponse(f"/mixtures/{slug}/versions", status_code=SEE_OTHER)
    draft = draft_queries.get_draft(session, mixture.id)
    if not access.can_edit(viewer, mixture):
        return show_draft(request, session, mixture, draft, viewer, notice=notice)
    wanted = adding.read_filter(_query(request))
    content = contents.read(draft.content)
    index = min(phase, len(content.phases)) - 1
    if wanted_fragment(request, ("found",)):
        found = adding.load(session, wanted, content.phases[index], viewer)
        context = {
            "adding": found,
            "phase": content.phases[index],
            "draft": draft,
            "mixture": mixture,
            "number": index + 1,
            "action": f"/mixtures/{slug}/edit",
            "here_href": f"/mixtures/{slug}?phase={index + 1}",
            "hx": page.HX,
            "form": None,
            "say": SAY,
        }
        return render(request, "mixtures/composer/found.html", context)
    asking = Asking(
        index=index,
        row=row or None,
        preview=preview or None,
        wanted=wanted,
        is_fragment=wanted_fragment(request, FRAGMENTS) is not None,
        is_shares=wanted_fragment(request, FRAGMENTS) == "shares",
        rows_shown=request.headers.get(ROWS_SHOWN, ""),
    )
    made = Here(request, session, viewer, mixture).making(draft, content, asking)
    made.notice = notice
    if did == draft.revision:
        made.done = said.find_done(session, draft, content, made.view.facts)
    return render(request, PAGE, page.make(made), fragments=FRAGMENTS)


@router.post("/mixtures/{slug}/edit", name="mixtures.edit")
def edit(
    request: Request, session: DbSession, viewer: CurrentViewer, slug: str, form: Form
) -> Response:
    """Make one edit of the draft, take one back, or save a version of it."""
    require(viewer, Permission.EDIT_MIXTURES)
    mixture = mixture_queries.get_mixture(session, slug, viewer)
    access.require_edit(viewer, mixture)
    here = Here(request, session, viewer, mixture)
    revision, phase = _revision(form), form.text("phase")
    deed: Deed | None = None
    try:
        match form.text("do"):
            case "save":
                version = versions.save_version(
                    session,
                    mixture,
                    message=form.text("message"),
                    reason=form.text("reason"),
                    revision=revision,
                    viewer=viewer,
                )
                return _go(request, f"/mixtures/{slug}/versions/{version.number}", "saved")
            case "undo":
                saved = drafts.undo(session, mixture, revision=revision, viewer=viewer)
            case "redo":
                saved = drafts.redo(session, mixture, revision=revision, viewer=viewer)
            case _:
                deed = verbs.read(Asked(form, phase, session, viewer))
                saved = drafts.edit_draft(
                    session, mixture, deed.edit, revision=revision, viewer=viewer
                )
    except StaleDraft as error:
        return _too_late(here, form, error, deed)
    except _ELSEWHERE:
        raise
    except AppError as error:
        session.expire_all()
        return _refused(here, form, error)
    return _saved(here, saved, deed, form)


def _saved(here: Here, saved: Saved, deed: Deed | None, form: FormData) -> Response:
    """Show the draft after an edit: a page to go to, or the composer drawn again."""
    index, row, revision = (
        _place(saved.content, form.text("phase")),
        form.text("row"),
        _revision(form),
    )
    if deed is not None:
        index = deed.show(saved.content, index)
    index = min(index, len(saved.content.phases) - 1)
    address = f"/mixtures/{here.mixture.slug}?phase={index + 1}"
    is_changed = saved.draft.revision != revision
    if not is_htmx(here.request):
        more = f"&did={saved.draft.revision}" if is_changed else ""
        more += f"&row={quote(row)}" if row else ""
        return RedirectResponse(address + more, status_code=SEE_OTHER)
    made = here.making(saved.draft, saved.content, _after(here, form, index=index, row=row))
    if is_changed:
        made.saved = saved
        made.done = said.done_of(saved.edited, made.view.facts)
    response = here.page(made)
    response.headers["HX-Replace-Url"] = address
    return response


def _after(here: Here, form: FormData, *, index: int, row: str = "") -> Asking:
    """Return what the page is asked for after an edit: it keeps the search that found a dataset."""
    return Asking(
        index=index,
        row=row or None,
        wanted=adding.read_filter(form.values),
        # The panel that adds datasets stays as it is in the browser, but after it was used.
        is_fragment=is_htmx(here.request) and form.text("do") not in verbs.ADDING,
        rows_shown=here.request.headers.get(ROWS_SHOWN, ""),
    )


def _refused(here: Here, form: FormData, error: AppError) -> Response:
    """Show the draft with what was refused, at its field and with everything that was typed."""
    draft = draft_queries.get_draft(here.session, here.mixture.id)
    content = contents.read(draft.content)
    text = sentence(error)
    refusal = None
    if isinstance(error, InvalidInput) and error.field:
        form.refuse(error.field, text)
    else:
        refusal = text
        form.refuse("do", text)
    row = form.text("dataset") if form.text("do") in {"row", "move"} else ""
    asking = _after(here, form, index=_place(content, form.text("phase")), row=row)
    made = here.making(draft, content, asking)
    made.form, made.refusal = form, refusal
    return here.page(made, status_code=int(error.status_code))


def _too_late(here: Here, form: FormData, error: StaleDraft, deed: Deed | None) -> Response:
    """Show what somebody else changed, and the edit that waits: nothing is lost."""
    draft = draft_queries.get_draft(here.session, here.mixture.id)
    asking = _after(here, form, index=_place(error.content, form.text("phase")))
    made = here.making(draft, error.content, asking)
    if form.text("do") == "save":
        made.form = form
    made.conflict = said.conflict_of(
        here.session,
        error,
        deed.edit if deed else None,
        fields=_fields(form),
        facts=made.view.facts,
        viewer=here.viewer,
    )
    return here.page(made, status_code=int(error.status_code))


def _fields(form: FormData) -> list[tuple[str, str]]:
    """Return the fields that send an edit again; of the table only the cells that were changed."""
    if form.text("do") != "cells":
        return [
            (name, value)
            for name, values in form.values.items()
            for value in values
            if name not in _ABOUT
        ]
    return [
        ("do", "cells"),
        ("phase", form.text("phase")),
        *cells.read_changed(form).fields(),
        *(("remove", slug) for slug in form.all("remove")),
    ]


def _go(request: Request, address: str, done: str) -> Response:
    """Go to another page; htmx is told so, since it would swap what a redirect leads to."""
    response = redirect(address, done)
    if is_htmx(request):
        return Response(status_code=200, headers={"HX-Redirect": response.headers["Location"]})
    return response


def _revision(form: FormData) -> int:
    text = form.text("revision")
    if not text.isascii() or not text.isdecimal() or len(text) > MAX_DIGITS:
        raise InvalidInput("The page is too old to be sent. Open it again.", field="revision")
    return int(text)


def _place(content: Content, phase: str) -> int:
    return next((i for i, one in enumerate(content.phases) if one.name == phase), 0)


def _query(request: Request) -> dict[str, list[str]]:
    return {name: request.query_params.getlist(name) for name in request.query_params}
