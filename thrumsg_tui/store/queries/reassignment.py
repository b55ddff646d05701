"""Plan a reassignment: which conversations go where (`docs/rules.md` 4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, assert_never

from thrumsg_tui.domain.campaigns import UNASSIGNED, Assignment, AssignmentId, Campaign, CampaignId
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.enums import CampaignState, Status, StatusFilter
from thrumsg_tui.domain.errors import NotFound, Nothing, Refused
from thrumsg_tui.domain.permissions import Permission, needed_role
from thrumsg_tui.domain.reassignment import (
    FromConversations,
    Move,
    Plan,
    Request,
    ToAllOthers,
    ToAssignments,
)
from thrumsg_tui.domain.reassignment_summary import matching
from thrumsg_tui.domain.split import deal, deal_level
from thrumsg_tui.store.engines.connection import Connection, Row
from thrumsg_tui.store.progress import OnProgress, RowsRead, no_progress
from thrumsg_tui.store.queries.assignments import assignments
from thrumsg_tui.store.queries.campaigns import get_campaign
from thrumsg_tui.store.queries.users import shown_user_name
from thrumsg_tui.store.schema import IN_RESPONSES, WAITING

_HOW_TO_ADD = (
    f"{needed_role(Permission.MANAGE_PEOPLE).capitalize()} adds senders, with + on the overview or with "
    "`thrumsg campaign add-sender`."
)


STATUSES = {status.value: status for status in Status}
"""Each status by its value: a tenth of the time of `Status(…)`, of which a plan takes one for each conversation."""


class _Holding(NamedTuple):
    """A conversation that may be moved, and the assignment that holds it, as they are stored."""

    conversation_id: ConversationId
    assignment_id: AssignmentId
    status: str
    opted_out: int


def plan(conn: Connection, request: Request, now: datetime, on_progress: OnProgress = no_progress) -> Plan:
    """Work out exactly what a reassignment would do, changing nothing; one indexed read of the conversations taken.

    Raises `Refused` in the cases of `docs/rules.md 4.6` and `4.10`, `NotFound` for a chosen conversation elsewhere.
    `on_progress` is told how many conversations of the senders have been read.
    """
    campaign = get_campaign(conn, request.campaign_id)
    require_not_archived(campaign)
    if request.count is not None and request.count < 1:
        raise Refused(f"The count must be at least 1, not {request.count}.", Nothing.MOVED)
    displayed = assignments(conn, request.campaign_id, now, request.sort, reverse=request.reverse)
    active = {assignment.id: assignment for assignment in displayed}
    already_there: tuple[ConversationId, ...] = ()
    if isinstance(request.sources, FromConversations):
        chosen = _chosen(conn, request.campaign_id, request.sources.conversations)
        destinations = _destinations(request, active, {holding.assignment_id for holding in chosen})
        matching = [holding for holding in chosen if _matches(holding, request.status)]
        taken = [holding for holding in matching if holding.assignment_id not in destinations]
        already_there = tuple(held.conversation_id for held in matching if held.assignment_id in destinations)
        if already_there and not taken:
            raise Refused("Every conversation chosen is already at a destination.", Nothing.MOVED)
    else:
        destinations = _destinations(request, active, set())
        sources = [each for each in active.values() if request.takes_from(each.id) and each.id not in destinations]
        read = RowsRead(on_progress, lambda: _to_read(request, sources))
        taken = _taken(conn, request, sources, read)
    taken = taken[: request.count]
    order = [each for each in active if each in destinations]
    dealt = (
        deal_level(taken, [(each, active[each].assigned) for each in order]) if request.level else deal(taken, order)
    )
    moves = tuple(
        Move(conversation_id, source, destination, STATUSES[status], opted_out == 1)
        for (conversation_id, source, status, opted_out), destination in dealt
    )
    involved = {*(move.source for move in moves), *request.named_sources, *order}
    names, logins = _named(conn, involved, active)
    return Plan(campaign.id, newest_event(conn, campaign.id), moves, already_there, names, logins)


def require_not_archived(campaign: Campaign) -> None:
    """Raise `Refused` if the campaign is archived: nothing in it can be reassigned (`docs/rules.md 4.10`)."""
    if campaign.state is CampaignState.ARCHIVED:
        raise Refused(f"{campaign.name!r} is archived: nothing in it can be reassigned any more.")


def at_most(conn: Connection, request: Request) -> int:
    """Return an upper bound of how many conversations a reassignment moves, from the kept counts."""
    if isinstance(request.sources, FromConversations):
        return len(request.sources.conversations)
    rows = conn.execute("SELECT id, assigned FROM assignment WHERE campaign_id = ?", (request.campaign_id,))
    held = sum(int(row["assigned"]) for row in rows if request.takes_from(AssignmentId(row["id"])))
    return held if request.count is None else min(held, request.count)


def newest_event(conn: Connection, campaign_id: CampaignId) -> EventId:
    """Return the id of the newest event of a campaign, 0 if there is none.

    Moves are numbered one after the other only within a campaign, which each of them holds.
    """
    row = conn.execute("SELECT COALESCE(MAX(id), 0) FROM event WHERE campaign_id = ?", (campaign_id,)).fetchone()
    return EventId(row[0])


def _destinations(
    request: Request, active: Mapping[AssignmentId, Assignment], holders: set[AssignmentId]
) -> set[AssignmentId]:
    named = set(request.named_sources)
    match request.destinations:
        case ToAllOthers():
            destinations = {each.id for each in active.values() if each.user} - named - holders
            if not destinations:
                raise Refused(
                    "There is no other active sender on this campaign to distribute to.",
                    Nothing.MOVED,
                    advice=_HOW_TO_ADD,
                )
        case ToAssignments(assignments):
            destinations = set(assignments)
            if not destinations:
                raise Refused("No destination: name a sender, Unassigned, or everyone.", Nothing.MOVED)
            if not destinations <= set(active):
                raise Refused("A destination is no longer active on this campaign.", Nothing.MOVED, advice=_HOW_TO_ADD)
        case _:
            assert_never(request.destinations)
    if named and named <= destinations:
        raise Refused("Every source is also a destination: choose others.", Nothing.MOVED)
    return destinations


def _to_read(request: Request, sources: Iterable[Assignment]) -> int:
    """Return how many conversations are read from some sources, by the kept counts."""
    held = sum(matching(each, request.status) for each in sources)
    return held if request.count is None else min(held, request.count)


def _taken(conn: Connection, request: Request, sources: Iterable[Assignment], read: RowsRead) -> list[_Holding]:
    """Take conversations from each source in displayed order, Unassigned first (`docs/rules.md 4.5`)."""
    taken: list[_Holding] = []
    for source in sources:
        wanted = None if request.count is None else request.count - len(taken)
        if wanted == 0:
            break
        taken += map(_Holding._make, read.over(_held(conn, source.id, request.status, wanted)))
    return taken


def _held(conn: Connection, source: AssignmentId, status: StatusFilter, limit: int | None) -> Iterator[Row]:
    """Read what a source holds, in the order of `docs/rules.md 4.5`, from the index of that order."""
    match status:
        case StatusFilter.ANY:
            condition, order = "1 = 1", "id"
        case StatusFilter.NEEDS_REPLY:
            condition, order = f"{IN_RESPONSES} AND {WAITING}", "urgency, id"
        case StatusFilter.NOT_STARTED:
            condition, order = "status = 'not_started' AND opted_out = 0", "id"
        case _:
            assert_never(status)
    rows = conn.execute(
        f"""
        SELECT id, assignment_id, status, opted_out FROM conversation
        WHERE assignment_id = :source AND {condition} ORDER BY {order} LIMIT :limit
        """,
        {"source": source, "limit": 1 << 60 if limit is None else limit},
    )
    return iter(rows)


def _chosen(conn: Connection, campaign_id: CampaignId, conversations: Sequence[ConversationId]) -> list[_Holding]:
    wanted = tuple(dict.fromkeys(conversations))
    found: dict[int, _Holding] = {}
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        rows = conn.execute(
            f"""
            SELECT id, assignment_id, status, opted_out FROM conversation
            WHERE +campaign_id = ? AND id IN ({", ".join("?" * len(some))})
            """,
            (campaign_id, *some),
        )
        found |= {row["id"]: _Holding._make(row) for row in rows}
    if missing := [each for each in wanted if each not in found]:
        raise NotFound(_where_it_is(conn, missing[0]), Nothing.MOVED)
    return [found[each] for each in wanted]


def _where_it_is(conn: Connection, conversation_id: ConversationId) -> str:
    row = conn.execute(
        "SELECT name FROM campaign WHERE id = (SELECT campaign_id FROM conversation WHERE id = ?)", (conversation_id,)
    ).fetchone()
    if row is None:
        return f"There is no conversation {conversation_id}."
    return f"Conversation {conversation_id} is not in this campaign but in {row['name']!r}."


def holders(
    conn: Connection, campaign_id: CampaignId, conversations: Sequence[ConversationId]
) -> frozenset[AssignmentId]:
    """Return the assignments that hold any of some conversations of a campaign; one look-up by id for each."""
    found: set[AssignmentId] = set()
    for start in range(0, len(conversations), 500):
        some = conversations[start : start + 500]
        rows = conn.execute(  # the + stops SQLite from reading the whole campaign
            f"""
            SELECT assignment_id FROM conversation
            WHERE +campaign_id = ? AND id IN ({", ".join("?" * len(some))})
            """,
            (campaign_id, *some),
        )
        found |= {AssignmentId(row["assignment_id"]) for row in rows}
    return frozenset(found)


def _matches(holding: _Holding, status: StatusFilter) -> bool:
    """Apply the status filter to a chosen conversation; only Any includes opted-out ones (`docs/rules.md 4.1`)."""
    return status.status is None or (holding.status == status.status and not holding.opted_out)


def _named(
    conn: Connection, involved: Iterable[AssignmentId], active: Mapping[AssignmentId, Assignment]
) -> tuple[dict[AssignmentId, str], dict[AssignmentId, str | None]]:
    names: dict[AssignmentId, str] = {}
    logins: dict[AssignmentId, str | None] = {}
    for assignment_id in involved:
        if known := active.get(assignment_id):
            names[assignment_id], logins[assignment_id] = known.shown_name, known.login
            continue
        row = conn.execute(
            f"""
            SELECT users.login, {shown_user_name()} AS name
            FROM assignment LEFT JOIN users ON users.id = assignment.user_id WHERE assignment.id = ?
            """,
            (assignment_id,),
        ).fetchone()
        names[assignment_id], logins[assignment_id] = row["name"] or UNASSIGNED, row["login"]
    return names, logins
