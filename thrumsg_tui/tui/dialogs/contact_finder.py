"""The dialog that finds a contact by name or number, in all campaigns and with all senders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import ClassVar

from textual import work
from textual.events import Key
from textual.strip import Strip

from thrumsg_tui.domain.ages import age
from thrumsg_tui.domain.conversations import words_of
from thrumsg_tui.domain.enums import Direction
from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.domain.names import fold
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.redaction import PhoneDisplay
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.queries.contact_search import MOST, ContactSearch, FoundContact, Wanted, found_contacts
from thrumsg_tui.tui.app_context import AppContext
from thrumsg_tui.tui.commands import key_of
from thrumsg_tui.tui.dialogs.picker import Picker
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.widgets.line_widgets import Part, pad
from thrumsg_tui.tui.widgets.message_states import own_words
from thrumsg_tui.tui.widgets.paged_list import PagedList

_SHOWN = 200
"""How many of the matches are listed: nobody goes down further rather than type a letter."""

_LINES = 20
"""How many lines the list has at most, two for each contact."""

_EARLY = frozenset({"backspace", "delete", "escape"})
"""Keys that, like letters, do not wait for the result of a search."""


class ContactTable(PagedList[FoundContact]):
    """Contacts, each on two lines: who it is and how it stands; what was said last and where it is."""

    def __init__(self, glyphs: Glyphs, phones: PhoneDisplay, zone: tzinfo, now: datetime) -> None:
        super().__init__(id="contacts")
        self.row_height = 2
        self._glyphs, self._phones, self._zone, self._now = glyphs, phones, zone, now

    def draw(self, row: FoundContact, index: int, line: int, width: int) -> Strip:
        found, base = row.row, self.cursor_look(index)
        if line == 1:
            where = f"  {safe_text(row.place.campaign)} {self._glyphs.separator} {safe_text(row.place.holder)} "
            return self.strip([("    ", ""), self._last_words(row)], [(where, "quiet")], width=width, base=base)
        dot: Part = (self._glyphs.dot, "dot") if found.waiting else (" ", "")
        flag: Part = (self._glyphs.flag, "warning") if found.flagged else (" ", "")
        name: Part = (pad(safe_text(found.name), 30), "strong" if found.waiting else "")
        number: Part = (f"  {self._phones.number(found.phone)}", "quiet")
        return self.strip([(" ", ""), dot, flag, (" ", ""), name, number], self._state(row), width=width, base=base)

    def _state(self, row: FoundContact) -> list[Part]:
        found = row.row
        status = "opted out" if found.opted_out else found.status.replace("_", " ")
        since = found.waiting_since if found.waiting else found.last_message_at
        told = f" {age(since, self._now, self._zone)}" if since else ""
        return [(f" {status}{told} ", "" if found.waiting else "quiet")]

    def _last_words(self, row: FoundContact) -> Part:
        found = row.row
        if found.last_direction is None:
            return "", ""
        words = safe_text(words_of(found.last_body, found.last_media)[:120])
        if found.last_direction is Direction.OUTGOING and found.last_state is not None:
            return own_words(words, found.last_state, self._glyphs)
        return words, "quiet"


class ContactFinder(Picker[FoundContact]):
    """Search for a contact as the text is typed; return the one that was chosen in a tuple."""

    nothing_chosen: ClassVar[str] = "Nobody is chosen: type part of a name or of a number."

    def __init__(self, thrumsg: AppContext, phones: PhoneDisplay, text: str = "") -> None:
        now = thrumsg.store.db.clock()
        super().__init__(
            "Find a contact", (), ContactTable(thrumsg.glyphs, phones, thrumsg.zone, now), first_cursor=0, hint=""
        )
        self._store, self._phones = thrumsg.store, phones
        self._own = None if thrumsg.who.may(Permission.VIEW_ALL) else thrumsg.who.user.id
        self._under_way = False
        self._told = ""
        if self._search:
            self._search.value = text
            self._search.placeholder = "part of a name" if phones.redacts else "part of a name or number"

    def on_mount(self) -> None:
        self.on_input_changed()

    def lines_of_list(self) -> int:
        return _LINES  # whatever is found, so that nothing moves while one types

    # Searching

    def on_input_changed(self) -> None:
        """Search for what is typed by now."""
        text = self._search.value if self._search else ""
        self._under_way = True
        self._search_for(Wanted(text, by_phone=not self._phones.redacts, own=self._own))

    @work(exclusive=True, group="find")
    async def _search_for(self, wanted: Wanted) -> None:
        search, is_listed = ContactSearch(wanted), False
        try:
            while not search.is_done:
                await self._store.query(search.advance)
                if len(search) and not is_listed:
                    await self._list(search)
                    is_listed = True
            await self._list(search)
        except ThrumsgError as error:
            self.warn(str(error))
        self._under_way = False

    async def _list(self, search: ContactSearch) -> None:
        """List the best matches so far."""
        self._all = await self._store.query(found_contacts, search.ids[:_SHOWN])
        self._told = self._count(search)
        self.table.empty_text = self._why_empty(search)
        self.narrow()
        self.show_status()

    def _count(self, search: ContactSearch) -> str:
        if not len(search):
            return ""
        if not search.is_done:
            return "searching…"
        if search.is_cut:
            return f"more than {MOST}: type another letter"
        shown = f", the first {_SHOWN} are listed" if len(search) > _SHOWN else ""
        return f"{pluralize(len(search), 'match', 'matches')}{shown}"

    def _why_empty(self, search: ContactSearch) -> str:
        text = search.wanted.text
        hidden = "Numbers are hidden, so digits are not searched." if self._phones.redacts else ""
        if not fold(text):
            whose = "all campaigns and senders" if self._own is None else "all your conversations"
            by = "part of a name" if self._phones.redacts else "part of a name, or some digits of a number"
            return f"Type {by}. {whose.capitalize()} are searched. {hidden}"
        if not search.is_done:
            return "Searching…"
        other = "" if self._own is not None else f"Esc, then {key_of('app.lookup')}: look up any number."
        return f"Nobody matches {safe_text(text)!r}. {hidden or 'Try fewer letters.'} {other}"

    @property
    def ready_for_keys(self) -> bool:
        """Whether the matches of what is typed are listed."""
        return not self._under_way

    def takes_early(self, key: Key) -> bool:
        """Whether a key does not wait for the matches: it is one more letter, or leaves."""
        return key.is_printable or key.key in _EARLY

    # The list

    def narrow(self, keep: FoundContact | None = None) -> None:
        self.table.show_all(self.ordered(), 0)

    def status(self) -> Sequence[Part]:
        leaves = "clears" if self._search and self._search.value else "leaves"
        keys = f"{key_of('picker.choose')} opens  {key_of('picker.leave')} {leaves}"
        return [(f" {self._told}  " if self._told else " ", ""), (keys, "quiet")]
