"""The command `failures`: which messages have failed, and why (`docs/rules.md 10.5`)."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC

from thrumsg_tui.cli.json_records import Record
from thrumsg_tui.cli.report import Report, table
from thrumsg_tui.cli.session import Session
from thrumsg_tui.cli.shown_times import ShownTimes, shown_times
from thrumsg_tui.domain.conversations import words_of
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.redaction import PhoneDisplay
from thrumsg_tui.store.phone_display import phone_display
from thrumsg_tui.store.queries.failures import FailedMessage, failed_messages
from thrumsg_tui.store.times import iso


def failures(session: Session, _args: Namespace) -> Report:
    """List the messages that failed in the last day, newest first."""
    session.who.require(Permission.VIEW_ALL)
    with session.db.reading() as conn:
        phones = phone_display(conn)
        found = failed_messages(conn, session.db.clock())
    times = shown_times(session)
    heads = ("Id", times.heading("Failed, UTC"), "Conversation", "To", "Number", "Campaign", "Why", "Message")
    rows = [_cells(each, phones, times) for each in found]
    lines = table(heads, rows) if rows else ["No message has failed in the last 24 hours."]
    return Report([_record(each, phones) for each in found], lines)


def _cells(message: FailedMessage, phones: PhoneDisplay, times: ShownTimes) -> tuple[object, ...]:
    return (
        message.id,
        times.moment(message.failed_at, UTC),
        message.conversation_id,
        phones.text(message.name),
        phones.number(message.phone),
        message.campaign,
        phones.text(message.why),
        words_of(message.body),
    )


def _record(message: FailedMessage, phones: PhoneDisplay) -> Record:
    return {
        "id": message.id,
        "conversation": message.conversation_id,
        "campaign": message.campaign,
        "contact": message.name,
        "phone": phones.number(message.phone),
        "our_number": message.our_number,
        "kind": message.kind,
        "body": message.body,
        "author": message.author,
        "failed_at": iso(message.failed_at),
        "code": message.code,
        "words": phones.text(message.words) or None,
        "gateway": message.gateway,
    }
