"""Damaged databases, and every command tried on them (docs/rules.md 11.5).

`benchmarks/damage.py` runs this for hours, `tests/cli/test_damaged_files.py` for seconds.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.roles import ROWS, arrange, put_in_doubt
from thrumsg_tui.cli.main import main
from thrumsg_tui.store.spool import Spool

PAGE = 4096
SECONDS = 20
"""After so many seconds a command hangs."""

_LOG = re.compile(r"\d{4}-\d\d-\d\dT\S+ [A-Z]+ thrumsg")
"""The beginning of a line of a service's log."""

Harm = Callable[[Path, Random], None]
"""Damages a file, as a random generator decides."""

MORE_COMMANDS: tuple[tuple[str, ...], ...] = (
    ("undo",),
    ("history", "--json"),
    ("thread", "5", "--json"),
    ("campaign", "list", "--json"),
    ("conversations", "Spring", "--json"),
    ("export", "messages", "Spring"),
    ("status", "--prometheus"),
    ("restore", "{good}"),
    ("--db", "{copy}", "restore", "{database}"),
    ("deliver", "--once", "--config", "{folder}/gateway.toml"),
    ("gateway", "check", "--config", "{folder}/gateway.toml"),
    ("media", "1", "--out", "{folder}/picture", "--config", "{folder}/gateway.toml"),
    ("reassign", "Spring", "--from", "lee", "--from-unassigned", "--to", "sender"),
    ("doctor", "--json"),
    ("doctor", "--repair"),
)
"""Command lines besides those of `tests.roles`."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command line answered."""

    words: tuple[str, ...]
    code: int
    out: str
    err: str
    hung: bool = False

    @property
    def complaint(self) -> str | None:
        """What is wrong with the answer, if anything."""
        if self.hung:
            return "hung"
        if self.code not in {0, 1, 3}:
            return f"exit status {self.code}"
        is_service = self.words[0] in {"deliver", "listen"}
        lines = [line for line in self.err.splitlines() if not (is_service and _LOG.match(line))]
        if any(not line.startswith("thrumsg: ") for line in lines) or (self.code and not lines):
            return "no sentence"
        if self.code and self.words[0] != "import" and len(lines) != 1:
            return f"{len(lines)} sentences"
        return None


# Files


def flipped(path: Path, random: Random) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(random.choice((1, 1, 20, 300))):
        content[random.randrange(len(content))] ^= 1 << random.randrange(8)
    path.write_bytes(content)


def header_flipped(path: Path, random: Random) -> None:
    """Harm the first page, which says what the rest is."""
    content = bytearray(path.read_bytes())
    for _ in range(random.choice((1, 2, 5))):
        content[random.randrange(16, random.choice((100, PAGE)))] = random.randrange(256)
    path.write_bytes(content)


def zeroed(path: Path, random: Random) -> None:
    content = bytearray(path.read_bytes())
    start, length = random.randrange(len(content)), random.choice((4, 100, PAGE))
    content[start : start + length] = bytes(len(content[start : start + length]))
    path.write_bytes(content)


def cut(path: Path, random: Random) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: random.choice((random.randrange(1, len(content)), len(content) - PAGE))])


def rewritten(path: Path, random: Random) -> None:
    """Other letters and other bytes in the places of letters: unknown words, no UTF-8, JSON that cannot be read."""
    content = bytearray(path.read_bytes())
    for _ in range(60):
        place = random.randrange(len(content))
        if chr(content[place]).isalpha():
            content[place] = random.choice((0xFF, random.randrange(32, 127)))
    path.write_bytes(content)


def pages_swapped(path: Path, random: Random) -> None:
    content = bytearray(path.read_bytes())
    one, other = (PAGE * random.randrange(1, len(content) // PAGE) for _ in range(2))
    content[one : one + PAGE], content[other : other + PAGE] = (
        content[other : other + PAGE],
        content[one : one + PAGE],
    )
    path.write_bytes(content)


def page_of_earlier(path: Path, random: Random) -> None:
    """One page as the disk had it elsewhere."""
    content = bytearray(path.read_bytes())
    one, other = (PAGE * random.randrange(1, len(content) // PAGE) for _ in range(2))
    content[one : one + PAGE] = content[other : other + PAGE]
    path.write_bytes(content)


def beside_it(path: Path, random: Random) -> None:
    """Garbage in SQLite's own files, or the damaged log of a process that was killed."""
    wal, shm, journal = (path.with_name(path.name + ending) for ending in ("-wal", "-shm", "-journal"))
    match random.randrange(4):
        case 0:
            wal.write_bytes(bytes.fromhex("377f0682002de218") + PAGE.to_bytes(4) + random.randbytes(4152))
        case 1:
            journal.write_bytes(bytes.fromhex("d9d505f920a163d7") + random.randbytes(random.choice((0, 32, PAGE))))
        case 2:
            shm.write_bytes(random.randbytes(random.choice((1, 136, 32768))))
        case _:
            log = bytearray(_log_of_killed(path))
            for _ in range(random.choice((0, 1, 20))):
                log[random.randrange(len(log))] ^= 1 << random.randrange(8)
            wal.write_bytes(log)
            shm.write_bytes(random.randbytes(32768))


def _log_of_killed(path: Path) -> bytes:
    """The log that lies beside a database when a process is killed which has written to it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute("UPDATE contact SET last_name = last_name || 'X'")
        return path.with_name(f"{path.name}-wal").read_bytes()


def spool_harmed(path: Path, random: Random) -> None:
    """Garbage in the place of the spool, or a spool that is damaged."""
    spool = path.with_name(f"{path.name}.spool")
    match random.randrange(4):
        case 0:
            spool.write_bytes(random.randbytes(random.choice((1, 100, PAGE))))
        case 1:
            spool.mkdir()
        case 2:
            shutil.copy(path, spool)
        case _:
            Spool(path).close()
            content = bytearray(spool.read_bytes())
            for _ in range(random.choice((1, 20))):
                content[random.randrange(len(content))] ^= 1 << random.randrange(8)
            spool.write_bytes(content)


# Values


@contextmanager
def loosened(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that writes what no thrumsg writes."""
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("PRAGMA foreign_keys = OFF")
        conn.execute("PRAGMA ignore_check_constraints = ON")
        conn.execute("PRAGMA writable_schema = ON")
        yield conn
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


VALUES: Mapping[str, tuple[str, ...]] = {
    "TEXT": (
        "'zzz'",
        "''",
        "CAST(x'41ff42' AS TEXT)",
        "CAST(x'410042' AS TEXT)",
        "'{'",
        "'[]'",
        "'{\"facts\": {}}'",
        "'null'",
        "'2026-13-45'",
        "hex(zeroblob(20000))",
    ),
    "INTEGER": ("-1", "0", "99", "9223372036854775807", "-9223372036854775808", "253402300800000"),
    "BLOB": ("x''", "x'ff00ff'"),
    "REAL": ("1e999", "-1.0"),
}


def values_harmed(path: Path, random: Random) -> None:
    """A value that its column takes and thrumsg never writes."""
    with loosened(path) as conn:
        _harm_values(conn, random)


def types_harmed(path: Path, random: Random) -> None:
    """A value of a type that its column does not take."""
    with loosened(path) as conn:
        version = conn.execute("PRAGMA schema_version").fetchone()[0]
        conn.execute("UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ') ') WHERE type = 'table'")
        conn.execute(f"PRAGMA schema_version = {version + 1}")
    with loosened(path) as conn:
        _harm_values(conn, random, ("NULL", "'word'", "x'ff'", "3.5", "7"))
        conn.execute("UPDATE sqlite_schema SET sql = sql || ' STRICT' WHERE type = 'table' AND sql LIKE 'CREATE%'")
        conn.execute(f"PRAGMA schema_version = {version + 2}")


def _harm_values(conn: sqlite3.Connection, random: Random, values: Sequence[str] = ()) -> None:
    harmed = 0
    tables = [row[0] for row in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    for _ in range(200):
        table = random.choice(tables)
        columns = conn.execute(f'PRAGMA table_info("{table}")').fetchall()
        if not columns or table.startswith("sqlite"):
            continue
        _, name, kind, *_ = random.choice(columns)
        which = random.choice(("", " WHERE rowid = (SELECT MAX(rowid) FROM {t})", " WHERE rowid = 1")).format(t=table)
        value = random.choice(values or VALUES.get(kind, VALUES["TEXT"]))
        with suppress(sqlite3.Error):
            harmed += conn.execute(f'UPDATE OR IGNORE "{table}" SET "{name}" = {value}{which}').rowcount
        if harmed and random.random() < 0.5:
            return


def schema_harmed(path: Path, random: Random) -> None:
    """A table, an index or a trigger is gone, or has another name."""
    with loosened(path) as conn:
        made = conn.execute(
            "SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite%' AND type <> 'view' ORDER BY name"
        ).fetchall()
        kind, name = random.choice(made)
        if kind == "table" and random.random() < 0.5:
            columns = [row[1] for row in conn.execute(f'PRAGMA table_info("{name}")')]
            with suppress(sqlite3.Error):
                conn.execute(f'ALTER TABLE "{name}" RENAME COLUMN "{random.choice(columns)}" TO other')
        else:
            conn.execute(f'DROP {kind} "{name}"')


def rows_gone(path: Path, random: Random) -> None:
    """Rows to which others point are gone."""
    with loosened(path) as conn:
        tables = [row[0] for row in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
        for table in random.sample(tables, 2):
            with suppress(sqlite3.Error):
                conn.execute(f'DELETE FROM "{table}" WHERE rowid % {random.choice((1, 2, 3))} = 0')


def version_harmed(path: Path, random: Random) -> None:
    """Another version than that of its tables, or another mark."""
    with loosened(path) as conn:
        conn.execute(f"PRAGMA user_version = {random.choice((0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 99, -1))}")
        if random.random() < 0.2:
            conn.execute("PRAGMA application_id = 7")


def foreign(path: Path, random: Random) -> None:
    """A file of another program."""
    path.unlink()
    match random.randrange(6):
        case 0:
            path.write_bytes(gzip.compress(b"something else"))
        case 1:
            path.write_text("first,last,phone\nAda,Quill,4155550100\n")
        case 2:
            path.mkdir()
        case 3:
            path.write_bytes(b"SQLite format 3\0" + random.randbytes(random.choice((0, 10, 84, 8000))))
        case 4:
            with closing(sqlite3.connect(path)) as conn:
                conn.execute("CREATE TABLE contact (id, first_name)")
        case _:
            path.write_bytes(random.randbytes(random.choice((1, 99, 100, PAGE, 3 * PAGE))))


HARMS: tuple[Harm, ...] = (
    flipped,
    header_flipped,
    zeroed,
    cut,
    rewritten,
    pages_swapped,
    page_of_earlier,
    beside_it,
    spool_harmed,
    values_harmed,
    types_harmed,
    schema_harmed,
    rows_gone,
    version_harmed,
    foreign,
)


# Commands


class Bench:
    """A whole database in a folder, to be copied, damaged and tried."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.good = folder / "good.db"
        self.database = folder / "tried" / "thrumsg.db"
        self.files = folder / "files"
        self.log = folder / "state" / "thrumsg" / "log" / "errors.log"
        self.files.mkdir()
        arrange(lambda *words: self._done("--db", self.good, *words), self.files)
        rows = "\n".join(f"Ann{nth},Lee{nth},415200{nth:04d},School {nth}" for nth in range(60))
        (self.files / "many.csv").write_text(f"first,last,phone,polling place\n{rows}\n")
        self._done("--db", self.good, "import", "contacts", self.files / "many.csv", "--campaign", "Spring")
        put_in_doubt(self.good)
        program = self.files / "carrier"
        program.write_text("#!/bin/sh\nread message\nexit 1\n")
        program.chmod(0o700)
        (self.files / "gateway.toml").write_text(f'gateway = "command"\n[command]\nargv = ["{program}"]\n')
        (self.files / "gateway.toml").chmod(0o600)

    def commands(self) -> Iterator[tuple[str, ...]]:
        """Every command line, on files that are there."""
        places = {
            "good": str(self.good),
            "copy": str(self.folder / "tried" / "copy.db"),
            "folder": str(self.files),
            "database": str(self.database),
        }
        for row in ROWS:
            yield tuple(row.words(self.files, self.folder / "tried"))
        for words in MORE_COMMANDS:
            yield tuple(word.format(**places) for word in words)

    def fresh(self) -> None:
        """Put a copy that is not damaged in the place of what was tried."""
        self._clear()
        shutil.copyfile(self.good, self.database)
        shutil.copyfile(self.good, self.folder / "tried" / "copy.db")

    def harm(self, harm: Harm, seed: int) -> None:
        """Make the damaged database."""
        self.fresh()
        harm(self.database, Random(seed))
        shutil.rmtree(self.folder / "harmed", ignore_errors=True)
        shutil.copytree(self.folder / "tried", self.folder / "harmed")

    def tried(self, words: tuple[str, ...]) -> Answer:
        """Run a command line on a copy of the damaged database."""
        self._clear()
        shutil.copytree(self.folder / "harmed", self.folder / "tried", dirs_exist_ok=True)
        return run("--db", str(self.database), *words) if "--db" not in words else run(*words)

    def _clear(self) -> None:
        shutil.rmtree(self.folder / "tried", ignore_errors=True)
        (self.folder / "tried").mkdir()

    def _done(self, *words: object) -> None:
        answer = run(*map(str, words))
        assert answer.code == 0, answer


def run(*words: str, seconds: int = SECONDS) -> Answer:
    """Run a command line in this process; it hangs if it takes longer."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))

    def stop(*_: object) -> None:
        raise _Hung

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    hung = False
    code = -1
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = main(words)
    except _Hung:
        hung = True
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    told, complained = (each.buffer.getvalue().decode() for each in (out, err))
    shown = words[2:] if words[0] == "--db" else words
    return Answer(tuple(shown), code, told, complained, hung)


class _Hung(BaseException):
    """A command took too long."""


@contextmanager
def own_environment(folder: Path) -> Iterator[None]:
    """Keep what this process stores for its user in a folder."""
    names = {"XDG_STATE_HOME": "state", "XDG_DATA_HOME": "data", "XDG_CONFIG_HOME": "config"}
    before = {name: os.environ.get(name) for name in (*names, "THRUMSG_DB")}
    os.environ.pop("THRUMSG_DB", None)
    os.environ.update({name: str(folder / place) for name, place in names.items()})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
