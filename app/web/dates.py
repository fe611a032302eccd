"""
Dates and times as a page shows them: stored in UTC, shown in one stated zone.

Every time stands beside or under the zone's name, and its `datetime` attribute is UTC.
"""

from datetime import UTC, date, datetime, timedelta, timezone

from markupsafe import Markup

# One zone for everybody, so that two people who compare pages see the same time.
ZONE_NAME = "UTC+8"
ZONE = timezone(timedelta(hours=8), ZONE_NAME)


def timestamp(moment: datetime) -> Markup:
    """Return `2026-11-23 16:20` in the shown zone; a table names the zone in its head."""
    local = moment.astimezone(ZONE)
    return Markup('<time class="pb-num" datetime="{}" title="{} UTC">{}</time>').format(
        moment.astimezone(UTC).isoformat(timespec="seconds"),
        f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        f"{local:%Y-%m-%d %H:%M}",
    )


def timestamp_with_zone(moment: datetime) -> Markup:
    """Return `2026-11-23 16:20 UTC+8`, for a time that stands alone."""
    return timestamp(moment) + Markup(" {}").format(ZONE_NAME)


def day(value: date) -> Markup:
    """Return `2026-11-23`."""
    if isinstance(value, datetime):
        value = value.astimezone(ZONE).date()
    return Markup('<time class="pb-num" datetime="{0}">{0}</time>').format(value.isoformat())
