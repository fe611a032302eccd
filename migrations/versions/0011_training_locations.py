"""Where the team keeps datasets for training, and how long their documents are on average."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NOW = sa.text("clock_timestamp()")
LAYOUTS = "'megatron', 'npy', 'nanoset', 'mds', 'webdataset', 'huggingface', 'jsonl', 'parquet'"


def upgrade() -> None:
    op.create_table(
        "training_data",
        sa.Column("dataset_id", sa.BigInteger(), nullable=False),
        sa.Column("tokens_per_document", sa.Numeric(16, 4)),
        sa.Column("documents_source", sa.String()),
        sa.Column("document_tokenizer", sa.String()),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("updated_at", MOMENT, server_default=NOW, nullable=False),
        sa.CheckConstraint(
            "tokens_per_document > 0", name=op.f("ck_training_data_tokens_per_document")
        ),
        sa.CheckConstraint(
            "(tokens_per_document IS NULL) = (documents_source IS NULL)",
            name=op.f("ck_training_data_documents_source"),
        ),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name=op.f("fk_training_data_dataset_id_dataset")
        ),
        sa.ForeignKeyConstraint(
            ["document_tokenizer"],
            ["tokenizer.code"],
            name=op.f("fk_training_data_document_tokenizer_tokenizer"),
        ),
        sa.PrimaryKeyConstraint("dataset_id", name=op.f("pk_training_data")),
    )
    op.create_table(
        "training_location",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("uri", sa.String(), nullable=False),
        sa.Column("layout", sa.String(), nullable=False),
        sa.Column("split", sa.String(), nullable=False),
        sa.Column("tokenizer", sa.String()),
        sa.Column("subset", sa.String()),
        sa.Column("text_field", sa.String()),
        sa.CheckConstraint(f"layout IN ({LAYOUTS})", name=op.f("ck_training_location_layout")),
        sa.CheckConstraint(
            "split IN ('train', 'valid', 'test')", name=op.f("ck_training_location_split")
        ),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["training_data.dataset_id"],
            name=op.f("fk_training_location_dataset_id_training_data"),
        ),
        sa.ForeignKeyConstraint(
            ["tokenizer"],
            ["tokenizer.code"],
            name=op.f("fk_training_location_tokenizer_tokenizer"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_location")),
    )
    op.create_index(op.f("ix_training_location_dataset_id"), "training_location", ["dataset_id"])


def downgrade() -> None:
    op.drop_table("training_location")
    op.drop_table("training_data")
