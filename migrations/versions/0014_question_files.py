"""A file of a question keeps what its sender called it; others see a name that names nobody."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rfq_attachment", sa.Column("given_name", sa.String()))
    op.create_check_constraint(
        "given_name", "rfq_attachment", "given_name IS NULL OR question_id IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_constraint("given_name", "rfq_attachment", type_="check")
    op.drop_column("rfq_attachment", "given_name")
