"""The doubts screen: messages of which nobody knows whether they left (`docs/rules.md 10.2`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from textual import on, work
from textual.strip import Strip

from thrumsg_tui.domain.conversation_facts import DoubtAnswer
from thrumsg_tui.domain.conversations import words_of
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.store.changes.doubts import answer_doubt
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.doubts import MessageInDoubt, count_in_doubt, messages_in_doubt
from thrumsg_tui.store.queries.settings import Settings, settings
from thrumsg_tui.tui.commands import Scope, bindings, commands_of
from thrumsg_tui.tui.cursors import nearest_index
from thrumsg_tui.tui.dialogs.choice import confirmation
from thrumsg_tui.tui.screens.base import ACTION
from thrumsg_tui.tui.screens.overlay import ListingScreen, NumbersList
from thrumsg_tui.tui.widgets.line_widgets import Part, pad
from thrumsg_tui.tui.widgets.paged_list import PagedList

_QUESTIONS = {
    DoubtAnswer.WAS_SENT: ("It was sent", "Count it as sent? It is never sent again."),
    DoubtAnswer.SEND_AGAIN: (
        "Send it again",
        "Send it again? If the carrier has it after all, they get it twice.",
    ),
    DoubtAnswer.DROP: ("Drop it", "Drop it? It counts as never written."),
}
"""The title of the dialog and of its answer, and the question."""

_DONE = {
    DoubtAnswer.WAS_SENT: "counts as sent",
    DoubtAnswer.SEND_AGAIN: "is queued again",
    DoubtAnswer.DROP: "is dropped",
}


def _tried(row: MessageInDoubt, zone: tzinfo) -> str:
    """Return when a message was tried, as far as the database knows; a restored backup may not."""
    return f"{row.tried_at.astimezone(zone):%d %b %H:%M}" if row.tried_at else "not known"


class DoubtsList(NumbersList[MessageInDoubt]):
    """The messages in doubt, the longest in doubt first."""

    empty_text = "No message is in doubt."
    two_lines_below = 110

    def titles(self) -> tuple[Sequence[str], Sequence[str]]:
        columns = [f"  {'Tried at':<14}", f"{'Contact':<19}", f"{'Number':<16}", "Words"]
        return columns[: 3 if self.in_two_lines else 4], ["" if self.in_two_lines else "Why "]

    def draw(self, row: MessageInDoubt, index: int, line: int, width: int) -> Strip:
        base = self.cursor_look(index)
        words: Part = (safe_text(words_of(row.body)), "")
        why = safe_text(self.phones.text(row.why))
        if line == 1:
            reason = f"{why}: " if why else ""
            return self.strip([(" " * 16, ""), (reason, "quiet"), words], width=width, base=base)
        left: list[Part] = [
            (f"  {pad(_tried(row, self.zone), 12)}  ", "quiet"),
            (pad(safe_text(self.phones.text(row.name)), 18) + " ", "strong"),
            (pad(self.phones.number(row.phone_national), 16), ""),
        ]
        if self.in_two_lines:
            return self.strip(left, width=width, base=base)
        right: list[Part] = [(f" {why} ", "quiet")] if why else []
        return self.strip([*left, words], right, width=width, base=base)


class DoubtsScreen(ListingScreen[MessageInDoubt]):
    """The list of messages in doubt, with the three answers to each."""

    SCOPES = (Scope.DOUBTS, Scope.OVERLAY)
    BINDINGS = bindings(commands_of(Scope.DOUBTS))
    list: DoubtsList

    def make_list(self) -> DoubtsList:
        return DoubtsList(self.thrumsg.zone, id="doubts")

    def on_mount(self) -> None:
        self.show_title("Messages in doubt")
        super().on_mount()

    async def ask_and_paint(self) -> None:
        first, height = self.list.window
        total, first, rows, kept = await self.thrumsg.store.query(_read, first, max(height, 1))
        self.list.tell_phones(kept.phone_display(ascii_only=self.thrumsg.glyphs.ascii_only))
        self.list.show(total, first, rows, self.list.cursor)
        said = f"  {total} in doubt. `deliver` asks the carrier by itself: decide only about what stays"
        self.summary.show([(said, "quiet")] if total else [])

    @on(PagedList.Chosen)
    @work(group=ACTION)
    async def action_look_up(self) -> None:
        """Look up the number under the cursor."""
        if row := self.list.row:
            await self.look_up(row.phone)

    @work(group=ACTION)
    async def action_was_sent(self) -> None:
        """Count the message under the cursor as sent."""
        await self._answer(DoubtAnswer.WAS_SENT)

    @work(group=ACTION)
    async def action_send_again(self) -> None:
        """Queue the message under the cursor again."""
        await self._answer(DoubtAnswer.SEND_AGAIN)

    @work(group=ACTION)
    async def action_drop(self) -> None:
        """Cancel the message under the cursor."""
        await self._answer(DoubtAnswer.DROP)

    async def _answer(self, answer: DoubtAnswer) -> None:
        """Ask with the words and the number, then settle the message."""
        if (row := self.list.row) is None:
            return
        phones, (title, question) = self.list.phones, _QUESTIONS[answer]
        name, number = phones.text(row.name), phones.number(row.phone_national)
        why = f"In doubt: {phones.text(row.why)}.\n\n" if row.why else ""
        tried = _tried(row, self.thrumsg.zone)
        text = f"To {name}, {number}, tried {tried}:\n\n{words_of(row.body)}\n\n{why}{question}"
        left = f"The message to {name} is still in doubt"
        dialog = confirmation(title, text, title, left=left, must_be_seen=answer is DoubtAnswer.SEND_AGAIN)
        if await self.show_dialog(dialog) and await self.make(answer_doubt, self.thrumsg.who, row.id, answer):
            self.say(f"The message to {name} {_DONE[answer]}.")


def _read(conn: Connection, first: int, height: int) -> tuple[int, int, list[MessageInDoubt], Settings]:
    total = count_in_doubt(conn)
    first = nearest_index(first, total)
    return total, first, messages_in_doubt(conn, first, height), settings(conn)
