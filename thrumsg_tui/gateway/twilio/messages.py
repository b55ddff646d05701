"""Messages as the carrier lists them, and which of them may be one of ours (`docs/rules.md 10.2`)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from thrumsg_tui.domain.delivery import Outgoing, Trace
from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.gateway.twilio.codes import state_of, words_of_state

EARLIER = timedelta(seconds=60)
"""How much older than our try a message may seem and still be ours: clocks and rounding."""

_OPT_OUT_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
_TOLL_FREE = re.compile(r"\+18(?:00|33|44|55|66|77|88)\d{7}", re.ASCII)
_LONG_NUMBER = re.compile(r"\+\d{7,15}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Listed:
    """A message in the carrier's list."""

    sid: str
    direction: str
    sender: str
    to: str
    body: str
    status: str
    created: datetime
    """By the carrier's clock."""
    sent: datetime | None
    pictures: int
    code: int | None
    said: str | None

    @property
    def listed_at(self) -> datetime:
        """The time by which the carrier's list is in order."""
        return self.sent or self.created

    def may_be(self, message: Outgoing, our_number: str | None, *, has_texts: bool) -> bool:
        """Return whether this may be our message, by all but its time.

        Args:
            message: Our message.
            our_number: The number that it was sent from; None if the carrier chose it.
            has_texts: Whether the carrier keeps texts.
        """
        return (
            self.direction.startswith("outbound")
            and self.to == message.phone
            and our_number in {None, self.sender}
            and (not has_texts or _plain(self.body) == _plain(message.body))
        )

    def trace(self, skew: timedelta, tried_at: datetime) -> Trace:
        """Return what is known of it, with the time by our clock, by which our message was tried at `tried_at`."""
        return Trace(
            self.sid,
            state_of(self.status) or MessageState.SENT,
            self.sender or None,
            self.created - skew,
            str(self.code) if self.code is not None else None,
            words_of_state(self.status, self.code, self.said),
            before_try=self.created - skew < tried_at - EARLIER,
        )


def listed(entry: Mapping[str, Any]) -> Listed:
    """Read an entry of the carrier's list.

    Raises:
        ValueError: It is no message.
    """
    try:
        return Listed(
            sid=str(entry["sid"]),
            direction=str(entry["direction"]),
            sender=str(entry["from"] or ""),
            to=str(entry["to"] or ""),
            body=str(entry["body"] or ""),
            status=str(entry["status"]),
            created=_time(entry["date_created"]),
            sent=_time(entry["date_sent"]) if entry.get("date_sent") else None,
            pictures=int(entry.get("num_media") or 0),
            code=code_of(entry.get("error_code")),
            said=str(entry["error_message"]) if entry.get("error_message") else None,
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        raise ValueError("The carrier's list has an entry that cannot be read.") from None


def code_of(value: object) -> int | None:
    """Read an error code: a number, or its digits; none is absent, empty or 0."""
    text = str(value).strip()
    return int(text) or None if text.isascii() and text.isdigit() and len(text) < 10 else None


def carrier_confirms(to: str, body: str, *, only_stop: bool = False) -> bool:
    """Return whether the carrier by itself confirms that a contact wants no more messages.

    It does so for its own words when nothing else is in the message. For toll-free numbers the network does, and only
    for STOP. What is sent to a short code or a name it leaves to us.

    Args:
        to: Our number.
        body: What the contact wrote.
        only_stop: Whether the account has words of its own, of which only STOP is certain (Advanced Opt-Out).
    """
    word = body.strip().upper()
    if only_stop or _TOLL_FREE.fullmatch(to):
        return word == "STOP"
    return bool(_LONG_NUMBER.fullmatch(to)) and word in _OPT_OUT_WORDS


def _plain(body: str) -> str:
    return unicodedata.normalize("NFC", "\n".join(body.splitlines())).strip()


def _time(text: object) -> datetime:
    found = parsedate_to_datetime(str(text))
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
