from datetime import UTC, date, datetime

from app.web import dates

MOMENT = datetime(2026, 11, 23, 20, 5, 9, tzinfo=UTC)


def test_timestamp_is_shown_in_the_stated_zone_and_kept_in_utc():
    shown = dates.timestamp(MOMENT)
    assert ">2026-11-24 04:05<" in shown
    assert 'datetime="2026-11-23T20:05:09+00:00"' in shown
    assert 'title="2026-11-23 20:05:09 UTC"' in shown


def test_timestamp_that_stands_alone_names_its_zone():
    assert dates.timestamp_with_zone(MOMENT).endswith(" UTC+8")


def test_day_of_a_moment_is_the_day_in_the_stated_zone():
    assert "2026-11-24" in dates.day(MOMENT)
    assert "2026-11-23" in dates.day(date(2026, 11, 23))
