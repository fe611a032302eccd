"""Mixtures: drafts with their undo steps, immutable versions, links to share, policies."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB()
SLUGS = postgresql.ARRAY(sa.TEXT())
NOW = sa.text("clock_timestamp()")
# Frozen here, as it was when this revision was made.
VERSIONS_STAY = """
CREATE FUNCTION mixture_version_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a version of a mixture never changes: % is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER mixture_version_immutable
    BEFORE UPDATE OR DELETE ON mixture_version
    FOR EACH ROW EXECUTE FUNCTION mixture_version_refuse_change();
CREATE TRIGGER mixture_version_no_truncate
    BEFORE TRUNCATE ON mixture_version
    FOR EACH STATEMENT EXECUTE FUNCTION mixture_version_refuse_change();
ALTER TABLE mixture_version ENABLE ALWAYS TRIGGER mixture_version_immutable;
ALTER TABLE mixture_version ENABLE ALWAYS TRIGGER mixture_version_no_truncate;
"""


def moment(name: str, *, default: bool = True) -> sa.Column:
    return sa.Column(
        name,
        sa.DateTime(timezone=True),
        server_default=NOW if default else None,
        nullable=not default,
    )


def mixture_id(*, primary: bool = False) -> sa.Column:
    return sa.Column(
        "mixture_id",
        sa.Integer(),
        sa.ForeignKey("mixture.id"),
        primary_key=primary,
        autoincrement=False,
        nullable=False,
    )


def upgrade() -> None:
    op.create_table(
        "mixture",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("visibility", sa.String(), server_default=sa.text("'team'"), nullable=False),
        sa.Column("owner_id", sa.Integer(), sa.ForeignKey("account.id"), nullable=False),
        sa.Column("owner_name", sa.String(), nullable=False),
        moment("archived_at", default=False),
        sa.Column("forked_from_id", sa.Integer(), sa.ForeignKey("mixture.id"), nullable=True),
        sa.Column("forked_from_version", sa.Integer(), nullable=True),
        sa.Column("recipe", sa.String(), nullable=True),
        sa.Column("last_version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        moment("created_at"),
        moment("updated_at"),
        sa.UniqueConstraint("slug"),
        sa.CheckConstraint("visibility IN ('private', 'team', 'public')", name="visibility"),
    )
    op.create_index("ix_mixture_owner_id", "mixture", ["owner_id"])
    op.create_index("ix_mixture_updated_at_id", "mixture", ["updated_at", "id"])
    op.create_table(
        "mixture_draft",
        mixture_id(primary=True),
        sa.Column("revision", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("position", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("dataset_slugs", SLUGS, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=True),
        sa.Column("edited_by_name", sa.String(), nullable=False),
        moment("edited_at"),
    )
    op.create_index(
        "ix_mixture_draft_dataset_slugs",
        "mixture_draft",
        ["dataset_slugs"],
        postgresql_using="gin",
    )
    op.create_table(
        "mixture_draft_step",
        mixture_id(primary=True),
        sa.Column("position", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("params", JSONB, nullable=False),
    )
    op.create_table(
        "mixture_draft_edit",
        mixture_id(primary=True),
        sa.Column("revision", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("params", JSONB, nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        moment("at"),
    )
    op.create_table(
        "mixture_version",
        sa.Column("id", sa.Integer(), primary_key=True),
        mixture_id(),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("author_name", sa.String(), nullable=False),
        moment("created_at"),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("dataset_slugs", SLUGS, nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("results", JSONB, nullable=False),
        sa.Column("policies", JSONB, nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
    )
    op.create_index(
        "uq_mixture_version_mixture_id_number",
        "mixture_version",
        ["mixture_id", "number"],
        unique=True,
    )
    op.create_index(
        "ix_mixture_version_dataset_slugs",
        "mixture_version",
        ["dataset_slugs"],
        postgresql_using="gin",
    )
    op.create_table(
        "mixture_share_link",
        sa.Column("id", sa.Integer(), primary_key=True),
        mixture_id(),
        sa.Column("version_id", sa.Integer(), sa.ForeignKey("mixture_version.id"), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_by_name", sa.String(), nullable=False),
        moment("created_at"),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        moment("revoked_at", default=False),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_mixture_share_link_mixture_id", "mixture_share_link", ["mixture_id"])
    op.create_table(
        "mixture_policy",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("tag", sa.String(), nullable=True),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("bound", sa.Float(), nullable=False),
        moment("created_at"),
        moment("updated_at"),
        sa.CheckConstraint(
            "kind IN ('share_at_most', 'share_at_least', 'epochs_at_most')", name="kind"
        ),
        sa.CheckConstraint("(kind = 'epochs_at_most') = (tag IS NULL)", name="tag"),
        sa.CheckConstraint("(tag IS NULL) = (value IS NULL)", name="value"),
    )
    op.execute(VERSIONS_STAY)


def downgrade() -> None:
    for table in ("policy", "share_link", "version", "draft_edit", "draft_step", "draft"):
        op.drop_table(f"mixture_{table}")
    op.drop_table("mixture")
    op.execute("DROP FUNCTION mixture_version_refuse_change()")
