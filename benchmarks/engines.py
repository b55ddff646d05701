"""The same on both engines, side by side in one run: a file, and a server that keeps every commit on its disk."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from io import StringIO
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.large import CAMPAIGN, OWNER, cached
from benchmarks.many_writers import BARE, PROCESSES, Load, writing_at_once
from benchmarks.reading import MessengerReader, in_turn
from benchmarks.rows import OURS, SERVER, UNLOCKED, Family, Figure, NotInstalled, Part, Row, Setting, Unit, timed
from benchmarks.writing import new_phone
from tests.postgres_server import binaries, own_cluster
from thrumsg_tui.domain.reassignment import FromAssignments, Request, ToAssignments
from thrumsg_tui.store.changes.reassign import apply_plan
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.database_move.move import move_database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.location import Location, ServerAddress
from thrumsg_tui.store.queries.assignments import assignments
from thrumsg_tui.store.queries.overview import overview
from thrumsg_tui.store.queries.reassignment import plan

MOST = 100_000
"""How many conversations there are at most: more of them only take longer to move to the server."""

_DURABLE = {
    "autovacuum": "on",
    "fsync": "on",
    "full_page_writes": "on",
    "shared_buffers": "256MB",
    "synchronous_commit": "on",
    "wal_level": "replica",
}
"""What the clusters of the tests go without."""

SEND = Row("a send", Unit.MS, on_server=4, grows=False)
RECEIVE = Row("a receive", Unit.MS, on_server=3, grows=False)
VIEW = Row("a view of the messenger", Unit.MS, on_server=5, grows=False)
OVERVIEW = Row("the overview, 2,000 senders", Unit.MS, grows=False)
VERSION = Row("a look for changes", Unit.MS, on_server=0.2, grows=False)
COMMAND = Row("overview --json, the whole command", Unit.MS, grows=False)
REASSIGN = Row("a tenth of all reassigned", Unit.MS, on_server=1_200, grows=False)
UNDO = Row("that undone", Unit.MS, on_server=1_200, grows=False)
EXPORT = Row("export messages, the whole command", Unit.MS, grows=False)
DOCTOR = Row("doctor", Unit.MS, grows=False)
SIZE = Row("on the disk, for 100,000 conversations", Unit.MB, grows=False)
FIFTH = Row("import of a fifth as many contacts as there are", Unit.ROWS_PER_SECOND, on_server=8_000, grows=False)
WHOLE = Row("import of as many contacts as there are", Unit.ROWS_PER_SECOND, on_server=8_000, grows=False)
LINEAR = Row("time of the second of these imports, against the first", Unit.TIMES, on_server=6, grows=False)
SPREAD = Row(f"{PROCESSES} writers, each in a sender's own: changes in a second", Unit.PER_SECOND, grows=False)
SPREAD_BARE = Row(
    f"{PROCESSES} writers, each in a sender's own: no locks, against that", Unit.TIMES, on_server=1.11, grows=False
)
SPREAD_P99 = Row(f"{PROCESSES} writers, each in a sender's own: 99 of 100", Unit.MS, on_server=500, grows=False)
ONE = Row(f"{PROCESSES} writers, all in one sender's: changes in a second", Unit.PER_SECOND, grows=False)
ONE_BARE = Row(
    f"{PROCESSES} writers, all in one sender's: no locks, against that", Unit.TIMES, on_server=1.11, grows=False
)
ONE_P99 = Row(f"{PROCESSES} writers, all in one sender's: 99 of 100", Unit.MS, grows=False)


@dataclass(frozen=True, slots=True)
class _Engine:
    """A copy of one database: where it is, and how the table names the engine."""

    name: str
    location: Location

    def run(self, setting: Setting, *words: str, given: str | None = None) -> str:
        """Run a command that must succeed."""
        line = [sys.executable, "-m", "thrumsg_tui", "--db", str(self.location), "--forced-login", OWNER, *words]
        environment = dict(setting.environment)
        done = subprocess.run(line, check=False, capture_output=True, text=True, input=given, env=environment)
        if done.returncode:
            raise RuntimeError(f"{self.name}: {' '.join(words)} ended with {done.returncode}. {done.stderr.strip()}")
        return done.stdout


@contextmanager
def _both(setting: Setting) -> Iterator[Sequence[_Engine]]:
    """Put the same contents into a file and onto a server."""
    if binaries() is None:
        raise NotInstalled("PostgreSQL's server is not installed, so the two engines are not compared.")
    conversations = min(MOST, setting.scale.conversations)
    made = cached(setting.folder.parent, conversations, setting.scale.senders)
    file, source = setting.folder / "engines.db", setting.folder / "source.db"
    for copy in (file, source):
        copy.write_bytes(made.read_bytes())
    with own_cluster(_DURABLE) as cluster:
        cluster.add_role("thrumsg_host")
        cluster.run("createdb", "-h", cluster.folder, "-U", "thrumsg", "bench")
        server = ServerAddress(cluster.address("bench"))
        with closing(Database(source)) as out, closing(Database(server)) as target:
            move_database(out, target, MessengerReader(out).who)
        yield _Engine(OURS, file), _Engine(SERVER, server)
        for location in (file, server):
            with closing(Database(location)) as db:
                if problems := examine(db):
                    raise RuntimeError(f"{location}: {problems[0].subject} {problems[0].sentence}")


def _measured(setting: Setting) -> Iterator[Figure]:
    """Measure everything on one engine and then on the other, a kind of work at a time: both meet the same load."""
    with _both(setting) as engines:
        for measure in (_screens, _commands, _moves, _writers, _imports):
            for engine in engines:
                yield from measure(setting, engine)


def _screens(setting: Setting, engine: _Engine) -> Iterator[Figure]:
    times = 10 * setting.scale.times
    with closing(Database(engine.location)) as db:
        reader = MessengerReader(db)
        rows = reader.all(reader.list)
        times = min(times, len(rows) // 2)
        numbers = count(1)

        def measured(row: Row, run: Callable[[], object]) -> Figure:
            run()  # the first time of anything is another matter
            return Figure(row, timed(row, run, times - 1).runs, engine.name)

        at = count(0)
        yield measured(VIEW, lambda: reader.view(reader.list, nth := next(at), rows[nth]))
        yield measured(SEND, in_turn(rows, lambda each: send(db, reader.who, each, body="Thank you!")))
        yield measured(RECEIVE, lambda: receive(db, None, f"+1{4_150_000_000 + next(numbers)}", "ok"))
        yield measured(VERSION, db.version)
        yield measured(OVERVIEW, lambda: _overview(reader))


def _overview(reader: MessengerReader) -> None:
    with reader.db.reading() as conn:
        overview(conn, reader.who, reader.of.id, reader.db.clock(), "order")


def _commands(setting: Setting, engine: _Engine) -> Iterator[Figure]:
    few = setting.scale.few

    def measured(row: Row, *words: str) -> Figure:
        return Figure(row, timed(row, lambda: engine.run(setting, *words), few).runs, engine.name)

    engine.run(setting, "overview", CAMPAIGN, "--json")
    yield measured(COMMAND, "overview", CAMPAIGN, "--json")
    yield measured(EXPORT, "export", "messages")
    with closing(Database(engine.location)) as db:
        yield Figure(DOCTOR, timed(DOCTOR, lambda: examine(db), few).runs, engine.name)
        size = _bytes(db) / min(MOST, setting.scale.conversations) * 100_000
    yield Figure(SIZE, (size / 1e6,), engine.name)


def _bytes(db: Database) -> int:
    """Return how much a database takes on the disk, its log apart."""
    if isinstance(db.location, Path):
        return db.location.stat().st_size
    with db.reading() as conn:
        return int(conn.execute("SELECT pg_database_size(current_database()) AS bytes").fetchone()["bytes"])


def _moves(setting: Setting, engine: _Engine) -> Iterator[Figure]:
    there, back = list[float](), list[float]()
    with closing(Database(engine.location)) as db:
        reader = MessengerReader(db)
        with db.reading() as conn:
            others = [each.id for each in assignments(conn, reader.of.id, db.clock()) if each.id != reader.busy]
        destinations = ToAssignments(tuple(others[1:3]))
        tenth = min(MOST, setting.scale.conversations) // 10
        for _ in range(setting.scale.few):
            with db.reading() as conn:
                request = Request(reader.of.id, FromAssignments((reader.busy,)), destinations, count=tenth)
                planned = plan(conn, request, db.clock())
            start = perf_counter()
            outcome = apply_plan(db, reader.who, planned)
            there.append((perf_counter() - start) * 1000)
            start = perf_counter()
            undo(db, reader.who, outcome.event)
            back.append((perf_counter() - start) * 1000)
    yield Figure(REASSIGN, tuple(there), engine.name)
    yield Figure(UNDO, tuple(back), engine.name)


def _writers(setting: Setting, engine: _Engine) -> Iterator[Figure]:
    """Let many processes write at once; on the server also with no locks, which is wrong and the measure of them."""
    loads = ((Load.SPREAD, SPREAD, SPREAD_BARE, SPREAD_P99), (Load.ONE, ONE, ONE_BARE, ONE_P99))
    for load, rate, without, slowest in loads:
        processes = min(PROCESSES, setting.scale.conversations // 300)
        done = writing_at_once(engine.location, load, processes, 2 * setting.scale.few)
        if done.wrong:
            raise RuntimeError(f"{engine.name}, {processes} writers: {done.wrong[0]}")
        for kind, written in done.by_kind.items():
            name = UNLOCKED if kind == BARE else engine.name
            yield Figure(rate, tuple(written.changes_per_second), name)
            yield Figure(slowest, (written.slowest_hundredth_ms,), name)
        if BARE in done.by_kind:
            yield Figure(without, done.without_locks, engine.name)


def _imports(setting: Setting, engine: _Engine) -> Iterator[Figure]:
    rows = min(MOST, setting.scale.conversations)
    fifth = _import_seconds(setting, engine, range(rows // 5))
    whole = _import_seconds(setting, engine, range(rows // 5, rows // 5 + rows))
    yield Figure(FIFTH, (rows // 5 / fifth,), engine.name)
    yield Figure(WHOLE, (rows / whole,), engine.name)
    yield Figure(LINEAR, (whole / fifth,), engine.name)


def _import_seconds(setting: Setting, engine: _Engine, numbers: range) -> float:
    file = StringIO(newline="")
    writer: Any = csv.writer(file)
    writer.writerow(("First Name", "Last Name", "Cell Phone", "Polling Location"))
    writer.writerows((f"Ann{nth}", "Otieno", new_phone(nth), "Oak School") for nth in numbers)
    start = perf_counter()
    engine.run(setting, "import", "contacts", "-", "--campaign", CAMPAIGN, "--json", given=file.getvalue())
    return perf_counter() - start


_ROWS = (VIEW, SEND, RECEIVE, VERSION, OVERVIEW, COMMAND, EXPORT, DOCTOR, SIZE, REASSIGN, UNDO)
_ROWS_OF_WRITERS = (SPREAD, SPREAD_BARE, SPREAD_P99, ONE, ONE_BARE, ONE_P99)
_ROWS_OF_IMPORTS = (FIFTH, WHOLE, LINEAR)

_PART = Part((*_ROWS, *_ROWS_OF_WRITERS, *_ROWS_OF_IMPORTS), _measured)
ENGINES = Family("engines", "On a file and on a server", (_PART,), on_both_engines=True)
