"""Take a database into use again that was moved to another one (`docs/rules.md 13.2`)."""

from __future__ import annotations

from dataclasses import replace

from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.organization_facts import DatabaseTakenBack
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.database_move.marks import Mark, MarkKind, read_mark, remove_mark, store_mark
from thrumsg_tui.store.database_move.move import exclude_others, name_of
from thrumsg_tui.store.database_move.tables import KEYS
from thrumsg_tui.store.engines import whole_tables_of
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.journal import record
from thrumsg_tui.store.locks import EverythingLock


def take_back(source: Database, target: Database | None, who: Identity, *, anyway: bool = False) -> Mark:
    """Use a database again as it was when it was moved, and close the one to which that was.

    Args:
        source: The database that was moved, opened with `closed_too`.
        target: The one that has its contents, opened with `closed_too`; None if it cannot be opened.
        who: The owner who takes it back.
        anyway: Whether what was changed in the target since stays there alone, and whether it may be out of reach.

    Returns:
        The mark that the source had.

    Raises:
        Refused: The database was not moved; or the target was changed since, or cannot be closed.
    """
    who.require(Permission.MOVE_DATABASE)
    moved = source.mark
    if moved is None or moved.kind is not MarkKind.MOVED:
        raise Refused(f"{source.location} was not moved to another database.", Nothing.CHANGED)
    if target is not None:
        _close(target, moved, source, who, anyway=anyway)
    elif not anyway:
        raise Refused(
            f"{moved.other} cannot be opened now, and might still be in use, with the same contacts: they would be "
            "texted from both. Make it reachable; or if it is gone, add --anyway.",
            Nothing.CHANGED,
        )
    with source.writing() as tx:
        tx.hold(EverythingLock())
        whole_tables_of(source.location).open_to_writers(tx.conn, KEYS)
        remove_mark(tx.conn)
        record(tx, who, EventKind.MOVE_DATABASE, DatabaseTakenBack(moved.other))
    return moved


def _close(target: Database, moved: Mark, source: Database, who: Identity, *, anyway: bool) -> None:
    """Close the target, which then says that its contents are in the source again."""
    own = name_of(source.location)
    with target.writing() as tx:
        exclude_others(tx, target.location)
        mark = read_mark(tx.conn)
        if mark is None or mark.key != moved.key:
            if not anyway:
                raise Refused(
                    f"{target.location} is not the database to which {source.location} was moved, or went on to "
                    "another one. To use this one all the same, add --anyway.",
                    Nothing.CHANGED,
                )
            return
        if mark.kind is not MarkKind.ARRIVED:  # never opened, or closed by an earlier command
            return
        if (since := _changes_since(tx.conn)) and not anyway:
            raise Refused(
                f"{target.location} has {pluralize(since, 'change')} since the move, which would stay there alone. To "
                f"take them along, move it to a new database; to go back without them, add --anyway.",
                Nothing.CHANGED,
            )
        back = replace(mark, kind=MarkKind.MOVED, other=own, login=who.actor.login, at=_now(target))
        store_mark(tx.conn, back)
        whole_tables_of(target.location).close_to_writers(tx.conn, KEYS, back.sentence(target.location))


def _changes_since(conn: Connection) -> int:
    """Count the events since the move."""
    (count,) = conn.execute(
        "SELECT COUNT(*) FROM event WHERE id > (SELECT MAX(id) FROM event WHERE action = ?)",
        (EventKind.MOVE_DATABASE,),
    ).fetchone()
    return int(count)


def _now(db: Database) -> str:
    return db.clock().isoformat(timespec="seconds")
