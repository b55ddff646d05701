"""What passes between the outbox and a gateway (`docs/rules.md` 10)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from thrumsg_tui.domain.conversations import ConversationId, MessageId
from thrumsg_tui.domain.enums import MessageKind, MessageState
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.media import Media


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that is claimed for a gateway: it is stored as `sending`."""

    id: MessageId
    key: str
    """Our name for it at the carrier, 32 hexadecimal digits; the same at every try."""
    conversation_id: ConversationId
    phone: str
    our_number: str | None
    """The number that it is sent from; None if the gateway chooses."""
    body: str
    kind: MessageKind
    segments: int
    nth: int
    """Its number among the outgoing messages of its conversation, from 1."""
    tries: int
    """How often it was claimed, this time included."""
    tried_at: datetime
    valid_for: timedelta
    """For how long the carrier may go on trying; after that the campaign is closed (`docs/rules.md 10.4`)."""
    media: tuple[Media, ...] = ()


class Scope(StrEnum):
    """How much has to wait after a gateway put a message off."""

    MESSAGE = "message"
    NUMBER = "number"
    """Everything from our number."""
    GATEWAY = "gateway"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The carrier has taken the message."""

    provider_id: str | None = None
    """The carrier's own id of the message, which its later reports name."""
    our_number: str | None = None
    """The number that it was sent from, if the carrier chose it."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The carrier has refused the message for good."""

    code: str
    """The carrier's code."""
    words: str
    opted_out: bool = False
    """Whether the carrier blocks the number since the contact asked it to."""


@dataclass(frozen=True, slots=True)
class NotNow:
    """The message never left, or the carrier put it off: it is tried again later."""

    after: timedelta
    scope: Scope
    words: str
    broken: bool = False
    """Whether it is a fault of our configuration, so that the number or the gateway stops until a person mends it."""
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """Nobody knows whether the message left; it is not sent again before the carrier was asked."""

    words: str


Outcome = Accepted | Rejected | NotNow | Doubt
"""What became of a message that was handed to a gateway."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A message in the carrier's list that may be one of ours."""

    provider_id: str
    state: MessageState
    our_number: str | None = None
    at: datetime | None = None
    """When the carrier took it, by our clock."""
    code: str | None = None
    words: str | None = None
    before_try: bool = False
    """Whether it is older than our try. It is ours only if a clock was wrong then and has been set since."""


class OptOutWord(StrEnum):
    """What a carrier took an incoming message for."""

    STOP = "stop"
    START = "start"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that a contact sent to one of our numbers."""

    provider_id: str
    sender: str
    """The contact's number, or what else the carrier gives: a short code, a name."""
    to: str
    """Our number."""
    body: str
    media: tuple[Media, ...] = ()
    at: datetime | None = None
    opt_out: OptOutWord | None = None
    confirmed: bool = False
    """Whether the carrier itself confirms the opt-out that the message asks for (`docs/rules.md 10.9`)."""


@dataclass(frozen=True, slots=True)
class Report:
    """What the carrier says later about a message: it is named by the carrier's id, by our key, or by both."""

    provider_id: str | None
    key: str | None
    state: MessageState
    code: str | None = None
    words: str | None = None
    at: datetime | None = None
    our_number: str | None = None
    opted_out: bool = False
    """Whether the carrier blocks the number since the contact asked it to."""
