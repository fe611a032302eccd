"""Providers are archived and changed by people: when, and how often."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("provider", sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "provider",
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("provider", "revision")
    op.drop_column("provider", "archived_at")
