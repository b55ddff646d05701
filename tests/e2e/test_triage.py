"""An admin works through replies, in a real terminal and by keys alone; then the command line agrees."""

from __future__ import annotations

import re

import pytest

from tests.e2e.conftest import NOBODY, NOT_STARTED_ONE, SENDER_ONE, WAITING_ONE, WAITING_TWO, Office
from tests.e2e.messenger import SIZES, Messenger, open_messenger
from tests.e2e.terminal import Terminal

pytestmark = pytest.mark.parametrize("size", SIZES, ids=["120x40", "80x24"])


def leave_the_app(terminal: Terminal) -> None:
    """Back to the overview, to the campaigns, and out."""
    terminal.press("q")
    terminal.wait_for("Overview")
    terminal.press("q")
    terminal.wait_for("Campaigns")
    terminal.press("q")
    assert terminal.wait_exit() == 0
    assert terminal.leftovers() == []


def test_an_hour_of_triage_by_keys_alone(spring: Office, size: tuple[int, int]) -> None:
    messenger = open_messenger(spring, "Sender One", size)
    terminal = messenger.terminal
    messenger.wait_for_row("Abby Stone")
    messenger.open_box()
    for number, contact in enumerate(WAITING_ONE[:3]):
        messenger.wait_for_conversation(contact)
        messenger.wait_for_box("")
        messenger.write(f"Reply to {contact.split()[0]}.")
        terminal.press("enter")
        terminal.wait_for(f"Reply queued for {contact}.")
        messenger.wait_for_conversation(WAITING_ONE[number + 1])
        messenger.wait_for_box("")
    messenger.leave()
    messenger.wait_for_row("Dan Evans")

    terminal.press("e")
    terminal.wait_for("1 to 9 answers")
    terminal.press("1")
    terminal.wait_for("Answer recorded", "(•) Yes")
    terminal.press("2")
    messenger.wait_for_row("Dan Evans")  # nothing is left to ask

    terminal.press("j")
    messenger.wait_for_row("Elsa Frank")
    terminal.press("o")
    terminal.wait_for("Opt Elsa Frank out", "Leave it")
    terminal.press("y")
    terminal.wait_for("Elsa Frank is opted out")
    messenger.wait_for_tab("Opt Outs", 1)
    messenger.wait_for_row("Finn Gray")

    terminal.press("r")
    terminal.wait_for("Reassign Finn Gray to", "type to search")
    terminal.type("two")
    terminal.wait_gone(re.compile(r"Sender One +offline"))
    terminal.press("enter")
    terminal.wait_for("Moved 1 conversation from Sender One to Sender Two")
    messenger.wait_for_tab("Responses", 4)
    terminal.press("z")
    terminal.wait_for("Undone")
    messenger.wait_for_tab("Responses", 5)

    terminal.press("n")
    terminal.wait_for("Viewing as: Sender Two")
    messenger.wait_for_row("Rosa Reed")
    terminal.press("N")
    terminal.wait_for("Viewing as: Sender One")
    messenger.wait_for_row("Dan Evans")

    terminal.press("1")
    messenger.wait_for_row("Lena Moss")
    messenger.open_box()
    for contact in NOT_STARTED_ONE:
        messenger.wait_for_conversation(contact)
        messenger.wait_for_box(f"Hi {contact.split()[0]}, it's Sender with Harbor Votes. Will you vote?")
        terminal.press("enter")
        terminal.wait_for(f"Initial message queued for {contact}.")
    terminal.wait_gone("Initial Messages")
    messenger.leave()
    leave_the_app(terminal)
    assert_done(spring)


def assert_done(office: Office) -> None:
    """What the command line says after that hour."""
    overview = office.json("overview", "Spring")
    one = next(each for each in overview["senders"] if each["login"] == "one")
    two = next(each for each in overview["senders"] if each["login"] == "two")
    assert (one["assigned"], one["sent"], one["needs_reply"]) == (16, 16, 2)
    assert (two["assigned"], two["sent"], two["needs_reply"]) == (12, 11, 3)
    counters = {
        name: overview[name] for name in ("total", "not_started", "sent", "needs_reply", "answered", "opted_out")
    }
    assert counters == {
        "total": 30,
        "not_started": 3,
        "sent": 18,
        "needs_reply": 5,
        "answered": 3,
        "opted_out": 1,
    }
    for contact in WAITING_ONE[:3]:
        last = office.thread(contact)["messages"][-1]
        assert (last["direction"], last["kind"], last["body"]) == (
            "outgoing",
            "reply",
            f"Reply to {contact.split()[0]}.",
        )
    dan = office.thread("Dan Evans")
    assert dan["answers"] == {"Will you vote?": "Yes", "Need a ride?": "No"}
    elsa = office.thread("Elsa Frank")
    assert elsa["opted_out"]
    assert elsa["messages"][-1]["kind"] == "opt_out_confirmation"
    finn = office.thread("Finn Gray")
    assert (finn["sender"], finn["status"]) == ("one", "needs_reply")
    assert len(office.bodies("Pia Quinn")) == 1


def test_the_survey_shows_its_digits_at_once(spring: Office, size: tuple[int, int]) -> None:
    terminal = open_messenger(spring, "Sender One", size).terminal
    terminal.press("e")
    terminal.wait_for("1 ( ) Yes", "3 ( ) Undecided", "0 clears")


def test_a_search_narrows_the_tab_as_one_types(spring: Office, size: tuple[int, int]) -> None:
    messenger = open_messenger(spring, "Sender One", size)
    terminal = messenger.terminal
    terminal.press("/")
    terminal.type("dan")
    messenger.wait_for_row("Dan Evans")
    terminal.wait_gone("Abby Stone")
    terminal.press("enter", "j", "k")  # in the list again: these are no letters any more
    messenger.wait_for_row("Dan Evans")
    terminal.press("escape")
    terminal.wait_for("Abby Stone", "Dan Evans", "Finn Gray")
    terminal.press("/")
    terminal.type("zzz")
    terminal.wait_for("Nothing matches")
    terminal.press("escape")
    terminal.wait_for("Abby Stone", "search")
    terminal.press("/")
    terminal.type("0104")  # Elsa's number
    messenger.wait_for_row("Elsa Frank")


def test_tabs_by_digit_and_by_brackets_keep_their_search(spring: Office, size: tuple[int, int]) -> None:
    messenger = open_messenger(spring, "Sender One", size)
    terminal = messenger.terminal
    terminal.press("1")
    messenger.wait_for_row("Lena Moss")
    terminal.press("]")
    messenger.wait_for_row("Abby Stone")
    terminal.press("]")
    terminal.wait_for("Nobody of these contacts")
    terminal.press("]")
    messenger.wait_for_row("Lena Moss")
    terminal.press("[")
    terminal.wait_for("Nobody of these contacts")
    terminal.press("2", "/")
    terminal.type("ben")
    messenger.wait_for_row("Ben Archer")
    terminal.press("enter", "1")
    messenger.wait_for_row("Lena Moss")
    terminal.press("2")
    messenger.wait_for_row("Ben Archer")
    terminal.wait_gone("Abby Stone")


def test_sorts_follow_each_other_and_are_remembered(spring: Office, size: tuple[int, int]) -> None:
    messenger = open_messenger(spring, "Sender One", size)
    terminal = messenger.terminal
    spring.run("send", spring.ids()["Cora Diaz"], "--body", "Thank you")
    messenger.wait_for_tab("Responses", 6)
    terminal.wait_for("5 need a reply")
    terminal.press("s")
    terminal.wait_for("Recent ▾")
    messenger.wait_for_row("Cora Diaz")
    terminal.press("s")
    terminal.wait_for("A to Z ▾")
    messenger.wait_for_row("Abby Stone")
    leave_the_app(terminal)
    again = spring.open(size=size)
    again.wait_for("Overview", "Sender One")
    again.press("j", "enter")
    again.wait_for("Viewing as: Sender One", "A to Z ▾")


def test_initials_are_always_in_order_of_name(spring: Office, size: tuple[int, int]) -> None:
    terminal = open_messenger(spring, "Sender One", size).terminal
    terminal.press("1")
    terminal.wait_for("A to Z ▾")
    terminal.press("s")
    terminal.wait_for("This tab is always in order of name.")


def test_s_says_why_not_in_initials_whatever_the_sort(spring: Office, size: tuple[int, int]) -> None:
    terminal = open_messenger(spring, "Sender One", size).terminal
    terminal.press("s", "s")
    terminal.wait_for("A to Z ▾")
    terminal.press("1", "s")
    terminal.wait_for("This tab is always in order of name.")


def test_marked_conversations_are_moved_together(spring: Office, size: tuple[int, int]) -> None:
    messenger = open_messenger(spring, "Sender One", size)
    terminal = messenger.terminal
    terminal.press("space", "space")
    messenger.wait_for_row("Cora Diaz")
    assert messenger.marked == [row for row in messenger.rows if "Abby Stone" in row or "Ben Archer" in row]
    terminal.press("r")
    terminal.wait_for("Reassign 2 conversations to")
    terminal.type("two")
    terminal.press("enter")
    terminal.wait_for("Move 2 conversations of Sender One to Sender Two?", "Leave it")
    terminal.press("y")
    terminal.wait_for("Moved 2 conversations from Sender One to Sender Two")
    messenger.wait_for_tab("Responses", 4)
    assert messenger.marked == []
    assert [spring.thread(each)["sender"] for each in WAITING_ONE[:3]] == ["two", "two", "one"]
    terminal.press("z")
    terminal.wait_for("2 go back")
    terminal.press("y")
    messenger.wait_for_tab("Responses", 6)
    assert [spring.thread(each)["sender"] for each in WAITING_ONE[:3]] == ["one", "one", "one"]


def test_enter_on_a_question_leaves_things_as_they_are(spring: Office, size: tuple[int, int]) -> None:
    messenger = open_messenger(spring, "Sender One", size)
    terminal = messenger.terminal
    terminal.press("o")
    terminal.wait_for("Opt Abby Stone out")
    terminal.press("enter")
    terminal.wait_gone("Opt Abby Stone out")
    assert not spring.thread("Abby Stone")["opted_out"]
    terminal.press("A", "r")
    terminal.wait_for("Reassign 6 conversations to")
    terminal.type("two")
    terminal.press("enter")
    terminal.wait_for("Move 6 conversations")
    terminal.press("escape")
    terminal.wait_gone("Move 6 conversations")
    messenger.wait_for_tab("Responses", 6)
    assert len(messenger.marked) == 6
    terminal.press("escape")
    assert messenger.marked == []
    terminal.wait_for("Viewing as: Sender One")


def test_a_range_is_marked_from_one_v_to_the_other(spring: Office, size: tuple[int, int]) -> None:
    messenger = open_messenger(spring, "Sender One", size)
    terminal = messenger.terminal
    terminal.press("j", "V")
    terminal.wait_for("Range begun")
    terminal.press("j", "j", "V")
    assert [each in row for each, row in zip(WAITING_ONE[1:4], messenger.marked, strict=True)] == [True] * 3


def test_the_number_of_marks_is_shown(spring: Office, size: tuple[int, int]) -> None:
    terminal = open_messenger(spring, "Sender One", size).terminal
    terminal.press("space", "space")
    terminal.wait_for("2 marked")


def test_the_viewing_as_picker_finds_a_sender(spring: Office, size: tuple[int, int]) -> None:
    messenger = open_messenger(spring, "Sender One", size)
    terminal = messenger.terminal
    terminal.press("v")
    terminal.wait_for("─ Viewing as ─", "Unassigned", "Sender Two")
    terminal.type("two")
    terminal.wait_gone(re.compile(r"Sender One +offline"))
    terminal.press("enter")
    terminal.wait_for("Viewing as: Sender Two")
    messenger.wait_for_row("Rosa Reed")
    terminal.press("v")
    terminal.wait_for("─ Viewing as ─")
    terminal.press("up", "up", "enter")
    terminal.wait_for("Viewing as: Unassigned", "Nobody has replied yet")
    terminal.press("1")
    messenger.wait_for_row(NOBODY[0])
    terminal.press("v")
    terminal.wait_for("─ Viewing as ─")
    terminal.press("escape")
    terminal.wait_gone("─ Viewing as ─")
    terminal.wait_for("Viewing as: Unassigned")


def test_a_recommended_reply_goes_into_the_box_and_no_further(spring: Office, size: tuple[int, int]) -> None:
    messenger = open_messenger(spring, "Sender One", size)
    terminal = messenger.terminal
    terminal.press("a")
    terminal.wait_for("1 Where", "2 Thanks")
    terminal.press("2")
    messenger.wait_for_box("Thank you Abby!")
    assert len(spring.bodies("Abby Stone")) == 2
    terminal.press("escape", "a")
    terminal.wait_for("1 Where")
    terminal.type("poll")
    terminal.wait_gone("Thanks")
    terminal.press("enter")
    terminal.wait_for("Replace it", "Append to it", "Cancel")
    terminal.press("a")
    messenger.wait_for_box("Thank you Abby! Your polling place is the library.")
    terminal.press("enter")
    terminal.wait_for("Reply queued for Abby Stone.")
    assert spring.bodies("Abby Stone")[-1] == "Thank you Abby! Your polling place is the library."


def test_u_goes_on_to_others_when_a_sender_has_nobody_waiting(spring: Office, size: tuple[int, int]) -> None:
    ids = spring.ids()
    for contact in WAITING_ONE[1:]:
        spring.run("send", ids[contact], "--body", "Thank you")
    messenger = open_messenger(spring, "Sender One", size)
    terminal = messenger.terminal
    terminal.press("G")
    messenger.wait_for_row(SENDER_ONE[1])
    terminal.press("u", "enter")
    messenger.wait_for_conversation("Abby Stone")
    messenger.leave()
    terminal.press("u")
    terminal.wait_for("Viewing as: Sender Two")
    messenger.wait_for_row("Rosa Reed")
    for contact in (*WAITING_TWO, "Abby Stone"):
        spring.run("send", ids[contact], "--body", "Thank you")
    terminal.wait_for("0 need a reply")
    terminal.press("u")
    terminal.wait_for("Nobody else waits for a reply.")


def test_the_row_that_looks_chosen_is_the_open_conversation(spring: Office, size: tuple[int, int]) -> None:
    spring.run("send", spring.ids()["Ben Archer"], "--body", "Thank you")
    messenger = open_messenger(spring, "Sender One", size)
    terminal = messenger.terminal
    terminal.press("G")
    messenger.wait_for_row("Ben Archer")
    terminal.press("u", "enter")
    messenger.wait_for_conversation("Abby Stone")
    messenger.leave()
    assert len(messenger.rows_under_cursor) == 2  # the two lines of one row
    assert "Abby Stone" in messenger.row


def test_replies_of_another_program_appear_by_themselves(spring: Office, size: tuple[int, int]) -> None:
    messenger = open_messenger(spring, "Sender One", size)
    terminal = messenger.terminal
    terminal.press("j", "j")
    messenger.wait_for_row("Cora Diaz")
    spring.run("receive", "--from", "4155550106", "--body", "Sorry, who is this?")  # Gus
    messenger.wait_for_tab("Responses", 7)
    terminal.wait_for("Gus Hall", "Sorry, who is this?")
    messenger.wait_for_row("Cora Diaz")


def test_help_lists_the_keys(spring: Office, size: tuple[int, int]) -> None:
    messenger: Messenger = open_messenger(spring, "Sender One", size)
    terminal = messenger.terminal
    terminal.press("?")
    terminal.wait_for("─ Keys ─", re.compile(r"Messenger"))
    terminal.press("pagedown", "escape")
    terminal.wait_gone("─ Keys ─")
    terminal.wait_for("Viewing as: Sender One")
