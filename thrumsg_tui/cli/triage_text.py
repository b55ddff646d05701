"""What `thrumsg triage` shows of a conversation: as lines to be read aloud, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from thrumsg_tui.cli.conversations import thread_lines
from thrumsg_tui.cli.event_records import answers, thread_record
from thrumsg_tui.cli.json_records import Record, question_record
from thrumsg_tui.cli.shown_times import ShownTimes
from thrumsg_tui.domain.campaigns import Campaign, Question, whose
from thrumsg_tui.domain.closures import closure, leaves_after
from thrumsg_tui.domain.conversations import Conversation, ConversationId, MessageId
from thrumsg_tui.domain.enums import Direction
from thrumsg_tui.domain.fields import Rendered
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.redaction import PhoneDisplay
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.phone_display import phone_display
from thrumsg_tui.store.queries.assignments import others_here
from thrumsg_tui.store.queries.campaigns import get_campaign
from thrumsg_tui.store.queries.drafts import draft
from thrumsg_tui.store.queries.next_message import fill_in
from thrumsg_tui.store.queries.questions import questions
from thrumsg_tui.store.queries.recommended_replies import recommended_replies
from thrumsg_tui.store.queries.thread import get_conversation

_LATEST = 6
"""How many messages and events are shown, if no more are unanswered, before the person asks for all."""


@dataclass(frozen=True, slots=True)
class NumberedReply:
    """A recommended reply, filled in for the contact."""

    title: str
    filled: Rendered


@dataclass(frozen=True, slots=True)
class OpenReply:
    """A waiting conversation with what it may be answered with, read in one transaction."""

    conversation: Conversation
    campaign: Campaign
    """With the daily hours of the contact."""
    questions: tuple[Question, ...]
    replies: tuple[NumberedReply, ...]
    draft: str | None
    others_here: tuple[str, ...]
    phones: PhoneDisplay

    @property
    def name(self) -> str:
        """The contact's name, or their number as it is shown."""
        contact = self.conversation
        return self.phones.name(contact.first_name, contact.last_name, contact.phone)

    @property
    def read_to(self) -> MessageId | None:
        """The last message."""
        return self.conversation.messages[-1].id if self.conversation.messages else None


def open_reply(conn: Connection, who: Identity, conversation_id: ConversationId, now: datetime) -> OpenReply:
    """Read a conversation."""
    conversation = get_conversation(conn, conversation_id)
    replies = recommended_replies(conn, conversation.campaign_id)
    return OpenReply(
        conversation=conversation,
        campaign=get_campaign(conn, conversation.campaign_id).for_contact(conversation.zones),
        questions=questions(conn, conversation.campaign_id),
        replies=tuple(NumberedReply(each.title, fill_in(conn, conversation, who, each.body)) for each in replies),
        draft=draft(conn, who.user.id, conversation_id),
        others_here=others_here(conn, who, conversation_id, now),
        phones=phone_display(conn),
    )


def reply_lines(shown: OpenReply, times: ShownTimes) -> Iterator[str]:
    """Yield all that one needs to answer: the contact, the latest messages, the replies and the survey."""
    yield from _head(shown, times)
    contact = shown.conversation
    answered = next(
        (at for at, each in enumerate(reversed(contact.messages)) if each.direction is Direction.OUTGOING), 0
    )
    before = max(0, len(contact.messages) + len(contact.events) - max(_LATEST, answered + 1))
    if before:
        yield f"{pluralize(before, 'earlier message or event', 'earlier messages and events')}: m shows all."
    yield from thread_lines(contact, shown.phones, shown.campaign, times, before)
    if shown.draft is not None:
        yield "Your draft, which d sends:"
        yield from indented(shown.draft)
    yield from _choices(shown)


def question_lines(question: Question, answered: str | None) -> Iterator[str]:
    """Yield a question and its numbered answers."""
    yield f"{question.text} {f'Answered: {answered}.' if answered else 'Not answered.'}"
    for number, choice in enumerate(question.choices, 1):
        yield f"    {number}: {choice.text}"


def indented(text: str) -> Iterator[str]:
    """Yield the lines of a text, indented."""
    yield from (f"    {line}" for line in safe_text(text, multiline=True).splitlines())


def triage_record(shown: OpenReply, now: datetime) -> Record:
    """Return a waiting conversation with what it may be answered with."""
    closed = closure(shown.campaign, now)
    return {
        **thread_record(shown.conversation, shown.questions, shown.phones),
        "closed": closed.reason if closed else None,
        "draft": shown.draft,
        "others_here": list(shown.others_here),
        "replies": [
            {"number": number, "title": each.title, "text": each.filled.text, "complete": each.filled.complete}
            for number, each in enumerate(shown.replies, 1)
        ],
        "questions": [question_record(each) for each in shown.questions],
    }


def _head(shown: OpenReply, times: ShownTimes) -> Iterator[str]:
    contact, zone = shown.conversation, ZoneInfo(shown.campaign.hours.timezone)
    number = shown.phones.number(contact.phone_national)
    named = shown.name if shown.name == shown.phones.number(contact.phone) else f"{shown.name}, {number}"
    yield f"{named}. Conversation {contact.id}, {whose(contact.sender_shown)}."
    if contact.messages:
        yield f"Last message: {times.age(contact.messages[-1].at, zone)}. Times are in {shown.campaign.hours.timezone}."
    if closed := closure(shown.campaign, times.now):
        yield closed.sentence
    if contact.ahead and contact.ahead.initial_at and not contact.opted_out:
        yield leaves_after(shown.campaign, contact.ahead.initial_at, times.now)
    if contact.opted_out:
        yield "The number is opted out; no message may be sent to it."
    if contact.flagged:
        yield "They may ask to be left alone: o opts the number out."
    if shown.others_here:
        yield f"Also open at: {', '.join(shown.others_here)}."


def _choices(shown: OpenReply) -> Iterator[str]:
    yield "Recommended replies:" if shown.replies else "There are no recommended replies."
    for number, reply in enumerate(shown.replies, 1):
        stop = "" if reply.title.endswith(("?", "!", ".")) else "."
        yield f"    {number}: {reply.title}{stop} {reply.filled.text}"
    recorded = answers(shown.conversation, shown.questions)
    yield "Survey:" if shown.questions else "There is no survey."
    for number, question in enumerate(shown.questions, 1):
        for line in question_lines(question, recorded.get(question.text)):
            yield f"    {line}" if line.startswith(" ") else f"    {number}: {line}"
