"""Conversations and their threads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NewType

from thrumsg_tui.domain.enums import Direction, MessageKind, MessageState, OptOutKind, Status
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.names import full_name
from thrumsg_tui.domain.our_numbers import NumberState

if TYPE_CHECKING:
    from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId, ChoiceId, FollowUpId, QuestionId
    from thrumsg_tui.domain.contact_zones import ContactZones
    from thrumsg_tui.domain.conversation_facts import Handover
    from thrumsg_tui.domain.event_facts import EventFacts
    from thrumsg_tui.domain.media import Media
    from thrumsg_tui.domain.users import UserId

ConversationId = NewType("ConversationId", int)
MessageId = NewType("MessageId", int)
EventId = NewType("EventId", int)

NAMELESS = "(no name)"
"""Replaces a missing contact name; the number would not do, since it may be hidden (`docs/rules.md 3.20`)."""

NO_SENDER = "(no sender)"
"""Replaces the missing sender of an incoming message (`docs/rules.md 1.5`)."""

NO_TEXT = "(no text)"
"""Replaces the missing text of a message, such as a picture (`docs/rules.md 1.5`)."""


REMOVED = "[removed]"
"""What stands in place of a text or a name that was purged (`docs/rules.md 10.11`)."""


def words_of(body: str, media: Sequence[Media] = ()) -> str:
    """Return what lists show of a message: its text, else what its media are, else `NO_TEXT`."""
    return body if body.strip() else " ".join(each.title for each in media) or NO_TEXT


def text_of(body: str, media: Sequence[Media]) -> str:
    """Return what a thread shows of a message: its text, and its media with their addresses (`docs/rules.md 10.7`)."""
    shown = [body] if body.strip() else []
    shown += [f"{each.title}\n{each.url}" for each in media]
    return "\n".join(shown) or NO_TEXT


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """A row of a conversation list."""

    id: ConversationId
    first_name: str
    last_name: str
    phone: str
    status: Status
    opted_out: bool
    flagged: bool
    has_follow_up: bool
    sender_login: str | None
    waiting_since: datetime | None
    last_message_at: datetime | None
    last_direction: Direction | None
    last_body: str
    last_state: MessageState | None = None
    """The state of the last message."""
    last_media: tuple[Media, ...] = ()

    @property
    def name(self) -> str:
        """The contact's name."""
        return full_name(self.first_name, self.last_name) or NAMELESS

    @property
    def waiting(self) -> bool:
        """Whether it has the green dot: unanswered and not opted out (`docs/rules.md 1.3`, `3.7`)."""
        return self.status is Status.NEEDS_REPLY and not self.opted_out


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a thread."""

    id: MessageId
    at: datetime
    direction: Direction
    kind: MessageKind | None
    body: str
    author: str | None
    author_login: str | None
    author_shown: str | None
    """The author's name as people read it (`User.shown_name`)."""
    state: MessageState
    segments: int
    leaves_at: datetime | None
    error: str | None
    """The carrier's code and words, as exports have them."""
    media: tuple[Media, ...] = ()
    error_code: str | None = None

    @property
    def failure(self) -> str:
        """What the carrier said of it: plain words, then its code; empty if it said nothing."""
        words = (self.error or "").removeprefix(self.error_code or "").strip().rstrip(".")
        if not self.error_code:
            return words
        return f"{words or 'the carrier gives no reason'} ({self.error_code})"


@dataclass(frozen=True, slots=True)
class ThreadEvent:
    """An event in a thread, other than a message (`docs/rules.md 3.10`).

    `event_sentences.thread_sentence` makes its sentence. `by` and `by_name` are None if no user did it.
    """

    id: EventId
    at: datetime
    action: str
    facts: EventFacts | Handover
    by: UserId | None
    by_name: str | None


@dataclass(frozen=True, slots=True)
class OptOut:
    """The opt-out of a phone number (`docs/rules.md 5.1`)."""

    phone: str
    kind: OptOutKind
    note: str
    at: datetime
    """When it took effect here."""
    by: str | None
    written_at: datetime
    """When the newest wish for it was written, as it was stamped."""

    @property
    def caution(self) -> str:
        """What to know before the number is opted in by hand; empty if nothing (`docs/rules.md 10.9`)."""
        return CARRIER_MAY_BLOCK if self.kind is OptOutKind.AUTOMATIC else ""


TOLD_NOTHING = "They are told nothing: no campaign that can send has texted them."
"""What a contact hears who is opted out by hand, where they get no opt-out message (`docs/rules.md 5.2`)."""


def heard_of_opt_out(message: str) -> str:
    """Say what a contact hears who is opted out by hand; `message` is empty where they get none."""
    return f"They are told: “{message}”" if message else TOLD_NOTHING


CARRIER_MAY_BLOCK = "The carrier may block the number until it texts START."
"""Who texts STOP is blocked by most carriers as well, and no opt-in of ours ends that."""


@dataclass(frozen=True, slots=True)
class ConversationHead:
    """A conversation with its contact and its holder, without its thread."""

    id: ConversationId
    campaign_id: CampaignId
    assignment_id: AssignmentId
    sender_id: UserId | None
    sender_name: str
    sender_login: str | None
    sender_shown: str
    """The holder's name as people read it (`Assignment.shown_name`)."""
    first_name: str
    last_name: str
    phone: str
    phone_national: str
    zones: ContactZones
    """Where the contact may be; nothing where the campaign's hours do not depend on that (`docs/rules.md 10.10`)."""
    fields: Mapping[str, str]
    status: Status
    opted_out: bool
    flagged: bool
    follow_up_id: FollowUpId | None
    our_number: str | None
    """The number of ours that it keeps; None before its first message has left (`docs/rules.md 10.8`)."""
    number_state: NumberState | None
    """The state of our number, if it is one that we know."""

    @property
    def shown_number(self) -> str | None:
        """Our number, with its state if it is not ready."""
        state = self.number_state
        return self.our_number and f"{self.our_number}{'' if state in {None, NumberState.READY} else f', {state}'}"

    @property
    def number_withdrawn(self) -> bool:
        """Whether our number was withdrawn."""
        return self.number_state is NumberState.WITHDRAWN

    @property
    def name(self) -> str:
        """The contact's name."""
        return full_name(self.first_name, self.last_name) or NAMELESS

    @property
    def waiting(self) -> bool:
        """Whether the contact waits for a reply (`docs/rules.md 1.3`)."""
        return self.status is Status.NEEDS_REPLY and not self.opted_out


@dataclass(frozen=True, slots=True)
class Ahead:
    """The scheduled messages of a conversation, which nothing that is sent now overtakes (`docs/rules.md 10.3`)."""

    until: datetime
    """When the last of them leaves."""
    initial_at: datetime | None
    """When the initial leaves, if it is one of them."""


@dataclass(frozen=True, slots=True)
class Conversation(ConversationHead):
    """A conversation with its thread, answers and opt-out, as the messenger shows it."""

    messages: tuple[Message, ...]
    events: tuple[ThreadEvent, ...]
    answers: Mapping[QuestionId, ChoiceId]
    opt_out: OptOut | None
    awaits_doubt: bool
    """Whether a message to the contact's number is in doubt, here or in another campaign: the others wait for it."""

    @property
    def ahead(self) -> Ahead | None:
        """The scheduled messages, None if there are none."""
        scheduled = [
            (each.leaves_at, each.kind is MessageKind.INITIAL)
            for each in self.messages
            if each.state is MessageState.UNSENT and each.leaves_at
        ]
        if not scheduled:
            return None
        return Ahead(max(at for at, _ in scheduled), next((at for at, initial in scheduled if initial), None))

    def waits_for(self, message: Message) -> str:
        """Return what keeps a message from its turn, as the end of a sentence; empty if nothing here does."""
        if message.state is MessageState.UNSENT and message.kind is not MessageKind.INITIAL:
            initials = (each for each in self.messages if each.kind is MessageKind.INITIAL)
            return "after the initial" if any(each.state is MessageState.UNSENT for each in initials) else ""
        if message.state is not MessageState.QUEUED:
            return ""
        if self.number_withdrawn:
            return f"waits for a number: {self.our_number} is withdrawn"
        if self.number_state is NumberState.STOPPED:
            return f"waits for our number {self.our_number}, which is stopped"
        if self.awaits_doubt and message.kind is not MessageKind.OPT_OUT_CONFIRMATION:
            here = any(each.state is MessageState.IN_DOUBT for each in self.messages)
            return f"waits for {'a message before it' if here else 'one of another campaign'} that is in doubt"
        return ""
