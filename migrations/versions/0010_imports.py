"""Imports into the catalogue: files, what their rows would do, what was done of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB()
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "catalogue_import",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_by_name", sa.String(), nullable=False),
        sa.Column(
            "created_at", MOMENT, server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("format", sa.String(), nullable=True),
        sa.Column("options", JSONB, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("state", sa.String(), server_default=sa.text("'reading'"), nullable=False),
        sa.Column("job_id", sa.String(), nullable=True),
        sa.Column("counts", JSONB, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("findings", JSONB, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("providers", JSONB, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("sources", JSONB, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.Column("applied_at", MOMENT, nullable=True),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("undo", JSONB, server_default=sa.text("'{}'"), nullable=False),
        sa.CheckConstraint(
            "state IN ('reading', 'ready', 'applying', 'applied', 'undoing', 'undone')",
            name=op.f("ck_catalogue_import_state"),
        ),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["stored_file.id"],
            name=op.f("fk_catalogue_import_file_id_stored_file"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_import")),
        sa.UniqueConstraint("public_id", name=op.f("uq_catalogue_import_public_id")),
    )
    op.create_index(
        "ix_catalogue_import_created_by_id_id", "catalogue_import", ["created_by_id", "id"]
    )
    op.create_index(op.f("ix_catalogue_import_file_id"), "catalogue_import", ["file_id"])
    op.create_table(
        "catalogue_import_row",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=True),
        sa.Column("findings", JSONB, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("slug", sa.String(), nullable=True),
        sa.Column("name_zh", sa.String(), nullable=True),
        sa.Column("name_en", sa.String(), nullable=True),
        sa.Column("item", JSONB, nullable=True),
        sa.Column(
            "given", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("before", JSONB, nullable=True),
        sa.Column("after", JSONB, nullable=True),
        sa.Column("dataset_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('create', 'change', 'same', 'skip', 'refuse')",
            name=op.f("ck_catalogue_import_row_outcome"),
        ),
        sa.CheckConstraint(
            "severity IN ('error', 'warning', 'info')",
            name=op.f("ck_catalogue_import_row_severity"),
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["catalogue_import.id"],
            name=op.f("fk_catalogue_import_row_import_id_catalogue_import"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_import_row")),
    )
    op.create_index(
        "ix_catalogue_import_row_import_id_number",
        "catalogue_import_row",
        ["import_id", "number"],
        unique=True,
    )
    op.create_index(
        "ix_catalogue_import_row_outcome",
        "catalogue_import_row",
        ["import_id", "outcome", "number"],
    )
    op.create_index(
        "ix_catalogue_import_row_severity",
        "catalogue_import_row",
        ["import_id", "severity", "number"],
    )


def downgrade() -> None:
    op.drop_table("catalogue_import_row")
    op.drop_table("catalogue_import")
