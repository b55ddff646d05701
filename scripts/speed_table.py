"""The README's table of speed, from what `make bench` has written."""

from __future__ import annotations

import re

from benchmarks.keys import FIRST_MATCHES, STEP
from benchmarks.moving import ONE_PERCENT
from benchmarks.rows import Row
from benchmarks.starting import MEMORY
from benchmarks.starting import OVERVIEW as FIRST_SCREEN
from benchmarks.writing import IMPORT, SEND

BEGIN, END_MARK = "<!-- speed: made by `make docs` from benchmarks/RESULTS.md -->", "<!-- end of speed -->"

SHOWN: tuple[tuple[Row, str], ...] = (
    (FIRST_SCREEN.ms, "from the command to the first screen"),
    (STEP.ms, "a step in the list, with the thread beside it"),
    (STEP.size, "what that sends over SSH"),
    (FIRST_MATCHES, "a letter in the search, until its first rows"),
    (SEND, "one message sent, safe on the disk"),
    (ONE_PERCENT, "10,000 conversations of one sender dealt out to all others, the whole command"),
    (IMPORT, "contacts imported, the whole command"),
    (MEMORY, "memory of the app"),
)
"""The rows of the README, in its words."""


def with_speed(readme: str, results: str) -> str:
    """The README with its figures of speed as they should be; unchanged if it has no place for them.

    Args:
        readme: The README.
        results: The file that `make bench` writes.
    """
    medians = dict(re.findall(r"^\| ([^|]+) \|[^|]*\|[^|]*\| ([^|]+) \|[^|]*\|[^|]*\|[^|]*\|$", results, re.MULTILINE))
    rows = [f"| {said} | {medians.get(row.what, 'not measured')} |" for row, said in SHOWN]
    made = "\n".join((BEGIN, _introduction(results), "", "| | |", "| --- | ---: |", *rows, END_MARK))
    return re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END_MARK)}", lambda _: made, readme, flags=re.DOTALL)


def _introduction(results: str) -> str:
    """Return on how much and on what machine it was measured."""
    size = re.search(r"^## ([\d,]+) conversations", results, re.MULTILINE)
    machine = re.search(r"^\* (.*?), load", results, re.MULTILINE)
    if not (size and machine):
        return "Nothing was measured yet."
    busy = ", which was busy" if "The machine was busy" in results else ""
    return f"Medians with {size[1]} conversations, half of them one sender's, on {machine[1]}{busy}:"
