"""The contents of the messenger, read in one transaction so that its panes agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple, assert_never

from thrumsg_tui.domain.campaigns import Assignment, Campaign, CampaignId, Question, RecommendedReply, Totals
from thrumsg_tui.domain.conversations import Conversation, ConversationId, ConversationRow, MessageId, ThreadEvent
from thrumsg_tui.domain.enums import Tab
from thrumsg_tui.domain.fields import Rendered
from thrumsg_tui.domain.hours import WindowState, window_state
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.names import fold
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.engines.connection import Asked, Connection
from thrumsg_tui.store.queries.arrivals import Arrivals, ask_arrivals
from thrumsg_tui.store.queries.assignments import ONLINE_FOR, ask_assignment, ask_others_here
from thrumsg_tui.store.queries.bulk_move_jobs import Job, ask_job_in
from thrumsg_tui.store.queries.campaigns import ask_campaign, ask_totals
from thrumsg_tui.store.queries.conversations import ListRequest, ask_rows
from thrumsg_tui.store.queries.drafts import ask_draft, ask_drafts
from thrumsg_tui.store.queries.list_places import Landmark
from thrumsg_tui.store.queries.list_windows import WindowRequest, list_window, search_window
from thrumsg_tui.store.queries.lookup import PhoneRecord, look_up
from thrumsg_tui.store.queries.next_message import NextMessage, fill_in_all, next_message
from thrumsg_tui.store.queries.questions import ask_questions
from thrumsg_tui.store.queries.recommended_replies import ask_recommended_replies
from thrumsg_tui.store.queries.search import Search, continued
from thrumsg_tui.store.queries.settings import Settings, ask_settings
from thrumsg_tui.store.queries.thread import ask_conversation, get_conversation_head
from thrumsg_tui.store.queries.thread_events import thread_events
from thrumsg_tui.store.times import to_ms

_JUST_NOW = timedelta(seconds=30)
"""How recent an event must be for the messenger to explain by it why the conversation left the list."""


@dataclass(frozen=True, slots=True)
class ViewRequest:
    """The state of the screen: the list, its window of rows, its cursor, and the open conversation.

    The cursor follows `cursor_id`; if that has left the list, it stays at `cursor_index` (`docs/rules.md 3.19`). With
    `keep_open`, that conversation stays open although the cursor is not on it.
    """

    list: ListRequest
    first: int
    height: int
    cursor_id: ConversationId | None
    cursor_index: int
    keep_open: ConversationId | None = None
    sent_tab: bool = False
    with_info: bool = False
    """Whether what only the sidebar's info shows is read, too: `OpenConversation.record` and `totals`."""
    with_filled: bool = False
    """Whether the recommended replies are filled in for the open contact, too."""
    heard_to: MessageId | None = None
    """The message after which later ones are told of (`MessengerView.arrivals`); None does not ask for them."""
    landmark: Landmark | None = None
    """A row that was in memory, from which its neighbours are found if the cursor's has left the list."""

    @property
    def place(self) -> WindowRequest:
        """The window in its list."""
        return WindowRequest(self.first, self.height, self.cursor_id, self.cursor_index, self.landmark)


@dataclass(frozen=True, slots=True)
class OpenConversation:
    """The conversation in the middle pane, with the initial content of its message box."""

    conversation: Conversation
    next_message: NextMessage
    draft: str | None
    others_here: tuple[str, ...]
    """Names of others who have it open too."""
    record: PhoneRecord | None = None
    """What is known of the contact's number in all campaigns, if that was asked for."""


@dataclass(frozen=True, slots=True)
class ChangeByOthers:
    """An event by which somebody else has just removed the conversation under the cursor from the list."""

    name: str
    event: ThreadEvent


@dataclass(frozen=True, slots=True)
class MessengerView:
    """Everything that the messenger shows."""

    version: int
    """The number of the state of the database (`Connection.ask_version`)."""
    campaign: Campaign
    settings: Settings
    viewing: Assignment
    totals: Totals | None
    """The sums of the campaign, over all its senders, if they were asked for."""
    others_online: int
    job: Job | None
    """The bulk move that is under way in the campaign."""
    tabs: Mapping[Tab, int]
    list: ListRequest
    total: int
    first: int
    rows: tuple[ConversationRow, ...]
    search: Search | None
    """The search in the list, if there is one."""
    is_whole: bool
    """Whether all rows of the window are known; they may not be while a search is under way."""
    is_counted: bool
    """Whether `total` counts all rows; while a search is under way it counts those that are known."""
    drafts: Mapping[ConversationId, str]
    """The person's own drafts in those rows."""
    cursor_index: int
    open: OpenConversation | None
    departure: ChangeByOthers | None
    arrivals: Arrivals | None
    """What has come after `ViewRequest.heard_to`, if that was asked for."""
    questions: tuple[Question, ...]
    replies: tuple[RecommendedReply, ...]
    filled: tuple[Rendered, ...]
    """The replies as the open contact would get them, if that was asked for and there is one."""

    @property
    def campaign_here(self) -> Campaign:
        """The campaign, with the daily hours of the contact whose conversation is open (`docs/rules.md 6.1`)."""
        return self.campaign.for_contact(self.open.conversation.zones) if self.open else self.campaign


def messenger_view(
    conn: Connection,
    who: Identity,
    request: ViewRequest,
    now: datetime,
    search: Search | None = None,
    as_of: int | None = None,
    before: MessengerView | None = None,
) -> MessengerView:
    """Read everything that the messenger shows, for one state of the screen.

    The view's `list` has the tab that is shown: the one asked for, or another if that is hidden. Raises `NotFound` if
    the assignment is gone.

    Args:
        conn: A connection.
        who: The person.
        request: The state of the screen.
        now: The present time.
        search: The search of the last view: one in the same list goes on.
        as_of: The version of the database. With it, a search does only its next slice (`MessengerView.search`); without
            it, it is done when this returns.
        before: The last view, of the same campaign: as long as nothing has changed, what it has is not read again.
    """
    wanted = request.list
    if wanted.assignment_id is None:
        raise ValueError("the messenger shows one assignment")
    asked_version = conn.ask_version()
    unchanged = before if before and conn.answers_at_once and asked_version() == before.version else None
    asked_viewing = ask_assignment(conn, wanted.assignment_id, now)
    arrivals = None if request.heard_to is None else ask_arrivals(conn, wanted.assignment_id, request.heard_to)
    around = _known_around(unchanged) if unchanged else _ask_around(conn, wanted.campaign_id)
    others_online = _ask_others_online(conn, wanted.campaign_id, who, now)
    totals = ask_totals(conn, wanted.campaign_id) if request.with_info else None
    expected = request.keep_open or request.cursor_id
    conversation = ask_open_conversation(conn, who, expected, now, with_record=request.with_info) if expected else None
    kept, viewing, campaign = around.settings(), asked_viewing(), around.campaign()
    wanted = replace(wanted, by_phone=wanted.by_phone and not kept.redact_phones)
    tabs = visible_tabs(viewing, campaign, now, sent=request.sent_tab)
    tab = wanted.tab if wanted.tab in tabs else _first_tab(viewing, tabs)
    wanted = replace(wanted, tab=tab)
    search = continued(search, wanted, as_of or 0) if fold(wanted.search) else None
    if search:
        window = search_window(conn, search, request.place, to_the_end=as_of is None)
    else:
        window = list_window(conn, wanted, request.place, tabs[tab])
    version = asked_version()
    known = {row.id: row for row in before.rows} if before and before.version == version else {}
    asked_rows, drafts = ask_rows(conn, window.ids, known), ask_drafts(conn, who.user.id, window.ids)
    cursor, first, rows = window.cursor, window.first, tuple(asked_rows())
    under_cursor = rows[cursor - first].id if 0 <= cursor - first < len(rows) else None
    shown = request.keep_open or under_cursor
    if shown and (conversation is None or shown != expected):
        conversation = ask_open_conversation(conn, who, shown, now, with_record=request.with_info)
    opened = conversation() if shown and conversation else None
    replies, filled = around.replies(), tuple[Rendered, ...]()
    if request.with_filled and opened:
        filled = fill_in_all(conn, opened.conversation, who, [each.body for each in replies])
    return MessengerView(
        version=version,
        campaign=campaign,
        settings=kept,
        viewing=viewing,
        totals=totals() if totals else None,
        others_online=others_online(),
        job=around.job(),
        tabs=tabs,
        list=wanted,
        total=window.total,
        first=first,
        rows=rows,
        search=search,
        is_whole=search is None or search.matches.has(first + request.height),
        is_counted=search is None or search.matches.total is not None,
        drafts=drafts(),
        cursor_index=cursor,
        open=opened,
        departure=None if under_cursor == request.cursor_id else _departure(conn, who, request.cursor_id, now),
        arrivals=arrivals() if arrivals else None,
        questions=around.questions(),
        replies=replies,
        filled=filled,
    )


class _Around(NamedTuple):
    """What the messenger shows whatever the list, the conversation and the time; asked, but not read."""

    settings: Asked[Settings]
    campaign: Asked[Campaign]
    job: Asked[Job | None]
    questions: Asked[tuple[Question, ...]]
    replies: Asked[tuple[RecommendedReply, ...]]


def _ask_around(conn: Connection, campaign_id: CampaignId) -> _Around:
    return _Around(
        ask_settings(conn),
        ask_campaign(conn, campaign_id),
        ask_job_in(conn, campaign_id),
        ask_questions(conn, campaign_id),
        ask_recommended_replies(conn, campaign_id),
    )


def _known_around(view: MessengerView) -> _Around:
    return _Around(
        lambda: view.settings,
        lambda: view.campaign,
        lambda: view.job,
        lambda: view.questions,
        lambda: view.replies,
    )


def _departure(conn: Connection, who: Identity, gone: ConversationId | None, now: datetime) -> ChangeByOthers | None:
    if gone is None or not (events := thread_events(conn, gone)):
        return None
    last = events[-1]
    if last.by == who.user.id or now - last.at > _JUST_NOW:
        return None
    return ChangeByOthers(get_conversation_head(conn, gone).name, last)


def open_conversation(
    conn: Connection, who: Identity, conversation_id: ConversationId, now: datetime, *, with_record: bool = False
) -> OpenConversation:
    """Read a conversation with the initial content of its message box.

    `with_record` reads what is known of the contact's number in all campaigns, too, for who may see that.
    """
    return ask_open_conversation(conn, who, conversation_id, now, with_record=with_record)()


def ask_open_conversation(
    conn: Connection, who: Identity, conversation_id: ConversationId, now: datetime, *, with_record: bool = False
) -> Asked[OpenConversation]:
    """Ask for `open_conversation`; what is known of the number is asked when it is read."""
    asked = ask_conversation(conn, conversation_id)
    draft = ask_draft(conn, who.user.id, conversation_id)
    others = ask_others_here(conn, who, conversation_id, now)

    def read() -> OpenConversation:
        conversation = asked()
        return OpenConversation(
            conversation=conversation,
            next_message=next_message(conn, conversation, who),
            draft=draft(),
            others_here=others(),
            record=look_up(conn, conversation.phone) if with_record and who.may(Permission.VIEW_ALL) else None,
        )

    return read


def visible_tabs(viewing: Assignment, campaign: Campaign, now: datetime, *, sent: bool) -> dict[Tab, int]:
    """Return the tabs that an assignment shows, in order, with their counts (`docs/rules.md 3.1` to `3.3`)."""
    over = window_state(campaign.window, now) is WindowState.OVER
    counts = {tab: _shown_count(tab, viewing, over=over, sent=sent) for tab in Tab}
    return {tab: number for tab, number in counts.items() if number is not None}


def _shown_count(tab: Tab, viewing: Assignment, *, over: bool, sent: bool) -> int | None:
    """Return how many conversations a tab has, None if the tab is not shown."""
    match tab:
        case Tab.INITIAL:
            return None if over else viewing.not_started or None
        case Tab.RESPONSES:
            return viewing.responses
        case Tab.FOLLOW_UPS:
            return viewing.follow_ups or None
        case Tab.OPT_OUTS:
            return viewing.opted_out
        case Tab.SENT:
            return viewing.sent_only if sent else None
        case _:
            assert_never(tab)


def _first_tab(viewing: Assignment, tabs: Mapping[Tab, int]) -> Tab:
    """Return the tab to start in: Responses if somebody waits, else Initial Messages if any are left."""
    return Tab.RESPONSES if viewing.needs_reply or Tab.INITIAL not in tabs else Tab.INITIAL


def _ask_others_online(conn: Connection, campaign_id: CampaignId, who: Identity, now: datetime) -> Asked[int]:
    rows = conn.execute(
        "SELECT COUNT(DISTINCT user_id) FROM presence WHERE campaign_id = ? AND seen_at > ? AND user_id <> ?",
        (campaign_id, to_ms(now - ONLINE_FOR), who.user.id),
    )
    return lambda: int(rows.fetchone()[0])
