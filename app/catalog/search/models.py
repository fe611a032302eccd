"""What catalogue search reads: one narrow row per dataset, words, facet values, tallies."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, SmallInteger, Text
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
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

    `is_letters`: it has no digits, so that a person could mean it and mistype it. Words are never
    deleted: a word that no dataset contains any more finds nothing.
    """

    __tablename__ = "search_word"
    __table_args__ = (
        Index(
            "ix_search_word_trigrams",
            "word",
            postgresql_using="gin",
            postgresql_ops={"word": "gin_trgm_ops"},
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(C_TEXT, unique=True)
    is_letters: Mapped[bool]


class DatasetSearch(Base):
    """
    What is searched, filtered and sorted of one dataset that is not archived.

    `terms` are the numbers that `terms.py` makes of its texts and facet values. `names` and
    `body`, which begins with the names, are the texts themselves, normalised, with a space before
    and after each run. `tokens` is -1 without an estimate: it sorts last. `is_public` says that
    neither the dataset nor its parent is for the team alone. By a hash of its id one row in
    sixteen has `sample` 1, one in 256 has 2, the others 0: how many of those match a search
    tells whether all that match can be read at once.
    """

    __tablename__ = "dataset_search"
    __table_args__ = (
        Index("ix_dataset_search_tokens", "tokens", "dataset_id"),
        Index("ix_dataset_search_updated_at", "updated_at", "dataset_id"),
        Index("ix_dataset_search_name_zh", "name_zh", "dataset_id"),
        Index("ix_dataset_search_name_en", "name_en", "dataset_id"),
        Index(
            "ix_dataset_search_parent_id",
            "parent_id",
            postgresql_where=sql("parent_id IS NOT NULL"),
        ),
        # Writers empty the list of pending entries themselves: merging a whole batch is three
        # times as fast as entering each row, and no search has to read that list.
        Index(
            "ix_dataset_search_terms",
            "terms",
            postgresql_using="gin",
            postgresql_with={"fastupdate": "on", "gin_pending_list_limit": "65536"},
        ),
        Index(
            "ix_dataset_search_sample_terms",
            "terms",
            postgresql_using="gin",
            postgresql_with={"fastupdate": "on", "gin_pending_list_limit": "65536"},
            postgresql_where=sql("sample >= 1"),
        ),
        Index(
            "ix_dataset_search_small_sample_terms",
            "terms",
            postgresql_using="gin",
            postgresql_with={"fastupdate": "on", "gin_pending_list_limit": "65536"},
            postgresql_where=sql("sample >= 2"),
        ),
    )

    dataset_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("dataset.id", ondelete="CASCADE"), primary_key=True
    )
    parent_id: Mapped[int | None] = mapped_column(BigInteger)
    tokens: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[datetime]
    is_public: Mapped[bool]
    sample: Mapped[int] = mapped_column(SmallInteger)
    facets: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    name_zh: Mapped[str] = mapped_column(C_TEXT)
    name_en: Mapped[str] = mapped_column(C_TEXT)
    terms: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    names: Mapped[str]
    body: Mapped[str]


class FacetTally(Base):
    """
    How many datasets have both of two facet values, the smaller id first.

    Value 0 stands for every dataset: (0, 0) is the total and (0, v) the count of one value.
    Triggers on `dataset_search` keep it (`tallies.py`). `top` counts what is no subset.
    """

    __tablename__ = "facet_tally"
    __table_args__ = (Index("ix_facet_tally_other_id", "other_id"),)

    value_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    other_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    all_count: Mapped[int]
    top_count: Mapped[int]
    public_all_count: Mapped[int]
    public_top_count: Mapped[int]
