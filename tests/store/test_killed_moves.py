"""A bulk move that is killed, again and again, has happened whole or not at all (docs/rules.md 4.8)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

import pytest

from tests.new_database import ON_SERVER
from tests.store.arranging import give, holders, known_as, number, take_in
from tests.store.processes import Process
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.store.changes.campaign_senders import add_senders
from thrumsg_tui.store.changes.campaigns import create_campaign
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.users import add_user, make_first_owner
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.location import Location

MANY = 4000
KILLS = 20 if ON_SERVER else 50
"""On a server each takes several times as long, and what is asked is the same."""

AHEAD = 2
LINES = MANY // 1000 + 1
"""What a mover says of one move: how many so far, four times, and that it is done."""

COUNTS = """
    SELECT assignment.id,
           COUNT(of.id) AS assigned,
           COUNT(*) FILTER (WHERE of.status = 'not_started' AND of.opted_out = 0) AS not_started,
           COUNT(*) FILTER (WHERE of.status = 'sent' AND of.opted_out = 0) AS sent,
           COUNT(*) FILTER (WHERE of.status = 'needs_reply' AND of.opted_out = 0) AS needs_reply,
           COUNT(*) FILTER (WHERE of.status = 'answered' AND of.opted_out = 0) AS answered,
           COALESCE(SUM(of.opted_out), 0) AS opted_out,
           COALESCE(SUM(of.texted), 0) AS texted
    FROM assignment LEFT JOIN conversation AS of ON of.assignment_id = assignment.id
    GROUP BY assignment.id ORDER BY assignment.id
"""
KEPT = """
    SELECT id, assigned, not_started, sent, needs_reply, answered, opted_out, texted FROM assignment ORDER BY id
"""


@contextmanager
def movers(location: Location) -> Iterator[Iterator[Process]]:
    """Give one mover after the other, the next ones being made ready meanwhile; none is left behind."""
    made = [Process("tests.store.mover", location) for _ in range(AHEAD)]

    def each() -> Iterator[Process]:
        for place in range(KILLS):
            if len(made) < KILLS:
                made.append(Process("tests.store.mover", location))
            made[place].await_ready()
            yield made[place]

    try:
        yield each()
    finally:
        for mover in made:
            mover.stop()


@pytest.fixture
def campaign(db: Database) -> Campaign:
    """Kim holds thousands of conversations, some of them in each status."""
    make_first_owner(db, "ana", "Ana", "Ortiz")
    ana = known_as(db, "ana")
    for login in ("kim", "lee"):
        add_user(db, ana, login, login.capitalize(), "", role=Role.SENDER)
    made = create_campaign(db, ana, Setup("Spring", "Hi %first_name%", hours=DailyHours("UTC", 0, 1440)))
    add_senders(db, ana, "Spring", ["kim", "lee"])
    people = take_in(db, ana, "Spring", [f"P{nth}" for nth in range(MANY)])
    for place, each in enumerate(people[:40]):
        send(db, ana, each)
        if place >= 10:
            receive(db, None, number(place), "ok")
        if place >= 20:
            send(db, ana, each, body="thanks")
        if place >= 30:
            opt_out_number(db, ana, number(place))
    give(db, ana, made, "kim", people)
    return made


def state(db: Database, campaign: Campaign) -> tuple[str | None, list[int], int]:
    """Who holds all of it, the moves that are stored, and how many conversations these have touched."""
    held = set(holders(db, campaign).values())
    assert len(held) == 1, f"a move was left half done: {held}"
    with db.reading() as conn:
        assert [tuple(row) for row in conn.execute(COUNTS)] == [tuple(row) for row in conn.execute(KEPT)]
        moves = [int(row["id"]) for row in conn.execute("SELECT id FROM event WHERE action = 'reassign' ORDER BY id")]
        touched = conn.execute(
            "SELECT COUNT(*) AS touched FROM event_conversation WHERE to_assignment_id IS NOT NULL"
        ).fetchone()["touched"]
        last = conn.execute(
            """
            SELECT DISTINCT login FROM event_conversation JOIN assignment ON assignment.id = to_assignment_id
            JOIN users ON users.id = assignment.user_id WHERE event_id = ?
            """,
            (moves[-1],),
        ).fetchall()
    assert {row["login"] for row in last} == held
    return held.pop(), moves, int(touched)


def test_a_move_that_is_killed_again_and_again_is_all_or_nothing_each_time(db: Database, campaign: Campaign) -> None:
    chance, cut_short = Random(4), 0
    _, moves, _ = state(db, campaign)
    with movers(db.location) as each_one:
        for mover in each_one:
            mover.start()
            said = [mover.hear() for _ in range(chance.randrange(2 * LINES))]
            sum(range(chance.randrange(600_000)))  # a moment that nobody can foresee
            said += mover.kill()
            done = [int(line.split()[1]) for line in said if line.startswith("done")]
            before = moves
            _, moves, touched = state(db, campaign)
            assert touched == MANY * len(moves)
            assert moves[: len(before) + len(done)] == before + done
            assert len(moves) - len(before) - len(done) <= 1  # at most the one under way was stored and not said
            cut_short += said[-1:] != [] and said[-1].startswith("moved")
    assert cut_short >= KILLS // 4, "most kills must come in the middle of a move"
    assert examine(db) == []
