"""Keys that arrive together, as over a slow connection: each goes where it would have gone had one waited."""

from __future__ import annotations

from tests.e2e.conftest import Office
from tests.e2e.messenger import Messenger, open_messenger


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


def test_a_whole_reply_with_its_enters_is_sent(spring: Office) -> None:
    desk = open_messenger(spring, "Sender One")
    at_once(desk, b"\rThanks\r")
    assert spring.bodies("Abby Stone")[-1] == "Thanks"


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


def test_y_behind_o_is_an_answer(spring: Office) -> None:
    desk = open_messenger(spring, "Sender One")
    at_once(desk, b"oy")
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
