"""Whatever happens, a follow-up is up where its target says so, and nowhere else (docs/rules.md 3.1)."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.examples import examples
from tests.store.world import World, follow_ups_for, phone_of
from thrumsg_tui.domain.campaigns import AnswerCondition, FollowUpId, Target
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.changes.due import let_due
from thrumsg_tui.store.changes.follow_ups import create_follow_up, edit_follow_up, end_follow_up
from thrumsg_tui.store.changes.opt_outs import opt_in_number, opt_out_number
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.skip_follow_up import skip_follow_up
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.queries.follow_ups import UNSENT
from thrumsg_tui.store.queries.questions import questions

people = st.integers(0, 2)
campaigns = st.sampled_from(["Spring", "Fall"])
"""Fall keeps hours, so that what is sent there may be held and cancelled."""


class FollowUpsInAnyOrder(RuleBasedStateMachine):
    """Ana does anything that may change whom a follow-up is for."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.world = World(Path(self.folder.name))
        self.ana = self.world.who["ana"]
        self.made: list[FollowUpId] = []

    def teardown(self) -> None:
        self.world.close()
        self.folder.cleanup()

    def _conversation(self, name: str, nth: int) -> ConversationId:
        return self.world.conversations(self.world.spring if name == "Spring" else self.world.fall)[nth]

    @rule(
        name=campaigns,
        replied=st.sampled_from([None, True, False]),
        choice=st.sampled_from([None, "Yes", "any"]),
        answered=st.booleans(),
        expires=st.booleans(),
    )
    def make(self, name: str, replied: bool | None, choice: str | None, answered: bool, expires: bool) -> None:
        campaign = self.world.spring if name == "Spring" else self.world.fall
        with self.world.db.reading() as conn:
            [asked] = questions(conn, campaign.id)
        chosen = {each.text: each.id for each in asked.choices}.get(choice or "")
        target = Target(replied, AnswerCondition(asked.id, chosen, answered) if choice else None)
        at = self.world.clock.now + timedelta(minutes=20) if expires else None
        self.made.append(create_follow_up(self.world.db, self.ana, name, "A", "Vote!", expires_at=at, target=target).id)

    @precondition(lambda self: self.made)
    @rule(back=st.integers(0, 2), words=st.sampled_from(["B", "C"]))
    def change(self, back: int, words: str) -> None:
        self.world.attempt(edit_follow_up, self.ana, self.made[-1 - back % len(self.made)], words, words, None)

    @precondition(lambda self: self.made)
    @rule(back=st.integers(0, 2))
    def end(self, back: int) -> None:
        self.world.attempt(end_follow_up, self.ana, self.made[-1 - back % len(self.made)])

    @rule(name=campaigns, nth=people)
    def skip(self, name: str, nth: int) -> None:
        self.world.attempt(skip_follow_up, self.ana, self._conversation(name, nth))

    @rule(name=campaigns, nth=people, body=st.sampled_from([None, None, "Thanks"]))
    def write(self, name: str, nth: int, body: str | None) -> None:
        self.world.attempt(send, self.ana, self._conversation(name, nth), body=body)

    @rule(nth=people, body=st.sampled_from(["ok", "ok", "STOP", "START"]))
    def hear(self, nth: int, body: str) -> None:
        self.world.attempt(receive, self.ana, phone_of(nth), body)

    @rule(name=campaigns, nth=people, choice=st.sampled_from(["Yes", "No", None]))
    def record(self, name: str, nth: int, choice: str | None) -> None:
        self.world.attempt(record_answer, self.ana, self._conversation(name, nth), "Vote?", choice)

    @rule(nth=people, out=st.booleans())
    def opt(self, nth: int, out: bool) -> None:
        self.world.attempt(opt_out_number if out else opt_in_number, self.ana, phone_of(nth))

    @rule()
    def take_back(self) -> None:
        self.world.attempt(undo, self.ana)

    @rule(minutes=st.sampled_from([10, 600]))
    def time_passes(self, minutes: int) -> None:
        self.world.clock.now += timedelta(minutes=minutes)
        let_due(self.world.db)

    @invariant()
    def what_is_up_is_what_the_targets_say(self) -> None:
        live = {row["id"] for row in self.world.rows("SELECT id FROM follow_up WHERE active = 1")}
        for row in self.world.rows("SELECT id, campaign_id, follow_up_id FROM conversation"):
            written = self.world.rows("SELECT * FROM message WHERE conversation_id = ?", row["id"])
            told = [message for message in written if message["state"] != "cancelled"]
            wanted = follow_ups_for(self.world, ConversationId(row["id"]), row["campaign_id"], told)
            stored = self.world.rows(
                "SELECT follow_up_id AS id FROM follow_up_target WHERE conversation_id = ? AND state = 'pending'",
                row["id"],
            )
            assert sorted(each["id"] for each in stored if each["id"] in live) == wanted
            assert row["follow_up_id"] == (wanted[0] if wanted else None)

    @invariant()
    def what_counts_as_unsent_is_what_is_pending_and_not_opted_out(self) -> None:
        for row in self.world.rows(f"SELECT id, {UNSENT} AS unsent FROM follow_up WHERE active = 1"):
            counted = self.world.rows(
                """
                SELECT COUNT(*) AS number FROM follow_up_target JOIN conversation ON conversation.id = conversation_id
                WHERE follow_up_target.follow_up_id = ? AND state = 'pending' AND opted_out = 0
                """,
                row["id"],
            )
            assert row["unsent"] == counted[0]["number"]

    @invariant()
    def the_doctor_finds_nothing(self) -> None:
        assert examine(self.world.db) == []


TestFollowUpsInAnyOrder = FollowUpsInAnyOrder.TestCase
TestFollowUpsInAnyOrder.settings = settings(max_examples=examples(40), stateful_step_count=30)
