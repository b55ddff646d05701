"""The host on which this process runs."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime, tzinfo


def this_host() -> str:
    """Return the name of the host, as its operating system has it."""
    return os.uname().nodename


def local_zone() -> tzinfo:
    """Return the time zone of the host, or that of the variable TZ.

    Most hosts name it by a link. Only for the others it is looked for in all places, which takes some milliseconds. Of
    a zone without a name, such as `EST5EDT,M3.2.0,M11.1.0`, it is what the clock is set to now.
    """
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    with suppress(ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(os.environ.get("TZ") or os.path.realpath("/etc/localtime").partition("/zoneinfo/")[2])
    from tzlocal import get_localzone

    try:
        return get_localzone()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return datetime.now().astimezone().tzinfo or UTC
