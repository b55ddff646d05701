"""Timing things, and saying what came out and where."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Figure:
    """How long something took, in milliseconds."""

    what: str
    runs: tuple[float, ...]

    @property
    def line(self) -> str:
        """A line of the table."""
        return f"{self.what:<58}{median(self.runs):>11,.2f}{max(self.runs):>11,.2f}{len(self.runs):>6}"


HEADING = f"{'milliseconds':<58}{'median':>11}{'worst':>11}{'runs':>6}"


def measure(what: str, run: Callable[[], object], times: int) -> Figure:
    """Time something so many times."""
    runs = []
    for _ in range(times):
        start = perf_counter()
        run()
        runs.append((perf_counter() - start) * 1000)
    return Figure(what, tuple(runs))


def machine() -> str:
    """What this was measured on."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"{_processor()}, {os.cpu_count()} cores, load {load}; {platform.system()} {platform.release()}; "
        f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}"
    )


def _processor() -> str:
    cpu_info = Path("/proc/cpuinfo")
    if cpu_info.exists():
        for line in cpu_info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
