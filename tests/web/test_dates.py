from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError

from app.settings import DEFAULT_TIME_ZONE, Settings
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


@pytest.fixture
def other_zone():
    yield dates.use_zone
    dates.use_zone(DEFAULT_TIME_ZONE)


@pytest.mark.parametrize(
    ("zone", "name", "shown"),
    [
        ("Asia/Shanghai", "UTC+8", "2026-11-24 04:05"),
        ("Asia/Kolkata", "UTC+5:30", "2026-11-24 01:35"),
        ("America/Bogota", "UTC-5", "2026-11-23 15:05"),
        ("UTC", "UTC", "2026-11-23 20:05"),
        # Not the same offset the whole year, so the zone is named.
        ("Europe/Berlin", "Europe/Berlin", "2026-11-23 21:05"),
    ],
)
def test_times_are_shown_in_the_zone_of_the_settings(other_zone, zone, name, shown):
    other_zone(zone)
    assert dates.zone_name() == name
    assert f">{shown}<" in dates.timestamp(MOMENT)
    assert dates.timestamp_with_zone(MOMENT).endswith(f" {name}")


def test_a_zone_that_does_not_exist_stops_the_start():
    with pytest.raises(ValidationError, match="no time zone 'Mars/Olympus'"):
        Settings(time_zone="Mars/Olympus")
