"""The file of results, in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.results import Results, engines_table, growth_table, peers_table, targets_table
from benchmarks.rows import Family

_INTRODUCTION = """\
# How fast it is

Made by `make bench`, which measures all of this again; `make bench-quick` takes less than two minutes and only prints.
Change the code, not this file.

Figures are medians, in a terminal of 120 by 40 characters (the list alone: 80 by 24). The time of a key is from the key
to the last byte of its answer. *Before* is what a row was when its target was set, on another day."""


def results_file(families: Sequence[Family], by_size: Sequence[Results], notes: Sequence[str]) -> str:
    """Render results, the largest database's last, with notes on the machine and the run."""
    return "\n".join(_lines(families, by_size, notes)) + "\n"


def _lines(families: Sequence[Family], by_size: Sequence[Results], notes: Sequence[str]) -> Iterator[str]:
    largest = by_size[-1]
    yield f"{_INTRODUCTION}\n"
    yield from (f"* {note}" for note in notes)
    yield f"\n## {largest.conversations:,} conversations, half of them one sender's\n"
    yield from targets_table([each for each in families if each.rows and not each.on_both_engines], largest)
    if any(each.failures for each in by_size):
        yield "### What failed\n"
    for results in by_size:
        for failure in results.failures:
            yield f"* {failure.family}, with {results.conversations:,} conversations: {failure.reason}"
    yield ""
    for family in (each for each in families if each.on_both_engines):
        yield f"## {family.title}\n"
        yield from engines_table(family, largest)
        yield ""
    yield "## Beside other programs\n"
    yield from peers_table(largest)
    yield ""
    if len(by_size) > 1:
        yield "## Growth\n"
        yield "Reassignments move a share of all conversations; all else is one key, one change or one command.\n"
        yield from growth_table(by_size)
