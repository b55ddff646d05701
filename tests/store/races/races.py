"""The races: what several processes do at once, and what must be true whoever comes first."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from tests.store.arranging import assignment_of, give, known_as, number, take_in
from tests.store.carrier import claimed
from tests.store.races.processes import Act, outcome
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.conversations import ConversationId, EventId, MessageId
from thrumsg_tui.domain.delivery import Accepted, Outcome, Outgoing, Report
from thrumsg_tui.domain.enums import MessageKind, MessageState
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.reassignment import FromAssignments, Request, ToAssignments
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaign_senders import add_senders
from thrumsg_tui.store.changes.campaigns import create_campaign
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.delivery_outcomes import record_outcomes, report_in
from thrumsg_tui.store.changes.opt_out_lists import opt_out_numbers
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.reassign import reassign
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.changes.users import add_user, change_role, make_first_owner
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import repair
from thrumsg_tui.store.imports.contacts import import_contacts
from thrumsg_tui.store.locks import EverythingLock
from thrumsg_tui.store.queries.campaigns import find_campaign
from thrumsg_tui.store.queries.users import users

MANY = 40
"""How many conversations a race is run over, one after the other."""

PEOPLE = [f"Ann{nth} Otieno" for nth in range(MANY)]
PHONES = [number(nth) for nth in range(MANY)]

Said = Sequence[Sequence[str]]
"""What each process said."""


@dataclass(frozen=True)
class Race:
    """What happens before, at once and afterwards.

    Attributes:
        arrange: Prepares the database for a number of processes, and returns what each gets.
        act: What each does.
        judge: Yields what is wrong with the database, and with what they said.
        is_lost: Whether something goes wrong whenever nobody holds a lock; otherwise a constraint of the database, or
            luck, may prevent it.
    """

    arrange: Callable[[Database, int], Sequence[Any]]
    act: Act
    judge: Callable[[Database, Said], Iterator[str]]
    is_lost: bool = True


def ana(db: Database) -> Identity:
    return known_as(db, "ana")


def campaign(db: Database, name: str) -> Campaign:
    made = create_campaign(db, ana(db), _setup(name))
    add_senders(db, ana(db), name, ["kim", "lee"])
    return made


def _setup(name: str) -> Setup:
    return Setup(name, "Hi %first_name%", hours=DailyHours("UTC", 0, 1440))


def spring(db: Database, _processes: int) -> Sequence[Any]:
    """A campaign with conversations; they are the argument."""
    make_first_owner(db, "ana", "Ana", "Ortiz")
    for login in ("kim", "lee"):
        add_user(db, ana(db), login, login.capitalize(), "", role=Role.SENDER)
    campaign(db, "Spring")
    return (take_in(db, ana(db), "Spring", PEOPLE),)


def figures(db: Database, query: str) -> list[tuple[Any, ...]]:
    with db.reading() as conn:
        return [tuple(row) for row in conn.execute(query).fetchall()]


def once_each(said: Said, what: str = "done", *, of: int = MANY) -> Iterator[str]:
    """Every turn came out as wanted for one of the processes, and for no other."""
    for turn in range(of):
        outcomes = Counter(words[turn].partition(":")[0] for words in said)
        if outcomes[what] != 1:
            yield f"turn {turn}: {dict(outcomes)}"


def nothing(_db: Database, _said: Said) -> Iterator[str]:
    """Only the doctor looks."""
    yield from ()


# The same initial twice


def send_initials(db: Database, _number: int, conversations: Sequence[ConversationId]) -> Iterator[str]:
    who = ana(db)
    for each in conversations:
        yield outcome(lambda: send(db, who, each, kind=MessageKind.INITIAL))  # noqa: B023 - called in this turn


def one_initial_each(db: Database, said: Said) -> Iterator[str]:
    yield from once_each(said)
    many = "SELECT conversation_id, COUNT(*) FROM message GROUP BY conversation_id HAVING COUNT(*) > 1"
    yield from (f"conversation {each} has {messages} initials" for each, messages in figures(db, many))


# The same id of the carrier twice


def receive_all(db: Database, _number: int, _conversations: object) -> Iterator[str]:
    for nth, phone in enumerate(PHONES):
        yield "again" if receive(db, None, phone, "ok", provider_id=f"id {nth}").duplicate else "new"


def one_message_each(db: Database, said: Said) -> Iterator[str]:
    yield from once_each(said, "new")
    many = "SELECT provider_id, COUNT(*) FROM message GROUP BY provider_id HAVING COUNT(*) > 1"
    yield from (f"{each} is stored {times} times" for each, times in figures(db, many))


# Moves against each other, and against their undo


def move_about(db: Database, number: int, _conversations: object) -> Iterator[str]:
    who, chance = ana(db), Random(number)
    with db.reading() as conn:
        moved = find_campaign(conn, "Spring")
    everybody = [assignment_of(db, moved, login) for login in (None, "kim", "lee")]
    for turn in range(12):
        source, to = chance.sample(everybody, 2)
        request = Request(moved.id, FromAssignments((source,)), ToAssignments((to,)), count=chance.choice((None, 7)))
        yield outcome(lambda: undo(db, who)) if turn % 3 == 2 else outcome(lambda: reassign(db, who, request))  # noqa: B023


# An import against opt-outs


def import_or_opt_out(db: Database, number: int) -> Iterator[str]:
    who = ana(db)
    if number % 2:
        yield from (outcome(lambda: opt_out_number(db, who, phone)) for phone in PHONES)  # noqa: B023
        return
    for first in range(0, MANY, 4):
        take_in(db, who, "Autumn", PEOPLE[first : first + 4], first=first)


def autumn(db: Database, processes: int) -> Sequence[Any]:
    """A second campaign, without contacts; the numbers are in the first one."""
    spring(db, processes)
    campaign(db, "Autumn")
    return ()


def all_are_out(db: Database, _said: Said) -> Iterator[str]:
    marks = "SELECT opted_out, COUNT(*) FROM conversation GROUP BY opted_out"
    if figures(db, marks) != [(1, 2 * MANY)]:
        yield f"opted out or not: {figures(db, marks)}"


# Gateways that take the same messages


def two_for_each(db: Database, processes: int) -> Sequence[Any]:
    """Each contact has a message from both campaigns in the outbox."""
    autumn(db, processes)
    for each in (*take_in(db, ana(db), "Autumn", PEOPLE), *take_in(db, ana(db), "Spring", PEOPLE)):
        send(db, ana(db), each)
    return ()


def deliver(db: Database, _number: int) -> Iterator[str]:
    queued = "SELECT 1 FROM message WHERE state IN ('queued', 'sending') LIMIT 1"
    at_once = """
        SELECT contact_id FROM message JOIN conversation ON conversation.id = message.conversation_id
        WHERE message.state = 'sending' GROUP BY contact_id HAVING COUNT(*) > 1
    """
    while figures(db, queued):
        taken = take_queued(db, 5)
        yield from (str(message.id) for message in taken)
        yield from (f"two at once to {each[0]}" for each in figures(db, at_once))
        record_outcomes(db, "practice", [(each, Accepted()) for each in taken], retry=lambda _: timedelta())


def each_left_once(db: Database, said: Said) -> Iterator[str]:
    left = Counter(word for words in said for word in words)
    yield from (f"{word}: {times} times" for word, times in left.items() if times > 1 or word.startswith("two"))
    if len(left) != 2 * MANY:
        yield f"{len(left)} of {2 * MANY} left"


# The answer to a send against the report on it


def on_the_way(db: Database, processes: int) -> Sequence[Any]:
    """Messages that a gateway has; their ids are the argument."""
    (conversations,) = spring(db, processes)
    for each in conversations:
        send(db, ana(db), each)
    return ([each.id for each in take_queued(db, MANY)],)


def answer_or_report(db: Database, number: int, taken: Sequence[MessageId]) -> Iterator[str]:
    for each in [claimed(db, message_id) for message_id in taken]:
        if number % 2:
            answered: list[tuple[Outgoing, Outcome]] = [(each, Accepted(f"id {each.id}"))]
            record_outcomes(db, "practice", answered, retry=lambda _: timedelta())
        else:
            report_in(db, "practice", Report(None, each.key, MessageState.DELIVERED))
        yield "done"


def all_arrived(db: Database, _said: Said) -> Iterator[str]:
    states = "SELECT state, COUNT(*) FROM message GROUP BY state"
    if figures(db, states) != [("delivered", MANY)]:
        yield f"{figures(db, states)}"


# Undos of the same event


def moved_one_by_one(db: Database, processes: int) -> Sequence[Any]:
    """A move of each conversation; their events are the argument."""
    (conversations,) = spring(db, processes)
    made = campaign_named(db, "Spring")
    for each in conversations:
        give(db, ana(db), made, "kim", [each])
    return ([row[0] for row in figures(db, "SELECT id FROM event WHERE action = 'reassign' ORDER BY id")],)


def campaign_named(db: Database, name: str) -> Campaign:
    with db.reading() as conn:
        return find_campaign(conn, name)


def undo_each(db: Database, _number: int, events: Sequence[EventId]) -> Iterator[str]:
    who = ana(db)
    for each in events:
        yield outcome(lambda: undo(db, who, each))  # noqa: B023 - called in this turn


def one_undo_each(db: Database, said: Said) -> Iterator[str]:
    yield from once_each(said)
    undone = "SELECT undoes, COUNT(*) FROM event WHERE undoes IS NOT NULL GROUP BY undoes HAVING COUNT(*) > 1"
    yield from (f"change {each} was undone {times} times" for each, times in figures(db, undone))


# Owners who all step down


def owners(db: Database, processes: int) -> Sequence[Any]:
    """As many owners as there are processes, and nobody else."""
    make_first_owner(db, "ana", "Ana", "Ortiz")
    for nth in range(processes):
        add_user(db, ana(db), f"o{nth}", "Owner", str(nth), role=Role.OWNER)
    change_role(db, ana(db), "ana", Role.SENDER)
    return ()


def step_down(db: Database, number: int) -> Iterator[str]:
    login = f"o{number}"
    me = known_as(db, login)  # an owner, whatever happens meanwhile
    for _ in range(20):
        yield outcome(lambda: change_role(db, me, login, Role.SENDER))
        with db.reading() as conn:
            if not any(each.role is Role.OWNER for each in users(conn)):
                yield "nobody"
        change_role(db, me, login, Role.OWNER)


def always_an_owner(_db: Database, said: Said) -> Iterator[str]:
    times = sum(words.count("nobody") for words in (list(each) for each in said))
    if times:
        yield f"{times} times there was no owner"


# Campaigns of one name


def create_all(db: Database, _number: int, _conversations: object) -> Iterator[str]:
    who = ana(db)
    for nth in range(MANY):
        yield outcome(lambda: create_campaign(db, who, _setup(f"Campaign {nth}")))  # noqa: B023


def one_campaign_each(_db: Database, said: Said) -> Iterator[str]:
    yield from once_each(said)
    others = {words.partition("'")[0] for each in said for words in each} - {"done"}
    if others != {"Refused: There is a campaign "}:
        yield f"others were told {others}"


# Imports of the same numbers into two campaigns


def import_renamed(db: Database, number: int) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "contacts.csv"
        chance, rows = Random(number), [f"Name{number},Lund,{phone}" for phone in PHONES]
        chance.shuffle(rows)
        path.write_text("\n".join(["first name,last name,phone", *rows]), encoding="utf-8")
        for _ in range(2):
            yield outcome(lambda: import_contacts(db, ana(db), path, "Autumn" if number % 2 else "Winter"))


def two_empty(db: Database, processes: int) -> Sequence[Any]:
    autumn(db, processes)
    campaign(db, "Winter")
    return ()


def all_imported(db: Database, said: Said) -> Iterator[str]:
    yield from (words for each in said for words in each if words != "done")
    if figures(db, "SELECT COUNT(*) FROM contact") != [(MANY,)]:
        yield "contacts are there twice"
    if figures(db, "SELECT COUNT(*) FROM conversation") != [(3 * MANY,)]:
        yield "conversations are missing"


# Opt-outs of the same numbers in different order


def opt_out_shuffled(db: Database, number: int) -> Iterator[str]:
    who, chance = ana(db), Random(number)
    for first in range(0, MANY, 10):
        some = PHONES[first : first + 10]
        chance.shuffle(some)
        yield from opt_out_numbers(db, who, ", ".join(some)).new


def each_is_out_once(db: Database, said: Said) -> Iterator[str]:
    times = Counter(phone for phones in said for phone in phones)
    yield from (f"{phone} was opted out {times[phone]} times" for phone in PHONES if times[phone] != 1)
    yield from all_are_out(db, said)


def in_both(db: Database, processes: int) -> Sequence[Any]:
    """The contacts are in two campaigns."""
    autumn(db, processes)
    take_in(db, ana(db), "Autumn", PEOPLE)
    return ()


# Sends against opt-outs of the same campaign, which change the same counts


def send_or_stop(db: Database, number: int, conversations: Sequence[ConversationId]) -> Iterator[str]:
    who, half = ana(db), MANY // 2
    for turn in range(half):
        if number % 2:
            yield outcome(lambda: send(db, who, conversations[(number * 7 + turn) % half], body="Hello"))  # noqa: B023
        else:
            receive(db, None, PHONES[half + (number * 3 + turn) % half], "START" if turn % 4 == 3 else "STOP")


def no_deadlock(db: Database, said: Said) -> Iterator[str]:
    """The server had to end none of the two: that takes it a second."""
    yield from (words for each in said for words in each if words != "done")
    yield from (
        f"{times} deadlocks"
        for [times] in figures(db, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        if times
    )


def half_texted(db: Database, processes: int) -> Sequence[Any]:
    """Half of the contacts were texted, so that an opt-out is confirmed; the conversations are the argument."""
    (conversations,) = spring(db, processes)
    for each in conversations[MANY // 2 :]:
        send(db, ana(db), each)
    return (conversations,)


# Kept counts against their repair


def work_or_repair(db: Database, number: int, conversations: Sequence[ConversationId]) -> Iterator[str]:
    who, chance = ana(db), Random(number)
    if not number:
        for _ in range(6):
            with db.writing() as tx:
                tx.hold(EverythingLock())
                tx.conn.execute("UPDATE assignment SET texted = texted + 1, sent = sent - 1")
                tx.conn.execute("UPDATE reply_hour SET replies = replies + 1")
            yield from repair(db, who)
        return
    for _ in range(15):
        nth = chance.randrange(MANY)
        yield outcome(lambda: send(db, who, conversations[nth], body="Hello"))  # noqa: B023 - called in this turn
        receive(db, None, PHONES[nth], "ok")


RACES = {
    "the same initial": Race(spring, send_initials, one_initial_each),
    "the same message of the carrier": Race(spring, receive_all, one_message_each),
    "moves and undos": Race(spring, move_about, nothing),
    "an import and opt-outs": Race(autumn, import_or_opt_out, all_are_out, is_lost=False),
    "gateways": Race(two_for_each, deliver, each_left_once),
    "answers and reports": Race(on_the_way, answer_or_report, all_arrived, is_lost=False),
    "undos of the same change": Race(moved_one_by_one, undo_each, one_undo_each),
    "the last owner": Race(owners, step_down, always_an_owner),
    "campaigns of one name": Race(spring, create_all, one_campaign_each, is_lost=False),
    "imports of the same numbers": Race(two_empty, import_renamed, all_imported, is_lost=False),
    "opt-outs in different order": Race(in_both, opt_out_shuffled, each_is_out_once, is_lost=False),
    "sends and opt-outs": Race(half_texted, send_or_stop, no_deadlock, is_lost=False),
    "kept counts and their repair": Race(spring, work_or_repair, nothing, is_lost=False),
}
