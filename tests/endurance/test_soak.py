"""A short form of `make soak`; tests/endurance/soak.py runs for as long as one likes (docs/rules.md 2.6, 4.7, 8.3)."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from time import monotonic

import pytest

from tests.cli.damaging import own_environment
from tests.e2e.terminal import PATIENCE
from tests.endurance.ledger import missing, problems
from tests.endurance.memory import LAST, MIB, SETTLED, Growth, grown_too_much, growth, judged, largest_rises
from tests.endurance.office import CAMPAIGN, WATCHED, Office, phone, watched_phone
from tests.endurance.person import SIZES, Person, keys
from tests.endurance.session import Session, Unseen
from tests.endurance.watching import Marks
from tests.store.processes import ROOT
from thrumsg_tui.store.database import Database

PEOPLE = 20


def test_many_who_work_at_once_see_no_error_and_lose_nothing() -> None:
    words = ("--minutes", "0.2", "--sessions", "3", "--writers", "2", "--people", "60", "--pace", "0.3")
    command = [sys.executable, "-W", "error", "-m", "tests.endurance.soak", *words]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout + ran.stderr
    keys = re.search(r"^(\d+) keys: ", ran.stdout, re.MULTILINE)
    assert keys
    assert int(keys[1]) > 20, ran.stdout


@pytest.fixture
def office(tmp_path: Path) -> Office:
    with own_environment(tmp_path):
        return Office(tmp_path, admins=1, senders=2, watchers=1, people=PEOPLE, seed=1)


@pytest.mark.parametrize(
    ("statement", "seen"),
    [
        ("UPDATE assignment SET assigned = assigned + 1 WHERE id = 2", "are assigned, and there are"),
        ("UPDATE conversation SET assignment_id = 1 WHERE id = 1", "by the journal by"),
        ("UPDATE conversation SET status = 'answered' WHERE id = 20", "doctor: "),
        (
            "UPDATE event_conversation SET from_assignment_id = to_assignment_id WHERE conversation_id = 1",
            "moved conversation 1 from somebody else",
        ),
    ],
)
def test_the_ledger_sees_what_does_not_hold(office: Office, statement: str, seen: str) -> None:
    assert problems(office.database) == []
    db = Database(office.database)
    with db.writing() as tx:
        tx.conn.execute(statement)
    db.close()
    assert any(seen in problem for problem in problems(office.database))


def test_the_ledger_misses_what_was_acknowledged_and_is_not_there(office: Office) -> None:
    office.do("receive", "--from", phone(0), "--body", "once")
    for _ in range(2):
        office.do("receive", "--from", phone(0), "--body", "twice")
    assert missing(office.database, ["once"], PEOPLE + 1) == []
    assert missing(office.database, ["once", "twice", "never"], PEOPLE) == [
        "'twice' is acknowledged, and stored 2 times",
        "'never' is acknowledged, and stored 0 times",
        f"{PEOPLE} contacts were imported, and there are {PEOPLE + 1} conversations",
    ]


def test_the_judge_says_what_a_watcher_missed_and_who_worked_in_their_campaign(office: Office) -> None:
    marks, watcher = Marks(office), Session(office, office.watchers[0])
    try:
        watcher.begin()
        watcher.terminal.press("2")
        for body in ("mark 0 for 0", "mark 1 for 0"):
            office.do("receive", "--from", watched_phone(0), "--body", body)
            marks.stored[body] = 0, monotonic()
            if not marks.seen:
                watcher.terminal.wait_for(body)
                marks.look(0, watcher.terminal.screen, monotonic())
                assert list(marks.missed([watcher])) == marks.interference() == []
                office.do("opt-out", watched_phone(0))
                watcher.terminal.wait_for("Opt Outs 1")
        watcher.terminal.settle()
        marks.look(0, watcher.terminal.screen, monotonic())
        [missed] = marks.missed([watcher])
    finally:
        watcher.close()
    assert missed.startswith("1 of 2 messages never came to watcher0, stored from second "), missed
    [interfered] = marks.interference()
    assert interfered.endswith(" worked in the campaign that is only watched: opted +15105551000 out (manual)")


def test_nobody_works_in_the_campaign_that_is_only_watched(office: Office) -> None:
    admin, people = (
        Session(office, office.admins[0]),
        [Person("ann", Random(seed), is_admin=True) for seed in range(20)],
    )
    try:
        admin.begin()
        [way] = {tuple(person.next_keys(admin.terminal.screen)) for person in people}
        for key in way:
            admin.press(key)
        admin.terminal.wait_for(f"{CAMPAIGN} ▸ Overview")
        assert not Person.is_astray(admin.terminal.screen)
        admin.terminal.press("q", "g", "enter")
        admin.terminal.wait_for(f"{WATCHED} ▸ Overview")
        assert Person.is_astray(admin.terminal.screen)
    finally:
        admin.close()


ASKS = """
import pathlib, sys, tty
tty.setraw(0)
for piece in ("\\x1b[", "c"):
    sys.stdout.write(piece)
    sys.stdout.flush()
told = sys.stdin.read(1)
while not told.endswith("c"):
    told += sys.stdin.read(1)
pathlib.Path(sys.argv[1], "told").touch()
while not told.endswith("."):
    told += sys.stdin.read(1)
print(told.count("c"), "answers")
"""
"""It asks its terminal who it is, and counts the answers until it is told to end."""


def test_a_terminal_that_nobody_looks_at_answers_at_once_and_only_once(tmp_path: Path) -> None:
    with Unseen([sys.executable, "-c", ASKS, str(tmp_path)], environment=dict(os.environ)) as terminal:
        until = monotonic() + PATIENCE
        while not (tmp_path / "told").exists() and monotonic() < until:
            if select.select([terminal], [], [], 0.05)[0]:
                terminal.keep()
        assert (tmp_path / "told").exists()
        terminal.look()
        terminal.send(b".")
        terminal.wait_for("1 answers")


def test_people_leave_the_app_while_they_may_and_never_else() -> None:
    screen = " Spring ▸ Messenger"
    person = Person("ann", Random(1), is_admin=True)
    pressed = [person.next_keys(screen) for _ in range(1000)]
    assert pressed.count(keys("ctrl+q")) == 0
    person.may_leave = True
    pressed = [person.next_keys(screen) for _ in range(1000)]
    assert 5 < pressed.count(keys("ctrl+q")) < 50


def test_each_thing_is_rehearsed_once_in_the_smallest_window_and_once_in_the_largest() -> None:
    person = Person("ann", Random(1), is_admin=True)
    person.rehearse()
    begun: dict[tuple[int, int], list[str]] = {}
    while person.window:
        before = dict(person.done)
        window = person.window
        person.next_keys(" Spring ▸ Messenger")
        begun.setdefault(window, []).extend(name for name in person.done if person.done[name] != before.get(name))
    assert [*begun] == [min(SIZES), max(SIZES), SIZES[0]]
    assert len({tuple(sorted(names)) for names in begun.values()}) == 1
    assert {"help", "reply", "overview"} <= set(begun[max(SIZES)])
    assert not person.is_rehearsing


def test_memory_is_judged_where_everything_was_done_before_the_last_part(office: Office) -> None:
    steady, late, rehearsing, silent = (Session(office, office.admins[0]) for _ in range(4))
    for session in (steady, late, rehearsing, silent):
        session.close()
    for session in (steady, late, rehearsing):
        session.sizes = [(at, int(50 * MIB + at / SETTLED * MIB)) for at in (0.0, SETTLED / 2, SETTLED)]
    steady.rehearsed, late.rehearsed = SETTLED - LAST, SETTLED - LAST + 1
    assert judged([steady, late, rehearsing, silent], SETTLED) == [steady]
    assert judged([steady, late, rehearsing, silent], SETTLED - 1) == [steady, late, rehearsing]
    rise = 0.5  # of 1 MiB in 480 s, of which the last part has sizes from 240 on
    assert growth(steady.sizes) == pytest.approx(rise)


def test_of_a_session_that_grew_it_is_said_after_what() -> None:
    sizes = [(0.0, 50 * MIB), (1.0, 60 * MIB), (LAST, 60 * MIB), (LAST + 1, 62 * MIB), (LAST + 2, 63 * MIB)]
    begun = [(0.5, "help"), (LAST + 0.5, "search"), (LAST + 1.5, "history")]
    assert largest_rises(sizes, begun)[:2] == ["+2.00 after 'search'", "+1.00 after 'history'"]
    assert largest_rises(sizes, [])[0] == "+2.00 after 'nothing'"


def test_what_all_of_a_kind_lose_is_found_and_the_highest_mark_of_one_is_none(office: Office) -> None:
    """A leak of 1.2 MiB in the last part, and one piece of memory that Python takes in its middle."""
    leak = [(at, int((50 + 1.2 * at / LAST) * MIB)) for at in range(int(LAST) + 1)]
    step = [(at, (50 + (at > LAST / 2)) * MIB) for at in range(int(LAST) + 1)]
    still = [(at, 50 * MIB) for at in range(int(LAST) + 1)]

    def grown(kind: str, sizes: Sequence[tuple[float, int]]) -> Growth:
        session = Session(office, office.admins[0])
        session.close()
        session.sizes = [*sizes]
        return Growth(session, kind, [])

    stepped = grown("senders", step)
    assert stepped.mib == pytest.approx(1.5, abs=0.02)
    quiet = [grown("senders", still), stepped, grown("senders", still)]
    assert grown_too_much(quiet) == []
    leaking = [grown("admins", leak), grown("admins", leak)]
    assert grown_too_much([*quiet, *leaking]) == ["the admins grew by 1.20 MiB on average"]
    alone = grown("senders", [(at, (50 + 3 * (at > LAST / 2)) * MIB) for at in range(int(LAST) + 1)])
    assert len(grown_too_much([*[grown("senders", still)] * 5, alone])) == 1, "too much for one"
