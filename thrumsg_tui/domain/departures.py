"""When an accepted message leaves, and how long a carrier may try it (`docs/rules.md 5.9`, 6, `10.4`)."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.enums import MessageKind
from thrumsg_tui.domain.hours import (
    WindowState,
    next_common_closing,
    next_common_opening,
    window_end,
    window_start,
    window_state,
)
from thrumsg_tui.domain.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Departure:
    """When an accepted message leaves (None for now); `scheduled` if the hours or the start date delay it."""

    at: datetime | None
    scheduled: bool


def seconds_until(leaves_at: datetime, now: datetime) -> int:
    """Return the seconds, rounded up, until a message may leave; until then its send can be undone."""
    return max(0, ceil((leaves_at - now).total_seconds()))


def scheduled_for(
    campaign: Campaign, kind: MessageKind, now: datetime, behind: datetime | None = None
) -> datetime | None:
    """Return until when an accepted message waits; None if it may leave now (`docs/rules.md 5.9`, `6.4`, `10.3`).

    A message whose hours leave no time outside the quiet hours at the contact is looked at again in a week.

    Args:
        campaign: The campaign, as it is for the contact.
        kind: The kind of the message.
        now: The present.
        behind: Until when a message before it in its conversation is scheduled, which it must not overtake. If that
            time has passed, and the other was not queued yet, they are queued together.
    """
    if kind is MessageKind.OPT_OUT_CONFIRMATION:
        return None
    earliest = max(now, behind or now)
    if kind is MessageKind.INITIAL and window_state(campaign.window, now) is WindowState.BEFORE:
        earliest = max(earliest, window_start(campaign.window) or now)
    leaves_at = next_common_opening(campaign.clocks, earliest) or earliest + _LOOK_AGAIN
    return leaves_at if leaves_at > now or behind else None


_LOOK_AGAIN = timedelta(days=7)


def departure(
    campaign: Campaign, kind: MessageKind, now: datetime, undo_seconds: int = 0, behind: datetime | None = None
) -> Departure:
    """Return when an accepted message leaves (`docs/rules.md 6.4`).

    Args:
        campaign: The campaign, as it is for the contact.
        kind: The kind of the message.
        now: The present.
        undo_seconds: How long the send can be undone. It is shortened if the hours or the window end before, so that a
            message that is accepted in time leaves in time.
        behind: As for `scheduled_for`.
    """
    opens_at = scheduled_for(campaign, kind, now, behind)
    undoable_until = now + timedelta(seconds=undo_seconds)
    if opens_at and (behind or opens_at >= undoable_until):
        return Departure(max(opens_at, undoable_until), scheduled=True)
    for seconds in range(undo_seconds, 0, -1):
        leaves_at = now + timedelta(seconds=seconds)
        gone_by = leaves_at + _TO_FETCH
        if opens_at or not (handed_over_at(campaign, kind, gone_by) or shut_out(campaign, kind, gone_by)):
            return Departure(leaves_at, scheduled=False)
    return Departure(None, scheduled=False)


_TO_FETCH = timedelta(seconds=2)
"""How long a gateway may take to fetch a message that is due."""


def handed_over_at(
    campaign: Campaign, kind: MessageKind, now: datetime, behind: datetime | None = None
) -> datetime | None:
    """Return until when no carrier gets a queued message; None if one may get it now (`docs/rules.md 10.4`).

    In the last moments before the campaign closes, or before the initial window ends, there is no time left for which
    a carrier could try it. `behind` is as for `scheduled_for`.
    """
    tried_until = now + _BEFORE_CLOSING + _SHORTEST_VALIDITY
    ends_at = window_end(campaign.window) if kind is MessageKind.INITIAL else None
    if ends_at and now < ends_at <= tried_until:
        return ends_at
    return scheduled_for(campaign, kind, now, behind) or scheduled_for(campaign, kind, tried_until)


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
