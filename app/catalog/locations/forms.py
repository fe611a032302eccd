"""The form of a dataset's locations: rows that repeat, the mean length of its documents."""

import re
from collections.abc import Sequence

from app.catalog.locations.service import MAX_LOCATIONS, Entered, Place
from app.web.forms import FormData
from app.web.i18n import gettext as _

FIELDS = ("uri", "layout", "split", "tokenizer", "subset", "text_field")
BLANK_ROWS = 2
_NUMBER = re.compile(r"[0-9]{1,12}([.,][0-9]{1,6})?")


def fields_of(entered: Entered, revision: int) -> dict[str, list[str]]:
    """Return the fields of the form that show what is stored, with blank rows to add to."""
    rows = [*entered.places, *[Place("", "", "train")] * BLANK_ROWS]
    found = {name: [getattr(row, name) or "" for row in rows] for name in FIELDS}
    mean = entered.tokens_per_document
    return found | {
        "revision": [str(revision)],
        "tokens_per_document": [f"{mean:.6g}" if mean is not None else ""],
        "documents_source": [entered.documents_source or ""],
        "document_tokenizer": [entered.document_tokenizer or ""],
    }


def rows_of(form: FormData) -> list[dict[str, str]]:
    """Return the rows as they were typed; every field repeats once a row."""
    columns = {name: form.all(name) for name in FIELDS}
    count = min(max(map(len, columns.values()), default=0), MAX_LOCATIONS + BLANK_ROWS + 1)
    return [
        {name: values[place] if place < len(values) else "" for name, values in columns.items()}
        for place in range(count)
    ]


def with_another_row(form: FormData) -> FormData:
    """Return the form with one more blank row."""
    values = dict(form.values)
    rows = rows_of(form)
    for name in FIELDS:
        values[name] = [row[name] for row in rows] + [""]
    return FormData(values, form.errors)


def read(form: FormData) -> tuple[Entered, Sequence[int]]:
    """Return what was typed, and the row of each place; errors go to the form."""
    places, at = [], []
    for number, row in enumerate(rows_of(form), start=1):
        if not row["uri"]:
            continue
        if not row["layout"]:
            form.refuse(f"layout-{number}", _("Choose how the files are stored."))
        places.append(
            Place(
                uri=row["uri"],
                layout=row["layout"],
                split=row["split"] or "train",
                tokenizer=row["tokenizer"] or None,
                subset=row["subset"] or None,
                text_field=row["text_field"] or None,
            )
        )
        at.append(number)
    typed = form.text("tokens_per_document").replace(" ", "").replace(",", "")
    mean = float(typed) if _NUMBER.fullmatch(typed) else None
    if typed and mean is None:
        form.refuse(
            "tokens_per_document",
            _("Mean tokens per document are a number above 0, such as 812.5."),
        )
    entered = Entered(
        tuple(places),
        mean,
        form.text("documents_source") or None,
        form.text("document_tokenizer") or None,
    )
    return entered, at
