"""Where a conversation stands (docs/rules.md 1.1, 3.5)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thrumsg_tui.domain.conversation_state import MessageFact, state_from, state_with
from thrumsg_tui.domain.enums import Direction, Status

facts = st.builds(
    MessageFact,
    id=st.integers(1, 1000),
    at=st.integers(0, 5),  # so that many come at the same moment
    direction=st.sampled_from(list(Direction)),
    cancelled=st.booleans(),
    confirmation=st.booleans(),
).filter(lambda fact: fact.direction is Direction.OUTGOING or not fact.confirmation)
threads = st.lists(facts, max_size=8, unique_by=lambda fact: fact.id)


def told(story: str) -> list[MessageFact]:
    """Make a thread: `i` for one of the contact's, `o` for one of ours, `x` for ours cancelled, `c` a confirmation."""
    return [
        MessageFact(
            nth, nth * 10, Direction.INCOMING if letter == "i" else Direction.OUTGOING, letter == "x", letter == "c"
        )
        for nth, letter in enumerate(story, 1)
    ]


@pytest.mark.parametrize(
    ("story", "status"),
    [
        ("", Status.NOT_STARTED),
        ("x", Status.NOT_STARTED),
        ("o", Status.SENT),
        ("oo", Status.SENT),
        ("i", Status.NEEDS_REPLY),
        ("oi", Status.NEEDS_REPLY),
        ("oio", Status.ANSWERED),
        ("io", Status.ANSWERED),
        ("oioi", Status.NEEDS_REPLY),
        ("oix", Status.NEEDS_REPLY),
        ("xi", Status.NEEDS_REPLY),
        ("oiic", Status.NEEDS_REPLY),
        ("oic", Status.NEEDS_REPLY),
        ("ic", Status.NEEDS_REPLY),
        ("oioc", Status.ANSWERED),
        ("oicio", Status.ANSWERED),
        ("oc", Status.SENT),
        ("xc", Status.SENT),
    ],
)
def test_the_status_follows_from_the_messages(story: str, status: Status) -> None:
    assert state_from(told(story)).status is status


def test_waiting_counts_from_the_first_that_nobody_answered() -> None:
    assert state_from(told("oioii")).waiting_since == 40
    assert state_from(told("oioixi")).waiting_since == 40  # a cancelled message answers nobody
    assert state_from(told("oio")).waiting_since is None


@pytest.mark.parametrize(("story", "since"), [("oiic", 20), ("oici", 20), ("oioic", 40), ("oicoi", 50), ("oioc", None)])
def test_an_opt_out_confirmation_answers_nothing(story: str, since: int | None) -> None:
    assert state_from(told(story)).waiting_since == since


@pytest.mark.parametrize(("story", "last"), [("oiic", 3), ("oic", 2), ("oioc", 3), ("oc", 1), ("xc", 2)])
def test_the_last_words_are_not_those_of_a_confirmation_unless_it_is_alone(story: str, last: int) -> None:
    assert state_from(told(story)).last_message_id == last


def test_a_confirmation_counts_as_a_message_and_as_texting() -> None:
    stands = state_from(told("xic"))
    assert (stands.message_count, stands.texted, stands.last_texted_at, stands.last_message_at) == (2, True, 30, 30)


@given(threads, st.randoms())
def test_the_order_in_which_messages_are_read_makes_no_difference(thread: list[MessageFact], chance: object) -> None:
    shuffled = list(thread)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert state_from(shuffled) == state_from(thread)


@given(threads)
def test_cancelled_messages_count_as_never_written(thread: list[MessageFact]) -> None:
    assert state_from(thread) == state_from([fact for fact in thread if not fact.cancelled])


@given(threads.filter(bool))
def test_a_message_that_is_added_leads_where_the_whole_thread_does(thread: list[MessageFact]) -> None:
    *others, added = sorted(thread, key=lambda fact: fact.id)
    added = replace(added, cancelled=False)
    spoken = any(not (fact.cancelled or fact.confirmation) for fact in others)
    assert state_with(state_from(others), added, spoken=spoken) == state_from([*others, added])


@given(threads)
def test_a_standing_is_consistent_in_itself(thread: list[MessageFact]) -> None:
    stands = state_from(thread)
    written = [fact for fact in thread if not fact.cancelled]
    assert stands.message_count == len(written)
    assert stands.texted == (stands.last_texted_at is not None)
    assert stands.replied == any(fact.direction is Direction.INCOMING for fact in written)
    assert (stands.status is Status.NEEDS_REPLY) == (stands.waiting_since is not None)
    assert (stands.status is Status.NOT_STARTED) == (stands.last_message_id is None)
    assert (stands.status in {Status.NEEDS_REPLY, Status.ANSWERED}) == stands.replied
    if written:
        assert stands.last_message_at == max(fact.at for fact in written)
