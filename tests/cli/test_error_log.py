"""Nothing of anybody's gets into the log of unforeseen errors, nor to the screen with them (docs/rules.md 11.2)."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.damaging import Bench, own_environment, run
from thrumsg_tui.cli import main as entry

CANARY = "Tweetybird"
"""A word of people's, in every column of text that may hold one."""

NUMBER = "4155550141"
"""Digits of a number of people's."""

COLUMNS = (
    "contact.first_name",
    "contact.last_name",
    "message.body",
    "opt_out.note",
    "follow_up.text",
    "recommended_reply.body",
)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("canary")
    with own_environment(folder):
        bench = Bench(folder)
        with closing(sqlite3.connect(bench.good)) as conn, conn:
            for table, column in (each.split(".") for each in COLUMNS):
                conn.execute(f"UPDATE {table} SET {column} = {column} || ?", (CANARY,))
        yield bench


def failures() -> dict[str, BaseException]:
    """What quotes people's words when it is shown."""
    chained = ValueError(f"cannot read {CANARY} {NUMBER}")
    chained.__cause__ = KeyError(f"{CANARY}")
    chained.add_note(f"while {CANARY} wrote")
    return {
        "of ours": RuntimeError(f"{CANARY} {NUMBER}"),
        "chained": chained,
        "of SQLite": sqlite3.OperationalError(f"Could not decode to UTF-8 column 'body' with text '{CANARY} {NUMBER}'"),
        "of UTF-8": UnicodeDecodeError("utf-8", CANARY.encode(), 0, 1, CANARY),
        "in a group": ExceptionGroup(CANARY, [OSError(5, f"{CANARY} {NUMBER}"), TypeError(CANARY)]),
        "a file": FileNotFoundError(2, "No such file", f"/home/{CANARY}"),
        "a syntax": SyntaxError(CANARY, (CANARY, 1, 1, f"{CANARY} {NUMBER}")),
    }


@pytest.mark.parametrize("kind", failures())
def test_an_unforeseen_error_tells_nothing_of_anybody(bench: Bench, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    bench.fresh()

    def fails(_: str) -> None:
        body, number = CANARY, NUMBER  # locals are never shown
        assert body + number
        raise failures()[kind]

    bench.log.unlink(missing_ok=True)
    monkeypatch.setattr(entry, "function", fails)
    answer = run("--db", str(bench.database), "thread", "1")
    assert answer.code == 70
    written = bench.log.read_text()
    assert "in fails" in written
    assert type(failures()[kind]).__name__ in written
    bench.log.unlink()
    for told in (written, answer.out + answer.err):
        assert CANARY not in told
        assert NUMBER not in told


def test_no_failure_on_damage_quotes_what_is_there(bench: Bench, tmp_path: Path) -> None:
    """Each text that is no UTF-8 any more, met by each command: a sentence about the row, and none of its words."""
    shutil.copyfile(bench.good, tmp_path / "before.db")
    met = 0
    try:
        for table, column in (each.split(".") for each in COLUMNS):
            shutil.copyfile(tmp_path / "before.db", bench.good)
            with closing(sqlite3.connect(bench.good)) as conn, conn:
                bad = f"CAST(x'{CANARY.encode().hex()}ff' AS TEXT)"
                conn.execute("PRAGMA ignore_check_constraints = ON")
                conn.execute(f"UPDATE {table} SET {column} = {bad}")
            for words in bench.commands():
                if words[0] in {"thread", "conversations", "lookup", "history", "send", "export", "doctor", "backup"}:
                    bench.fresh()
                    answer = run("--db", str(bench.database), *words)
                    assert answer.complaint is None, answer
                    if answer.code == 3:
                        met += 1
                        assert CANARY not in answer.out + answer.err, answer
                        assert NUMBER not in answer.err, answer
    finally:
        shutil.copyfile(tmp_path / "before.db", bench.good)
    assert met > 20
    assert not bench.log.exists()
