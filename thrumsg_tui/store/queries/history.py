"""Read the journal."""

from __future__ import annotations

from collections.abc import Iterator

from thrumsg_tui.domain.campaign_facts import CampaignEdited
from thrumsg_tui.domain.campaigns import Campaign, CampaignId
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import NotFound
from thrumsg_tui.domain.events import Event, EventKind
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.users import UserId
from thrumsg_tui.store.changes.parse_undoable import parse_undoable
from thrumsg_tui.store.changes.undoable_change import read_entry
from thrumsg_tui.store.engines.connection import Connection, Row
from thrumsg_tui.store.event_details import facts_of
from thrumsg_tui.store.schema import NOTABLE
from thrumsg_tui.store.times import from_ms

_MAY_NOT_HAVE_LEFT = """
    EXISTS (SELECT 1 FROM message
            WHERE message.conversation_id = event.conversation_id AND message.at = event.at
              AND message.state IN ('unsent', 'queued') LIMIT 1 OFFSET 0)
"""
"""On a send `event`: false only if a gateway has taken its message; by `message_in_thread`.

Only the details say which message of that moment it is; this condition avoids reading them where none is left.
PostgreSQL would read all messages once, rather than look up those of the entries shown, but for the OFFSET.
"""

_ENTRY = f"""
    SELECT event.id, event.at, event.action, event.summary, event.details, event.undone_by, event.undoes,
           CASE WHEN event.action = 'send' THEN {_MAY_NOT_HAVE_LEFT} ELSE event.undoable = 1 END AS may_be_undoable,
           event.campaign_id, campaign.name AS campaign, campaign.state AS campaign_state,
           doer.login AS doer, actor.login AS actor,
           EXISTS (SELECT 1 FROM job WHERE job.event_id = event.id AND job.finished_at IS NULL) AS under_way
    FROM event
    LEFT JOIN campaign ON campaign.id = event.campaign_id
    LEFT JOIN users AS doer ON doer.id = event.user_id
    LEFT JOIN users AS actor ON actor.id = event.actor_id
"""


def _entry_of(conn: Connection, row: Row) -> Event:
    actor, doer = row["actor"] or "", row["doer"]
    kind = EventKind(row["action"])
    return Event(
        id=EventId(row["id"]),
        at=from_ms(row["at"]),
        by=actor,
        acting_for=doer if doer != row["actor"] else None,
        kind=kind,
        campaign=row["campaign"],
        facts=facts_of(kind, row["summary"], row["details"]),
        undoable=_is_undoable(conn, row),
        undone_by=row["undone_by"],
        undoes=row["undoes"],
        under_way=bool(row["under_way"]),
    )


def _is_undoable(conn: Connection, row: Row) -> bool:
    """Whether an event can be undone, apart from who asks and whether anything is left to undo."""
    if not row["may_be_undoable"]:
        return False
    change = parse_undoable(*read_entry(row))
    if change is None or (change.ends_with_campaign and row["campaign_state"] == CampaignState.ARCHIVED):
        return False
    return not change.is_too_late(conn)


@dataclass(frozen=True, slots=True)
class HistoryRequest:
    """A filter for events: a campaign, a conversation, some people; None does not filter.

    An empty `people` matches nothing. Without `traffic`, sent and received messages are left out.
    """

    campaign_id: CampaignId | None = None
    conversation_id: ConversationId | None = None
    people: tuple[UserId, ...] | None = None
    traffic: bool = True


EVERYTHING = HistoryRequest()


def history(
    conn: Connection,
    request: HistoryRequest = EVERYTHING,
    offset: int = 0,
    limit: int | None = None,
    *,
    oldest_first: bool = False,
) -> list[Event]:
    """List the matching events, newest first or oldest first; all of them without `limit`."""
    where, parameters = _conditions(request)
    parameters |= {"limit": 1 << 60 if limit is None else limit, "offset": offset}
    by = "event.id" if oldest_first else "event.id DESC"
    rows = conn.execute(f"{_ENTRY} WHERE {where} ORDER BY {by} LIMIT :limit OFFSET :offset", parameters)
    return [_entry_of(conn, row) for row in rows]


def count_history(conn: Connection, request: HistoryRequest, at_most: int | None = None) -> int:
    """Count the events that `history` lists, up to `at_most` of them: each takes 0.1 µs, and there may be millions."""
    where, parameters = _conditions(request)
    parameters["at_most"] = 1 << 60 if at_most is None else at_most
    counted = conn.execute(
        f"SELECT COUNT(*) FROM (SELECT 1 FROM event WHERE {where} LIMIT :at_most) AS counted", parameters
    )
    return int(counted.fetchone()[0])


def _conditions(request: HistoryRequest) -> tuple[str, dict[str, object]]:
    conditions = ["1 = 1"] if request.traffic else [NOTABLE]
    if request.campaign_id is not None:
        conditions.append("event.campaign_id = :campaign_id")
    if request.conversation_id is not None:
        conditions.append(
            """
            event.id IN (SELECT id FROM event WHERE conversation_id = :conversation_id
                         UNION
                         SELECT event_id FROM event_conversation WHERE conversation_id = :conversation_id)
            """
        )
    if request.people is not None:
        people = ", ".join(str(int(user_id)) for user_id in request.people)
        conditions.append(f"event.user_id IN ({people})" if people else "1 = 0")
    parameters: dict[str, object] = {
        "campaign_id": request.campaign_id,
        "conversation_id": request.conversation_id,
    }
    return " AND ".join(conditions), parameters


def name_after(conn: Connection, campaign: Campaign, event_id: EventId) -> str:
    """Return the name that a campaign had after an event; reads the events of its changes since then."""
    rows = conn.execute(
        """
        SELECT summary, details FROM event WHERE campaign_id = ? AND action = ? AND id > ? ORDER BY id
        """,
        (campaign.id, EventKind.CHANGE_CAMPAIGN.value, event_id),
    )
    since = (facts_of(EventKind.CHANGE_CAMPAIGN, row["summary"], row["details"]) for row in rows)
    return next((each.name for each in since if isinstance(each, CampaignEdited) and each.new_name), campaign.name)


def get_event(conn: Connection, event_id: EventId) -> Event:
    """Read one event; `NotFound` if there is none."""
    row = conn.execute(f"{_ENTRY} WHERE event.id = ?", (event_id,)).fetchone()
    if row is None:
        raise NotFound(f"There is no change {event_id}; `thrumsg history` lists them.")
    return _entry_of(conn, row)


def own_changes(conn: Connection, user_id: UserId) -> Iterator[EventId]:
    """Iterate over a person's undoable events that were not undone and are no undos, newest first; by `event_undoable`.

    Sends are left out once their message has left, unless another message of the same moment has not.
    """
    rows = conn.execute(
        f"""
        SELECT id FROM event
        WHERE user_id = ? AND undoable = 1 AND undone_by IS NULL AND action <> 'undo'
          AND (action <> 'send' OR {_MAY_NOT_HAVE_LEFT})
        ORDER BY id DESC
        """,
        (user_id,),
    )
    return (EventId(row["id"]) for row in rows)


_NOT_UNDONE_BY_THEM = """
    NOT EXISTS (SELECT 1 FROM event AS undo WHERE undo.id = event.undone_by AND undo.user_id = event.user_id)
"""
"""On `event`: its person has not undone it. Somebody else may have, which the person need not know."""


def newest_send(conn: Connection, user_id: UserId) -> EventId | None:
    """Return the newest message that a person sent and has not undone, even if it has left; by `event_of_user`."""
    row = conn.execute(
        f"""
        SELECT id FROM event WHERE user_id = ? AND action = 'send' AND {_NOT_UNDONE_BY_THEM}
        ORDER BY id DESC LIMIT 1
        """,
        (user_id,),
    ).fetchone()
    return EventId(row["id"]) if row else None


def newest_own(conn: Connection, user_id: UserId) -> EventId | None:
    """Return a person's newest event that is no undo and that they have not undone; by `event_of_user`."""
    row = conn.execute(
        f"""
        SELECT id FROM event WHERE user_id = ? AND action <> 'undo' AND {_NOT_UNDONE_BY_THEM}
        ORDER BY id DESC LIMIT 1
        """,
        (user_id,),
    ).fetchone()
    return EventId(row["id"]) if row else None


def newest_own_undo(conn: Connection, user_id: UserId) -> EventId | None:
    """Return a person's newest undo that was not undone itself; by `event_notable_of_user`."""
    row = conn.execute(
        f"""
        SELECT id FROM event WHERE user_id = ? AND action = 'undo' AND {NOTABLE} AND undone_by IS NULL
        ORDER BY id DESC LIMIT 1
        """,
        (user_id,),
    ).fetchone()
    return EventId(row["id"]) if row else None
