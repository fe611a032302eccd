"""The queue's schema is frozen in the revision that made it."""

from pathlib import Path

from procrastinate.schema import SchemaManager

FROZEN = Path(__file__).resolve().parents[2] / "migrations" / "sql" / "procrastinate-3.10.0.sql"


def test_the_installed_queue_has_the_schema_that_was_migrated() -> None:
    # A newer package brings SQL of its own: ship it as a revision, then freeze the new text here.
    header, _, body = FROZEN.read_text().partition("from here on.\n")
    assert "MIT" in header
    assert body == SchemaManager.get_schema()
