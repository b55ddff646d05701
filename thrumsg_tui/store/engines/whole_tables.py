"""The operations of an engine on whole tables, with which a database is moved to another one (`docs/rules.md 13.2`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol


class WholeTables(Protocol):
    """What an engine does with whole tables; each method belongs to the open write transaction of a connection."""

    stores_nul: bool
    """Whether a text may have a NUL."""

    def exclude_others(self, conn: Any, tables: Iterable[str]) -> None:
        """Let nobody else write before the transaction ends; everybody still reads."""

    def loading(self, conn: Any, tables: Iterable[str]) -> AbstractContextManager[None]:
        """Run no triggers during the block, and check references no earlier than at the end of a table."""

    def load(self, conn: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Insert many rows in the fastest way."""

    def last_ids(self, conn: Any, tables: Iterable[str]) -> Mapping[str, int]:
        """Return by table the last id that was given, of the tables that give ids."""

    def set_last_ids(self, conn: Any, last: Mapping[str, int]) -> None:
        """Let each table give larger ids than these."""

    def close_to_writers(self, conn: Any, tables: Iterable[str], sentence: str) -> None:
        """Let every later change fail, also of those who have the database open; `Engine.explained` says the sentence.

        The transaction itself can change nothing more either.
        """

    def open_to_writers(self, conn: Any, tables: Iterable[str]) -> None:
        """Take changes again."""
