"""Move a database: copy it, compare the copy, and close the old one (`docs/rules.md 13.2`).

The marks of both databases are changed in an order in which at most one of the two can be used at any time. Whoever is
killed in between finishes or begins anew with the same command:

    source    usable    usable      usable    moved       moved
    target    empty     arriving    copied    arriving    arrived
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from thrumsg_tui.domain.errors import DatabaseMoved, DatabaseUnusable, Nothing, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.organization_facts import DatabaseMoved as MovedHere
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.backup import spooled_requests
from thrumsg_tui.store.changes.spooled import put_spooled
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.database_move.copy import Copied, Passed, TableContents, contents, copy_tables, count_rows
from thrumsg_tui.store.database_move.marks import Mark, MarkKind, read_mark, store_mark
from thrumsg_tui.store.database_move.tables import KEYS
from thrumsg_tui.store.doctor import damage_in, examine, wrong_figures_in
from thrumsg_tui.store.engines import file_engine_for, whole_tables_of
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.location import Location, ServerAddress
from thrumsg_tui.store.locks import EverythingLock
from thrumsg_tui.store.progress import OnProgress, no_progress


@dataclass(frozen=True, slots=True)
class Moved:
    """The result of a move.

    Attributes:
        tables: What each table has in both databases.
        replaced: In how many texts a NUL became U+FFFD.
        wrong: How many wrong figures were moved as they are.
        finished: Whether an earlier command had done all but the last step.
    """

    tables: Mapping[str, TableContents]
    replaced: int
    wrong: int
    finished: bool

    @property
    def rows(self) -> int:
        """How many rows there are in all tables."""
        return sum(each.rows for each in self.tables.values())


def move_database(
    source: Database,
    target: Database,
    who: Identity,
    *,
    anyway: bool = False,
    on_progress: OnProgress = no_progress,
) -> Moved:
    """Copy everything into an empty database, with all ids, and close the source; 60 µs a row.

    Nobody else changes the source meanwhile; others can read it.

    Args:
        source: The database to move, opened with `closed_too`.
        target: An empty database, or one that an earlier command has half filled; opened with `closed_too`.
        who: The owner who moves it.
        anyway: Whether wrong figures are moved as they are.
        on_progress: Called with how many rows have passed; each passes twice, since all are compared.

    Raises:
        DatabaseMoved: The source was moved already, or is itself half-made.
        Refused: The source has problems, or the target is in use.
        DatabaseUnusable: What arrived is not what was sent. The source stays as it was.
    """
    who.require(Permission.MOVE_DATABASE)
    if source.mark:
        return _finish(source, source.mark, target, who, on_progress)
    with target.reading() as conn:  # a lock on the source would be in the way if that is the target
        _require_empty(target, conn, name_of(source.location))
    wrong = _require_sound(source, anyway=anyway)
    mark = Mark(MarkKind.ARRIVING, os.urandom(16).hex(), name_of(source.location), who.actor.login, _now(source))
    requests = spooled_requests(source)
    with source.writing() as out:
        exclude_others(out, source.location)
        if present := _closing_mark(out.conn):
            raise DatabaseMoved(present.sentence(source.location))
        _claim(target, mark)
        put_spooled(out.conn, requests)
        passed = Passed(2 * count_rows(out.conn), on_progress)
        copied = _fill(source, out, target, passed)
        _compare(target, copied, passed, wrong=wrong)
        moved = replace(mark, kind=MarkKind.MOVED, other=name_of(target.location))
        store_mark(out.conn, moved)
        whole_tables_of(source.location).close_to_writers(out.conn, KEYS, moved.sentence(source.location))
    _open_target(target, who, mark, copied)
    return Moved(copied.tables, copied.replaced, wrong, finished=False)


def forget_unused(target: Database) -> None:
    """Remove the new file of a target in which nothing was begun, such as after a refusal."""
    if not isinstance(target.location, Path):
        return
    with target.reading() as conn:
        is_used = read_mark(conn) is not None or count_rows(conn) > 0
    target.close()
    if not is_used:
        for path in (*file_engine_for(target.location).companions(), target.location):
            path.unlink(missing_ok=True)


def exclude_others(tx: Transaction, location: Location) -> None:
    """Let nobody else write until the transaction ends."""
    tx.hold(EverythingLock())  # whoever changes several tables ends before these are locked one by one
    whole_tables_of(location).exclude_others(tx.conn, KEYS)


def name_of(location: Location) -> str:
    """Name a database so that it can be found from another folder and another host."""
    if isinstance(location, ServerAddress):
        return str(location)
    return os.path.realpath(location)


# The steps, in order


def _closing_mark(conn: Connection) -> Mark | None:
    mark = read_mark(conn)
    return None if mark and mark.kind is MarkKind.ARRIVED else mark


def _require_sound(source: Database, *, anyway: bool) -> int:
    """Return how many figures of the source are wrong; raise `Refused` if they may not be, or if it is damaged."""
    found = examine(source)
    damaged = next((problem for problem in found if problem.damage), None)
    if damaged:
        raise Refused(
            f"{source.location} is damaged ({damaged.said.rstrip('.')}), and what is damaged is not moved: mend it "
            "with `thrumsg doctor --repair`, or restore a backup first.",
            Nothing.MOVED,
        )
    if found and not anyway:
        raise Refused(
            f"{source.location} has {pluralize(len(found), 'problem')}, which `thrumsg doctor` lists and "
            "`thrumsg doctor --repair` mends. To move it as it is, add --anyway.",
            Nothing.MOVED,
        )
    return len(found)


def _claim(target: Database, mark: Mark) -> None:
    """Close the target, so that nobody else uses it before it is whole."""
    with target.writing() as tx:
        exclude_others(tx, target.location)
        _require_empty(target, tx.conn, mark.other)
        store_mark(tx.conn, mark)


def _require_empty(target: Database, conn: Connection, source: str) -> None:
    """Raise `Refused` if the target has contents that an earlier command with the same source did not put there."""
    mark = read_mark(conn)
    if mark and mark.kind is MarkKind.ARRIVING:
        if mark.other != source:
            raise Refused(mark.sentence(target.location))
    elif count_rows(conn):
        raise Refused(f"{target.location} is not empty: name a new database.", Nothing.MOVED)


def _fill(source: Database, out: Transaction, target: Database, passed: Passed) -> Copied:
    """Copy everything in one transaction of the target."""
    with target.writing(bulk=True) as tx:
        exclude_others(tx, target.location)
        return copy_tables(source.engine, out.conn, target.engine, tx.conn, passed.more)


def _compare(target: Database, copied: Copied, passed: Passed, *, wrong: int) -> None:
    """Raise `DatabaseUnusable` unless the target has what was copied, and nothing that the doctor finds."""
    with target.reading() as conn:
        arrived = contents(target.engine, conn, passed.more)
        differing = [table for table, sent in copied.tables.items() if arrived[table] != sent]
        if differing:
            raise DatabaseUnusable(
                f"What arrived in {target.location} is not what was sent (in {', '.join(differing)}): nothing was "
                "moved, and the database is as it was. Please report this."
            )
        found = damage_in(target.engine, conn) or ([] if wrong else wrong_figures_in(conn))
    if found:
        raise DatabaseUnusable(
            f"The doctor finds in {target.location} what it did not find before ({found[0].said.rstrip('.')}): "
            "nothing was moved, and the database is as it was. Please report this."
        )


def _open_target(target: Database, who: Identity, mark: Mark, copied: Copied) -> None:
    """Let the target be used, and journal where its contents came from."""
    with target.writing() as tx:
        tx.hold(EverythingLock())
        store_mark(tx.conn, replace(mark, kind=MarkKind.ARRIVED))
        record(tx, who, EventKind.MOVE_DATABASE, MovedHere(mark.other, copied.rows, copied.replaced))


def _finish(source: Database, moved: Mark, target: Database, who: Identity, on_progress: OnProgress) -> Moved:
    """Do the last step of a command that was killed just before it; everything was compared before.

    Raises:
        DatabaseMoved: There is nothing to finish.
    """
    with target.reading() as conn:
        mark = read_mark(conn)
        if not mark or (mark.kind, mark.key, moved.kind) != (MarkKind.ARRIVING, moved.key, MarkKind.MOVED):
            raise DatabaseMoved(moved.sentence(source.location))
        passed = Passed(count_rows(conn), on_progress)
        copied = Copied(contents(target.engine, conn, passed.more), 0)
    _open_target(target, who, mark, copied)
    return Moved(copied.tables, 0, 0, finished=True)


def _now(db: Database) -> str:
    return db.clock().isoformat(timespec="seconds")
