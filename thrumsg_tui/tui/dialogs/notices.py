"""The last notices of the bottom line, to read again those that a key took away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from textual.strip import Strip

from thrumsg_tui.tui.dialogs.reading import LinesToRead, ReadingDialog
from thrumsg_tui.tui.notice_log import Notice


class _Notices(LinesToRead):
    def __init__(self, notices: Sequence[Notice], zone: tzinfo) -> None:
        super().__init__()
        self._notices = notices
        self._zone = zone

    def lines(self, width: int) -> list[Strip]:
        if not self._notices:
            return [self.strip([(" Nothing was said yet.", "quiet")], width=width)]
        return [strip for notice in self._notices for strip in self._drawn(notice, width)]

    def _drawn(self, notice: Notice, width: int) -> list[Strip]:
        """Draw the time and the whole sentence."""
        time = f" {notice.at.astimezone(self._zone):%H:%M:%S}  "
        look = "warning" if notice.warning else ""
        lines = self.wrapped(notice.sentence, width - len(time) - 1)
        heads = [time, *[" " * len(time)] * (len(lines) - 1)]
        return [
            self.strip([(head, "quiet"), (line, look)], width=width) for head, line in zip(heads, lines, strict=True)
        ]


class NoticesDialog(ReadingDialog):
    """The last notices, the newest first."""

    def __init__(self, notices: Sequence[Notice], zone: tzinfo) -> None:
        super().__init__("Notices, the newest first", _Notices(notices, zone))
