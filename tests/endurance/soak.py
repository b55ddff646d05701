"""Many people on one database for a long time: `python -m tests.endurance.soak`, or `make soak`.

Some have the app open, each in a terminal of their own, and press keys as a seed says; some work by the command line;
some only watch a conversation that is written to, by which it is measured how soon a change is on others' screens. All
the while, whatever must hold is looked at, and nobody may see an error.

Keys come at a pace that the machine can keep up with: what is measured is thrumsg, and not a machine without time.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from time import monotonic

from benchmarks.measuring import machine
from tests.cli.damaging import own_environment
from tests.endurance.crowd import Crowd
from tests.endurance.ledger import missing
from tests.endurance.memory import LAST, MIB, MOST_GROWTH, SETTLED, Growth, by_kind, grown_too_much, judged
from tests.endurance.office import Office

RETURN = 400.0
"""Seconds before that from which on nobody leaves the app.

Whoever does opens it again, rehearses for 160 s, and then has worked in it as long as the others when that part begins.
"""

MOST_ANEW = 0.25
"""Part of the sessions that may not be judged."""

LARGEST_LOG, LATEST = 64.0, 1.0
"""MiB of the write-ahead log, seconds until 99 of 100 changes are seen."""


def main() -> int:
    """Run it, and return 1 if anything was wrong."""
    args = _arguments()
    sys.stdout.write(f"{machine()}\n")
    died: list[str] = []
    threading.excepthook = lambda ended: died.append(f"{ended.thread}: {ended.exc_value!r}")
    with tempfile.TemporaryDirectory() as folder, own_environment(Path(folder)), ExitStack() as stack:
        watchers = 2 if args.sessions > 3 else 1
        admins = max(1, (args.sessions - watchers) // 3)
        senders = args.sessions - watchers - admins
        office = Office(
            Path(folder), admins=admins, senders=senders, watchers=watchers, people=args.people, seed=args.seed
        )
        crowd = Crowd(office, writers=args.writers, pace=args.pace, seed=args.seed)
        for session in crowd.sessions:
            stack.callback(session.close)
        begun = monotonic()
        is_judged = args.minutes * 60 >= SETTLED
        crowd.run(args.minutes * 60, rehearse=is_judged, together=LAST + RETURN if is_judged else 0.0)
        crowd.looks.look()
        crowd.looks.found += missing(office.database, _acknowledged(crowd), _people(crowd))
        wrong = [*died, *crowd.looks.found, *_seen_by_people(crowd), *crowd.marks.interference()]
        wrong += [f"{log}: {log.read_text()[-2000:]}" for log in Path(folder).rglob("*.log")]
        of_memory = judged(crowd.sessions, args.minutes * 60)
        growths = [Growth(each, crowd.kind_of(each), crowd.begun(each)) for each in of_memory]
        for line in _report(crowd, growths, monotonic() - begun):
            sys.stdout.write(f"{line}\n")
        wrong += _beyond(crowd, growths if is_judged else ())
        if len(of_memory) < (1 - MOST_ANEW) * len(crowd.sessions):
            wrong.append(f"the memory of only {len(of_memory)} of {len(crowd.sessions)} sessions could be judged")
    sys.stdout.writelines(f"WRONG: {each}\n" for each in wrong[:20])
    sys.stdout.write(f"{len(wrong)} things were wrong\n")
    return int(bool(wrong))


def _acknowledged(crowd: Crowd) -> list[str]:
    return [*crowd.marks.stored, *(body for writer in crowd.writers for body in writer.acknowledged)]


def _people(crowd: Crowd) -> int:
    return crowd.office.people + len(crowd.watchers) + sum(writer.imported for writer in crowd.writers)


def _seen_by_people(crowd: Crowd) -> list[str]:
    faults = [fault for session in crowd.sessions for fault in session.faults]
    return [*faults, *(fault for writer in crowd.writers for fault in writer.faults)]


def _report(crowd: Crowd, growths: Sequence[Growth], seconds: float) -> list[str]:
    done = sum((person.done for person in crowd.workers.values()), Counter[str]())
    commands = sum((writer.ended for writer in crowd.writers), Counter[tuple[str, int]]())
    refused = sum(count for (_, status), count in commands.items() if status)
    apps = resource.getrusage(resource.RUSAGE_CHILDREN)
    late = sorted(crowd.marks.seen.values())
    grown = sorted(each.mib for each in growths) or [float("nan")]
    kinds = ", ".join(f"{kind} {rise:+.2f}" for kind, rise in by_kind(growths).items())
    largest = max(size for session in crowd.sessions for _, size in session.sizes) / MIB
    return [
        f"{len(crowd.sessions)} sessions, {len(crowd.writers)} writers, {seconds:,.0f} s, "
        f"{apps.ru_utime + apps.ru_stime:,.0f} s of processor time",
        f"{crowd.keys:,} keys: " + ", ".join(f"{count} × {name}" for name, count in done.most_common()),
        f"{commands.total():,} commands, {refused} refused by a rule: "
        + ", ".join(f"{count} × {name}" for name, count in _by_name(commands).most_common()),
        f"looked {crowd.looks.times} times at all that must hold: {len(crowd.looks.found)} problems",
        f"a change of others is on the screen after {_part(late, 0.5):.3f} s (median), {_part(late, 0.99):.3f} s "
        f"(99 of 100), {_part(late, 1):.3f} s (worst) of {len(crowd.marks.stored)}; "
        f"{len(crowd.marks.stored) - len(late)} never",
        f"largest write-ahead log: {crowd.largest_log / MIB:.1f} MiB",
        f"memory: {largest:.1f} MiB at most; growth in the last {LAST:,.0f} s, {len(growths)} of "
        f"{len(crowd.sessions)} sessions: {kinds} MiB (means); {median(grown):+.2f} (median), {grown[-1]:+.2f} (most)",
        *(f"  more than {MOST_GROWTH} MiB: {each.told}" for each in growths if each.mib > MOST_GROWTH),
    ]


def _beyond(crowd: Crowd, growths: Sequence[Growth]) -> list[str]:
    """What is beyond its limit."""
    wrong = list(crowd.marks.missed(crowd.watchers))
    late = sorted(crowd.marks.seen.values())
    if _part(late, 0.99) > LATEST:
        wrong.append(f"a change is on the others' screens after {_part(late, 0.99):.3f} s (99 of 100)")
    if crowd.largest_log / MIB > LARGEST_LOG:
        wrong.append(f"the write-ahead log had {crowd.largest_log / MIB:.0f} MiB")
    return wrong + grown_too_much(growths)


def _by_name(commands: Counter[tuple[str, int]]) -> Counter[str]:
    names = Counter[str]()
    for (name, _), count in commands.items():
        names[name] += count
    return names


def _part(ordered: Sequence[float], part: float) -> float:
    """The value that so large a part of others does not exceed."""
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else float("inf")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.endurance.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--sessions", type=int, default=20, help="terminals, two of which only watch")
    parser.add_argument("--writers", type=int, default=8, help="command lines")
    parser.add_argument("--people", type=int, default=2000, help="contacts")
    parser.add_argument("--pace", type=float, default=2.0, help="seconds between two keys of a session")
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
