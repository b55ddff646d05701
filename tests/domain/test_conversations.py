"""Where a conversation stands (docs/rules.md 1.1, 3.5)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thrumsg_tui.domain.conversations import MessageFact, standing
from thrumsg_tui.domain.words import Direction, Status

facts = st.builds(
    MessageFact,
    id=st.integers(1, 1000),
    at=st.integers(0, 5),  # so that many come at the same moment
    direction=st.sampled_from(list(Direction)),
    cancelled=st.booleans(),
)
threads = st.lists(facts, max_size=8, unique_by=lambda fact: fact.id)


def told(story: str) -> list[MessageFact]:
    """Make a thread: `o` for one of ours, `x` for one of ours that was cancelled, `i` for one of the contact's."""
    return [
        MessageFact(nth, nth * 10, Direction.INCOMING if letter == "i" else Direction.OUTGOING, letter == "x")
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
    ],
)
def test_the_status_follows_from_the_messages(story: str, status: Status) -> None:
    assert standing(told(story)).status is status


def test_waiting_counts_from_the_first_that_nobody_answered() -> None:
    assert standing(told("oioii")).waiting_since == 40
    assert standing(told("oioixi")).waiting_since == 40  # a cancelled message answers nobody
    assert standing(told("oio")).waiting_since is None


@given(threads, st.randoms())
def test_the_order_in_which_messages_are_read_makes_no_difference(thread: list[MessageFact], chance: object) -> None:
    shuffled = list(thread)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert standing(shuffled) == standing(thread)


@given(threads)
def test_cancelled_messages_count_as_never_written(thread: list[MessageFact]) -> None:
    assert standing(thread) == standing([fact for fact in thread if not fact.cancelled])


@given(threads)
def test_a_standing_is_consistent_in_itself(thread: list[MessageFact]) -> None:
    stands = standing(thread)
    written = [fact for fact in thread if not fact.cancelled]
    assert stands.message_count == len(written)
    assert stands.texted == (stands.last_texted_at is not None)
    assert stands.replied == any(fact.direction is Direction.INCOMING for fact in written)
    assert (stands.status is Status.NEEDS_REPLY) == (stands.waiting_since is not None)
    assert (stands.status is Status.NOT_STARTED) == (stands.last_message_id is None)
    assert (stands.status in {Status.NEEDS_REPLY, Status.ANSWERED}) == stands.replied
    if written:
        assert stands.last_message_at == max(fact.at for fact in written)
