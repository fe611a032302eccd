"""Why a measurement cannot begin, as a sentence for the person who asked for it."""

from app.errors import InvalidInput


class CannotMeasure(InvalidInput):
    """Files that are not there, of a kind that is not read, or without the text field."""

    code = "cannot_measure"
