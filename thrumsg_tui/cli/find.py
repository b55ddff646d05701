"""The command that finds contacts in all campaigns, by name or number."""

from __future__ import annotations

from argparse import Namespace

from thrumsg_tui.cli.conversations import shown_status
from thrumsg_tui.cli.json_records import conversation_record
from thrumsg_tui.cli.progress import shown_progress
from thrumsg_tui.cli.report import Report, table
from thrumsg_tui.cli.session import Session
from thrumsg_tui.domain.conversations import words_of
from thrumsg_tui.domain.enums import Direction
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.names import fold
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.store.phone_display import phone_display
from thrumsg_tui.store.queries.contact_search import ContactSearch, FoundContact, Wanted, found_contacts
from thrumsg_tui.store.queries.conversations import number_condition

_WORDS = 60
"""How many characters of the last message are shown."""


def find(session: Session, args: Namespace) -> Report:
    """Find contacts in all campaigns and with all senders; a sender finds only their own (`docs/rules.md 8.1`)."""
    if not fold(args.text):
        raise Refused("Give a part of a name, or some digits of a number.")
    own = None if session.who.may(Permission.VIEW_ALL) else session.who.user.id
    with session.db.reading() as conn, shown_progress("Searching"):
        phones = phone_display(conn)
        search = ContactSearch(Wanted(args.text, by_phone=not phones.redacts, own=own), most=None)
        while not search.is_done:
            search.advance(conn)
        found = found_contacts(conn, search.ids[: args.limit])
    records = [
        conversation_record(each.row, phones) | {"campaign": each.place.campaign, "last_message": each.row.last_body}
        for each in found
    ]
    rows = [
        (
            each.row.id,
            phones.name(each.row.first_name, each.row.last_name, each.row.phone),
            phones.number(each.row.phone),
            each.place.campaign,
            each.place.holder,
            shown_status(each.row),
            _last_words(each),
        )
        for each in found
    ]
    heads = ("Id", "Contact", "Phone", "Campaign", "Sender", "Status", "Last message")
    nobody = "Nobody matches." if own is None else "Nobody of yours matches."
    more = " Numbers are hidden, so digits are not searched." if phones.redacts else ""
    if own is None and number_condition(args.text, by_phone=True):
        more += f" `{session.program} lookup NUMBER` tells of a number that is in no campaign."
    return Report(records, table(heads, rows) if found else [nobody + more])


def _last_words(found: FoundContact) -> str:
    if found.row.last_direction is None:
        return ""
    words = words_of(found.row.last_body, found.row.last_media)
    cut = words if len(words) <= _WORDS else words[: _WORDS - 3] + "..."
    return f"You: {cut}" if found.row.last_direction is Direction.OUTGOING else cut
