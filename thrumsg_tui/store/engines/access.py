"""Who has opened a database, as far as it knows."""

from __future__ import annotations

from typing import NamedTuple


class Access(NamedTuple):
    """What a database knows of whoever has opened it (`docs/rules.md 13.3`)."""

    login: str | None
    """The person, if the database itself has identified them; None if the account of this host does."""
    distrust: str
    """Why they are not believed if they name somebody else as the person at the keyboard; empty if they are."""
    may_be_first_owner: bool
    """Whether a database without users gets them as its owner."""
    may_write: bool
