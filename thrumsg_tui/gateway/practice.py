"""The practice database: open it, or have it built, which loads all that users import and change with."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.store.database import Database, overwrite, utc_now
from thrumsg_tui.store.queries.settings import settings

if TYPE_CHECKING:
    from thrumsg_tui.store.engines.connection import Connection

CAMPAIGN = "Spring Turnout"

_FIRST_SEED = 1

TOUR_SEED = 2734
"""A seed by which those to whom a tour leads are reached, and answer."""


def prepare(
    path: Path,
    login: str,
    first_name: str,
    last_name: str,
    *,
    seed: int | None = None,
    fresh: bool = False,
    clock: Callable[[], datetime] = utc_now,
    zone: str | None = None,
    on_wait: Callable[[bool], None] = lambda _: None,
) -> Database:
    """Open a practice database; build it first if there is none, or if `fresh` or a `seed` asks for a new one.

    An existing database is replaced in one transaction, so that an app that has it open shows the new campaign.

    Args:
        path: The file of the database.
        login: The login of the first owner.
        first_name: The owner's first name.
        last_name: The owner's last name.
        seed: Decides how the contacts answer; None takes the first seed for a new database.
        fresh: Whether to replace an existing database even without a seed.
        clock: The present; the events of the campaign are dated back from it.
        zone: The campaign's time zone; None takes the machine's.
        on_wait: Called when a wait for another writer begins (True) and when it ends (False).

    Raises:
        Refused: The file is a real database; nothing of it is changed then, also if it is of an earlier format.
    """
    if path.exists() and path.stat().st_size:
        db = Database(path, clock=clock, on_wait=on_wait, look_first=partial(_refuse_real, path))
        if not fresh and seed is None:
            return db
        db.close()
    from thrumsg_tui.gateway.practice_campaign import build

    with tempfile.TemporaryDirectory(prefix="thrumsg-") as folder:
        built = Path(folder) / "practice.db"
        build(
            built,
            CAMPAIGN,
            clock(),
            login,
            first_name,
            last_name,
            zone=zone,
            seed=_FIRST_SEED if seed is None else seed,
        )
        overwrite(path, built)
    return Database(path, clock=clock, on_wait=on_wait)


def _refuse_real(path: Path, conn: Connection) -> None:
    if settings(conn).practice_seed is None:
        raise Refused(f"{path} is a real database, and a walkthrough would write into it; name another with --db.")
