"""The failures screen: the messages that failed in the last 24 hours, and why (`docs/rules.md 10.5`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from textual import on, work
from textual.strip import Strip

from thrumsg_tui.domain.conversations import words_of
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.failures import FailedMessage, count_failed, failed_messages
from thrumsg_tui.store.queries.settings import Settings, settings
from thrumsg_tui.tui.commands import Scope, bindings, commands_of
from thrumsg_tui.tui.cursors import nearest_index
from thrumsg_tui.tui.screens.base import ACTION
from thrumsg_tui.tui.screens.overlay import ListingScreen, NumbersList
from thrumsg_tui.tui.widgets.line_widgets import Part, pad
from thrumsg_tui.tui.widgets.paged_list import PagedList


class FailuresList(NumbersList[FailedMessage]):
    """The messages that have failed, the newest first."""

    empty_text = "No message has failed in the last 24 hours."
    two_lines_below = 110

    def titles(self) -> tuple[Sequence[str], Sequence[str]]:
        columns = [f"  {'Failed at':<14}", f"{'Contact':<19}", f"{'Number':<16}", "Why, and the words"]
        return columns[: 3 if self.in_two_lines else 4], []

    def draw(self, row: FailedMessage, index: int, line: int, width: int) -> Strip:
        base = self.cursor_look(index)
        said: list[Part] = [
            (safe_text(self.phones.text(row.why)), "warning"),
            (f"  {safe_text(words_of(row.body))}", "quiet"),  # as much of it as there is room for
        ]
        if line == 1:
            return self.strip([(" " * 16, ""), *said], width=width, base=base)
        left: list[Part] = [
            (f"  {row.failed_at.astimezone(self.zone):%d %b %H:%M}  ", "quiet"),
            (pad(safe_text(self.phones.text(row.name)), 18) + " ", "strong"),
            (pad(self.phones.number(row.phone_national), 16), ""),
            *([] if self.in_two_lines else said),
        ]
        return self.strip(left, width=width, base=base)


class FailuresScreen(ListingScreen[FailedMessage]):
    """The list of messages that have failed; Enter looks up the number, with its conversations."""

    SCOPES = (Scope.FAILURES, Scope.OVERLAY)
    BINDINGS = bindings(commands_of(Scope.FAILURES))
    list: FailuresList

    def make_list(self) -> FailuresList:
        return FailuresList(self.thrumsg.zone, id="failures")

    def on_mount(self) -> None:
        self.show_title("Failed messages")
        super().on_mount()

    async def ask_and_paint(self) -> None:
        first, height = self.list.window
        now = self.thrumsg.store.db.clock()
        total, first, rows, kept = await self.thrumsg.store.query(_read, now, first, max(height, 1))
        self.list.tell_phones(kept.phone_display(ascii_only=self.thrumsg.glyphs.ascii_only))
        self.list.show(total, first, rows, self.list.cursor)
        self.summary.show([(f"  {total} failed in the last 24 hours, newest first", "quiet")] if total else [])

    @on(PagedList.Chosen)
    @work(group=ACTION)
    async def action_look_up(self) -> None:
        """Look up the number under the cursor."""
        if row := self.list.row:
            await self.look_up(row.phone)


def _read(conn: Connection, now: datetime, first: int, height: int) -> tuple[int, int, list[FailedMessage], Settings]:
    total = count_failed(conn, now)
    first = nearest_index(first, total)
    return total, first, failed_messages(conn, now, first, height), settings(conn)
