"""Decides whether and when a message may be sent (`docs/rules.md 3.17`, `3.18`, `5.8`, 6)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from zoneinfo import ZoneInfo

from thrumsg_tui.domain.ages import day_title
from thrumsg_tui.domain.campaigns import Campaign, whose
from thrumsg_tui.domain.enums import CampaignState, HoursIn, MessageKind
from thrumsg_tui.domain.field_meanings import meant_by
from thrumsg_tui.domain.fields import FIELD, misspelt_fields
from thrumsg_tui.domain.hours import (
    DailyHours,
    WindowState,
    are_open,
    format_clock,
    is_open,
    next_common_closing,
    next_common_opening,
    window_end,
    window_start,
    window_state,
)
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.permissions import Permission, Role, needed_role
from thrumsg_tui.domain.segments import MAX_SEGMENTS, measure


@dataclass(frozen=True, slots=True)
class Closure:
    """The reason why a campaign is closed; `opens_at` is None if only a person can open it (`docs/rules.md 3.17`)."""

    reason: str
    opens_at: datetime | None


class Obstacle(StrEnum):
    """The reason why a message cannot be sent, in a few words that replace the Send key."""

    OPTED_OUT = "opted out"
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


@dataclass(frozen=True, slots=True)
class Departure:
    """When an accepted message leaves (None for now); `scheduled` if the hours or the start date delay it."""

    at: datetime | None
    scheduled: bool


def format_moment(campaign: Campaign, at: datetime, now: datetime) -> str:
    """Return a time in the zone of the hours: `09:00 EST`, `tomorrow 09:00 EST`, or `Tue 3 March 09:00 EST`.

    It names the zone, because the reader may be in another one. Where it is the quiet hours at the contact that end
    then, it is a time of theirs, and says so: `09:00 CDT (quiet hours at the contact)`.
    """
    quiet = _quiet_until(campaign, at)
    words = _moment(quiet.timezone if quiet else campaign.hours.timezone, at, now)
    return f"{words} (quiet hours at the contact)" if quiet else words


def _moment(timezone: str, at: datetime, now: datetime) -> str:
    zone = ZoneInfo(timezone)
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    time = f"{local:%H:%M %Z}"
    days = (local.date() - today).days
    if days == 0:
        return time
    return f"tomorrow {time}" if days == 1 else f"{day_title(local.date(), today)} {time}"


def _quiet_until(campaign: Campaign, at: datetime) -> DailyHours | None:
    """Return the clock at the contact that opens at a moment, while the campaign's hours are open already."""
    before = at - timedelta(seconds=1)
    if not is_open(campaign.hours, before):
        return None
    return next((clock for clock in campaign.at_contact if not is_open(clock, before)), None)


def seconds_until(leaves_at: datetime, now: datetime) -> int:
    """Return the seconds, rounded up, until a message may leave; until then its send can be undone."""
    return max(0, ceil((leaves_at - now).total_seconds()))


def closure(campaign: Campaign, now: datetime) -> Closure | None:
    """Return why the campaign is closed; None if it is open (`docs/rules.md 3.17`).

    A campaign with its hours in the contacts' time zones is outside them only for a contact: use
    `Campaign.for_contact`.
    """
    match campaign.state:
        case CampaignState.DRAFT:
            return Closure("it has not been launched yet", None)
        case CampaignState.PAUSED:
            return Closure("it is paused", None)
        case CampaignState.ARCHIVED:
            return Closure("it is archived", None)
        case CampaignState.ACTIVE:
            if campaign.hours_in is HoursIn.CONTACT or are_open(campaign.clocks, now):
                return None
            opens_at = next_common_opening(campaign.clocks, now)
            return Closure(_why_not_open(campaign, opens_at, now), opens_at)


def _why_not_open(campaign: Campaign, opens_at: datetime | None, now: datetime) -> str:
    hours = f"{format_clock(campaign.hours.opens)}–{format_clock(campaign.hours.closes)} {campaign.whose_hours}"
    if opens_at is None:
        quiet = " and ".join(sorted({clock.timezone for clock in campaign.at_contact}))
        return f"its hours, {hours}, are all in the quiet hours at the contact, 21:00–08:00 {quiet}"
    if not is_open(campaign.hours, now):
        return f"its hours are {hours}; it opens {format_moment(campaign, opens_at, now)}"
    if quiet_clock := _quiet_until(campaign, opens_at):
        return f"quiet hours at the contact until {_moment(quiet_clock.timezone, opens_at, now)}"
    return f"quiet hours at the contact; it opens {format_moment(campaign, opens_at, now)}"


def check_send(attempt: Attempt, now: datetime) -> Verdict:
    """Decide whether a message may be sent, and when it leaves (`docs/rules.md 3.18`, `6.4`)."""
    refusal = forbidden(attempt, now) or unfit(
        attempt.body, filled_in=attempt.filled_in, field_codes=attempt.field_codes
    )
    return Verdict(refusal) if refusal else Verdict(leaves_at=scheduled_for(attempt.campaign, attempt.kind, now))


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
    if shut_out(campaign, attempt.kind, scheduled_for(campaign, attempt.kind, now) or now):
        return _after_window(campaign, now)
    if attempt.number_withdrawn:
        return _NUMBER_WITHDRAWN
    if next_common_opening(campaign.clocks, now) is not None and attempt.role.may(Permission.SEND_WHILE_CLOSED):
        return None
    return _closed(campaign, now)


_NUMBER_WITHDRAWN = Refusal(
    Obstacle.NUMBER_WITHDRAWN,
    "Our number in this conversation was withdrawn: nothing can leave from it. It needs another one: "
    f"{needed_role(Permission.RENUMBER)} is asked for it when sending in the app, or uses `thrumsg renumber`.",
)


def scheduled_for(campaign: Campaign, kind: MessageKind, now: datetime) -> datetime | None:
    """Return until when an accepted message waits; None if it may leave now (`docs/rules.md 5.9`, `6.4`).

    A message whose hours leave no time outside the quiet hours at the contact is looked at again in a week.

    Args:
        campaign: The campaign, as it is for the contact.
        kind: The kind of the message.
        now: The present.
    """
    if kind is MessageKind.OPT_OUT_CONFIRMATION:
        return None
    earliest = now
    if kind is MessageKind.INITIAL and window_state(campaign.window, now) is WindowState.BEFORE:
        earliest = window_start(campaign.window) or now
    leaves_at = next_common_opening(campaign.clocks, earliest) or earliest + _LOOK_AGAIN
    return leaves_at if leaves_at > now else None


_LOOK_AGAIN = timedelta(days=7)


def departure(campaign: Campaign, kind: MessageKind, now: datetime, undo_seconds: int = 0) -> Departure:
    """Return when an accepted message leaves (`docs/rules.md 6.4`).

    Args:
        campaign: The campaign, as it is for the contact.
        kind: The kind of the message.
        now: The present.
        undo_seconds: How long the send can be undone. It is shortened if the hours or the window end before, so that a
            message that is accepted in time leaves in time.
    """
    opens_at = scheduled_for(campaign, kind, now)
    if opens_at and opens_at >= now + timedelta(seconds=undo_seconds):
        return Departure(opens_at, scheduled=True)
    for seconds in range(undo_seconds, 0, -1):
        leaves_at = now + timedelta(seconds=seconds)
        gone_by = leaves_at + _TO_FETCH
        if opens_at or not (handed_over_at(campaign, kind, gone_by) or shut_out(campaign, kind, gone_by)):
            return Departure(leaves_at, scheduled=False)
    return Departure(None, scheduled=False)


_TO_FETCH = timedelta(seconds=2)
"""How long a gateway may take to fetch a message that is due."""


def handed_over_at(campaign: Campaign, kind: MessageKind, now: datetime) -> datetime | None:
    """Return until when no carrier gets a queued message; None if one may get it now (`docs/rules.md 10.4`).

    In the last moments before the campaign closes, or before the initial window ends, there is no time left for which
    a carrier could try it.
    """
    tried_until = now + _BEFORE_CLOSING + _SHORTEST_VALIDITY
    ends_at = window_end(campaign.window) if kind is MessageKind.INITIAL else None
    if ends_at and now < ends_at <= tried_until:
        return ends_at
    return scheduled_for(campaign, kind, now) or scheduled_for(campaign, kind, tried_until)


def valid_for(campaign: Campaign, kind: MessageKind, now: datetime) -> timedelta:
    """Return for how long a carrier may go on trying to deliver a message (`docs/rules.md 10.4`).

    It ends half a minute before the campaign closes, or the quiet hours at the contact begin, or, for an initial, its
    window ends, so that nothing leaves the carrier after that. It is never under a minute: with less left, no carrier
    gets it. A confirmation, which no hours hold, has five minutes.

    Args:
        campaign: The campaign, as it is for the contact.
        kind: The kind of the message.
        now: The present, at which the campaign is open.
    """
    if kind is MessageKind.OPT_OUT_CONFIRMATION:
        return CONFIRM_WITHIN
    closes_at = next_common_closing(campaign.clocks, now)
    ends_at = window_end(campaign.window) if kind is MessageKind.INITIAL else None
    last = min((each for each in (closes_at, ends_at) if each is not None), default=None)
    left = last - now - _BEFORE_CLOSING if last else _LONGEST_VALIDITY
    return max(_SHORTEST_VALIDITY, min(left, _LONGEST_VALIDITY))


CONFIRM_WITHIN = timedelta(minutes=5)
"""How soon after an opt-out its confirmation must leave (`docs/rules.md 10.9`)."""

_BEFORE_CLOSING = timedelta(seconds=30)
_SHORTEST_VALIDITY = timedelta(seconds=60)
_LONGEST_VALIDITY = timedelta(hours=10)
"""What carriers allow at most."""


def shut_out(campaign: Campaign, kind: MessageKind, at: datetime) -> bool:
    """Return whether a message is an initial, and the initial window is over at a moment (`docs/rules.md 6.3`)."""
    return kind is MessageKind.INITIAL and window_state(campaign.window, at) is WindowState.OVER


def unfit(body: str, *, filled_in: bool = False, field_codes: Collection[str] = ()) -> Refusal | None:
    """Return what is wrong with a text: it is empty, has a field left, or is too long (`docs/rules.md` 7).

    Args:
        body: The text.
        filled_in: Whether it is a script with its fields filled in; then no field is looked for.
        field_codes: The codes of the contacts' fields, by which a misspelt field is recognised.

    Returns:
        The first fault; None if there is none.
    """
    if not body.strip():
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
    return Refusal(
        Obstacle.WINDOW_OVER, f"The initial window is over: its last day is {ends}, and that day's hours are past."
    )


def _closed(campaign: Campaign, now: datetime) -> Refusal | None:
    closed = closure(campaign, now)
    return Refusal(Obstacle.CLOSED, f"Campaign is currently closed: {closed.reason}.") if closed else None
