"""Keys that arrive together, as over a slow connection: each goes where it would have gone had one waited.

None of them reaches a contact: that takes a key from after the painting (docs/rules.md 3.19, 12.2).
"""

from __future__ import annotations

import pytest

from tests.e2e.conftest import NOT_STARTED_ONE, SENDER_ONE, Office
from tests.e2e.messenger import SIZES, Messenger, open_messenger


def at_once(desk: Messenger, keys: bytes) -> None:
    """Let keys arrive in one go."""
    desk.terminal.send(keys)
    desk.terminal.settle(quiet=0.4)


def test_words_behind_enter_go_into_the_box(spring: Office) -> None:
    desk = open_messenger(spring, "Sender One")
    at_once(desk, b"\rHello")
    assert desk.box == "Hello"


def test_words_behind_enter_opt_nobody_out(spring: Office) -> None:
    desk = open_messenger(spring, "Sender One")
    at_once(desk, b"\rtoo")
    at_once(desk, b"y late")
    assert not spring.thread("Abby Stone")["opted_out"]


@pytest.mark.parametrize("size", SIZES, ids=["120x40", "80x24"])
def test_a_whole_reply_goes_into_the_box_and_is_sent_by_an_enter_from_after_that(
    spring: Office, size: tuple[int, int]
) -> None:
    desk = open_messenger(spring, "Sender One", size)
    at_once(desk, b"\rThanks\r")
    desk.terminal.wait_for("Enter came before this was shown: press it again.")
    assert desk.box == "Thanks"
    assert "Thanks" not in spring.bodies("Abby Stone")
    desk.terminal.press("enter")
    desk.wait_for_conversation("Ben Archer")
    assert spring.bodies("Abby Stone")[-1] == "Thanks"


def test_words_and_their_enter_may_come_together_once_the_box_is_shown(spring: Office) -> None:
    desk = open_messenger(spring, "Sender One")
    desk.open_box()
    at_once(desk, b"Thanks\r")
    assert spring.bodies("Abby Stone")[-1] == "Thanks"


@pytest.mark.parametrize("size", SIZES, ids=["120x40", "80x24"])
def test_enters_on_the_overview_text_nobody(spring: Office, size: tuple[int, int]) -> None:
    for each in set(SENDER_ONE) - set(NOT_STARTED_ONE):
        spring.run("opt-out", spring.thread(each)["phone"])
    before = [spring.bodies(each) for each in NOT_STARTED_ONE]
    terminal = spring.open(size=size)
    terminal.wait_for("Overview", "Sender Two")
    terminal.press("j")
    terminal.settle()
    terminal.send(b"\r\r\r\r\r")
    terminal.wait_for("Enter came before this was shown: press it again.")
    terminal.settle(quiet=0.4)
    assert [spring.bodies(each) for each in NOT_STARTED_ONE] == before


def test_a_recommended_reply_that_was_not_seen_is_not_sent(spring: Office) -> None:
    desk = open_messenger(spring, "Sender One")
    at_once(desk, b"a1\r")
    desk.terminal.wait_for("Enter came before this was shown: press it again.")
    assert desk.box == "Your polling place is the library."
    assert len(spring.bodies("Abby Stone")) == 2


def test_send_all_begins_by_no_key_from_before_its_question(spring: Office) -> None:
    desk = open_messenger(spring, "Sender One")
    desk.terminal.press("1")
    desk.wait_for_row("Lena Moss")
    at_once(desk, b"Sy")
    desk.terminal.wait_for("That key came before this was shown: press it again.")
    assert spring.bodies("Lena Moss") == []
    desk.terminal.press("y")
    desk.terminal.wait_for("5 of 5")
    assert len(spring.bodies("Lena Moss")) == 1


def test_the_next_reply_may_be_begun_while_one_is_sent(spring: Office) -> None:
    desk = open_messenger(spring, "Sender One")
    desk.open_box()
    desk.write("Thanks")
    at_once(desk, b"\rYou too")
    desk.wait_for_conversation("Ben Archer")
    assert desk.box == "You too"


def test_a_search_may_be_typed_at_once(spring: Office) -> None:
    desk = open_messenger(spring, "Sender One")
    at_once(desk, b"/dan")
    assert "Dan Evans" in desk.row


def test_a_name_behind_r_goes_into_the_picker(spring: Office) -> None:
    desk = open_messenger(spring, "Sender One")
    at_once(desk, b"rtwo\r")
    assert spring.thread("Abby Stone")["sender"] == "two"


def test_digits_behind_e_are_answers(spring: Office) -> None:
    desk = open_messenger(spring, "Sender One")
    at_once(desk, b"e12")
    assert spring.thread("Abby Stone")["answers"] == {"Will you vote?": "Yes", "Need a ride?": "No"}


def test_y_behind_o_waits_for_the_question(spring: Office) -> None:
    desk = open_messenger(spring, "Sender One")
    at_once(desk, b"oy")
    desk.terminal.wait_for("That key came before this was shown: press it again.")
    assert not spring.thread("Abby Stone")["opted_out"]
    desk.terminal.press("y")
    desk.terminal.wait_for("Abby Stone is opted out")
    assert spring.thread("Abby Stone")["opted_out"]


def test_a_held_key_moves_as_often_as_it_came(spring: Office) -> None:
    desk = open_messenger(spring, "Sender One")
    at_once(desk, b"jjjj")
    desk.wait_for_row("Elsa Frank")
    desk.wait_for_conversation("Elsa Frank")


def test_enters_at_once_send_one_initial_each(spring: Office) -> None:
    desk = open_messenger(spring, "Sender One")
    desk.terminal.press("1")
    desk.wait_for_row("Lena Moss")
    desk.open_box()
    at_once(desk, b"\r\r\r")
    counts = [
        len(spring.bodies(contact)) for contact in ("Lena Moss", "Milo Nash", "Nina Orr", "Otto Page", "Pia Quinn")
    ]
    assert max(counts) == 1
    assert counts == sorted(counts, reverse=True)


def test_a_second_enter_does_not_send_the_draft_that_comes_up(spring: Office) -> None:
    desk = open_messenger(spring, "Sender One")
    desk.terminal.press("j")
    desk.open_box()
    desk.write("Not ready, do not")
    desk.terminal.press("escape", "k")
    desk.wait_for_conversation("Abby Stone")
    desk.open_box()
    desk.write("Thanks")
    at_once(desk, b"\r\r")
    desk.wait_for_conversation("Ben Archer")
    assert spring.bodies("Abby Stone")[-1] == "Thanks"
    assert "Not ready, do not" not in spring.bodies("Ben Archer")


def test_a_pasted_text_of_several_lines_is_not_sent(spring: Office) -> None:
    desk = open_messenger(spring, "Sender One")
    desk.open_box()
    at_once(desk, b"\x1b[200~First line\rSecond line\r\x1b[201~")
    desk.terminal.wait_for("First line", "Second line")
    assert len(spring.bodies("Abby Stone")) == 2


def test_a_paste_into_the_list_does_nothing(spring: Office) -> None:
    desk = open_messenger(spring, "Sender One")
    at_once(desk, b"\x1b[200~oy\r\x1b[201~")
    assert desk.terminal.shows("6 need a reply")
    assert not spring.thread("Abby Stone")["opted_out"]
