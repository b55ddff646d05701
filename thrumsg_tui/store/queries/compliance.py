"""The facts from which a campaign's compliance list is made (`docs/rules.md 10.10`)."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from pathlib import Path

from thrumsg_tui.domain.campaigns import Campaign, CampaignId, Setup
from thrumsg_tui.domain.compliance import Contacts, Facts, Point, compliance
from thrumsg_tui.domain.contact_zones import ContactZones, contact_zones, state_of
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.field_meanings import FIXED
from thrumsg_tui.domain.fields import field_names
from thrumsg_tui.domain.state_hours import StateHours, read_state_hours
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.engines.base import Connection
from thrumsg_tui.store.phones import origin_of, time_zones
from thrumsg_tui.store.queries.field_codes import field_codes
from thrumsg_tui.store.queries.gateway_numbers import campaign_numbers, our_numbers
from thrumsg_tui.store.queries.script_preview import script_preview
from thrumsg_tui.store.queries.settings import settings

_OWN_TABLE = ".state_hours.csv"
_LARGEST_TABLE = 1 << 20


def compliance_points(
    conn: Connection, who: Identity, campaign: Campaign, now: datetime, database: Path
) -> tuple[Point, ...]:
    """Return what is to be said about a campaign before it is launched; 30 µs for each of its contacts.

    Args:
        conn: A connection.
        who: The person who asks; stands in for a sender.
        campaign: The campaign.
        now: The present.
        database: The path of the database: a table of state hours beside it replaces ours.
    """
    return compliance(_facts(conn, who, campaign, state_hours(database), _contacts(conn, campaign)), now)


def setup_points(
    conn: Connection, who: Identity, setup: Setup, campaign_id: CampaignId | None, now: datetime
) -> tuple[Point, ...]:
    """Return what is to be said about a setup, whoever the contacts are; quick, whatever their number.

    Args:
        conn: A connection.
        who: The person who enters it.
        setup: The setup.
        campaign_id: The campaign that has or gets it; None for a new one.
        now: The present.
    """
    campaign = Campaign(
        id=campaign_id or CampaignId(0),
        name=setup.name,
        description=setup.description,
        initial_script=setup.initial_script,
        state=CampaignState.DRAFT,
        hours=setup.hours,
        hours_in=setup.hours_in,
        window=setup.window,
        quicksend=setup.quicksend,
        created_by=who.user.name,
        created_at=now,
        launched_at=None,
        quiet_hours=setup.quiet_hours,
    )
    return compliance(_facts(conn, who, campaign, (), Contacts()), now)


def state_hours(database: Path) -> tuple[StateHours, ...]:
    """Read the table of state hours: that beside the database, `NAME.state_hours.csv`, else the one that is shipped."""
    package = Path(__file__).parent.parent.parent
    own = database.with_name(database.stem + _OWN_TABLE)
    inside, beside = package / "data" / "state_hours.csv", package.parent / "data" / "state_hours.csv"
    path = next(each for each in (own, inside, beside) if each == beside or each.exists())
    try:
        with path.open(encoding="utf-8-sig") as file:
            return read_state_hours(file.read(_LARGEST_TABLE))
    except (OSError, ValueError) as reason:
        raise Refused(f"{path.name}: {getattr(reason, 'strerror', None) or reason}") from reason


def _facts(
    conn: Connection, who: Identity, campaign: Campaign, table: tuple[StateHours, ...], contacts: Contacts
) -> Facts:
    script = campaign.initial_script
    usual = settings(conn)
    numbers = campaign_numbers(conn, campaign.id) or our_numbers(conn)
    ready = [number.mps for number in numbers if number.is_ready]
    return Facts(
        campaign=campaign,
        organization=usual.organization,
        field_codes=field_codes(conn, campaign.id),
        example=script_preview(conn, who, script, campaign.id, initial=True).rendered.text,
        texts={"The initial": script} | _other_texts(conn, campaign),
        contacts=contacts,
        state_hours=table,
        pace=sum(ready) if ready else None,
        is_practice=usual.practice_seed is not None,
    )


def _other_texts(conn: Connection, campaign: Campaign) -> dict[str, str]:
    replies = conn.execute(
        "SELECT title, body FROM recommended_reply WHERE campaign_id = ? OR campaign_id IS NULL ORDER BY id",
        (campaign.id,),
    )
    texts = {f"The reply {row['title']!r}": row["body"] for row in replies}
    later = conn.execute(
        "SELECT title, text FROM follow_up WHERE campaign_id = ? AND active = 1 ORDER BY id", (campaign.id,)
    )
    return texts | {f"The follow-up {row['title']!r}": row["text"] for row in later}


def _contacts(conn: Connection, campaign: Campaign) -> Contacts:
    """Count the contacts of a campaign that are not opted out, in one pass."""
    own = [code for code in field_names(campaign.initial_script) if code not in FIXED[2:]]
    counts: Counter[str] = Counter()
    zones: Counter[ContactZones] = Counter()
    states: Counter[str] = Counter()
    empty: Counter[str] = Counter()
    rows = conn.execute(
        """
        SELECT contact.phone, contact.first_name, contact.last_name, contact.fields, conversation.status
        FROM conversation JOIN contact ON contact.id = conversation.contact_id
        WHERE conversation.campaign_id = ? AND conversation.opted_out = 0
        """,
        (campaign.id,),
    )
    for row in rows:
        fields, phone = json.loads(row["fields"]), row["phone"]
        origin = origin_of(phone)
        counts.update(
            total=1,
            waiting=int(row["status"] == "not_started"),
            landlines=int(not origin.is_mobile),
            abroad=int(origin.is_abroad),
        )
        if campaign.asks_for_zones:
            zones[contact_zones(phone, time_zones(phone), fields)] += 1
        lives_in = (state_of(fields) if not origin.is_abroad else None) or origin.state
        if lives_in:
            states[lives_in] += 1
        values = fields | {"first_name": row["first_name"], "last_name": row["last_name"]}
        empty.update(code for code in own if not values.get(code))
    return Contacts(
        total=counts["total"],
        waiting=counts["waiting"],
        by_zones=zones,
        by_state=states,
        landlines=counts["landlines"],
        abroad=counts["abroad"],
        without_value=empty,
    )
