"""What the messenger shows after each choice, without a screen (docs/rules.md 3)."""

from __future__ import annotations

import subprocess
import sys

import pytest

from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import ConversationSort, Tab
from thrumsg_tui.tui.screens.messenger.count_prefix import CountPrefix, CountStart, Cursor
from thrumsg_tui.tui.screens.messenger.state import FIRST_ROW, MessengerState

KIM, LEE = AssignmentId(11), AssignmentId(12)
MARIA, DEV, LENA = ConversationId(1), ConversationId(2), ConversationId(3)
START = MessengerState(CampaignId(1), KIM)
RESPONSES = START.go_to_tab(Tab.RESPONSES, Cursor(DEV, 4))


def test_the_state_needs_no_textual() -> None:
    asked = "import sys, thrumsg_tui.tui.screens.messenger.state; print('textual' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"


def test_another_tab_begins_in_its_first_row() -> None:
    state = RESPONSES.go_to_tab(Tab.OPT_OUTS)
    assert (state.tab, state.cursor) == (Tab.OPT_OUTS, FIRST_ROW)


def test_a_search_belongs_to_its_tab() -> None:
    searched = RESPONSES.search_for("mar")
    assert searched.list_request().search == "mar"
    assert searched.go_to_tab(Tab.OPT_OUTS).search == ""
    assert searched.go_to_tab(Tab.OPT_OUTS).go_to_tab(Tab.RESPONSES).search == "mar"


def test_a_search_begins_in_the_first_row() -> None:
    assert RESPONSES.search_for("mar").cursor == FIRST_ROW


def test_searching_for_the_same_moves_nothing() -> None:
    searched = RESPONSES.search_for("mar").move_cursor(Cursor(MARIA, 2))
    assert searched.search_for("mar") == searched


def test_before_the_first_answer_there_is_no_tab_to_search_in() -> None:
    assert START.search_for("mar") == START
    assert START.search == ""


def test_revealing_a_conversation_ends_the_search_of_its_tab_only() -> None:
    searched = RESPONSES.search_for("mar").go_to_tab(Tab.OPT_OUTS).search_for("dev")
    state = searched.reveal(Tab.RESPONSES, DEV)
    assert (state.tab, state.search, state.cursor) == (Tab.RESPONSES, "", Cursor(DEV))
    assert state.go_to_tab(Tab.OPT_OUTS).search == "dev"


@pytest.mark.parametrize(
    ("begun", "step", "reached"),
    [
        (Tab.RESPONSES, 1, Tab.OPT_OUTS),
        (Tab.RESPONSES, -1, Tab.INITIAL),
        (Tab.OPT_OUTS, 1, Tab.INITIAL),
        (Tab.INITIAL, -1, Tab.OPT_OUTS),
    ],
)
def test_the_tab_beside_is_the_next_one_shown(begun: Tab, step: int, reached: Tab) -> None:
    shown = [Tab.INITIAL, Tab.RESPONSES, Tab.OPT_OUTS]
    assert START.go_to_tab(begun).step_tab(shown, step).tab is reached


def test_from_a_tab_that_is_gone_no_step_leads_on() -> None:
    state = START.go_to_tab(Tab.INITIAL)
    assert state.step_tab([Tab.RESPONSES, Tab.OPT_OUTS], 1) == state


def test_the_sent_tab_is_gone_to_when_it_is_shown_and_left_when_it_is_hidden() -> None:
    shown = RESPONSES.toggle_sent_tab()
    assert (shown.tab, shown.shows_sent) == (Tab.SENT, True)
    hidden = shown.toggle_sent_tab()
    assert (hidden.tab, hidden.shows_sent) == (None, False)


def test_hiding_the_sent_tab_from_another_one_stays_there() -> None:
    hidden = RESPONSES.toggle_sent_tab().go_to_tab(Tab.RESPONSES, Cursor(DEV, 4)).toggle_sent_tab()
    assert hidden == RESPONSES


def test_whoever_is_in_the_sent_tab_has_it_shown() -> None:
    assert START.reveal(Tab.SENT, MARIA).shows_sent
    with pytest.raises(ValueError, match="not shown"):
        MessengerState(CampaignId(1), KIM, tab=Tab.SENT)


def test_orders_come_round() -> None:
    state, sorts = START, []
    for _ in ConversationSort:
        sorts.append(state.sort)
        state = state.next_sort()
    assert sorts == list(ConversationSort)
    assert state == START


def test_another_order_begins_in_its_first_row() -> None:
    assert RESPONSES.next_sort().cursor == FIRST_ROW


def test_another_sender_has_the_same_tab_without_marks_and_searches() -> None:
    busy = RESPONSES.go_to_tab(Tab.OPT_OUTS).search_for("mar").mark([MARIA]).move_cursor(Cursor(DEV, 3)).begin_range()
    assert busy.view_as(LEE) == MessengerState(CampaignId(1), LEE, tab=Tab.OPT_OUTS)


def test_a_conversation_of_another_sender_is_in_responses() -> None:
    state = START.go_to_tab(Tab.INITIAL).view_as(LEE, MARIA)
    assert (state.assignment_id, state.tab, state.cursor) == (LEE, Tab.RESPONSES, Cursor(MARIA))


def test_a_mark_is_set_and_taken_off() -> None:
    marked = RESPONSES.toggle_mark(MARIA).toggle_mark(DEV)
    assert marked.marks == {MARIA, DEV}
    assert marked.toggle_mark(MARIA).marks == {DEV}


def test_marks_are_kept_from_tab_to_tab() -> None:
    assert RESPONSES.mark([MARIA, DEV]).go_to_tab(Tab.OPT_OUTS).mark([LENA]).marks == {MARIA, DEV, LENA}


def test_a_range_begins_at_the_cursor_if_that_is_on_a_conversation() -> None:
    assert RESPONSES.begin_range().range_start == DEV
    assert START.begin_range().range_start is None


def test_unmarking_forgets_the_range_too() -> None:
    assert RESPONSES.mark([MARIA]).begin_range().unmark() == RESPONSES


def test_an_answer_fits_until_the_list_or_the_cursor_is_another() -> None:
    assert RESPONSES.toggle_mark(MARIA).is_answered_by(RESPONSES)
    assert not RESPONSES.move_cursor(Cursor(LENA, 5)).is_answered_by(RESPONSES)
    assert not RESPONSES.search_for("mar").is_answered_by(RESPONSES)
    assert not RESPONSES.view_as(LEE).is_answered_by(RESPONSES)


def test_an_answer_to_the_tab_before_does_not_fit_in_an_empty_list() -> None:
    empty = START.go_to_tab(Tab.OPT_OUTS)
    assert not empty.go_to_tab(Tab.RESPONSES).is_answered_by(empty)


def test_undo_goes_back_to_what_was_changed_once() -> None:
    changed = RESPONSES.changed(MARIA).move_cursor(Cursor(LENA, 7))
    assert changed.undone() == RESPONSES.move_cursor(Cursor(MARIA, 7))
    assert RESPONSES.undone() == RESPONSES


def typed(state: MessengerState, *presses: tuple[int, float], key: int = 1) -> MessengerState:
    """The state after some digits, each pressed at a second."""
    for number, (digit, at) in enumerate(presses):
        state = state.type_digit(digit, key=key + number, at=at)
    return state


def test_one_digit_that_names_a_tab_is_no_count() -> None:
    assert typed(RESPONSES, (3, 0.0)).count.count_at(2, 0.1) is None


def test_digits_that_each_name_a_tab_are_a_count_if_they_come_quickly() -> None:
    assert typed(RESPONSES, (1, 0.0), (2, 0.9)).count.count_at(3, 1.8) == 12
    assert typed(RESPONSES, (1, 0.0), (2, 1.1)).count.count_at(3, 1.2) is None
    assert typed(RESPONSES, (1, 0.0), (2, 0.9)).count.count_at(3, 2.0) is None


def test_a_digit_that_names_no_tab_makes_a_count_for_as_long_as_one_likes() -> None:
    assert typed(RESPONSES, (7, 0.0)).count.count_at(2, 60.0) == 7
    assert typed(RESPONSES, (6, 0.0), (1, 60.0)).count.count_at(3, 120.0) == 61


def test_a_key_in_between_ends_the_count() -> None:
    assert typed(RESPONSES, (7, 0.0)).count.count_at(3, 0.1) is None
    again = typed(typed(RESPONSES, (7, 0.0)), (8, 0.2), key=5)
    assert again.count.digits == "8"


def test_a_count_has_six_digits_at_most() -> None:
    assert typed(RESPONSES, *[(9, 0.0)] * 8).count.digits == "9" * 6


def test_a_count_leaves_the_tab_to_which_its_first_digit_led() -> None:
    first = typed(RESPONSES, (1, 0.0)).go_to_tab(Tab.INITIAL)
    state = first.type_digit(0, key=2, at=0.1)
    assert (state.tab, state.cursor) == (Tab.RESPONSES, Cursor(DEV, 4))
    assert state.count.count_at(3, 0.2) == 10


def test_a_count_of_digits_that_name_tabs_is_left_for_the_command_to_return_from() -> None:
    state = typed(RESPONSES, (1, 0.0)).go_to_tab(Tab.INITIAL).type_digit(2, key=2, at=0.1)
    assert state.tab is Tab.INITIAL
    assert state.return_to_count_start().cursor == Cursor(DEV, 4)


def test_without_a_count_there_is_nothing_to_return_to() -> None:
    assert RESPONSES.return_to_count_start() == RESPONSES
    assert CountPrefix().start is None


def test_a_count_begins_where_its_first_digit_was_typed() -> None:
    state = typed(RESPONSES, (1, 0.0)).go_to_tab(Tab.INITIAL).type_digit(0, key=2, at=0.1)
    assert state.count.start == CountStart(Tab.RESPONSES, Cursor(DEV, 4))
