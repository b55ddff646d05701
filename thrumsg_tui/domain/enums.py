"""Enumerations of the product's terms (`docs/rules.md` 1)."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never


class Status(StrEnum):
    """The status of a conversation, derived from its messages (`docs/rules.md 1.1`)."""

    NOT_STARTED = "not_started"
    SENT = "sent"
    NEEDS_REPLY = "needs_reply"
    ANSWERED = "answered"


class CampaignState(StrEnum):
    """The state of a campaign (`docs/rules.md 6.5`)."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    ARCHIVED = "archived"

    @property
    def said(self) -> str:
        """What a campaign in it is, in a sentence: a draft, or active."""
        return "a draft" if self is CampaignState.DRAFT else str(self)


class Direction(StrEnum):
    """The direction of a message."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"


class MessageKind(StrEnum):
    """The kind of an outgoing message."""

    INITIAL = "initial"
    REPLY = "reply"
    FOLLOW_UP = "follow_up"
    OPT_OUT_CONFIRMATION = "opt_out_confirmation"


class MessageState(StrEnum):
    """The state of a message (`docs/rules.md 6.6`); incoming ones are `received`."""

    RECEIVED = "received"
    UNSENT = "unsent"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    CANCELLED = "cancelled"


class GatewayKind(StrEnum):
    """The kind of gateway that a database is set up with (`docs/rules.md 6.6`)."""

    PRACTICE = "practice"


class OptOutKind(StrEnum):
    """The way in which a number was opted out (`docs/rules.md` 5)."""

    MANUAL = "manual"
    AUTOMATIC = "automatic"
    IMPORTED = "imported"


class UnmatchedReason(StrEnum):
    """The reason, at its arrival, why an incoming message is in no conversation (`docs/rules.md 1.5`)."""

    UNKNOWN = "unknown"
    ARCHIVED = "archived"
    NO_NUMBER = "no_number"

    @property
    def why(self) -> str:
        """The reason in a few words, for a list."""
        match self:
            case UnmatchedReason.UNKNOWN:
                return "number unknown"
            case UnmatchedReason.ARCHIVED:
                return "campaign archived"
            case UnmatchedReason.NO_NUMBER:
                return "no phone number"
            case _:
                assert_never(self)

    @property
    def came(self) -> str:
        """The end of a sentence that begins with the number of messages."""
        match self:
            case UnmatchedReason.UNKNOWN:
                return "came while nobody knew the number"
            case UnmatchedReason.ARCHIVED:
                return "came while its campaigns were archived"
            case UnmatchedReason.NO_NUMBER:
                return "came from this sender, which is no phone number"
            case _:
                assert_never(self)


class Tab(StrEnum):
    """The tabs of an assignment (`docs/rules.md 3.1`, `3.3`)."""

    INITIAL = "initial"
    RESPONSES = "responses"
    FOLLOW_UPS = "follow-ups"
    OPT_OUTS = "opt-outs"
    SENT = "sent"

    @property
    def label(self) -> str:
        """The name on the screen."""
        match self:
            case Tab.INITIAL:
                return "Initial Messages"
            case Tab.RESPONSES:
                return "Responses"
            case Tab.FOLLOW_UPS:
                return "Follow-ups"
            case Tab.OPT_OUTS:
                return "Opt Outs"
            case Tab.SENT:
                return "Sent"
            case _:
                assert_never(self)

    @property
    def always_by_name(self) -> bool:
        """Whether the tab is always sorted by name (`docs/rules.md 3.1`)."""
        match self:
            case Tab.INITIAL | Tab.FOLLOW_UPS:
                return True
            case Tab.RESPONSES | Tab.OPT_OUTS | Tab.SENT:
                return False
            case _:
                assert_never(self)

    @property
    def send_all_kind(self) -> MessageKind | None:
        """The kind of message that Send All sends in the tab; None if it sends none (`docs/rules.md 3.12`)."""
        match self:
            case Tab.INITIAL:
                return MessageKind.INITIAL
            case Tab.FOLLOW_UPS:
                return MessageKind.FOLLOW_UP
            case Tab.RESPONSES | Tab.OPT_OUTS | Tab.SENT:
                return None
            case _:
                assert_never(self)


class HoursIn(StrEnum):
    """The time zone of a campaign's daily hours: the campaign's or each contact's (`docs/rules.md 6.1`)."""

    CAMPAIGN = "campaign"
    CONTACT = "contact"


class ConversationSort(StrEnum):
    """The orders of a conversation list (`docs/rules.md 3.5`)."""

    NEEDS_REPLY = "needs-reply"
    RECENT = "recent"
    A_TO_Z = "a-to-z"

    @property
    def label(self) -> str:
        """The name on the screen."""
        match self:
            case ConversationSort.NEEDS_REPLY:
                return "Needs reply"
            case ConversationSort.RECENT:
                return "Recent"
            case ConversationSort.A_TO_Z:
                return "A to Z"
            case _:
                assert_never(self)


class SenderSort(StrEnum):
    """The orders of the senders table and the picker (`docs/rules.md 2.3`)."""

    SENDER = "sender"
    PROGRESS = "progress"
    NEEDS_REPLY = "needs-reply"
    WAITING = "waiting"

    @property
    def label(self) -> str:
        """The title of the column that decides the order."""
        match self:
            case SenderSort.SENDER:
                return "Sender"
            case SenderSort.PROGRESS:
                return "Progress"
            case SenderSort.NEEDS_REPLY:
                return "Needs reply"
            case SenderSort.WAITING:
                return "Waits"
            case _:
                assert_never(self)


class StatusFilter(StrEnum):
    """The filter for the conversations of a reassignment (`docs/rules.md 4.1`)."""

    ANY = "any"
    NEEDS_REPLY = "needs-reply"
    NOT_STARTED = "not-started"

    @property
    def label(self) -> str:
        """The name on the screen."""
        match self:
            case StatusFilter.ANY:
                return "Any"
            case StatusFilter.NEEDS_REPLY:
                return "Needs Reply"
            case StatusFilter.NOT_STARTED:
                return "Not Started"
            case _:
                assert_never(self)

    @property
    def status(self) -> Status | None:
        """The status of the conversations that match, none of them opted out; None if all match, opted-out ones too."""
        match self:
            case StatusFilter.ANY:
                return None
            case StatusFilter.NEEDS_REPLY:
                return Status.NEEDS_REPLY
            case StatusFilter.NOT_STARTED:
                return Status.NOT_STARTED
            case _:
                assert_never(self)


class ImportKind(StrEnum):
    """The kinds of file that can be imported (`docs/rules.md` 9)."""

    CONTACTS = "contacts"
    USERS = "users"
    REPLIES = "replies"
    SURVEY = "survey"
    OPT_OUTS = "opt-outs"

    @property
    def needs_campaign(self) -> bool:
        """Whether a file of this kind must belong to a campaign."""
        return self in {ImportKind.CONTACTS, ImportKind.SURVEY}

    @property
    def takes_campaign(self) -> bool:
        """Whether a file of this kind may belong to a campaign."""
        return self.needs_campaign or self is ImportKind.REPLIES


class ExportKind(StrEnum):
    """The kinds of export (`docs/rules.md 9.3`)."""

    MESSAGES = "messages"
    SURVEYS = "surveys"
    CONVERSATIONS = "conversations"
    OPT_OUTS = "opt-outs"
