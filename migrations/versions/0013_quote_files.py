"""One stored file may be attached to several revisions of a quote."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("uq_rfq_attachment_file_id", "rfq_attachment", type_="unique")
    op.create_index("ix_rfq_attachment_file_id", "rfq_attachment", ["file_id"])


def downgrade() -> None:
    op.drop_index("ix_rfq_attachment_file_id", "rfq_attachment")
    op.create_unique_constraint("uq_rfq_attachment_file_id", "rfq_attachment", ["file_id"])
