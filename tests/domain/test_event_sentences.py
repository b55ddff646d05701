"""The sentences of the history and of threads, and the numbers in them (docs/rules.md 3.10, 3.20, 8.3)."""

from __future__ import annotations

from enum import Enum
from typing import Any

import pytest

from tests.domain.event_examples import EXAMPLES, NUMBER
from thrumsg_tui.domain.conversation_facts import Handover, MessageReceived
from thrumsg_tui.domain.enums import ImportKind
from thrumsg_tui.domain.event_facts import OldSentences
from thrumsg_tui.domain.event_sentences import summary, thread_sentence
from thrumsg_tui.domain.frozen_record import FrozenRecord
from thrumsg_tui.domain.organization_facts import ConversationRenumbered, FileImported, Repaired
from thrumsg_tui.domain.redaction import IN_FULL, Ours, Phone, PhoneDisplay

REDACTED = PhoneDisplay(redacts=True)

_MOMENTS = {"as_of", "ends"}


def test_the_history_says_what_was_done() -> None:
    for example in EXAMPLES:
        assert summary(example.facts, IN_FULL) == example.summary


def test_a_thread_says_what_was_done_to_its_conversation_and_by_whom() -> None:
    for example in EXAMPLES:
        if example.thread is not None:
            assert thread_sentence(example.facts, example.by, IN_FULL) == example.thread


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (Handover("Lee Bishop", "Kim Alvarez", undo=False), "reassigned from Lee Bishop to Kim Alvarez by Mo Quill"),
        (
            Handover("Unassigned", "Lee Bishop", undo=True),
            "reassigned from Unassigned to Lee Bishop by Mo Quill (undo)",
        ),
    ],
)
def test_a_thread_says_who_had_the_conversation_and_who_has_it(facts: Handover, sentence: str) -> None:
    assert thread_sentence(facts, "Mo Quill", IN_FULL) == sentence


def test_numbers_are_hidden_wherever_they_may_be() -> None:
    """docs/rules.md 3.20: those of contacts, and those that people have written into notes, names and titles."""
    for example in EXAMPLES:
        facts = _numbered(example.facts)
        said = [summary(facts, REDACTED), thread_sentence(facts, "Kim 415 555 0142", REDACTED)]
        assert not [sentence for sentence in said if "5550142" in sentence.replace(" ", "")]


def test_hiding_numbers_changes_nothing_else() -> None:
    hidden = NUMBER.replace(NUMBER[1:-2], "•" * len(NUMBER[1:-2]))
    for example in EXAMPLES:
        assert summary(example.facts, REDACTED) == example.summary.replace(NUMBER, hidden)


def test_a_sender_that_is_no_number_is_hidden_as_on_the_list_of_unmatched_messages() -> None:
    """docs/rules.md 1.5, 3.20."""
    facts = MessageReceived(Phone("24365"))
    assert summary(facts, IN_FULL) == "received a message from 24365"
    assert summary(facts, REDACTED) == "received a message from •••65"


def test_our_own_numbers_are_never_hidden() -> None:
    """docs/rules.md 10.8."""
    facts = ConversationRenumbered("Ann, +1 415 555 0142", Ours("+14155550100"), Ours("+15105550100"))
    assert summary(facts, REDACTED) == "Ann, +• ••• ••• ••42 is texted from +15105550100, was +14155550100"


def test_old_entries_are_shown_as_they_were_written_without_their_numbers() -> None:
    old = OldSentences(f"opted {NUMBER} out (manual)", "opted out by Kim Alvarez: call (415) 555-0142 no more")
    assert summary(old, IN_FULL) == f"opted {NUMBER} out (manual)"
    assert thread_sentence(old, "Kim Alvarez", IN_FULL) == "opted out by Kim Alvarez: call (415) 555-0142 no more"
    assert summary(old, REDACTED) == "opted +•••••••••42 out (manual)"
    assert thread_sentence(old, "Kim Alvarez", REDACTED) == "opted out by Kim Alvarez: call (•••) •••-••42 no more"


def test_of_much_that_was_mended_the_history_says_as_much_as_a_line_has_room_for() -> None:
    assert len(summary(Repaired(("replies by hour recounted",) * 100), IN_FULL)) == len("repaired: ") + 500


def test_a_file_that_opts_nobody_out_is_in_no_thread_as_one_that_does() -> None:
    facts = FileImported(ImportKind.CONTACTS, "a.csv", 1, 0, 0, 0, 0)
    assert "opted out" not in thread_sentence(facts, "Ana Ortiz", IN_FULL)


def _numbered(value: Any) -> Any:
    """The same facts with a number in every text but moments."""
    match value:
        case FrozenRecord():
            texts = {name: _numbered(field) for name, field in value.field_values.items() if name not in _MOMENTS}
            return type(value)(**{**value.field_values, **texts})
        case tuple():
            return tuple(map(_numbered, value))
        case Phone():
            return Phone(NUMBER)
        case str() if not isinstance(value, Enum):
            return "415 555 0142"
        case _:
            return value
