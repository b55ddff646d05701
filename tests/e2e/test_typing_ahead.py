"""Keys that arrive together, as over a slow connection: each goes where it would have gone had one waited.

None of them reaches a contact: that takes a key from after the painting (docs/rules.md 3.19, 12.2).
"""

from __future__ import annotations

import pytest

from tests.e2e.conftest import NOT_STARTED_ONE, SENDER_ONE, WAITING_ONE, Office
from tests.e2e.messenger import SIZES, Messenger, open_messenger


def at_once(messenger: Messenger, keys: bytes) -> None:
    """Let keys arrive in one go."""
    messenger.terminal.send(keys)


def test_words_behind_enter_go_into_the_box(spring: Office) -> None:
    messenger = open_messenger(spring, "Sender One")
    at_once(messenger, b"\rHello")
    messenger.wait_for_box("Hello")


def test_words_behind_enter_opt_nobody_out(spring: Office) -> None:
    messenger = open_messenger(spring, "Sender One")
    at_once(messenger, b"\rtoo")
    at_once(messenger, b"y late")
    messenger.wait_for_box("tooy late")
    assert not spring.thread("Abby Stone")["opted_out"]


@pytest.mark.parametrize("size", SIZES, ids=["120x40", "80x24"])
def test_a_whole_reply_goes_into_the_box_and_is_sent_by_an_enter_from_after_that(
    spring: Office, size: tuple[int, int]
) -> None:
    messenger = open_messenger(spring, "Sender One", size)
    at_once(messenger, b"\rThanks\r")
    messenger.terminal.wait_for("Enter came before this was shown: press it again.")
    assert messenger.box == "Thanks"
    assert "Thanks" not in spring.bodies("Abby Stone")
    messenger.terminal.press("enter")
    messenger.wait_for_conversation("Ben Archer")
    assert spring.bodies("Abby Stone")[-1] == "Thanks"


def test_words_and_their_enter_may_come_together_once_the_box_is_shown(spring: Office) -> None:
    messenger = open_messenger(spring, "Sender One")
    messenger.open_box()
    at_once(messenger, b"Thanks\r")
    messenger.terminal.wait_until(lambda: spring.bodies("Abby Stone")[-1] == "Thanks", "the message")


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
    terminal.send(b"~")
    terminal.wait_for("~")  # it came last
    assert [spring.bodies(each) for each in NOT_STARTED_ONE] == before


def test_a_recommended_reply_that_was_not_seen_is_not_sent(spring: Office) -> None:
    messenger = open_messenger(spring, "Sender One")
    at_once(messenger, b"a1\r")
    messenger.terminal.wait_for("Enter came before this was shown: press it again.")
    assert messenger.box == "Your polling place is the library."
    assert len(spring.bodies("Abby Stone")) == 2


def test_send_all_begins_by_no_key_from_before_its_question(spring: Office) -> None:
    messenger = open_messenger(spring, "Sender One")
    messenger.terminal.press("1")
    messenger.wait_for_row("Lena Moss")
    at_once(messenger, b"Sy")
    messenger.terminal.wait_for("That key came before this was shown: press it again.")
    assert spring.bodies("Lena Moss") == []
    messenger.terminal.press("y")
    messenger.terminal.wait_for("5 of 5")
    assert len(spring.bodies("Lena Moss")) == 1


def test_the_next_reply_may_be_begun_while_one_is_sent(spring: Office) -> None:
    messenger = open_messenger(spring, "Sender One")
    messenger.open_box()
    messenger.write("Thanks")
    at_once(messenger, b"\rYou too")
    messenger.wait_for_conversation("Ben Archer")
    messenger.wait_for_box("You too")


def test_a_search_may_be_typed_at_once(spring: Office) -> None:
    messenger = open_messenger(spring, "Sender One")
    at_once(messenger, b"/dan")
    messenger.wait_for_row("Dan Evans")


def test_a_name_behind_r_goes_into_the_picker(spring: Office) -> None:
    messenger = open_messenger(spring, "Sender One")
    at_once(messenger, b"rtwo\r")
    messenger.terminal.wait_until(lambda: spring.thread("Abby Stone")["sender"] == "two", "the move")


def test_digits_behind_e_are_answers(spring: Office) -> None:
    messenger = open_messenger(spring, "Sender One")
    at_once(messenger, b"e12")
    messenger.terminal.wait_until(
        lambda: spring.thread("Abby Stone")["answers"] == {"Will you vote?": "Yes", "Need a ride?": "No"}, "the answers"
    )


def test_y_behind_o_waits_for_the_question(spring: Office) -> None:
    messenger = open_messenger(spring, "Sender One")
    at_once(messenger, b"oy")
    messenger.terminal.wait_for("That key came before this was shown: press it again.")
    assert not spring.thread("Abby Stone")["opted_out"]
    messenger.terminal.press("y")
    messenger.terminal.wait_for("Abby Stone is opted out")
    assert spring.thread("Abby Stone")["opted_out"]


def test_a_held_key_moves_as_often_as_it_came(spring: Office) -> None:
    messenger = open_messenger(spring, "Sender One")
    at_once(messenger, b"jjjj")
    messenger.wait_for_row("Elsa Frank")
    messenger.wait_for_conversation("Elsa Frank")


def test_keys_behind_steps_are_meant_for_where_these_lead(spring: Office) -> None:
    messenger = open_messenger(spring, "Sender One")
    at_once(messenger, b"jjkjj\rHello")
    messenger.wait_for_conversation("Dan Evans")
    messenger.wait_for_box("Hello")


def test_an_enter_behind_steps_sends_no_initial_that_was_not_seen(spring: Office) -> None:
    messenger = open_messenger(spring, "Sender One")
    messenger.terminal.press("1")
    messenger.wait_for_row("Lena Moss")
    at_once(messenger, b"jj\r\r")
    messenger.terminal.wait_for("Enter came before this was shown: press it again.")
    messenger.wait_for_conversation("Nina Orr")
    assert [spring.bodies(each) for each in NOT_STARTED_ONE] == [[]] * len(NOT_STARTED_ONE)


def test_enters_at_once_send_one_initial_each(spring: Office) -> None:
    messenger = open_messenger(spring, "Sender One")
    messenger.terminal.press("1")
    messenger.wait_for_row("Lena Moss")
    messenger.open_box()
    at_once(messenger, b"\r\r\r~")
    messenger.terminal.wait_for("~")
    counts = [
        len(spring.bodies(contact)) for contact in ("Lena Moss", "Milo Nash", "Nina Orr", "Otto Page", "Pia Quinn")
    ]
    assert max(counts) == 1
    assert counts == sorted(counts, reverse=True)


def test_a_second_enter_does_not_send_the_draft_that_comes_up(spring: Office) -> None:
    messenger = open_messenger(spring, "Sender One")
    messenger.terminal.press("j")
    messenger.open_box()
    messenger.write("Not ready, do not")
    messenger.terminal.press("escape", "k")
    messenger.wait_for_conversation("Abby Stone")
    messenger.open_box()
    messenger.write("Thanks")
    at_once(messenger, b"\r\r~")
    messenger.wait_for_conversation("Ben Archer")
    messenger.wait_for_box("Not ready, do not~")
    assert spring.bodies("Abby Stone")[-1] == "Thanks"
    assert "Not ready, do not" not in spring.bodies("Ben Archer")


def test_a_pasted_text_of_several_lines_is_not_sent(spring: Office) -> None:
    messenger = open_messenger(spring, "Sender One")
    messenger.open_box()
    at_once(messenger, b"\x1b[200~First line\rSecond line\r\x1b[201~")
    messenger.terminal.wait_for("First line", "Second line")
    assert len(spring.bodies("Abby Stone")) == 2


def test_a_paste_into_the_list_does_nothing(spring: Office) -> None:
    messenger = open_messenger(spring, "Sender One")
    at_once(messenger, b"\x1b[200~oy\r\x1b[201~j")
    messenger.wait_for_row("Ben Archer")
    assert messenger.terminal.shows("6 need a reply")
    assert not spring.thread("Abby Stone")["opted_out"]


@pytest.mark.parametrize("size", SIZES, ids=["120x40", "80x24"])
def test_chords_behind_the_enter_of_one_reply_are_the_next_contact_s_and_send_nothing(
    spring: Office, size: tuple[int, int]
) -> None:
    """Both survey answers and the reply that names the contact come together, behind the Enter of the reply before."""
    messenger = open_messenger(spring, "Sender One", size)
    messenger.open_box()
    enter, chords = b"", b"\x0511\x1b2\r"
    for contact in WAITING_ONE[:3]:
        at_once(messenger, enter + chords)
        messenger.wait_for_conversation(contact)
        messenger.wait_for_box(f"Thank you {contact.split()[0]}!")
        messenger.terminal.wait_for("Enter came before this was shown")
        assert f"Thank you {contact.split()[0]}!" not in spring.bodies(contact)
        enter = b"\r"
    for contact in WAITING_ONE[:2]:
        assert spring.bodies(contact)[-1] == f"Thank you {contact.split()[0]}!"
    assert [len(spring.thread(contact)["answers"]) for contact in WAITING_ONE[:4]] == [2, 2, 2, 0]
