"""Zones in which a time falls on a day: by the tz database where there is one, else by a fixed offset."""

from __future__ import annotations

import datetime
import re
from functools import cache
from zoneinfo import ZoneInfo

OFFSET = re.compile(r"^([+-])(0[0-9]|1[0-2]):00$")
WITHOUT_DATABASE = {"Asia/Shanghai": "+08:00", "Asia/Urumqi": "+06:00", "UTC": "+00:00"}
DEFAULT = "Asia/Shanghai"


@cache
def zone(name: str) -> datetime.tzinfo | None:
    """Return the zone called `Asia/Shanghai` or `+08:00`; None where there is none of that name.

    >>> zone("+08:00"), zone("Mars/North")
    (datetime.timezone(datetime.timedelta(seconds=28800)), None)
    """
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        pass
    found = OFFSET.match(WITHOUT_DATABASE.get(name, name))
    if found is None:
        return None
    offset = datetime.timedelta(hours=int(found[2]))
    return datetime.timezone(-offset if found[1] == "-" else offset)


def name_of(zone: datetime.tzinfo) -> str:
    """Return what databases call a zone.

    >>> name_of(datetime.timezone(datetime.timedelta(hours=8)))
    'Etc/GMT-8'
    """
    if isinstance(zone, ZoneInfo):
        return zone.key
    hours = (zone.utcoffset(None) or datetime.timedelta(0)) // datetime.timedelta(hours=1)
    return f"Etc/GMT{-hours:+d}"


DEFAULT_ZONE = zone(DEFAULT) or datetime.UTC
