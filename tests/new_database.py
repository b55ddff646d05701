"""Databases to begin with: copying one takes a fifteenth of the time of making it.

With `THRUMSG_TEST_ENGINE=postgresql` in the environment they lie on a server of the tests, whatever paths they are
asked for.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from thrumsg_tui.store.database import Database
from thrumsg_tui.store.location import Location, ServerAddress

if TYPE_CHECKING:
    from tests.server_databases import Rows

ON_SERVER = os.environ.get("THRUMSG_TEST_ENGINE") == "postgresql"
"""Whether databases lie on a PostgreSQL server."""


class Template:
    """What a database holds, to make others of it. It must not be open.

    Args:
        location: The database, which stays where it is if it is a file and the tests are of files.
    """

    def __init__(self, location: Location) -> None:
        self._of: Path | Rows
        if isinstance(location, Path) and not ON_SERVER:
            self._of = location
            return
        from tests.server_databases import POOL, rows_of_file

        self._of = rows_of_file(location) if isinstance(location, Path) else POOL.rows_of(location)

    def copy(self, path: Path) -> Location:
        """Have a copy at a path."""
        if isinstance(self._of, Path):
            return Path(shutil.copyfile(self._of, path))
        from tests.server_databases import POOL

        return POOL.filled(self._of)


def no_database(path: Path) -> Location:
    """Have a place in which there is no database yet: a path, or an empty database of the server."""
    if not ON_SERVER:
        return path
    from tests.server_databases import POOL

    return POOL.absent()


def new_database(path: Path) -> Location:
    """Have a new database at a path, as its first opening would make it."""
    return _made_once().copy(path)


def copied(location: Location, path: Path) -> Location:
    """Have a copy of a database, which must not be open."""
    return Template(location).copy(path)


def contents(location: Location) -> object:
    """Return all that a database holds, to be compared."""
    if isinstance(location, Path):
        with closing(sqlite3.connect(location)) as conn:
            return list(conn.iterdump())
    from tests.server_databases import POOL

    return POOL.rows_of(location).tables


def give_back(location: Location) -> None:
    """Say that a database is used no more, where one test needs many of them one after the other."""
    if isinstance(location, ServerAddress):
        from tests.server_databases import POOL

        POOL.give_back(location)


def lasting_folder(prefix: str) -> Path:
    """Make a folder that is there until this process ends."""
    folder = tempfile.mkdtemp(prefix=prefix)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


@cache
def _made_once() -> Template:
    location = no_database(lasting_folder("thrumsg-new-") / "new.db")
    Database(location, scratch=True).close()
    return Template(location)
