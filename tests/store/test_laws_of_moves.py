"""The laws of reassignment: fair, as previewed, taken back exactly (docs/rules.md 4.4, 4.5, 4.7, 4.9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.store.wishes import Wish, request_of, wishes
from tests.store.world import HOLDERS, PEOPLE, World, expected, phone_of, worlds
from thrumsg_tui.domain.campaigns import AssignmentId
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.enums import StatusFilter
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.reassignment import (
    FromConversations,
    Plan,
    Request,
    ToAssignments,
)
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.reassign import apply_plan, reassign
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.queries.reassignment import plan

Holders = dict[ConversationId, AssignmentId]

STORIES = ("", "sent", "waits", "answered", "waits, opted out", "opted out")


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Who holds each contact and what has been said; `order` is that in which they wrote."""

    holders: tuple[str | None, ...]
    stories: tuple[str, ...]
    order: tuple[int, ...]


arrangements = st.builds(
    Arrangement,
    holders=st.tuples(*[st.sampled_from(HOLDERS)] * len(PEOPLE)),
    stories=st.tuples(*[st.sampled_from(STORIES)] * len(PEOPLE)),
    order=st.permutations(range(len(PEOPLE))).map(tuple),
)
TO_KIM = Wish(frozenset([None]), False, ("kim",), StatusFilter.ANY, None, False)
TO_NOBODY = Wish(frozenset(), True, (None,), StatusFilter.ANY, None, False)
quickly = settings(max_examples=examples(25))


def arrange(world: World, wanted: Arrangement) -> None:
    """Let it all happen, by the changes that users have."""
    db, mo = world.db, world.who["mo"]
    conversations = world.conversations(world.spring)
    for nth in wanted.order:
        world.clock.now += timedelta(minutes=1)
        story = wanted.stories[nth]
        if story and story != "opted out":
            send(db, mo, conversations[nth])
        if story.startswith(("waits", "answered")):
            receive(db, None, phone_of(nth), "ok")
        if story == "answered":
            send(db, mo, conversations[nth], body="thanks")
        if "opted out" in story:
            opt_out_number(db, mo, phone_of(nth))
    for nth, login in enumerate(wanted.holders):
        if login is not None:
            move_to(world, login, [conversations[nth]])


def move_to(world: World, login: str | None, conversations: Sequence[ConversationId]) -> None:
    """Reassign picked conversations, wherever they are; nothing where they are there already."""
    to = world.assignment(world.spring, login)
    request = Request(world.spring.id, FromConversations(tuple(conversations)), ToAssignments((to,)))
    world.attempt(reassign, world.who["mo"], request)


def planned(world: World, request: Request) -> Plan:
    """The preview; what is refused is of no interest here."""
    try:
        with world.db.reading() as conn:
            return plan(conn, request, world.clock.now)
    except Refused:
        assume(condition=False)
        raise


def to_be_taken(world: World, wish: Wish) -> list[ConversationId]:
    """Which conversations a reassignment takes, said in other words (docs/rules.md 4.1, 4.5)."""
    held, stands = world.holders(world.spring), expected(world)
    taken: list[ConversationId] = []
    for login in HOLDERS:
        if login in wish.to or not (wish.everyone or login in wish.sources):
            continue
        own = sorted(each for each, holder in held.items() if holder == world.assignment(world.spring, login))
        if wish.status is not StatusFilter.ANY:
            status = wish.status.replace("-", "_")
            own = [each for each in own if stands[each].status == status and not stands[each].opted_out]
        if wish.status is StatusFilter.NEEDS_REPLY:
            own.sort(key=lambda each: (stands[each].waiting_since or 0, each))
        taken += own
    return taken[: wish.count]


@quickly
@given(arrangements, wishes)
def test_those_are_taken_that_the_rules_name_in_their_order(arrangement: Arrangement, wish: Wish) -> None:
    with worlds() as world:
        arrange(world, arrangement)
        moves = planned(world, request_of(world, wish)).moves
        assert [move.conversation_id for move in moves] == to_be_taken(world, wish)
        held = world.holders(world.spring)
        assert all(move.source == held[move.conversation_id] for move in moves)


@quickly
@given(arrangements, wishes)
def test_no_two_shares_differ_by_more_than_one_and_the_first_displayed_get_more(
    arrangement: Arrangement, wish: Wish
) -> None:
    with worlds() as world:
        arrange(world, arrangement)
        moves = planned(world, request_of(world, replace(wish, level=False))).moves
        got = Counter(move.destination for move in moves)
        shares = [got[world.assignment(world.spring, login)] for login in HOLDERS if login in wish.to]
        assert max(shares) - min(shares) <= 1
        assert shares == sorted(shares, reverse=True)


@quickly
@given(arrangements, wishes)
def test_level_brings_the_totals_as_close_together_as_can_be(arrangement: Arrangement, wish: Wish) -> None:
    with worlds() as world:
        arrange(world, arrangement)
        moves = planned(world, request_of(world, replace(wish, level=True))).moves
        got = Counter(move.destination for move in moves)
        held = Counter(world.holders(world.spring).values())
        receiving = [world.assignment(world.spring, login) for login in wish.to]
        totals = {each: held[each] + got[each] for each in receiving}
        # Nobody who got something could have given it to somebody with less.
        assert all(totals[each] <= min(totals.values()) + 1 for each in got)


@quickly
@given(arrangements, wishes)
def test_what_was_previewed_is_what_is_done_and_undo_and_redo_are_exact(arrangement: Arrangement, wish: Wish) -> None:
    with worlds() as world:
        arrange(world, arrangement)
        mo, request = world.who["mo"], request_of(world, wish)
        preview = planned(world, request)
        before, told = world.holders(), [tuple(row) for row in world.rows("SELECT * FROM message")]
        outcome = reassign(world.db, mo, request)
        after = world.holders()
        assert after == before | {move.conversation_id: move.destination for move in preview.moves}
        assert (outcome.moved, outcome.gains, outcome.skipped) == (len(preview.moves), preview.gains, ())
        assert (outcome.event is None) == (not preview.moves)
        assert [tuple(row) for row in world.rows("SELECT * FROM message")] == told
        if outcome.event is not None:
            undone = undo(world.db, mo, outcome.event)
            assert (world.holders(), undone.moved, undone.skipped) == (before, outcome.moved, ())
            redone = undo(world.db, mo, undone.event)
            assert (world.holders(), redone.moved, redone.skipped) == (after, outcome.moved, ())
            undo(world.db, mo, redone.event)
            assert world.holders() == before
        assert examine(world.db) == []


meddling = st.lists(st.tuples(st.sampled_from(HOLDERS), st.integers(0, len(PEOPLE) - 1)), min_size=1, max_size=6)


@quickly
@given(arrangements, wishes, meddling)
def test_what_changed_hands_since_the_preview_is_skipped_and_nothing_else(
    arrangement: Arrangement, wish: Wish, meddled: list[tuple[str | None, int]]
) -> None:
    with worlds() as world:
        arrange(world, arrangement)
        preview = planned(world, request_of(world, wish))
        touched = meddle(world, meddled)
        before = world.holders(world.spring)
        outcome = apply_plan(world.db, world.who["mo"], preview)
        left = [move for move in preview.moves if move.conversation_id not in touched]
        assert world.holders(world.spring) == before | {move.conversation_id: move.destination for move in left}
        assert outcome.moved == len(left)
        assert set(outcome.skipped) == {move.conversation_id for move in preview.moves} & touched
        assert examine(world.db) == []


@quickly
@given(arrangements, wishes, meddling)
def test_undo_puts_back_what_nobody_moved_since_and_lists_the_rest(
    arrangement: Arrangement, wish: Wish, meddled: list[tuple[str | None, int]]
) -> None:
    with worlds() as world:
        arrange(world, arrangement)
        origin = world.holders(world.spring)
        request = request_of(world, wish)
        moves = planned(world, request).moves
        outcome = reassign(world.db, world.who["mo"], request)
        assume(outcome.event is not None)
        touched = meddle(world, meddled)
        before = world.holders(world.spring)
        undone = undo(world.db, world.who["ana"], outcome.event)
        moved = {move.conversation_id for move in moves}
        back = {each: origin[each] for each in moved - touched}
        assert world.holders(world.spring) == before | back
        assert (undone.moved, set(undone.skipped)) == (len(back), moved & touched)
        assert (undone.event is None) == (not back)
        assert examine(world.db) == []


def there_and_back(world: World, wanted: Sequence[Wish]) -> tuple[list[Holders], list[EventId]]:
    """Make some moves and undo one after the other; return what was held before, between and after, and the undos."""
    ana, states, undone = world.who["ana"], [world.holders()], list[EventId]()
    for wish in wanted:
        outcome = world.attempt(reassign, ana, request_of(world, wish))
        if outcome and outcome.event is not None:
            states.append(world.holders())
    for before in reversed(states[:-1]):
        outcome = undo(world.db, ana)
        assert outcome.event is not None
        assert (world.holders(), outcome.skipped) == (before, ())
        undone.append(outcome.event)
    return states, undone


@quickly
@given(arrangements, st.lists(wishes, min_size=1, max_size=4))
def test_undoing_one_after_the_other_goes_back_the_whole_way(arrangement: Arrangement, wanted: list[Wish]) -> None:
    with worlds() as world:
        arrange(world, arrangement)
        there_and_back(world, wanted)
        assert examine(world.db) == []


@quickly
@given(arrangements, st.lists(wishes, min_size=1, max_size=4))
@example(Arrangement((None,) * 6, ("",) * 6, tuple(range(6))), [TO_KIM, TO_NOBODY])
def test_redoing_one_after_the_other_goes_the_whole_way_again(arrangement: Arrangement, wanted: list[Wish]) -> None:
    with worlds() as world:
        arrange(world, arrangement)
        states, undone = there_and_back(world, wanted)
        for event, after in zip(reversed(undone), states[1:], strict=True):
            assert undo(world.db, world.who["ana"], event).skipped == ()
            assert world.holders() == after


def meddle(world: World, meddled: Sequence[tuple[str | None, int]]) -> set[ConversationId]:
    """Let others move some conversations, and tell which have changed hands."""
    touched = set()
    for login, nth in meddled:
        conversation = world.conversations(world.spring)[nth]
        before: AssignmentId = world.holders(world.spring)[conversation]
        move_to(world, login, [conversation])
        if world.holders(world.spring)[conversation] != before:
            touched.add(conversation)
    return touched
