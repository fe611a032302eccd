"""The form that sends a file: what was chosen or pasted, and the choices for all of it."""

from collections.abc import Collection, Mapping

from app.catalog.importing import options
from app.catalog.importing.options import DEFAULT_CATEGORY, Options
from app.catalog.importing.purpose import IMPORT_FILE
from app.catalog.models.datasets import Visibility
from app.errors import AppError, InvalidInput
from app.files.receiving import ReceivedFile, Receiver
from app.files.storage import FileStorage
from app.files.uploads import Upload
from app.web.errors import sentence
from app.web.forms import FormData
from app.web.i18n import gettext as _

PASTED_NAME = "pasted.txt"


def form_of(sent: Upload) -> FormData:
    """Return the fields of a form that came with a file."""
    form = FormData({name: [value] for name, value in sent.fields.items()})
    if sent.problem is not None:
        form.refuse("file", sentence(sent.problem))
    return form


def read_options(fields: Mapping[str, str], categories: Collection[str]) -> Options:
    """
    Return the choices of a form or a query.

    Raises
    ------
    InvalidInput
        With the field that is wrong.
    """
    chosen = Options(
        provider=" ".join(fields.get("provider", "").split()),
        category=fields.get("category", "") or DEFAULT_CATEGORY,
        visibility=fields.get("visibility", "") or Visibility.TEAM.value,
        existing=fields.get("existing", "") or options.CHANGE,
        sheet=fields.get("sheet", ""),
    )
    options.check(chosen, categories)
    return chosen


def options_in(form: FormData, categories: Collection[str]) -> Options:
    """Return the choices of a form; what is wrong stands beside its field."""
    try:
        return read_options({name: form.text(name) for name in form.values}, categories)
    except InvalidInput as error:
        form.refuse(error.field or "file", sentence(error))
        return Options()


def received(form: FormData, sent: Upload, storage: FileStorage) -> ReceivedFile | None:
    """Return the file that was chosen, or the pasted text as one; None with the reason."""
    if form.errors:
        return None
    text = form.raw("text")
    if sent.file is not None:
        return sent.file
    if not text.strip():
        form.refuse("file", _("Choose a file, or paste a list below."))
        return None
    try:
        receiver = Receiver(storage, IMPORT_FILE, PASTED_NAME, max_bytes=IMPORT_FILE.max_bytes)
        receiver.write(text.encode())
        return receiver.finish()
    except AppError as error:
        form.refuse("text", sentence(error))
        return None
