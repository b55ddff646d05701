"""What the host says of itself; in a process of its own, since tzlocal keeps what it has found."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

_LOOK = """
import sys
from datetime import datetime
from thrumsg_tui.host import local_zone
at = [datetime(2026, month, 1, 12, tzinfo=local_zone()) for month in (1, 7)]
print(*(each.strftime("%z") for each in at), "tzlocal" not in sys.modules)
"""


_LOOK_OF_TZLOCAL = """
from datetime import datetime
from tzlocal import get_localzone
print(*(datetime(2026, month, 1, 12, tzinfo=get_localzone()).strftime("%z") for month in (1, 7)))
"""


def told(zone: str | None, look: str = _LOOK) -> list[str]:
    """The offsets of winter and summer with a value of TZ, and whether they were known without tzlocal."""
    environment = {name: value for name, value in os.environ.items() if name != "TZ"}
    environment |= {"TZ": zone} if zone is not None else {}
    line = [sys.executable, "-c", look]
    done = subprocess.run(line, capture_output=True, text=True, check=True, env=environment)
    return done.stdout.split()


def test_the_time_zone_is_that_of_the_variable() -> None:
    assert told("America/New_York") == ["-0500", "-0400", "True"]


def test_a_variable_that_is_no_name_is_read_by_who_knows_all_its_forms() -> None:
    assert told(":America/New_York") == ["-0500", "-0400", "False"]


@pytest.mark.parametrize(
    ("zone", "winter"), [("UTC0", "+0000"), ("XYZ-3", "+0300"), ("Europe", "+0000"), ("tzdata.zi", "+0000")]
)
def test_a_variable_that_names_no_zone_is_what_the_clock_says(zone: str, winter: str) -> None:
    assert told(zone) == [winter, winter, "False"]


def test_without_the_variable_it_is_that_of_the_host() -> None:
    assert told(None)[:2] == told(None, _LOOK_OF_TZLOCAL)
