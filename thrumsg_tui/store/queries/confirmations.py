"""What owners confirmed about a campaign, from the journal (`docs/rules.md 10.10`)."""

from __future__ import annotations

from datetime import datetime

from thrumsg_tui.domain.campaign_facts import CampaignCreated, CampaignEdited, CampaignStateChanged, PointsConfirmed
from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.conversations import EventId
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.names import full_name
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.event_details import facts_of
from thrumsg_tui.store.schema import NOTABLE
from thrumsg_tui.store.times import from_ms

_JUDGED = (
    EventKind.CREATE_CAMPAIGN,
    EventKind.CHANGE_CAMPAIGN,
    EventKind.CREATE_FOLLOW_UP,
    EventKind.CHANGE_FOLLOW_UP,
    EventKind.EDIT_REPLIES,
    EventKind.CHANGE_SETTING,
    EventKind.OPT_IN,
    EventKind.UNDO,
    EventKind.REDO,
    EventKind.IMPORT,
    EventKind.RESTORE,
)
"""The kinds of events that can change a compliance list."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The last confirmation of a point."""

    code: str
    by: str
    """The name of the owner."""
    login: str
    at: datetime


def confirmations(conn: Connection, campaign_id: CampaignId, after: EventId | None = None) -> dict[str, Confirmation]:
    """Return the last confirmation of each point of a campaign, by code, oldest first.

    Args:
        conn: A connection.
        campaign_id: The campaign.
        after: An event, to leave out what was confirmed before it and by it.
    """
    rows = conn.execute(
        f"""
        SELECT event.action, event.summary, event.details, event.at, users.first_name, users.last_name, users.login
        FROM event JOIN users ON users.id = event.actor_id
        WHERE event.campaign_id = :campaign_id AND event.id > :after AND {NOTABLE}
          AND event.action IN ({_kinds(*_JUDGED[:2])})
        ORDER BY event.id
        """,
        {"campaign_id": campaign_id, "after": after or 0},
    )
    found: dict[str, Confirmation] = {}
    for row in rows:
        facts = facts_of(EventKind(row["action"]), row["summary"], row["details"])
        if isinstance(facts, CampaignCreated | CampaignEdited | CampaignStateChanged | PointsConfirmed):
            for code in facts.confirmed:
                found.pop(code, None)
                name = full_name(row["first_name"], row["last_name"])
                found[code] = Confirmation(code, name, row["login"], from_ms(row["at"]))
    return found


_LATE = 10_000
"""How many later events may be stored before one that a server numbered earlier, since its transaction took longer."""


def judged_events(conn: Connection) -> frozenset[EventId]:
    """Return the latest events that may have changed a compliance list."""
    rows = conn.execute(
        f"""
        SELECT id FROM event
        WHERE id > (SELECT COALESCE(MAX(id), 0) FROM event) - {_LATE} AND {NOTABLE} AND action IN ({_kinds(*_JUDGED)})
        """
    )
    return frozenset(EventId(row["id"]) for row in rows)


def judged_anew(conn: Connection, known: frozenset[EventId]) -> bool:
    """Return whether something was changed that may change a compliance list, besides `known` events."""
    return not judged_events(conn) <= known


def _kinds(*kinds: EventKind) -> str:
    return ", ".join(f"'{kind.value}'" for kind in kinds)
