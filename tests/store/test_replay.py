"""The journal replays to the present: who holds what, whose number is opted out, what was answered (docs/rules.md 8.3).

Whatever anybody did, in any order, on a real file: what the events say, taken one after the other from the beginning,
is what is stored now. So nothing happens beside the journal, and no event says something else than what was done.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.examples import examples
from tests.store.arranging import take_in
from tests.store.wishes import Wish, request_of, wishes
from tests.store.world import HOLDERS, PEOPLE, SENDERS, World, phone_of, worlds
from thrumsg_tui.domain.campaigns import AssignmentId
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.reassignment import (
    FromAssignments,
    FromConversations,
    FromEveryone,
    Plan,
    Request,
    ToAllOthers,
    ToAssignments,
)
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.changes.campaign_senders import add_senders, remove_sender
from thrumsg_tui.store.changes.campaigns import change_state
from thrumsg_tui.store.changes.opt_out_lists import opt_out_numbers
from thrumsg_tui.store.changes.opt_outs import change_note, opt_in_number, opt_out_each, opt_out_number
from thrumsg_tui.store.changes.reassign import apply_plan, reassign
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.doctor import repair
from thrumsg_tui.store.imports.opt_outs import import_opt_outs
from thrumsg_tui.store.pacing import Pacing
from thrumsg_tui.store.queries.reassignment import plan

people = st.integers(0, len(PEOPLE) - 1)
some_people = st.lists(people, min_size=1, max_size=4)
everybody = st.sampled_from(["ana", "ana", "mo", *SENDERS])
names = st.sampled_from(["Spring", "Fall"])

STRANGERS = 3
"""Numbers beyond the contacts: opted out like any other, though nobody knows them."""

numbers = st.integers(0, len(PEOPLE) + STRANGERS - 1)


# Replaying


def events(world: World) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """All events in their order: id, what was done, and what is kept of it."""
    for row in world.rows("SELECT id, action, details FROM event ORDER BY id"):
        yield row["id"], row["action"], json.loads(row["details"])


def replayed_holders(world: World) -> dict[ConversationId, AssignmentId]:
    """Begin with everything Unassigned, as it was imported, and move what each event moved from where it says."""
    held = {
        ConversationId(row["id"]): AssignmentId(row["nobody"])
        for row in world.rows(
            """
            SELECT conversation.id, assignment.id AS nobody
            FROM conversation JOIN assignment USING (campaign_id) WHERE assignment.user_id IS NULL
            """
        )
    }
    for row in world.rows(
        "SELECT * FROM event_conversation WHERE to_assignment_id IS NOT NULL ORDER BY event_id, conversation_id"
    ):
        moved = ConversationId(row["conversation_id"])
        assert held[moved] == row["from_assignment_id"], f"event {row['event_id']} moved {moved} from somebody else"
        held[moved] = AssignmentId(row["to_assignment_id"])
    return held


def replayed_opt_outs(world: World) -> set[str]:
    """Begin with nobody, and opt out and in as each event says: one number, or those of a list."""
    opted_out: set[str] = set()
    lists: dict[int, set[str]] = {}
    for row in world.rows("SELECT event_id, phone FROM event_number"):
        lists.setdefault(row["event_id"], set()).add(row["phone"])
    for event_id, action, details in events(world):
        listed = lists.get(event_id, set())
        if "phone" in details and "old" in details:  # what keeps the old opt-out has taken it away
            opted_out.remove(details["phone"])
        elif "phone" in details:
            opted_out.add(details["phone"])
        elif listed and action == "undo":
            assert listed <= opted_out
            opted_out -= listed
        elif listed:
            assert not listed & opted_out
            opted_out |= listed
        assert len(listed) == details.get("numbers", 0)
    return opted_out


def replayed_answers(world: World) -> dict[tuple[int, int], int]:
    """Begin with none, and answer, or clear, as each event says."""
    answers: dict[tuple[int, int], int] = {}
    changed: dict[int, list[int]] = {}
    for row in world.rows("SELECT event_id, conversation_id FROM event_conversation"):
        changed.setdefault(row["event_id"], []).append(row["conversation_id"])
    for event_id, action, details in events(world):
        if action not in {"answer", "undo", "redo"} or "question" not in details:
            continue
        [conversation_id] = changed[event_id]
        place = (conversation_id, details["question"])
        assert answers.pop(place, None) == details["before"]
        if details["after"] is not None:
            answers[place] = details["after"]
    return answers


# What anybody does


class AnythingThatIsJournalled(RuleBasedStateMachine):
    """Everybody moves, opts out, answers and takes back whatever they like, allowed or not."""

    @initialize()
    def begin(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.world = World(Path(self._folder.name))
        self._plans: list[Plan] = []
        self._imported = 0
        for campaign in (self.world.spring, self.world.fall):
            reassign(self.world.db, self.world.who["ana"], Request(campaign.id, FromEveryone(), ToAllOthers()))

    def teardown(self) -> None:
        self.world.close()
        self._folder.cleanup()

    def _conversation(self, name: str, nth: int) -> ConversationId:
        return self.world.conversations(self.world.spring if name == "Spring" else self.world.fall)[nth]

    def _take_back(self, by: str, back: int) -> None:
        rows = self.world.rows("SELECT id FROM event WHERE undoable = 1 ORDER BY id DESC LIMIT 1 OFFSET ?", back)
        self.world.attempt(undo, self.world.who[by], EventId(rows[0]["id"]) if rows else None)

    @rule(minutes=st.sampled_from([1, 600]))
    def time_passes(self, minutes: int) -> None:
        self.world.clock.now += timedelta(minutes=minutes)

    # Who holds what

    @rule(by=everybody, wish=wishes)
    def somebody_moves_in_bulk(self, by: str, wish: Wish) -> None:
        self.world.attempt(reassign, self.world.who[by], request_of(self.world, wish))

    @rule(by=everybody, to=st.sampled_from(HOLDERS), name=names, picked=some_people)
    def somebody_moves_what_they_picked(self, by: str, to: str | None, name: str, picked: list[int]) -> None:
        campaign = self.world.spring if name == "Spring" else self.world.fall
        chosen = tuple(self._conversation(name, nth) for nth in picked)
        request = Request(campaign.id, FromConversations(chosen), ToAssignments((self.world.assignment(campaign, to),)))
        self.world.attempt(reassign, self.world.who[by], request)

    @rule(wish=wishes)
    def somebody_looks_at_a_preview(self, wish: Wish) -> None:
        request = request_of(self.world, wish)
        with suppress(Refused), self.world.db.reading() as conn:
            self._plans.append(plan(conn, request, self.world.clock.now))

    @rule(by=everybody, back=st.integers(0, 3))
    def somebody_applies_what_they_previewed_long_ago(self, by: str, back: int) -> None:
        if back < len(self._plans):
            self.world.attempt(apply_plan, self.world.who[by], self._plans[-1 - back])

    @rule(name=names, login=st.sampled_from(SENDERS), to=st.sampled_from([*HOLDERS, "everyone"]))
    def a_sender_leaves(self, name: str, login: str, to: str | None) -> None:
        self.world.attempt(
            remove_sender,
            self.world.who["ana"],
            name,
            login,
            ToAllOthers() if to == "everyone" else [to] if to in SENDERS else [],
        )

    @rule(name=names, login=st.sampled_from(SENDERS))
    def a_sender_comes_back(self, name: str, login: str) -> None:
        self.world.attempt(add_senders, self.world.who["ana"], name, [login])

    @rule(name=names)
    def a_contact_is_imported(self, name: str) -> None:
        self._imported += 1
        take_in(self.world.db, self.world.who["ana"], name, [f"New {self._imported}"], first=50 + self._imported)

    # Opt-outs

    @rule(by=everybody, nth=numbers, out=st.booleans())
    def somebody_opts_a_number_out_or_in(self, by: str, nth: int, out: bool) -> None:
        self.world.attempt(opt_out_number if out else opt_in_number, self.world.who[by], phone_of(nth))

    @rule(by=everybody, some=some_people)
    def somebody_opts_several_out(self, by: str, some: list[int]) -> None:
        self.world.attempt(opt_out_each, self.world.who[by], [phone_of(nth) for nth in some])

    @rule(by=everybody, some=st.lists(numbers, min_size=1, max_size=5))
    def somebody_pastes_a_list(self, by: str, some: list[int]) -> None:
        self.world.attempt(opt_out_numbers, self.world.who[by], "\n".join([*map(phone_of, some), "no number"]))

    @rule(some=st.lists(numbers, min_size=1, max_size=5))
    def a_list_is_imported(self, some: list[int]) -> None:
        file = Path(self._folder.name) / "opt_outs.csv"
        file.write_text("\n".join(["phone,note", *(f"{phone_of(nth)},said so" for nth in some)]), encoding="utf-8")
        self.world.attempt(import_opt_outs, self.world.who["ana"], file)

    @rule(nth=numbers, body=st.sampled_from(["ok", "STOP", "START", "yes", "please stop"]))
    def somebody_writes(self, nth: int, body: str) -> None:
        self.world.attempt(receive, self.world.who["mo"], phone_of(nth), body)

    @rule(by=everybody, nth=numbers, note=st.sampled_from(["", "by phone"]))
    def somebody_notes_why(self, by: str, nth: int, note: str) -> None:
        self.world.attempt(change_note, self.world.who[by], phone_of(nth), note)

    # Answers and messages

    @rule(by=everybody, name=names, nth=people, choice=st.sampled_from(["Yes", "No", None]))
    def somebody_records_an_answer(self, by: str, name: str, nth: int, choice: str | None) -> None:
        self.world.attempt(record_answer, self.world.who[by], self._conversation(name, nth), "Vote?", choice)

    @rule(by=everybody, name=names, nth=people)
    def somebody_sends(self, by: str, name: str, nth: int) -> None:
        self.world.attempt(send, self.world.who[by], self._conversation(name, nth), body="Hello")

    # Taking back

    @rule(by=everybody, back=st.integers(0, 6))
    def somebody_takes_something_back(self, by: str, back: int) -> None:
        self._take_back(by, back)

    @rule(back=st.integers(0, 2))
    def the_owner_takes_back_what_was_just_done(self, back: int) -> None:
        self._take_back("ana", back)

    @rule(by=everybody)
    def somebody_takes_their_last_back(self, by: str) -> None:
        self.world.attempt(undo, self.world.who[by])

    @rule(name=names, to=st.sampled_from([CampaignState.PAUSED, CampaignState.ACTIVE]))
    def an_admin_pauses_or_resumes(self, name: str, to: CampaignState) -> None:
        self.world.attempt(change_state, self.world.who["ana"], name, to)

    @rule()
    def an_admin_repairs_what_is_whole(self) -> None:
        assert repair(self.world.db, self.world.who["ana"]) == []

    # The law

    @invariant()
    def the_moves_lead_to_the_present_holders(self) -> None:
        assert replayed_holders(self.world) == self.world.holders()

    @invariant()
    def the_opt_outs_lead_to_the_present_ones(self) -> None:
        assert replayed_opt_outs(self.world) == {row["phone"] for row in self.world.rows("SELECT phone FROM opt_out")}

    @invariant()
    def the_answers_lead_to_the_present_ones(self) -> None:
        stored = self.world.rows("SELECT conversation_id, question_id, choice_id FROM answer")
        assert replayed_answers(self.world) == {
            (row["conversation_id"], row["question_id"]): row["choice_id"] for row in stored
        }


TestAnythingThatIsJournalled = AnythingThatIsJournalled.TestCase
TestAnythingThatIsJournalled.settings = settings(max_examples=examples(150), stateful_step_count=50)


def test_a_move_in_steps_replays_although_others_move_and_undo_meanwhile() -> None:
    with worlds() as world:
        world.db.pacing = Pacing(most_at_once=2, step=2, hold=0)
        ana, mo, last = world.who["ana"], world.who["mo"], world.conversations(world.spring)[-1]
        nobody, kim, lee = (world.assignment(world.spring, each) for each in (None, "kim", "lee"))
        meddled: list[int] = []

        def meddle(done: int) -> None:
            if not meddled:  # the last conversation's turn has not come yet
                meddled.append(done)
                moved = reassign(
                    world.db, mo, Request(world.spring.id, FromConversations((last,)), ToAssignments((lee,)))
                )
                undo(world.db, mo, moved.event)

        with world.db.reading() as conn:
            planned = plan(
                conn, Request(world.spring.id, FromAssignments((nobody,)), ToAssignments((kim,))), world.clock.now
            )
        apply_plan(world.db, ana, planned, meddle)
        assert meddled == [2]
        assert replayed_holders(world) == world.holders()
