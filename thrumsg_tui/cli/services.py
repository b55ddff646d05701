"""What the services `deliver` and `listen` begin with: the database, who starts them, their log and their end."""

from __future__ import annotations

import logging
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from thrumsg_tui.cli.output import is_journal
from thrumsg_tui.cli.session import database_location, explained, identified, open_database, require_no_files
from thrumsg_tui.domain.errors import DatabaseUnusable, NotPermitted
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.domain.users import Identity

if TYPE_CHECKING:
    from thrumsg_tui.store.database import Database

_PRIORITIES = {logging.ERROR: "<3>", logging.WARNING: "<4>", logging.INFO: "<6>", logging.DEBUG: "<7>"}
"""What the journal of systemd reads at the beginning of a line."""


@contextmanager
def opened_for_service(args: Namespace) -> Iterator[tuple[Database, Identity | None]]:
    """Open an existing database for a service, and yield it with the person who starts the service.

    Whom the database believes, such as the account that owns the file, may start a service without being a user; the
    person is None then.

    Raises:
        DatabaseUnusable: There is no database, or it cannot be used.
        NotPermitted: The person may not start services.
    """
    from thrumsg_tui.store.phone_display import refusals_redacted
    from thrumsg_tui.store.queries.users import identify

    require_no_files(args)
    location = database_location(args.db)
    with explained(location):
        if isinstance(location, Path) and not (location.is_file() and location.stat().st_size):
            raise DatabaseUnusable(f"There is no database at {location}: name it with --db, or in THRUMSG_DB.")
    db = open_database(location, args.pacing)
    try:
        access = db.access()
        person = identified(access, args.forced_login)
        who: Identity | None = None
        try:
            with db.reading() as conn:
                who = identify(conn, person.login, args.acting_for)
        except NotPermitted:
            if access.distrust or args.forced_login is not None:
                raise
        if who:
            who.require(Permission.DELIVER)
        with db.damage_named(), refusals_redacted(db):
            yield db, who
    finally:
        db.close()


@contextmanager
def logged() -> Iterator[None]:
    """Write the log of a service to standard error, a line of `key=value` for each entry."""
    log = logging.getLogger("thrumsg")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Line())
    before = log.level, log.propagate
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.level, log.propagate = before


class _Line(logging.Formatter):
    """One line whatever it says, with the time, or with a priority if systemd reads it, which has its own time."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S%z")
        self._is_journal = is_journal(sys.stderr)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        if self._is_journal:
            return f"{_PRIORITIES.get(record.levelno, '<6>')}{record.name} {safe_text(record.getMessage())}"
        return safe_text(super().format(record))
