"""Where the team keeps a dataset for training, and how long its documents are on average."""

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Numeric
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.catalog.locations.kinds import Layout, Split
from app.db import Base, HasTimestamps


def one_of(column: str, kinds: type[Layout] | type[Split]) -> str:
    """Return the condition that a column holds one of these words."""
    return f"{column} IN ({', '.join(repr(str(one)) for one in kinds)})"


class TrainingData(HasTimestamps, Base):
    """
    What training needs to know of a dataset beside its catalogue entry; the team's alone.

    `tokens_per_document` is a mean in `document_tokenizer`, with the sentence where it is from.
    """

    __tablename__ = "training_data"
    __table_args__ = (
        CheckConstraint("tokens_per_document > 0", name="tokens_per_document"),
        CheckConstraint(
            "(tokens_per_document IS NULL) = (documents_source IS NULL)", name="documents_source"
        ),
    )

    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"), primary_key=True)
    tokens_per_document: Mapped[Decimal | None] = mapped_column(Numeric(16, 4))
    documents_source: Mapped[str | None]
    document_tokenizer: Mapped[str | None] = mapped_column(ForeignKey("tokenizer.code"))
    revision: Mapped[int] = mapped_column(server_default=sql("1"))

    locations: Mapped[list["TrainingLocation"]] = relationship(
        lazy="raise", order_by="TrainingLocation.position", cascade="all, delete-orphan"
    )


class TrainingLocation(Base):
    """One place where files of a dataset lie; `tokenizer` is that of tokenised files."""

    __tablename__ = "training_location"
    __table_args__ = (
        CheckConstraint(one_of("layout", Layout), name="layout"),
        CheckConstraint(one_of("split", Split), name="split"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("training_data.dataset_id"), index=True)
    position: Mapped[int]
    uri: Mapped[str]
    layout: Mapped[str]
    split: Mapped[str]
    tokenizer: Mapped[str | None] = mapped_column(ForeignKey("tokenizer.code"))
    subset: Mapped[str | None]
    text_field: Mapped[str | None]
