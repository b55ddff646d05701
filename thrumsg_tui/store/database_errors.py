"""Explain errors of the engine, of the file system and of damaged databases (`docs/rules.md 11.5`).

What only a failure needs is imported after one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from thrumsg_tui.domain.errors import DatabaseDamaged, Nothing, Refused

if TYPE_CHECKING:
    from thrumsg_tui.store.engines.base import Engine

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
"""The exceptions that code raises on damaged rows, besides the driver's errors."""

NO_LONGER_THERE = "Something that this change needs is no longer in the database."


@contextmanager
def translated_errors(engine: Engine[Any], *, reads: bool = False) -> Iterator[None]:
    """Replace errors of the driver, the file system or a damaged database with errors that explain them.

    That of a body that only `reads` does not say what was left unchanged: a change before it may have been stored.
    """
    try:
        with damage_named(engine):
            yield
    except (engine.driver_error, PermissionError) as error:
        if explanation := engine.explained(error):
            if reads:
                explanation.nothing = None
            raise explanation from error
        raise


@contextmanager
def damage_named(engine: Engine[Any]) -> Iterator[None]:
    """If the body fails as it would on a damaged file, check for damage (`docs/rules.md 11.5`).

    Other errors pass unchanged, so a bug of ours is never reported as damage.

    Raises:
        DatabaseDamaged: The file is damaged.
        Refused: A row that the change refers to no longer exists.
    """
    suspect: tuple[type[Exception], ...] = (engine.driver_error, *_SUSPECT)
    try:
        yield
    except suspect as error:
        from thrumsg_tui.store.engines.failure import Failure
        from thrumsg_tui.store.engines.sentences import REPAIR, is_damaged

        if getattr(error, "looked_into", False):
            raise
        if reason := _damage(engine, error):
            raise DatabaseDamaged(is_damaged(engine.location, reason), Nothing.CHANGED, advice=REPAIR) from error
        if engine.failure(error) is Failure.NO_SUCH_ROW:
            raise Refused(NO_LONGER_THERE, Nothing.CHANGED) from error
        error.looked_into = True  # type: ignore[attr-defined]
        raise


def _damage(engine: Engine[Any], error: BaseException) -> str:
    """Return the damage in a database, or an empty text."""
    from thrumsg_tui.store.doctor.damage import damage
    from thrumsg_tui.store.engines.failure import NO_DAMAGE, Failure

    failure = engine.failure(error)
    if failure in NO_DAMAGE or failure in engine.repeated:
        return ""
    if failure is Failure.DAMAGED:
        return str(error)
    try:
        conn = engine.open("writer")
        try:
            engine.begin_read(conn)  # whole tables are read within a transaction; closing ends it
            found = damage(engine, conn)
        finally:
            engine.close(conn)
    except (engine.driver_error, OSError):  # it cannot be checked now
        return ""
    return found[0].said if found else ""
