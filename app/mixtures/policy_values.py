"""What a policy can be about: the values of each tag with their names, and one as it is typed."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.catalog.editing.languages import is_tag, read_languages
from app.catalog.words.labels import LICENCE_CLASSES, MODALITIES, Label
from app.errors import InvalidInput
from app.mixtures.content import Tag
from app.mixtures.queries import policies as policy_queries
from app.mixtures.requests import SYNTHETIC_NO, SYNTHETIC_YES

# A refusal names some of the values; the field offers all of them.
MOST_NAMED = 12
_SYNTHETIC = {
    SYNTHETIC_YES: Label("合成", "Synthetic"),
    SYNTHETIC_NO: Label("非合成", "Not synthetic"),
}

Values = dict[str, Label]


def values_of(session: Session, tag: Tag) -> Values:
    """Return the names of a tag's values by their codes; of languages those that data have."""
    match tag:
        case Tag.LICENCE:
            return {one.value: label for one, label in LICENCE_CLASSES.items()}
        case Tag.MODALITY:
            return dict(MODALITIES)
        case Tag.SYNTHETIC:
            return dict(_SYNTHETIC)
        case Tag.CATEGORY:
            return policy_queries.name_categories(session)
        case Tag.PROVIDER:
            return policy_queries.name_providers(session)
        case Tag.LANGUAGE:
            return {code: Label(code, code) for code in policy_queries.list_languages(session)}


def read_value(session: Session, tag: Tag, text: str) -> str:
    """
    Return the code of a value that is typed as its code, or as its name in either language.

    Raises
    ------
    InvalidInput
        If no data can have it: the policy would never judge what it was meant for.
    """
    if tag is Tag.LANGUAGE:
        if is_tag(text):
            return text
        tags, unknown = read_languages(text)
        if unknown or len(tags) != 1:
            raise InvalidInput(
                "“%(value)s” is no language. Write one tag or name: zh, English.",
                field="value",
                value=text,
            )
        return tags[0]
    known = values_of(session, tag)
    if text in known:
        return text
    named = [code for code, label in known.items() if text.casefold() in _folded(label)]
    if len(named) != 1:
        raise InvalidInput(
            "“%(value)s” is none of the values here. There are: %(values)s.",
            field="value",
            value=text,
            values=_some(sorted(known)),
        )
    return named[0]


def _folded(label: Label) -> Sequence[str]:
    return label.zh.casefold(), label.en.casefold()


def _some(codes: Sequence[str]) -> str:
    return ", ".join(codes[:MOST_NAMED]) + (" …" if len(codes) > MOST_NAMED else "")
