"""The first schema: people, audit, catalogue and its search.

Revision ID: 0001
Revises: (nothing)
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Similar words: spelling mistakes in searches.
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.create_table(
        "audit_event",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("object_type", sa.String(), nullable=False),
        sa.Column("object_id", sa.String(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("request_id", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    op.create_index("ix_audit_event_actor_id_id", "audit_event", ["actor_id", "id"], unique=False)
    op.create_index(
        "ix_audit_event_object", "audit_event", ["object_type", "object_id", "id"], unique=False
    )
    op.create_table(
        "catalogue_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seed_version", sa.String(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "details",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.CheckConstraint("id = 1", name=op.f("ck_catalogue_state_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_state")),
    )
    op.create_table(
        "category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("hue", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["category.id"], name=op.f("fk_category_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("code", name=op.f("uq_category_code")),
    )
    op.create_table(
        "conversion_prior",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column(
            "multiplier",
            sa.Numeric(precision=12, scale=3),
            server_default=sa.text("1"),
            nullable=False,
        ),
        sa.Column(
            "categories",
            postgresql.ARRAY(sa.TEXT()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("modality", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("is_default", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("low", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("mid", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.Column("high", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("tokenizer_basis_zh", sa.String(), nullable=False),
        sa.Column("tokenizer_basis_en", sa.String(), nullable=False),
        sa.Column("source_text", sa.String(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("note_zh", sa.String(), nullable=True),
        sa.Column("note_en", sa.String(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("seeded", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(low IS NULL) = (high IS NULL)", name=op.f("ck_conversion_prior_spread")
        ),
        sa.CheckConstraint(
            "low <= mid AND mid <= high AND mid > 0", name=op.f("ck_conversion_prior_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversion_prior")),
        sa.UniqueConstraint("code", name=op.f("uq_conversion_prior_code")),
    )
    op.create_table(
        "facet_tally",
        sa.Column("value_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("other_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("all_count", sa.Integer(), nullable=False),
        sa.Column("top_count", sa.Integer(), nullable=False),
        sa.Column("public_all_count", sa.Integer(), nullable=False),
        sa.Column("public_top_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("value_id", "other_id", name=op.f("pk_facet_tally")),
    )
    op.create_table(
        "facet_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("facet", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facet_value")),
    )
    op.create_index("uq_facet_value_facet_value", "facet_value", ["facet", "value"], unique=True)
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint("kind IN ('team', 'vendor')", name=op.f("ck_organisation_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisation_slug")),
    )
    op.create_index(
        "uq_organisation_team",
        "organisation",
        ["kind"],
        unique=True,
        postgresql_where=sa.text("kind = 'team'"),
    )
    op.create_table(
        "search_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.Column("is_letters", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_word")),
        sa.UniqueConstraint("word", name=op.f("uq_search_word_word")),
    )
    op.create_index(
        "ix_search_word_trigrams",
        "search_word",
        ["word"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"word": "gin_trgm_ops"},
        postgresql_where=sa.text("is_letters"),
    )
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("note_zh", sa.String(), nullable=True),
        sa.Column("note_en", sa.String(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("code", name=op.f("uq_source_code")),
    )
    op.create_table(
        "tokenizer",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("vocabulary", sa.Integer(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_tokenizer")),
    )
    op.create_index(
        "uq_tokenizer_default",
        "tokenizer",
        ["is_default"],
        unique=True,
        postgresql_where=sa.text("is_default"),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('viewer','planner','buyer','approver','administrator','vendor')",
            name=op.f("ck_account_role"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_account_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("public_id", name=op.f("uq_account_public_id")),
    )
    op.create_index("ix_account_name_id", "account", ["name", "id"], unique=False)
    op.create_index(
        op.f("ix_account_organisation_id"), "account", ["organisation_id"], unique=False
    )
    op.create_index(
        "uq_account_email_lower", "account", [sa.literal_column("lower(email)")], unique=True
    )
    op.create_table(
        "provider",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("short_name_zh", sa.String(), nullable=False),
        sa.Column("short_name_en", sa.String(), nullable=False),
        sa.Column("description_zh", sa.String(), nullable=True),
        sa.Column("description_en", sa.String(), nullable=True),
        sa.Column("homepage", sa.String(), nullable=True),
        sa.Column("seeded", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_provider_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_provider_organisation_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_provider_slug")),
    )
    op.create_table(
        "tokenizer_ratio",
        sa.Column("tokenizer_code", sa.String(), nullable=False),
        sa.Column("text_name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("bytes_per_token", sa.Numeric(precision=10, scale=4), nullable=False),
        sa.Column("characters_per_token", sa.Numeric(precision=10, scale=4), nullable=False),
        sa.Column("premium", sa.Numeric(precision=10, scale=4), nullable=True),
        sa.ForeignKeyConstraint(
            ["tokenizer_code"], ["tokenizer.code"], name=op.f("fk_tokenizer_ratio_tokenizer_code")
        ),
        sa.PrimaryKeyConstraint("tokenizer_code", "text_name", name=op.f("pk_tokenizer_ratio")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_api_token_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("public_id", name=op.f("uq_api_token_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index(op.f("ix_api_token_account_id"), "api_token", ["account_id"], unique=False)
    op.create_table(
        "dataset",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column(
            "aliases", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("description_zh", sa.String(), nullable=True),
        sa.Column("description_en", sa.String(), nullable=True),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("modality", sa.String(), nullable=False),
        sa.Column("modality_basis", sa.String(), nullable=True),
        sa.Column(
            "languages", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("languages_note_zh", sa.String(), nullable=True),
        sa.Column("languages_note_en", sa.String(), nullable=True),
        sa.Column(
            "licence_class", sa.String(), server_default=sa.text("'unknown'"), nullable=False
        ),
        sa.Column("licence_spdx", sa.String(), nullable=True),
        sa.Column("licence_stated_zh", sa.String(), nullable=True),
        sa.Column("licence_stated_en", sa.String(), nullable=True),
        sa.Column("access_zh", sa.String(), nullable=True),
        sa.Column("access_en", sa.String(), nullable=True),
        sa.Column("homepage", sa.String(), nullable=True),
        sa.Column("paper", sa.String(), nullable=True),
        sa.Column("released", sa.String(), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("source_line", sa.String(), nullable=True),
        sa.Column("source_line_no", sa.Integer(), nullable=True),
        sa.Column("source_heading", sa.String(), nullable=True),
        sa.Column("source_heading_no", sa.Integer(), nullable=True),
        sa.Column(
            "other_source_lines",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "anomalies",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "notes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "checks",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "figure_fields",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("has_tokens", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("no_estimate_reason", sa.String(), nullable=True),
        sa.Column("visibility", sa.String(), server_default=sa.text("'public'"), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("seeded", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "licence_class IN ('open','custom','non_commercial','per_source','contract','unknown')",
            name=op.f("ck_dataset_licence_class"),
        ),
        sa.CheckConstraint("visibility IN ('public', 'team')", name=op.f("ck_dataset_visibility")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_dataset_category_id")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["dataset.id"], name=op.f("fk_dataset_parent_id")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_dataset_provider_id")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_dataset_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataset")),
        sa.UniqueConstraint("slug", name=op.f("uq_dataset_slug")),
    )
    op.create_index(op.f("ix_dataset_category_id"), "dataset", ["category_id"], unique=False)
    op.create_index(
        "ix_dataset_parent_id_position", "dataset", ["parent_id", "position"], unique=False
    )
    op.create_index("ix_dataset_provider_id", "dataset", ["provider_id"], unique=False)
    op.create_table(
        "known_device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column(
            "signed_in_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_known_device_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_device")),
        sa.UniqueConstraint(
            "account_id", "token_hash", name=op.f("uq_known_device_account_id_token_hash")
        ),
    )
    op.create_index(
        op.f("ix_known_device_token_hash"), "known_device", ["token_hash"], unique=False
    )
    op.create_table(
        "one_time_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('sign_in', 'invitation')", name=op.f("ck_one_time_link_purpose")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_one_time_link_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_time_link_token_hash")),
    )
    op.create_index(
        op.f("ix_one_time_link_account_id"), "one_time_link", ["account_id"], unique=False
    )
    op.create_table(
        "provider_service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("description_zh", sa.String(), nullable=False),
        sa.Column("description_en", sa.String(), nullable=False),
        sa.Column("source_line", sa.String(), nullable=False),
        sa.Column("source_line_no", sa.Integer(), nullable=True),
        sa.Column(
            "anomalies",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("seeded", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_provider_service_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_service")),
        sa.UniqueConstraint("slug", name=op.f("uq_provider_service_slug")),
    )
    op.create_index(
        op.f("ix_provider_service_provider_id"), "provider_service", ["provider_id"], unique=False
    )
    op.create_table(
        "web_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("signed_in_by", sa.String(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "last_seen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("user_agent", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.CheckConstraint(
            "signed_in_by IN ('password', 'link')", name=op.f("ck_web_session_signed_in_by")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_web_session_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_session")),
        sa.UniqueConstraint("public_id", name=op.f("uq_web_session_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_web_session_token_hash")),
    )
    op.create_index(op.f("ix_web_session_account_id"), "web_session", ["account_id"], unique=False)
    op.create_table(
        "dataset_search",
        sa.Column("dataset_id", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("facets", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("name_zh", sa.Text(collation="C"), nullable=False),
        sa.Column("name_en", sa.Text(collation="C"), nullable=False),
        sa.Column("names", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("terms", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["dataset.id"],
            name=op.f("fk_dataset_search_dataset_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("dataset_id", name=op.f("pk_dataset_search")),
    )
    op.create_index(
        "ix_dataset_search_name_en", "dataset_search", ["name_en", "dataset_id"], unique=False
    )
    op.create_index(
        "ix_dataset_search_name_zh", "dataset_search", ["name_zh", "dataset_id"], unique=False
    )
    op.create_index(
        "ix_dataset_search_parent_id",
        "dataset_search",
        ["parent_id"],
        unique=False,
        postgresql_where=sa.text("parent_id > 0"),
    )
    op.create_index(
        "ix_dataset_search_terms",
        "dataset_search",
        ["terms"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_index(
        "ix_dataset_search_tokens", "dataset_search", ["tokens", "dataset_id"], unique=False
    )
    op.create_index(
        "ix_dataset_search_updated_at", "dataset_search", ["updated_at", "dataset_id"], unique=False
    )
    op.create_table(
        "licence_claim",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dataset_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("stated_zh", sa.String(), nullable=True),
        sa.Column("stated_en", sa.String(), nullable=True),
        sa.Column("spdx", sa.String(), nullable=True),
        sa.Column("licence_class", sa.String(), nullable=False),
        sa.Column("note_zh", sa.String(), nullable=True),
        sa.Column("note_en", sa.String(), nullable=True),
        sa.Column("evidence_url", sa.String(), nullable=True),
        sa.Column("checked_by", sa.String(), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("seed_key", sa.String(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["dataset.id"],
            name=op.f("fk_licence_claim_dataset_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_licence_claim_source_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licence_claim")),
    )
    op.create_index(
        op.f("ix_licence_claim_dataset_id"), "licence_claim", ["dataset_id"], unique=False
    )
    op.create_table(
        "overlap",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dataset_id", sa.BigInteger(), nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("note_zh", sa.String(), nullable=True),
        sa.Column("note_en", sa.String(), nullable=True),
        sa.Column("seed_key", sa.String(), nullable=True),
        sa.CheckConstraint(
            "relation IN ('derived_from', 'contains', 'may_overlap')",
            name=op.f("ck_overlap_relation"),
        ),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name=op.f("fk_overlap_dataset_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["dataset.id"], name=op.f("fk_overlap_other_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overlap")),
    )
    op.create_index(op.f("ix_overlap_dataset_id"), "overlap", ["dataset_id"], unique=False)
    op.create_index(op.f("ix_overlap_other_id"), "overlap", ["other_id"], unique=False)
    op.create_index(
        "uq_overlap_pair", "overlap", ["dataset_id", "other_id", "relation"], unique=True
    )
    op.create_table(
        "quantity",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dataset_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("value", sa.Numeric(precision=30, scale=3), nullable=True),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("assumed_unit", sa.String(), nullable=True),
        sa.Column("unit_printed", sa.String(), nullable=True),
        sa.Column("printed", sa.String(), nullable=False),
        sa.Column("qualifier_zh", sa.String(), nullable=True),
        sa.Column("qualifier_en", sa.String(), nullable=True),
        sa.Column("is_whole", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("content", sa.String(), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("unit_confirmed_by", sa.String(), nullable=True),
        sa.Column("unit_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seed_key", sa.String(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name=op.f("fk_quantity_dataset_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_quantity_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quantity")),
    )
    op.create_index(op.f("ix_quantity_dataset_id"), "quantity", ["dataset_id"], unique=False)
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email_hash", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column(
            "attempted_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["device_id"],
            ["known_device.id"],
            name=op.f("fk_sign_in_attempt_device_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index(
        "ix_sign_in_attempt_address_attempted_at",
        "sign_in_attempt",
        ["address", "attempted_at"],
        unique=False,
    )
    op.create_index(
        "ix_sign_in_attempt_attempted_at", "sign_in_attempt", ["attempted_at"], unique=False
    )
    op.create_index(
        op.f("ix_sign_in_attempt_device_id"), "sign_in_attempt", ["device_id"], unique=False
    )
    op.create_index(
        "ix_sign_in_attempt_email_hash_attempted_at",
        "sign_in_attempt",
        ["email_hash", "attempted_at"],
        unique=False,
    )
    op.create_table(
        "statement",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dataset_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("comment_zh", sa.String(), nullable=True),
        sa.Column("comment_en", sa.String(), nullable=True),
        sa.Column("is_contradicted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("seed_key", sa.String(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name=op.f("fk_statement_dataset_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_statement_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
    )
    op.create_index(op.f("ix_statement_dataset_id"), "statement", ["dataset_id"], unique=False)
    op.create_table(
        "token_estimate",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dataset_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_main", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("tokenizer", sa.String(), nullable=True),
        sa.Column("tokenizer_printed", sa.String(), nullable=True),
        sa.Column("low", sa.BigInteger(), nullable=True),
        sa.Column("mid", sa.BigInteger(), nullable=True),
        sa.Column("high", sa.BigInteger(), nullable=True),
        sa.Column("bound", sa.String(), nullable=True),
        sa.Column("scope_zh", sa.String(), nullable=True),
        sa.Column("scope_en", sa.String(), nullable=True),
        sa.Column("printed", sa.String(), nullable=True),
        sa.Column("is_whole", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("is_assumed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_scaled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_disputed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("has_repeats", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("rule", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("quantity_id", sa.BigInteger(), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("seed_key", sa.String(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "bound IN ('at_least', 'at_most')", name=op.f("ck_token_estimate_bound")
        ),
        sa.CheckConstraint(
            "method IN ('measured', 'published', 'stated', 'converted')",
            name=op.f("ck_token_estimate_method"),
        ),
        sa.CheckConstraint("(low IS NULL) = (high IS NULL)", name=op.f("ck_token_estimate_spread")),
        sa.CheckConstraint("is_whole OR NOT is_main", name=op.f("ck_token_estimate_main_is_whole")),
        sa.CheckConstraint(
            "low <= mid AND mid <= high AND low <= high", name=op.f("ck_token_estimate_order")
        ),
        sa.CheckConstraint(
            "mid IS NOT NULL OR NOT is_main", name=op.f("ck_token_estimate_main_has_mid")
        ),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["dataset.id"],
            name=op.f("fk_token_estimate_dataset_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["quantity_id"],
            ["quantity.id"],
            name=op.f("fk_token_estimate_quantity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_token_estimate_source_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token_estimate")),
    )
    op.create_index(
        op.f("ix_token_estimate_dataset_id"), "token_estimate", ["dataset_id"], unique=False
    )
    op.create_index(
        op.f("ix_token_estimate_quantity_id"), "token_estimate", ["quantity_id"], unique=False
    )
    op.create_index(
        "uq_token_estimate_main",
        "token_estimate",
        ["dataset_id"],
        unique=True,
        postgresql_where=sa.text("is_main"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_token_estimate_main", table_name="token_estimate", postgresql_where=sa.text("is_main")
    )
    op.drop_index(op.f("ix_token_estimate_quantity_id"), table_name="token_estimate")
    op.drop_index(op.f("ix_token_estimate_dataset_id"), table_name="token_estimate")
    op.drop_table("token_estimate")
    op.drop_index(op.f("ix_statement_dataset_id"), table_name="statement")
    op.drop_table("statement")
    op.drop_index("ix_sign_in_attempt_email_hash_attempted_at", table_name="sign_in_attempt")
    op.drop_index(op.f("ix_sign_in_attempt_device_id"), table_name="sign_in_attempt")
    op.drop_index("ix_sign_in_attempt_attempted_at", table_name="sign_in_attempt")
    op.drop_index("ix_sign_in_attempt_address_attempted_at", table_name="sign_in_attempt")
    op.drop_table("sign_in_attempt")
    op.drop_index(op.f("ix_quantity_dataset_id"), table_name="quantity")
    op.drop_table("quantity")
    op.drop_index("uq_overlap_pair", table_name="overlap")
    op.drop_index(op.f("ix_overlap_other_id"), table_name="overlap")
    op.drop_index(op.f("ix_overlap_dataset_id"), table_name="overlap")
    op.drop_table("overlap")
    op.drop_index(op.f("ix_licence_claim_dataset_id"), table_name="licence_claim")
    op.drop_table("licence_claim")
    op.drop_index("ix_dataset_search_updated_at", table_name="dataset_search")
    op.drop_index("ix_dataset_search_tokens", table_name="dataset_search")
    op.drop_index(
        "ix_dataset_search_terms",
        table_name="dataset_search",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.drop_index(
        "ix_dataset_search_parent_id",
        table_name="dataset_search",
        postgresql_where=sa.text("parent_id > 0"),
    )
    op.drop_index("ix_dataset_search_name_zh", table_name="dataset_search")
    op.drop_index("ix_dataset_search_name_en", table_name="dataset_search")
    op.drop_table("dataset_search")
    op.drop_index(op.f("ix_web_session_account_id"), table_name="web_session")
    op.drop_table("web_session")
    op.drop_index(op.f("ix_provider_service_provider_id"), table_name="provider_service")
    op.drop_table("provider_service")
    op.drop_index(op.f("ix_one_time_link_account_id"), table_name="one_time_link")
    op.drop_table("one_time_link")
    op.drop_index(op.f("ix_known_device_token_hash"), table_name="known_device")
    op.drop_table("known_device")
    op.drop_index("ix_dataset_provider_id", table_name="dataset")
    op.drop_index("ix_dataset_parent_id_position", table_name="dataset")
    op.drop_index(op.f("ix_dataset_category_id"), table_name="dataset")
    op.drop_table("dataset")
    op.drop_index(op.f("ix_api_token_account_id"), table_name="api_token")
    op.drop_table("api_token")
    op.drop_table("tokenizer_ratio")
    op.drop_table("provider")
    op.drop_index("uq_account_email_lower", table_name="account")
    op.drop_index(op.f("ix_account_organisation_id"), table_name="account")
    op.drop_index("ix_account_name_id", table_name="account")
    op.drop_table("account")
    op.drop_index(
        "uq_tokenizer_default", table_name="tokenizer", postgresql_where=sa.text("is_default")
    )
    op.drop_table("tokenizer")
    op.drop_table("source")
    op.drop_index(
        "ix_search_word_trigrams",
        table_name="search_word",
        postgresql_using="gin",
        postgresql_ops={"word": "gin_trgm_ops"},
        postgresql_where=sa.text("is_letters"),
    )
    op.drop_table("search_word")
    op.drop_index(
        "uq_organisation_team", table_name="organisation", postgresql_where=sa.text("kind = 'team'")
    )
    op.drop_table("organisation")
    op.drop_index("uq_facet_value_facet_value", table_name="facet_value")
    op.drop_table("facet_value")
    op.drop_table("facet_tally")
    op.drop_table("conversion_prior")
    op.drop_table("category")
    op.drop_table("catalogue_state")
    op.drop_index("ix_audit_event_object", table_name="audit_event")
    op.drop_index("ix_audit_event_actor_id_id", table_name="audit_event")
    op.drop_table("audit_event")
