"""Campaigns, with their settings and their counts."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from thrumsg_tui.domain.campaigns import (
    Campaign,
    CampaignId,
    Totals,
)
from thrumsg_tui.domain.enums import CampaignState, HoursIn
from thrumsg_tui.domain.errors import NotFound
from thrumsg_tui.domain.hours import DailyHours, InitialWindow
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.queries.users import user_name
from thrumsg_tui.store.times import from_ms, from_ms_or_none

if TYPE_CHECKING:
    from thrumsg_tui.store.engines.connection import Asked, Connection, Cursor, Row

_CAMPAIGN = f"""
    SELECT campaign.id, campaign.name, campaign.description, campaign.initial_script, campaign.state,
           campaign.timezone, campaign.opens, campaign.closes, campaign.hours_in, campaign.starts, campaign.ends,
           campaign.quicksend, campaign.quiet_hours, campaign.created_at, campaign.launched_at,
           {user_name()} AS creator
    FROM campaign JOIN users ON users.id = campaign.created_by
"""


@lru_cache(maxsize=16)
def _campaign_of(row: Row) -> Campaign:
    """Return the campaign of a row; the one of the last row with the same values, since each send reads one."""
    starts, ends = (date.fromisoformat(day) if day else None for day in (row["starts"], row["ends"]))
    return Campaign(
        id=CampaignId(row["id"]),
        name=row["name"],
        description=row["description"],
        initial_script=row["initial_script"],
        state=CampaignState(row["state"]),
        hours=DailyHours(row["timezone"], row["opens"], row["closes"]),
        hours_in=HoursIn(row["hours_in"]),
        window=InitialWindow(row["timezone"], starts, ends),
        quicksend=bool(row["quicksend"]),
        quiet_hours=bool(row["quiet_hours"]),
        created_by=row["creator"],
        created_at=from_ms(row["created_at"]),
        launched_at=from_ms_or_none(row["launched_at"]),
    )


def campaigns(conn: Connection) -> list[Campaign]:
    """List all campaigns, newest first."""
    return [_campaign_of(row) for row in conn.execute(f"{_CAMPAIGN} ORDER BY campaign.id DESC")]


_GONE = "What was open here is not in the database any more."


def get_campaign(conn: Connection, campaign_id: CampaignId) -> Campaign:
    """Read one campaign; `NotFound` if a restored backup does not have it."""
    return ask_campaign(conn, campaign_id)()


def ask_campaign(conn: Connection, campaign_id: CampaignId) -> Asked[Campaign]:
    """Ask for `get_campaign`."""
    rows = conn.execute(f"{_CAMPAIGN} WHERE campaign.id = ?", (campaign_id,))
    return lambda: _campaign_of(found_row(rows))


def found_row(rows: Cursor) -> Row:
    """Return the one row of a result; `NotFound` if a restored backup does not have it."""
    row: Row | None = rows.fetchone()
    if row is None:
        raise NotFound(_GONE)
    return row


def campaign_for(conn: Connection, campaign_id: CampaignId, phone: str) -> Campaign:
    """Read a campaign with its hours as they are for a number in E.164 (`docs/rules.md` 6.1, 10.10)."""
    campaign = get_campaign(conn, campaign_id)
    if not campaign.asks_for_zones:
        return campaign
    from thrumsg_tui.store.phones import zones_of

    contact = conn.execute("SELECT fields FROM contact WHERE phone = ?", (phone,)).fetchone()
    return campaign.for_contact(zones_of(phone, contact["fields"] if contact else "{}"))


def find_campaign(conn: Connection, name: str | CampaignId) -> Campaign:
    """Return the campaign with a name, else with that id in digits; `NotFound` says how to list them."""
    if isinstance(name, int):
        return get_campaign(conn, name)
    row = conn.execute(f"{_CAMPAIGN} WHERE campaign.name = ?", (name,)).fetchone()
    if row is None and name.isascii() and name.isdigit() and len(name) < 16:
        row = conn.execute(f"{_CAMPAIGN} WHERE campaign.id = ?", (int(name),)).fetchone()
    if row is None:
        raise NotFound(f"There is no campaign {name!r}; `thrumsg campaign list` shows them.")
    return _campaign_of(row)


def totals(conn: Connection, campaign_id: CampaignId) -> Totals:
    """Sum the kept counts of a campaign (`docs/rules.md 2.1`)."""
    return ask_totals(conn, campaign_id)()


def ask_totals(conn: Connection, campaign_id: CampaignId) -> Asked[Totals]:
    """Ask for `totals`."""
    rows = conn.execute(
        """
        SELECT COALESCE(SUM(assigned), 0) AS total, COALESCE(SUM(not_started), 0) AS not_started,
               COALESCE(SUM(sent), 0) AS sent, COALESCE(SUM(needs_reply), 0) AS needs_reply,
               COALESCE(SUM(answered), 0) AS answered, COALESCE(SUM(opted_out), 0) AS opted_out,
               COALESCE(SUM(texted), 0) AS texted, COALESCE(SUM(replied), 0) AS replied
        FROM assignment WHERE campaign_id = ?
        """,
        (campaign_id,),
    )
    return lambda: Totals(**dict(found_row(rows)))


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign in the list of campaigns."""

    campaign: Campaign
    totals: Totals


def campaign_rows(conn: Connection, who: Identity) -> list[CampaignRow]:
    """List the campaigns with their counts, newest first.

    A person who may not view everything gets only their own campaigns, with the counts of their own conversations
    (`docs/rules.md 8.1`).
    """
    if who.may(Permission.VIEW_ALL):
        return [CampaignRow(campaign, totals(conn, campaign.id)) for campaign in campaigns(conn)]
    rows = conn.execute(
        """
        SELECT campaign_id, assigned AS total, not_started, sent, needs_reply, answered, opted_out, texted, replied
        FROM assignment WHERE user_id = ? AND active = 1
        """,
        (who.user.id,),
    )
    own = {row["campaign_id"]: {key: row[key] for key in row.keys()[1:]} for row in rows}
    return [CampaignRow(campaign, Totals(**own[campaign.id])) for campaign in campaigns(conn) if campaign.id in own]
