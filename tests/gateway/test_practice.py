"""The practice campaign, and contacts that answer (docs/rules.md 6.6)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from tests.clock import Clock
from tests.new_database import Template
from tests.store.arranging import known_as
from tests.store.world import PEOPLE, World, phone_of
from thrumsg_tui.domain.conversations import ConversationId, MessageId
from thrumsg_tui.domain.delivery import Incoming, Outgoing
from thrumsg_tui.domain.enums import CampaignState, MessageKind, Tab
from thrumsg_tui.domain.errors import NotFound, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.gateway.practice import CAMPAIGN, prepare
from thrumsg_tui.gateway.practice_contacts import Answer, PracticeContacts
from thrumsg_tui.gateway.practice_delivery import PracticeDelivery, deliver_practice
from thrumsg_tui.gateway.practice_fates import decide_fate
from thrumsg_tui.gateway.practice_gateway import PracticeGateway
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.queries.campaigns import find_campaign, totals
from thrumsg_tui.store.queries.history import history, own_changes
from thrumsg_tui.store.queries.questions import questions
from thrumsg_tui.store.queries.recommended_replies import recommended_replies
from thrumsg_tui.store.queries.settings import settings
from thrumsg_tui.store.queries.undo_preview import last_undoable, newest_change


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A practice database, made once."""
    path = tmp_path_factory.mktemp("practice") / "practice.db"
    prepare(path, "ana", "Ana", "Ortiz").close()
    return Template(path)


@pytest.fixture
def demo(built: Template, tmp_path: Path) -> Iterator[Database]:
    """A copy of the practice database."""
    db = Database(built.copy(tmp_path / "practice.db"))
    yield db
    db.close()


PATIENCE = 30.0

TURN = 2
"""Seconds between two turns of an app."""

ANSWERS = "SELECT COUNT(*) AS number FROM message WHERE direction = 'incoming'"


def told(db: Database) -> list[tuple[object, ...]]:
    """All that was said and is known, but for when."""
    with db.reading() as conn:
        rows = conn.execute(
            """
            SELECT contact.phone, message.direction, message.kind, message.body, author_id, status, opted_out,
                   assignment_id
            FROM conversation
            JOIN contact ON contact.id = contact_id
            LEFT JOIN message ON message.conversation_id = conversation.id
            ORDER BY conversation.id, message.id
            """
        ).fetchall()
    return [tuple(row) for row in rows]


def outgoing(nth: int, *, kind: MessageKind = MessageKind.INITIAL, times: int = 1) -> Outgoing:
    return Outgoing(
        id=MessageId(nth),
        key=f"{nth:032x}",
        conversation_id=ConversationId(nth),
        phone=phone_of(nth),
        our_number=None,
        body="Hi",
        kind=kind,
        segments=1,
        nth=times,
        tries=1,
        tried_at=datetime(2026, 3, 3, tzinfo=UTC),
        valid_for=timedelta(hours=1),
    )


# The campaign


def test_the_practice_campaign_has_something_of_everything(demo: Database) -> None:
    with demo.reading() as conn:
        campaign = find_campaign(conn, CAMPAIGN)
        counted = totals(conn, campaign.id)
        assert (counted.total, counted.not_started, counted.sent) == (400, 130, 105)
        assert (counted.needs_reply, counted.answered, counted.opted_out) == (86, 62, 17)
        assert (campaign.state, campaign.quicksend) == (CampaignState.ACTIVE, True)
        assert len(questions(conn, campaign.id)) == 3
        assert {reply.is_global for reply in recommended_replies(conn, campaign.id)} == {True, False}
        assert settings(conn).organization == "Harbor Votes"
        held = conn.execute("SELECT COUNT(*) FROM assignment WHERE assigned > 0").fetchone()[0]
        tabs = {Tab(row["tab"]) for row in conn.execute("SELECT DISTINCT tab FROM conversation")}
        flagged = conn.execute("SELECT COUNT(*) FROM conversation WHERE flagged = 1").fetchone()[0]
        states = {row["state"] for row in conn.execute("SELECT DISTINCT state FROM message")}
    assert held > 5
    assert {Tab.INITIAL, Tab.RESPONSES, Tab.OPT_OUTS} <= tabs
    assert flagged > 0
    assert states == {"delivered", "received", "queued"}


def test_it_is_sound_and_belongs_to_who_made_it(demo: Database) -> None:
    assert examine(demo) == []
    assert known_as(demo, "ana").role is Role.OWNER


def test_what_made_it_is_no_change_of_its_owner(demo: Database) -> None:
    """docs/rules.md 8.3: undo must not take the campaign to pieces, but what the senders did can be taken back."""
    ana = known_as(demo, "ana")
    with demo.reading() as conn:
        assert list(own_changes(conn, ana.user.id)) == []
        assert newest_change(conn, ana) is None
        with pytest.raises(Refused, match="There is nothing of yours to undo"):
            last_undoable(conn, ana)
        assert [each.by for each in history(conn) if each.undoable and each.by == "ana"] == []
        assert {each.by for each in history(conn) if each.undoable} >= {"maya", "june"}
        [row] = conn.execute("SELECT id FROM conversation WHERE status = 'not_started' AND opted_out = 0 LIMIT 1")
    send(demo, ana, row["id"])
    with demo.reading() as conn:
        assert last_undoable(conn, ana).kind is EventKind.SEND


def test_it_happened_in_the_past_and_in_order(demo: Database) -> None:
    with demo.reading() as conn:
        now = int(demo.clock().timestamp() * 1000)
        assert conn.execute("SELECT COUNT(*) FROM message WHERE at > ?", (now,)).fetchone()[0] == 0
        assert conn.execute("SELECT COUNT(*) FROM event WHERE at > ?", (now,)).fetchone()[0] == 0
        rows = conn.execute("SELECT at FROM message ORDER BY id").fetchall()
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)


def test_it_is_made_the_same_way_every_time(demo: Database, tmp_path: Path) -> None:
    again = prepare(tmp_path / "again.db", "ana", "Ana", "Ortiz", seed=99)
    assert told(again) == told(demo)
    with again.reading() as conn:
        assert settings(conn).practice_seed == 99
    again.close()


@pytest.mark.only_sqlite("a practice database is a file")
def test_an_older_one_is_opened_as_it_was_left(demo: Database) -> None:
    ana = known_as(demo, "ana")
    with demo.reading() as conn:
        [row] = conn.execute("SELECT id FROM conversation WHERE status = 'not_started' AND opted_out = 0 LIMIT 1")
    send(demo, ana, row["id"])
    before = told(demo)
    again = prepare(demo.path, "ana", "Ana", "Ortiz")
    assert told(again) == before
    again.close()


@pytest.mark.only_sqlite("a practice database is a file")
def test_a_fresh_one_takes_the_place_of_an_older_one_that_is_open(demo: Database) -> None:
    with demo.writing() as tx:
        tx.conn.execute("UPDATE campaign SET name = 'Changed'")
    before = demo.version()
    prepare(demo.path, "kai", "Kai", "Moss", fresh=True).close()
    assert demo.version() != before
    with demo.reading() as conn:
        assert totals(conn, find_campaign(conn, CAMPAIGN).id).total == 400
    assert known_as(demo, "kai").role is Role.OWNER
    assert examine(demo) == []


# The contacts


def test_contacts_answer_the_same_for_the_same_seed(world: World) -> None:
    now = world.clock.now

    def answers(seed: int) -> list[Answer | None]:
        contacts = PracticeContacts(seed)
        return [contacts.answer(outgoing(nth, times=times), now) for nth in range(60) for times in (1, 2)]

    assert answers(1) == answers(1)
    assert answers(1) != answers(2)
    given = [answer for answer in answers(1) if answer]
    assert 30 < len(given) < 110  # some answer, some do not
    assert all(now < answer.due <= now + timedelta(seconds=18) for answer in given)


def test_what_a_contact_answers_does_not_depend_on_the_time(world: World) -> None:
    contacts, later = PracticeContacts(1), world.clock.now + timedelta(days=3)
    for nth in range(30):
        early, late = (contacts.answer(outgoing(nth), at) for at in (world.clock.now, later))
        assert (early and early.body) == (late and late.body)


def test_a_confirmation_is_not_answered(world: World) -> None:
    contacts = PracticeContacts(1)
    confirmation = MessageKind.OPT_OUT_CONFIRMATION
    assert not any(contacts.answer(outgoing(nth, kind=confirmation), world.clock.now) for nth in range(60))


# Delivery


def test_who_is_waited_for_answers_within_seconds_and_a_batch_over_some_time() -> None:
    """A reply, or a message that somebody writes by hand; the answers to a batch do not come all at once."""
    clock = Clock(datetime(2026, 3, 3, tzinfo=UTC))
    wait = {"clock": clock, "wait": lambda _: None}
    lone, batch, replies = (PracticeGateway(1, **wait) for _ in range(3))  # type: ignore[arg-type]
    for nth in range(40):
        lone_again = PracticeGateway(1, **wait)  # type: ignore[arg-type]
        lone_again.send(outgoing(nth))
        assert longest(lone_again, clock) <= 5
        batch.send(outgoing(nth))
        replies.send(outgoing(nth, kind=MessageKind.REPLY))
    assert longest(lone, clock) == 0
    assert longest(replies, clock) <= 5
    assert longest(batch, clock) > 15


def longest(gateway: PracticeGateway, clock: Clock) -> int:
    """How many seconds pass until the last answer."""
    began, last = clock.now, 0
    for second in range(60):
        clock.now = began + timedelta(seconds=second)
        if any(isinstance(each, Incoming) for each in gateway.poll()):
            last = second
    clock.now = began
    return last


def delivery() -> PracticeDelivery:
    """The delivery of an app, with a carrier that answers at once."""
    return PracticeDelivery({"wait": lambda _: None})


def live(world: World, *deliveries: PracticeDelivery, seconds: int = 0) -> None:
    """Let apps deliver for some seconds, and wait for the answers of the carrier."""
    for _ in range(max(1, seconds // TURN)):
        for each in deliveries:
            each.drain(world.db)
        world.clock.now += timedelta(seconds=TURN if seconds else 0)


def text_all(world: World) -> None:
    for each in world.conversations(world.spring):
        send(world.db, world.who["ana"], each)


def outgoing_states(world: World) -> list[str]:
    return [row["state"] for row in world.rows("SELECT state FROM message WHERE direction = 'outgoing' ORDER BY id")]


def fated() -> list[str]:
    """What becomes of the first message to each person, by the seed of the fixture `practice`."""
    fates = [decide_fate(7, phone_of(nth), 1, MessageKind.INITIAL) for nth in range(len(PEOPLE))]
    return ["delivered" if fate.arrives else "failed" for fate in fates]


def answers(world: World) -> list[int]:
    """How many answers each conversation has that has any."""
    rows = world.rows(f"{ANSWERS} GROUP BY conversation_id")
    return [row["number"] for row in rows]


def test_a_message_is_sent_first_and_delivered_some_seconds_later(practice: World) -> None:
    app = delivery()
    text_all(practice)
    live(practice, app)
    assert set(outgoing_states(practice)) == {"sent"}
    live(practice, app, seconds=60)
    assert outgoing_states(practice) == fated()
    app.end()


def test_answers_come_when_they_are_due_and_once(practice: World) -> None:
    app = delivery()
    text_all(practice)
    live(practice, app)
    assert answers(practice) == []
    live(practice, app, seconds=20)
    came = answers(practice)
    assert 0 < len(came) <= len(PEOPLE)
    live(practice, app, seconds=60)
    assert answers(practice) == came
    assert set(came) == {1}
    app.end()


def test_of_two_apps_one_delivers_and_each_answer_comes_once(practice: World) -> None:
    apps = [delivery(), delivery()]
    text_all(practice)
    live(practice, *apps, seconds=60)
    assert set(answers(practice)) == {1}
    assert [practice.rows("SELECT MAX(tries) AS tries FROM message")[0]["tries"]] == [1]
    for app in apps:
        app.end()


@pytest.mark.only_sqlite("it is about the file of a lock")
def test_an_app_whose_lock_file_is_removed_leaves_the_delivery_to_whoever_has_the_new_one(practice: World) -> None:
    """As `deliver` does: else both would text at once."""
    first, second = delivery(), delivery()
    live(practice, first)
    lock = practice.db.path.with_name(f"{practice.db.path.name}.deliver.lock")
    lock.unlink()
    live(practice, second)
    text_all(practice)
    live(practice, first)
    assert set(outgoing_states(practice)) == {"queued"}
    live(practice, second, first)
    assert set(outgoing_states(practice)) == {"sent"}
    second.end()
    send(practice.db, practice.who["ana"], practice.conversations(practice.spring)[0], body="And now?")
    live(practice, first)
    assert outgoing_states(practice)[-1] == "sent", "the first delivers again once nobody else does"
    first.end()


def test_another_app_takes_over_and_goes_on_with_what_is_under_way(practice: World) -> None:
    first, second = delivery(), delivery()
    text_all(practice)
    live(practice, first, second)
    assert set(outgoing_states(practice)) == {"sent"}
    first.end()
    live(practice, second, seconds=60)
    assert outgoing_states(practice) == fated()
    assert set(answers(practice)) == {1}
    second.end()


def test_a_message_that_the_carrier_was_slow_to_take_when_the_app_ended_is_settled_by_the_next(practice: World) -> None:
    slow = Event()
    first, second = PracticeDelivery({"wait": lambda _: slow.wait(PATIENCE)}), delivery()
    text_all(practice)
    first.turn(practice.db)
    assert set(outgoing_states(practice)) == {"sending"}
    first.end()
    assert set(outgoing_states(practice)) == {"in_doubt"}
    slow.set()
    practice.clock.now += timedelta(seconds=10)
    ends_at = time.monotonic() + PATIENCE
    while "in_doubt" in outgoing_states(practice):
        assert time.monotonic() < ends_at
        second.turn(practice.db)
    assert set(outgoing_states(practice)) <= {"sent", "delivered", "failed"}
    assert practice.rows("SELECT MAX(tries) AS tries FROM message")[0]["tries"] == 1
    second.end()


def test_a_command_delivers_once_unless_an_app_does(practice: World) -> None:
    text_all(practice)
    deliver_practice(practice.db)
    assert set(outgoing_states(practice)) == {"sent"}
    app = delivery()
    live(practice, app, seconds=20)
    conversation = practice.conversations(practice.spring)[0]
    send(practice.db, practice.who["ana"], conversation, body="And now?")
    deliver_practice(practice.db)
    assert outgoing_states(practice)[-1] == "queued"
    live(practice, app)
    assert outgoing_states(practice)[-1] == "sent"
    app.end()


def test_a_real_database_is_never_delivered_by_the_practice_carrier(world: World) -> None:
    text_all(world)
    deliver_practice(world.db)
    assert set(outgoing_states(world)) == {"queued"}
    with pytest.raises(NotFound):
        delivery().turn(world.db)


def test_a_contact_who_opted_out_meanwhile_still_answers_and_does_not_wait(practice: World) -> None:
    app, ana = delivery(), practice.who["ana"]
    text_all(practice)
    live(practice, app)
    for nth in range(len(PEOPLE)):
        opt_out_number(practice.db, ana, phone_of(nth))
    live(practice, app, seconds=30)
    with practice.db.reading() as conn:
        counted = totals(conn, practice.spring.id)
    assert counted.needs_reply == len(PEOPLE) - counted.opted_out  # who said yes is in again
    assert examine(practice.db) == []
    app.end()


def test_in_its_first_minute_the_demo_shows_deliveries_a_failure_and_a_late_report(
    built: Template, tmp_path: Path
) -> None:
    location = built.copy(tmp_path / "practice.db")
    with closing(Database(location)) as db, db.reading() as conn:
        opened = conn.execute("SELECT MAX(at) FROM message").fetchone()[0] / 1000
    clock = Clock(datetime.fromtimestamp(opened, UTC))
    app, seen = delivery(), []
    with closing(Database(location, clock=clock)) as db:
        for _ in range(60):
            app.drain(db)
            with db.reading() as conn:
                rows = conn.execute(
                    "SELECT state, COUNT(*) AS number FROM message WHERE tries > 0 AND tried_at > ? GROUP BY state",
                    (opened * 1000 - 1,),
                ).fetchall()
            seen.append({row["state"]: row["number"] for row in rows})
            clock.forward(seconds=1)
        app.end()
        assert examine(db) == []
    assert seen[0] == {"sent": 8}
    assert seen[10] == {"delivered": 6, "failed": 1, "sent": 1}
    assert seen[59] == {"delivered": 7, "failed": 1}
