"""What the catalogue looks up beside the datasets: sources, priors, tokenizers, categories."""

from collections.abc import Iterable

from sqlalchemy import ARRAY, Text, any_, bindparam, select
from sqlalchemy.orm import Session

from app.catalog.models.datasets import Category
from app.catalog.models.priors import ConversionPrior, Tokenizer, TokenizerRatio
from app.catalog.models.providers import Provider
from app.errors import NotFound

# Built once: every page of the list asks it. An array is one parameter however long.
PROVIDER_NAMES = select(Provider.slug, Provider.short_name_zh, Provider.short_name_en).where(
    Provider.slug == any_(bindparam("slugs", type_=ARRAY(Text)))
)

TOKENIZER_NAMES = select(Tokenizer.code, Tokenizer.name, Tokenizer.vocabulary).order_by(
    Tokenizer.position
)


def list_categories(session: Session) -> list[Category]:
    """Return the category tree, parents before their children."""
    return list(session.scalars(select(Category).order_by(Category.position, Category.id)))


def list_priors(session: Session) -> list[ConversionPrior]:
    """Return the conversion priors by modality and unit."""
    return list(
        session.scalars(
            select(ConversionPrior).order_by(
                ConversionPrior.modality, ConversionPrior.unit, ConversionPrior.id
            )
        )
    )


def get_prior(session: Session, code: str) -> ConversionPrior:
    """
    Return a conversion prior.

    Raises
    ------
    NotFound
        If there is none.
    """
    prior = session.scalar(select(ConversionPrior).where(ConversionPrior.code == code))
    if prior is None:
        raise NotFound("There is no conversion prior %(code)s.", code=code)
    return prior


def list_tokenizers(session: Session) -> list[Tokenizer]:
    """Return the tokenizers that counts are given in, in their order."""
    return list(session.scalars(select(Tokenizer).order_by(Tokenizer.position)))


def tokenizer_names(session: Session) -> dict[str, str]:
    """Return what people call each tokenizer, by its code."""
    rows = session.execute(TOKENIZER_NAMES)
    return {row.code: tokenizer_label(row.name, row.vocabulary) for row in rows}


def tokenizer_label(name: str, vocabulary: int) -> str:
    """
    Return a tokenizer's name with the size of its vocabulary, which tells versions apart.

    >>> tokenizer_label("Qwen2/3", 151_643)
    'Qwen2/3, 152k'
    """
    return f"{name}, {round(vocabulary / 1000)}k"


def provider_names(session: Session, slugs: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return the short names of these providers in Chinese and English, by slug."""
    rows = session.execute(PROVIDER_NAMES, {"slugs": list(slugs)})
    return {row.slug: (row.short_name_zh, row.short_name_en) for row in rows}


def list_tokenizer_ratios(session: Session) -> list[TokenizerRatio]:
    """Return every measured rate, by text and tokenizer."""
    return list(
        session.scalars(
            select(TokenizerRatio).order_by(
                TokenizerRatio.kind, TokenizerRatio.text_name, TokenizerRatio.tokenizer_code
            )
        )
    )
