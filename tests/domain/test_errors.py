"""What is said of what cannot be done (docs/rules.md 3.20)."""

from __future__ import annotations

from functools import partial

from thrumsg_tui.domain.conversation_facts import NumberOptedIn
from thrumsg_tui.domain.errors import MovedOn, Nothing, Refused
from thrumsg_tui.domain.event_sentences import summary
from thrumsg_tui.domain.redaction import Phone, PhoneDisplay

NUMBER = Phone("+14155550142")
REDACTED = PhoneDisplay(redacts=True)


def test_a_refusal_says_why_what_was_left_as_it_was_and_what_to_do() -> None:
    refusal = Refused("'lee' is not a sender of 'Spring'.", Nothing.MOVED, advice="An admin adds them.")
    assert str(refusal) == "'lee' is not a sender of 'Spring'. Nothing was moved. An admin adds them."
    assert refusal.explanation == "'lee' is not a sender of 'Spring'. An admin adds them."
    assert refusal.reason == "'lee' is not a sender of 'Spring'."
    assert str(Refused("There is nothing of yours to undo.")) == "There is nothing of yours to undo."


def test_a_number_is_hidden_once_it_is_known_how_numbers_are_shown() -> None:
    refusal = Refused("{phone} is not opted out.", phone=NUMBER)
    assert str(refusal) == "+14155550142 is not opted out."
    refusal.phones = REDACTED
    assert str(refusal) == "+•••••••••42 is not opted out."


def test_what_people_wrote_is_said_as_they_wrote_it_but_for_its_numbers() -> None:
    refusal = MovedOn("{name} wrote meanwhile: {words}", name="{Ann}", words="call 415-555-0142 at %time% {now}")
    assert str(refusal) == "{Ann} wrote meanwhile: call 415-555-0142 at %time% {now}"
    refusal.phones = REDACTED
    assert str(refusal) == "{Ann} wrote meanwhile: call •••-•••-••42 at %time% {now}"


def test_a_number_in_a_name_is_hidden_too() -> None:
    refusal = Refused("'Call 415-555-0142' is archived.", advice="Look at 'Call 415-555-0142'.")
    refusal.phones = REDACTED
    assert str(refusal) == "'Call •••-•••-••42' is archived. Look at 'Call •••-•••-••42'."
    assert refusal.explanation == str(refusal)


def test_a_change_is_named_by_its_facts() -> None:
    refusal = Refused("It has left. Before that you did this: {what}.", what=partial(summary, NumberOptedIn(NUMBER)))
    assert str(refusal) == "It has left. Before that you did this: opted +14155550142 in."
    refusal.phones = REDACTED
    assert str(refusal) == "It has left. Before that you did this: opted +•••••••••42 in."


def test_braces_are_nothing_special_without_facts() -> None:
    assert str(Refused("There is no campaign '{name}'.")) == "There is no campaign '{name}'."


def test_a_file_is_called_what_the_person_calls_it() -> None:
    refusal = Refused("/tmp/.x.part is damaged.", Nothing.RESTORED)
    refusal.rename("/tmp/.x.part", "backup.db")
    assert str(refusal) == "backup.db is damaged. Nothing was restored."
