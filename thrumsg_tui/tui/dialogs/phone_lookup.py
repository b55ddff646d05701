"""The phone lookup: the contact, opt-out and conversations of a phone number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Key
from textual.geometry import Region
from textual.strip import Strip

from thrumsg_tui.domain.conversations import heard_of_opt_out, words_of
from thrumsg_tui.domain.errors import Refused, ThrumsgError
from thrumsg_tui.domain.redaction import PhoneDisplay
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.changes.opt_outs import opt_in_number, opt_out_number
from thrumsg_tui.store.queries.lookup import (
    FoundConversation,
    KnownNumber,
    PhoneRecord,
    last_digits,
    look_up,
    look_up_typed,
    numbers_ending,
)
from thrumsg_tui.store.queries.opt_out_message import told_by_hand
from thrumsg_tui.tui.commands import Scope, bindings, commands_of, key_of
from thrumsg_tui.tui.cursors import nearest_index
from thrumsg_tui.tui.dialogs.choice import confirmation
from thrumsg_tui.tui.dialogs.dialog import Dialog
from thrumsg_tui.tui.dialogs.frame import Apart
from thrumsg_tui.tui.store_client import StoreClient
from thrumsg_tui.tui.widgets.inputs import LineInput
from thrumsg_tui.tui.widgets.line_widgets import LineWidget, Part, heading
from thrumsg_tui.tui.widgets.scrolling_lines import ScrollingLines

_IN_NUMBERS = frozenset("0123456789+-() .")

_MOST = 50
"""How many numbers that end with some digits are listed."""

_EARLY = frozenset({"backspace", "delete", "escape"})
"""Keys that, like digits, do not wait for the result."""

_LATEST = 3
"""How many unmatched messages are shown."""


class NumberInput(LineInput):
    """The input of the number. Letters cannot be typed; the first input replaces the number that was given."""

    def __init__(self, number: str) -> None:
        super().__init__(number, id="search")
        self._given = bool(number)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Leave letters to the widgets that bind them as keys."""
        return character in _IN_NUMBERS

    async def _on_key(self, event: Key) -> None:
        if event.is_printable and event.character not in _IN_NUMBERS:
            event.stop()
            event.prevent_default()
        elif not event.is_printable:
            self._given = False  # the user edits the given number

    def insert_text_at_cursor(self, text: str) -> None:
        """Insert a text; the first one replaces the given number."""
        if self._given:
            self._given = False
            self.value = ""
        super().insert_text_at_cursor(text)


class LookupPane(ScrollingLines):
    """All that is known about a number; the cursor is on one of its conversations."""

    DEFAULT_CSS = """
    LookupPane {
        scrollbar-size-vertical: 1; overflow: hidden auto; height: auto; min-height: 2; max-height: 60vh;
    }
    """

    def __init__(self, zone: tzinfo, phones: PhoneDisplay) -> None:
        super().__init__()
        self.phones = phones
        self.found: PhoneRecord | None = None
        self.ending: Sequence[KnownNumber] = ()
        """The numbers that end with the digits typed, if these are no number themselves."""
        self.sentence = ""
        self.cursor = 0
        self._zone = zone

    def lines(self, width: int) -> list[Strip]:
        strips = [self.strip([], width=width)]
        if self.found is None:
            strips.append(self.strip([(f" {self.sentence}", "quiet")], width=width))
            for index, number in enumerate(self.ending):
                parts: list[Part] = [
                    (f" {self.phones.number(number.phone)}", ""),
                    (f"  {safe_text(number.name)}", "quiet"),
                ]
                strips.append(self.strip(parts, width=width, base="cursor" if index == self.cursor else ""))
            return strips
        strips += [self.strip(parts, width=width) for parts in self._person(self.found)]
        strips.append(self.strip([], width=width))
        for index, conversation in enumerate(self.found.conversations):
            left: list[Part] = [
                (f" {safe_text(conversation.campaign)}", ""),
                (f"  {safe_text(conversation.holder)}", "quiet"),
            ]
            base = "cursor" if index == self.cursor else ""
            status = "opted out" if self.found.opt_out else conversation.status.replace("_", " ")
            strips.append(self.strip(left, [(f"{status} ", "quiet")], width=width, base=base))
        return strips

    def move(self, rows: int) -> None:
        """Move the cursor, and scroll to it: its rows are the last lines."""
        count = len(self.found.conversations if self.found else self.ending)
        self.cursor = nearest_index(self.cursor + rows, count)
        self.remake()
        line = self.virtual_size.height - count + self.cursor
        self.scroll_to_region(Region(0, line, 1, 1), animate=False, force=True, immediate=True)

    def _person(self, found: PhoneRecord) -> list[list[Part]]:
        if not found.is_number:
            rows: list[list[Part]] = [[(" No phone number: it cannot be opted out or in", "strong")]]
            return [*rows, *self._unmatched(found)]
        rows = [[(f" {safe_text(found.name or 'Nobody’s contact')}", "strong")]]
        if opt_out := found.opt_out:
            by = f" by {safe_text(opt_out.by)}" if opt_out.by else ""
            when = f"{opt_out.at.astimezone(self._zone):%d %b %Y %H:%M}"
            rows.append([(f" Opted out ({opt_out.kind}){by}, {when}", "warning")])
            if opt_out.note:
                rows.append([(f" {safe_text(self.phones.text(opt_out.note))}", "quiet")])
        else:
            rows.append([(" Not opted out", "quiet")])
        return [*rows, *self._unmatched(found)]

    def _unmatched(self, found: PhoneRecord) -> list[list[Part]]:
        """Return the number of its unmatched messages by reason, and the latest of them."""
        rows: list[list[Part]] = [
            [(f" {pluralize(count, 'message')} {reason.came}", "quiet")] for reason, count in found.reasons.items()
        ]
        for message in found.messages[:_LATEST]:
            when = f"   {message.at.astimezone(self._zone):%d %b %Y %H:%M}  "
            rows.append([(when, "quiet"), (safe_text(words_of(message.body, message.media)), "")])
        return rows


class PhoneLookup(Dialog[FoundConversation | None]):
    """Look up a number as it is typed; return the conversation that was chosen, or None."""

    SCOPES = (Scope.LOOKUP,)
    BINDINGS = bindings(commands_of(Scope.LOOKUP), checked=False, priority=True)

    def __init__(self, number: str, store: StoreClient, who: Identity, zone: tzinfo, phones: PhoneDisplay) -> None:
        super().__init__()
        self._store = store
        self._who = who
        self._under_way = True
        self._pane = LookupPane(zone, phones)
        self._number = NumberInput("" if phones.redacts else number)

    def compose(self) -> ComposeResult:
        label = LineWidget(id="label")
        label.show([(" Number  ", "quiet")])
        box = Vertical(Horizontal(label, self._number, id="number"), self._pane, classes="dialog narrow")
        box.border_title = "Phone Lookup"
        opens, opts, leaves = key_of("lookup.open"), key_of("lookup.opt"), key_of("lookup.leave")
        box.border_subtitle = heading(f"{opens} opens, {opts} opts out or in, {leaves} leaves")
        yield Apart(box)

    def on_mount(self) -> None:
        self._number.focus()
        self._look()

    def on_input_changed(self) -> None:
        """Look up the number typed so far."""
        self._under_way = True
        self._look()

    @property
    def ready_for_keys(self) -> bool:
        """Whether it shows what is known of the number typed so far."""
        return not self._under_way

    def takes_early(self, key: Key) -> bool:
        """Whether a key does not wait for that: it is one more digit, or leaves."""
        return key.is_printable or key.key in _EARLY

    def action_move(self, rows: int) -> None:
        """Move the cursor over the conversations or the numbers."""
        self._pane.move(rows)

    def action_choose(self) -> None:
        """Open the conversation under the cursor, or look up the number there."""
        if self._pane.ending:
            self._number.value = self._pane.ending[self._pane.cursor].phone
        elif self._pane.found and self._pane.found.conversations:
            self.dismiss(self._pane.found.conversations[self._pane.cursor])

    def action_opt(self) -> None:
        """Opt the number out, or in again."""
        if (found := self._pane.found) and found.is_number:
            self.run_worker(self._opt(found), name="opt")

    @work(exclusive=True, group="look up")
    async def _look(self) -> None:
        await self._ask()

    async def _ask(self) -> None:
        pane, number = self._pane, self._number.value
        found, ending, sentence = None, list[KnownNumber](), "Type a phone number, or its last digits."
        if pane.phones.redacts:
            sentence = "Type a phone number."
        try:
            found = await self._store.query(look_up_typed, number) if number else None
        except Refused as reason:
            last = "" if pane.phones.redacts else last_digits(number)
            ending = await self._numbers_ending(last)
            sentence = f"{reason} No contact's number ends so." if last else str(reason)
        if len(ending) == 1:
            found, ending = await self._store.query(look_up, ending[0].phone), []
        elif ending:
            many = f"{_MOST} numbers or more" if len(ending) == _MOST else f"{len(ending)} numbers"
            sentence = f"{many} end with that:"
        pane.found, pane.ending, pane.sentence, pane.cursor = found, ending, sentence, 0
        self._under_way = False
        pane.remake()
        self.refresh(layout=True)

    async def _numbers_ending(self, last: str) -> list[KnownNumber]:
        found: list[KnownNumber] = []
        after: str | None = "" if last else None
        while after is not None and len(found) < _MOST:
            some, after = await self._store.query(numbers_ending, last, after)
            found += some
        return found[:_MOST]

    async def _opt(self, found: PhoneRecord) -> None:
        name = found.name or self._pane.phones.number(found.phone)
        if found.opt_out:
            question = f"Opt {name} in again, in all campaigns? {found.opt_out.caution}".strip()
            dialog = confirmation("Opt In", question, "Opt in", left=f"{name} was not opted in")
            change = opt_in_number
        else:
            message = await self._store.query(told_by_hand, found.phone, self._store.db.clock())
            told = heard_of_opt_out(message)
            question = f"Opt {name} out, in all campaigns? {told}"
            left = f"{name} was not opted out"
            dialog = confirmation("Opt Out", question, "Opt out", left=left, must_be_seen=True)
            change = opt_out_number
        if await self.app.push_screen_wait(dialog):
            try:
                await self._store.execute(change, self._who, found.phone)
            except ThrumsgError as refusal:
                self.notify(str(refusal))
            await self._ask()
