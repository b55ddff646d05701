"""The disk of a server becomes full: that is said, nothing is half done, work goes on later (docs/rules.md 11.5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, redirect_stderr, redirect_stdout
from hashlib import sha256
from io import StringIO
from pathlib import Path

import pytest

from tests.cli.conftest import Result, Shell
from tests.cli.in_steps import pacing
from tests.full_server import FullServer, full_server
from tests.roles import ROWS, arrange, put_in_doubt
from thrumsg_tui.cli.main import main
from thrumsg_tui.store.database import Database

MANY = 600
"""Contacts of the campaign in which much is changed at once."""

ROOM = 200 << 10
"""Bytes that are free when such a change begins: less than it needs."""

FULL = re.compile(
    r"thrumsg: The disk of the server of postgresql://\S+ is full\. All that was stored is kept\. Nothing was "
    r"changed\. Tell whoever runs it, and try again\.(?P<before> Before that, .+)?\n"
)


@pytest.fixture(scope="module")
def server() -> Iterator[FullServer]:
    with full_server() as running:
        yield running


@pytest.fixture(scope="module")
def folder(server: FullServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the table of roles and of a larger campaign, whose database is on the server."""
    made = tmp_path_factory.mktemp("arranged")

    def run(*words: object) -> None:
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()) as error:
            assert main(["--db", str(server.location), *map(str, words)]) == 0, (words, error.getvalue())

    arrange(run, made)
    put_in_doubt(server.location)
    for name, first, count in (("some.csv", 3_000_000, MANY), ("many.csv", 4_000_000, 3000)):
        rows = (f"Ann{nth},Otieno,415{first + nth:07d},School {nth}" for nth in range(count))
        (made / name).write_text("\n".join(("first,last,phone,polling place", *rows, "")))
    always = ("--timezone", "UTC", "--open", "00:00", "--close", "24:00", "--no-quiet-hours", "--quicksend")
    run("campaign", "create", "Big", "--initial", "Hi", *always)
    run("campaign", "add-sender", "Big", "lee")
    run("import", "contacts", made / "some.csv", "--campaign", "Big")
    return made


@pytest.fixture
def on_server(shell: Shell, server: FullServer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setenv("THRUMSG_DB", str(server.location))
    return shell


def digest(server: FullServer, *folders: Path) -> str:
    """A number for all that is stored there and in files."""
    found = sha256()
    with closing(Database(server.location)) as db, db.reading() as conn:
        for table, columns in sorted(db.engine.columns(conn).items()):
            for row in db.engine.stored_rows(conn, table, [each.name for each in columns]):
                found.update(repr((table, row)).encode())
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file()):
        found.update(f"{path}".encode() + path.read_bytes())
    return found.hexdigest()


def count(server: FullServer, sql: str) -> int:
    with closing(Database(server.location)) as db, db.reading() as conn:
        return int(conn.execute(sql).fetchone()[0])


def while_full(shell: Shell, server: FullServer, *words: object, free: int = 0) -> Result:
    server.fill(free=free)
    try:
        return shell.run(*words)
    finally:
        server.empty()


def test_each_change_says_so_and_changes_nothing(
    on_server: Shell, server: FullServer, folder: Path, tmp_path: Path
) -> None:
    first = count(server, "SELECT MIN(id) FROM event WHERE action = 'reassign'")
    before = digest(server, folder)
    server.fill()
    try:
        for row in (row for row in ROWS if not row.looks):
            words = ["undo", str(first)] if row.line == "undo 1" else row.words(folder, tmp_path)
            ran = on_server.run(*words)
            assert (ran.code, ran.out) == (3, ""), (row.name, ran)
            assert FULL.fullmatch(ran.err), (row.name, ran)
        assert [each for each in tmp_path.rglob("*") if each.is_file()] == []
    finally:
        server.empty()
    assert digest(server, folder) == before
    assert on_server.done("doctor").splitlines()[1:] == ["All is well."]
    for line in (
        "send 1",
        "send 5 --body Thanks",
        "receive --from +14155550141 --body Hello",
        "user edit lee --email l@x.org",
    ):
        on_server.done(*line.split())


TRIAL = "try an import"
"""The row that stores everything and takes it back."""


def test_looking_needs_no_room(
    on_server: Shell, server: FullServer, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("thrumsg_tui.store.engines.postgres.damage._made", {})  # as in another process
    server.fill()
    try:
        for row in (row for row in ROWS if row.looks and row.name != TRIAL):
            on_server.done(*row.words(folder, tmp_path))
    finally:
        server.empty()


def test_an_import_that_finds_no_room_has_imported_nothing(on_server: Shell, server: FullServer, folder: Path) -> None:
    words, before = ("import", "contacts", folder / "many.csv", "--campaign", "Big"), digest(server)
    ran = while_full(on_server, server, *words, free=ROOM)
    assert ran.code == 3
    assert FULL.fullmatch(ran.err), ran.err
    assert digest(server) == before
    assert on_server.json(*words)["imported"] == 3000
    assert on_server.done("doctor").splitlines()[1:] == ["All is well."]


def test_what_was_sent_before_is_said(on_server: Shell, server: FullServer) -> None:
    sent = "SELECT COUNT(*) FROM message WHERE body = 'Hi' AND kind = 'initial'"
    before = count(server, sent)
    ran = while_full(on_server, server, "send-all", "Big", "--unassigned", free=ROOM)
    assert ran.code == 3
    told = FULL.fullmatch(ran.err)
    assert told, ran.err
    some = count(server, sent) - before
    assert told["before"] == f" Before that, {some} messages were sent; Send All again sends the rest."
    assert some > 0
    rest = on_server.json("send-all", "Big", "--unassigned")["sent"]
    assert some + rest == count(server, sent) - before
    assert on_server.done("doctor").splitlines()[1:] == ["All is well."]


def test_what_was_moved_before_is_said_and_the_rest_is_moved_later(
    on_server: Shell, server: FullServer, capsys: pytest.CaptureFixture[str]
) -> None:
    held = "SELECT COUNT(*) FROM conversation JOIN assignment ON assignment.id = assignment_id WHERE user_id IS NULL"
    before = count(server, held)
    server.fill(free=300 * before)  # room to begin, and for some of the steps
    capsys.readouterr()
    code = main(
        ["reassign", "Big", "--from-unassigned", "--to", "lee"], pacing=pacing(above=100, step=20, stalled_after=0)
    )
    err = capsys.readouterr().err
    server.empty()
    assert code == 3
    told = FULL.fullmatch(err)
    assert told, err
    moved = re.match(r" Before that, ([\d,]+) of [\d,]+ were moved; the next thrumsg", told["before"])
    assert moved, err
    assert before - count(server, held) == int(moved[1].replace(",", "")) > 0
    on_server.done("campaign", "list")  # goes on with it
    assert count(server, f"{held} AND conversation.campaign_id = (SELECT id FROM campaign WHERE name = 'Big')") == 0
    assert on_server.done("doctor").splitlines()[1:] == ["All is well."]
