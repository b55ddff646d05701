"""What a change takes, each safe on the disk: one send, one receive, an import."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from itertools import count
from time import perf_counter

from benchmarks.app import run_json
from benchmarks.large import CAMPAIGN
from benchmarks.reading import MessengerReader, in_turn
from benchmarks.rows import Family, Figure, Part, Row, Setting, Unit, timed
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database

DISK = "a commit of one row"

SEND = Row("one send, durable", Unit.MS, before=0.88, target=0.5)
RECEIVE = Row("one receive, durable", Unit.MS, before=0.68, target=0.5)
IMPORT = Row("import of contacts, the whole command", Unit.ROWS_PER_SECOND, before=12_500, target=20_000)

_AREA_CODES = (201, 212, 213, 312, 415, 510, 617, 646, 718, 917)


def _one_by_one(setting: Setting) -> Iterator[Figure]:
    times = 10 * setting.scale.times
    with closing(Database(setting.database)) as db:
        reader = MessengerReader(db)
        rows = reader.all(reader.list)
        times = min(times, len(rows))
        numbers = count(1)

        def answer(conversation_id: ConversationId) -> None:
            send(db, reader.who, conversation_id, body="Thank you!")

        yield timed(SEND, in_turn(rows, answer), times)
        yield timed(RECEIVE, lambda: receive(db, None, f"+1{4_150_000_000 + next(numbers)}", "ok"), times)
        took = timed(RECEIVE, lambda: _commit_a_row(db, next(numbers)), times).runs
        yield Figure(RECEIVE, took, DISK)


def _commit_a_row(db: Database, number: int) -> None:
    """Commit the least that is safe on the disk, below which no change can go."""
    with db.writing() as tx:
        tx.conn.execute(
            """
            INSERT INTO preference (user_id, key, value) VALUES (1, 'number', :number)
            ON CONFLICT (user_id, key) DO UPDATE SET value = excluded.value
            """,
            {"number": str(number)},
        )


def _import(setting: Setting) -> Iterator[Figure]:
    """Import new contacts into the campaign; with every run the campaign has more."""
    rows = min(20_000, setting.scale.conversations)
    runs = []
    for nth in range(setting.scale.few):
        file = StringIO(newline="")
        writer = csv.writer(file)
        writer.writerow(("First Name", "Last Name", "Cell Phone", "Polling Location"))
        writer.writerows((f"Ann{at}", f"Otieno-{nth}", new_phone(nth * rows + at), "Oak School") for at in range(rows))
        start = perf_counter()
        done = run_json(setting, "import", "contacts", "-", "--campaign", CAMPAIGN, given=file.getvalue())
        runs.append(rows / (perf_counter() - start))
        if done["imported"] != rows:
            raise RuntimeError(f"of {rows} contacts {done['imported']} were imported")
    yield Figure(IMPORT, tuple(runs))


def new_phone(number: int) -> str:
    """Return a number that can be dialled, as people write it; the database has none of them."""
    area, line = divmod(number, 10_000)
    exchange, area = divmod(area, len(_AREA_CODES))
    return f"({_AREA_CODES[area]}) {300 + exchange}-{line:04d}"


WRITING = Family("writing", "Changes", (Part((SEND, RECEIVE), _one_by_one), Part((IMPORT,), _import)))
