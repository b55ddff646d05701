"""The machine on which something is measured."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from pathlib import Path


def machine() -> str:
    """What this was measured on."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"{_processor()}, {os.cpu_count()} cores, load {load}; {platform.system()} {platform.release()}; "
        f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}"
    )


def busy() -> str | None:
    """Return a warning if other programs are at work here, None in a quiet moment."""
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    if load < cores / 4:
        return None
    return f"The machine was busy at the start (load {load:.1f} on {cores} cores): times are longer than they would be."


def _processor() -> str:
    cpu_info = Path("/proc/cpuinfo")
    if cpu_info.exists():
        for line in cpu_info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
