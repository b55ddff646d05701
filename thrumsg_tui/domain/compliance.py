"""What is checked before a campaign is launched: law, carriers' rules and cost (`docs/rules.md 10.10`).

Not legal advice: it names what people who know the law will ask about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.closures import format_moment
from thrumsg_tui.domain.contact_zones import ContactZones
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.fields import field_names, misspelt_fields
from thrumsg_tui.domain.hours import WindowState, next_common_closing, next_common_opening, window_state
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.script_check import names_sender, tells_way_out
from thrumsg_tui.domain.segments import MAX_SEGMENTS, Encoding, measure
from thrumsg_tui.domain.state_hours import StateHours, touched
from thrumsg_tui.domain.wording import pluralize

STATE_HOURS = "state-hours-"
"""How the codes of the points about a state's hours begin; the state follows."""


class Level(StrEnum):
    """What follows from a point of the list."""

    REFUSE = "refuse"
    """The campaign cannot be launched."""
    CONFIRM = "confirm"
    """An owner has to confirm it."""
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the list."""

    code: str
    """Its name for scripts and for the journal."""
    level: Level
    sentence: str
    advice: str = ""
    """What to do about it."""


@dataclass(frozen=True, slots=True)
class Contacts:
    """The contacts of a campaign that are not opted out, counted; nobody is named."""

    total: int = 0
    waiting: int = 0
    """How many have not got their initial."""
    by_zones: Mapping[ContactZones, int] = field(default_factory=dict)
    by_state: Mapping[str, int] = field(default_factory=dict)
    landlines: int = 0
    abroad: int = 0
    """How many have a number outside North America."""
    without_value: Mapping[str, int] = field(default_factory=dict)
    """How many have no value for a field of the initial, by the field's code."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the list is made from."""

    campaign: Campaign
    organization: str
    field_codes: Sequence[str]
    example: str
    """The initial as one contact would get it."""
    texts: Mapping[str, str]
    """The initial, recommended replies and follow-ups, by what they are called."""
    contacts: Contacts
    state_hours: Sequence[StateHours]
    pace: float | None
    """How many segments a second our numbers can send; None if no number is known."""
    is_practice: bool = False


def compliance(facts: Facts, now: datetime) -> tuple[Point, ...]:
    """Return the points of a campaign, what refuses first, then what an owner must confirm."""
    points = [*_script(facts), *_window(facts, now), *_hours(facts, now), *_texts(facts), *_people(facts)]
    points += _volume(facts, now)
    return tuple(sorted(points, key=lambda point: list(Level).index(point.level)))


def of_level(points: Sequence[Point], level: Level) -> tuple[Point, ...]:
    """Return the points of one level."""
    return tuple(point for point in points if point.level is level)


def _script(facts: Facts) -> Iterator[Point]:
    script = facts.campaign.initial_script
    if facts.contacts.total and (unknown := [each for each in field_names(script) if each not in facts.field_codes]):
        named = ", ".join(f"%{code}%" for code in unknown)
        yield Point("unknown-field", Level.REFUSE, f"{named}: no contact has this field, so nothing could be sent.")
    if misspelt := next(misspelt_fields(script, facts.field_codes), None):
        yield Point("misspelt-field", Level.REFUSE, f"{misspelt[1]} is not a field.", f"Write %{misspelt[2]}%.")
    measured = measure(facts.example)
    if measured.segments > MAX_SEGMENTS:
        sentence = f"The initial has {measured.segments} segments, and {MAX_SEGMENTS} is the most."
        yield Point("too-long", Level.REFUSE, sentence, "Shorten it.")
    for code, check, advice in (
        ("sender", names_sender(script, facts.organization), "Carriers require it: put %organization% into it."),
        ("way-out", tells_way_out(script), "Carriers require it."),
    ):
        if not check.fit:
            yield Point(code, Level.CONFIRM, f"The initial: {check.sentence}", advice)
    cost = pluralize(measured.segments, "segment")
    if measure(script).encoding is not Encoding.GSM_7:
        sentence = f"The initial is sent as Unicode, 70 characters a segment in place of 160: {cost} for each contact."
        yield Point("unicode", Level.CONFIRM, sentence, "`thrumsg campaign check` names the characters.")
    elif measured.encoding is not Encoding.GSM_7:
        sentence = f"What is filled in makes the initial Unicode for some contacts: {cost} for one of them."
        yield Point("unicode-fields", Level.REPORT, sentence, "`thrumsg campaign check` names the characters.")


def _window(facts: Facts, now: datetime) -> Iterator[Point]:
    window = facts.campaign.window
    if window_state(window, now) is WindowState.OVER:
        sentence = f"The last day for initials, {window.ends}, is over."
        yield Point("window-over", Level.REFUSE, sentence, "Set a later one.")


def _hours(facts: Facts, now: datetime) -> Iterator[Point]:
    campaign = facts.campaign
    if not campaign.quiet_hours:
        sentence = "Quiet hours are off: contacts may be texted before 08:00 or after 21:00 by their own clock."
        yield Point("quiet-hours", Level.CONFIRM, sentence, "`thrumsg campaign edit NAME --quiet-hours` has them on.")
    never = sum(
        count
        for zones, count in facts.contacts.by_zones.items()
        if next_common_opening(campaign.for_contact(zones).clocks, now) is None
    )
    if never:
        sentence = f"{pluralize(never, 'contact')} can never be texted: the campaign's hours are all in their night."
        yield Point("no-common-hours", Level.REPORT, sentence, "Widen the hours.")
    for state, count in sorted(facts.contacts.by_state.items()):
        if rows := touched(campaign, state, facts.state_hours, now):
            stricter = ", ".join(row.words for row in rows)
            sentence = f"{pluralize(count, 'contact')} in {state} may be texted outside that state's hours: {stricter}."
            yield Point(f"{STATE_HOURS}{state}", Level.CONFIRM, sentence, "The table is from secondary sources.")
    if unplaced := facts.contacts.by_zones.get(ContactZones(), 0):
        whose = "number tells" if unplaced == 1 else "numbers tell"
        sentence = f"{pluralize(unplaced, 'contact')}, whose {whose} no time zone, count as in the campaign's."
        yield Point("no-zone", Level.REPORT, sentence, "A field `state` or `timezone` tells it.")


def _texts(facts: Facts) -> Iterator[Point]:
    for title, text in facts.texts.items():
        for found in _SHORTENED.finditer(text):
            sentence = f"{title} has a link of {found[1].lower()}: carriers block shared link shorteners."
            advice = "Use the link itself, or a domain of your own."
            yield Point(f"shortener-{found[1].lower()}", Level.CONFIRM, sentence, advice)


def _people(facts: Facts) -> Iterator[Point]:
    contacts = facts.contacts
    if contacts.landlines:
        sentence = f"{pluralize(contacts.landlines, 'number')} cannot be a mobile phone's: toll-free or landlines."
        yield Point("landlines", Level.CONFIRM, sentence, "Texts to them cost, and mostly fail.")
    if contacts.abroad:
        sentence = f"{pluralize(contacts.abroad, 'number')} outside North America: other laws and prices hold there."
        yield Point("abroad", Level.CONFIRM, sentence)
    for code, count in contacts.without_value.items():
        sentence = f"{pluralize(count, 'contact')} without a value for %{code}%: to them the initial cannot be sent."
        yield Point(f"empty-{code}", Level.REPORT, sentence)


def _volume(facts: Facts, now: datetime) -> Iterator[Point]:
    """Say how long the initials take; only a launch asks for it: who is texted on another day comes to no harm."""
    waiting = facts.contacts.waiting
    if facts.is_practice or not waiting:
        return
    if not facts.pace:
        sentence = "None of our numbers is ready, so nobody can say how long it takes."
        yield Point("no-numbers", Level.REPORT, sentence, "`thrumsg gateway numbers` shows them.")
        return
    segments = waiting * measure(facts.example).segments
    takes = timedelta(seconds=ceil(segments / facts.pace))
    pace = f"{facts.pace:,g} segment{'' if facts.pace == 1 else 's'} a second"
    said = f"{pluralize(waiting, 'initial')} at {pace}: {_duration(takes)}"
    starts = next_common_opening((facts.campaign.hours,), now)
    closes = next_common_closing((facts.campaign.hours,), starts) if starts else None
    if starts and closes and takes > closes - starts:
        sentence = f"{said}, and the campaign closes {format_moment(facts.campaign, closes, now)}."
        level = Level.CONFIRM if facts.campaign.state is CampaignState.DRAFT else Level.REPORT
        yield Point("volume", level, sentence, "More numbers, or several days.")
    else:
        yield Point("volume", Level.REPORT, f"{said}.")


def _duration(takes: timedelta) -> str:
    minutes = ceil(takes.total_seconds() / 60)
    return f"{minutes // 60} h {minutes % 60:02}" if minutes >= 60 else f"{minutes} min"


_SHORTENERS = (
    "bit.ly bitly.com tinyurl.com t.co goo.gl ow.ly is.gd v.gd buff.ly rebrand.ly cutt.ly rb.gy tiny.cc shorturl.at "
    "t.ly bl.ink lnkd.in soo.gd short.io trib.al dlvr.it tiny.one surl.li qr.ae shorte.st adf.ly u.to x.co"
)
"""Shared services; a domain of one's own, whoever serves it, is no shortener."""

_SHORTENED = re.compile(
    rf"(?<![\w.@-])(?:https?://)?(?:www\.)?({'|'.join(map(re.escape, _SHORTENERS.split()))})/\w", re.IGNORECASE
)
