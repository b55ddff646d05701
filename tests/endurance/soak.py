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
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import monotonic

from benchmarks.measuring import machine
from tests.cli.damaging import own_environment
from tests.endurance.crowd import Crowd
from tests.endurance.ledger import missing
from tests.endurance.office import Office
from tests.endurance.session import Session

LAST = 300.0
"""The last seconds of a run, in which memory must not grow.

Who has opened the app anew since then, or has not rehearsed before, is not judged: it still loads screens.
"""

RETURN = 400.0
"""Seconds before that from which on nobody leaves the app.

Whoever does opens it again, rehearses for 160 s, and then has worked in it as long as the others when that part begins.
"""

SETTLED = 480.0
"""Seconds that a run must last so that its memory is judged; before it, everybody does each thing three times."""

MOST_ANEW = 0.25
"""Part of the sessions that may not be judged."""

MOST_GROWTH, LARGEST_LOG, LATEST = 1.0, 64.0, 1.0
"""MiB of memory in the last part of a run, MiB of the write-ahead log, seconds until 99 of 100 changes are seen."""

MIB = 1 << 20

_RISES = 5
"""How many are named of a session that grew too much."""


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
        for line in _report(crowd, of_memory, monotonic() - begun):
            sys.stdout.write(f"{line}\n")
        wrong += _beyond(crowd, of_memory, args.minutes * 60)
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


def _report(crowd: Crowd, of_memory: Sequence[Session], seconds: float) -> list[str]:
    done = sum((person.done for person in crowd.workers.values()), Counter[str]())
    commands = sum((writer.ended for writer in crowd.writers), Counter[tuple[str, int]]())
    refused = sum(count for (_, status), count in commands.items() if status)
    apps = resource.getrusage(resource.RUSAGE_CHILDREN)
    late = sorted(crowd.marks.seen.values())
    growths = sorted(growth(session.sizes) for session in of_memory) or [float("nan")]
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
        f"memory: {largest:.1f} MiB at most; growth in the last {LAST:,.0f} s, {len(of_memory)} of "
        f"{len(crowd.sessions)} sessions: {median(growths):+.2f} MiB (median), {growths[-1]:+.2f} MiB (most)",
    ]


def _beyond(crowd: Crowd, of_memory: Sequence[Session], seconds: float) -> list[str]:
    """What is beyond its limit."""
    wrong = list(crowd.marks.missed(crowd.watchers))
    late = sorted(crowd.marks.seen.values())
    if _part(late, 0.99) > LATEST:
        wrong.append(f"a change is on the others' screens after {_part(late, 0.99):.3f} s (99 of 100)")
    if crowd.largest_log / MIB > LARGEST_LOG:
        wrong.append(f"the write-ahead log had {crowd.largest_log / MIB:.0f} MiB")
    for session in of_memory if seconds >= SETTLED else ():
        if (grown := growth(session.sizes)) > MOST_GROWTH:
            opened = session.sizes[-1][0] - session.sizes[0][0]
            rises = largest_rises(session.sizes, crowd.begun(session))
            wrong.append(f"{session.login}, open for {opened:.0f} s, grew by {grown:.2f} MiB: {', '.join(rises)}")
    if len(of_memory) < (1 - MOST_ANEW) * len(crowd.sessions):
        wrong.append(f"the memory of only {len(of_memory)} of {len(crowd.sessions)} sessions could be judged")
    return wrong


def judged(sessions: Sequence[Session], seconds: float) -> list[Session]:
    """The sessions that were open and rehearsed before the last part began; of a short run all."""
    measured = [session for session in sessions if session.sizes]
    if seconds < SETTLED or not measured:
        return measured
    begins = max(session.sizes[-1][0] for session in measured) - LAST
    return [session for session in measured if session.rehearsed is not None and session.rehearsed <= begins]


def _by_name(commands: Counter[tuple[str, int]]) -> Counter[str]:
    names = Counter[str]()
    for (name, _), count in commands.items():
        names[name] += count
    return names


def _part(ordered: Sequence[float], part: float) -> float:
    """The value that so large a part of others does not exceed."""
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else float("inf")


def growth(sizes: Sequence[tuple[float, int]]) -> float:
    """MiB by which a line through the sizes of the last part rises over it, or over as much as there is of it."""
    last = [(at, size / MIB) for at, size in sizes if at > sizes[-1][0] - LAST]
    middle = sum(at for at, _ in last) / len(last)
    spread = sum((at - middle) ** 2 for at, _ in last)
    slope = sum((at - middle) * size for at, size in last) / spread if spread else 0.0
    return slope * (last[-1][0] - last[0][0])


def largest_rises(sizes: Sequence[tuple[float, int]], begun: Sequence[tuple[float, str]]) -> list[str]:
    """Return where most was added in the last part, and what had been begun last before that."""
    last = [each for each in sizes if each[0] > sizes[-1][0] - LAST]
    rises = sorted(((size - before) / MIB, at) for (_, before), (at, size) in pairwise(last))[: -_RISES - 1 : -1]
    names = {at: next((name for when, name in reversed(begun) if when < at), "nothing") for _, at in rises}
    return [f"{rise:+.2f} after {names[at]!r}" for rise, at in rises]


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
