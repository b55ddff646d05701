"""What Twilio's error codes mean: the words for the thread, and what is done (`docs/rules.md 10.5`)."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum, auto

from thrumsg_tui.domain.delivery import NotNow, Rejected, Scope
from thrumsg_tui.domain.enums import MessageState

OPTED_OUT = 21610
_LONGEST_WORDS = 200
_FULL_QUEUE = timedelta(minutes=5)
_BROKEN = timedelta(minutes=5)
_LONGEST_WAIT = timedelta(minutes=1)
_LONGEST_ASKED_WAIT = timedelta(minutes=10)


class Fault(StrEnum):
    """What a code says about the message, the number or the account."""

    MESSAGE = auto()
    """The message is refused for good."""
    CONTACT = auto()
    """The contact has told the carrier to stop."""
    BUSY = auto()
    """Too much at once: it is tried again."""
    NUMBER_BUSY = auto()
    """Too much from our number: it is tried again later."""
    NUMBER = auto()
    """Our number cannot send until a person mends it."""
    ACCOUNT = auto()
    """Nothing can be sent until a person mends the configuration or the account."""


_M, _N, _A = Fault.MESSAGE, Fault.NUMBER, Fault.ACCOUNT

CODES: dict[int, tuple[Fault, str]] = {
    10001: (_A, "The carrier's account is not active."),
    14107: (_M, "Too many messages between the two numbers in a short time."),
    20003: (_A, "The carrier refuses our account or its token."),
    20005: (_A, "The carrier's account is suspended or closed."),
    20006: (_A, "The carrier's account may not do this."),
    20010: (_A, "The carrier has disabled this for our account."),
    20404: (_A, "The carrier does not know the account or the address that is configured."),
    20429: (Fault.BUSY, "The carrier gets too many messages at once."),
    21211: (_M, "Not a valid phone number."),
    21212: (_N, "Our number is not valid at the carrier."),
    21265: (_M, "A short code cannot be texted."),
    21408: (_M, "The account may not text numbers of this country."),
    21601: (_N, "Our number cannot send texts."),
    21602: (_M, "The message has no text."),
    21603: (_N, "The carrier was not told which of our numbers to send from."),
    21604: (_M, "The message has no number to go to."),
    21606: (_N, "Our number cannot send texts."),
    21607: (_N, "Our number does not belong to the account."),
    21608: (_M, "A trial account texts only numbers that were verified at the carrier."),
    21609: (_A, "The carrier does not accept our public address."),
    OPTED_OUT: (Fault.CONTACT, "The number has told the carrier STOP; it takes messages again when it texts START."),
    21611: (Fault.NUMBER_BUSY, "Too many messages wait at the carrier for our number."),
    21612: (_M, "The carrier has no way from our number to this one."),
    21614: (_M, "Not a mobile number."),
    21617: (_M, "The message is too long."),
    21619: (_M, "The message has neither text nor picture."),
    21620: (_M, "The address of the picture is not valid."),
    21623: (_M, "The message has too many pictures."),
    21624: (_M, "The carrier does not accept how long it may try."),
    21635: (_M, "A landline cannot be texted."),
    21659: (_N, "Our number does not belong to the account."),
    21660: (_N, "Our number belongs to another account."),
    21661: (_N, "Our number cannot send texts."),
    21701: (_A, "The messaging service does not exist."),
    21703: (_A, "The messaging service has no numbers."),
    21705: (_A, "The messaging service is not named rightly."),
    21711: (_N, "Our number is not in the messaging service."),
    21730: (Fault.BUSY, "The carrier is being maintained."),
    30001: (_M, "Too many messages waited at the carrier."),
    30002: (_A, "The carrier's account is suspended."),
    30003: (_M, "The phone cannot be reached: it may be off, or out of range."),
    30004: (_M, "The phone or its network blocks the message."),
    30005: (_M, "The number is not in use."),
    30006: (_M, "A landline, or a network that cannot be reached."),
    30007: (_M, "The network took the message for spam."),
    30008: (_M, "The network did not say why."),
    30009: (_M, "A part of the message is missing."),
    30010: (_M, "The message costs more than the limit of the account."),
    30011: (_M, "The phone's network takes no pictures."),
    30017: (_M, "The network is congested."),
    30018: (_M, "The network does not take the sender."),
    30019: (_M, "The picture is too large for the network."),
    30022: (_M, "Our registration allows no more messages at a time (10DLC)."),
    30023: (_M, "Our brand has sent all the messages that it may send today."),
    30024: (_M, "Our number is not yet set up at the network."),
    30032: (_M, "Our toll-free number is not verified."),
    30034: (_M, "Our number is not registered for campaigns (10DLC)."),
    30035: (_M, "Our number is still being set up at the network."),
    30036: (_M, "The message waited longer than it may."),
    30037: (_M, "The carrier has disabled sending."),
    30038: (_M, "The network took the message for a one-time password."),
    30410: (_M, "The network did not answer."),
    30450: (_M, "The carrier took the message for fraud."),
    30453: (_M, "The carrier blocks the message."),
    90007: (_M, "The carrier does not accept how long it may try."),
}
"""The codes that are known, each with what is done about it when a message is handed over."""

_OF_THE_COUNTRY = {21606, 21659}
"""Codes that a short code also gets for a contact in another country."""

_LONG_NUMBER = re.compile(r"\+?\d[\d\s().-]{4,}\d")


def words_of(code: int | None, said: str | None = None) -> str:
    """Return a sentence about a code; what the carrier itself said is used if the code is unknown.

    Args:
        code: The carrier's code.
        said: The carrier's own sentence; phone numbers in it are left out.
    """
    if code in CODES:
        return CODES[code][1]
    if said and (plain := " ".join(_LONG_NUMBER.sub("…", said).split())):
        return f"{plain[:1].upper()}{plain[1:_LONGEST_WORDS].rstrip('.')}."
    return "The carrier gives no reason."


def refusal(
    code: int | None,
    said: str | None,
    *,
    asked_wait: timedelta | None,
    tries: int,
    chance: float,
    by_short_code: bool = False,
) -> Rejected | NotNow:
    """Return what a refused message means (`docs/rules.md 10.5`).

    Args:
        code: The carrier's code; None if the answer has none, so that it is not the carrier's.
        said: The carrier's own sentence.
        asked_wait: How long the carrier asks us to wait.
        tries: How often the message was tried.
        chance: A random number from 0 to 1, so that not everything is tried again at the same time.
        by_short_code: Whether it was sent from a short code.
    """
    if code is None:
        return NotNow(_BROKEN, Scope.GATEWAY, "What answers at the carrier's address is not the carrier.", broken=True)
    fault, words, name = CODES.get(code, (Fault.MESSAGE, ""))[0], words_of(code, said), str(code)
    if by_short_code and code in _OF_THE_COUNTRY:
        return Rejected(name, "Our short code cannot text this country.")
    match fault:
        case Fault.MESSAGE:
            return Rejected(name, words)
        case Fault.CONTACT:
            return Rejected(name, words, opted_out=True)
        case Fault.BUSY:
            return NotNow(busy_wait(asked_wait, tries, chance), Scope.GATEWAY, words, code=name)
        case Fault.NUMBER_BUSY:
            return NotNow(_FULL_QUEUE, Scope.NUMBER, words, code=name)
        case Fault.NUMBER:
            return NotNow(_BROKEN, Scope.NUMBER, words, broken=True, code=name)
        case Fault.ACCOUNT:
            return NotNow(_BROKEN, Scope.GATEWAY, words, broken=True, code=name)


def busy_wait(asked: timedelta | None, tries: int, chance: float) -> timedelta:
    """Return how long nothing is sent after "too many requests": as long as the carrier asks, else ever longer."""
    if asked is not None:
        return min(max(asked, timedelta(seconds=1)), _LONGEST_ASKED_WAIT)
    return min(timedelta(seconds=2.0 ** min(tries, 10)), _LONGEST_WAIT) * (0.5 + chance / 2)


_STATES: dict[str, MessageState] = {
    **dict.fromkeys(("accepted", "queued", "scheduled", "sending", "sent", "partially_delivered"), MessageState.SENT),
    **dict.fromkeys(("delivered", "read"), MessageState.DELIVERED),
    **dict.fromkeys(("failed", "undelivered", "canceled"), MessageState.FAILED),
}


def state_of(status: str) -> MessageState | None:
    """Return our state for a carrier's status; None for one of incoming messages, or that we do not know."""
    return _STATES.get(status)


def words_of_state(status: str, code: int | None, said: str | None = None) -> str | None:
    """Return the sentence that belongs to a status; None if it says all."""
    if status == "partially_delivered":
        return "Only a part of the message has arrived."
    if state_of(status) is not MessageState.FAILED:
        return None
    if status == "canceled" and code is None:
        return "The carrier has cancelled the message."
    return words_of(code, said)
