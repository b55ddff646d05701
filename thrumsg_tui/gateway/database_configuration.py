"""The configuration with which a database is delivered: a practice database has its own (`docs/rules.md 6.6`)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from thrumsg_tui.domain.delivery import Outgoing
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.gateway.configuration import Configuration, Doubts
from thrumsg_tui.gateway.configuration_file import load_configuration
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.outbox import under_way
from thrumsg_tui.store.queries.settings import settings

_PRACTICE = "practice"

_PRACTICE_DOUBTS = Doubts(wait=timedelta(seconds=10), again=timedelta(seconds=5))
"""In practice nobody waits two minutes to see a doubt settled."""

_LONGEST_ANSWER = timedelta(minutes=1)
"""How long after a message left an answer to it may still come, in practice."""


def configuration_of(db: Database, path: Path | None = None) -> Configuration:
    """Return the configuration with which a database is delivered.

    A practice database is delivered by the practice gateway and no other, a real one never by that
    (`docs/rules.md 6.6`).

    Args:
        db: The database.
        path: The file of the configuration; None takes that of `load_configuration`, or for a practice database none.

    Raises:
        NotFound: There is no such file.
        Refused: The configuration is wrong, or its gateway is not for this database.
    """
    with db.reading() as conn:
        seed = settings(conn).practice_seed
    if seed is None:
        configuration = load_configuration(path)
        if configuration.gateway == _PRACTICE:
            raise Refused(
                f"{db.location} is a real database: the gateway {_PRACTICE} would send its messages to nobody."
            )
        return configuration
    configuration = Configuration(_PRACTICE, doubts=_PRACTICE_DOUBTS) if path is None else load_configuration(path)
    if configuration.gateway != _PRACTICE:
        raise Refused(f"{db.location} is a practice database: it is never delivered by {configuration.gateway}.")
    return replace(
        configuration, carrier={"seed": seed, "clock": db.clock, "under_way": partial(_practice_under_way, db)}
    )


def _practice_under_way(db: Database) -> list[Outgoing]:
    with db.reading() as conn:
        return under_way(conn, _PRACTICE, since=db.clock() - _LONGEST_ANSWER)
