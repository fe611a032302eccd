"""Who has seen that the catalogue changed since a version of a mixture was saved."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mixture_version_seen",
        sa.Column(
            "version_id", sa.Integer(), sa.ForeignKey("mixture_version.id"), primary_key=True
        ),
        sa.Column(
            "account_id",
            sa.Integer(),
            sa.ForeignKey("account.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column(
            "seen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
    )
    op.create_index("ix_mixture_version_seen_account_id", "mixture_version_seen", ["account_id"])


def downgrade() -> None:
    op.drop_table("mixture_version_seen")
