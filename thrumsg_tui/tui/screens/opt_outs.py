"""The opt-outs screen: every opted-out number (`docs/rules.md` 5)."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on, work
from textual.strip import Strip

from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.changes.opt_outs import opt_in_number
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.opt_outs import OptOutRow, count_opt_outs, opt_out_rows
from thrumsg_tui.store.queries.settings import Settings, settings
from thrumsg_tui.tui.commands import Scope, bindings, commands_of, key_of
from thrumsg_tui.tui.cursors import nearest_index
from thrumsg_tui.tui.dialogs.choice import confirmation
from thrumsg_tui.tui.dialogs.opt_out_forms import note_form, opt_out_form
from thrumsg_tui.tui.screens.base import ACTION
from thrumsg_tui.tui.screens.overlay import ListingScreen, NumbersList
from thrumsg_tui.tui.widgets.line_widgets import Part, pad
from thrumsg_tui.tui.widgets.paged_list import PagedList

_Page = tuple[int, int, list[OptOutRow], Settings]
"""Number of opt-outs, index of the first one read, the rows read, and the settings."""

_SLIM = 78
"""Below this width, in cells, a row has no column for who opted the number out."""

_BY = 12
"""The width of the column with who opted the number out."""


class OptedOutNumbers(NumbersList[OptOutRow]):
    """Opted-out numbers, newest first."""

    two_lines_below = 100

    def titles(self) -> tuple[Sequence[str], Sequence[str]]:
        columns = [f"  {'Number':<18}", f"{'Contact':<23}", f"{'How':<10}"]
        by = [] if self.is_slim else [f" {'By':<{_BY}}"]
        return columns if self.in_two_lines else [*columns, "Note"], [*by, f" {'Since':<11} "]

    @property
    def is_slim(self) -> bool:
        """Whether the line below has who did it, since there is no column for them."""
        return self.size.width < _SLIM

    def draw(self, row: OptOutRow, index: int, line: int, width: int) -> Strip:
        opt_out, base = row.opt_out, self.cursor_look(index)
        note: Part = (safe_text(self.phones.text(opt_out.note)), "")
        by = safe_text(opt_out.by or "")
        if line == 1:
            said: list[Part] = [(f" {by} ", "quiet")] if self.is_slim else []
            return self.strip([(" " * 20, ""), note], said, width=width, base=base)
        left: list[Part] = [
            (f"  {pad(self.phones.number(row.phone_national), 18)}", ""),
            (pad(safe_text(row.name or ""), 22) + " ", "strong"),
            (f"{pad(opt_out.kind, 10)}", "quiet"),
            *([] if self.in_two_lines else [note]),
        ]
        right: list[Part] = [
            *([] if self.is_slim else [(f" {pad(by, _BY)}", "quiet")]),
            (f" {opt_out.at.astimezone(self.zone):%d %b %Y} ", "quiet"),
        ]
        return self.strip(left, right, width=width, base=base)


class OptOutsScreen(ListingScreen[OptOutRow]):
    """The list of opt-outs, with commands that opt numbers out and in and change notes."""

    SCOPES = (Scope.OPT_OUTS, Scope.OVERLAY)
    BINDINGS = bindings(commands_of(Scope.OPT_OUTS))
    searches_for = "name, note or number"
    list: OptedOutNumbers

    def make_list(self) -> OptedOutNumbers:
        return OptedOutNumbers(self.thrumsg.zone, id="opt-outs")

    def on_mount(self) -> None:
        self.show_title("Opt-outs")
        super().on_mount()

    async def ask_and_paint(self) -> None:
        first, height = self.list.window
        total, first, rows, kept = await self.thrumsg.store.query(_read, self.search.value, first, max(height, 1))
        self.list.tell_phones(kept.phone_display(ascii_only=self.thrumsg.glyphs.ascii_only))
        searched = f"No number matches: {key_of('overlay.escape')} clears the search." if self.search.value else ""
        self.list.empty_text = searched or f"Nobody is opted out. {key_of('opt_outs.add')} adds a number or a list."
        self.list.show(total, first, rows, self.list.cursor)
        self.summary.show([(f"  {pluralize(total, 'number is', 'numbers are')} opted out, in every campaign", "quiet")])

    @work(group=ACTION)
    async def action_add(self) -> None:
        """Opt one number or a list out."""
        form = opt_out_form(self.thrumsg.store, self.thrumsg.who, self.thrumsg.glyphs, self.list.phones)
        if said := await self.app.push_screen_wait(form):
            self.say(said)
            self.from_the_top()

    @work(group=ACTION)
    async def action_opt_in(self) -> None:
        """Opt the number under the cursor in."""
        if (row := self.list.row) is None:
            return
        name = row.name or self.list.phones.number(row.phone_national)
        question = f"Opt {name} in again, in all campaigns? No message is sent. {row.opt_out.caution}".strip()
        dialog = confirmation("Opt In", question, "Opt in", left=f"{name} was not opted in")
        if await self.app.push_screen_wait(dialog) and await self.make(
            opt_in_number, self.thrumsg.who, row.opt_out.phone
        ):
            self.say(f"{name} is opted in; {key_of('app.undo')} undoes it.")

    @work(group=ACTION)
    async def action_note(self) -> None:
        """Change the note of the number under the cursor."""
        if row := self.list.row:
            shown = self.list.phones.number(row.phone_national)
            form = note_form(self.thrumsg.store, self.thrumsg.who, self.thrumsg.glyphs, row.opt_out, shown)
            if await self.app.push_screen_wait(form):
                self.say("The note is changed.")
                self.ask_again()

    @on(PagedList.Chosen)
    @work(group=ACTION)
    async def action_look_up(self) -> None:
        """Look up the number under the cursor."""
        if row := self.list.row:
            await self.look_up(row.opt_out.phone)


def _read(conn: Connection, search: str, first: int, height: int) -> _Page:
    kept = settings(conn)
    total = count_opt_outs(conn, search, by_phone=not kept.redact_phones)
    first = nearest_index(first, total)
    return total, first, opt_out_rows(conn, search, first, height, by_phone=not kept.redact_phones), kept
