"""What catalogue search reads: one narrow row per dataset, words, facet values, tallies."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, Text
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base

# Plain code point order: the same on every server, and what LIKE 'x%' can use.
C_TEXT = Text(collation="C")


class FacetValue(Base):
    """A value of a facet, such as `language` `zh`, with the small number that rows carry."""

    __tablename__ = "facet_value"
    __table_args__ = (Index("uq_facet_value_facet_value", "facet", "value", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    facet: Mapped[str]
    value: Mapped[str]


class SearchWord(Base):
    """
    A Latin word that some dataset contains, with the number that its term is made of.

    Words are never deleted: a word that no dataset contains any more finds nothing.
    """

    __tablename__ = "search_word"
    __table_args__ = (
        # Only words that a person could mistype: prefixes of the others are found by `word`.
        Index(
            "ix_search_word_trigrams",
            "word",
            postgresql_using="gin",
            postgresql_ops={"word": "gin_trgm_ops"},
            postgresql_where=sql("is_letters"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(C_TEXT, unique=True)
    is_letters: Mapped[bool]


class DatasetSearch(Base):
    """
    What is searched, filtered and sorted of one dataset that is not archived.

    `terms` are the numbers that `terms.py` makes of its texts and that `facets` adds, `body` is
    the same text normalised, to check phrases. `tokens` is -1 without an estimate: it sorts last.
    """

    __tablename__ = "dataset_search"
    __table_args__ = (
        Index("ix_dataset_search_tokens", "tokens", "dataset_id"),
        Index("ix_dataset_search_updated_at", "updated_at", "dataset_id"),
        Index("ix_dataset_search_name_zh", "name_zh", "dataset_id"),
        Index("ix_dataset_search_name_en", "name_en", "dataset_id"),
        Index("ix_dataset_search_parent_id", "parent_id", postgresql_where=sql("parent_id > 0")),
        # Without fastupdate every search would also read a list of pending entries.
        Index(
            "ix_dataset_search_terms",
            "terms",
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
    )

    dataset_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("dataset.id", ondelete="CASCADE"), primary_key=True
    )
    parent_id: Mapped[int | None] = mapped_column(BigInteger)
    tokens: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[datetime]
    is_public: Mapped[bool]
    facets: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    name_zh: Mapped[str] = mapped_column(C_TEXT)
    name_en: Mapped[str] = mapped_column(C_TEXT)
    names: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    terms: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    body: Mapped[str]


class FacetTally(Base):
    """
    How many datasets have both of two facet values, kept by triggers on `dataset_search`.

    Value 0 stands for every dataset, so (0, 0) is the total and (0, v) the count of one value.
    """

    __tablename__ = "facet_tally"

    value_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    other_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    all_count: Mapped[int]
    top_count: Mapped[int]
    public_all_count: Mapped[int]
    public_top_count: Mapped[int]
