"""What goes wrong with a database, whatever its engine: kinds of failure, and damage that checks find."""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple

MOST = 20
"""How many problems to list of each kind of damage; one damaged page causes hundreds."""


class Failure(Enum):
    """The kinds of failure that a driver's error reports."""

    BUSY = auto()
    """Somebody else holds a lock."""
    NO_ROOM = auto()
    """The disk is full, or cannot be written."""
    NO_ACCESS = auto()
    INTERRUPTED = auto()
    DAMAGED = auto()
    """The engine itself says that the database is damaged."""
    NO_SUCH_ROW = auto()
    """A row refers to one that does not exist."""
    NOT_UNIQUE = auto()
    """There is a row already with what only one row may have."""
    CONFLICT = auto()
    """Others changed the same at the same time, and this transaction had to give way."""
    DISCONNECTED = auto()
    """The connection to a server is lost, or cannot be made."""
    CLOSED = auto()
    """The database takes no changes: its contents were moved to another one."""
    OTHER = auto()


NO_DAMAGE = frozenset(
    {
        Failure.BUSY,
        Failure.NO_ROOM,
        Failure.NO_ACCESS,
        Failure.INTERRUPTED,
        Failure.CONFLICT,
        Failure.DISCONNECTED,
        Failure.CLOSED,
    }
)
"""Failures that also happen with an undamaged database."""


class Damage(NamedTuple):
    """A problem that an engine finds in a database: its subject, and what is wrong with it."""

    subject: str
    sentence: str


class Column(NamedTuple):
    """A column of a table, as the database describes it."""

    name: str
    is_text: bool
    is_generated: bool = False
    """Whether the engine computes it from other columns of the row."""


class UnreadableText(Exception):
    """The next row has a text that is not UTF-8."""
