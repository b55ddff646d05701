"""Everything that can go wrong around thrumsg, at length: `python -m tests.endurance.faults`, or `make faults`.

`--careless` lets every statement stand by itself, as a program does that knows no transactions: it must show changes
that are half done, or this proves nothing.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from tests.cli.damaging import own_environment
from tests.e2e.terminal import NeverCame
from tests.endurance import harms, jumping_clock, killing, no_room, terminals, upgrades
from tests.endurance.careless import forget_transactions
from tests.endurance.child import import_everything
from tests.endurance.course import Judge
from tests.endurance.kinds import Kind, Workshop
from tests.endurance.tally import HEADING, Tally
from tests.full_disk import SmallDisk, small_disk


@dataclass(frozen=True, slots=True)
class Run:
    """Who judges, how many tries of each kind are wanted, which kinds, and the source of chance."""

    judge: Judge
    folder: Path
    tries: int
    only: tuple[str, ...]
    chance: Random

    @property
    def few(self) -> int:
        """Tries where the moment matters less."""
        return max(1, self.tries // 10)

    def folder_of(self, name: str) -> Path:
        """Make a folder."""
        folder = self.folder / name
        folder.mkdir()
        return folder

    def kinds(self) -> Iterator[Kind]:
        """The kinds of change that are wanted."""
        for kind in self.judge.workshop.kinds():
            if not self.only or any(words in kind.name for words in self.only):
                yield kind


def main() -> int:
    """Run it, and return 1 if anything was lost, broken or answered wrongly."""
    args = _arguments()
    start, tallies = time.perf_counter(), []
    sys.stdout.write(f"{HEADING}\n")
    with tempfile.TemporaryDirectory() as folder, own_environment(Path(folder)):
        judge = Judge(Workshop(Path(folder)), Path(folder))
        import_everything()
        if args.careless:
            forget_transactions()
        run = Run(judge, Path(folder), args.tries, tuple(args.kind), Random(args.seed))
        for group, tried in GROUPS.items():
            if not args.group or group in args.group:
                for tally in tried(run):
                    tallies.append(tally)
                    sys.stdout.write(f"{tally.line}\n")
                    sys.stdout.flush()
    bad = [tally for tally in tallies if not tally.is_good]
    for tally in bad:
        sys.stdout.writelines(f"{note}\n" for note in tally.notes or [f"{tally.kind}: was never hit"])
    tries, hits = (sum(getattr(tally, what) for tally in tallies) for what in ("tries", "hits"))
    seconds = time.perf_counter() - start
    sys.stdout.write(f"{len(tallies)} kinds, {tries:,} tries, {hits:,} hits, {len(bad)} bad; {seconds:,.0f} s\n")
    if args.careless:
        return 0 if any(tally.broken for tally in tallies) else 1
    return 1 if bad or not tallies else 0


def _kills(run: Run) -> Iterator[Tally]:
    return (killing.kill(run.judge, kind, run.tries, run.chance) for kind in run.kinds())


def _locks(run: Run) -> Iterator[Tally]:
    return (no_room.lock(run.judge, kind) for kind in run.kinds())


def _full(run: Run) -> Iterator[Tally]:
    return _on_disk(run, "full", lambda kind, disk: no_room.fill(run.judge, kind, run.few, run.chance, disk))


def _read_only(run: Run) -> Iterator[Tally]:
    return _on_disk(run, "read-only", lambda kind, disk: no_room.forbid(run.judge, kind, disk))


def _on_disk(run: Run, name: str, attempt: Callable[[Kind, SmallDisk], Tally]) -> Iterator[Tally]:
    """Try each kind on a disk of its own, which is mounted where the database is."""
    try:
        with small_disk(run.judge.workshop.out, "32m") as disk:
            for kind in run.kinds():
                yield attempt(kind, disk)
    except pytest.skip.Exception as reason:
        yield Tally(f"{name} disk", skipped=str(reason))


def _upgrades(run: Run) -> Iterator[Tally]:
    folder = run.folder_of("upgrades")
    for version in upgrades.FORMATS:
        yield upgrades.race(folder, version, run.few)
        yield upgrades.kill(folder, version, run.tries, run.chance)


def _harms(run: Run) -> Iterator[Tally]:
    return harms.harm(run.folder_of("harms"), run.few)


def _clocks(run: Run) -> Iterator[Tally]:
    yield jumping_clock.jump(run.tries)


def _sizes(run: Run) -> Iterator[Tally]:
    yield terminals.drag(terminals.Desk(run.folder_of("sizes")), run.tries, run.chance)


def _terminals(run: Run) -> Iterator[Tally]:
    desk = terminals.Desk(run.folder_of("terminals"))
    for attempt, tries in (
        (terminals.stop, run.tries),
        (terminals.halt, run.tries),
        (terminals.hang_up, run.few),
        (terminals.kill, run.few),
    ):
        try:
            yield attempt(desk, tries, run.chance)
        except NeverCame as never:
            yield Tally(f"terminal: {attempt.__name__}", errors=1, notes=[str(never)])


GROUPS: dict[str, Callable[[Run], Iterator[Tally]]] = {
    "kill": _kills,
    "full": _full,
    "read-only": _read_only,
    "locked": _locks,
    "upgrade": _upgrades,
    "harm": _harms,
    "clock": _clocks,
    "terminal": _terminals,
    "size": _sizes,
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.endurance.faults", description=__doc__)
    parser.add_argument("--tries", type=int, default=200, metavar="N", help="hits of each kind; default: 200")
    parser.add_argument("--group", action="append", choices=GROUPS, help="only this group of faults; repeatable")
    parser.add_argument(
        "--kind", action="append", default=[], metavar="WORDS", help="only kinds with these words; repeatable"
    )
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--careless", action="store_true", help="know no transactions")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
