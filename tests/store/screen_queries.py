"""Every query of a screen, and how to ask it of a database in which all has happened that can."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from tests.store.arranging import number
from thrumsg_tui.domain.campaigns import AssignmentId, Campaign, Target
from thrumsg_tui.domain.conversations import ConversationId, EventId, MessageId
from thrumsg_tui.domain.enums import ConversationSort, SenderSort, StatusFilter, Tab
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.reassignment import FromAssignments, FromConversations, FromEveryone, Request, ToAssignments
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.queries.assignments import assignment_of_user, assignments, longest_waiting, unassigned
from thrumsg_tui.store.queries.bulk_move_jobs import job_of, open_jobs
from thrumsg_tui.store.queries.campaigns import campaign_rows, campaigns, find_campaign, get_campaign
from thrumsg_tui.store.queries.carrier_figures import carrier_figures
from thrumsg_tui.store.queries.carrier_status import carrier_status
from thrumsg_tui.store.queries.compliance import compliance_points, setup_points
from thrumsg_tui.store.queries.contact_search import ContactSearch, Wanted, found_contacts
from thrumsg_tui.store.queries.conversations import (
    ListRequest,
    count,
    ids,
    next_waiting,
    next_waiting_elsewhere,
    page,
)
from thrumsg_tui.store.queries.doubts import count_in_doubt, messages_in_doubt
from thrumsg_tui.store.queries.failures import count_failed, failed_messages
from thrumsg_tui.store.queries.field_codes import send_all_warnings
from thrumsg_tui.store.queries.follow_ups import follow_ups, reach, waiting_in_follow_ups
from thrumsg_tui.store.queries.gateway_numbers import replacement
from thrumsg_tui.store.queries.history import HistoryRequest, count_history, get_event, history, newest_own
from thrumsg_tui.store.queries.list_places import ids_between, ids_from, position
from thrumsg_tui.store.queries.lookup import conversations_by_id, look_up, look_up_typed, numbers_ending
from thrumsg_tui.store.queries.messenger import ViewRequest, messenger_view, open_conversation
from thrumsg_tui.store.queries.next_message import fill_in
from thrumsg_tui.store.queries.opt_out_message import told_by_hand
from thrumsg_tui.store.queries.opt_outs import count_opt_outs, opt_out_rows, was_asked_for
from thrumsg_tui.store.queries.overview import overview
from thrumsg_tui.store.queries.questions import questions
from thrumsg_tui.store.queries.reassignment import holders, plan
from thrumsg_tui.store.queries.recommended_replies import recommended_replies
from thrumsg_tui.store.queries.script_preview import script_preview
from thrumsg_tui.store.queries.settings import restored_at, settings, stored_settings
from thrumsg_tui.store.queries.survey_results import survey_results
from thrumsg_tui.store.queries.thread import contact_names, get_conversation, get_conversation_head, newest_message
from thrumsg_tui.store.queries.undo_preview import (
    is_weighty,
    last_redoable,
    last_undoable,
    newest_change,
    preview_undo,
    taken_back_in,
    why_it_stays,
)
from thrumsg_tui.store.queries.unmatched import count_unmatched, unmatched_messages
from thrumsg_tui.store.queries.users import identify, people_rows, preference, users


@dataclass(frozen=True, slots=True)
class Filled:
    """What the queries are asked about."""

    db: Database
    who: Identity
    of: Campaign
    kims: AssignmentId
    nobodys: AssignmentId
    people: list[ConversationId]
    event: EventId


Ask = Callable[[Connection, Filled], object]


def _view(tab: Tab, sort: ConversationSort, search: str) -> Ask:
    def ask(conn: Connection, filled: Filled) -> object:
        request = ListRequest(filled.of.id, filled.kims, tab, search=search, sort=sort)
        views = []
        for cursor in (None, *filled.people[::5]):
            asked = ViewRequest(
                *(request, 3, 4, cursor, 1),
                sent_tab=True,
                with_info=cursor is None,
                heard_to=MessageId(1 << 62),
            )
            views.append(messenger_view(conn, filled.who, asked, filled.db.clock()))
        return views

    return ask


def _list(tab: Tab, sort: ConversationSort, search: str) -> Ask:
    def ask(conn: Connection, filled: Filled) -> object:
        request = ListRequest(filled.of.id, filled.kims, tab, search=search, sort=sort)
        whole = ids(conn, request)
        return count(conn, request), page(conn, request, 2, 5), [position(conn, request, each) for each in whole]

    return ask


def _from_one(tab: Tab, sort: ConversationSort, search: str) -> Ask:
    def ask(conn: Connection, filled: Filled) -> object:
        request = ListRequest(filled.of.id, filled.kims, tab, search=search, sort=sort)
        return [ids_from(conn, request, each, 3) for each in filled.people[:4]]

    return ask


def _between(tab: Tab, sort: ConversationSort, search: str) -> Ask:
    def ask(conn: Connection, filled: Filled) -> object:
        request = ListRequest(filled.of.id, filled.kims, tab, search=search, sort=sort)
        return ids_between(conn, request, filled.people[0], filled.people[4])

    return ask


def _assignments(sort: SenderSort) -> Ask:
    return lambda conn, of: assignments(conn, of.of.id, of.db.clock(), sort)


def _contact_search(text: str) -> Ask:
    def ask(conn: Connection, filled: Filled) -> None:
        for own in (None, filled.who.user.id):
            search = ContactSearch(Wanted(text, own=own), entries=50)
            while not search.is_done:
                search.advance(conn)

    return ask


def _redoable(conn: Connection, filled: Filled) -> None:
    with suppress(Refused):  # nobody has taken anything back
        last_redoable(conn, filled.who)


def _plan(how: str, status: StatusFilter, limit: int | None) -> Ask:
    def ask(conn: Connection, filled: Filled) -> object:
        to = (unassigned(conn, filled.of.id),)
        request = {
            "everyone": Request(filled.of.id, FromEveryone(), ToAssignments(to), status=status, count=limit),
            "one": Request(
                filled.of.id, FromAssignments((filled.kims,)), ToAssignments(to), status=status, count=limit
            ),
            "picked": Request(
                filled.of.id, FromConversations(tuple(filled.people)), ToAssignments(to), status=status, count=limit
            ),
        }[how]
        return plan(conn, request, filled.db.clock())

    return ask


def _history(read: Callable[[Connection, HistoryRequest], object], *, traffic: bool, whole: bool, narrowed: str) -> Ask:
    def ask(conn: Connection, filled: Filled) -> object:
        request = HistoryRequest(
            campaign_id=None if whole else filled.of.id,
            conversation_id=filled.people[12] if narrowed == "conversation" else None,
            people=(filled.who.user.id,) if narrowed == "people" else None,
            traffic=traffic,
        )
        return read(conn, request)

    return ask


def _next_waiting(conn: Connection, filled: Filled) -> object:
    currents = (None, *filled.people[::4])
    return [next_waiting(conn, filled.kims, each, wrap=wrap) for each in currents for wrap in (True, False)]


def _window(conn: Connection, request: HistoryRequest) -> object:
    return history(conn, request, 0, 20), history(conn, request, 0, 20, oldest_first=True)


def _counted(conn: Connection, request: HistoryRequest) -> object:
    return count_history(conn, request, 1_000)


ASKED: dict[str, tuple[Callable[..., object], Ask]] = {
    "campaigns": (campaigns, lambda conn, of: campaigns(conn)),
    "campaign_rows": (campaign_rows, lambda conn, of: campaign_rows(conn, of.who)),
    "stored_settings": (stored_settings, lambda conn, of: stored_settings(conn)),
    "identify": (identify, lambda conn, of: identify(conn, "ana")),
    "people_rows": (people_rows, lambda conn, of: people_rows(conn)),
    "campaign": (get_campaign, lambda conn, of: get_campaign(conn, of.of.id)),
    "campaign by title": (find_campaign, lambda conn, of: find_campaign(conn, of.of.name)),
    "questions": (questions, lambda conn, of: questions(conn, of.of.id, retired=True)),
    "recommended_replies": (recommended_replies, lambda conn, of: recommended_replies(conn, of.of.id)),
    "replacement": (replacement, lambda conn, of: replacement(conn, of.people[0])),
    "setup_points": (setup_points, lambda conn, of: setup_points(conn, of.who, of.of.setup, of.of.id, of.db.clock())),
    "compliance_points": (
        compliance_points,
        lambda conn, of: compliance_points(conn, of.who, of.of, of.db.clock(), of.db.path),
    ),
    "follow_ups": (follow_ups, lambda conn, of: follow_ups(conn, of.of.id)),
    "reach": (reach, lambda conn, of: [reach(conn, of.of.id, each) for each in (Target(), Target(replied=True))]),
    "survey_results": (survey_results, lambda conn, of: survey_results(conn, of.of.id)),
    "survey_results by sender": (survey_results, lambda conn, of: survey_results(conn, of.of.id, by_sender=True)),
    "opt_out_rows": (opt_out_rows, lambda conn, of: opt_out_rows(conn, "", 0, 20)),
    "opt_out_rows, search": (opt_out_rows, lambda conn, of: opt_out_rows(conn, "p1 0102", 0, 20)),
    "count_opt_outs": (count_opt_outs, lambda conn, of: count_opt_outs(conn)),
    "unmatched_messages": (unmatched_messages, lambda conn, of: unmatched_messages(conn, 0, 20)),
    "count_unmatched": (count_unmatched, lambda conn, of: count_unmatched(conn)),
    "overview": (overview, lambda conn, of: overview(conn, of.who, of.of.id, of.db.clock(), "order")),
    "carrier_status": (carrier_status, lambda conn, of: carrier_status(conn, of.db.clock())),
    "carrier_figures": (carrier_figures, lambda conn, of: carrier_figures(conn, of.db.clock())),
    "messages_in_doubt": (messages_in_doubt, lambda conn, of: messages_in_doubt(conn, 0, 20)),
    "failed_messages": (failed_messages, lambda conn, of: failed_messages(conn, of.db.clock(), 0, 20)),
    "count_failed": (count_failed, lambda conn, of: count_failed(conn, of.db.clock())),
    "count_in_doubt": (count_in_doubt, lambda conn, of: count_in_doubt(conn)),
    "longest_waiting": (longest_waiting, lambda conn, of: longest_waiting(conn, of.of.id)),
    "conversation": (get_conversation, lambda conn, of: [get_conversation(conn, each) for each in of.people]),
    "head": (get_conversation_head, lambda conn, of: [get_conversation_head(conn, each) for each in of.people]),
    "newest_message": (newest_message, lambda conn, of: [newest_message(conn, each) for each in of.people]),
    "open_conversation": (
        open_conversation,
        lambda conn, of: [open_conversation(conn, of.who, each, of.db.clock()) for each in of.people],
    ),
    "next_waiting": (next_waiting, _next_waiting),
    "next_waiting_elsewhere": (
        next_waiting_elsewhere,
        lambda conn, of: next_waiting_elsewhere(conn, of.of.id, of.kims),
    ),
    "fill_in": (fill_in, lambda conn, of: fill_in(conn, get_conversation(conn, of.people[0]), of.who, "%first_name%")),
    "told_by_hand": (
        told_by_hand,
        lambda conn, of: [told_by_hand(conn, each, of.db.clock()) for each in (number(3), "+14155559999")],
    ),
    "look_up": (look_up, lambda conn, of: [look_up(conn, each) for each in (number(3), "+14155559999")]),
    "look_up_typed": (
        look_up_typed,
        lambda conn, of: [look_up_typed(conn, each) for each in (number(3), "4155559999")],
    ),
    **{f"contact search: {text}": (ContactSearch.advance, _contact_search(text)) for text in ("p1", "0102")},
    "found_contacts": (found_contacts, lambda conn, of: found_contacts(conn, of.people[:20])),
    "conversations_by_id": (conversations_by_id, lambda conn, of: conversations_by_id(conn, of.people[:20])),
    "numbers_ending": (numbers_ending, lambda conn, of: numbers_ending(conn, "0102", number(3), 500)),
    "script_preview": (
        script_preview,
        lambda conn, of: [
            script_preview(conn, of.who, "%first_name% at %place%", campaign_id, initial=True)
            for campaign_id in (of.of.id, None)
        ],
    ),
    "send_all_warnings": (
        send_all_warnings,
        lambda conn, of: [send_all_warnings(conn, of.of, tab) for tab in (Tab.INITIAL, Tab.FOLLOW_UPS)],
    ),
    "waiting_in_follow_ups": (
        waiting_in_follow_ups,
        lambda conn, of: [waiting_in_follow_ups(conn, each.id) for each in assignments(conn, of.of.id, of.db.clock())],
    ),
    "open_jobs": (open_jobs, lambda conn, of: open_jobs(conn)),
    "job_of": (job_of, lambda conn, of: job_of(conn, of.event)),
    "contact_names": (contact_names, lambda conn, of: contact_names(conn, of.people[:3])),
    "holders": (holders, lambda conn, of: holders(conn, of.of.id, of.people)),
    "preview_undo": (preview_undo, lambda conn, of: preview_undo(conn, of.who, of.event)),
    "newest_change": (newest_change, lambda conn, of: newest_change(conn, of.who)),
    "newest_own": (newest_own, lambda conn, of: newest_own(conn, of.who.user.id)),
    "get_event": (get_event, lambda conn, of: get_event(conn, of.event)),
    "why_it_stays": (why_it_stays, lambda conn, of: why_it_stays(conn, of.who, get_event(conn, of.event))),
    "was_asked_for": (was_asked_for, lambda conn, of: was_asked_for(conn, of.event)),
    "is_weighty": (is_weighty, lambda conn, of: is_weighty(conn, of.event)),
    "last_redoable": (last_redoable, _redoable),
    "taken_back_in": (taken_back_in, lambda conn, of: taken_back_in(conn, of.event)),
    "last_undoable": (last_undoable, lambda conn, of: last_undoable(conn, of.who)),
    "preference": (preference, lambda conn, of: preference(conn, of.who.user.id, "order")),
    "users": (users, lambda conn, of: users(conn)),
    "settings": (settings, lambda conn, of: settings(conn)),
    "restored_at": (restored_at, lambda conn, of: restored_at(conn)),
    "unassigned": (unassigned, lambda conn, of: unassigned(conn, of.of.id)),
    "assignment_of_user": (assignment_of_user, lambda conn, of: assignment_of_user(conn, of.of.id, of.who.user.id)),
    **{f"assignments by {sort}": (assignments, _assignments(sort)) for sort in SenderSort},
    **{
        f"{name}: {tab}, {sort}, search {search!r}": (function, make(tab, sort, search))
        for name, function, make in (
            ("messenger_view", messenger_view, _view),
            ("lists", ids, _list),
            ("from one", ids_from, _from_one),
            ("between", ids_between, _between),
        )
        for tab in Tab
        for sort in ConversationSort
        for search in ("", "p1", "0102")
    },
    **{
        f"plan: {how}, {status}, {limit}": (plan, _plan(how, status, limit))
        for how in ("everyone", "one", "picked")
        for status in StatusFilter
        for limit in (None, 2)
    },
    **{
        f"{name}: {'all' if whole else 'one'}, traffic {traffic}, by {narrowed or 'nothing'}": (
            function,
            _history(read, traffic=traffic, whole=whole, narrowed=narrowed),
        )
        for name, function, read in (("history", history, _window), ("count_history", count_history, _counted))
        for traffic in (True, False)
        for whole in (True, False)
        for narrowed in ("", "people", "conversation")
    },
}
"""Every query of a screen: the function, and how to ask it of the filled database."""
