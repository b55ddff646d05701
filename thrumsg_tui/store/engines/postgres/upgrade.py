"""Create the tables on a server, and apply the migrations that they lack."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg

from thrumsg_tui.domain.errors import DatabaseUnusable, Nothing
from thrumsg_tui.store.engines.postgres.connection import ServerConnection
from thrumsg_tui.store.engines.postgres.rows import Row
from thrumsg_tui.store.engines.sentences import foreign
from thrumsg_tui.store.location import ServerAddress

_OLDEST = 14
"""The oldest PostgreSQL that knows all that we rest on."""

_FOLDER = Path(__file__).with_name("migrations")

MIGRATIONS = tuple(sorted(file.stem for file in _FOLDER.iterdir() if file.suffix == ".sql"))
"""The files of `migrations/`, in order; each has the number of the format that it makes."""

FORMAT = int(MIGRATIONS[-1][:4])
"""The format of an up-to-date database, the same number as on SQLite."""

_ABOUT = """
    SELECT current_setting('server_version_num')::int / 10000 AS major, current_setting('server_encoding') AS encoding,
           current_schema() AS schema, pg_is_in_recovery() AS standby,
           to_regclass(quote_ident(current_schema()) || '.thrumsg_format') IS NOT NULL AS ours,
           EXISTS (SELECT 1 FROM pg_class
                   WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')) AS used
"""

_STORED = "SELECT format FROM thrumsg_format"

_OWNER = """
    SELECT pg_get_userbyid(owner), pg_has_role(session_user, owner, 'MEMBER') FROM (
        SELECT COALESCE((SELECT relowner FROM pg_class WHERE oid = to_regclass('thrumsg_format')), datdba) AS owner
        FROM pg_database WHERE datname = current_database()
    ) AS found
"""
"""The role that owns the tables, or the database while there are none, and whether we are one of its members."""


def read_migration(file: str) -> str:
    """Return the SQL of one of `MIGRATIONS`."""
    return (_FOLDER / f"{file}.sql").read_text(encoding="utf-8")


def found_format(location: ServerAddress, conn: ServerConnection) -> int:
    """Return the format of a database; 0 if it has no tables yet. Not in a transaction, which it may end.

    Raises:
        DatabaseUnusable: It has other tables, or is newer than this program, or the server cannot keep it.
    """
    try:
        results = conn.send(f"{_ABOUT}; {_STORED}".encode())
    except psycopg.errors.UndefinedTable:
        return _format_in_transaction(location, conn)
    [about] = results.fetchall()
    results.nextset()
    return _judged(location, about, results.fetchall)


def _format_in_transaction(location: ServerAddress, conn: ServerConnection) -> int:
    [about] = conn.send(_ABOUT.encode()).fetchall()
    return _judged(location, about, lambda: conn.send(_STORED.encode()).fetchall())


def _judged(location: ServerAddress, about: Row, stored: Callable[[], list[Row]]) -> int:
    if about["major"] < _OLDEST:
        raise DatabaseUnusable(f"{location} is on PostgreSQL {about['major']}; thrumsg needs {_OLDEST} or newer.")
    if about["encoding"] != "UTF8":
        raise DatabaseUnusable(
            f"{location} keeps text as {about['encoding']}, which lacks what people write. Nothing was changed; make a "
            "database with createdb --encoding=UTF8 --template=template0."
        )
    if about["schema"] is None:
        raise DatabaseUnusable(f"{location} has no schema that your role may use. Nothing was changed.")
    if not about["ours"]:
        if about["used"]:
            raise DatabaseUnusable(foreign(location))
        return 0
    [(found,)] = stored()
    if found > FORMAT:
        raise DatabaseUnusable(
            f"{location} was written by a newer thrumsg (its format is {found}, this one knows {FORMAT}). Nothing was "
            "changed; install the newer version."
        )
    return int(found)


def upgrade(location: ServerAddress, conn: ServerConnection) -> None:
    """Apply the missing migrations in one transaction; whoever starts at the same time waits for it.

    Raises:
        DatabaseUnusable: The role may not change tables.
    """
    conn.script("BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('thrumsg upgrade ' || current_schema(), 0))")
    try:
        act_as_owner(conn)
        present = _format_in_transaction(location, conn)
        conn.script("SELECT set_config('search_path', quote_ident(current_schema()), true)")
        apply(conn, present)
        conn.script("COMMIT")
    except psycopg.errors.InsufficientPrivilege as error:
        conn.roll_back()
        what = "has no tables yet" if not present else f"has format {present}, and this thrumsg needs {FORMAT}"
        owner = conn.execute(_OWNER).fetchall()[0][0]
        raise DatabaseUnusable(
            f"{location} {what}, and your role may not change them ({str(error).splitlines()[0]}).",
            Nothing.CHANGED,
            advice=f"Whoever has the role {owner} does it, with any command.",
        ) from error
    except BaseException:
        with suppress(psycopg.Error):  # the first error is the one to report
            conn.roll_back()
        raise


def act_as_owner(conn: ServerConnection) -> bool:
    """Be the role that owns the tables until the transaction ends, so that all its members may change what we make.

    Returns:
        Whether whoever has signed in may be it.
    """
    owner, is_ours = conn.execute(_OWNER).fetchall()[0]
    if is_ours:
        conn.execute("SELECT set_config('role', ?, true)", (owner,))
    return bool(is_ours)


def apply(conn: ServerConnection, present: int) -> None:
    """Apply the migrations after a format, in the open transaction and the first schema of the search path."""
    for file in MIGRATIONS:
        if int(file[:4]) > present:
            for statement in statements_of(read_migration(file)):  # Citus takes one at a time
                conn.script(statement)
    conn.script(f"UPDATE thrumsg_format SET format = {FORMAT}")


_PIECE = re.compile(r"--[^\n]*|'[^']*'|\$\$.*?\$\$|(;)", re.DOTALL)
"""A comment, a text, the body of a function, or the end of a statement."""


def statements_of(migration: str) -> Iterator[str]:
    """Yield the statements of a migration, each with its semicolon."""
    begin = 0
    for piece in _PIECE.finditer(migration):
        if piece[1]:
            yield migration[begin : piece.end()].strip()
            begin = piece.end()
