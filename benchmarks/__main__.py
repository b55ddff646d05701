"""Measure what is said about speed, on large databases and against other programs, and compare it with the targets."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import traceback
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from time import perf_counter

from benchmarks.app import environment, run
from benchmarks.commands import COMMANDS
from benchmarks.engines import ENGINES
from benchmarks.keys import KEYS
from benchmarks.large import CAMPAIGN, cached
from benchmarks.measuring import busy, machine
from benchmarks.moving import MOVING
from benchmarks.peers import PEERS
from benchmarks.reading import READING
from benchmarks.results import Failure, Results, growth_table, line
from benchmarks.results_file import results_file
from benchmarks.rows import Family, NotInstalled, Scale, Setting
from benchmarks.starting import STARTING
from benchmarks.suite import SUITE
from benchmarks.triage import TRIAGE
from benchmarks.writing import WRITING
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine

FAMILIES = (STARTING, COMMANDS, KEYS, TRIAGE, READING, WRITING, MOVING, ENGINES, SUITE, PEERS)
TARGETS_FOR = 1_000_000
GROWTH = (10_000, 100_000)
"""The smaller numbers of conversations, on which the same is measured to see how it grows."""


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and write a file if asked to; return 1 if anything could not be measured or is unsound."""
    args = _arguments(argv)
    sys.setswitchinterval(0.0005)  # the thread that notes when output arrives must not wait
    start, warning, where = perf_counter(), busy(), machine()
    print("\n".join(filter(None, (where, warning))), flush=True)
    if args.conversations < TARGETS_FOR:
        print(f"Targets are for {TARGETS_FOR:,} conversations, and mean little for a share of fewer.")
    families = [each for each in FAMILIES if each.name in args.only]
    by_size = []
    for conversations in args.sizes:
        largest = conversations == args.sizes[-1]
        scale = Scale(conversations, args.senders, args.times if largest else 10, args.few if largest else 2)
        chosen = families if largest else [each for each in families if any(row.grows for row in each.rows)]
        by_size.append(_measure(scale, chosen, args.folder, fresh=args.fresh))
    if len(by_size) > 1:
        print("\n" + "\n".join(growth_table(by_size)))
    took = perf_counter() - start
    print(f"\n{took / 60:.1f} minutes; {machine()}")
    if args.out:
        notes = [where, *filter(None, [warning]), f"It took {took / 60:.1f} minutes."]
        args.out.write_text(results_file(FAMILIES, by_size, notes), encoding="utf-8")
        print(f"written: {args.out}")
    failures = [failure for each in by_size for failure in each.failures]
    for failure in failures:
        print(f"not measured, {failure.family}: {failure.reason}", file=sys.stderr)
    return 1 if failures else 0


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="one smaller database, everything a few times, no other programs"
    )
    parser.add_argument("--conversations", type=int, metavar="N", help="how many there are (1,000,000; quick: 20,000)")
    parser.add_argument("--senders", type=int, default=2_000, metavar="N")
    parser.add_argument("--times", type=int, metavar="N", help="how often a key is pressed (30; quick: 10)")
    parser.add_argument("--few", type=int, metavar="N", help="how often a command is run (5; quick: 2)")
    names = [each.name for each in FAMILIES]
    parser.add_argument("--only", action="append", choices=names, help="measure only this; can be repeated")
    parser.add_argument("--suite", action="store_true", help="measure also how long all tests take")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()), help="where the databases are kept")
    parser.add_argument("--fresh", action="store_true", help="make the databases anew")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the tables into this file")
    args = parser.parse_args(argv)
    if args.quick and args.out:
        parser.error("--quick prints; only a full run is worth a file")
    args.conversations = args.conversations or (20_000 if args.quick else TARGETS_FOR)
    args.times = args.times or (10 if args.quick else 30)
    args.few = args.few or (2 if args.quick else 5)
    smaller = [] if args.quick else [each for each in GROWTH if each < args.conversations]
    unasked = {SUITE, PEERS, ENGINES} if args.quick else {SUITE}
    args.only = args.only or [each.name for each in FAMILIES if each not in unasked]
    if args.suite:
        args.only.append(SUITE.name)
    args.sizes = [*smaller, args.conversations]
    return args


def _measure(scale: Scale, families: Iterable[Family], folder: Path, *, fresh: bool) -> Results:
    """Measure families on a copy of a database of some size, and let doctor look at what they left."""
    start = perf_counter()
    path = cached(folder, scale.conversations, scale.senders, fresh=fresh)
    print(f"\n{scale.conversations:,} conversations, {scale.senders:,} senders, half of it one sender's")
    print(f"{path} ({path.stat().st_size / 1e6:,.0f} MB, ready after {perf_counter() - start:.1f} s)", flush=True)
    results = Results(scale.conversations)
    with tempfile.TemporaryDirectory(dir=folder, prefix="thrumsg-bench-") as name:
        home = Path(name)
        copy = Path(shutil.copyfile(path, home / "work.db"))
        setting = Setting(copy, home, scale, environment(home))
        run(setting, "overview", CAMPAIGN, "--json")  # compiles, and fails at once where nothing works
        for family in families:
            measure_family(family, setting, results)
        if problem := _problem(copy):
            results.failures.append(Failure("doctor, after all that", problem))
    return results


def measure_family(family: Family, setting: Setting, results: Results) -> None:
    """Measure all parts that can be measured, and print each figure as it comes."""
    print(f"\n{family.title}", flush=True)
    for part in family.parts:
        try:
            for figure in part.measure(setting):
                results.figures.append(figure)
                print(line(figure), flush=True)
        except NotInstalled as error:
            results.absent.append(str(error))
            print(f"  {error}", flush=True)
        except Exception as error:  # noqa: BLE001  # whatever it is, the others are measured
            traceback.print_exc()
            results.failures.append(Failure(family.name, f"{type(error).__name__}: {error}".splitlines()[0]))


def _problem(path: Path) -> str | None:
    """The first thing that doctor finds, None where all is well."""
    start = perf_counter()
    with closing(Database(path)) as db:
        found = examine(db)
    if found:
        return f"{found[0].subject} {found[0].sentence} ({len(found)} problems)"
    print(f"\ndoctor finds nothing, {perf_counter() - start:.1f} s", flush=True)
    return None


if __name__ == "__main__":
    sys.exit(main())
