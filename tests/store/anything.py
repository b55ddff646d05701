"""Any changes in any order on a real file, and what holds after each (docs/rules.md 1.1, 1.3, 2.6, 5.8, 8.3)."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.store.carrier import report
from tests.store.world import HOLDERS, PEOPLE, SENDERS, Expected, World, expected, phone_of
from thrumsg_tui.domain.campaigns import Campaign, Target
from thrumsg_tui.domain.conversations import ConversationId, EventId
from thrumsg_tui.domain.enums import CampaignState, ConversationSort, MessageState, Status, StatusFilter, Tab
from thrumsg_tui.domain.our_numbers import NumberKind, NumberState
from thrumsg_tui.domain.reassignment import FromAssignments, Request, ToAllOthers, ToAssignments
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.changes.campaign_senders import add_senders, remove_sender
from thrumsg_tui.store.changes.campaigns import change_state
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.due import let_due
from thrumsg_tui.store.changes.follow_ups import create_follow_up
from thrumsg_tui.store.changes.gateway_numbers import (
    add_number,
    change_number_state,
    set_campaign_numbers,
)
from thrumsg_tui.store.changes.opt_outs import opt_in_number, opt_out_number
from thrumsg_tui.store.changes.reassign import reassign
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.renumber import renumber, replace_number
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.send_all import send_batch
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.queries.assignments import assignments
from thrumsg_tui.store.queries.campaigns import totals
from thrumsg_tui.store.queries.conversations import ListRequest, ids

people = st.integers(0, len(PEOPLE) - 1)
who = st.sampled_from(["ana", "mo", *SENDERS])
words = st.sampled_from(["ok", "who is this?", "STOP", "START", "yes", "please stop"])
names = st.sampled_from(["Spring", "Fall"])
OURS = ("+14155550900", "+15105550900", "+16175550900")
ours = st.sampled_from(OURS)


class AnythingInAnyOrder(RuleBasedStateMachine):
    """Everybody does whatever they like, allowed or not."""

    @initialize()
    def begin(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.world = World(Path(self._folder.name))
        for number in OURS[:2]:
            add_number(self.world.db, self.world.who["ana"], "practice", number, NumberKind.LONG, 1.0)
        self.reassigned = 0

    def teardown(self) -> None:
        self.world.close()
        self._folder.cleanup()

    def _campaign(self, name: str) -> Campaign:
        return self.world.spring if name == "Spring" else self.world.fall

    def _conversation(self, name: str, nth: int) -> ConversationId:
        return self.world.conversations(self._campaign(name))[nth]

    # Time and the gateway

    @rule(minutes=st.sampled_from([1, 30, 600]))
    def time_passes(self, minutes: int) -> None:
        self.world.clock.now += timedelta(minutes=minutes)

    @rule(well=st.booleans())
    def the_gateway_comes(self, well: bool) -> None:
        let_due(self.world.db)
        opted_out = {row["phone"] for row in self.world.rows("SELECT phone FROM opt_out")}
        kept = {row["id"]: row["our_number"] for row in self.world.rows("SELECT id, our_number FROM conversation")}
        numbers = {row["number"]: row["state"] for row in self.world.rows("SELECT number, state FROM gateway_number")}
        for message in take_queued(self.world.db):
            assert message.phone not in opted_out or message.kind == "opt_out_confirmation"
            assert not numbers or numbers.get(str(message.our_number)) == "ready"
            assert message.our_number == (kept[message.conversation_id] or message.our_number)
            report(self.world.db, message.id, MessageState.DELIVERED if well else MessageState.FAILED)

    # Our own numbers

    @rule(by=who, number=ours)
    def somebody_adds_a_number(self, by: str, number: str) -> None:
        self.world.attempt(add_number, self.world.who[by], "practice", number, NumberKind.LONG, 1.0)

    @rule(number=ours, to=st.sampled_from(NumberState))
    def the_owner_stops_a_number(self, number: str, to: NumberState) -> None:
        self.world.attempt(change_number_state, self.world.who["ana"], number, to)

    @rule(by=who, name=names, numbers=st.lists(ours, max_size=2))
    def somebody_limits_a_campaign(self, by: str, name: str, numbers: list[str]) -> None:
        self.world.attempt(set_campaign_numbers, self.world.who[by], name, numbers)

    @rule(by=who, name=names, nth=people, number=st.none() | ours)
    def somebody_renumbers(self, by: str, name: str, nth: int, number: str | None) -> None:
        self.world.attempt(renumber, self.world.who[by], self._conversation(name, nth), number)

    @rule(by=who, old=ours, new=st.none() | ours)
    def somebody_replaces_a_number(self, by: str, old: str, new: str | None) -> None:
        self.world.attempt(replace_number, self.world.who[by], old, new)

    # Messages and opt-outs

    @rule(by=who, name=names, nth=people, body=st.sampled_from([None, "Hello", "50%"]))
    def somebody_sends(self, by: str, name: str, nth: int, body: str | None) -> None:
        self.world.attempt(send, self.world.who[by], self._conversation(name, nth), body=body)

    @rule(by=who, name=names, holder=st.sampled_from(HOLDERS), tab=st.sampled_from([Tab.INITIAL, Tab.FOLLOW_UPS]))
    def somebody_sends_all(self, by: str, name: str, holder: str | None, tab: Tab) -> None:
        assignment = self.world.assignment(self._campaign(name), holder)
        self.world.attempt(send_batch, self.world.who[by], assignment, tab)

    @rule(nth=people, body=words, minutes_ago=st.sampled_from([0, 0, 10, 1000]))
    def somebody_writes(self, nth: int, body: str, minutes_ago: int) -> None:
        at = self.world.clock.now - timedelta(minutes=minutes_ago)
        self.world.attempt(receive, self.world.who["mo"], phone_of(nth), body, at=at)

    @rule(by=who, nth=people)
    def somebody_opts_a_number_out(self, by: str, nth: int) -> None:
        self.world.attempt(opt_out_number, self.world.who[by], phone_of(nth))

    @rule(by=who, nth=people)
    def somebody_opts_a_number_in(self, by: str, nth: int) -> None:
        self.world.attempt(opt_in_number, self.world.who[by], phone_of(nth))

    @rule(by=who, name=names, nth=people, choice=st.sampled_from(["Yes", "No", None]))
    def somebody_records_an_answer(self, by: str, name: str, nth: int, choice: str | None) -> None:
        self.world.attempt(record_answer, self.world.who[by], self._conversation(name, nth), "Vote?", choice)

    @rule(by=who, name=names, replied=st.sampled_from([None, True, False]), expires=st.booleans())
    def somebody_makes_a_follow_up(self, by: str, name: str, replied: bool | None, expires: bool) -> None:
        at = self.world.clock.now + timedelta(minutes=20) if expires else None
        identity = self.world.who[by]
        self.world.attempt(
            create_follow_up, identity, name, "Title", "Text", expires_at=at, target=Target(replied=replied)
        )

    # Assignments

    @rule(
        by=who,
        name=names,
        sources=st.sets(st.sampled_from(HOLDERS), min_size=1),
        to=st.lists(st.sampled_from(HOLDERS), unique=True),
        status=st.sampled_from(list(StatusFilter)),
        count=st.sampled_from([None, 1, 3]),
        level=st.booleans(),
    )
    def somebody_reassigns(
        self,
        by: str,
        name: str,
        sources: set[str | None],
        to: list[str | None],
        status: StatusFilter,
        count: int | None,
        level: bool,
    ) -> None:
        campaign = self._campaign(name)
        request = Request(
            campaign.id,
            FromAssignments(tuple(self.world.assignment(campaign, each) for each in sources)),
            ToAssignments(tuple(self.world.assignment(campaign, each) for each in to)) if to else ToAllOthers(),
            status=status,
            count=count,
            level=level,
        )
        said = [tuple(row) for row in self.world.rows("SELECT * FROM message")]
        self.world.attempt(reassign, self.world.who[by], request)
        assert [tuple(row) for row in self.world.rows("SELECT * FROM message")] == said

    @rule(by=who, name=names, login=st.sampled_from(SENDERS), to=st.sampled_from([*HOLDERS, "everyone"]))
    def somebody_removes_a_sender(self, by: str, name: str, login: str, to: str | None) -> None:
        self.world.attempt(
            remove_sender,
            self.world.who[by],
            name,
            login,
            ToAllOthers() if to == "everyone" else [to] if to in SENDERS else [],
        )

    @rule(name=names, login=st.sampled_from(SENDERS))
    def a_sender_comes_back(self, name: str, login: str) -> None:
        self.world.attempt(add_senders, self.world.who["ana"], name, [login])

    @rule(by=who, back=st.integers(0, 5))
    def somebody_undoes_something(self, by: str, back: int) -> None:
        rows = self.world.rows("SELECT id FROM event WHERE undoable = 1 ORDER BY id DESC LIMIT 1 OFFSET ?", back)
        event = EventId(rows[0]["id"]) if rows else None
        self.world.attempt(undo, self.world.who[by], event)

    @rule(by=who)
    def somebody_undoes_their_last(self, by: str) -> None:
        self.world.attempt(undo, self.world.who[by])

    @rule(name=names, to=st.sampled_from([CampaignState.PAUSED, CampaignState.ACTIVE]))
    def an_admin_pauses_or_resumes(self, name: str, to: CampaignState) -> None:
        self.world.attempt(change_state, self.world.who["ana"], name, to)

    # The laws

    @invariant()
    def the_doctor_finds_nothing(self) -> None:
        assert examine(self.world.db) == []

    @invariant()
    def each_status_follows_from_the_messages(self) -> None:
        rows = self.world.rows("SELECT id, status, opted_out, waiting_since, tab, in_follow_ups FROM conversation")
        wanted = expected(self.world)
        for row in rows:
            tabs = frozenset({row["tab"], "follow-ups"} if row["in_follow_ups"] else {row["tab"]})
            stands = wanted[ConversationId(row["id"])]
            assert (row["status"], bool(row["opted_out"])) == (stands.status, stands.opted_out)
            assert (row["waiting_since"], tabs) == (stands.waiting_since, stands.tabs)

    @invariant()
    def what_all_have_makes_the_total_and_kept_counts_equal_a_recount(self) -> None:
        wanted = expected(self.world)
        for campaign in (self.world.spring, self.world.fall):
            held = self.world.holders(campaign)
            with self.world.db.reading() as conn:
                shown, counted = assignments(conn, campaign.id, self.world.clock.now), totals(conn, campaign.id)
            assert sum(each.assigned for each in shown) == counted.total == len(PEOPLE)
            for each in shown:
                own = [wanted[conversation] for conversation, holder in held.items() if holder == each.id]
                assert each.assigned == len(own)
                for status in Status:
                    assert getattr(each, status) == sum(_counts_as(status, stands) for stands in own)
                assert each.opted_out == sum(stands.opted_out for stands in own)
                assert each.texted == sum(stands.texted for stands in own)
                assert each.follow_ups == sum("follow-ups" in stands.tabs for stands in own)
                assert each.sent_only == sum("sent" in stands.tabs for stands in own)

    @invariant()
    def nobody_opted_out_waits(self) -> None:
        opted_out = [row["id"] for row in self.world.rows("SELECT id FROM conversation WHERE opted_out = 1")]
        for campaign in (self.world.spring, self.world.fall):
            with self.world.db.reading() as conn:
                request = ListRequest(campaign.id, status=Status.NEEDS_REPLY, sort=ConversationSort.NEEDS_REPLY)
                assert not set(ids(conn, request)) & set(opted_out)

    @invariant()
    def replies_by_the_hour_equal_a_recount(self) -> None:
        counted = "SELECT campaign_id, hour, replies FROM reply_hour ORDER BY campaign_id, hour"
        recounted = """
            SELECT conversation.campaign_id, at / 3600000 AS hour, COUNT(*) AS replies
            FROM message JOIN conversation ON conversation.id = conversation_id
            WHERE direction = 'incoming' GROUP BY conversation.campaign_id, at / 3600000 ORDER BY 1, 2
        """
        assert [tuple(row) for row in self.world.rows(counted)] == [tuple(row) for row in self.world.rows(recounted)]

    @invariant()
    def waiting_messages_equal_a_recount(self) -> None:
        counted = "SELECT campaign_id, messages, segments FROM outbox WHERE messages <> 0 ORDER BY campaign_id"
        recounted = """
            SELECT conversation.campaign_id, COUNT(*), SUM(segments)
            FROM message JOIN conversation ON conversation.id = conversation_id
            WHERE state IN ('queued', 'sending') GROUP BY conversation.campaign_id ORDER BY 1
        """
        assert [tuple(row) for row in self.world.rows(counted)] == [tuple(row) for row in self.world.rows(recounted)]


def _counts_as(status: Status, stands: Expected) -> bool:
    return stands.status == status and not stands.opted_out
