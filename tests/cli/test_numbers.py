"""Opting out and in, and looking a number up."""

from tests.cli.conftest import MARIA, Shell


def test_any_spelling_of_a_number_will_do(spring: Shell) -> None:
    done = spring.json("opt-out", "1 (415) 555.0142", "--note", "by phone")
    assert (done["phone"], done["conversations"], done["confirmation_sent"]) == (MARIA, [1], False)
    assert "opted out already" in spring.refused("opt-out", MARIA)
    assert spring.json("opt-in", "415 555 0142")["phone"] == MARIA


def test_a_contact_who_was_texted_gets_a_confirmation(spring: Shell) -> None:
    spring.done("send", 1)
    assert spring.json("opt-out", MARIA)["confirmation_sent"] is True


def test_a_number_elsewhere_needs_its_region(spring: Shell) -> None:
    assert spring.json("lookup", "020 7946 0018", "--region", "GB")["phone"] == "+442079460018"


def test_a_look_up_tells_all_that_is_known(spring: Shell) -> None:
    spring.done("opt-out", MARIA, "--note", "by phone")
    found = spring.json("lookup", MARIA)
    assert (found["name"], found["opted_out"], found["opt_out"]["note"]) == ("Maria Lopez", True, "by phone")
    assert found["conversations"] == [{"id": 1, "campaign": "Spring", "sender": None, "status": "not_started"}]
    assert "by phone" in spring.done("lookup", MARIA)


def test_a_number_that_nobody_knows_may_have_written(spring: Shell) -> None:
    spring.done("receive", "--from", "4155550199", "--body", "Hi")
    found = spring.json("lookup", "4155550199")
    assert (found["name"], found["conversations"], found["unmatched"]) == (None, [], 1)
    assert "1 message came" in spring.done("lookup", "4155550199")
