"""The info pane: the contact in all campaigns, then the campaign (`docs/rules.md 3.16`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from itertools import zip_longest
from typing import NamedTuple

from rich.cells import cell_len
from textual.strip import Strip

from thrumsg_tui.domain.ages import age
from thrumsg_tui.domain.campaigns import Campaign, Totals
from thrumsg_tui.domain.closures import closure
from thrumsg_tui.domain.conversations import Conversation
from thrumsg_tui.domain.hours import InitialWindow, format_clock
from thrumsg_tui.domain.redaction import PhoneDisplay
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.queries.lookup import PhoneRecord
from thrumsg_tui.store.queries.messenger import MessengerView
from thrumsg_tui.tui.commands import Scope, bindings, commands_of
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.widgets.line_widgets import pad
from thrumsg_tui.tui.widgets.pane import Pane

_TITLES = 18
"""The largest width of the column of titles."""

_TEXTS = 16
"""The least width of a column of texts, in cells: with less room, a text stands at the right end or below its title."""


class _Section(NamedTuple):
    """Entries, each with a title, below a heading."""

    heading: str
    entries: Sequence[tuple[str, str]]


class InfoPane(Pane):
    """What is known of the contact, then the settings and counts of the campaign."""

    SCOPES = (Scope.SCROLLED, Scope.SIDEBAR)
    BINDINGS = bindings(commands_of(Scope.SCROLLED), checked=False, priority=True)

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(glyphs, id=id)
        self._sections: Sequence[_Section] = ()

    def begin(self) -> None:
        """Show the first lines."""
        self.scroll_home(animate=False, force=True, immediate=True)

    def show_info(self, view: MessengerView, now: datetime, zone: tzinfo) -> None:
        """Show the open contact and the campaign of a view; `zone` is that of the reader."""
        phones = view.settings.phone_display(ascii_only=self.glyphs.ascii_only)
        sections = [*_contact_sections(view, phones, now, zone), _campaign_section(view.campaign, view.totals, now)]
        if sections != self._sections:
            self._sections = sections
            self.remake()

    def lines(self, width: int) -> list[Strip]:
        strips: list[Strip] = []
        widest = max((cell_len(title) for each in self._sections for title, text in each.entries if text), default=0)
        titles = min(widest, _TITLES)
        beside = titles if width - titles - 4 >= _TEXTS else 0
        for section in self._sections:
            if strips:
                strips.append(self.strip([], width=width))
            strips += [
                self.strip([(f" {line}", "accent")], width=width) for line in self.wrapped(section.heading, width - 2)
            ]
            strips += [line for title, text in section.entries for line in self._entry(title, text, width, beside)]
        return strips

    def _entry(self, title: str, text: str, width: int, titles: int) -> Iterator[Strip]:
        """Draw an entry: its text beside a column of titles, if that is any cells wide, else at the right or below."""
        if not text:
            yield from (self.strip([(f" {line}", "quiet")], width=width) for line in self.wrapped(title, width - 2))
            return
        if titles:
            columns = self.wrapped(title, titles), self.wrapped(text, width - titles - 4)
            for left, right in zip_longest(*columns, fillvalue=""):
                yield self.strip([(f" {pad(left, titles)}  ", "quiet"), (right, "")], width=width)
            return
        if len(title) + len(text) + 4 <= width and "\n" not in text:
            yield self.strip([(f" {safe_text(title)} ", "quiet")], [(safe_text(text) + " ", "")], width=width)
            return
        for line in self.wrapped(title, width - 2):
            yield self.strip([(f" {line}", "quiet")], width=width)
        for line in self.wrapped(text, width - 4):
            yield self.strip([(f"   {line}", "")], width=width)


def _contact_sections(view: MessengerView, phones: PhoneDisplay, now: datetime, zone: tzinfo) -> Iterator[_Section]:
    """Return what is known of the open contact, and their other conversations."""
    if view.open is None:
        return
    contact = view.open.conversation
    yield _Section(contact.name, [*_standing(contact, view, phones, now, zone), *_fields(contact, phones)])
    if record := view.open.record:
        yield _Section("In other campaigns", list(_elsewhere(record, contact)) or [("No other conversation.", "")])


def _standing(
    contact: Conversation, view: MessengerView, phones: PhoneDisplay, now: datetime, zone: tzinfo
) -> Iterator[tuple[str, str]]:
    """Return the contact's number, who holds the conversation, and how it stands."""
    yield "Phone", phones.number(contact.phone_national)
    yield "Held by", contact.sender_shown
    status = contact.status.replace("_", " ")
    since = next((row.waiting_since for row in view.rows if row.id == contact.id), None)
    yield "Status", f"{status}, {age(since, now, zone)}" if since and not contact.opted_out else status
    if opt_out := contact.opt_out:
        by = f" by {opt_out.by}" if opt_out.by else ""
        yield "Opted out", f"{opt_out.at.astimezone(zone):%Y-%m-%d}, {opt_out.kind}{by}"
        if opt_out.note:
            yield "Note", phones.text(opt_out.note)
    if contact.zones.possible:
        yield "Time zone", contact.zones.likely or " or ".join(contact.zones.possible)
    if contact.shown_number:
        yield "Our number", contact.shown_number


def _fields(contact: Conversation, phones: PhoneDisplay) -> list[tuple[str, str]]:
    """Return the contact's own fields, as they were imported; a number in one is hidden with the others."""
    return [
        (code.replace("_", " ").capitalize(), phones.text(text))
        for code, text in contact.fields.items()
        if text.strip()
    ]


def _elsewhere(record: PhoneRecord, contact: Conversation) -> Iterator[tuple[str, str]]:
    """Return the contact's other conversations, and their messages that are in none."""
    for each in record.conversations:
        if each.id != contact.id:
            yield each.campaign, f"{each.status.replace('_', ' ')}, {each.sender or 'Unassigned'}"
    for reason, count in record.reasons.items():
        yield "Unmatched", f"{pluralize(count, 'message')} {reason.came}"


def _campaign_section(campaign: Campaign, totals: Totals | None, now: datetime) -> _Section:
    closed = closure(campaign, now)
    hours = campaign.hours
    quiet = campaign.quiet_hours or campaign.at_contact
    return _Section(
        "Campaign",
        [
            ("Name", campaign.name),
            ("Description", campaign.description or "none"),
            ("State", campaign.state + (f": {closed.reason}" if closed else "")),
            ("Created", f"by {campaign.created_by}, {campaign.created_at:%Y-%m-%d}"),
            ("Launched", f"{campaign.launched_at:%Y-%m-%d}" if campaign.launched_at else "not yet"),
            ("Initial messages", _days(campaign.window)),
            ("Hours", f"{format_clock(hours.opens)} to {format_clock(hours.closes)}, {campaign.whose_hours}"),
            ("Quiet hours", "21:00 to 08:00 at the contact" if quiet else "off"),
            ("QuickSend", "on" if campaign.quicksend else "off"),
            *(_counts(totals) if totals else ()),
        ],
    )


def _counts(totals: Totals) -> Iterator[tuple[str, str]]:
    yield "Contacts", str(totals.total)
    yield "Not started", str(totals.not_started)
    yield "Sent, no reply", str(totals.sent)
    yield "Needs reply", str(totals.needs_reply)
    yield "Answered", str(totals.answered)
    yield "Opted out", str(totals.opted_out)
    yield "Reply rate", f"{totals.reply_rate} %"


def _days(window: InitialWindow) -> str:
    """Return on which days initial messages are sent (`docs/rules.md 3.2`)."""
    if window.starts and window.ends:
        return f"{window.starts} to {window.ends}"
    if window.starts:
        return f"from {window.starts} on"
    return f"until {window.ends}" if window.ends else "on any day"
