"""A waiting reply in four keys, from within the message box (docs/rules.md 3.14, 3.15, 3.19, 12.2)."""

from __future__ import annotations

import pytest
from textual.events import Key

from tests.tui.office import PATIENCE, Office, Person, settle
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.tui.stale_keys import joins_keys
from thrumsg_tui.tui.timers import Timers


@pytest.fixture
def waiting(office: Office) -> list[ConversationId]:
    """Three who wait, in a campaign with a survey and recommended replies."""
    office.survey("Will you vote?,Yes|No|Undecided")
    office.replies("Where,At the library.", "Thanks,Thank you %first_name%!")
    return [office.contact(name, wrote="Hello") for name in ("Maria Lopez", "Dev Patel", "Ann Otieno")]


async def alt(person: Person, digit: str) -> None:
    """Press Alt and a digit, or Esc and a digit that a slow line joins: most terminals send the same."""
    person.app.post_message(Key(f"alt+{digit}", digit))
    await settle(person.pilot)


async def test_answer_reply_and_next_take_four_keys(office: Office, waiting: list[ConversationId]) -> None:
    async with office.messenger(size=(80, 24)) as person:
        await person.press("enter")
        for reply, expected in (("1", "At the library."), ("2", "Thank you Dev!"), ("1", "At the library.")):
            await person.press("ctrl+e", "2")
            assert person.messenger.box.has_focus
            await alt(person, reply)
            assert person.box == expected
            await person.press("enter")
    assert [office.bodies(id)[-1] for id in waiting] == ["At the library.", "Thank you Dev!", "At the library."]
    assert [len(office.conversation(id).answers) for id in waiting] == [1, 1, 1]


async def test_keys_that_come_faster_than_the_screen_send_nothing_unseen(
    office: Office, waiting: list[ConversationId]
) -> None:
    async with office.messenger() as person:
        await person.press("enter")
        for key in (Key("ctrl+e", "\x05"), Key("2", "2"), Key("alt+1", "1"), Key("enter", "\r")):
            person.app.post_message(key)
        await settle(person.pilot)
        assert person.box == "At the library."
        assert "Enter came before this was shown" in person.notice
        assert office.bodies(waiting[0])[-1] == "Hello"
        assert len(office.conversation(waiting[0]).answers) == 1
        await person.press("enter")
        assert office.bodies(waiting[0])[-1] == "At the library."


async def test_a_reply_and_its_enter_that_come_together_send_nothing(
    office: Office, waiting: list[ConversationId]
) -> None:
    async with office.messenger() as person:
        await person.press("enter")
        for key in (Key("alt+2", "2"), Key("enter", "\r")):
            person.app.post_message(key)
        await settle(person.pilot)
        assert person.box == "Thank you Maria!"
        assert "Enter came before this was shown" in person.notice
        assert office.bodies(waiting[0])[-1] == "Hello"


@pytest.mark.parametrize(("joined", "sent"), [(PATIENCE, "Hello"), (0.0, "Thank you Maria!")])
async def test_in_tmux_an_enter_soon_after_alt_and_a_digit_may_be_meant_for_a_tab(
    office: Office, waiting: list[ConversationId], monkeypatch: pytest.MonkeyPatch, joined: float, sent: str
) -> None:
    """Esc, 2 and Enter, which open the first row of a tab, come as Alt+2 and Enter."""
    monkeypatch.setenv("TERM", "tmux-256color")
    office.timers = Timers(joined=joined)
    async with office.messenger() as person:
        await person.press("enter")
        await alt(person, "2")
        assert person.box == "Thank you Maria!"
        await person.press("enter")
        assert ("Enter came at once after another key" in person.notice) == (sent == "Hello")
    assert office.bodies(waiting[0])[-1] == sent


@pytest.mark.parametrize(
    ("environment", "joins"),
    [
        ({"TERM": "screen.xterm-256color"}, True),
        ({"TERM": "tmux-256color"}, True),
        ({"TERM": "xterm-256color", "TMUX": "/tmp/tmux-1000/default,1,0"}, True),
        ({"TERM": "xterm-256color"}, False),
        ({}, False),
    ],
)
def test_a_terminal_that_joins_keys_is_known(environment: dict[str, str], joins: bool) -> None:
    assert joins_keys(environment) is joins


async def test_the_last_answer_says_how_to_undo_it_from_the_box(office: Office, waiting: list[ConversationId]) -> None:
    async with office.messenger() as person:
        await person.press("enter", "ctrl+e", "2")
        assert person.notice == "Answer recorded; Esc, then z, undoes it."


@pytest.mark.parametrize("leaving", ["escape", "alt+1"])
async def test_the_box_names_its_own_keys_after_an_answer(
    office: Office, waiting: list[ConversationId], leaving: str
) -> None:
    office.survey("Will you vote?,Yes|No|Undecided", "When?,Early|Late")
    async with office.messenger() as person:
        await person.press("enter", "ctrl+e", "2")
        assert person.notice == "Answer recorded; z undoes it."
        if leaving == "alt+1":
            await alt(person, "1")
        else:
            await person.press(leaving)
        assert person.messenger.box.has_focus
        assert "undoes it" not in person.notice
        assert "Enter send" in person.notice


async def test_another_reply_by_number_is_no_answer_to_the_question_and_types_nothing(
    office: Office, waiting: list[ConversationId]
) -> None:
    async with office.messenger() as person:
        await person.press("enter", *"Hm")
        await alt(person, "1")
        assert person.sees("There is something in the message box already.")
        await alt(person, "2")
        assert person.sees("There is something in the message box already.")
        await person.press("escape")
        assert person.box == "Hm"


async def test_words_are_typed_at_any_time(office: Office, waiting: list[ConversationId]) -> None:
    async with office.messenger() as person:
        await person.press("enter", "ctrl+e", "2", *"2 pm", "space", *"works", "enter")
        assert office.bodies(waiting[0])[-1] == "2 pm works"


async def test_alt_and_a_digit_is_a_tab_in_the_list(office: Office, waiting: list[ConversationId]) -> None:
    office.contact("Bo Berg")
    async with office.messenger() as person:
        await alt(person, "1")
        assert person.row == "Bo Berg"
        assert person.messenger.list_pane.list.has_focus


async def test_alt_and_a_digit_is_a_tab_where_the_box_holds_an_initial_message(
    office: Office, waiting: list[ConversationId]
) -> None:
    office.contact("Bo Berg")
    async with office.messenger() as person:
        await person.press("1", "enter")
        assert person.box.startswith("Hi Bo")
        await alt(person, "2")
        assert person.row == "Maria Lopez"
        assert person.messenger.list_pane.list.has_focus


async def test_replies_have_a_chord_without_alt(office: Office, waiting: list[ConversationId]) -> None:
    async with office.messenger() as person:
        await person.press("enter", "ctrl+r", "2")
        assert person.box == "Thank you Maria!"
        assert person.messenger.box.has_focus


async def test_a_number_without_a_reply_says_so(office: Office, waiting: list[ConversationId]) -> None:
    async with office.messenger() as person:
        await person.press("enter")
        await alt(person, "7")
        assert person.notice == "There is no recommended reply 7."
        assert person.box == ""


async def test_a_number_counts_all_replies_whatever_was_searched_before(
    office: Office, waiting: list[ConversationId]
) -> None:
    async with office.messenger() as person:
        await person.press("enter", "ctrl+r", *"thank", "escape", "escape")
        assert person.messenger.box.has_focus
        await alt(person, "1")
        assert person.box == "At the library."


async def test_the_sidebar_goes_back_to_where_it_was_opened(office: Office, waiting: list[ConversationId]) -> None:
    async with office.messenger() as person:
        for key in ("e", "a", "i", "ctrl+e", "ctrl+r"):
            await person.press(key, "escape")
            assert person.messenger.list_pane.list.has_focus
        await person.press("enter")
        for keys in (["ctrl+e"], ["ctrl+r"], ["ctrl+r", "ctrl+e"], ["ctrl+e", "i"]):
            await person.press(*keys, "escape")
            assert person.messenger.box.has_focus
        await person.press("escape", "e", "1")
        assert person.messenger.list_pane.list.has_focus


async def test_the_next_waiting_contact_is_one_chord_away_and_the_draft_is_kept(
    office: Office, waiting: list[ConversationId]
) -> None:
    async with office.messenger(size=(80, 24)) as person:
        await person.press("enter", *"Later", "ctrl+g")
        assert person.sees("Dev Patel")
        assert person.messenger.box.has_focus
        assert person.box == ""
        await person.wait_until(lambda: office.draft(waiting[0]) == "Later", "the draft")
        await person.press("ctrl+g", "ctrl+g")
        assert person.box == "Later"


async def test_who_waits_with_another_sender_is_reached_from_the_box(
    office: Office, waiting: list[ConversationId]
) -> None:
    office.contact("Zoe Young", to="lee", wrote="Hi")
    async with office.messenger() as person:
        await person.press("G", "enter", "ctrl+g")
        assert person.sees("Viewing as: Lee Bishop", "Zoe Young")
        assert person.messenger.box.has_focus


async def test_the_bottom_line_of_the_box_names_the_shortest_way_at_80_columns(
    office: Office, waiting: list[ConversationId]
) -> None:
    async with office.messenger(size=(80, 24)) as person:
        await person.press("enter")
        for key in ("Enter send", "alt+1 reply", "ctrl+r replies", "ctrl+e survey", "ctrl+g next", "Esc list"):
            assert key in person.notice


async def test_a_box_without_a_conversation_takes_no_keys(office: Office, waiting: list[ConversationId]) -> None:
    async with office.messenger() as person:
        await person.press("4")
        assert person.sees("No conversation")
        await person.press("tab", "tab", *"hello", "enter")
        assert person.box == ""
        assert not person.messenger.box.has_focus
        await person.press("2", "enter", *"Hello", "enter")
        assert office.bodies(waiting[0])[-1] == "Hello"


async def test_a_conversation_that_goes_away_under_the_box_gives_the_keys_to_the_list(office: Office) -> None:
    id = office.contact("Bo Berg")
    async with office.messenger() as person:
        await person.press("enter", "enter")
        assert len(office.bodies(id)) == 1
        assert person.sees("No conversation")
        assert person.messenger.list_pane.list.has_focus


async def test_esc_never_leaves_the_messenger(office: Office, waiting: list[ConversationId]) -> None:
    async with office.messenger() as person:
        await person.press("space", "escape", "escape", "escape")
        assert person.row == "Dev Patel"
        assert person.notice == "This is the list: q goes back."
        await person.press("q")
        assert person.sees("Overview")
