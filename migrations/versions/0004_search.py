"""Catalogue search: a sample to judge a search by, and tallies that triggers keep.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Frozen here, as it was when this revision was made: app/catalog/search/tallies.py.
COUNT_FUNCTION = """
CREATE FUNCTION facet_tally_count() RETURNS trigger LANGUAGE plpgsql AS $function$
DECLARE
  sign CONSTANT integer := TG_ARGV[0];
BEGIN
  -- A load of very many rows says so and counts everything once at its end.
  IF current_setting('peibi.defers_tallies', true) = 'on' THEN
    RETURN NULL;
  END IF;
  PERFORM pg_advisory_xact_lock(7305002);
  INSERT INTO facet_tally AS kept
  SELECT pair.value_id, pair.other_id,
         sum(sign),
         coalesce(sum(sign) FILTER (WHERE parent_id IS NULL), 0),
         coalesce(sum(sign) FILTER (WHERE is_public), 0),
         coalesce(sum(sign) FILTER (WHERE is_public AND parent_id IS NULL), 0)
  FROM changed_rows AS changed
  CROSS JOIN LATERAL (
    SELECT one.id AS value_id, other.id AS other_id
    FROM unnest(0 || facets) AS one (id)
    JOIN unnest(0 || facets) AS other (id) ON one.id < other.id OR (one.id = 0 AND other.id = 0)
  ) AS pair
  GROUP BY pair.value_id, pair.other_id
  ON CONFLICT (value_id, other_id) DO UPDATE SET
    all_count = kept.all_count + excluded.all_count,
    top_count = kept.top_count + excluded.top_count,
    public_all_count = kept.public_all_count + excluded.public_all_count,
    public_top_count = kept.public_top_count + excluded.public_top_count;
  RETURN NULL;
END
$function$
"""
COUNT_TRIGGERS = (
    ("inserted", "INSERT", "NEW", 1),
    ("deleted", "DELETE", "OLD", -1),
    ("updated_from", "UPDATE", "OLD", -1),
    ("updated_to", "UPDATE", "NEW", 1),
)
# Any settings would do; small pending lists are emptied by their writers.
GIN = {"fastupdate": "on", "gin_pending_list_limit": "65536"}


def upgrade() -> None:
    op.drop_index("ix_dataset_search_terms", table_name="dataset_search")
    op.drop_index("ix_dataset_search_parent_id", table_name="dataset_search")
    # Rows from before are made again by `peibi catalogue reindex`.
    op.execute("DELETE FROM dataset_search")
    op.drop_column("dataset_search", "names")
    op.add_column("dataset_search", sa.Column("names", sa.String(), nullable=False))
    op.add_column("dataset_search", sa.Column("sample", sa.SmallInteger(), nullable=False))
    op.create_index(
        "ix_dataset_search_parent_id",
        "dataset_search",
        ["parent_id"],
        postgresql_where=sa.text("parent_id IS NOT NULL"),
    )
    op.create_index(
        "ix_dataset_search_terms",
        "dataset_search",
        ["terms"],
        postgresql_using="gin",
        postgresql_with=GIN,
    )
    op.create_index(
        "ix_dataset_search_sample_terms",
        "dataset_search",
        ["terms"],
        postgresql_using="gin",
        postgresql_with=GIN,
        postgresql_where=sa.text("sample >= 1"),
    )
    op.create_index(
        "ix_dataset_search_small_sample_terms",
        "dataset_search",
        ["terms"],
        postgresql_using="gin",
        postgresql_with=GIN,
        postgresql_where=sa.text("sample >= 2"),
    )
    op.drop_index("ix_search_word_trigrams", table_name="search_word")
    op.create_index(
        "ix_search_word_trigrams",
        "search_word",
        ["word"],
        postgresql_using="gin",
        postgresql_ops={"word": "gin_trgm_ops"},
    )
    op.create_index("ix_facet_tally_other_id", "facet_tally", ["other_id"])
    op.execute(COUNT_FUNCTION)
    for name, event, side, sign in COUNT_TRIGGERS:
        op.execute(
            f"CREATE TRIGGER facet_tally_{name} AFTER {event} ON dataset_search "
            f"REFERENCING {side} TABLE AS changed_rows "
            f"FOR EACH STATEMENT EXECUTE FUNCTION facet_tally_count('{sign}')"
        )


def downgrade() -> None:
    op.execute("DROP FUNCTION facet_tally_count() CASCADE")
    op.drop_index("ix_facet_tally_other_id", table_name="facet_tally")
    op.drop_index("ix_search_word_trigrams", table_name="search_word")
    op.create_index(
        "ix_search_word_trigrams",
        "search_word",
        ["word"],
        postgresql_using="gin",
        postgresql_ops={"word": "gin_trgm_ops"},
        postgresql_where=sa.text("is_letters"),
    )
    op.drop_index("ix_dataset_search_small_sample_terms", table_name="dataset_search")
    op.drop_index("ix_dataset_search_sample_terms", table_name="dataset_search")
    op.drop_index("ix_dataset_search_terms", table_name="dataset_search")
    op.drop_index("ix_dataset_search_parent_id", table_name="dataset_search")
    op.drop_column("dataset_search", "sample")
    op.drop_column("dataset_search", "names")
    op.execute("DELETE FROM dataset_search")
    op.add_column("dataset_search", sa.Column("names", sa.ARRAY(sa.Text()), nullable=False))
    op.create_index(
        "ix_dataset_search_parent_id",
        "dataset_search",
        ["parent_id"],
        postgresql_where=sa.text("parent_id > 0"),
    )
    op.create_index(
        "ix_dataset_search_terms",
        "dataset_search",
        ["terms"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
