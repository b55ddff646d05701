"""What can go wrong, each with a sentence for the person at the keyboard."""

from __future__ import annotations


class ThrumsgError(Exception):
    """Any failure that is explained to the user; its text is the whole explanation."""


class Refused(ThrumsgError):
    """A rule does not allow it; nothing was changed."""


class MovedOn(Refused):
    """The thread has gone on since the author read it; sending anyway needs their word."""


class NotPermitted(Refused):
    """The person's role does not allow it (`docs/rules.md 8.1`)."""


class NotFound(Refused):
    """There is no such campaign, user, conversation, question or event."""


class DatabaseUnusable(ThrumsgError):
    """The database file cannot be used; the text says why and what to do."""


class DatabaseDamaged(DatabaseUnusable):
    """The file holds what no thrumsg has written; nothing was changed (`docs/rules.md 11.5`)."""


class DatabaseBusy(DatabaseUnusable):
    """Somebody else held the database for longer than we wait; nothing was changed."""
