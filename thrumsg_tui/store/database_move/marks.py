"""The marks of a move in both databases, which let at most one of the two be used at any time."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.store.engines.connection import Connection
from thrumsg_tui.store.location import Location


class MarkKind(StrEnum):
    """The key of a mark in the table `setting`."""

    MOVED = "moved"
    """Its contents are in the other database."""
    ARRIVING = "arriving"
    """The contents of the other database are being copied into it."""
    ARRIVED = "arrived"
    """Its contents are those of the other database, and it may be used."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark: the same move has the same key in both databases.

    Attributes:
        kind: What it says of the database that has it.
        key: What tells this move from others.
        other: The other database.
        login: Who moves it.
        at: When that began, in ISO 8601, UTC.
    """

    kind: MarkKind
    key: str
    other: str
    login: str
    at: str

    @property
    def is_whole(self) -> bool:
        """Whether all contents of a database are in the one with this mark."""
        return self.kind is not MarkKind.ARRIVING

    def sentence(self, location: Location) -> str:
        """Say why a database with this mark cannot be used, and what to do."""
        moment = f"{datetime.fromisoformat(self.at):%Y-%m-%d %H:%M} UTC"
        if self.kind is MarkKind.MOVED:
            return (
                f"{location} was moved to {self.other} by {self.login}, {moment}: use that one. Nothing was changed; "
                "`doctor` and `backup` still work here, and `thrumsg move --back` takes it into use again."
            )
        return (
            f"{location} is half-made: {self.login} began to move {self.other} into it, {moment}, and that was "
            f"interrupted or is under way. Nothing was changed. Once no `thrumsg move` runs, the same one again, from "
            f"{self.other} to {location}, begins anew or finishes it."
        )


def read_mark(conn: Connection) -> Mark | None:
    """Return the mark of a database that may not be used, or that came from another one; None if it has none; 5 µs."""
    rows = conn.execute("SELECT key, value FROM setting WHERE key IN ('moved', 'arriving', 'arrived')").fetchall()
    if not rows:
        return None
    import json

    marks = {row["key"]: Mark(MarkKind(row["key"]), *json.loads(row["value"])) for row in rows}
    return next(marks[kind] for kind in MarkKind if kind in marks)


def store_mark(conn: Connection, mark: Mark) -> None:
    """Give a database a mark; an earlier one is replaced."""
    import json

    remove_mark(conn)
    value = json.dumps([mark.key, mark.other, mark.login, mark.at], ensure_ascii=False)
    conn.execute("INSERT INTO setting (key, value) VALUES (?, ?)", (mark.kind, value))


def remove_mark(conn: Connection) -> None:
    """Remove the mark of a database."""
    conn.execute("DELETE FROM setting WHERE key IN ('moved', 'arriving', 'arrived')")
