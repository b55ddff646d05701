"""How delivery to the carrier stands, in words: the line on every screen, and what waits (`docs/rules.md` 10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from thrumsg_tui.domain.ages import day_title
from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.carrier import (
    CarrierStatus,
    Delivery,
    Listening,
    ScheduledMessages,
    StoppedNumber,
    WaitingCampaign,
    WithoutNumber,
    done_by,
)
from thrumsg_tui.domain.hours import is_open, next_closing
from thrumsg_tui.domain.redaction import PhoneDisplay
from thrumsg_tui.domain.wording import pluralize


def standstill(status: CarrierStatus, now: datetime, zone: tzinfo, phones: PhoneDisplay) -> str:
    """Return why messages do not leave or come in, for the line on every screen; empty if they do.

    It names times and not ages, so that it is painted only when something has changed.
    """
    return " ".join(filter(None, (_outgoing(status, now, zone, phones), _incoming(status, now, zone))))


def _outgoing(status: CarrierStatus, now: datetime, zone: tzinfo, phones: PhoneDisplay) -> str:
    waits = f"{_count(status.waiting)} message{' waits' if status.waiting == 1 else 's wait'}"
    match status.delivery(now):
        case Delivery.STOPPED if gateway := status.gateway:
            since = _moment(gateway.changed_at, now, zone, named=False)
            return f"Delivery stopped at {since}: {_sentence(phones.text(gateway.reason))} {waits}."
        case Delivery.SILENT if (status.waiting or status.in_doubt) and (gateway := status.gateway):
            how = "was stopped" if gateway.seen_at is None else "was last seen"
            at = _moment(gateway.seen_at or gateway.changed_at, now, zone, named=False)
            what = [waits] if status.waiting else []
            what += [_doubts(status.in_doubt, alone=not what)] if status.in_doubt else []
            asks = " Nobody asks the carrier about what is in doubt." if status.in_doubt else ""
            return f"Delivery stands still: {', '.join(what)}, and `thrumsg deliver` {how} at {at}.{asks}"
        case Delivery.NEVER if status.waiting:
            return f"{waits}: no gateway has run yet; `thrumsg deliver` starts one."
        case Delivery.RUNNING if status.waiting and (gateway := status.gateway) and gateway.reason:
            return f"Delivery waits: {_sentence(phones.text(gateway.reason))} {waits}."
        case _ if status.without_number:
            return _without_number(status.without_number)
        case _:
            return _numbers(status.stopped_numbers, phones)


def standstill_in_short(status: CarrierStatus, now: datetime) -> str:
    """Return that messages do not leave or come in, without reasons, for who cannot mend it; empty if they do."""
    stands = status.delivery(now) is Delivery.STOPPED or (status.waiting > 0 and not status.leaves(now))
    deaf = status.listener is not None and status.listener.state(now) is not Listening.RUNNING
    parts = ["Nothing leaves at present: what you send waits, and is not lost."] if stands else []
    parts += ["Answers come in late at present."] if deaf else []
    return " ".join(parts)


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
    if status.leaves(now):
        pace = status.gateway.pace if status.gateway else None
        parts += [_pace(pace)] if pace else []
        parts += _estimate(status, here or alone, now, zone)
    elif status.waiting and not status.all_without_number:
        parts.append(_standing(status, now))
    parts += [f"scheduled: {scheduled_words(status.scheduled, now)}"] if status.scheduled else []
    parts += [f"{_count(status.held)} held by a pause"] if status.held else []
    parts += [f"{_count(status.in_doubt)} in doubt"] if status.in_doubt else []
    parts += [f"{_count(status.failed)} failed in 24 h"] if status.failed else []
    nothing = parts == ["nothing waits"] and (status.practice or status.gateway is None)
    return "" if nothing else f"carrier: {', '.join(parts)}"


def scheduled_words(scheduled: ScheduledMessages, now: datetime) -> str:
    """Return how many messages wait for their hours, and when the first leaves."""
    first_at = _moment(scheduled.first_at, now, ZoneInfo(scheduled.timezone))
    return f"{_count(scheduled.messages)}, the first leaves at {first_at}"


def _standing(status: CarrierStatus, now: datetime) -> str:
    """Return in a few words why nothing leaves, in place of a pace and an end."""
    match status.delivery(now):
        case Delivery.STOPPED:
            return "delivery has stopped"
        case Delivery.SILENT:
            return "delivery does not run"
        case Delivery.NEVER:
            return "no gateway has run"
        case _ if status.gateway and status.gateway.reason:
            return "delivery stands still"
        case _:
            return "our number is stopped" if len(status.stopped_numbers) == 1 else "our numbers are stopped"


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


def _doubts(number: int, *, alone: bool) -> str:
    message = "" if not alone else " message" if number == 1 else " messages"
    return f"{_count(number)}{message} {'is' if number == 1 else 'are'} in doubt"


def _incoming(status: CarrierStatus, now: datetime, zone: tzinfo) -> str:
    """Return that nobody takes what the carrier calls us with, and how answers come in all the same."""
    listener = status.listener
    if listener is None or (state := listener.state(now)) is Listening.RUNNING:
        return ""
    last = listener.ended_at or listener.seen_at
    if state is Listening.NEVER or last is None:
        how = "has never run"
    else:
        how = f"was {'stopped' if listener.ended_at else 'last seen'} at {_moment(last, now, zone, named=False)}"
    late = "come in only every five minutes, as `thrumsg deliver` fetches them"
    come = late if status.delivery(now) is Delivery.RUNNING else "do not come in"
    return f"`thrumsg listen` {how}: answers and opt-outs {come}."


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
