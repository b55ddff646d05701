"""The state of the messenger: sender, tab, order, cursor, searches, marks and count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace

from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId
from thrumsg_tui.domain.conversations import ConversationId, MessageId
from thrumsg_tui.domain.enums import ConversationSort, Tab
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.store.queries.conversations import ListRequest
from thrumsg_tui.store.queries.list_places import Landmark
from thrumsg_tui.store.queries.messenger import ViewRequest
from thrumsg_tui.tui.cursors import next_in_cycle
from thrumsg_tui.tui.screens.messenger.count_prefix import CountPrefix, CountStart, Cursor

CONVERSATION_SORT = "conversation_sort"
"""The preference that stores the order of conversation lists."""

FIRST_ROW = Cursor()
NO_COUNT = CountPrefix()


@dataclass(frozen=True, slots=True)
class MessengerState:
    """The person's choices in the messenger. Every method returns a new state and changes nothing else.

    Each tab has its own search, so there is none without a tab. Another assignment begins without searches and marks.
    The Sent tab can be the current one only while it is shown.
    """

    campaign_id: CampaignId
    assignment_id: AssignmentId
    sort: ConversationSort = ConversationSort.NEEDS_REPLY
    tab: Tab | None = None
    """None lets the next answer choose (`docs/rules.md 3.1`)."""
    cursor: Cursor = FIRST_ROW
    shows_sent: bool = False
    """Whether the Sent tab is shown (`docs/rules.md 3.3`)."""
    searches: Mapping[Tab, str] = field(default_factory=dict)
    marks: frozenset[ConversationId] = frozenset()
    range_start: ConversationId | None = None
    """The conversation at which a range of marks was begun."""
    count: CountPrefix = NO_COUNT
    visited: ConversationId | None = None
    """The conversation in which the person was last, or to which they went as the next who waits."""
    last_changed: ConversationId | None = None
    """The conversation to which undo returns the cursor."""

    def __post_init__(self) -> None:
        if self.tab is Tab.SENT and not self.shows_sent:
            raise ValueError("the Sent tab is not shown")

    @property
    def search(self) -> str:
        """The search in the current tab."""
        return self.searches.get(self.tab, "") if self.tab else ""

    def list_request(self, *, by_phone: bool = False) -> ListRequest:
        """Return the request for the current list; `by_phone` also searches phone numbers."""
        return ListRequest(
            self.campaign_id, self.assignment_id, self.tab, search=self.search, by_phone=by_phone, sort=self.sort
        )

    def view_request(
        self,
        window: tuple[int, int],
        *,
        keep_open: ConversationId | None,
        by_phone: bool = False,
        with_info: bool = False,
        with_filled: bool = False,
        heard_to: MessageId | None = None,
        landmark: Landmark | None = None,
    ) -> ViewRequest:
        """Return the request for everything that the messenger shows.

        Args:
            window: Index of the first row wanted in memory, and number of rows.
            keep_open: The conversation that stays open even if the cursor is elsewhere.
            by_phone: Also search phone numbers.
            with_info: Also read what only the sidebar's info shows.
            with_filled: Also fill in the recommended replies for the contact.
            heard_to: The message after which later ones are told of.
            landmark: A row that is in memory.
        """
        first, height = window
        return ViewRequest(
            list=self.list_request(by_phone=by_phone),
            first=first,
            height=max(height, 1),
            cursor_id=self.cursor.conversation_id,
            cursor_index=self.cursor.index,
            keep_open=keep_open,
            sent_tab=self.shows_sent,
            with_info=with_info,
            with_filled=with_filled,
            heard_to=heard_to,
            landmark=landmark,
        )

    # Answers and cursor

    def is_answered_by(self, asked: MessengerState) -> bool:
        """Return whether an answer to `asked` still fits: list and cursor are the same."""
        return (self.list_request(), self.cursor) == (asked.list_request(), asked.cursor)

    def answered(self, tab: Tab | None, cursor: Cursor) -> MessengerState:
        """Take over the tab and cursor of an answer."""
        return replace(self, tab=tab, cursor=cursor)

    def move_cursor(self, cursor: Cursor) -> MessengerState:
        """Put the cursor on another row."""
        return replace(self, cursor=cursor)

    def follow(self, conversation_id: ConversationId) -> MessengerState:
        """Put the cursor on a conversation of the current list, whatever its row."""
        return replace(self, cursor=replace(self.cursor, conversation_id=conversation_id))

    def visit(self, conversation_id: ConversationId) -> MessengerState:
        """Note that the person is in a conversation: who waits next is somebody else."""
        return replace(self, visited=conversation_id)

    # Tabs, search, sort

    def go_to_tab(self, tab: Tab, cursor: Cursor = FIRST_ROW) -> MessengerState:
        """Show a tab with the cursor on `cursor`."""
        return replace(self, tab=tab, cursor=cursor, shows_sent=self.shows_sent or tab is Tab.SENT)

    def step_tab(self, tabs: Sequence[Tab], step: int) -> MessengerState:
        """Go to the tab `step` places further among those shown, wrapping."""
        if self.tab is None or self.tab not in tabs:
            return self
        return self.go_to_tab(next_in_cycle(tabs, self.tab, step))

    def toggle_sent_tab(self) -> MessengerState:
        """Show the Sent tab and go to it, or hide it and leave it."""
        if not self.shows_sent:
            return self.go_to_tab(Tab.SENT)
        return replace(self, tab=None if self.tab is Tab.SENT else self.tab, shows_sent=False)

    def search_for(self, text: str) -> MessengerState:
        """Search the current tab, from its first row; an empty text ends the search."""
        if self.tab is None or text == self.search:
            return self
        return replace(self, searches={**self.searches, self.tab: text}, cursor=FIRST_ROW)

    def reveal(self, tab: Tab, conversation_id: ConversationId) -> MessengerState:
        """Go to a conversation in a tab, and end the search there."""
        searches = {other: text for other, text in self.searches.items() if other is not tab}
        return replace(self, searches=searches).go_to_tab(tab, Cursor(conversation_id))

    def next_sort(self) -> MessengerState:
        """Take the next sort order, from its first row."""
        return replace(self, sort=next_in_cycle(list(ConversationSort), self.sort), cursor=FIRST_ROW)

    # Senders

    def view_as(self, assignment_id: AssignmentId, conversation_id: ConversationId | None = None) -> MessengerState:
        """Show another assignment in the same tab, or one of its conversations in Responses."""
        tab = Tab.RESPONSES if conversation_id else self.tab or Tab.RESPONSES
        other = replace(self.unmark(), assignment_id=assignment_id, searches={})
        return other.go_to_tab(tab, Cursor(conversation_id))

    # Marks

    def toggle_mark(self, conversation_id: ConversationId) -> MessengerState:
        """Mark a conversation, or remove its mark."""
        return replace(self, marks=self.marks ^ {conversation_id})

    def mark(self, conversation_ids: Iterable[ConversationId]) -> MessengerState:
        """Mark conversations in addition to the marked ones."""
        return replace(self, marks=self.marks.union(conversation_ids))

    def begin_range(self) -> MessengerState:
        """Begin a range of marks at the cursor, if it is on a conversation."""
        return replace(self, range_start=self.cursor.conversation_id)

    def end_range(self) -> MessengerState:
        """Forget where a range was begun."""
        return replace(self, range_start=None)

    def unmark(self) -> MessengerState:
        """Remove all marks, and forget where a range was begun."""
        return replace(self, marks=frozenset(), range_start=None)

    # Counts before a command

    def type_digit(self, digit: int, *, key: int, at: float) -> MessengerState:
        """Add a digit to the count. Once the digits can only be a count, return to where it was begun.

        Args:
            digit: The digit typed.
            key: Sequence number of the key press.
            at: When it was pressed, in seconds of the monotonic clock.
        """
        here = CountStart(self.tab or Tab.RESPONSES, self.cursor)
        typed = replace(self, count=self.count.add_digit(digit, here, key=key, at=at))
        return typed.return_to_count_start() if typed.count.names_no_tab else typed

    def return_to_count_start(self) -> MessengerState:
        """Return to the row where the count was begun, if that is in another tab."""
        start = self.count.start
        return self if start is None or start.tab is self.tab else self.go_to_tab(start.tab, start.cursor)

    # Undo

    def changed(self, conversation_id: ConversationId | None) -> MessengerState:
        """Remember the conversation of a change, None if it was about several."""
        return replace(self, last_changed=conversation_id)

    def undone(self) -> MessengerState:
        """Put the cursor on the conversation of the last change."""
        if self.last_changed is None:
            return self
        return replace(self.follow(self.last_changed), last_changed=None)
