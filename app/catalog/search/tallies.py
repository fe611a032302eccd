"""
Exact facet counts of pages without a text: kept by triggers, so that no way of writing misses.

A page with no filter or one needs only how many datasets have a value, or two together. That is
a few hundred rows of `facet_tally` instead of every dataset.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

# Any number; whoever changes the search tables holds it until the end of the transaction, so
# that two writers never wait for each other's tallies or words crosswise.
WRITER_LOCK = 7_305_002

COUNT = """
INSERT INTO facet_tally AS kept
SELECT pair.value_id, pair.other_id,
       sum(sign),
       coalesce(sum(sign) FILTER (WHERE parent_id IS NULL), 0),
       coalesce(sum(sign) FILTER (WHERE is_public), 0),
       coalesce(sum(sign) FILTER (WHERE is_public AND parent_id IS NULL), 0)
FROM {rows} AS changed
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
  public_top_count = kept.public_top_count + excluded.public_top_count
"""

# What the migration that makes the tables executes, in this order.
FUNCTION = f"""
CREATE FUNCTION facet_tally_count() RETURNS trigger LANGUAGE plpgsql AS $function$
DECLARE
  sign CONSTANT integer := TG_ARGV[0];
BEGIN
  -- A load of very many rows says so and counts everything once at its end.
  IF current_setting('peibi.defers_tallies', true) = 'on' THEN
    RETURN NULL;
  END IF;
  PERFORM pg_advisory_xact_lock({WRITER_LOCK});
  {COUNT.format(rows="changed_rows").strip()};
  RETURN NULL;
END
$function$
"""
TRIGGERS = tuple(
    f"CREATE TRIGGER facet_tally_{name} AFTER {event} ON dataset_search "
    f"REFERENCING {side} TABLE AS changed_rows "
    f"FOR EACH STATEMENT EXECUTE FUNCTION facet_tally_count('{sign}')"
    for name, event, side, sign in (
        ("inserted", "INSERT", "NEW", 1),
        ("deleted", "DELETE", "OLD", -1),
        ("updated_from", "UPDATE", "OLD", -1),
        ("updated_to", "UPDATE", "NEW", 1),
    )
)
CREATE = (FUNCTION, *TRIGGERS)
DROP = ("DROP FUNCTION facet_tally_count() CASCADE",)


def lock_for_writing(session: Session) -> None:
    """Wait until no other transaction changes the search tables."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER_LOCK})


def defer(session: Session) -> None:
    """Let the rest of this transaction change search rows uncounted; `recount` must follow."""
    session.execute(text("SET LOCAL peibi.defers_tallies = on"))


def recount(session: Session) -> None:
    """Count every pair of values anew."""
    lock_for_writing(session)
    session.execute(text("DELETE FROM facet_tally"))
    session.execute(text(RECOUNT))
    session.execute(text("SET LOCAL peibi.defers_tallies = off"))


RECOUNT = COUNT.format(rows="(SELECT 1 AS sign, * FROM dataset_search)")
