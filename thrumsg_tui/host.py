"""The host on which this process runs."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import tzinfo


def this_host() -> str:
    """Return the name of the host, as its operating system has it."""
    return os.uname().nodename


def local_zone() -> tzinfo:
    """Return the time zone of the host, or that of the variable TZ.

    Most hosts name it by a link. Only for the others it is looked for in all places, which takes some milliseconds.
    """
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    with suppress(ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(os.environ.get("TZ") or os.path.realpath("/etc/localtime").partition("/zoneinfo/")[2])
    from tzlocal import get_localzone

    return get_localzone()
