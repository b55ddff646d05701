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
"""How many contacts `counted_newest` reads first; each part is twice as large as the one before."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A contact who comes to a campaign, with all fields that will be known of them then."""

    phone: str
    fields: Mapping[str, str]


def counted_contacts(conn: Connection, campaign: Campaign) -> Contacts:
    """Count the contacts of a campaign that are not opted out, in one pass; 6 to 25 µs each."""
    own = [code for code in field_names(campaign.initial_script) if code not in FIXED[2:]]
    places = _Places()
    waiting = 0
    zones: Counter[ContactZones] = Counter()
    empty: Counter[str] = Counter()
    rows = conn.execute(
        """
        SELECT contact.phone, contact.first_name, contact.last_name, contact.fields, conversation.status
        FROM conversation JOIN contact ON contact.id = conversation.contact_id
        WHERE conversation.campaign_id = ? AND conversation.opted_out = 0
        """,
        (campaign.id,),
    )
    for phone, first_name, last_name, stored, status in rows:
        fields = json.loads(stored)
        places.add(phone, fields)
        waiting += status == "not_started"
        if campaign.asks_for_zones:
            zones[contact_zones(phone, time_zones(phone), fields)] += 1
        values = {**fields, "first_name": first_name, "last_name": last_name}
        empty.update(code for code in own if not values.get(code))
    return places.counted(waiting=waiting, by_zones=zones, without_value=empty)


def counted_arrivals(arrivals: Iterable[Arrival]) -> Contacts:
    """Count contacts who come to a campaign, by what an owner may have to confirm of them."""
    places = _Places()
    for each in arrivals:
        places.add(each.phone, each.fields)
    return places.counted()


def counted_newest(conn: Connection, campaign: Campaign) -> Iterator[Contacts]:
    """Count a growing part of a campaign's contacts, the newest first and at last all, as `counted_arrivals` does."""
    places, some, below = _Places(), _FIRST_PART, 1 << 62
    while True:
        rows = conn.execute(
            """
            SELECT contact.id, contact.phone, contact.fields, conversation.opted_out
            FROM conversation JOIN contact ON contact.id = conversation.contact_id
            WHERE conversation.campaign_id = ? AND conversation.contact_id < ?
            ORDER BY conversation.contact_id DESC LIMIT ?
            """,
            (campaign.id, below, some),
        ).fetchall()
        for _, phone, fields, opted_out in rows:
            if not opted_out:
                places.add(phone, json.loads(fields))
        yield places.counted()
        if len(rows) < some:
            return
        some, below = 2 * some, rows[-1]["id"]


class _Places:
    """Counts contacts by where they are, and by whether a text can reach them there."""

    def __init__(self) -> None:
        self._total = self._landlines = self._abroad = 0
        self._states: Counter[str] = Counter()

    def add(self, phone: str, fields: Mapping[str, str]) -> None:
        """Count a contact."""
        origin = origin_of(phone)
        self._total += 1
        self._landlines += not origin.is_mobile
        self._abroad += origin.is_abroad
        lives_in = (state_of(fields) if not origin.is_abroad else None) or origin.state
        if lives_in:
            self._states[lives_in] += 1

    def counted(
        self,
        *,
        waiting: int = 0,
        by_zones: Mapping[ContactZones, int] | None = None,
        without_value: Mapping[str, int] | None = None,
    ) -> Contacts:
        """Return the counts so far, with others of the same contacts."""
        return Contacts(
            total=self._total,
            waiting=waiting,
            by_zones=by_zones or {},
            by_state=dict(self._states),
            landlines=self._landlines,
            abroad=self._abroad,
            without_value=without_value or {},
        )
