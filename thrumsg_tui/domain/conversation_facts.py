"""What the journal keeps of changes to conversations and to the numbers behind them (`docs/rules.md 8.3`).

Each class has what its sentence in `event_sentences.py` needs: names as they were at the time, numbers as `Phone`.
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
    """A message came in; `unmatched` says why it is in no conversation."""

    sender: Phone
    unmatched: UnmatchedReason | None = None


class WithdrawalReason(StrEnum):
    """Why a message was cancelled when a gateway was about to take it."""

    OPTED_OUT = "opted_out"
    OPTED_IN = "opted_in"
    WINDOW_OVER = "window_over"


class MessageWithdrawn(FrozenRecord):
    """A message was cancelled before it could leave."""

    why: WithdrawalReason


class MessagesReleased(FrozenRecord):
    """Scheduled messages of a campaign whose time has come: how many may leave, how many initials are cancelled."""

    released: int
    cancelled: int


class MessageTakenBack(FrozenRecord):
    """A message was taken back before it left."""

    to: str


class MoveBegun(FrozenRecord):
    """A move in steps is under way (`docs/rules.md 4.8`)."""

    conversations: int
    sources: tuple[str, ...]
    destinations: tuple[str, ...]


class Moved(FrozenRecord):
    """Conversations changed hands, by a reassignment or its undo."""

    moved: int
    sources: tuple[str, ...]
    destinations: tuple[str, ...]
    skipped: int


class SenderRemoved(FrozenRecord):
    """A sender was taken off the campaign."""

    sender: str
    moves: Moved


class SenderReturned(FrozenRecord):
    """A sender's removal was undone."""

    sender: str
    moves: Moved


class Handover(FrozenRecord):
    """What a thread shows of a move: who had the conversation, who has it now. Read from the move, never stored."""

    source: str
    destination: str
    undo: bool


class NumberOptedOut(FrozenRecord):
    """A number was opted out; `note` has the words of a contact who asked for it."""

    phone: Phone
    how: OptOutKind
    note: str


class OptOutAskedAgain(FrozenRecord):
    """A contact asked to be opted out who was already."""

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
    """Numbers of a pasted list were opted out."""

    numbers: int
    note: str


class OptOutUndone(FrozenRecord):
    """An opt-out was taken back, or an opt-in redone; `contact` is None where nobody is known by the number."""

    contact: str | None
    asked: bool
    """Whether the contact had asked to be opted out."""
    told: bool
    """Whether the contact was told that they are."""


class OptInUndone(FrozenRecord):
    """An opt-in was taken back, or an opt-out redone; `contact` is None where nobody is known by the number."""

    contact: str | None


class ListUndone(FrozenRecord):
    """The opt-outs of a list or file were taken back, or made again; `left` were changed since and stay as they are."""

    numbers: int
    left: int
    opted_out: bool


MessageFacts = MessageSent | MessageReceived | MessageWithdrawn | MessagesReleased | MessageTakenBack
MoveFacts = MoveBegun | Moved | SenderRemoved | SenderReturned
OptOutFacts = NumberOptedOut | OptOutAskedAgain | OptOutNoteChanged | NumberOptedIn | ListOptedOut
OptOutUndoFacts = OptOutUndone | OptInUndone | ListUndone
