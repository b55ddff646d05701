"""Changes that are run again: as a whole, when others or a lost connection kept them from being stored."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from thrumsg_tui.domain.errors import OutcomeUnknown

if TYPE_CHECKING:
    from thrumsg_tui.store.database import Database

_P = ParamSpec("_P")
_T = TypeVar("_T")

TRIES = 5
"""How often a change is run again at most."""

_SHORTEST, _LONGEST = 0.002, 0.2
"""Seconds before the first and before the last repetition; a random part of them, so that two do not meet again."""


def change(function: Callable[Concatenate[Database, _P], _T]) -> Callable[Concatenate[Database, _P], _T]:
    """Run a function again if its transaction failed because others wrote, or because the connection was lost.

    The function makes one transaction, and has no other effect before that is committed but what may happen twice.
    Where one writer at a time changes a file there is nothing to repeat.
    """

    @wraps(function)
    def run(db: Database, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        committed = db.commits
        try:
            return function(db, *args, **kwargs)
        except Exception as error:
            if not _may_repeat(db, error, committed):
                raise
            first = error
        return _repeated(db, lambda: function(db, *args, **kwargs), first, committed)

    return run


def _may_repeat(db: Database, error: Exception, committed: int) -> bool:
    """Whether nothing of a change was stored, or does no harm if it is stored again, and another try may succeed."""
    if not db.engine.repeated or db.commits != committed:
        return False
    if isinstance(error, OutcomeUnknown):
        return error.may_repeat
    return db.engine.failure(error.__cause__ or error) in db.engine.repeated


def _repeated(db: Database, run: Callable[[], _T], error: Exception, committed: int) -> _T:
    """Run a change that has failed again and again; raise what the last try raised, or that nobody knows."""
    from random import uniform

    unknown: Exception | None = None
    for nth in range(TRIES):
        if isinstance(error, OutcomeUnknown):
            unknown = error
        longest = _SHORTEST * (_LONGEST / _SHORTEST) ** (nth / (TRIES - 1))
        db.pacing.wait(uniform(_SHORTEST, longest))  # noqa: S311 -- no secret
        try:
            return run()
        except Exception as again:
            if not _may_repeat(db, again, committed):
                raise
            error = again
    raise unknown or error
