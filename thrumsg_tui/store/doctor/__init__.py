"""Check every stored figure against its sources, and correct it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from thrumsg_tui.domain.errors import DatabaseDamaged
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.organization_facts import Repaired
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.bulk_move_job import finish_left_behind, left_behind
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import conversations, counts, damage, moves, spool, texts
from thrumsg_tui.store.doctor.counted import CountedConnection
from thrumsg_tui.store.doctor.problem import Problem
from thrumsg_tui.store.engines.base import Engine
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.locks import EverythingLock
from thrumsg_tui.store.progress import OnProgress, RowsRead, no_progress

__all__ = ["Problem", "damage_in", "examine", "problems_in", "repair", "rows_of_damage", "wrong_figures_in"]

_SUBJECTS = (conversations, texts, counts, moves)


def examine(db: Database, on_progress: OnProgress = no_progress) -> list[Problem]:
    """Check the whole database without changing it; an empty list means that all is well.

    Reads everything once, 25 µs a message, while others go on writing. In a damaged database no figure is compared.
    `on_progress` is told how many of the rows have been read.
    """
    with db.reading() as conn:
        found = problems_in(db.engine, conn, on_progress)
    left = "was left behind, at {} of {}: whoever starts thrumsg next finishes it."
    jobs = (Problem(moves.named(job), left.format(job.passed, job.total)) for job in left_behind(db))
    damaged = any(problem.damage for problem in found)
    return [*found, *jobs, *([] if damaged else spool.find(db))]


def problems_in(engine: Engine[Any], conn: Connection, on_progress: OnProgress = no_progress) -> list[Problem]:
    """Find damage; where there is none, find wrong figures."""
    read = RowsRead(on_progress, lambda: rows_of_damage(engine, conn) + rows_of_figures(conn))
    return damage_in(engine, conn, read) or wrong_figures_in(conn, read)


def damage_in(engine: Engine[Any], conn: Connection, read: RowsRead | None = None) -> list[Problem]:
    """Find damage: contents that thrumsg never writes and that cannot be derived again (`docs/rules.md 11.5`)."""
    return damage.damage(engine, conn, read)


def wrong_figures_in(conn: Connection, read: RowsRead | None = None) -> list[Problem]:
    """Find stored figures that differ from what they are derived from."""
    counted = conn if read is None else CountedConnection(conn, read)
    return list(chain.from_iterable(subject.find(counted) for subject in _SUBJECTS))


def rows_of_damage(engine: Engine[Any], conn: Connection) -> int:
    """Count the rows that `damage_in` reads one by one."""
    return damage.rows_with_values(engine, conn)


def rows_of_figures(conn: Connection) -> int:
    """Count the rows that `wrong_figures_in` reads one by one: each by as many of its subjects as stream the table."""
    passes = {"message": 2, "conversation": 2, "opt_out": 1}
    return sum(
        times * int(conn.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]) for table, times in passes.items()
    )


def repair(db: Database, who: Identity) -> list[str]:
    """Correct wrong derived figures in one transaction, and return a phrase for each correction.

    `examine` still finds what cannot be derived: damage, or who holds a conversation. Jobs that were left behind are
    finished first. A database with damaged tables stays as it is; damaged indexes are rebuilt.
    """
    who.require(Permission.MAINTAIN)
    mended = _indexes_made_again(db)
    with db.reading() as conn:
        if damage_in(db.engine, conn):
            return mended
    mended += [f"finished a move that had been left behind ({each.sentence})" for each in finish_left_behind(db)]
    mended += spool.mend(db)
    return _figures_mended(db, who, mended)


@change
def _figures_mended(db: Database, who: Identity, mended: Sequence[str]) -> list[str]:
    """Correct the figures, and journal that with what was mended before."""
    with db.writing() as tx:
        tx.hold(EverythingLock())
        all_mended = [*mended, *chain.from_iterable(subject.mend(tx) for subject in _SUBJECTS)]
        if all_mended:
            record(tx, who, EventKind.REPAIR, Repaired(tuple(all_mended)))
        return all_mended


@change
def _indexes_made_again(db: Database) -> list[str]:
    """Rebuild the indexes if only they are damaged, and if that leaves the database without damage."""
    with db.reading() as conn:
        found = damage_in(db.engine, conn)
        if not found or not all(db.engine.is_about_index(problem.sentence) for problem in found):
            return []
    try:
        with db.writing() as tx:
            db.engine.rebuild_indexes(tx.conn)
            _require_whole(db.engine, tx.conn)
    except (_StillDamaged, DatabaseDamaged):
        return []
    return ["indexes made again"]


def _require_whole(engine: Engine[Any], conn: Connection) -> None:
    if damage_in(engine, conn):
        raise _StillDamaged


class _StillDamaged(Exception):
    """Rolls back a rebuild that did not help."""
