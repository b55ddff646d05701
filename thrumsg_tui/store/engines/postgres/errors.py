"""Classify and explain the errors of a PostgreSQL server and of the connection to it."""

from __future__ import annotations

import re

import psycopg
from psycopg import errors

from thrumsg_tui.domain.errors import (
    DatabaseBusy,
    DatabaseMoved,
    DatabaseUnreachable,
    DatabaseUnusable,
    Nothing,
    ThrumsgError,
)
from thrumsg_tui.store.engines import waits
from thrumsg_tui.store.engines.failure import Failure
from thrumsg_tui.store.location import ServerAddress

UNREADABLE: tuple[type[Exception], ...] = (errors.DataCorrupted, errors.IndexCorrupted, errors.CharacterNotInRepertoire)
"""The exceptions of reading a damaged table."""

CLOSED = "TM001"
"""The code of our own errors: the database takes no changes, since its contents were moved to another one."""

_KINDS = {
    "22021": Failure.DAMAGED,  # a stored text that is not UTF-8
    "23503": Failure.NO_SUCH_ROW,
    "23505": Failure.NOT_UNIQUE,
    "25006": Failure.NO_ACCESS,  # a standby
    "26000": Failure.CONFLICT,  # a pooler that hides itself has given us the session of somebody else
    "25P03": Failure.DISCONNECTED,  # idle for too long within a transaction
    "25P04": Failure.DISCONNECTED,  # a transaction that took too long for whoever runs the server
    "40001": Failure.CONFLICT,
    "40P01": Failure.CONFLICT,
    "42501": Failure.NO_ACCESS,
    "53100": Failure.NO_ROOM,
    "53300": Failure.DISCONNECTED,
    "55P03": Failure.BUSY,
    "57014": Failure.INTERRUPTED,
    "57P01": Failure.DISCONNECTED,
    "57P02": Failure.DISCONNECTED,
    "57P03": Failure.DISCONNECTED,
    "57P04": Failure.DISCONNECTED,
    "57P05": Failure.DISCONNECTED,
    "58030": Failure.NO_ROOM,
    "XX001": Failure.DAMAGED,
    "XX002": Failure.DAMAGED,
    CLOSED: Failure.CLOSED,
}
"""What the codes of https://www.postgresql.org/docs/current/errcodes-appendix.html mean for us."""

_SEVERAL = "Multiple connection attempts failed"
_CONNECTING = re.compile(rf"^connection (is bad|failed)|^{_SEVERAL}", re.MULTILINE)
"""How an error begins of a connection that cannot be made; one that is lost later may be about SSL, too."""

_PASSWORD = re.compile(r"password|authentication|pg_hba\.conf")
_NO_DATABASE = re.compile(r'database ".*" does not exist')
_TURNED_AWAY = re.compile(
    r"does not exist|not permitted|permission denied|SSL|certificate|definition of service|invalid "
)
_UNPROVEN = re.compile(r"certificate|does not support SSL|SSL was required")
_STANDBY = re.compile(r"session is read-only|server is in hot standby mode")
_FULL = re.compile(r"too many (clients|connections)|remaining connection slots")
_RECOVERY = "conflict with recovery"
_STARTING = re.compile(r"starting up|shutting down|in recovery mode|not yet accepting")
"""What libpq says of a connection that cannot be made: it gives no code for that."""


def failure(error: BaseException) -> Failure:
    """Return the kind of failure that an error reports."""
    if not isinstance(error, psycopg.Error):
        return Failure.OTHER
    code = error.sqlstate
    if code is not None:
        return Failure.DISCONNECTED if code.startswith("08") else _KINDS.get(code, Failure.OTHER)
    if isinstance(error, psycopg.ProgrammingError) or _CONNECTING.search(str(error)):
        reason = _reason(error)
        standby = _STANDBY.search(reason) and _SEVERAL not in str(error)  # else it may be about to take over
        if _PASSWORD.search(reason) or _TURNED_AWAY.search(reason) or standby:
            return Failure.NO_ACCESS
    lost = isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return Failure.DISCONNECTED if lost else Failure.OTHER


def described(error: BaseException) -> str:
    """Describe an error by its code: the text may quote what people wrote."""
    return getattr(error, "sqlstate", None) or type(error).__name__


def explained(location: ServerAddress, error: Exception) -> ThrumsgError | None:
    """Explain that the server or the database cannot be used; None for other errors."""
    if not isinstance(error, psycopg.Error):
        return None
    match failure(error):
        case Failure.CLOSED:
            return DatabaseMoved(error.diag.message_primary or "")
        case Failure.BUSY:
            return DatabaseBusy(
                f"Somebody else kept what this needs in {location} locked for {waits.BUSY_SECONDS} seconds.",
                Nothing.CHANGED,
                advice="Try again.",
            )
        case Failure.CONFLICT:
            said, advice = _given_way(location, error)
            return DatabaseBusy(said, Nothing.CHANGED, advice=advice)
        case Failure.NO_ROOM:
            said = f"The disk of the server of {location} is full. All that was stored is kept."
            return DatabaseUnusable(said, Nothing.CHANGED, advice="Tell whoever runs it, and try again.")
        case Failure.NO_ACCESS:
            said, advice = _not_let_in(location, error)
            return DatabaseUnusable(said, Nothing.CHANGED, advice=advice)
        case Failure.DISCONNECTED:
            said, advice = _not_reached(location, error)
            return DatabaseUnreachable(said, Nothing.CHANGED, advice=advice)
        case _:
            said = f"The server of {location} cannot do this ({_reason(error)})."
            return DatabaseUnusable(said, Nothing.CHANGED) if isinstance(error, psycopg.OperationalError) else None


def unusable_address(location: ServerAddress, error: psycopg.ProgrammingError) -> DatabaseUnusable:
    """Explain that an address has something in it that the driver does not take."""
    said = f"The address {location} cannot be used ({_reason(error)})."
    return DatabaseUnusable(said, Nothing.CHANGED, advice="Check what it says after the question mark.")


def _given_way(location: ServerAddress, error: psycopg.Error) -> tuple[str, str]:
    """Say to what a transaction had to give way, and what to do."""
    if _RECOVERY not in str(error):
        return f"Others changed the same in {location} at the same time, again and again.", "Try again."
    said = f"{location} is a standby. The server that it follows has removed rows that were still being read."
    return said, "Try again. If that happens often, whoever runs it sets hot_standby_feedback = on."


def _not_reached(location: ServerAddress, error: psycopg.Error) -> tuple[str, str]:
    """Say that there is no connection, and what to do."""
    reason = _reason(error)
    if _FULL.search(reason):
        often = "If that happens often, it needs more of them (max_connections) or a pooler such as PgBouncer."
        return f"All connections of the server of {location} are taken.", f"Try again in a moment. {often}"
    if _STANDBY.search(reason):
        return f"None of the servers of {location} takes changes now ({reason}).", "Try again when one does."
    if _STARTING.search(reason):
        return f"The server of {location} is starting or stopping ({reason}).", "Try again in a moment."
    return f"The server of {location} does not answer ({reason}).", "Try again when it does, or check the address."


def _not_let_in(location: ServerAddress, error: psycopg.Error) -> tuple[str, str]:
    """Say that a server that answers does not let us do something, and what to do."""
    reason = _reason(error)
    if error.sqlstate == "25006" or _STANDBY.search(reason):
        said = f"The server of {location} takes no changes: it is a standby, or is set to be read only."
        name = "Name the server that takes changes, or all of them and target_session_attrs=read-write."
        return said, name
    if _UNPROVEN.search(reason):
        where = "Put the certificate of its authority into ~/.postgresql/root.crt, or name it with sslrootcert=FILE."
        return (
            f"The server of {location} does not prove who it is ({reason}).",
            f"{where} With sslmode=require in the address nobody asks for a proof.",
        )
    if _PASSWORD.search(reason):
        file = "A password belongs into ~/.pgpass (mode 600) or a service file."
        return f"The server of {location} does not let you in ({reason}).", file
    if _NO_DATABASE.search(reason):
        return f"The server of {location} has no such database ({reason}).", "Whoever runs it makes one with createdb."
    return f"The server of {location} does not permit this ({reason}).", "Ask whoever runs it."


def _reason(error: psycopg.Error) -> str:
    """Return what the server or libpq said: its first line, without the host, which the sentence names."""
    first = next(iter(str(error).strip().splitlines()), "") or type(error).__name__
    said = first.rpartition("failed: ")[2].removeprefix("FATAL:").strip()
    return said.removeprefix("fe_sendauth: ").rstrip(".")
