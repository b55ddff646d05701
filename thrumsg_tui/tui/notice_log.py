"""The last notices of a session: a key takes a notice away, perhaps before it was read."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import datetime

from thrumsg_tui.domain.lazy_dataclass import dataclass

_MOST = 50
"""How many notices are kept."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What the bottom line said, and when."""

    at: datetime
    sentence: str
    warning: bool


class NoticeLog:
    """Keeps the last notices."""

    def __init__(self) -> None:
        self._kept: deque[Notice] = deque(maxlen=_MOST)

    def add(self, notice: Notice) -> None:
        """Keep a notice; one that is said again at once takes the place of the one before."""
        if self._kept and self._kept[0].sentence == notice.sentence:
            self._kept.popleft()
        self._kept.appendleft(notice)

    @property
    def newest_first(self) -> Sequence[Notice]:
        """The notices."""
        return tuple(self._kept)
