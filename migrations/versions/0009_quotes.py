"""Requests for quotation, invitations, quotes, awards, events; rate cards and exchange rates."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB()
MOMENT = sa.DateTime(timezone=True)
MONEY = sa.Numeric(24, 8)
AMOUNT = sa.Numeric(20, 3)
NOW = sa.text("clock_timestamp()")
# Frozen here, as they were when this revision was made.
TRIGGERS = """
CREATE SEQUENCE rfq_number;

CREATE FUNCTION quotes_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% never changes: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER rfq_event_append_only
    BEFORE UPDATE OR DELETE ON rfq_event
    FOR EACH ROW EXECUTE FUNCTION quotes_refuse_change();
CREATE TRIGGER rfq_event_no_truncate
    BEFORE TRUNCATE ON rfq_event
    FOR EACH STATEMENT EXECUTE FUNCTION quotes_refuse_change();

-- Of a submitted quote only its state moves on; a draft may become anything.
CREATE FUNCTION quote_keep_submitted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'draft' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR NEW.state = 'draft'
        OR (OLD.state <> 'submitted' AND NEW.state <> OLD.state)
        OR to_jsonb(NEW) - 'state' - 'withdrawn_at' - 'updated_at'
            IS DISTINCT FROM to_jsonb(OLD) - 'state' - 'withdrawn_at' - 'updated_at'
    THEN
        RAISE EXCEPTION 'a submitted quote never changes: % is refused', TG_OP
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER quote_submitted_immutable
    BEFORE UPDATE OR DELETE ON quote
    FOR EACH ROW EXECUTE FUNCTION quote_keep_submitted();

CREATE FUNCTION quote_part_keep_submitted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    part record;
    quote_state text;
BEGIN
    part := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    IF TG_TABLE_NAME = 'quote_line' THEN
        SELECT state INTO quote_state FROM quote WHERE id = part.quote_id;
    ELSE
        SELECT quote.state INTO quote_state
            FROM quote JOIN quote_line ON quote_line.quote_id = quote.id
            WHERE quote_line.id = part.line_id;
    END IF;
    IF quote_state <> 'draft' THEN
        RAISE EXCEPTION 'a submitted quote never changes: % of % is refused', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN part;
END
$$;
CREATE TRIGGER quote_line_submitted_immutable
    BEFORE INSERT OR UPDATE OR DELETE ON quote_line
    FOR EACH ROW EXECUTE FUNCTION quote_part_keep_submitted();
CREATE TRIGGER quote_tier_submitted_immutable
    BEFORE INSERT OR UPDATE OR DELETE ON quote_tier
    FOR EACH ROW EXECUTE FUNCTION quote_part_keep_submitted();

-- Who won is final; only what followed from it is noted later.
CREATE FUNCTION award_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
        OR to_jsonb(NEW) - 'dataset_slug' - 'offered_to'
            IS DISTINCT FROM to_jsonb(OLD) - 'dataset_slug' - 'offered_to'
    THEN
        RAISE EXCEPTION 'an award is final: % is refused', TG_OP
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER award_final
    BEFORE UPDATE OR DELETE ON award
    FOR EACH ROW EXECUTE FUNCTION award_keep();

ALTER TABLE rfq_event ENABLE ALWAYS TRIGGER rfq_event_append_only;
ALTER TABLE rfq_event ENABLE ALWAYS TRIGGER rfq_event_no_truncate;
ALTER TABLE quote ENABLE ALWAYS TRIGGER quote_submitted_immutable;
ALTER TABLE award ENABLE ALWAYS TRIGGER award_final;
"""
FUNCTIONS = (
    "quotes_refuse_change",
    "quote_keep_submitted",
    "quote_part_keep_submitted",
    "award_keep",
)


def upgrade() -> None:
    op.create_table(
        "exchange_rate",
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("rate", sa.Numeric(precision=20, scale=10), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("entered_by_name", sa.String(), nullable=False),
        sa.Column("entered_at", MOMENT, server_default=NOW, nullable=False),
        sa.CheckConstraint("rate > 0", name=op.f("ck_exchange_rate_rate")),
        sa.PrimaryKeyConstraint("currency", "base", "on_date", name=op.f("pk_exchange_rate")),
    )
    op.create_table(
        "quote_settings",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("base_currency", sa.String(), nullable=False),
        sa.Column("approval_threshold", MONEY, nullable=True),
        sa.Column("updated_at", MOMENT, server_default=NOW, nullable=False),
        sa.CheckConstraint(
            "approval_threshold >= 0", name=op.f("ck_quote_settings_approval_threshold")
        ),
        sa.CheckConstraint("id = 1", name=op.f("ck_quote_settings_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_settings")),
    )
    op.create_table(
        "rate_card",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("tier_kind", sa.String(), nullable=False),
        sa.Column("tax_rate", sa.Numeric(precision=7, scale=6), nullable=True),
        sa.Column("tax_included", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("is_from_vendor", sa.Boolean(), nullable=False),
        sa.Column("created_by_name", sa.String(), nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("updated_at", MOMENT, server_default=NOW, nullable=False),
        sa.CheckConstraint(
            "tier_kind IN ('marginal', 'all_units')", name=op.f("ck_rate_card_tier_kind")
        ),
        sa.CheckConstraint("valid_from <= valid_to", name=op.f("ck_rate_card_validity")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_rate_card_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_card")),
        sa.UniqueConstraint("public_id", name=op.f("uq_rate_card_public_id")),
    )
    op.create_index(
        op.f("ix_rate_card_organisation_id"), "rate_card", ["organisation_id"], unique=False
    )
    op.create_index("ix_rate_card_task_unit", "rate_card", ["task", "unit"], unique=False)
    op.create_table(
        "idempotency_key",
        sa.Column("account_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_idempotency_key_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_table(
        "rate_card_tier",
        sa.Column("rate_card_id", sa.BigInteger(), nullable=False),
        sa.Column("from_quantity", AMOUNT, nullable=False),
        sa.Column("unit_price", MONEY, nullable=False),
        sa.CheckConstraint("from_quantity >= 0", name=op.f("ck_rate_card_tier_from_quantity")),
        sa.CheckConstraint("unit_price >= 0", name=op.f("ck_rate_card_tier_unit_price")),
        sa.ForeignKeyConstraint(
            ["rate_card_id"],
            ["rate_card.id"],
            name=op.f("fk_rate_card_tier_rate_card_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("rate_card_id", "from_quantity", name=op.f("pk_rate_card_tier")),
    )
    op.create_table(
        "rfq",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("state", sa.String(), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("amendment", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("budget", MONEY, nullable=True),
        sa.Column("deadline", MOMENT, nullable=True),
        sa.Column("questions_until", MOMENT, nullable=True),
        sa.Column("terms", JSONB, nullable=False),
        sa.Column("criteria", JSONB, nullable=True),
        sa.Column("origin", JSONB, nullable=True),
        sa.Column("rates", JSONB, nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("owner_name", sa.String(), nullable=False),
        sa.Column("approval_requested_at", MOMENT, nullable=True),
        sa.Column("opened_at", MOMENT, nullable=True),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("opened_by_name", sa.String(), nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("cancel_reason", sa.String(), nullable=True),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("updated_at", MOMENT, server_default=NOW, nullable=False),
        sa.CheckConstraint(
            "state = 'draft' OR state = 'cancelled' OR deadline IS NOT NULL",
            name=op.f("ck_rfq_deadline"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'open', 'closed', 'awarded', 'unawarded', 'cancelled')",
            name=op.f("ck_rfq_state"),
        ),
        sa.CheckConstraint("budget >= 0", name=op.f("ck_rfq_budget")),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_rfq_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rfq")),
        sa.UniqueConstraint("number", name=op.f("uq_rfq_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_rfq_public_id")),
    )
    op.create_index("ix_rfq_created_at_id", "rfq", ["created_at", "id"], unique=False)
    op.create_index(op.f("ix_rfq_owner_id"), "rfq", ["owner_id"], unique=False)
    op.create_table(
        "rfq_amendment",
        sa.Column("rfq_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("before", JSONB, nullable=False),
        sa.Column("after", JSONB, nullable=False),
        sa.Column("made_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("made_by_name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["rfq_id"], ["rfq.id"], name=op.f("fk_rfq_amendment_rfq_id")),
        sa.PrimaryKeyConstraint("rfq_id", "number", name=op.f("pk_rfq_amendment")),
    )
    op.create_table(
        "rfq_event",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("rfq_id", sa.BigInteger(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("object_type", sa.String(), nullable=False),
        sa.Column("object_id", sa.String(), nullable=False),
        sa.Column("before_state", sa.String(), nullable=True),
        sa.Column("after_state", sa.String(), nullable=True),
        sa.Column("detail", JSONB, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("request_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["rfq_id"], ["rfq.id"], name=op.f("fk_rfq_event_rfq_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rfq_event")),
    )
    op.create_index("ix_rfq_event_rfq_id_id", "rfq_event", ["rfq_id", "id"], unique=False)
    op.create_table(
        "rfq_invitation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("rfq_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), server_default=sa.text("'invited'"), nullable=False),
        sa.Column("invited_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.Column("invited_by_name", sa.String(), nullable=False),
        sa.Column("link_given_at", MOMENT, nullable=True),
        sa.Column("viewed_at", MOMENT, nullable=True),
        sa.Column("seen_amendment", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("declined_at", MOMENT, nullable=True),
        sa.Column("decline_reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "state IN ('invited', 'viewed', 'declined', 'quoted')",
            name=op.f("ck_rfq_invitation_state"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_rfq_invitation_account_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_rfq_invitation_organisation_id")
        ),
        sa.ForeignKeyConstraint(["rfq_id"], ["rfq.id"], name=op.f("fk_rfq_invitation_rfq_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rfq_invitation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_rfq_invitation_public_id")),
        sa.UniqueConstraint("rfq_id", "id", name=op.f("uq_rfq_invitation_rfq_id_id")),
        sa.UniqueConstraint(
            "rfq_id", "organisation_id", name=op.f("uq_rfq_invitation_rfq_id_organisation_id")
        ),
    )
    op.create_index(
        op.f("ix_rfq_invitation_account_id"), "rfq_invitation", ["account_id"], unique=False
    )
    op.create_index(
        op.f("ix_rfq_invitation_organisation_id"),
        "rfq_invitation",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "rfq_lot",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("rfq_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("modality", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("volume", AMOUNT, nullable=False),
        sa.Column("volume_min", AMOUNT, nullable=True),
        sa.Column("volume_max", AMOUNT, nullable=True),
        sa.Column("labels_per_item", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "languages", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("requirements", JSONB, nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("updated_at", MOMENT, server_default=NOW, nullable=False),
        sa.CheckConstraint("labels_per_item > 0", name=op.f("ck_rfq_lot_labels_per_item")),
        sa.CheckConstraint("volume > 0", name=op.f("ck_rfq_lot_volume")),
        sa.ForeignKeyConstraint(["rfq_id"], ["rfq.id"], name=op.f("fk_rfq_lot_rfq_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rfq_lot")),
        sa.UniqueConstraint("public_id", name=op.f("uq_rfq_lot_public_id")),
        sa.UniqueConstraint("rfq_id", "id", name=op.f("uq_rfq_lot_rfq_id_id")),
        sa.UniqueConstraint(
            "rfq_id",
            "number",
            deferrable=True,
            initially="DEFERRED",
            name=op.f("uq_rfq_lot_rfq_id_number"),
        ),
    )
    op.create_table(
        "quote",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("rfq_id", sa.BigInteger(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("valid_until", MOMENT, nullable=True),
        sa.Column("tax_rate", sa.Numeric(precision=7, scale=6), nullable=True),
        sa.Column("tax_included", sa.Boolean(), nullable=True),
        sa.Column("invoice_type", sa.String(), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("payment", sa.String(), nullable=True),
        sa.Column("exceptions", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("amendment", sa.Integer(), nullable=True),
        sa.Column("content_hash", sa.String(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_by_name", sa.String(), nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("submitted_by_name", sa.String(), nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("updated_at", MOMENT, server_default=NOW, nullable=False),
        sa.CheckConstraint(
            "state = 'draft' OR submitted_at IS NOT NULL", name=op.f("ck_quote_submitted")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'withdrawn', 'superseded')",
            name=op.f("ck_quote_state"),
        ),
        sa.CheckConstraint("tax_rate >= 0 AND tax_rate < 1", name=op.f("ck_quote_tax_rate")),
        sa.ForeignKeyConstraint(
            ["rfq_id", "invitation_id"],
            ["rfq_invitation.rfq_id", "rfq_invitation.id"],
            name="fk_quote_rfq_id_invitation_id_rfq_invitation",
        ),
        sa.ForeignKeyConstraint(["rfq_id"], ["rfq.id"], name=op.f("fk_quote_rfq_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote")),
        sa.UniqueConstraint(
            "invitation_id", "revision", name=op.f("uq_quote_invitation_id_revision")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_quote_public_id")),
        sa.UniqueConstraint("rfq_id", "id", name=op.f("uq_quote_rfq_id_id")),
    )
    op.create_index(
        "uq_quote_one_draft",
        "quote",
        ["invitation_id"],
        unique=True,
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_index(
        "uq_quote_one_submitted",
        "quote",
        ["invitation_id"],
        unique=True,
        postgresql_where=sa.text("state = 'submitted'"),
    )
    op.create_table(
        "rfq_question",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("rfq_id", sa.BigInteger(), nullable=False),
        sa.Column("invitation_id", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("asked_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answered_by_name", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_rfq_question_answered")
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["rfq_invitation.id"], name=op.f("fk_rfq_question_invitation_id")
        ),
        sa.ForeignKeyConstraint(["rfq_id"], ["rfq.id"], name=op.f("fk_rfq_question_rfq_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rfq_question")),
        sa.UniqueConstraint("public_id", name=op.f("uq_rfq_question_public_id")),
    )
    op.create_index(op.f("ix_rfq_question_rfq_id"), "rfq_question", ["rfq_id"], unique=False)
    op.create_table(
        "quote_line",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("rfq_id", sa.Integer(), nullable=False),
        sa.Column("quote_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("tier_kind", sa.String(), server_default=sa.text("'marginal'"), nullable=False),
        sa.Column("price_basis", sa.String(), server_default=sa.text("'unit'"), nullable=False),
        sa.Column("price_unit", sa.String(), nullable=True),
        sa.Column("setup_fee", MONEY, nullable=True),
        sa.Column("management_fee", MONEY, nullable=True),
        sa.Column("pilot_fee", MONEY, nullable=True),
        sa.Column("moq", AMOUNT, nullable=True),
        sa.Column("minimum_order", MONEY, nullable=True),
        sa.Column("acceptance_rate", sa.Numeric(precision=7, scale=6), nullable=True),
        sa.Column("lead_days", sa.Integer(), nullable=True),
        sa.Column("terms", JSONB, nullable=False),
        sa.CheckConstraint(
            "price_basis IN ('unit', 'label', 'fixed')", name=op.f("ck_quote_line_price_basis")
        ),
        sa.CheckConstraint(
            "tier_kind IN ('marginal', 'all_units')", name=op.f("ck_quote_line_tier_kind")
        ),
        sa.CheckConstraint(
            "acceptance_rate > 0 AND acceptance_rate <= 1",
            name=op.f("ck_quote_line_acceptance_rate"),
        ),
        sa.CheckConstraint("management_fee >= 0", name=op.f("ck_quote_line_management_fee")),
        sa.CheckConstraint("minimum_order >= 0", name=op.f("ck_quote_line_minimum_order")),
        sa.CheckConstraint("moq >= 0", name=op.f("ck_quote_line_moq")),
        sa.CheckConstraint("pilot_fee >= 0", name=op.f("ck_quote_line_pilot_fee")),
        sa.CheckConstraint("setup_fee >= 0", name=op.f("ck_quote_line_setup_fee")),
        sa.ForeignKeyConstraint(
            ["rfq_id", "lot_id"],
            ["rfq_lot.rfq_id", "rfq_lot.id"],
            name="fk_quote_line_rfq_id_lot_id_rfq_lot",
        ),
        sa.ForeignKeyConstraint(
            ["rfq_id", "quote_id"],
            ["quote.rfq_id", "quote.id"],
            name="fk_quote_line_rfq_id_quote_id_quote",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_line")),
        sa.UniqueConstraint("lot_id", "id", name=op.f("uq_quote_line_lot_id_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_quote_line_public_id")),
        sa.UniqueConstraint("quote_id", "lot_id", name=op.f("uq_quote_line_quote_id_lot_id")),
    )
    op.create_table(
        "rfq_attachment",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("rfq_id", sa.BigInteger(), nullable=False),
        sa.Column("quote_id", sa.BigInteger(), nullable=True),
        sa.Column("question_id", sa.BigInteger(), nullable=True),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("added_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("added_by_name", sa.String(), nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "role IN ('guideline', 'gold_set', 'sample', 'other')",
            name=op.f("ck_rfq_attachment_role"),
        ),
        sa.CheckConstraint(
            "quote_id IS NULL OR question_id IS NULL", name=op.f("ck_rfq_attachment_owner")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_rfq_attachment_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["rfq_question.id"], name=op.f("fk_rfq_attachment_question_id")
        ),
        sa.ForeignKeyConstraint(
            ["quote_id"], ["quote.id"], name=op.f("fk_rfq_attachment_quote_id")
        ),
        sa.ForeignKeyConstraint(["rfq_id"], ["rfq.id"], name=op.f("fk_rfq_attachment_rfq_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rfq_attachment")),
        sa.UniqueConstraint("file_id", name=op.f("uq_rfq_attachment_file_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_rfq_attachment_public_id")),
    )
    op.create_index(
        "ix_rfq_attachment_question_id", "rfq_attachment", ["question_id"], unique=False
    )
    op.create_index("ix_rfq_attachment_quote_id", "rfq_attachment", ["quote_id"], unique=False)
    op.create_index("ix_rfq_attachment_rfq_id", "rfq_attachment", ["rfq_id"], unique=False)
    op.create_table(
        "award",
        sa.Column("lot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("quote_line_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("awarded_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("awarded_by_id", sa.Integer(), nullable=True),
        sa.Column("awarded_by_name", sa.String(), nullable=False),
        sa.Column("dataset_slug", sa.String(), nullable=True),
        sa.Column("offered_to", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(outcome = 'awarded') = (quote_line_id IS NOT NULL)", name=op.f("ck_award_quote_line")
        ),
        sa.CheckConstraint("outcome IN ('awarded', 'unawarded')", name=op.f("ck_award_outcome")),
        sa.ForeignKeyConstraint(
            ["lot_id", "quote_line_id"],
            ["quote_line.lot_id", "quote_line.id"],
            name="fk_award_lot_id_quote_line_id_quote_line",
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["rfq_lot.id"], name=op.f("fk_award_lot_id")),
        sa.PrimaryKeyConstraint("lot_id", name=op.f("pk_award")),
    )
    op.create_table(
        "quote_tier",
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("from_quantity", AMOUNT, nullable=False),
        sa.Column("unit_price", MONEY, nullable=False),
        sa.CheckConstraint("from_quantity >= 0", name=op.f("ck_quote_tier_from_quantity")),
        sa.CheckConstraint("unit_price >= 0", name=op.f("ck_quote_tier_unit_price")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["quote_line.id"], name=op.f("fk_quote_tier_line_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("line_id", "from_quantity", name=op.f("pk_quote_tier")),
    )
    op.execute(TRIGGERS)


def downgrade() -> None:
    for table in (
        "quote_tier",
        "award",
        "rfq_attachment",
        "quote_line",
        "rfq_question",
        "quote",
        "rfq_lot",
        "rfq_invitation",
        "rfq_event",
        "rfq_amendment",
        "rfq",
        "rate_card_tier",
        "idempotency_key",
        "rate_card",
        "quote_settings",
        "exchange_rate",
    ):
        op.drop_table(table)
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}()")
    op.execute("DROP SEQUENCE rfq_number")
