"""Files that are cut off, of which bits are flipped, and the like: `tests/cli/damaging.py`, counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.cli.damaging import HARMS, Bench
from tests.endurance.tally import Tally


def harm(folder: Path, tries: int) -> Iterator[Tally]:
    """Try every command on so many files of each kind of harm; each answer is a hit."""
    bench = Bench(folder)
    for place, harms in enumerate(HARMS):
        tally = Tally(f"file: {harms.__name__.replace('_', ' ')}")
        for seed in range(place, place + tries * len(HARMS), len(HARMS)):
            bench.harm(harms, seed)
            for words in bench.commands():
                tally.tries += 1
                answer = bench.tried(words)
                tally.hits += 1
                if answer.complaint:
                    tally.note(f"seed {seed}: {' '.join(words)}: {answer.complaint}: {answer.err}", error=True)
            if bench.log.exists():
                tally.note(f"seed {seed}: {bench.log.read_text()}", error=True)
                bench.log.unlink()
        yield tally
