"""The database and the identity that a command works with."""

from __future__ import annotations

import os
import pwd
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from thrumsg_tui.cli.argv import readable
from thrumsg_tui.cli.output import complain, may_write_over
from thrumsg_tui.domain.errors import DatabaseMoved, DatabaseUnusable, Nothing, NotPermitted, Refused
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.permissions import Permission

if TYPE_CHECKING:
    from thrumsg_tui.domain.users import Identity
    from thrumsg_tui.store.database import Database
    from thrumsg_tui.store.engines.access import Access
    from thrumsg_tui.store.location import Location
    from thrumsg_tui.store.pacing import Pacing


STANDARD_STREAM = "-"
"""The file name that means standard input or output."""

_OF_ANY_DATABASE = {"maintenance.backup", "maintenance.doctor"}
"""The commands that work on a database whose contents were moved to another one, and that make none."""


@dataclass(frozen=True, slots=True)
class Session:
    """The database and the identity of one command."""

    db: Database
    who: Identity
    program: str = "thrumsg"
    """The beginning of a command line on the same database."""
    may_write: bool = True
    """Whether the database lets them write, whatever their role."""
    forced_login: str | None = None
    """The login of a forced command, None without one."""
    for_person: bool = True
    """Whether a person reads what is printed, and no script."""


@dataclass(frozen=True, slots=True)
class Account:
    """A login and its person's name, from the operating system."""

    login: str
    first_name: str
    last_name: str


@contextmanager
def opened(args: Namespace) -> Iterator[Session]:
    """Open the database and identify the user; the creator of a new one becomes its owner (`docs/rules.md 8.2`).

    Scheduled messages and follow-ups that have come due are released first.
    """
    from thrumsg_tui.store.changes.due import let_due
    from thrumsg_tui.store.queries.users import identify

    require_no_files(args)
    location = database_location(args.db)
    if args.forced_login is not None and isinstance(location, Path):
        location = location.absolute()  # the working directory changes for named files
    writes_over = not getattr(args, "plain", False)
    db = _open_for(args.run, location, args.pacing, writes_over=writes_over)
    try:
        access = db.access()
        person = identified(access, args.forced_login)
        is_new = _make_first_owner(db, access, person)
        with db.reading() as conn:
            who = identify(conn, person.login, args.acting_for)
        may_write = access.may_write and not db.mark
        if may_write:
            with progress_shown("Releasing what is due", writes_over=writes_over):
                let_due(db)
        with db.damage_named(), _files_placed(args, db, who):
            for_person = not getattr(args, "json", False)
            yield Session(db, who, program(args), may_write, args.forced_login, for_person)
        if is_new:
            complain(f"{location} is new, and {person.login} is its owner.")
    finally:
        db.close()


def require_writable(session: Session) -> None:
    """Raise `Refused` if the app cannot be opened because it could not write."""
    if not session.may_write:
        raise Refused(f"{session.db.location} can only be read, and the app writes: use the command line.")


def _make_first_owner(db: Database, access: Access, person: Account) -> bool:
    """Make the person the owner of a database without users; return whether they are."""
    from thrumsg_tui.store.queries.users import has_users

    with db.reading() as conn:
        if has_users(conn):
            return False
    if not access.may_be_first_owner:
        raise NotPermitted(f"{db.location} has no users yet. Whoever owns the database makes the first, as its owner.")
    from thrumsg_tui.store.changes.users import make_first_owner  # once in the life of a database

    return make_first_owner(db, person.login, person.first_name, person.last_name)


def finish_what_was_left(db: Database, who: Identity) -> None:
    """Finish the bulk moves of processes that have died, and say so (`docs/rules.md 4.8`).

    If the database cannot be used for that now, say so and go on with the command.
    """
    from thrumsg_tui.store.queries.bulk_move_jobs import open_jobs

    with db.reading() as conn:
        jobs = open_jobs(conn)
    if not jobs:
        return
    from thrumsg_tui.store.changes.bulk_move_job import finish_left_behind  # rarely needed; saves start-up time

    try:
        for outcome in finish_left_behind(db):
            what = f": {outcome.sentence}" if who.may(Permission.VIEW_ALL) else ""
            complain(f"Finished a move that had been left behind{what}.")
    except DatabaseUnusable as error:
        complain(f"A move that had been left behind is still not finished. {error}")


def require_no_files(args: Namespace) -> None:
    """Raise `NotPermitted` if a file of the host is named under a forced command (`docs/rules.md 11.1`).

    The account that the key opens is shared. A person who could write a chosen file there, with a contact's text in
    it, could give themselves a shell. So could one who names a configuration in the folder, with a program to run:
    only what has the type `InputFile` or `OutputFile` may be there.
    """
    if args.forced_login is None:
        return
    from thrumsg_tui.cli.options import InputFile, OutputFile

    for named in _named_paths(args, Path):
        if isinstance(named, InputFile | OutputFile):
            from thrumsg_tui.store.queries.shared_files import require_file_name

            require_file_name(str(named))
        else:
            raise NotPermitted(
                f"You may not name a file here, as {named}: your key opens an account that is shared, and this would "
                "be a file of the host. Leave it out; or where it can be -, standard input or output is meant."
            )


@contextmanager
def _files_placed(args: Namespace, db: Database, who: Identity) -> Iterator[None]:
    """Keep the files that are named off the database; under a forced command, look for them in its folder only."""
    from thrumsg_tui.cli.options import InputFile, OutputFile

    reads, writes = _named_paths(args, InputFile), _named_paths(args, OutputFile)
    if not reads and not writes:
        yield
        return
    from thrumsg_tui.store.own_files import refuse_own_file

    if args.forced_login is None:
        for named in (*reads, *writes):
            refuse_own_file(db.path, named)
        yield
        return
    from thrumsg_tui.store.changes.shared_files import make_shared_folder, writing_shared
    from thrumsg_tui.store.queries.shared_files import find_shared_file

    for named in reads:
        find_shared_file(db, who, str(named))
    with writing_shared(db, who, [str(named) for named in writes]), chdir(make_shared_folder(db.path)):
        yield


def _named_paths(args: Namespace, kind: type[Path]) -> list[Path]:
    """Return the paths of a kind on the command line, without the database and standard streams."""
    given = [value for name, value in vars(args).items() if name != "db"]
    flat = [each for value in given for each in (value if isinstance(value, list | tuple) else [value])]
    return [each for each in flat if isinstance(each, kind) and str(each) != STANDARD_STREAM]


def program(args: Namespace) -> str:
    """Return the beginning of a command to copy; it names the database with `--db` unless the command is forced."""
    from shlex import quote

    named = args.db is not None and args.forced_login is None
    return f"thrumsg --db {quote(str(args.db))}" if named else "thrumsg"


def identified(access: Access, forced_login: str | None) -> Account:
    """Return who is at the keyboard, if the database believes it (`docs/rules.md 8.2` and `13.3`)."""
    if forced_login is not None and access.distrust:
        raise NotPermitted(access.distrust)
    if forced_login is None and access.login is not None:
        return Account(access.login, access.login, "")
    return account(forced_login)


def account(forced_login: str | None) -> Account:
    """Return the account of this process, by the operating system and never by the environment."""
    if forced_login is not None:
        return Account(forced_login, forced_login, "")
    try:
        entry = pwd.getpwuid(os.getuid())
    except KeyError:
        raise Refused(f"Your user id, {os.getuid()}, has no login on this machine: nobody can identify you.") from None
    first_name, _, last_name = readable(entry.pw_gecos).split(",")[0].strip().partition(" ")
    return Account(entry.pw_name, first_name or entry.pw_name, last_name.strip())


def database_location(chosen: Location | None) -> Location:
    """Return the database to use: `--db`, else THRUMSG_DB, else the person's own, whose folder is made if missing."""
    if chosen or (chosen := _from_environment()):
        return chosen
    return own_folder() / "thrumsg.db"


def database_file(chosen: Location | None, instead: str) -> Path:
    """Return the file to use; `Refused` with what to do instead if the database is on a server."""
    location = database_location(chosen)
    if isinstance(location, Path):
        return location
    raise Refused(f"{location} is on a server. {instead}", Nothing.CHANGED)


def own_folder() -> Path:
    """Return the person's folder for databases; create it, closed to others, if it is missing."""
    from platformdirs import user_data_path

    from thrumsg_tui.folders import make_private

    folder = user_data_path("thrumsg", appauthor=False)
    try:
        make_private(folder)
    except OSError as error:
        raise DatabaseUnusable(
            f"The folder {folder} cannot be made: {error.strerror}. Name a file with --db."
        ) from error
    return folder


@contextmanager
def new_files_private() -> Iterator[None]:
    """Give files that are created inside the block to their creator alone."""
    mask = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(mask)


def open_database(
    location: Location,
    pacing: Pacing | None = None,
    *,
    closed_too: bool = False,
    makes: bool = True,
    writes_over: bool = True,
) -> Database:
    """Open a database, or create one that only its creator can read; raise `DatabaseUnusable` if that fails.

    The first three options are those of `Database`; `writes_over` allows a line of progress at a terminal.
    """
    from thrumsg_tui.store.database import Database

    with new_files_private(), explained(location), progress_shown("Opening the database", writes_over=writes_over):
        return Database(location, on_wait=tell_of_waiting, pacing=pacing, closed_too=closed_too, makes=makes)


@contextmanager
def progress_shown(what: str, *, writes_over: bool) -> Iterator[None]:
    """Say at a terminal what is done if it takes long, as the upgrade of a database of an earlier version."""
    if not writes_over or not may_write_over(sys.stderr):
        yield
        return
    from thrumsg_tui.cli.progress import shown_progress

    with shown_progress(what):
        yield


def _open_for(command: str, location: Location, pacing: Pacing | None, *, writes_over: bool) -> Database:
    """Open the database for a command; some also take one that was moved to another place, and make none."""
    only_looks = command in _OF_ANY_DATABASE
    db = open_database(location, pacing, closed_too=only_looks, makes=not only_looks, writes_over=writes_over)
    if db.mark and not db.mark.is_whole:
        db.close()
        raise DatabaseMoved(db.mark.sentence(location))
    return db


def tell_of_waiting(begins: bool) -> None:
    """Tell a person, but not a script, that the command waits for another writer."""
    if begins and sys.stderr.isatty():
        complain("Waiting for the database: another change is being written.")


@contextmanager
def explained(location: Location) -> Iterator[None]:
    """Turn an `OSError` at a database into `DatabaseUnusable`."""
    try:
        yield
    except OSError as error:
        raise DatabaseUnusable(f"{location} cannot be opened: {error.strerror}.") from error


def _from_environment() -> Location | None:
    from thrumsg_tui.store.location import read_location

    named = os.environ.get("THRUMSG_DB")
    return read_location(named) if named else None
