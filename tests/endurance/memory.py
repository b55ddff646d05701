"""What the soak says of the memory of its sessions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import mean

from tests.endurance.session import Session

LAST = 300.0
"""The last seconds of a run, in which memory must not grow.

Who has opened the app anew since then, or has not rehearsed before, is not judged: it still loads screens.
"""

SETTLED = 480.0
"""Seconds that a run must last so that its memory is judged; before it, everybody does each thing three times."""

MOST_GROWTH, MOST_OF_ONE = 1.0, 3.0
"""MiB by which memory may grow in the last part: of sessions of one kind on average, and of any one of them.

What leaks does so in all that do the same. One alone may have its highest mark of memory only in the last part, and
Python takes memory in pieces of 1 MiB, of which one in the middle of that part is a line that rises by 1.5.
"""

MIB = 1 << 20

_RISES = 5
"""How many are named of a session that grew too much."""


def judged(sessions: Sequence[Session], seconds: float) -> list[Session]:
    """The sessions that were open and rehearsed before the last part began; of a short run all."""
    measured = [session for session in sessions if session.sizes]
    if seconds < SETTLED or not measured:
        return measured
    begins = max(session.sizes[-1][0] for session in measured) - LAST
    return [session for session in measured if session.rehearsed is not None and session.rehearsed <= begins]


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


class Growth:
    """How much the memory of a session grew in the last part.

    Args:
        session: The session.
        kind: What kind of user it has.
        begun: What they have begun, and when.
    """

    def __init__(self, session: Session, kind: str, begun: Sequence[tuple[float, str]]) -> None:
        self.of, self.kind = session, kind
        self.mib = growth(session.sizes)
        self._rises = largest_rises(session.sizes, begun)

    @property
    def told(self) -> str:
        """It, and where most was added."""
        opened = self.of.sizes[-1][0] - self.of.sizes[0][0]
        return f"{self.of.login}, open for {opened:.0f} s, grew by {self.mib:.2f} MiB: {', '.join(self._rises)}"


def by_kind(growths: Sequence[Growth]) -> dict[str, float]:
    """The mean growth of the sessions of each kind."""
    kinds = dict.fromkeys(each.kind for each in growths)
    return {kind: mean(each.mib for each in growths if each.kind == kind) for kind in kinds}


def grown_too_much(growths: Sequence[Growth]) -> list[str]:
    """What grew beyond its limit: a kind of sessions, or a single one."""
    wrong = [
        f"the {kind} grew by {grown:.2f} MiB on average"
        for kind, grown in by_kind(growths).items()
        if grown > MOST_GROWTH
    ]
    return wrong + [each.told for each in growths if each.mib > MOST_OF_ONE]
