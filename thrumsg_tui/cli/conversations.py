"""The commands that list conversations, show one, and record a survey answer."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from thrumsg_tui.cli.event_records import answers, thread_record
from thrumsg_tui.cli.json_records import conversation_record
from thrumsg_tui.cli.report import Report, pairs, table
from thrumsg_tui.cli.session import Session
from thrumsg_tui.cli.shown_times import ShownTimes, shown_times
from thrumsg_tui.domain.campaigns import UNASSIGNED, AssignmentId, Campaign
from thrumsg_tui.domain.closures import format_moment
from thrumsg_tui.domain.conversations import Conversation, ConversationRow, Message, ThreadEvent, text_of
from thrumsg_tui.domain.departures import seconds_until
from thrumsg_tui.domain.enums import ConversationSort, Direction, MessageState, Tab
from thrumsg_tui.domain.event_sentences import thread_sentence
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.redaction import PhoneDisplay
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.phone_display import phone_display
from thrumsg_tui.store.queries import campaigns
from thrumsg_tui.store.queries import conversations as queries
from thrumsg_tui.store.queries import thread as threads
from thrumsg_tui.store.queries.assignments import find_assignment, unassigned
from thrumsg_tui.store.queries.questions import questions


def list_all(session: Session, args: Namespace) -> Report:
    """List conversations; a sender sees only their own (`docs/rules.md 8.1`)."""
    with session.db.reading() as conn:
        campaign = campaigns.find_campaign(conn, args.name)
        phones = phone_display(conn)
        request = queries.ListRequest(
            campaign.id,
            assignment_id=viewed(conn, session, campaign, args),
            tab=Tab(args.tab) if args.tab else None,
            status=args.status,
            search=args.search,
            by_phone=not phones.redacts,
            sort=ConversationSort(args.sort),
        )
        rows = queries.page(conn, request, limit=args.limit)
    lines = _table(rows, phones, campaign, shown_times(session)) if rows else ["No conversations."]
    return Report([conversation_record(each, phones) for each in rows], lines)


def thread(session: Session, args: Namespace) -> Report:
    """Show a conversation; a sender may see only their own."""
    with session.db.reading() as conn:
        conversation = threads.get_conversation(conn, args.conversation)
        if conversation.sender_id != session.who.user.id:
            session.who.require(Permission.VIEW_ALL)
        phones = phone_display(conn)
        asked = questions(conn, conversation.campaign_id, retired=True)
        campaign = campaigns.get_campaign(conn, conversation.campaign_id)
    head = [
        ("Contact", phones.name(conversation.first_name, conversation.last_name, conversation.phone)),
        ("Phone", phones.number(conversation.phone)),
        *([("Our number", conversation.shown_number)] if conversation.our_number else []),
        ("Sender", conversation.sender_shown),
        ("Status", shown_status(conversation)),
        ("Times in", campaign.hours.timezone),
        *answers(conversation, asked).items(),
    ]
    return Report(
        thread_record(conversation, asked, phones),
        [*pairs(head), "", *thread_lines(conversation, phones, campaign, shown_times(session))],
    )


def answer(session: Session, args: Namespace) -> Report:
    """Record a survey answer, or clear it."""
    event = record_answer(session.db, session.who, args.conversation, args.question, args.choice)
    with session.db.reading() as conn:
        conversation = threads.get_conversation(conn, args.conversation)
        asked = questions(conn, conversation.campaign_id, retired=True)
    recorded = answers(conversation, asked)
    line = "Nothing changed: it was so already." if event is None else "Answer cleared." if args.clear else "Recorded."
    return Report(
        {"event": event, "conversation": conversation.id, "answers": recorded},
        [line, *pairs(list(recorded.items()))],
    )


def viewed(conn: Connection, session: Session, campaign: Campaign, args: Namespace) -> AssignmentId | None:
    """Return the assignment whose conversations to list, or None for all."""
    own_login = session.who.user.login
    if args.sender != own_login and (args.sender or args.unassigned):
        session.who.require(Permission.VIEW_ALL)
    if args.unassigned:
        return unassigned(conn, campaign.id)
    if args.sender or not session.who.may(Permission.VIEW_ALL):
        return find_assignment(conn, campaign, args.sender or own_login)
    return None


def _table(rows: list[ConversationRow], phones: PhoneDisplay, campaign: Campaign, times: ShownTimes) -> list[str]:
    zone = ZoneInfo(campaign.hours.timezone)
    return table(
        ("Id", "Contact", "Phone", "Sender", "Status", "Last"),
        [
            (
                row.id,
                phones.name(row.first_name, row.last_name, row.phone),
                phones.number(row.phone),
                row.sender_login or UNASSIGNED,
                shown_status(row),
                times.age(row.last_message_at, zone) if row.last_message_at else None,
            )
            for row in rows
        ],
    )


def shown_status(conversation: ConversationRow | Conversation) -> str:
    """Return the status in words, with what else decides what to do with it."""
    status = "opted out" if conversation.opted_out else conversation.status.replace("_", " ")
    return f"{status}, asks to stop?" if conversation.flagged else status


def thread_lines(
    conversation: Conversation, phones: PhoneDisplay, campaign: Campaign, times: ShownTimes, after: int = 0
) -> Iterator[str]:
    """Yield the lines of messages and events, oldest first, without the first `after`."""
    before: datetime | None = None
    zone = ZoneInfo(campaign.hours.timezone)
    hours = campaign.for_contact(conversation.zones)
    happened: list[Message | ThreadEvent] = sorted(
        [*conversation.messages, *conversation.events], key=lambda happening: happening.at
    )
    for happening in happened[after:]:
        day, time = times.in_thread(happening.at, zone, before)
        before = happening.at
        if day:
            yield f"-- {day} --"
        if isinstance(happening, ThreadEvent):
            yield f"{time}  -- {thread_sentence(happening.facts, happening.by_name, phones)} --"
            continue
        state = phones.text(_state(happening, hours, times.now, conversation.waits_for(happening)))
        is_ours = happening.direction is Direction.OUTGOING
        who = f"{happening.author_shown or 'automatic'} ({state})" if is_ours else "contact"
        yield f"{time}  {who}:"
        words = safe_text(text_of(happening.body, happening.media), multiline=True)
        yield from (f"    {line}" for line in words.splitlines())


def _state(message: Message, campaign: Campaign, now: datetime, waits_for: str) -> str:
    state = message.state.replace("_", " ")
    if message.state is MessageState.UNSENT and message.leaves_at:
        until = format_moment(campaign, message.leaves_at, now).replace(" (", ", ").replace(")", "")
        return f"{state} until {until}{f', {waits_for}' if waits_for else ''}"
    if (
        message.state is MessageState.QUEUED
        and message.leaves_at
        and (seconds := seconds_until(message.leaves_at, now))
    ):
        return f"{state}, leaves in {seconds} s"
    if waits_for:
        return f"{state}, {waits_for}"
    return f"{state}: {message.failure}" if message.failure else state
