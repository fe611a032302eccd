"""Every finding of the readers by its code: how much it matters, its sentence and its remedy."""

from app.catalog.exchange.items import Finding, Severity
from app.catalog.importers.amounts import AmountProblem
from app.errors import InvalidInput
from app.web.i18n import later

_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO

_PROBLEMS: dict[str, tuple[Severity, str, str]] = {
    # Lists
    "column_unused": (
        _I,
        later("The column “%(title)s” is not used."),
        later("Rename it to one of the known columns if it should be; the help page lists them."),
    ),
    "column_repeated": (
        _W,
        later("The column “%(title)s” means the same as an earlier one and is not used."),
        later("Keep one of the two."),
    ),
    "rows_above_head": (
        _I,
        later("%(rows)s rows above the head of the table are not read."),
        "",
    ),
    "total_row": (_I, later("This row is a total, not a dataset, and is left out."), ""),
    "note_row": (
        _I,
        later("This row is a heading or a note, not a dataset, and is left out."),
        "",
    ),
    "head_repeated": (_I, later("This row repeats the head and is left out."), ""),
    "head_new": (
        _I,
        later("Another table begins here; the rows below are read by its head."),
        "",
    ),
    "only_a_name": (
        _W,
        later("This row has a name and nothing else."),
        later("If it is a heading, delete the row and send the file again."),
    ),
    "row_hidden": (
        _W,
        later("This row is hidden in the spreadsheet, and is read."),
        later("Delete the row if it should not be."),
    ),
    "cell_broken": (
        _W,
        later("The spreadsheet could not compute this cell (%(value)s), so it is left out."),
        later("Repair the formula, then paste the column as values."),
    ),
    "date_unread": (
        _W,
        later("“%(value)s” is not a date and is left out."),
        later("Write 2024-03-05 or 2024年3月, or give the cells the format of a date."),
    ),
    "name_missing": (
        _E,
        later("This row has no name."),
        later("Give the dataset a name, or delete the row."),
    ),
    "name_long": (
        _E,
        later("The name has more than %(limit)s characters."),
        later("Move the explanation to the description."),
    ),
    "text_long": (
        _E,
        later("The text has more than %(limit)s characters."),
        later("Shorten it, or put it on a page of your own and give the address."),
    ),
    "provider_missing": (
        _E,
        later("This row names no provider, and none was chosen for the whole list."),
        later("Choose the provider of the list, or add a column “provider”."),
    ),
    "provider_new": (
        _I,
        later("The provider “%(value)s” is not in the catalogue yet and will be added."),
        later("If it is there under another name, write that name."),
    ),
    "category_unknown": (
        _W,
        later("The category “%(value)s” is not known; “%(default)s” is taken."),
        later("Use a category of the catalogue, by its name or its code."),
    ),
    "language_unknown": (
        _W,
        later("The language “%(value)s” is not known and is left out."),
        later("Write a language's name or its code, such as zh, en or pt-BR."),
    ),
    "modality_unknown": (
        _W,
        later("The modality “%(value)s” is not known; text is taken."),
        later("Use one of: %(known)s"),
    ),
    "visibility_unknown": (
        _W,
        later("The visibility “%(value)s” is not known, so only the team will see this dataset."),
        later("Write public or team."),
    ),
    "unit_missing": (
        _W,
        later("The number %(value)s has no unit, so nothing can be estimated from it."),
        later("Write the unit behind the number (2500万本) or in a column “unit”."),
    ),
    "unit_unknown": (
        _W,
        later("The unit “%(value)s” is not known, so nothing can be estimated from this number."),
        later("Use a unit of the catalogue; the help page lists them."),
    ),
    "unit_contradicts": (
        _W,
        later("The number is in “%(value)s”, but its column says “%(other)s”; the cell is taken."),
        later("Correct the one that is wrong."),
    ),
    "amount_merged": (
        _W,
        later("The number stands in a cell merged over several rows, so no row has it alone."),
        later("Write each row's own number."),
    ),
    AmountProblem.NO_NUMBER: (
        _E,
        later("“%(value)s” is not a number."),
        later("Write digits, with 万, 亿, K, M or B if you like: 2500万, 1.2B."),
    ),
    AmountProblem.INEXACT: (
        _W,
        later("“%(value)s” names no number, so the dataset has none."),
        later("Write the number, if only roughly."),
    ),
    AmountProblem.RANGE: (
        _W,
        later("“%(value)s” is a range, so the dataset has no single number."),
        later("Write the number that is sure, such as “≥ 100万”."),
    ),
    AmountProblem.AMBIGUOUS: (
        _E,
        later("“%(value)s” can be read in more than one way."),
        later("Write it without separators, or with a comma every three digits."),
    ),
    AmountProblem.SEVERAL: (
        _E,
        later("“%(value)s” holds more than one number."),
        later(
            "Write one number a cell; give a size in bytes a column of its own, “大小” or “size”."
        ),
    ),
    AmountProblem.SCALE: (
        _E,
        later("“%(value)s” has a scale or a unit of its own below a head that has one too."),
        later("Write it in one place: 1.5亿 below “数量”, or 15000 below “数量（万）”."),
    ),
    AmountProblem.SHARE: (
        _E,
        later("“%(value)s” is a share, not a quantity."),
        later("Write how much there is; leave the cell empty where nobody knows."),
    ),
    AmountProblem.NEGATIVE: (
        _E,
        later("“%(value)s” is negative."),
        later("A quantity is 0 or more."),
    ),
    AmountProblem.TOO_LARGE: (
        _E,
        later("“%(value)s” is larger than any dataset (9.2 × 10¹⁸)."),
        later("Check the number and its unit."),
    ),
    "formula": (
        _E,
        later("This cell is a formula (%(value)s), which is not computed here."),
        later("In your spreadsheet copy the column and paste it as values."),
    ),
    "looks_like_formula": (
        _W,
        later("The text begins like a formula and is kept as plain text."),
        "",
    ),
    "address_refused": (
        _W,
        later("“%(value)s” is not a web address and is left out."),
        later("Write the whole address, beginning with https://"),
    ),
    "parent_unknown": (
        _E,
        later("The parent “%(value)s” is neither an identifier nor a name above in this list."),
        later("Put the parent's row above, or write its identifier."),
    ),
    "duplicate": (
        _E,
        later("This is the same dataset as in row %(other)s."),
        later("Delete one of the two, or give them different names."),
    ),
    # Documents
    "key_unknown": (
        _W,
        later("The key “%(key)s” is not known here and is left out."),
        "",
    ),
    "key_missing": (_E, later("“%(key)s” is missing."), later("Add it and send the file again.")),
    "unreadable_text": (
        _E,
        later("“%(key)s” contains characters that no text may have."),
        later("Remove control characters and broken emoji from it."),
    ),
    "kept_unread": (
        _I,
        later("The catalogue has no field for “%(key)s”; it is kept and given back on export."),
        "",
    ),
    "licence_unread": (
        _W,
        later("The licence “%(value)s” is not one that is recognised, so its class stays unknown."),
        later("Somebody has to read the terms and state the class."),
    ),
    "licence_missing": (
        _W,
        later("No licence is stated."),
        later("Ask the provider, or state the licence with your evidence."),
    ),
    "required_missing": (
        _W,
        later("Croissant requires “%(key)s”, which is missing; the rest is read."),
        "",
    ),
    "value_unread": (
        _W,
        later("The value of “%(key)s” cannot be read and is left out."),
        "",
    ),
    "no_card": (
        _W,
        later("The card has no metadata block (YAML between two lines of ---)."),
        later("Only its title and text are read."),
    ),
}

_CORRECT = later("Correct the value and send the file again.")
_EXPECTED = {
    "text": later("“%(key)s” must be a text."),
    "number": later("“%(key)s” must be a number."),
    "whole number": later("“%(key)s” must be a whole number."),
    "yes or no": later("“%(key)s” must be true or false."),
    "list": later("“%(key)s” must be a list, of at most 2,000 parts."),
    "object": later("“%(key)s” must be an object with the keys that belong there."),
}


def finding(
    code: str, *, row: int | None = None, column: str | None = None, **params: object
) -> Finding:
    """Return a finding by its code."""
    severity, message, remedy = _PROBLEMS[code]
    return Finding(severity, str(code), message, params, remedy, row, column)


def wrong_type(key: str, expected: str, *, row: int) -> Finding:
    """Return the finding that a value of a document is not of its kind."""
    return Finding(_E, "wrong_type", _EXPECTED[expected], {"key": key}, _CORRECT, row, key)


def record_refused(error: InvalidInput, *, row: int) -> Finding:
    """Return the finding that the catalogue does not take a record, with the catalogue's reason."""
    return Finding(_E, "record_refused", error.message, error.params, "", row, error.field)


def codes() -> tuple[str, ...]:
    """Return every code there is, for the test that each can happen."""
    return tuple(str(code) for code in _PROBLEMS)
