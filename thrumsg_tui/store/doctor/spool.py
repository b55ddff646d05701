"""Requests of carriers that have not come into the database: in its spool, or from a backup (`docs/rules.md 10.6`)."""

from __future__ import annotations

from datetime import timedelta

from thrumsg_tui.domain.errors import DatabaseUnusable
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor.problem import Problem
from thrumsg_tui.store.spool import MOST_TRIES, Spool, SpoolState, spool_path

_PATIENCE = timedelta(minutes=1)
"""How long a request may wait for the database."""

SUBJECT = "the spool"


def find(db: Database) -> list[Problem]:
    """Find requests that wait for too long or cannot be stored, and a spool that is broken."""
    with db.reading() as conn:
        (from_backup,) = conn.execute("SELECT COUNT(*) FROM spooled").fetchone()
    found = []
    if from_backup:
        what = pluralize(from_backup, "message or report", "messages or reports")
        found.append(Problem(SUBJECT, f"of the backup had {what}: `thrumsg listen` stores what came then."))
    if not spool_path(db.path).exists():
        return found
    try:
        spool = Spool(db.path)
        try:
            broken = spool.damage()
            return found + ([Problem(SUBJECT, broken, damage=True)] if broken else _left(db, spool.state()))
        finally:
            spool.close()
    except DatabaseUnusable as error:
        return [*found, Problem(SUBJECT, str(error), damage=True)]


def mend(db: Database) -> list[str]:
    """Let what could not be stored be tried again."""
    if not spool_path(db.path).exists():
        return []
    try:
        spool = Spool(db.path)
        try:
            again = spool.try_again()
        finally:
            spool.close()
    except DatabaseUnusable:  # `find` says why
        return []
    return [f"{pluralize(again, 'request')} of the carrier to be tried again by `thrumsg listen`"] if again else []


def _left(db: Database, state: SpoolState) -> list[Problem]:
    found = []
    if state.failed:
        what = pluralize(state.failed, "message or report", "messages or reports")
        tried = f"has {what} that could not be stored in {MOST_TRIES} tries ({state.error}); kept there."
        found.append(Problem(SUBJECT, tried))
    if state.oldest and db.clock() - state.oldest > _PATIENCE:
        what = pluralize(state.waiting, "message or report", "messages or reports")
        since = f"{state.oldest:%Y-%m-%d %H:%M} UTC"
        found.append(Problem(SUBJECT, f"has {what}, since {since}, that `thrumsg listen` has yet to store: start it."))
    return found
