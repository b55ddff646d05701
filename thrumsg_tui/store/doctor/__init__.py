"""Checking every stored figure against what it was derived from, and putting it right."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import chain

from thrumsg_tui.domain.journal import Deed
from thrumsg_tui.domain.people import Action, Identity
from thrumsg_tui.store.changes.paced import finish_left_behind, left_behind
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import conversations, counts, moves, words
from thrumsg_tui.store.doctor.problem import Problem
from thrumsg_tui.store.journal import record

__all__ = ["Problem", "examine", "repair"]

_SUBJECTS = (conversations, words, counts, moves)


def examine(db: Database) -> list[Problem]:
    """Check the whole file, changing nothing; an empty list means that all is well.

    Reads everything once, 20 µs a message, while others go on writing.
    """
    with db.reading() as conn:
        found = [*_damage(conn), *chain.from_iterable(subject.find(conn) for subject in _SUBJECTS)]
    left = "was left behind, at {} of {}: whoever starts thrumsg next finishes it."
    return [*found, *(Problem(moves.named(job), left.format(job.passed, job.total)) for job in left_behind(db))]


def repair(db: Database, who: Identity) -> list[str]:
    """Recompute what is derived and stored wrongly, in one transaction, and say what was mended.

    What cannot be recomputed, `examine` still finds afterwards: damage to the file, or who holds a conversation.
    """
    who.require(Action.MAINTAIN)
    mended = [f"finished a move that had been left behind ({each.sentence})" for each in finish_left_behind(db)]
    with db.writing() as tx:
        mended += chain.from_iterable(subject.mend(tx) for subject in _SUBJECTS)
        if mended:
            record(tx, who, Deed.REPAIR, f"repaired: {'; '.join(mended)[:500]}", details={"mended": mended})
        return mended


def _damage(conn: sqlite3.Connection) -> Iterator[Problem]:
    for row in conn.execute("PRAGMA integrity_check"):
        if row[0] != "ok":
            yield Problem("the file", f"SQLite finds it damaged: {row[0]}.")
    for row in conn.execute("PRAGMA foreign_key_check"):
        yield Problem(f"{row['table']} {row['rowid']}", f"points at a row of {row['parent']} that does not exist.")
