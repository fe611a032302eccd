"""The page that reads a trainer's file: paste or choose it, see what it means, make a draft."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, File, Request, Response, UploadFile
from fastapi import Form as FormField
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import CatalogueViewer, Viewer
from app.db import DbSession
from app.errors import AppError, InvalidInput
from app.files.names import clean_name
from app.mixtures.edits.phases import read_budget
from app.trainers import reading
from app.trainers.kit.findings import Finding
from app.trainers.kit.outputs import Format
from app.trainers.pages import SAY, Words
from app.trainers.reading import Understood
from app.trainers.registry import FORMATS, get_format
from app.web.errors import sentence
from app.web.forms import FormData
from app.web.i18n import gettext as _
from app.web.templating import render

router = APIRouter(include_in_schema=False)

SEE_OTHER = 303
DEFAULT_BUDGET = "100B"


@dataclass(frozen=True)
class ReadPage:
    """A trainer's file, and what it means."""

    form: FormData
    trainers: Sequence[Format]
    pairs: list[tuple[str, str]]
    understood: Understood | None
    why_not: tuple[Finding, ...]
    can_make: bool
    text: str
    say: Words = SAY


@router.get("/trainers/read", name="trainers.read")
def show(request: Request, viewer: CatalogueViewer) -> Response:
    """Show the form that takes a file."""
    return _page(request, viewer, FormData({}))


class Sent:
    """The fields of the form, with the files that were chosen."""

    def __init__(  # noqa: PLR0917  FastAPI reads them by name
        self,
        trainer: Annotated[str, FormField(max_length=60)] = "",
        text: Annotated[str, FormField()] = "",
        do: Annotated[str, FormField(max_length=20)] = "",
        name: Annotated[str, FormField(max_length=1_000)] = "",
        token_budget: Annotated[str, FormField(max_length=100)] = "",
        file: Annotated[list[UploadFile] | None, File()] = None,
    ) -> None:
        self.trainer, self.text, self.do, self.files = trainer, text, do, file or []
        fields = {"trainer": trainer, "text": text, "name": name, "token_budget": token_budget}
        self.form = FormData({field: [value] for field, value in fields.items()})


@router.post("/trainers/read", name="trainers.read.post")
def read(
    request: Request,
    session: DbSession,
    viewer: CatalogueViewer,
    sent: Annotated[Sent, Depends()],
) -> Response:
    """Show what a file means, or make a draft of it."""
    form = sent.form
    try:
        files = reading.read_files(_files(sent.text, sent.files))
        chosen = get_format(sent.trainer) if sent.trainer else reading.detect(files)
    except AppError as error:
        form.refuse(error.field or "trainer", sentence(error))
        return _page(request, viewer, form)
    if chosen is None:
        form.refuse("trainer", _("No trainer reads this. Choose the one that it is for."))
        return _page(
            request, viewer, form, why_not=reading.why_not(files), text=_shown(sent, files)
        )
    understood = reading.understand(session, chosen, files, viewer)
    shown = _shown(sent, files)
    if sent.do == "make" and viewer.can(Permission.EDIT_MIXTURES):
        try:
            with session.begin_nested():
                return _make(session, understood, form, viewer)
        except AppError as error:
            form.refuse(error.field or "name", sentence(error))
    return _page(request, viewer, form, understood, text=shown)


def _make(session: Session, understood: Understood, form: FormData, viewer: Viewer) -> Response:
    budget = read_budget(form.text("token_budget") or DEFAULT_BUDGET)
    name = form.text("name") or _("Read from %(trainer)s", trainer=understood.trainer.name)
    mixture = reading.make_draft(session, understood, name=name, token_budget=budget, viewer=viewer)
    return RedirectResponse(f"/mixtures/{mixture.slug}", SEE_OTHER)


def _files(text: str, sent: list[UploadFile]) -> dict[str, str]:
    """Return what was pasted and what was chosen, as texts by name."""
    if any("\x00" in one for one in (text,)):
        raise InvalidInput("This is not text.", field="text")
    files = _split(text)
    for one in sent:
        content = one.file.read()
        if not content:
            continue
        try:
            files[clean_name(one.filename)] = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise InvalidInput(
                "The file %(name)s is not text in UTF-8.",
                field="file",
                name=clean_name(one.filename),
            ) from None
    return files


# Several files in one box, as this page shows them: each below a line with its name.
_MARK = "==> "


def _shown(sent: Sent, files: dict[str, str]) -> str:
    return sent.text if sent.text.strip() else _joined(files)


def _joined(files: dict[str, str]) -> str:
    if len(files) == 1:
        return next(iter(files.values()))
    return "\n".join(f"{_MARK}{name}\n{text}" for name, text in files.items())


def _split(text: str) -> dict[str, str]:
    text = text.replace("\r\n", "\n")
    if not text.startswith(_MARK):
        return {"": text} if text.strip() else {}
    found: dict[str, str] = {}
    for part in f"\n{text}".split(f"\n{_MARK}")[1:]:
        name, _end, rest = part.partition("\n")
        found[clean_name(name)] = rest
    return found


def _page(
    request: Request,
    viewer: Viewer,
    form: FormData,
    understood: Understood | None = None,
    *,
    why_not: tuple[Finding, ...] = (),
    text: str = "",
) -> Response:
    page = ReadPage(
        form=form,
        trainers=list(FORMATS.values()),
        pairs=[(one.id, one.name) for one in FORMATS.values()],
        understood=understood,
        why_not=why_not,
        can_make=viewer.can(Permission.EDIT_MIXTURES),
        text=text or form.raw("text"),
    )
    return render(request, "trainers/read.html", page, status_code=422 if form.errors else 200)
