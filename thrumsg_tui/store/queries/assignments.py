"""The assignments of a campaign: who has them, who is there now, and who waits longest."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from thrumsg_tui.domain.campaigns import Assignment, AssignmentId, Campaign, CampaignId
from thrumsg_tui.domain.enums import SenderSort
from thrumsg_tui.domain.errors import NotFound, Nothing
from thrumsg_tui.domain.permissions import Permission, needed_role
from thrumsg_tui.domain.users import Identity, UserId
from thrumsg_tui.store.queries.campaigns import found_row
from thrumsg_tui.store.queries.senders import SENDER_COLUMNS, Senders, assignment_of
from thrumsg_tui.store.queries.users import USER_COLUMNS, find_user, user_of
from thrumsg_tui.store.schema import IN_RESPONSES, WAITING
from thrumsg_tui.store.times import from_ms, to_ms

if TYPE_CHECKING:
    from thrumsg_tui.domain.conversations import ConversationId
    from thrumsg_tui.store.engines.connection import Asked, Connection

ONLINE_FOR = timedelta(seconds=30)
"""A user is offline this long after their messenger last renewed its presence (`docs/rules.md 2.4`)."""


def senders(conn: Connection, campaign_id: CampaignId, now: datetime) -> Senders:
    """List Unassigned, then the active senders of a campaign in no order.

    Uses the unique index on `assignment (campaign_id, user_id)`.
    """
    rows = conn.execute(
        f"""
        SELECT {SENDER_COLUMNS} FROM assignment LEFT JOIN users ON users.id = assignment.user_id
        WHERE assignment.campaign_id = ? AND assignment.active = 1
        """,
        (campaign_id,),
    )
    online = conn.execute(
        "SELECT DISTINCT user_id FROM presence WHERE campaign_id = ? AND seen_at > ?",
        (campaign_id, to_ms(now - ONLINE_FOR)),
    )
    found = sorted(map(tuple, rows), key=lambda row: row[0] is not None)
    return Senders(found, frozenset(UserId(row["user_id"]) for row in online))


def assignments(
    conn: Connection,
    campaign_id: CampaignId,
    now: datetime,
    sort: SenderSort = SenderSort.SENDER,
    *,
    reverse: bool = False,
) -> Senders:
    """List Unassigned, then the active senders of a campaign in an order of `docs/rules.md 2.3`.

    Sorts at most a few thousand rows here.
    """
    waiting = longest_waiting(conn, campaign_id) if sort is SenderSort.WAITING else {}
    return senders(conn, campaign_id, now).in_order(sort, waiting, reverse=reverse)


def longest_waiting(
    conn: Connection, campaign_id: CampaignId, among: Collection[AssignmentId] | None = None
) -> dict[AssignmentId, datetime]:
    """Return since when each assignment's longest waiting contact waits; by `conversation_responses_by_urgency`.

    Args:
        conn: A connection.
        campaign_id: The campaign.
        among: Some of its assignments, None for all: 2 µs each.
    """
    if among is not None and not among:
        return {}
    some = "" if among is None else f"AND assignment.id IN ({', '.join('?' * len(among))})"
    rows = conn.execute(
        f"""
        SELECT assignment.id,
               (SELECT urgency FROM conversation
                WHERE assignment_id = assignment.id AND {IN_RESPONSES} AND {WAITING}
                ORDER BY urgency LIMIT 1) AS since
        FROM assignment WHERE assignment.campaign_id = ? AND assignment.needs_reply > 0 {some}
        """,
        (campaign_id, *(among or ())),
    )
    return {AssignmentId(row["id"]): from_ms(row["since"]) for row in rows if row["since"] is not None}


def others_here(conn: Connection, who: Identity, conversation_id: ConversationId, now: datetime) -> tuple[str, ...]:
    """Return the names of others who have a conversation open now, sorted; by `presence_on_conversation`."""
    return ask_others_here(conn, who, conversation_id, now)()


def ask_others_here(
    conn: Connection, who: Identity, conversation_id: ConversationId, now: datetime
) -> Asked[tuple[str, ...]]:
    """Ask for `others_here`."""
    rows = conn.execute(
        f"""
        SELECT DISTINCT {USER_COLUMNS} FROM presence JOIN users ON users.id = presence.user_id
        WHERE presence.conversation_id = ? AND presence.seen_at > ? AND presence.user_id <> ?
        """,
        (conversation_id, to_ms(now - ONLINE_FOR), who.user.id),
    )
    return lambda: tuple(sorted(user_of(row).name for row in rows))


def get_assignment(conn: Connection, assignment_id: AssignmentId, now: datetime) -> Assignment:
    """Read one assignment, active or not; `NotFound` if a restored backup does not have it."""
    return ask_assignment(conn, assignment_id, now)()


def ask_assignment(conn: Connection, assignment_id: AssignmentId, now: datetime) -> Asked[Assignment]:
    """Ask for `get_assignment`."""
    rows = conn.execute(
        f"""
        SELECT {SENDER_COLUMNS},
               EXISTS (SELECT 1 FROM presence
                       WHERE presence.campaign_id = assignment.campaign_id
                         AND presence.user_id = assignment.user_id AND presence.seen_at > :seen_after) AS online
        FROM assignment LEFT JOIN users ON users.id = assignment.user_id WHERE assignment.id = :id
        """,
        {"id": assignment_id, "seen_after": to_ms(now - ONLINE_FOR)},
    )

    def read() -> Assignment:
        *columns, online = found_row(rows)
        return assignment_of(columns, columns[:1] if online else ())

    return read


def unassigned(conn: Connection, campaign_id: CampaignId) -> AssignmentId:
    """Return the id of a campaign's Unassigned."""
    rows = conn.execute("SELECT id FROM assignment WHERE campaign_id = ? AND user_id IS NULL", (campaign_id,))
    return AssignmentId(found_row(rows)["id"])


def find_assignment(conn: Connection, campaign: Campaign, login: str) -> AssignmentId:
    """Return the assignment of a sender by login; `NotFound` unless they are on the campaign now."""
    found = assignment_of_user(conn, campaign.id, find_user(conn, login).id)
    if found is None:
        from shlex import quote

        raise NotFound(
            f"{login!r} is not a sender of {campaign.name!r}: thrumsg overview {quote(campaign.name)} shows who is."
        )
    return found


def find_destination(conn: Connection, campaign: Campaign, login: str) -> AssignmentId:
    """Return the assignment that gets conversations, by login; `NotFound` says how to add that sender."""
    user = conn.execute("SELECT id FROM users WHERE login = ?", (login,)).fetchone()
    if user and (found := assignment_of_user(conn, campaign.id, UserId(user["id"]))):
        return found
    from shlex import quote

    add = f"thrumsg campaign add-sender {quote(campaign.name)} {quote(login)}"
    admin = needed_role(Permission.MANAGE_PEOPLE).capitalize()
    if user:
        reason = f"{login!r} is not a sender of {campaign.name!r}."
        raise NotFound(reason, Nothing.MOVED, advice=f"{admin} adds them with: {add}")
    make = f"thrumsg user add {quote(login)} --first-name FIRST --last-name LAST"
    how = f"{make}, and then: {add}"
    raise NotFound(f"There is no user {login!r}.", Nothing.MOVED, advice=f"{admin} adds them with: {how}")


def assignment_of_user(conn: Connection, campaign_id: CampaignId, user_id: UserId) -> AssignmentId | None:
    """Return the id of a user's active assignment in a campaign, None if they are not on it."""
    row = conn.execute(
        "SELECT id FROM assignment WHERE campaign_id = ? AND user_id = ? AND active = 1",
        (campaign_id, user_id),
    ).fetchone()
    return None if row is None else AssignmentId(row["id"])
