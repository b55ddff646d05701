"""What the host says of itself; in a process of its own, since tzlocal keeps what it has found."""

from __future__ import annotations

import os
import subprocess
import sys

_LOOK = """
import sys
from datetime import datetime
from thrumsg_tui.host import local_zone
at = [datetime(2026, month, 1, 12, tzinfo=local_zone()) for month in (1, 7)]
alone = "tzlocal" not in sys.modules
from tzlocal import get_localzone
print(*(each.strftime("%z") for each in at), alone)
print(*(each.replace(tzinfo=get_localzone()).strftime("%z") for each in at))
"""


def told(zone: str | None) -> tuple[list[str], list[str]]:
    """The offsets of winter and summer with a value of TZ, and whether tzlocal was needed; and what tzlocal says."""
    environment = {name: value for name, value in os.environ.items() if name != "TZ"}
    environment |= {"TZ": zone} if zone is not None else {}
    line = [sys.executable, "-c", _LOOK]
    done = subprocess.run(line, capture_output=True, text=True, check=True, env=environment)
    ours, theirs = done.stdout.splitlines()
    return ours.split(), theirs.split()


def test_the_time_zone_is_that_of_the_variable() -> None:
    assert told("America/New_York")[0] == ["-0500", "-0400", "True"]


def test_a_variable_that_is_no_name_is_read_by_who_knows_all_its_forms() -> None:
    assert told(":America/New_York")[0] == ["-0500", "-0400", "False"]


def test_without_the_variable_it_is_that_of_the_host() -> None:
    (winter, summer, _), theirs = told(None)
    assert [winter, summer] == theirs
