"""Facts that the journal stores about messages, moves and opt-outs (`docs/rules.md 8.3`).

Each class has the fields that its sentence in `event_sentences.py` needs: names as they were at the time, numbers as
`Phone`.
"""

from __future__ import annotations

from enum import StrEnum

from thrumsg_tui.domain.enums import MessageKind, OptOutKind, UnmatchedReason
from thrumsg_tui.domain.frozen_record import FrozenRecord
from thrumsg_tui.domain.redaction import Phone


class MessageSent(FrozenRecord):
    """A message was accepted into the outbox; `to` is the contact's name."""

    message: MessageKind
    to: str


class MessageReceived(FrozenRecord):
    """A message was received; `unmatched` says why it is in no conversation, if it is in none."""

    sender: Phone
    unmatched: UnmatchedReason | None = None


class WithdrawalReason(StrEnum):
    """The reason why a message was cancelled when a gateway was about to take it."""

    OPTED_OUT = "opted_out"
    OPTED_IN = "opted_in"
    WINDOW_OVER = "window_over"
    TOO_LATE = "too_late"
    TOO_OLD = "too_old"


class MessageWithdrawn(FrozenRecord):
    """A message was cancelled before it could leave."""

    why: WithdrawalReason


class MessagesReleased(FrozenRecord):
    """Scheduled messages of a campaign were released to the outbox; initials that are too late were cancelled."""

    released: int
    cancelled: int


class MessageTakenBack(FrozenRecord):
    """The send of a message was undone before it left; `to` is the contact's name."""

    to: str


class DoubtAnswer(StrEnum):
    """What a person decides about a message of which nobody knows whether it left (`docs/rules.md 10.2`)."""

    WAS_SENT = "was_sent"
    SEND_AGAIN = "send_again"
    DROP = "drop"


class DoubtSettled(FrozenRecord):
    """A person decided about a message in doubt; `to` is the contact's name."""

    answer: DoubtAnswer
    to: str


class MoveBegun(FrozenRecord):
    """A move in steps has begun (`docs/rules.md 4.8`); sources and destinations are names."""

    conversations: int
    sources: tuple[str, ...]
    destinations: tuple[str, ...]


class Moved(FrozenRecord):
    """Conversations were moved by a reassignment or its undo; sources and destinations are names."""

    moved: int
    sources: tuple[str, ...]
    destinations: tuple[str, ...]
    skipped: int


class SenderRemoved(FrozenRecord):
    """A sender was removed from the campaign."""

    sender: str
    moves: Moved


class SenderReturned(FrozenRecord):
    """A sender's removal was undone."""

    sender: str
    moves: Moved


class Handover(FrozenRecord):
    """The move of one conversation, for its thread: its old and new holder. Derived from the move, never stored."""

    source: str
    destination: str
    undo: bool


class NumberOptedOut(FrozenRecord):
    """A number was opted out; `note` has the contact's words if they asked for it."""

    phone: Phone
    how: OptOutKind
    note: str


class OptOutAskedAgain(FrozenRecord):
    """A contact asked for an opt-out that was in force already."""

    phone: Phone


class OptOutNoteChanged(FrozenRecord):
    """The note on an opt-out was changed."""

    phone: Phone
    note: str
    was: str


class NumberOptedIn(FrozenRecord):
    """A number was opted in."""

    phone: Phone


class ListOptedOut(FrozenRecord):
    """The numbers of a pasted list were opted out."""

    numbers: int
    note: str


class OptOutsKept(FrozenRecord):
    """The numbers that opted out after a backup stayed opted out when it was restored."""

    numbers: int


class OptOutUndone(FrozenRecord):
    """An opt-out was undone, or an opt-in redone; `contact` is None if no contact has the number."""

    contact: str | None
    asked: bool
    """Whether the contact had asked to be opted out."""
    told: bool
    """Whether the contact was sent the confirmation."""


class OptInUndone(FrozenRecord):
    """An opt-in was undone, or an opt-out redone; `contact` is None if no contact has the number."""

    contact: str | None


class ListUndone(FrozenRecord):
    """The opt-outs of a list or file were undone or redone, except for the `left` numbers that were changed since."""

    numbers: int
    left: int
    opted_out: bool


MessageFacts = MessageSent | MessageReceived | MessageWithdrawn | MessagesReleased | MessageTakenBack | DoubtSettled
MoveFacts = MoveBegun | Moved | SenderRemoved | SenderReturned
OptOutFacts = NumberOptedOut | OptOutAskedAgain | OptOutNoteChanged | NumberOptedIn | ListOptedOut | OptOutsKept
OptOutUndoFacts = OptOutUndone | OptInUndone | ListUndone
