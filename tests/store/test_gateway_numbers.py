"""Our own numbers: which one texts whom, and what happens when one stops (`docs/rules.md 10.8`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.store.arranging import journal, look_at, sentence_of, take_in
from tests.store.carrier import answer, claimed, leave
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.delivery import Accepted, Doubt, NotNow, Outgoing, Scope
from thrumsg_tui.domain.enums import CampaignState, Tab
from thrumsg_tui.domain.errors import NotPermitted, Refused
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.organization_facts import NumberReplaced
from thrumsg_tui.domain.our_numbers import NumberKind, NumberState, preferred_numbers
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.gateway.configuration import ConfiguredNumber
from thrumsg_tui.store.changes import gateway_numbers as changes
from thrumsg_tui.store.changes.campaigns import change_state, create_campaign, edit_campaign
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.doubt_settlement import queue_again
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.renumber import renumber, replace_number
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.send_all import send_batch
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine, repair
from thrumsg_tui.store.queries.assignments import unassigned
from thrumsg_tui.store.queries.gateway_numbers import our_numbers
from thrumsg_tui.store.queries.outbox import Candidate

FRISCO, OAKLAND, BOSTON = "+14155550100", "+15105550100", "+16175550100"
"""Numbers of ours; all contacts have the area code 415."""

Arrange = Callable[..., list[ConversationId]]


@pytest.fixture
def add(db: Database, owner: Identity) -> Callable[..., None]:
    def numbers(*which: str, mps: float = 1) -> None:
        for each in which:
            changes.add_number(db, owner, "practice", each, NumberKind.LONG, mps)

    return numbers


@pytest.fixture
def people(db: Database, owner: Identity, spring: Campaign) -> list[ConversationId]:
    return take_in(db, owner, "Spring", ["Ann Otieno", "Bea Lund", "Cy Park", "Di Ross"])


def queue(db: Database, owner: Identity, conversations: list[ConversationId], body: str = "Hello") -> None:
    for each in conversations:
        send(db, owner, each, body=body)


def froms(messages: list[Outgoing]) -> list[str | None]:
    return [message.our_number for message in messages]


def kept(db: Database, conversations: list[ConversationId]) -> list[str | None]:
    return [look_at(db, each).our_number for each in conversations]


def counts(db: Database) -> dict[str, int]:
    with db.reading() as conn:
        return {each.number: each.conversations for each in our_numbers(conn)}


# Which number


def test_the_area_code_goes_before_the_number_of_conversations() -> None:
    numbers = {OAKLAND: 0, FRISCO: 9, BOSTON: 2}
    assert preferred_numbers(numbers, "+14155550199") == [FRISCO, OAKLAND, BOSTON]
    assert preferred_numbers(numbers, "+442071234567") == [OAKLAND, BOSTON, FRISCO]


def test_conversations_are_spread_and_keep_their_numbers(
    db: Database, owner: Identity, people: list[ConversationId], add: Callable[..., None]
) -> None:
    add(OAKLAND, BOSTON)
    queue(db, owner, people)
    assert sorted(map(str, froms(leave(db)))) == [OAKLAND, OAKLAND, BOSTON, BOSTON]
    first = kept(db, people)
    add(FRISCO)  # which would be better for all
    queue(db, owner, people, "Again")
    leave(db)
    assert kept(db, people) == first
    assert counts(db) == {OAKLAND: 2, BOSTON: 2, FRISCO: 0}


def test_each_thread_names_the_number_that_its_conversation_got(
    db: Database, owner: Identity, people: list[ConversationId], add: Callable[..., None]
) -> None:
    add(FRISCO)
    queue(db, owner, people[:1])
    leave(db)
    receive(db, None, look_at(db, people[0]).phone, "Who is this?")
    add(OAKLAND)
    changes.change_number_state(db, owner, FRISCO, NumberState.WITHDRAWN)
    replace_number(db, owner, FRISCO)
    add(BOSTON)
    changes.change_number_state(db, owner, OAKLAND, NumberState.WITHDRAWN)
    replace_number(db, owner, OAKLAND)
    given = [each.facts for each in look_at(db, people[0]).events if isinstance(each.facts, NumberReplaced)]
    assert [(each.was, each.now) for each in given] == [(FRISCO, OAKLAND), (OAKLAND, BOSTON)]


def test_the_number_is_stored_with_its_message_and_its_conversation(
    db: Database, owner: Identity, people: list[ConversationId], add: Callable[..., None]
) -> None:
    add(FRISCO, OAKLAND)
    queue(db, owner, people[:1])
    [message] = take_queued(db)
    assert (message.our_number, kept(db, people[:1])) == (FRISCO, [FRISCO])


def test_a_number_without_room_holds_no_new_conversation_up(
    db: Database, owner: Identity, people: list[ConversationId], add: Callable[..., None]
) -> None:
    """The local number is busy after its first message; the others of the moment leave from the next best."""
    add(FRISCO, OAKLAND)
    queue(db, owner, people)
    room = {FRISCO: 1, OAKLAND: 2}

    def admit(candidate: Candidate) -> bool:
        assert candidate.our_number is not None
        room[candidate.our_number] -= 1
        return room[candidate.our_number] >= 0

    assert froms(take_queued(db, admit=admit)) == [FRISCO, OAKLAND, OAKLAND]


def test_without_numbers_the_gateway_chooses_and_its_answer_is_kept(
    db: Database, owner: Identity, people: list[ConversationId], add: Callable[..., None]
) -> None:
    queue(db, owner, people[:1])
    [message] = take_queued(db)
    assert message.our_number is None
    answer(db, message.id, Accepted("SM1", BOSTON))
    assert kept(db, people[:1]) == [BOSTON]
    add(FRISCO)
    queue(db, owner, people[:1], "Again")
    assert froms(take_queued(db)) == [BOSTON]


def test_a_campaign_uses_the_numbers_that_it_is_limited_to(
    db: Database, owner: Identity, people: list[ConversationId], add: Callable[..., None]
) -> None:
    add(FRISCO, OAKLAND, BOSTON)
    changes.set_campaign_numbers(db, owner, "Spring", ["(617) 555-0100"])
    queue(db, owner, people)
    assert set(froms(leave(db))) == {BOSTON}
    assert "'Spring' texts from +16175550100" in map(sentence_of, journal(db))
    changes.set_campaign_numbers(db, owner, "Spring", [])
    assert sentence_of(journal(db)[0]) == "'Spring' texts from all our numbers"


# A number that stops


def test_messages_wait_while_their_number_is_stopped(
    db: Database, owner: Identity, people: list[ConversationId], add: Callable[..., None]
) -> None:
    add(FRISCO, OAKLAND)
    queue(db, owner, people[:1])
    leave(db)
    queue(db, owner, people[:1], "Again")
    changes.stop_number(db, FRISCO, "the carrier says no")
    assert take_queued(db) == []
    changes.change_number_state(db, owner, FRISCO, NumberState.READY)
    assert froms(take_queued(db)) == [FRISCO]


@pytest.mark.parametrize("state", [NumberState.STOPPED, NumberState.WITHDRAWN])
def test_what_waits_for_a_stopped_number_holds_back_no_other_campaign(
    db: Database, owner: Identity, people: list[ConversationId], add: Callable[..., None], state: NumberState
) -> None:
    add(FRISCO, OAKLAND)
    fall = create_campaign(db, owner, Setup("Fall", "Hi", hours=DailyHours("UTC", 0, 1440)))
    theirs = take_in(db, owner, "Fall", ["Ann Otieno"])
    changes.set_campaign_numbers(db, owner, "Spring", [FRISCO])
    changes.set_campaign_numbers(db, owner, fall.name, [OAKLAND])
    queue(db, owner, people[:1])
    leave(db)
    queue(db, owner, people[:1], "Waits")
    changes.change_number_state(db, owner, FRISCO, state)
    queue(db, owner, theirs)
    assert froms(take_queued(db)) == [OAKLAND]


def test_a_conversation_in_which_nothing_has_left_takes_another_number(
    db: Database, owner: Identity, people: list[ConversationId], add: Callable[..., None]
) -> None:
    add(FRISCO, OAKLAND)
    queue(db, owner, people[:1])
    [message] = take_queued(db)
    no = NotNow(after=message.valid_for, scope=Scope.NUMBER, words="no", broken=True, code="21606")
    answer(db, message.id, no)
    changes.stop_number(db, FRISCO, "no")
    assert kept(db, people[:1]) == [None]
    assert froms(take_queued(db)) == [OAKLAND]
    assert counts(db) == {FRISCO: 0, OAKLAND: 1}


@pytest.mark.parametrize("outcome", [Accepted("SM1"), Doubt("?")])
def test_a_conversation_in_which_something_may_have_left_keeps_its_number(
    db: Database, owner: Identity, people: list[ConversationId], add: Callable[..., None], outcome: Accepted | Doubt
) -> None:
    add(FRISCO, OAKLAND)
    queue(db, owner, people[:1])
    [message] = take_queued(db)
    answer(db, message.id, outcome)
    changes.change_number_state(db, owner, FRISCO, NumberState.WITHDRAWN)
    assert kept(db, people[:1]) == [FRISCO]


def test_nothing_leaves_while_no_number_is_ready(
    db: Database, owner: Identity, people: list[ConversationId], add: Callable[..., None]
) -> None:
    add(FRISCO)
    changes.change_number_state(db, owner, FRISCO, NumberState.STOPPED, "unpaid")
    queue(db, owner, people)
    assert take_queued(db) == []
    with db.reading() as conn:
        [stored] = our_numbers(conn)
    assert (stored.state, stored.reason) == (NumberState.STOPPED, "unpaid")


def test_a_reply_from_a_withdrawn_number_is_refused_until_it_has_another(
    db: Database, owner: Identity, people: list[ConversationId], add: Callable[..., None]
) -> None:
    add(FRISCO, OAKLAND)
    queue(db, owner, people)
    leave(db)
    queue(db, owner, people[:1], "Waits")
    changes.change_number_state(db, owner, FRISCO, NumberState.WITHDRAWN)
    with pytest.raises(Refused, match=r"Our number in this conversation was withdrawn.*an admin"):
        send(db, owner, people[0], body="Hello?")
    assert take_queued(db) == []
    done = renumber(db, owner, people[0])
    assert (done.was, done.number) == (FRISCO, OAKLAND)
    send(db, owner, people[0], body="Hello?")
    assert [(message.body, message.our_number) for message in leave(db)] == [("Waits", OAKLAND), ("Hello?", OAKLAND)]
    assert kept(db, people) == [OAKLAND, FRISCO, FRISCO, FRISCO]
    [event] = look_at(db, people[0]).events
    assert sentence_of(event) == "texted from +15105550100 from now on, was +14155550100, by Ana Ortiz"


def test_nothing_is_renumbered_in_an_archived_campaign(
    db: Database, owner: Identity, people: list[ConversationId], add: Callable[..., None]
) -> None:
    add(FRISCO, OAKLAND)
    queue(db, owner, people[:1])
    leave(db)
    changes.change_number_state(db, owner, FRISCO, NumberState.WITHDRAWN)
    change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    for conversation in people:  # the others were never texted
        with pytest.raises(Refused, match="'Spring' is archived"):
            renumber(db, owner, conversation)


def test_a_doubt_is_settled_under_the_number_of_its_try(
    db: Database, owner: Identity, people: list[ConversationId], add: Callable[..., None]
) -> None:
    add(FRISCO, OAKLAND)
    queue(db, owner, people[:1])
    [message] = take_queued(db)
    answer(db, message.id, Doubt("?"))
    changes.change_number_state(db, owner, FRISCO, NumberState.WITHDRAWN)
    renumber(db, owner, people[0])
    assert claimed(db, message.id).our_number == FRISCO
    with db.writing() as tx:
        queue_again(tx, message.id)
    assert froms(take_queued(db)) == [OAKLAND]


def test_all_conversations_of_a_number_get_others_at_once(
    db: Database, owner: Identity, people: list[ConversationId], add: Callable[..., None]
) -> None:
    add(FRISCO)
    queue(db, owner, people)
    leave(db)
    add(OAKLAND, BOSTON)
    changes.change_number_state(db, owner, FRISCO, NumberState.WITHDRAWN)
    done = replace_number(db, owner, FRISCO)
    assert (done.conversations, done.number) == (4, None)
    assert counts(db) == {FRISCO: 0, OAKLAND: 2, BOSTON: 2}
    assert sentence_of(journal(db)[0]) == "gave 4 conversations of our number +14155550100 others of our numbers"
    assert f"texted from {kept(db, people)[3]} from now on, was {FRISCO}" in sentence_of(
        look_at(db, people[3]).events[0]
    )
    changes.change_number_state(db, owner, OAKLAND, NumberState.STOPPED)
    assert replace_number(db, owner, OAKLAND, BOSTON).number == BOSTON
    assert counts(db)[BOSTON] == 4


def test_send_all_takes_another_number_for_whom_nobody_has_texted(
    db: Database, owner: Identity, people: list[ConversationId], add: Callable[..., None], spring: Campaign
) -> None:

    add(FRISCO, OAKLAND)
    queue(db, owner, people[:1])
    leave(db)
    changes.change_number_state(db, owner, FRISCO, NumberState.WITHDRAWN)
    edit_campaign(db, owner, spring.id, replace(spring.setup, quicksend=True))
    with db.reading() as conn:
        nobodys = unassigned(conn, spring.id)
    assert len(send_batch(db, owner, nobodys, Tab.INITIAL).sent) == 3
    assert froms(leave(db)) == [OAKLAND] * 3


# What is refused


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda db, who: changes.add_number(db, who, "practice", "hello", NumberKind.LONG, 1), "hello"),
        (lambda db, who: changes.add_number(db, who, "practice", "12", NumberKind.SHORT, 1), "3 to 8 digits"),
        (lambda db, who: changes.add_number(db, who, "practice", "12345678901", NumberKind.ALPHA, 1), "a letter"),
        (lambda db, who: changes.add_number(db, who, "practice", BOSTON, NumberKind.LONG, 0), "A pace is over 0"),
        (lambda db, who: changes.change_number_state(db, who, BOSTON, NumberState.STOPPED), "is none of our numbers"),
        (lambda db, who: changes.change_number_state(db, who, FRISCO, NumberState.READY), "is ready already"),
        (lambda db, who: renumber(db, who, ConversationId(1)), "is ready: a conversation keeps"),
        (lambda db, who: renumber(db, who, ConversationId(2)), "has not been texted yet"),
        (lambda db, who: replace_number(db, who, FRISCO), "is ready: a conversation keeps"),
        (lambda db, who: changes.set_campaign_numbers(db, who, "Spring", [BOSTON]), "is none of our numbers"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    db: Database,
    owner: Identity,
    people: list[ConversationId],
    add: Callable[..., None],
    change: Callable[[Database, Identity], object],
    sentence: str,
) -> None:
    add(FRISCO)
    queue(db, owner, people[:1])
    leave(db)
    before = len(journal(db))
    with pytest.raises(Refused, match=sentence):
        change(db, owner)
    assert len(journal(db)) == before


def test_no_number_is_left_for_a_conversation(
    db: Database, owner: Identity, people: list[ConversationId], add: Callable[..., None]
) -> None:
    add(FRISCO)
    queue(db, owner, people)
    leave(db)
    changes.change_number_state(db, owner, FRISCO, NumberState.WITHDRAWN)
    attempts: tuple[Callable[[], object], ...] = (
        lambda: renumber(db, owner, people[0]),
        lambda: replace_number(db, owner, FRISCO),
    )
    for change in attempts:
        with pytest.raises(Refused, match=r"There is no number in place of \+14155550100"):
            change()
    assert counts(db) == {FRISCO: 4}


def test_only_those_may_who_should(db: Database, owner: Identity, ann: ConversationId, kim: Identity) -> None:
    attempts: tuple[Callable[[], object], ...] = (
        lambda: changes.add_number(db, kim, "practice", FRISCO, NumberKind.LONG, 1),
        lambda: changes.change_number_state(db, kim, FRISCO, NumberState.STOPPED),
        lambda: changes.set_campaign_numbers(db, kim, "Spring", []),
        lambda: renumber(db, kim, ann),
        lambda: replace_number(db, kim, FRISCO),
    )
    for change in attempts:
        with pytest.raises(NotPermitted):
            change()


# What is stored


def test_the_numbers_of_the_configuration_are_entered_and_keep_their_state(db: Database, owner: Identity) -> None:
    changes.enter_numbers(db, "twilio", [ConfiguredNumber(FRISCO), ConfiguredNumber("32665", "short", 100)])
    changes.change_number_state(db, owner, FRISCO, NumberState.WITHDRAWN, "moved away")
    changes.enter_numbers(db, "twilio", [ConfiguredNumber(FRISCO, "long", 3)])
    with db.reading() as conn:
        found = {each.number: (each.kind, each.mps, each.state) for each in our_numbers(conn, "twilio")}
        assert our_numbers(conn, "practice") == []
    assert found == {
        FRISCO: (NumberKind.LONG, 3, NumberState.WITHDRAWN),
        "32665": (NumberKind.SHORT, 100, NumberState.READY),
    }


def test_doctor_counts_the_conversations_of_a_number_again(
    db: Database, owner: Identity, people: list[ConversationId], add: Callable[..., None]
) -> None:
    add(FRISCO)
    queue(db, owner, people)
    leave(db)
    assert examine(db) == []
    with db.writing() as tx:
        tx.conn.execute("UPDATE gateway_number SET conversations = 7")
    [problem] = examine(db)
    assert "7" in problem.sentence
    repair(db, owner)
    assert (examine(db), counts(db)) == ([], {FRISCO: 4})


def test_a_number_that_is_added_late_counts_who_keeps_it(
    db: Database, owner: Identity, people: list[ConversationId], add: Callable[..., None]
) -> None:
    queue(db, owner, people)
    for message in take_queued(db):
        answer(db, message.id, Accepted(None, FRISCO))
    add(FRISCO)
    assert counts(db) == {FRISCO: 4}


def test_a_long_queue_is_not_asked_for_message_by_message(
    db: Database, owner: Identity, people: list[ConversationId], add: Callable[..., None]
) -> None:
    """What has no room is asked for once; what another campaign has for the same number is still asked for."""
    add(FRISCO, OAKLAND)
    queue(db, owner, people)
    leave(db)
    queue(db, owner, people, "Again")
    fall = create_campaign(db, owner, Setup("Fall", "Hi", hours=DailyHours("UTC", 0, 1440)))
    [eve] = take_in(db, owner, "Fall", ["Eve Stone"], first=9)
    send(db, owner, eve)
    asked: list[tuple[int, str | None]] = []

    def admit(candidate: Candidate) -> bool:
        asked.append((candidate.campaign_id, candidate.our_number))
        return candidate.campaign_id == fall.id

    assert [message.conversation_id for message in take_queued(db, admit=admit)] == [eve]
    assert asked == [(1, FRISCO), (fall.id, FRISCO)]
