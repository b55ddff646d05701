"""Measure the speed claims on a large database, and print a table."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from contextlib import closing
from itertools import chain
from pathlib import Path
from time import perf_counter

from benchmarks.cases import commands, moving, reading, writing
from benchmarks.large import cached
from benchmarks.measuring import HEADING, machine
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine


def main() -> int:
    """Build or find the database, measure, print."""
    args = _arguments()
    start = perf_counter()
    path = cached(args.folder, args.conversations, args.senders, fresh=args.fresh)
    print(f"{args.conversations:,} conversations, {args.senders:,} senders, half of it one sender's")
    print(f"{path} ({path.stat().st_size / 1e6:,.0f} MB, ready after {perf_counter() - start:.1f} s)")
    print(machine())
    if not args.unexamined and (problem := _problem(path)):
        print(f"doctor: {problem}", file=sys.stderr)
        return 1
    print(f"\n{HEADING}")
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        copy = Path(shutil.copyfile(path, Path(folder) / "work.db"))
        few = max(3, args.times // 10)
        parts = (reading(copy, args.times), writing(copy, args.times), commands(copy, few), moving(copy, few))
        for figure in chain.from_iterable(parts):
            print(figure.line, flush=True)
        problem = None if args.unexamined else _problem(copy)
    if problem:
        print(f"doctor, after all that: {problem}", file=sys.stderr)
    return 1 if problem else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--conversations", type=int, default=100_000, metavar="N")
    parser.add_argument("--senders", type=int, default=2_000, metavar="N")
    parser.add_argument("--times", type=int, default=50, metavar="N", help="how often each thing is done")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()), help="where the database is kept")
    parser.add_argument("--fresh", action="store_true", help="make the database anew")
    parser.add_argument("--unexamined", action="store_true", help="do not let doctor look at it")
    return parser.parse_args()


def _problem(path: Path) -> str | None:
    """The first thing that doctor finds, None where all is well."""
    start = perf_counter()
    with closing(Database(path)) as db:
        found = examine(db)
    if found:
        return f"{found[0].subject} {found[0].sentence} ({len(found)} problems)"
    print(f"doctor finds nothing, {perf_counter() - start:.1f} s")
    return None


if __name__ == "__main__":
    sys.exit(main())
