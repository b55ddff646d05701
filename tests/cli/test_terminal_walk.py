"""Every command at a terminal, on a database full of what controls terminals (docs/rules.md 11.3)."""

from __future__ import annotations

import os
import pty
import re
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.damaging import Bench, own_environment
from thrumsg_tui.cli.main import main
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import damage_in
from thrumsg_tui.store.engines.sqlite.connections import connect

NASTY = "\x1b]52;c;cHduZWQ=\x07\x1b]0;owned\x1b\\\x9b31m\x9d0;t\x9c\u202eevil\u2066\r\b\x1b[2J\x1b[6n"
"""The clipboard, the title, colours, C1, directions, a line begun anew, a cleared screen, a question."""

CONTROLS = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\r(?!\r*\n)")
"""What may not arrive; the terminal itself makes `\\r\\n` of the end of a line."""

RUDE = """\
#!/bin/sh
read message
printf '\\033]0;owned\\007\\n' >&2
printf '\\033]0;owned\\007\\n{"result": 1, "rejected": {"reason": "\\\\u001b[2J"}}\\n'
exit 1
"""
"""A carrier's program that answers with what a terminal obeys."""

ERASED = re.compile(r"\r[\w :,.%]*\x1b\[K")
"""The progress of slow commands, which is ours."""

NAMES = {("campaign", "name"), ("users", "login"), ("question", "text"), ("choice", "text")}
NAMES |= {("follow_up", "title"), ("recommended_reply", "title")}
"""Columns by which command lines name things."""


def texts(conn: sqlite3.Connection) -> list[tuple[str, str]]:
    """Every column of text that somebody could have written."""
    tables = [row[0] for row in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    return [
        (table, row[1])
        for table in tables
        for row in conn.execute(f'PRAGMA table_info("{table}")')
        if row[2] == "TEXT" and not table.startswith("sqlite")
    ]


def poison(path: Path) -> set[tuple[str, str]]:
    """Write into each column of text what a terminal would obey, where the database stays sound; return the columns."""
    poisoned = set()
    db = Database(path)
    with closing(connect(path, busy_seconds=0)) as conn:
        conn.execute("PRAGMA foreign_keys = ON")
        for table, column in texts(conn):
            if (table, column) in NAMES:
                continue
            conn.execute("BEGIN")
            try:
                changed = conn.execute(f'UPDATE "{table}" SET "{column}" = "{column}" || ?', (NASTY,)).rowcount
            except sqlite3.IntegrityError:
                changed = 0
            sound = changed > 0 and not damage_in(db.engine, conn)
            conn.execute("COMMIT" if sound else "ROLLBACK")
            poisoned |= {(table, column)} if sound else set()
    db.close()
    return poisoned


def at_terminal(*words: str) -> tuple[int, str]:
    """Run a command line in a child of this process that has a terminal; return its status and what that got."""
    child, screen = pty.fork()
    if child == 0:
        status = 70
        try:
            sys.stdin, sys.stdout, sys.stderr = (os.fdopen(each, mode) for each, mode in ((0, "r"), (1, "w"), (2, "w")))
            status = main(words)
            for each in (sys.stdout, sys.stderr):
                each.flush()
        finally:
            os._exit(status)
    shown = b""
    try:
        while more := os.read(screen, 65536):
            shown += more
    except OSError:  # Linux says so that the other end is closed
        pass
    os.close(screen)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode("utf-8")


def controls(shown: str) -> list[str]:
    return CONTROLS.findall(ERASED.sub("", shown))


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("walk")
    with own_environment(folder):
        bench = Bench(folder)
        (bench.files / "carrier").write_text(RUDE)
        poisoned = poison(bench.good)
        assert {("contact", "first_name"), ("message", "body"), ("opt_out", "note")} <= poisoned
        yield bench


def test_no_command_writes_what_a_terminal_obeys(bench: Bench) -> None:
    statuses = set()
    for words in bench.commands():
        bench.fresh()
        status, shown = at_terminal("--db", str(bench.database), *words)
        assert controls(shown) == [], (words, shown)
        assert status in {0, 1}, (words, shown)
        statuses.add((words[0], status))
    assert ("thread", 0) in statuses
    assert ("history", 0) in statuses


def test_what_would_go_to_a_file_goes_to_the_terminal_as_harmlessly(bench: Bench) -> None:
    for words in bench.commands():
        for option in ("--out", "--rejects", "--save-plan"):
            for file in ("-", "/dev/stdout", "/dev/tty"):
                if option in words:
                    bench.fresh()
                    place = words.index(option) + 1
                    status, shown = at_terminal("--db", str(bench.database), *words[:place], file, *words[place + 1 :])
                    assert controls(shown) == [], (words, shown)
                    assert status in {0, 1, 3}


def test_no_refusal_repeats_what_a_terminal_obeys(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(bench.folder)  # some take it for the name of a file to write
    for nth, words in enumerate(bench.commands()):
        bench.fresh()
        place = 1 + nth % len(words)
        others = [*words[:place], NASTY if nth % 3 else f"--{NASTY}", *words[place + 1 :]]
        status, shown = at_terminal("--db", str(bench.database), *others)
        assert controls(shown) == [], (others, shown)
        assert status in {0, 1, 2, 3}, (others, shown)


def test_a_command_that_forgets_is_harmless_all_the_same(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is printed passes one place."""
    bench.fresh()
    monkeypatch.setattr("thrumsg_tui.cli.report.safe_text", lambda text, **_: text)
    _, shown = at_terminal("--db", str(bench.database), "thread", "5")
    assert controls(shown) == []
    assert "^[]0;owned" in shown


def test_a_terminal_gets_lines_and_wide_letters_as_they_are(bench: Bench, tmp_path: Path) -> None:
    bench.fresh()
    shutil.copyfile(bench.good, tmp_path / "copy.db")
    status, shown = at_terminal("--db", str(tmp_path / "copy.db"), "settings", "organization", "Küche 山田 👍")
    assert status == 0
    assert "Küche 山田 👍" in shown
