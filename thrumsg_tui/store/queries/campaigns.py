"""Campaigns, their assignments and their questions."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from shlex import quote
from typing import TYPE_CHECKING

from thrumsg_tui.domain.campaigns import (
    Assignment,
    AssignmentId,
    Campaign,
    CampaignId,
    ChoiceId,
    Question,
    QuestionChoice,
    QuestionId,
    Totals,
)
from thrumsg_tui.domain.enums import CampaignState, HoursIn, SenderSort
from thrumsg_tui.domain.errors import NotFound, Nothing
from thrumsg_tui.domain.hours import DailyHours, InitialWindow
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.permissions import Permission, needed_role
from thrumsg_tui.domain.users import Identity, UserId
from thrumsg_tui.store.engines.connection import Asked, Connection, Cursor, Row
from thrumsg_tui.store.phones import zones_of
from thrumsg_tui.store.queries.senders import SENDER_COLUMNS, Senders, assignment_of
from thrumsg_tui.store.queries.users import USER_COLUMNS, find_user, user_name, user_of
from thrumsg_tui.store.schema import WAITING
from thrumsg_tui.store.times import from_ms, from_ms_or_none, to_ms

if TYPE_CHECKING:
    from thrumsg_tui.domain.conversations import ConversationId
    from thrumsg_tui.store.engines.connection import Connection, Row

ONLINE_FOR = timedelta(seconds=30)
"""A user is offline this long after their messenger last renewed its presence (`docs/rules.md 2.4`)."""

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
    return lambda: _campaign_of(_there(rows))


def _there(rows: Cursor) -> Row:
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
    return lambda: Totals(**dict(_there(rows)))


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
    some = "" if among is None else f"AND assignment.id IN ({', '.join('?' * len(among))})"
    rows = conn.execute(
        f"""
        SELECT assignment.id,
               (SELECT urgency FROM conversation
                WHERE assignment_id = assignment.id AND tab = 'responses' AND {WAITING}
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
        *columns, online = _there(rows)
        return assignment_of(columns, columns[:1] if online else ())

    return read


def unassigned(conn: Connection, campaign_id: CampaignId) -> AssignmentId:
    """Return the id of a campaign's Unassigned."""
    row = conn.execute("SELECT id FROM assignment WHERE campaign_id = ? AND user_id IS NULL", (campaign_id,)).fetchone()
    if row is None:
        raise NotFound(_GONE)
    return AssignmentId(row["id"])


def find_assignment(conn: Connection, campaign: Campaign, login: str) -> AssignmentId:
    """Return the assignment of a sender by login; `NotFound` unless they are on the campaign now."""
    found = assignment_of_user(conn, campaign.id, find_user(conn, login).id)
    if found is None:
        raise NotFound(
            f"{login!r} is not a sender of {campaign.name!r}: thrumsg overview {quote(campaign.name)} shows who is."
        )
    return found


def find_destination(conn: Connection, campaign: Campaign, login: str) -> AssignmentId:
    """Return the assignment that gets conversations, by login; `NotFound` says how to add that sender."""
    user = conn.execute("SELECT id FROM users WHERE login = ?", (login,)).fetchone()
    if user and (found := assignment_of_user(conn, campaign.id, UserId(user["id"]))):
        return found
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


def questions(conn: Connection, campaign_id: CampaignId, *, retired: bool = False) -> tuple[Question, ...]:
    """List the survey questions and their choices in order; with `retired`, retired questions too."""
    return ask_questions(conn, campaign_id, retired=retired)()


def ask_questions(conn: Connection, campaign_id: CampaignId, *, retired: bool = False) -> Asked[tuple[Question, ...]]:
    """Ask for `questions`."""
    rows = conn.execute(
        """
        SELECT question.id, question.text, question.retired, choice.id AS choice_id, choice.text AS choice
        FROM question JOIN choice ON choice.question_id = question.id
        WHERE question.campaign_id = ? AND question.retired <= ?
        ORDER BY question.position, question.id, choice.position, choice.id
        """,
        (campaign_id, int(retired)),
    )
    return lambda: _questions_of(rows)


def _questions_of(rows: Iterable[Row]) -> tuple[Question, ...]:
    return tuple(
        Question(
            id=QuestionId(question_id),
            text=text,
            choices=tuple(QuestionChoice(ChoiceId(row["choice_id"]), row["choice"]) for row in group),
            retired=bool(is_retired),
        )
        for (question_id, text, is_retired), group in groupby(
            rows, key=lambda row: (row["id"], row["text"], row["retired"])
        )
    )


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
