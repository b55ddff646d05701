"""How delivery to the carrier stands, and what it needs until all has left (`docs/rules.md` 10)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.lazy_dataclass import dataclass

ALIVE_FOR = timedelta(seconds=60)
"""For how long a deliverer or listener counts as running after it was last seen."""

FAILED_WITHIN = timedelta(hours=24)
"""How recent a failure must be to be counted."""


class Delivery(StrEnum):
    """Whether anything delivers the messages that wait."""

    PRACTICE = "practice"
    """The app itself does, in a practice database."""
    RUNNING = "running"
    STOPPED = "stopped"
    """The gateway has stopped, since its configuration or its carrier account has a fault."""
    SILENT = "silent"
    """A deliverer ran before, and none was seen for a minute."""
    NEVER = "never"
    """None has ever run."""

    @property
    def goes_on(self) -> bool:
        """Whether messages leave."""
        return self in {Delivery.PRACTICE, Delivery.RUNNING}


class Listening(StrEnum):
    """Whether anything takes what the carrier calls us with."""

    RUNNING = "running"
    SILENT = "silent"
    """A listener ran before, and none was seen for a minute."""
    NEVER = "never"
    """None has ever run."""


@dataclass(frozen=True, slots=True)
class ListenerStanding:
    """When a listener last ran, for a carrier that calls us."""

    seen_at: datetime | None
    """None if none has ever run."""
    ended_at: datetime | None
    """When it was stopped in an orderly way; None while it runs, or if it was killed."""
    host: str = ""
    """The host on which it ran; empty if that is not known."""

    def state(self, now: datetime) -> Listening:
        """Return whether one runs."""
        if self.seen_at is None:
            return Listening.NEVER
        runs = self.ended_at is None and now - self.seen_at <= ALIVE_FOR
        return Listening.RUNNING if runs else Listening.SILENT


@dataclass(frozen=True, slots=True)
class GatewayStanding:
    """What a gateway's deliverer last said of itself."""

    name: str
    stopped: bool
    reason: str
    """Why nothing leaves; empty while messages leave."""
    changed_at: datetime
    seen_at: datetime | None
    """When its deliverer last ran; None after it was stopped in an orderly way."""
    pace: float | None
    """In segments a second, as measured."""
    host: str = ""
    """The host on which its deliverer ran; empty if that is not known."""


@dataclass(frozen=True, slots=True)
class StoppedNumber:
    """One of our numbers that sends nothing until a person mends something."""

    number: str
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class WithoutNumber:
    """Messages that can leave only from another of our numbers (`docs/rules.md 10.8`)."""

    messages: int
    withdrawn: tuple[str, ...]
    """The numbers that were withdrawn."""
    other_ready: bool
    """Whether another number is ready."""


@dataclass(frozen=True, slots=True)
class WaitingCampaign:
    """The messages of an active campaign that are queued or being sent."""

    campaign_id: CampaignId
    name: str
    messages: int
    segments: int
    hours: DailyHours | None
    """Its daily hours, None if they are read in each contact's time zone."""
    timezone: str


@dataclass(frozen=True, slots=True)
class ScheduledMessages:
    """The messages that are not queued yet, since they wait for the hours or the start date of their campaigns."""

    messages: int
    first_at: datetime
    """When the first may leave."""
    timezone: str
    """That of its campaign."""


@dataclass(frozen=True, slots=True)
class CarrierStatus:
    """How delivery stands, as the screens show it."""

    practice: bool
    gateway: GatewayStanding | None
    """The gateway whose deliverer was seen last; None if none ever ran."""
    campaigns: tuple[WaitingCampaign, ...]
    held: int
    """Queued messages of paused campaigns."""
    in_doubt: int
    failed: int
    """Messages that failed in the last 24 hours."""
    stopped_numbers: tuple[StoppedNumber, ...]
    without_number: WithoutNumber | None = None
    """What waits for a number, if anything does."""
    scheduled: ScheduledMessages | None = None
    """Those of all campaigns; None if there are none."""
    listener: ListenerStanding | None = None
    """None if the gateway's carrier does not call us."""
    numbers_stopped: bool = False
    """Whether the gateway has numbers, and none of them is ready, but for those that are withdrawn."""

    @property
    def waiting(self) -> int:
        """The messages that wait to leave."""
        return sum(each.messages for each in self.campaigns)

    @property
    def all_without_number(self) -> bool:
        """Whether all that waits, waits for a number."""
        return self.without_number is not None and self.without_number.messages >= self.waiting

    def leaves(self, now: datetime) -> bool:
        """Return whether what waits leaves, as far as anybody knows."""
        held_up = self.numbers_stopped or self.all_without_number or bool(self.gateway and self.gateway.reason)
        return self.waiting > 0 and self.delivery(now).goes_on and (self.practice or not held_up)

    @property
    def segments(self) -> int:
        """The segments of these messages."""
        return sum(each.segments for each in self.campaigns)

    def of(self, campaign_id: CampaignId) -> WaitingCampaign | None:
        """Return what waits of one campaign, None if nothing does."""
        return next((each for each in self.campaigns if each.campaign_id == campaign_id), None)

    def delivery(self, now: datetime) -> Delivery:
        """Return whether anything delivers."""
        if self.practice:
            return Delivery.PRACTICE
        if self.gateway is None:
            return Delivery.NEVER
        if self.gateway.stopped:
            return Delivery.STOPPED
        seen = self.gateway.seen_at
        return Delivery.RUNNING if seen is not None and now - seen <= ALIVE_FOR else Delivery.SILENT


def done_by(segments: int, pace: float | None, now: datetime) -> datetime | None:
    """Return when as many segments will have left at a pace in segments a second; None if nobody can tell."""
    return now + timedelta(seconds=segments / pace) if pace and pace > 0 else None
