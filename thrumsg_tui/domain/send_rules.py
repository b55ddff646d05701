"""Whether a message may be sent, and why not (`docs/rules.md 3.18`, `5.8`, 6, 7)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from thrumsg_tui.domain.blank_text import is_blank
from thrumsg_tui.domain.campaigns import Campaign, whose
from thrumsg_tui.domain.closures import closure, format_moment
from thrumsg_tui.domain.conversations import Ahead
from thrumsg_tui.domain.departures import scheduled_for, shut_out
from thrumsg_tui.domain.enums import CampaignState, MessageKind
from thrumsg_tui.domain.field_meanings import meant_by
from thrumsg_tui.domain.fields import FIELD, misspelt_fields
from thrumsg_tui.domain.hours import WindowState, next_common_opening, window_state
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.permissions import Permission, Role, needed_role
from thrumsg_tui.domain.segments import MAX_SEGMENTS, measure


class Obstacle(StrEnum):
    """The reason why a message cannot be sent, in a few words that replace the Send key."""

    OPTED_OUT = "opted out"
    INITIAL_WAITS = "the initial has not left"
    CLOSED = "campaign closed"
    WINDOW_OVER = "initial window over"
    REASSIGNED = "reassigned"
    NUMBER_WITHDRAWN = "our number withdrawn"
    EMPTY = "empty"
    UNRESOLVED = "a field is not filled in"
    TOO_LONG = "over 9 segments"


@dataclass(frozen=True, slots=True)
class Refusal:
    """The reason why a message cannot be sent, in a few words and in a sentence."""

    obstacle: Obstacle
    sentence: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision on a message: its refusal, or when it leaves (None for now)."""

    refusal: Refusal | None = None
    leaves_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A message to send, and all that decides whether it may be sent."""

    campaign: Campaign
    kind: MessageKind
    body: str
    filled_in: bool
    """Whether the body is a script with its fields filled in, so that a `%word%` in it is a contact's value."""
    role: Role
    is_holder: bool
    """Whether the author holds the conversation."""
    holder_name: str
    opted_out: bool
    field_codes: Collection[str] = ()
    """The codes of the contacts' fields, by which a misspelt field is recognised."""
    number_withdrawn: bool = False
    """Whether our number in the conversation was withdrawn (`docs/rules.md 10.8`)."""
    ahead: Ahead | None = None
    """What is scheduled in the conversation, and leaves first (`docs/rules.md 10.3`)."""

    @property
    def behind(self) -> datetime | None:
        """Until when it waits for what leaves first."""
        return self.ahead.until if self.ahead else None


def check_send(attempt: Attempt, now: datetime) -> Verdict:
    """Decide whether a message may be sent, and when it leaves (`docs/rules.md 3.18`, `6.4`)."""
    refusal = forbidden(attempt, now) or unfit(
        attempt.body, filled_in=attempt.filled_in, field_codes=attempt.field_codes
    )
    if refusal:
        return Verdict(refusal)
    return Verdict(leaves_at=scheduled_for(attempt.campaign, attempt.kind, now, attempt.behind))


def forbidden(attempt: Attempt, now: datetime) -> Refusal | None:
    """Return why no message at all may be sent now; None if one may.

    The reasons are in the order of `docs/rules.md 3.18`: a person who removes one must not meet another that was there
    all the time.
    """
    campaign = attempt.campaign
    if theirs := handed_over(attempt.role, attempt.holder_name, is_holder=attempt.is_holder):
        return theirs
    if attempt.opted_out:
        return Refusal(Obstacle.OPTED_OUT, "The number is opted out; no message may be sent to it.")
    if campaign.state is not CampaignState.ACTIVE:
        return _closed(campaign, now)
    is_initial = attempt.kind is MessageKind.INITIAL
    if is_initial and shut_out(campaign, attempt.kind, scheduled_for(campaign, attempt.kind, now) or now):
        return _after_window(campaign, now)
    if attempt.number_withdrawn:
        return _NUMBER_WITHDRAWN
    if attempt.kind is MessageKind.FOLLOW_UP and attempt.ahead and attempt.ahead.initial_at:
        leaves = format_moment(campaign, attempt.ahead.initial_at, now)
        return Refusal(Obstacle.INITIAL_WAITS, f"The initial leaves {leaves}; a follow-up can be sent after that.")
    if next_common_opening(campaign.clocks, now) is not None and attempt.role.may(Permission.SEND_WHILE_CLOSED):
        return None
    return _closed(campaign, now)


_NUMBER_WITHDRAWN = Refusal(
    Obstacle.NUMBER_WITHDRAWN,
    "Our number in this conversation was withdrawn: nothing can leave from it. It needs another one: "
    f"{needed_role(Permission.RENUMBER)} is asked for it when sending in the app, or uses `thrumsg renumber`.",
)


def unfit(body: str, *, filled_in: bool = False, field_codes: Collection[str] = ()) -> Refusal | None:
    """Return what is wrong with a text: it is empty, has a field left, or is too long (`docs/rules.md` 7).

    Args:
        body: The text.
        filled_in: Whether it is a script with its fields filled in; then no field is looked for.
        field_codes: The codes of the contacts' fields, by which a misspelt field is recognised.

    Returns:
        The first fault; None if there is none.
    """
    if is_blank(body):
        return Refusal(Obstacle.EMPTY, "There is nothing to send: the message is empty.")
    if not filled_in and (left := _field_left(body, field_codes)):
        return Refusal(Obstacle.UNRESOLVED, f"{left} is not filled in; put the words in its place.")
    segments = measure(body).segments
    if segments > MAX_SEGMENTS:
        sentence = f"The message is too long: {segments} segments, and {MAX_SEGMENTS} is the most."
        return Refusal(Obstacle.TOO_LONG, sentence)
    return None


def _field_left(body: str, field_codes: Collection[str]) -> str | None:
    """Return the first field in a text as written, and the code that it means if it has another."""
    if field := FIELD.search(body):
        written, meant = field[0], meant_by(field[1], field_codes)
    elif misspelt := next(misspelt_fields(body, field_codes), None):
        _, written, meant = misspelt
    else:
        return None
    return f"{written}, meaning %{meant}%," if meant and written.lower() != f"%{meant}%" else written


def handed_over(role: Role, holder_name: str, *, is_holder: bool) -> Refusal | None:
    """Refuse a conversation that the user does not hold, unless their role allows it (`docs/rules.md 4.11`)."""
    if is_holder or role.may(Permission.WORK_FOR_OTHERS):
        return None
    return Refusal(Obstacle.REASSIGNED, f"This conversation is {whose(holder_name)} now; nothing was sent.")


def _after_window(campaign: Campaign, now: datetime) -> Refusal:
    ends = campaign.window.ends
    if window_state(campaign.window, now) is WindowState.OVER:
        return Refusal(Obstacle.WINDOW_OVER, f"The initial window is over: its last day was {ends}.")
    return Refusal(Obstacle.WINDOW_OVER, f"The initial window is over: the hours of {ends}, its last day, are past.")


def _closed(campaign: Campaign, now: datetime) -> Refusal | None:
    closed = closure(campaign, now)
    return Refusal(Obstacle.CLOSED, closed.sentence) if closed else None
