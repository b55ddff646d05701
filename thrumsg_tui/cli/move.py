"""The command that moves a database to another place, between files and servers (`docs/rules.md 13.2`)."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from thrumsg_tui.cli.progress import shown_progress
from thrumsg_tui.cli.report import Report
from thrumsg_tui.cli.session import explained, finish_what_was_left, identified, new_files_private, tell_of_waiting
from thrumsg_tui.domain.carrier import Listening
from thrumsg_tui.domain.errors import DatabaseUnusable, Nothing, NotPermitted, Refused
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.gateway.delivery_lock import DeliveryLock
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.database_move.move import Moved, forget_unused, move_database
from thrumsg_tui.store.database_move.take_back import take_back
from thrumsg_tui.store.location import Location, ServerAddress, read_location
from thrumsg_tui.store.phone_display import refusals_redacted
from thrumsg_tui.store.queries.carrier_status import carrier_status
from thrumsg_tui.store.queries.shared_files import shared_files, shared_folder
from thrumsg_tui.store.queries.users import identify


def move(args: Namespace) -> Report:
    """Move a database to an empty one; or with `--back`, take one that was moved into use again."""
    if args.forced_login is not None:
        raise NotPermitted("move names databases of this host, so it is for people with a login here.", Nothing.MOVED)
    with closing(_opened(args.source)) as source, refusals_redacted(source):
        who = _owner(source, args.acting_for)
        return _taken_back(args, source, who) if args.back else _moved(args, source, who)


def _moved(args: Namespace, source: Database, who: Identity) -> Report:
    if not source.mark:
        finish_what_was_left(source, who)
    with _unserved(source), _target(args.target) as target, shown_progress("Moving") as on_progress:
        done = move_database(source, target, who, anyway=args.anyway, on_progress=on_progress)
        left = _files_left(source, who)
        folder = shared_folder(target.path)
    record = {
        "from": str(args.source),
        "to": str(args.target),
        "rows": done.rows,
        "tables": {name: {"rows": each.rows, "digest": each.digest} for name, each in done.tables.items()},
        "replaced": done.replaced,
        "wrong_figures": done.wrong,
        "files_left": left,
    }
    return Report(record, _lines(args, done, left, f"{shared_folder(source.path)}", f"{folder}"))


def _lines(args: Namespace, done: Moved, left: Sequence[str], folder: str, new_folder: str) -> list[str]:
    how = "Finished the move of" if done.finished else "Moved"
    lines = [
        f"{how} {args.source} to {args.target}: {pluralize(done.rows, 'row')} in {len(done.tables)} tables, "
        "and each is the same there.",
    ]
    if done.replaced:
        lines.append(f"{pluralize(done.replaced, 'text')} had a NUL, and U+FFFD now: a server stores none.")
    if done.wrong:
        lines.append(f"Wrong as before: {pluralize(done.wrong, 'figure')}; `thrumsg doctor --repair` mends them.")
    lines.append(f"{args.source} keeps its contents as they were, and takes no changes any more.")
    lines.append(f"Name {args.target} from now on: with --db or THRUMSG_DB, for services, and for keys by `ssh add`.")
    if isinstance(args.source, ServerAddress):
        lines.append("Not moved: what waits in the spools of other hosts; `thrumsg status` there says if any does.")
    if left:
        lines.append(
            f"Not moved: {pluralize(len(left), 'file')} in {folder}. If you need them, copy them to {new_folder}."
        )
    return lines


def _taken_back(args: Namespace, source: Database, who: Identity) -> Report:
    with _other(source) as target:
        mark = take_back(source, target, who, anyway=args.anyway)
    record = {"database": str(args.source), "taken_back_from": mark.other}
    lines = [f"{args.source} is in use again, as it was when it was moved to {mark.other}."]
    if target is not None:
        lines.append(f"{mark.other} keeps its contents, and takes no changes any more.")
    return Report(record, lines)


# The databases


def _opened(location: Location) -> Database:
    with new_files_private(), explained(location):
        if isinstance(location, Path) and not (location.is_file() and location.stat().st_size):
            raise DatabaseUnusable(f"There is no database at {location}.")
        return Database(location, on_wait=tell_of_waiting, closed_too=True)


@contextmanager
def _target(location: Location) -> Iterator[Database]:
    """Open the database that gets everything; a new file in which nothing was begun is removed again."""
    is_new = isinstance(location, Path) and not location.exists()
    with new_files_private(), explained(location):
        target = Database(location, on_wait=tell_of_waiting, closed_too=True)
    try:
        yield target
    finally:
        if is_new:
            forget_unused(target)
        target.close()


@contextmanager
def _other(source: Database) -> Iterator[Database | None]:
    """Open the database to which another one was moved; None if there is none, or it cannot be opened."""
    other = None
    try:
        if source.mark:
            other = _opened(read_location(source.mark.other))
    except DatabaseUnusable:
        pass
    try:
        yield other
    finally:
        if other:
            other.close()


def _owner(source: Database, acting_for: str | None) -> Identity:
    """Return who is at the keyboard, if they may move the database."""
    person = identified(source.access(), None)
    with source.reading() as conn:
        who = identify(conn, person.login, acting_for)
    who.require(Permission.MOVE_DATABASE)
    return who


@contextmanager
def _unserved(source: Database) -> Iterator[None]:
    """Keep deliverers out during the block; raise `Refused` if a service works on the database."""
    with source.reading() as conn:
        now = source.clock()
        listener = carrier_status(conn, now).listener
    if listener and listener.state(now) is Listening.RUNNING and not source.mark:
        raise Refused("`thrumsg listen` runs on this database: stop it first.", Nothing.MOVED)
    lock = DeliveryLock(source.location)
    if not lock.acquire():
        raise Refused(f"This database is being delivered: {lock.holder()}. Stop that first.", Nothing.MOVED)
    try:
        yield
    finally:
        lock.release()


def _files_left(source: Database, who: Identity) -> list[str]:
    """Return the names of the files that people have named, which lie beside the database."""
    return [each.name for each in shared_files(source, who)]
