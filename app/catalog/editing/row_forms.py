"""The rows of a dataset's form: quantities, token counts, licence claims, related datasets."""

from app.catalog import licences
from app.catalog.editing import licence_terms
from app.catalog.editing.amounts import Unreadable, read_amount, read_tokens
from app.catalog.editing.content import (
    EMPTY_ROWS,
    ESTIMATES,
    LICENCE_CLAIMS,
    OVERLAPS,
    QUANTITIES,
    Row,
)
from app.catalog.editing.draft import Draft
from app.catalog.editing.known import Known, KnownSource, source_code
from app.catalog.editing.licence_terms import DATA, DECISION
from app.catalog.licences import Terms
from app.catalog.models.licences import LicenceClass
from app.web.forms import FormData
from app.web.i18n import gettext as _

SAVED_LINES = {
    QUANTITIES: ("printed", "qualifier_zh", "qualifier_en"),
    ESTIMATES: ("printed", "tokenizer_printed", "scope_zh", "scope_en"),
    LICENCE_CLAIMS: ("stated_zh", "stated_en", "note_zh", "note_en", "evidence_url", "checked_by"),
    OVERLAPS: ("note_zh", "note_en"),
}
COUNTS = ("low", "mid", "high")


def fields_of(kind: str, row: Row, known: Known) -> dict[str, str]:
    """Return the fields of one row, by the column that they are of."""
    fields = {name: row[name] or "" for name in SAVED_LINES[kind]}
    if kind == OVERLAPS:
        return fields | {"other": row["other"], "relation": row["relation"]}
    source = known.sources.get(row["source"] or "")
    fields |= {"source": source.text if source else "", "grade": ""}
    if kind == QUANTITIES:
        fields["value"] = shown_amount(row["value"])
        fields |= {"unit": row["unit"] or "", "content": row["content"] or ""}
    elif kind == ESTIMATES:
        fields |= {name: "" if row[name] is None else f"{row[name]:,}" for name in COUNTS}
        fields |= {name: row[name] or "" for name in ("method", "bound", "tokenizer")}
    else:
        fields |= {"scope": row["scope"], "spdx": row["spdx"] or ""}
        fields |= {"terms": licence_terms.terms_of(row).value}
        fields |= {"checked_on": row["checked_on"] or ""}
    boxes = {"is_part": not row.get("is_whole", True)}
    boxes |= {name: bool(row.get(name)) for name in ("is_disputed", "has_repeats")}
    return fields | {name: "1" for name, is_set in boxes.items() if is_set}


def shown_amount(value: str | None) -> str:
    """Return the number of a quantity as the form shows it."""
    if value is None:
        return ""
    whole, point, rest = value.partition(".")
    return f"{int(whole):,}{point}{rest}"


def read_row(
    form: FormData, place: tuple[str, str], start: Row | None, draft: Draft, known: Known
) -> Row:
    """Return the row of a kind and key; `start` has what the form does not show."""
    kind, key = place
    row = dict(start or EMPTY_ROWS[kind])
    if row.get("scope") == DECISION:
        return row
    at = Reader(form, f"{kind}-{key}-")
    for name in SAVED_LINES[kind]:
        row[name] = at.line(name) or None
    if kind == OVERLAPS:
        _read_overlap(at, row, known)
        return row
    if kind == QUANTITIES:
        _read_quantity(at, row)
    elif kind == ESTIMATES:
        _read_estimate(at, row)
    else:
        _read_claim(at, row)
    row["source"] = _read_source(at, row, draft, known)
    return row


class Reader:
    """The fields of one row of a form."""

    def __init__(self, form: FormData, prefix: str) -> None:
        self.form = form
        self.prefix = prefix

    def line(self, name: str) -> str:
        """Return a field, with single blanks."""
        return " ".join(self.form.text(self.prefix + name).split())

    def is_checked(self, name: str) -> bool:
        """Whether a box was ticked."""
        return self.form.is_checked(self.prefix + name)

    def refuse(self, name: str, sentence: str) -> None:
        """Put an error at a field of the row."""
        self.form.refuse(self.prefix + name, sentence)


def _read_quantity(at: Reader, row: Row) -> None:
    typed, unit = at.line("value"), at.line("unit") or None
    before = row["value"]
    row["is_whole"] = not at.is_checked("is_part")
    row["content"] = at.line("content") or None
    if not typed:
        row["value"], row["unit"] = None, unit
    elif before is not None and typed == shown_amount(before):
        # As the form showed it: 1.125 is what it was, though nobody could read it alone.
        row["unit"] = unit
    else:
        try:
            amount = read_amount(typed)
        except Unreadable as error:
            at.refuse("value", error.sentence)
            amount = None
        row["value"] = amount.value if amount else None
        row["unit"] = unit or (amount.unit if amount else None)
        if amount and amount.unit and unit and amount.unit != unit:
            at.refuse("unit", _("The number was typed with another unit. Choose one of the two."))
    if before is not None and row["value"] not in {None, before} and _reads_as(row, before):
        # Left as it was, it would say another number than the one beside it.
        row["printed"] = typed
    row["printed"] = row["printed"] or typed
    if row["unit"] != "byte" and row["assumed_unit"] != "byte":
        row["content"] = None


def _reads_as(row: Row, value: str) -> bool:
    """Whether what is printed says this number."""
    try:
        return read_amount(row["printed"] or "").value == value
    except Unreadable:
        return False


def _read_estimate(at: Reader, row: Row) -> None:
    for name in COUNTS:
        typed = at.line(name)
        try:
            row[name] = read_tokens(typed) if typed else None
        except Unreadable as error:
            at.refuse(name, error.sentence)
            row[name] = None
    row["method"] = at.line("method") or "published"
    row["bound"] = at.line("bound") or None
    row["tokenizer"] = at.line("tokenizer") or None
    row["is_whole"] = not at.is_checked("is_part")
    row["is_disputed"], row["has_repeats"] = (
        at.is_checked("is_disputed"),
        at.is_checked("has_repeats"),
    )


def _read_claim(at: Reader, row: Row) -> None:
    typed_terms, typed_spdx = at.line("terms"), at.line("spdx")
    scope = at.line("scope") or DATA
    row["checked_on"] = at.line("checked_on") or None
    is_same = (
        typed_terms == licence_terms.terms_of(row).value
        and typed_spdx == (row["spdx"] or "")
        and scope == row["scope"]
    )
    row["scope"] = scope if scope != DECISION else DATA
    if is_same:
        return
    terms = Terms(typed_terms) if typed_terms in set(Terms) else None
    if terms is None:
        at.refuse("terms", _("Choose what kind of terms these are."))
        return
    if typed_spdx:
        # Whoever names an identifier means it.
        terms = Terms.NAMED
    row["spdx"] = _read_spdx(at, typed_spdx) if terms is Terms.NAMED else None
    row["licence_class"] = licence_terms.class_of(terms, row["spdx"], row["scope"]).value


def _read_spdx(at: Reader, typed: str) -> str | None:
    spdx = known_spdx(typed)
    if spdx is None:
        at.refuse(
            "spdx",
            _(
                "Write an identifier with its version, like CC-BY-4.0 or Apache-2.0. For other "
                "terms leave this empty and choose their kind."
            ),
        )
    return spdx


def known_spdx(typed: str) -> str | None:
    """Return an identifier in its proper form, or None where it is not recognised."""
    found = licences.spdx_of(typed)
    if found is None and licences.class_of_spdx(typed) is not LicenceClass.UNKNOWN:
        return typed
    return found


def _read_overlap(at: Reader, row: Row, known: Known) -> None:
    typed = at.line("other")
    row["relation"] = at.line("relation")
    found = known.find_dataset(typed)
    row["other"] = found or typed
    if not typed:
        at.refuse("other", _("Write the name or the identifier of the other dataset."))
    elif found is None and known.hits.get(typed):
        at.refuse("other", _("Choose below the field which dataset you mean."))
    elif found is None:
        at.refuse("other", _("No dataset is called “%(name)s”.", name=typed[:80]))


def _read_source(at: Reader, row: Row, draft: Draft, known: Known) -> str | None:
    text, grade = at.line("source"), at.line("grade")
    if not text:
        return None
    stored = known.sources.get(row["source"] or "")
    code = stored.code if stored and stored.text == text else known.source_codes.get(text)
    if code is not None:
        if grade and grade != known.grade(code):
            at.refuse(
                "grade",
                _(
                    "This source is listed with grade %(grade)s. Leave the choice empty, or word "
                    "the source differently.",
                    grade=known.grade(code),
                ),
            )
        return code
    source = KnownSource(source_code(text, grade), text, grade)
    draft.sources[source.code] = source
    return source.code
