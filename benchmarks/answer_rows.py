"""The rows that an answer in a terminal has: time, bytes and paints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from benchmarks.pty_program import Answer, NeverCame
from benchmarks.rows import OURS, Figure, Row, Unit

BeforeAndTarget: TypeAlias = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class AnswerRows:
    """The rows of one key, or of a start."""

    ms: Row
    size: Row
    paints: Row

    @property
    def all(self) -> tuple[Row, ...]:
        """The rows in the order of the table."""
        return self.ms, self.size, self.paints

    def figures(self, answers: Sequence[Answer], program: str = OURS, *, until_shown: bool = False) -> Iterator[Figure]:
        """Return what answers came to; the time is until the last byte, or until what was waited for was shown."""
        if not all(each.chunks for each in answers):
            raise NeverCame(f"{self.ms.what}: {sum(not each.chunks for each in answers)} keys had no answer")
        yield Figure(self.ms, tuple(each.shown_ms if until_shown else each.ms for each in answers), program)
        yield Figure(self.size, tuple(each.size for each in answers), program)
        if any(each.frames for each in answers):
            yield Figure(self.paints, tuple(each.frames for each in answers), program)


def answer_rows(
    what: str,
    ms: BeforeAndTarget = (None, None),
    size: BeforeAndTarget = (None, None),
    paints: BeforeAndTarget = (None, None),
    *,
    grows: bool = True,
) -> AnswerRows:
    """Make the rows, each with what it was before and its target."""
    return AnswerRows(
        Row(what, Unit.MS, *ms, grows=grows),
        Row(f"{what}: bytes", Unit.BYTES, *size, grows=grows),
        Row(f"{what}: paints", Unit.PAINTS, *paints, grows=grows),
    )
