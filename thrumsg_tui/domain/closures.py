"""Why a campaign is closed, and when it opens (`docs/rules.md 3.17`, 6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from thrumsg_tui.domain.ages import day_title
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.enums import CampaignState, HoursIn
from thrumsg_tui.domain.hours import DailyHours, are_open, format_clock, is_open, next_common_opening
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.wording import capitalized


@dataclass(frozen=True, slots=True)
class Closure:
    """The reason why nothing leaves now (`docs/rules.md 3.17`).

    Attributes:
        reason: Why, and until when, as the end of a sentence.
        opens_at: When something can leave again; None if only a person can open the campaign.
        is_quiet: Whether the campaign itself is open, and it is quiet hours at the contact.
    """

    reason: str
    opens_at: datetime | None
    is_quiet: bool = False

    @property
    def sentence(self) -> str:
        """The whole sentence."""
        return f"{capitalized(self.reason)}." if self.is_quiet else f"Campaign is currently closed: {self.reason}."


def format_moment(campaign: Campaign, at: datetime, now: datetime, *, why: bool = True) -> str:
    """Return a time in the zone of the hours: `09:00 EST`, `tomorrow 09:00 EST`, or `Tue 3 March 09:00 EST`.

    It names the zone, because the reader may be in another one. Where it is the quiet hours at the contact that end
    then, it is a time of theirs, and says so unless `why` is False: `09:00 CDT (quiet hours at the contact)`.
    """
    quiet = _quiet_until(campaign, at)
    words = _moment(quiet.timezone if quiet else campaign.hours.timezone, at, now)
    return f"{words} (quiet hours at the contact)" if quiet and why else words


def leaves_after(campaign: Campaign, initial_at: datetime, now: datetime) -> str:
    """Say that what is sent now waits for the initial, which is scheduled (`docs/rules.md 10.3`)."""
    return f"The initial leaves {format_moment(campaign, initial_at, now)}. What you send now leaves after it."


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
            is_quiet = opens_at is not None and is_open(campaign.hours, now)
            return Closure(_why_not_open(campaign, opens_at, now), opens_at, is_quiet)


def _why_not_open(campaign: Campaign, opens_at: datetime | None, now: datetime) -> str:
    hours = f"{format_clock(campaign.hours.opens)}–{format_clock(campaign.hours.closes)} {campaign.whose_hours}"
    if opens_at is None:
        quiet = " and ".join(sorted({clock.timezone for clock in campaign.at_contact}))
        return f"its hours, {hours}, are all in the quiet hours at the contact, 21:00–08:00 {quiet}"
    if not is_open(campaign.hours, now):
        return f"its hours are {hours}; it opens {format_moment(campaign, opens_at, now)}"
    if quiet_clock := _quiet_until(campaign, opens_at):
        return f"quiet hours at the contact until {_moment(quiet_clock.timezone, opens_at, now)}"
    return f"quiet hours at the contact, then the campaign is closed until {format_moment(campaign, opens_at, now)}"
