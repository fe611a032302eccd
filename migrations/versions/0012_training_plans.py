"""Training plans: immutable versions, links to share, and administrators' own figures."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB()
NOW = sa.text("clock_timestamp()")
# Frozen here, as it was when this revision was made.
VERSIONS_STAY = """
CREATE FUNCTION training_plan_version_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a version of a training plan never changes: % is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER training_plan_version_immutable
    BEFORE UPDATE OR DELETE ON training_plan_version
    FOR EACH ROW EXECUTE FUNCTION training_plan_version_refuse_change();
CREATE TRIGGER training_plan_version_no_truncate
    BEFORE TRUNCATE ON training_plan_version
    FOR EACH STATEMENT EXECUTE FUNCTION training_plan_version_refuse_change();
ALTER TABLE training_plan_version ENABLE ALWAYS TRIGGER training_plan_version_immutable;
ALTER TABLE training_plan_version ENABLE ALWAYS TRIGGER training_plan_version_no_truncate;
"""


def moment(name: str, *, default: bool = True) -> sa.Column:
    return sa.Column(
        name,
        sa.DateTime(timezone=True),
        server_default=NOW if default else None,
        nullable=not default,
    )


def upgrade() -> None:
    op.create_table(
        "training_plan",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("visibility", sa.String(), server_default=sa.text("'team'"), nullable=False),
        sa.Column("owner_id", sa.Integer(), sa.ForeignKey("account.id"), nullable=False),
        sa.Column("owner_name", sa.String(), nullable=False),
        moment("archived_at", default=False),
        sa.Column("last_version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        moment("created_at"),
        moment("updated_at"),
        sa.UniqueConstraint("slug"),
        sa.CheckConstraint("visibility IN ('private', 'team', 'public')", name="visibility"),
    )
    op.create_index("ix_training_plan_owner_id", "training_plan", ["owner_id"])
    op.create_index("ix_training_plan_updated_at_id", "training_plan", ["updated_at", "id"])
    op.create_table(
        "training_plan_version",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("plan_id", sa.Integer(), sa.ForeignKey("training_plan.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("author_name", sa.String(), nullable=False),
        moment("created_at"),
        sa.Column(
            "mixture_version_id", sa.Integer(), sa.ForeignKey("mixture_version.id"), nullable=True
        ),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("results", JSONB, nullable=False),
    )
    op.create_index(
        "uq_training_plan_version_plan_id_number",
        "training_plan_version",
        ["plan_id", "number"],
        unique=True,
    )
    op.create_index(
        "ix_training_plan_version_mixture_version_id",
        "training_plan_version",
        ["mixture_version_id"],
    )
    op.create_table(
        "training_share_link",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "version_id", sa.Integer(), sa.ForeignKey("training_plan_version.id"), nullable=False
        ),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_by_name", sa.String(), nullable=False),
        moment("created_at"),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        moment("revoked_at", default=False),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_training_share_link_version_id", "training_share_link", ["version_id"])
    op.create_table(
        "training_figure",
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("code", sa.String(), primary_key=True),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("values", JSONB, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("edited_by_name", sa.String(), nullable=False),
        moment("edited_at"),
        sa.CheckConstraint("kind IN ('accelerator', 'price', 'grid')", name="kind"),
    )
    op.execute(VERSIONS_STAY)


def downgrade() -> None:
    op.drop_table("training_figure")
    op.drop_table("training_share_link")
    op.drop_table("training_plan_version")
    op.drop_table("training_plan")
    op.execute("DROP FUNCTION training_plan_version_refuse_change()")
