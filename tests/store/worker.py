"""What the tests let other processes do: `python -m tests.store.worker ACTION DATABASE [ARGUMENT...]`.

A worker says `ready` when its database is open, begins when it may read a line, and then prints a line for each thing
that is done, after it is done.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import count, cycle
from random import Random

from tests.store.carrier import answer
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.delivery import Accepted
from thrumsg_tui.domain.errors import Refused, ThrumsgError
from thrumsg_tui.domain.reassignment import FromAssignments, FromEveryone, Request, ToAssignments
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.bulk_move_job import finish, finish_left_behind
from thrumsg_tui.store.changes.delivery import take_queued as claim
from thrumsg_tui.store.changes.reassign import begin_plan, reassign
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.changes.users import make_first_owner
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.pacing import Pacing
from thrumsg_tui.store.queries.assignments import assignments, find_assignment
from thrumsg_tui.store.queries.campaigns import find_campaign, totals
from thrumsg_tui.store.queries.reassignment import plan
from thrumsg_tui.store.queries.users import identify


class Worker:
    """Ana in another process, at work on Spring."""

    def __init__(self, path: str, pacing: Pacing | None = None) -> None:
        self.db = Database(path, pacing=pacing)

    @property
    def ana(self) -> Identity:
        with self.db.reading() as conn:
            return identify(conn, "ana")

    @property
    def spring(self) -> Campaign:
        with self.db.reading() as conn:
            return find_campaign(conn, "Spring")

    def conversations(self) -> list[ConversationId]:
        with self.db.reading() as conn:
            campaign = find_campaign(conn, "Spring")
            rows = conn.execute("SELECT id FROM conversation WHERE campaign_id = ?", (campaign.id,)).fetchall()
        return [ConversationId(row["id"]) for row in rows]

    def requests(self, seed: int) -> Iterator[Request]:
        """Ever new reassignments between Unassigned and the senders."""
        with self.db.reading() as conn:
            campaign = find_campaign(conn, "Spring")
            everybody = [each.id for each in assignments(conn, campaign.id, self.db.clock())]
        chance = Random(seed)
        while True:
            source, *to = chance.sample(everybody, 3)
            yield Request(
                campaign.id, FromAssignments((source,)), ToAssignments(tuple(to)), count=chance.choice((None, 1, 20))
            )


def say(*words: object) -> None:
    """Say that something is done, so that it has been said even if this process dies now."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def own(path: str, login: str) -> None:
    """Be the first to open a new file, and its owner."""
    import_module("sqlite_utils.migrations")  # beforehand, so that all come to the file together
    begin()
    db = Database(path)
    made = make_first_owner(db, login, login.capitalize(), "")
    db.close()
    say("owner" if made else "user")


def work(path: str, seed: str, times: str) -> None:
    """Send, receive, reassign and undo, anything."""
    worker, chance = Worker(path), Random(int(seed))
    ana, people, requests = worker.ana, worker.conversations(), worker.requests(int(seed))
    begin()
    for _ in range(int(times)):
        conversation = chance.choice(people)
        doings: list[Callable[[], object]] = [
            lambda: send(worker.db, ana, conversation, body="Hello"),  # noqa: B023 - called in this turn
            lambda: receive(worker.db, None, f"+1415{5550100 + chance.randrange(len(people))}", "ok"),
            lambda: reassign(worker.db, ana, next(requests)),
            lambda: undo(worker.db, ana),
        ]
        try:
            chance.choice(doings)()
        except Refused as reason:
            say("refused", reason)
        else:
            say("done")


def take_all(path: str, login: str) -> None:
    """Reassign everything to one sender, three times."""
    worker = Worker(path)
    ana, campaign = worker.ana, worker.spring
    with worker.db.reading() as conn:
        to = next(each.id for each in assignments(conn, campaign.id, worker.db.clock()) if each.login == login)
    begin()
    for _ in range(3):
        say(reassign(worker.db, ana, Request(campaign.id, FromEveryone(), ToAssignments((to,)))).moved)


def move_for_ever(path: str, seed: str) -> None:
    """Reassign everything to and fro, until killed."""
    worker = Worker(path)
    ana, campaign = worker.ana, worker.spring
    with worker.db.reading() as conn:
        everybody = [each.id for each in assignments(conn, campaign.id, worker.db.clock())]
    Random(int(seed)).shuffle(everybody)
    begin()
    for to in cycle(everybody):
        outcome = reassign(worker.db, ana, Request(campaign.id, FromEveryone(), ToAssignments((to,))))
        say(outcome.event or 0, to)


def send_for_ever(path: str, seed: str) -> None:
    """Send one message after the other, until killed."""
    worker = Worker(path)
    ana, people = worker.ana, worker.conversations()
    begin()
    for nth in count():
        say(send(worker.db, ana, people[nth % len(people)], body=f"message {seed}-{nth}").message_id)


def receive_once(path: str, provider_id: str) -> None:
    """Take in a message that others take in as well."""
    worker = Worker(path)
    begin()
    say("again" if receive(worker.db, None, "+14155550100", "ok", provider_id=provider_id).duplicate else "new")


def take_queued(path: str) -> None:
    """Be a gateway, and say what was taken."""
    worker = Worker(path)
    begin()
    while claimed := claim(worker.db):
        for message in claimed:
            say(message.id)
            answer(worker.db, message.id, Accepted())


def read_for_ever(path: str) -> None:
    """Look at the campaign again and again until told to stop, and say what was seen whenever it changed."""
    db = Database(path)
    seen: object = None
    begin()
    while True:
        with db.reading() as conn:
            names = [row["name"] for row in conn.execute("SELECT name FROM campaign ORDER BY id")]
            now = [(name, totals(conn, find_campaign(conn, name).id).total) for name in names]
            assert all(
                total == conn.execute("SELECT COUNT(*) FROM conversation WHERE campaign_id = ?", (nth,)).fetchone()[0]
                for nth, (_, total) in enumerate(now, 1)
            )
        if now != seen:
            seen = now
            say(now)


def move_in_steps(path: str, above: str, step: str) -> None:
    """Move all that Kim has to Lee in small steps, and wait before each until told to go on."""
    worker = Worker(path, Pacing(most_at_once=int(above), step=int(step), hold=0))
    ana, campaign = worker.ana, worker.spring
    with worker.db.reading() as conn:
        kim, lee = (find_assignment(conn, campaign, login) for login in ("kim", "lee"))
        planned = plan(conn, Request(campaign.id, FromAssignments((kim,)), ToAssignments((lee,))), worker.db.clock())

    def tell(passed: int) -> None:
        say("dealt with", passed)
        sys.stdin.readline()

    begin()
    begun = begin_plan(worker.db, ana, planned)
    tell(0)
    finish(worker.db, begun, tell)


def finish_left(path: str, above: str, step: str) -> None:
    """Finish what was left behind, in small steps, and say how many that moved."""
    worker = Worker(path, Pacing(most_at_once=int(above), step=int(step), hold=0))
    begin()
    for outcome in finish_left_behind(worker.db):
        say("moved", outcome.moved)


def fill_disk(path: str, most: str) -> None:
    """Send until no file may become larger than `most` bytes, and say what is said then."""
    worker = Worker(path)
    ana, people = worker.ana, worker.conversations()
    begin()
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(most), int(most)))
    try:
        for nth in count():
            say(send(worker.db, ana, people[nth % len(people)], body="x" * 1000).message_id)
    except ThrumsgError as reason:
        say("refused", type(reason).__name__, reason)


def begin() -> None:
    """Wait until all others are ready too."""
    say("ready")
    sys.stdin.readline()


ACTIONS: dict[str, Callable[..., None]] = {
    action.__name__: action
    for action in (
        own,
        work,
        take_all,
        move_for_ever,
        send_for_ever,
        receive_once,
        take_queued,
        read_for_ever,
        move_in_steps,
        finish_left,
        fill_disk,
    )
}

if __name__ == "__main__":
    ACTIONS[sys.argv[1]](*sys.argv[2:])
