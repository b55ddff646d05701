"""Database engines: the only package that imports a database driver."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from thrumsg_tui.domain.errors import DatabaseUnusable, Refused
from thrumsg_tui.store.location import Location, ServerAddress

if TYPE_CHECKING:
    from thrumsg_tui.store.engines.base import Engine, FileEngine
    from thrumsg_tui.store.engines.sqlite.spool import SpoolEngine
    from thrumsg_tui.store.engines.whole_tables import WholeTables


def engine_for(location: Location) -> Engine[Any]:
    """Return the engine of a database; its driver is imported only now."""
    return _server_engine_for(location) if isinstance(location, ServerAddress) else file_engine_for(location)


def _server_engine_for(address: ServerAddress) -> Engine[Any]:
    try:
        from thrumsg_tui.store.engines.postgres.engine import PostgresEngine
    except ImportError as error:
        raise DatabaseUnusable(
            f"{address} needs psycopg, PostgreSQL's driver, which is not installed ({error}). Install it with "
            "pip install 'thrumsg[postgres]'."
        ) from error
    return PostgresEngine(address)


def file_engine_for(location: Location) -> FileEngine[Any]:
    """Return the engine of a database that is a file.

    Raises:
        Refused: It is on a server.
    """
    if isinstance(location, ServerAddress):
        raise Refused(f"{location} is on a server, and this is done with a database that is a file.")
    from thrumsg_tui.store.engines.sqlite.engine import SqliteEngine

    return SqliteEngine(location)


def whole_tables_of(location: Location) -> WholeTables:
    """Return the operations on whole tables of the engine of a database."""
    if isinstance(location, ServerAddress):
        from thrumsg_tui.store.engines.postgres.whole_tables import PostgresWholeTables

        return PostgresWholeTables()
    from thrumsg_tui.store.engines.sqlite.whole_tables import SqliteWholeTables

    return SqliteWholeTables()


def spool_engine_for(path: Path) -> SpoolEngine:
    """Return the engine of a spool."""
    from thrumsg_tui.store.engines.sqlite.spool import SpoolEngine

    return SpoolEngine(path)
