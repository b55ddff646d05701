"""Explain errors of the engine, of the file system and of damaged databases (`docs/rules.md 11.5`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from thrumsg_tui.domain.errors import DatabaseDamaged, Nothing, Refused
from thrumsg_tui.store.engines.base import Engine, Failure
from thrumsg_tui.store.engines.sentences import damaged

NO_DAMAGE = frozenset({Failure.BUSY, Failure.NO_ROOM, Failure.NO_ACCESS, Failure.INTERRUPTED})
"""Failures that happen with a database that is not damaged, too."""

_SUSPECT = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    AssertionError,
    MemoryError,
)
"""What code that takes a row for sound raises where it is not, besides the driver's errors."""


@contextmanager
def translated_errors(engine: Engine[Any]) -> Iterator[None]:
    """Raise errors that explain what the driver, the file system or a damaged database has raised."""
    try:
        with damage_named(engine):
            yield
    except (engine.driver_error, PermissionError) as error:
        if explanation := engine.explained(error):
            raise explanation from error
        raise


@contextmanager
def damage_named(engine: Engine[Any]) -> Iterator[None]:
    """Where something fails as it does on a damaged file, look whether the file is damaged (`docs/rules.md 11.5`).

    Raises `DatabaseDamaged` if it is, and `Refused` where a row is gone that the change was about. Anything else is
    raised as it came: a mistake of ours is never taken for damage.
    """
    suspect: tuple[type[Exception], ...] = (engine.driver_error, *_SUSPECT)
    try:
        yield
    except suspect as error:
        if getattr(error, "looked_into", False):
            raise
        if reason := _damage(engine, error):
            raise DatabaseDamaged(damaged(engine.path, reason)) from error
        if engine.failure(error) is Failure.NO_SUCH_ROW:
            raise Refused("What this is about is not in the database any more.", Nothing.CHANGED) from error
        error.looked_into = True  # type: ignore[attr-defined]
        raise


def _damage(engine: Engine[Any], error: BaseException) -> str:
    """Say what is damaged in a database, "" where nothing is."""
    from thrumsg_tui.store.doctor.damage import damage  # late: nothing failed so far

    failure = engine.failure(error)
    if failure in NO_DAMAGE:
        return ""
    if failure is Failure.DAMAGED:
        return str(error)
    try:
        conn = engine.open("writer")
        try:
            found = damage(engine, conn)
        finally:
            engine.close(conn)
    except (engine.driver_error, OSError):  # whether it is damaged cannot be told just now
        return ""
    return found[0].said if found else ""
