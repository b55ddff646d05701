"""What imported contacts open in launched campaigns, for an owner to confirm (`docs/rules.md 10.10`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from thrumsg_tui.domain.campaigns import Campaign, CampaignId
from thrumsg_tui.domain.contact_zones import state_of
from thrumsg_tui.domain.opened_points import Opened
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.launch_check import launched
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.compliance import points_by_arrivals
from thrumsg_tui.store.queries.contact_counts import Arrival

_BATCH = 500

_Item = TypeVar("_Item")


def points_of_import(
    conn: Connection,
    who: Identity,
    campaign: Campaign,
    people: Sequence[Arrival],
    moved: Mapping[int, Arrival],
    now: datetime,
    database: Path,
) -> tuple[list[Campaign], list[Opened]]:
    """Return the launched campaigns in which an import opens points, and those points.

    Args:
        conn: A connection.
        who: The person who imports.
        campaign: The campaign that the contacts come to.
        people: All contacts of the file, with what is known of them after the import.
        moved: Those whose state it changes, by contact, who may be in other campaigns.
        now: The present.
        database: The path of the database.
    """
    of: dict[CampaignId, Sequence[Arrival]] = {campaign.id: people} if launched(conn, campaign.id) else {}
    campaigns = {each.id: each for each in launched(conn)} if of or moved else {}
    if moved:
        of |= {found: those for found, those in _by_campaign(conn, moved).items() if found not in of}
    concerned, opened = [], []
    opted_out = _opted_out(conn, [each.phone for those in of.values() for each in those])
    for campaign_id, those in of.items():
        if (each := campaigns.get(campaign_id)) is None:
            continue
        texted = (one for one in those if one.phone not in opted_out)
        if points := points_by_arrivals(conn, who, each, texted, now, database):
            concerned.append(each)
            opened.append(Opened(each.name, points))
    return concerned, opened


def has_moved(before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    """Return whether a contact's fields name another state than they did."""
    return before != after and (state := state_of(after)) is not None and state != state_of(before)


def _by_campaign(conn: Connection, moved: Mapping[int, Arrival]) -> dict[CampaignId, list[Arrival]]:
    found: dict[CampaignId, list[Arrival]] = {}
    for some in _batches(list(moved)):
        rows = conn.execute(
            f"SELECT campaign_id, contact_id FROM conversation WHERE contact_id IN ({_marks(some)})", tuple(some)
        )
        for row in rows:
            found.setdefault(CampaignId(row["campaign_id"]), []).append(moved[row["contact_id"]])
    return found


def _opted_out(conn: Connection, phones: Sequence[str]) -> Collection[str]:
    found = set()
    for some in _batches(phones):
        rows = conn.execute(f"SELECT phone FROM opt_out WHERE phone IN ({_marks(some)})", tuple(some))
        found |= {row["phone"] for row in rows}
    return found


def _batches(items: Sequence[_Item]) -> Iterable[Sequence[_Item]]:
    return (items[start : start + _BATCH] for start in range(0, len(items), _BATCH))


def _marks(items: Sequence[object]) -> str:
    return ", ".join("?" * len(items))
