"""How delivery to the carrier stands, what it needs until all has left, and how that is said (`docs/rules.md` 10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

from thrumsg_tui.domain.ages import day_title
from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.hours import DailyHours, is_open, next_closing
from thrumsg_tui.domain.redaction import PhoneDisplay
from thrumsg_tui.domain.wording import pluralize

ALIVE_FOR = timedelta(seconds=60)
"""For how long a deliverer counts as running after it was last seen."""

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

    def words(self, now: datetime) -> str:
        """Return how many there are and when the first leaves."""
        return f"{_count(self.messages)}, the first leaves at {_moment(self.first_at, now, ZoneInfo(self.timezone))}"


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

    @property
    def waiting(self) -> int:
        """The messages that wait to leave."""
        return sum(each.messages for each in self.campaigns)

    @property
    def all_without_number(self) -> bool:
        """Whether all that waits, waits for a number."""
        return self.without_number is not None and self.without_number.messages >= self.waiting

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


def standstill(status: CarrierStatus, now: datetime, zone: tzinfo, phones: PhoneDisplay) -> str:
    """Return why messages do not leave, for the line on every screen; empty if they do or none wait.

    It names times and not ages, so that it is painted only when something has changed.
    """
    waits = f"{_count(status.waiting)} message{' waits' if status.waiting == 1 else 's wait'}"
    match status.delivery(now):
        case Delivery.STOPPED if gateway := status.gateway:
            since = _moment(gateway.changed_at, now, zone, named=False)
            return f"Delivery stopped at {since}: {_sentence(phones.text(gateway.reason))} {waits}."
        case Delivery.SILENT if status.waiting and (gateway := status.gateway):
            how = "was stopped" if gateway.seen_at is None else "was last seen"
            at = _moment(gateway.seen_at or gateway.changed_at, now, zone, named=False)
            return f"Delivery stands still: {waits}, and `thrumsg deliver` {how} at {at}."
        case Delivery.NEVER if status.waiting:
            return f"{waits}: no gateway has run yet; `thrumsg deliver` starts one."
        case Delivery.RUNNING if status.waiting and (gateway := status.gateway) and gateway.reason:
            return f"Delivery waits: {_sentence(phones.text(gateway.reason))} {waits}."
        case _ if status.without_number:
            return _without_number(status.without_number)
        case _:
            return _numbers(status.stopped_numbers, phones)


def standstill_in_short(status: CarrierStatus, now: datetime) -> str:
    """Return that messages do not leave, without reasons, for people who cannot mend it; empty if they do."""
    delivery = status.delivery(now)
    stands = delivery is Delivery.STOPPED or (status.waiting > 0 and not delivery.goes_on)
    return "Nothing leaves at present: what you send waits, and is not lost." if stands else ""


def carrier_line(status: CarrierStatus, now: datetime, zone: tzinfo, campaign_id: CampaignId | None = None) -> str:
    """Return how delivery stands in a line, for a campaign or for all; empty if there is nothing to say.

    The estimate is for everything that waits, since all campaigns share the carrier's pace.

    Args:
        status: How delivery stands.
        now: The present.
        zone: The reader's time zone, used if several campaigns wait.
        campaign_id: The campaign.
    """
    here = status.of(campaign_id) if campaign_id is not None else None
    alone = status.campaigns[0] if len(status.campaigns) == 1 else None
    waits = status.waiting or not status.scheduled
    parts = [_waiting(status, here.messages if here else 0 if campaign_id is not None else None)] if waits else []
    parts += [f"{_count(status.without_number.messages)} without a number"] if status.without_number else []
    held_up = bool(status.gateway and status.gateway.reason) or status.all_without_number
    if status.waiting and status.delivery(now).goes_on and not held_up:
        pace = status.gateway.pace if status.gateway else None
        parts += [_pace(pace)] if pace else []
        parts += _estimate(status, here or alone, now, zone)
    parts += [f"scheduled: {status.scheduled.words(now)}"] if status.scheduled else []
    parts += [f"{_count(status.held)} held by a pause"] if status.held else []
    parts += [f"{_count(status.in_doubt)} in doubt"] if status.in_doubt else []
    parts += [f"{_count(status.failed)} failed in 24 h"] if status.failed else []
    nothing = parts == ["nothing waits"] and (status.practice or status.gateway is None)
    return "" if nothing else f"carrier: {', '.join(parts)}"


def _waiting(status: CarrierStatus, here: int | None) -> str:
    if not status.waiting:
        return "nothing waits"
    if here is None or here == status.waiting:
        return f"{_count(status.waiting)} waiting"
    return f"{_count(here)} waiting here, {_count(status.waiting)} in all"


def _estimate(status: CarrierStatus, campaign: WaitingCampaign | None, now: datetime, zone: tzinfo) -> list[str]:
    """Return by when all will have left, or when the campaign closes, if that is earlier."""
    pace = status.gateway.pace if status.gateway else None
    if (done := done_by(status.segments, pace, now)) is None:
        return []
    if campaign is None:
        return [f"done by {_moment(done, now, zone, named=False)}"]
    its_zone = ZoneInfo(campaign.timezone)
    closes = next_closing(campaign.hours, now) if campaign.hours and is_open(campaign.hours, now) else None
    if closes is not None and closes < done:
        return [f"closes at {_moment(closes, now, its_zone)}"]
    return [f"done by {_moment(done, now, its_zone)}"]


def _without_number(wanting: WithoutNumber) -> str:
    waits = f"{_count(wanting.messages)} message{' waits' if wanting.messages == 1 else 's wait'} for a number"
    are = "is" if len(wanting.withdrawn) == 1 else "are"
    replace = "`thrumsg gateway numbers replace` gives another."
    how = replace if wanting.other_ready else f"`thrumsg gateway numbers add` adds one, and {replace}"
    return f"{waits}: {' and '.join(wanting.withdrawn)} {are} withdrawn; {how}"


def _numbers(stopped: Sequence[StoppedNumber], phones: PhoneDisplay) -> str:
    if not stopped:
        return ""
    first = stopped[0]
    others = (
        f" So {'is' if len(stopped) == 2 else 'are'} {pluralize(len(stopped) - 1, 'other')}." if stopped[1:] else ""
    )
    return f"Our number {first.number} is stopped: {_sentence(phones.text(first.reason))}{others}"


def _sentence(reason: str) -> str:
    text = reason.strip() or "the reason is not known"
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _moment(at: datetime, now: datetime, zone: tzinfo, *, named: bool = True) -> str:
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    time = f"{local:%H:%M %Z}" if named else f"{local:%H:%M}"
    named_days = {-1: " yesterday", 0: "", 1: " tomorrow"}
    day = named_days.get((local.date() - today).days)
    return f"{time} on {day_title(local.date(), today)}" if day is None else f"{time}{day}"


def _count(number: int) -> str:
    return f"{number:,}"


def _pace(pace: float) -> str:
    number, unit = (pace, "second") if pace >= 0.1 else (pace * 60, "minute")
    return f"{number:,.0f} a {unit}" if number >= 10 else f"{number:.1f}".removesuffix(".0") + f" a {unit}"
