"""The unmatched messages screen: messages without a conversation (`docs/rules.md 1.5`)."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on, work
from textual.strip import Strip

from thrumsg_tui.domain.conversations import NO_SENDER, words_of
from thrumsg_tui.domain.enums import UnmatchedReason
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.settings import Settings, settings
from thrumsg_tui.store.queries.unmatched import UnmatchedMessage, count_unmatched, unmatched_messages
from thrumsg_tui.tui.commands import Scope, bindings, commands_of
from thrumsg_tui.tui.cursors import nearest_index
from thrumsg_tui.tui.screens.base import ACTION
from thrumsg_tui.tui.screens.overlay import ListingScreen, NumbersList
from thrumsg_tui.tui.widgets.line_widgets import pad
from thrumsg_tui.tui.widgets.paged_list import PagedList


class UnmatchedList(NumbersList[UnmatchedMessage]):
    """The unmatched messages, latest arrival first."""

    empty_text = "Every message has found its conversation."
    two_lines_below = 110

    def titles(self) -> tuple[Sequence[str], Sequence[str]]:
        columns = [f"  {'When':<19}", f"{'From':<18}"]
        return columns if self.in_two_lines else [*columns, "Words"], []

    def draw(self, row: UnmatchedMessage, index: int, line: int, width: int) -> Strip:
        base, words = self.cursor_look(index), safe_text(words_of(row.body, row.media))
        if line == 1:
            return self.strip([(" " * 21, ""), (words, "")], width=width, base=base)
        when = f"  {row.at.astimezone(self.zone):%d %b %Y %H:%M}  "
        sender = safe_text(self.phones.number(row.phone) or NO_SENDER)
        left = [(when, "quiet"), (pad(sender, 18), "strong"), *([] if self.in_two_lines else [(words, "")])]
        right = [] if row.reason is UnmatchedReason.UNKNOWN else [(f" {row.reason.why} ", "quiet")]
        return self.strip(left, right, width=width, base=base)


class UnmatchedScreen(ListingScreen[UnmatchedMessage]):
    """The list of unmatched messages; Enter looks up the number."""

    SCOPES = (Scope.UNMATCHED, Scope.OVERLAY)
    BINDINGS = bindings(commands_of(Scope.UNMATCHED))
    list: UnmatchedList

    def make_list(self) -> UnmatchedList:
        return UnmatchedList(self.thrumsg.zone, id="unmatched")

    def on_mount(self) -> None:
        self.show_title("Unmatched messages")
        super().on_mount()

    async def ask_and_paint(self) -> None:
        first, height = self.list.window
        total, first, rows, kept = await self.thrumsg.store.query(_read, first, max(height, 1))
        self.list.tell_phones(kept.phone_display(ascii_only=self.thrumsg.glyphs.ascii_only))
        self.list.show(total, first, rows, self.list.cursor)
        self.summary.show([(f"  {pluralize(total, 'message')} in no conversation", "quiet")])

    @on(PagedList.Chosen)
    @work(group=ACTION)
    async def action_look_up(self) -> None:
        """Look up the number under the cursor."""
        if row := self.list.row:
            await self.look_up(row.phone)


def _read(conn: Connection, first: int, height: int) -> tuple[int, int, list[UnmatchedMessage], Settings]:
    total = count_unmatched(conn)
    first = nearest_index(first, total)
    return total, first, unmatched_messages(conn, first, height), settings(conn)
