"""Say where a dataset lies for training: everything of it at once, as the form shows it."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app import audit
from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer, require
from app.catalog import reference
from app.catalog.locations import queries
from app.catalog.locations.kinds import TOKENISED, Layout, Split
from app.catalog.locations.models import TrainingData, TrainingLocation
from app.catalog.models.datasets import Dataset
from app.errors import InvalidInput, StaleVersion

MAX_LOCATIONS = 100
MAX_URI = 2_000
MAX_WORD = 200
MAX_SOURCE = 500
MAX_TOKENS = 10**9


@dataclass(frozen=True)
class Place:
    """One place as somebody states it."""

    uri: str
    layout: str
    split: str = Split.TRAIN
    tokenizer: str | None = None
    subset: str | None = None
    text_field: str | None = None


@dataclass(frozen=True)
class Entered:
    """Everything that somebody states of a dataset for training."""

    places: Sequence[Place] = field(default_factory=tuple)
    tokens_per_document: float | None = None
    documents_source: str | None = None
    document_tokenizer: str | None = None


def read_entered(data: TrainingData | None) -> Entered:
    """Return what is stored, in the shape in which it is stated."""
    if data is None:
        return Entered()
    return Entered(
        tuple(
            Place(one.uri, one.layout, one.split, one.tokenizer, one.subset, one.text_field)
            for one in data.locations
        ),
        None if data.tokens_per_document is None else float(data.tokens_per_document),
        data.documents_source,
        data.document_tokenizer,
    )


def save(
    session: Session,
    dataset: Dataset,
    entered: Entered,
    *,
    viewer: Viewer,
    revision: int | None = None,
) -> TrainingData:
    """
    Put what somebody states in the place of what is stored.

    Parameters
    ----------
    revision : int, optional
        The revision that the author has seen, 0 for nothing yet; without it, whatever is there.

    Raises
    ------
    StaleVersion
        If somebody else saved meanwhile.
    InvalidInput
        If a value is none; its field is `locations.3.uri` or the like.
    """
    require(viewer, Permission.EDIT_CATALOGUE)
    _check(session, entered)
    data = queries.find_training_data(session, dataset.id, for_change=True)
    before = read_entered(data)
    now = data.revision if data is not None else 0
    if revision is not None and revision != now:
        raise StaleVersion(
            "Somebody else changed the locations of this dataset since you opened them, so nothing "
            "was saved yet."
        )
    if data is None:
        data = TrainingData(dataset_id=dataset.id, revision=0, locations=[])
        session.add(data)
    data.tokens_per_document = (
        None if entered.tokens_per_document is None else Decimal(repr(entered.tokens_per_document))
    )
    data.documents_source = entered.documents_source
    data.document_tokenizer = entered.document_tokenizer
    data.locations = [
        TrainingLocation(dataset_id=dataset.id, position=position, **asdict(one))
        for position, one in enumerate(entered.places)
    ]
    data.revision = now + 1
    session.flush()
    audit.record(
        session,
        actor=viewer,
        action="dataset.locations_changed",
        object_type="training_data",
        object_id=str(dataset.id),
        before=_as_json(before),
        after=_as_json(entered),
    )
    return data


def _check(session: Session, entered: Entered) -> None:
    if len(entered.places) > MAX_LOCATIONS:
        raise InvalidInput(
            "A dataset has at most %(most)s locations; these are %(count)s.",
            field="locations",
            most=MAX_LOCATIONS,
            count=len(entered.places),
        )
    tokenizers = reference.tokenizer_names(session)
    seen: set[tuple[str, str | None, str, str | None]] = set()
    for number, place in enumerate(entered.places, start=1):
        _check_place(place, f"locations.{number}", tokenizers)
        key = (place.uri, place.subset, place.split, place.tokenizer)
        if key in seen:
            raise InvalidInput(
                "The location %(uri)s is there twice.",
                field=f"locations.{number}.uri",
                uri=place.uri,
            )
        seen.add(key)
    mean = entered.tokens_per_document
    if mean is not None and not (math.isfinite(mean) and 0 < mean <= MAX_TOKENS):
        raise InvalidInput(
            "Mean tokens per document are a number above 0, such as 812.5.",
            field="tokens_per_document",
        )
    if (mean is None) != (not entered.documents_source):
        raise InvalidInput(
            "Mean tokens per document need the sentence where they come from, and the other way "
            "round.",
            field="documents_source" if mean is not None else "tokens_per_document",
        )
    if entered.documents_source:
        _check_word(entered.documents_source, "documents_source", MAX_SOURCE)
    _check_tokenizer(entered.document_tokenizer, "document_tokenizer", tokenizers)


def _check_place(place: Place, at: str, tokenizers: dict[str, str]) -> None:
    if not place.uri:
        raise InvalidInput("A location needs a path or an address.", field=f"{at}.uri")
    _check_word(place.uri, f"{at}.uri", MAX_URI)
    if place.layout not in list(Layout):
        raise InvalidInput(
            "There is no layout %(value)s. Choose one of: %(known)s.",
            field=f"{at}.layout",
            value=place.layout[:60],
            known=", ".join(Layout),
        )
    if place.split not in list(Split):
        raise InvalidInput(
            "There is no split %(value)s. Choose one of: %(known)s.",
            field=f"{at}.split",
            value=place.split[:60],
            known=", ".join(Split),
        )
    if place.layout in TOKENISED and place.tokenizer is None:
        raise InvalidInput(
            "Files of the layout %(layout)s hold tokens: say of which tokenizer.",
            field=f"{at}.tokenizer",
            layout=place.layout,
        )
    _check_tokenizer(place.tokenizer, f"{at}.tokenizer", tokenizers)
    for name, value in (("subset", place.subset), ("text_field", place.text_field)):
        if value is not None:
            _check_word(value, f"{at}.{name}", MAX_WORD)


def _check_word(value: str, at: str, most: int) -> None:
    if len(value) > most or not value.isprintable() or value != value.strip():
        raise InvalidInput("Write one line of at most %(most)s characters.", field=at, most=most)


def _check_tokenizer(code: str | None, at: str, known: dict[str, str]) -> None:
    if code is not None and code not in known:
        raise InvalidInput(
            "There is no tokenizer %(code)s. Choose one of: %(known)s.",
            field=at,
            code=code[:100],
            known=", ".join(known),
        )


def _as_json(entered: Entered) -> dict[str, Any]:
    return {
        "locations": [asdict(one) for one in entered.places],
        "tokens_per_document": entered.tokens_per_document,
        "documents_source": entered.documents_source,
        "document_tokenizer": entered.document_tokenizer,
    }
