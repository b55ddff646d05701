"""The host on which this process runs."""

from __future__ import annotations

import os


def this_host() -> str:
    """Return the name of the host, as its operating system has it."""
    return os.uname().nodename
