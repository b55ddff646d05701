"""Sentences for the journal's facts about messages, moves and opt-outs."""

from __future__ import annotations

from typing import assert_never

from thrumsg_tui.domain.conversation_facts import (
    DoubtAnswer,
    DoubtSettled,
    ListOptedOut,
    ListUndone,
    MessageFacts,
    MessageReceived,
    MessageSent,
    MessagesReleased,
    MessageTakenBack,
    MessageWithdrawn,
    MoveBegun,
    Moved,
    MoveFacts,
    NumberOptedIn,
    NumberOptedOut,
    OptInUndone,
    OptOutAskedAgain,
    OptOutFacts,
    OptOutNoteChanged,
    OptOutsKept,
    OptOutUndoFacts,
    OptOutUndone,
    SenderRemoved,
    SenderReturned,
    WithdrawalReason,
)
from thrumsg_tui.domain.conversations import NO_SENDER
from thrumsg_tui.domain.enums import MessageKind
from thrumsg_tui.domain.reassignment import from_to, moved_sentence
from thrumsg_tui.domain.wording import pluralize

TOO_LATE = "confirmation cancelled: it could not leave within five minutes"
WINDOW_OVER = "message cancelled: the initial window was over before it could leave"
"""The thread's sentence for a scheduled initial that was too late."""


def message_summary(facts: MessageFacts) -> str:
    """Return the history's sentence for a change to messages."""
    match facts:
        case MessageSent():
            return f"sent {_named(facts.message)} to {facts.to}"
        case MessageReceived():
            why = f", in no conversation: {facts.unmatched.why}" if facts.unmatched else ""
            return f"received a message from {facts.sender or NO_SENDER}{why}"
        case MessageWithdrawn():
            return _withdrawn(facts.why)
        case MessagesReleased():
            return "; ".join(released(facts.released, facts.cancelled))
        case MessageTakenBack():
            return f"took back a message to {facts.to} before it left"
        case DoubtSettled():
            return f"decided that the message in doubt to {facts.to} {_decided(facts.answer)}"
    assert_never(facts)


def _named(kind: MessageKind) -> str:
    match kind:
        case MessageKind.INITIAL:
            return "the initial message"
        case MessageKind.REPLY:
            return "a reply"
        case MessageKind.FOLLOW_UP:
            return "a follow-up"
        case MessageKind.OPT_OUT_CONFIRMATION:
            return "the opt-out confirmation"
    assert_never(kind)


def released(may_leave: int, cancelled: int) -> list[str]:
    """Return a clause for the released and one for the cancelled messages, each only if there are any."""
    left = f"{pluralize(may_leave, 'scheduled message')} may leave now"
    shut = f"{pluralize(cancelled, 'scheduled initial')} cancelled: too late for the initial window"
    return [*([left] if may_leave else []), *([shut] if cancelled else [])]


def _withdrawn(why: WithdrawalReason) -> str:
    match why:
        case WithdrawalReason.OPTED_OUT:
            return "message cancelled: the contact was opted out before it could leave"
        case WithdrawalReason.OPTED_IN:
            return "message cancelled: the contact was opted in again before it could leave"
        case WithdrawalReason.WINDOW_OVER:
            return WINDOW_OVER
        case WithdrawalReason.TOO_LATE:
            return TOO_LATE
        case WithdrawalReason.TOO_OLD:
            return "message cancelled: nothing had delivered it for over a day"
    assert_never(why)


def message_in_thread(facts: MessageTakenBack | DoubtSettled, by: str | None) -> str:
    """Return the thread's sentence for what a person did to a message that was sent or in doubt."""
    match facts:
        case MessageTakenBack():
            return f"message taken back by {by} before it left"
        case DoubtSettled():
            return f"{by} decided that the message in doubt {_decided(facts.answer)}"
    assert_never(facts)


def _decided(answer: DoubtAnswer) -> str:
    match answer:
        case DoubtAnswer.WAS_SENT:
            return "was sent"
        case DoubtAnswer.SEND_AGAIN:
            return "is sent again"
        case DoubtAnswer.DROP:
            return "is dropped"
    assert_never(answer)


def move_summary(facts: MoveFacts) -> str:
    """Return the history's sentence for a move."""
    match facts:
        case MoveBegun():
            moved = pluralize(facts.conversations, "conversation")
            return f"moving {moved} {from_to(facts.sources, facts.destinations)}"
        case Moved():
            return moved_sentence(facts.moved, facts.sources, facts.destinations, facts.skipped)
        case SenderRemoved():
            return f"took {facts.sender} off the campaign; {move_summary(facts.moves)}"
        case SenderReturned():
            return f"put {facts.sender} back on the campaign; {move_summary(facts.moves)}"
    assert_never(facts)


def opt_out_summary(facts: OptOutFacts) -> str:
    """Return the history's sentence for an opt-out or opt-in."""
    match facts:
        case NumberOptedOut():
            return f"opted {facts.phone} out ({facts.how})"
        case OptOutAskedAgain():
            return f"{facts.phone} asked to be opted out, and already was"
        case OptOutNoteChanged():
            return f"changed the note on the opt-out of {facts.phone} to {facts.note!r}, was {facts.was!r}"
        case NumberOptedIn():
            return f"opted {facts.phone} in"
        case ListOptedOut():
            return f"opted {pluralize(facts.numbers, 'number')} out, from a list{_noted(facts.note)}"
        case OptOutsKept():
            return f"kept {pluralize(facts.numbers, 'number')} opted out, from after the backup"
    assert_never(facts)


def opt_out_in_thread(facts: OptOutFacts | OptOutUndoFacts, by: str | None) -> str:
    """Return the thread's sentence for an opt-out, an opt-in or the undo of one; it names no number.

    Args:
        facts: What the journal stores.
        by: The name of the person who did it; None if the contact asked for it.
    """
    if isinstance(facts, OptOutUndoFacts):
        return _undo_in_thread(facts, by)
    match facts:
        case NumberOptedOut():
            return f"opted out by {by or 'the contact'}{_noted(facts.note)}"
        case OptOutAskedAgain():
            return "the contact asked to be opted out, and already was"
        case OptOutNoteChanged():
            return f"note on the opt-out changed by {by}: {facts.note or '(none)'}"
        case NumberOptedIn():
            return f"opted in by {by or 'the contact'}"
        case ListOptedOut():
            return f"opted out by {by}, from a list{_noted(facts.note)}"
        case OptOutsKept():
            return "opted out, from after the backup that was restored"
    assert_never(facts)


def opt_out_undo_summary(facts: OptOutUndoFacts) -> str:
    """Return the history's sentence for the undo or redo of an opt-out or opt-in."""
    match facts:
        case OptOutUndone():
            told = ", though they were told that they are opted out" if facts.told else ""
            although = ", though they asked to be opted out" if facts.asked else told
            return f"{facts.contact or 'the number'} is opted in again{although}"
        case OptInUndone():
            return f"{facts.contact or 'the number'} is opted out again"
        case ListUndone():
            left = f", {facts.left} left alone because of later changes" if facts.left else ""
            return f"{pluralize(facts.numbers, 'number')} opted {'out' if facts.opted_out else 'in'} again{left}"
    assert_never(facts)


def _undo_in_thread(facts: OptOutUndoFacts, by: str | None) -> str:
    match facts:
        case OptOutUndone() | ListUndone(opted_out=False):
            return f"opt-out taken back by {by}"
        case OptInUndone() | ListUndone():
            return f"opted out again by {by}"
    assert_never(facts)


def _noted(note: str) -> str:
    return f": {note}" if note else ""
