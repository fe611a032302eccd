"""
Dates and times as a page shows them: stored in UTC, shown in one stated zone.

Every time stands beside or under the zone's name, and its `datetime` attribute is UTC.
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from app.settings import DEFAULT_TIME_ZONE

# One zone for everybody, so that two people who compare pages see the same time.
_shown = ZoneInfo(DEFAULT_TIME_ZONE)


def use_zone(name: str) -> None:
    """Show every time of this process in the zone of an IANA name, as the settings say."""
    global _shown  # noqa: PLW0603  set once, at the composition root
    _shown = ZoneInfo(name)


def zone() -> ZoneInfo:
    """Return the zone that times are shown in, and that a typed time without one is in."""
    return _shown


def zone_name() -> str:
    """Return `UTC+8`, or the zone's own name where it is not the same the whole year."""
    year = datetime.now(UTC).year
    winter, summer = (datetime(year, month, 1, tzinfo=_shown).utcoffset() for month in (1, 7))
    if winter is None or winter != summer:
        return _shown.key
    hours, minutes = divmod(int(abs(winter).total_seconds()) // 60, 60)
    if not winter:
        return "UTC"
    sign = "-" if winter.days < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "")


def timestamp(moment: datetime) -> Markup:
    """Return `2026-11-23 16:20` in the shown zone; a table names the zone in its head."""
    local = moment.astimezone(_shown)
    return Markup('<time class="pb-num" datetime="{}" title="{} UTC">{}</time>').format(
        moment.astimezone(UTC).isoformat(timespec="seconds"),
        f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        f"{local:%Y-%m-%d %H:%M}",
    )


def timestamp_with_zone(moment: datetime) -> Markup:
    """Return `2026-11-23 16:20 UTC+8`, for a time that stands alone."""
    return timestamp(moment) + Markup(" {}").format(zone_name())


def day(value: date) -> Markup:
    """Return `2026-11-23`."""
    if isinstance(value, datetime):
        value = value.astimezone(_shown).date()
    return Markup('<time class="pb-num" datetime="{0}">{0}</time>').format(value.isoformat())
