"""What is known of a campaign's contacts together: how many are where, and lack what (`docs/rules.md 10.10`)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.compliance import Contacts
from thrumsg_tui.domain.contact_zones import ContactZones, contact_zones, state_of
from thrumsg_tui.domain.field_meanings import FIXED
from thrumsg_tui.domain.fields import field_names
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.phones import origin_of, time_zones

_FIRST_PART = 2_000
"""How many contacts `growing_counts` reads first; each part is twice as large as the one before."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A contact who comes to a campaign, with all that will be known of them then."""

    phone: str
    first_name: str
    last_name: str
    fields: Mapping[str, str]


def counted_contacts(conn: Connection, campaign: Campaign) -> Contacts:
    """Count the contacts of a campaign that are not opted out, in one pass; 6 µs each."""
    counts = ContactCounts(campaign)
    rows = conn.execute(
        """
        SELECT contact.phone, contact.first_name, contact.last_name, contact.fields, conversation.status
        FROM conversation JOIN contact ON contact.id = conversation.contact_id
        WHERE conversation.campaign_id = ? AND conversation.opted_out = 0
        """,
        (campaign.id,),
    )
    for phone, first_name, last_name, fields, status in rows:
        counts.add(Arrival(phone, first_name, last_name, json.loads(fields)), status)
    return counts.contacts


def growing_counts(conn: Connection, campaign: Campaign) -> Iterator[Contacts]:
    """Yield the counts of a growing part of a campaign's contacts, the newest first; at last those of all."""
    counts, some, below = ContactCounts(campaign), _FIRST_PART, 1 << 62
    while True:
        rows = conn.execute(
            """
            SELECT contact.id, contact.phone, contact.first_name, contact.last_name, contact.fields,
                   conversation.status, conversation.opted_out
            FROM conversation JOIN contact ON contact.id = conversation.contact_id
            WHERE conversation.campaign_id = ? AND conversation.contact_id < ?
            ORDER BY conversation.contact_id DESC LIMIT ?
            """,
            (campaign.id, below, some),
        ).fetchall()
        for _, phone, first_name, last_name, fields, status, opted_out in rows:
            if not opted_out:
                counts.add(Arrival(phone, first_name, last_name, json.loads(fields)), status)
        yield counts.contacts
        if len(rows) < some:
            return
        some, below = 2 * some, rows[-1]["id"]


def counted_arrivals(campaign: Campaign, arrivals: Iterable[Arrival]) -> Contacts:
    """Count contacts who come to a campaign."""
    counts = ContactCounts(campaign)
    for each in arrivals:
        counts.add(each, "not_started")
    return counts.contacts


class ContactCounts:
    """Counts contacts of a campaign, one by one."""

    def __init__(self, campaign: Campaign) -> None:
        self._asks_for_zones = campaign.asks_for_zones
        self._own = [code for code in field_names(campaign.initial_script) if code not in FIXED[2:]]
        self._total = self._waiting = self._landlines = self._abroad = 0
        self._zones: Counter[ContactZones] = Counter()
        self._states: Counter[str] = Counter()
        self._empty: Counter[str] = Counter()

    def add(self, contact: Arrival, status: str) -> None:
        """Count a contact, with the status of their conversation."""
        origin = origin_of(contact.phone)
        self._total += 1
        self._waiting += status == "not_started"
        self._landlines += not origin.is_mobile
        self._abroad += origin.is_abroad
        if self._asks_for_zones:
            self._zones[contact_zones(contact.phone, time_zones(contact.phone), contact.fields)] += 1
        lives_in = (state_of(contact.fields) if not origin.is_abroad else None) or origin.state
        if lives_in:
            self._states[lives_in] += 1
        values = {**contact.fields, "first_name": contact.first_name, "last_name": contact.last_name}
        for code in self._own:
            if not values.get(code):
                self._empty[code] += 1

    @property
    def contacts(self) -> Contacts:
        """The counts so far."""
        return Contacts(
            total=self._total,
            waiting=self._waiting,
            by_zones=dict(self._zones),
            by_state=dict(self._states),
            landlines=self._landlines,
            abroad=self._abroad,
            without_value=dict(self._empty),
        )
