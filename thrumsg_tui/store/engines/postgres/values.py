"""How values come from the server and go there: as the same Python types that SQLite gives and takes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from psycopg import Connection
from psycopg.abc import Buffer
from psycopg.adapt import Dumper, Loader


class _Number(Loader):
    """Sums of integers have the type NUMERIC; they are integers here."""

    def load(self, data: Buffer) -> int | float:
        number = Decimal(bytes(data).decode())
        return int(number) if number == number.to_integral_value() else float(number)


class _Truth(Loader):
    """The result of a comparison is 1 or 0."""

    def load(self, data: Buffer) -> int:
        return int(bytes(data) == b"t")


class _Flag(Dumper):
    """A flag is stored as a number; only what stands in place of a condition may be one."""

    def quote(self, obj: bool) -> Buffer:
        return b"1" if obj else b"0"

    def dump(self, obj: bool) -> Buffer:
        return self.quote(obj)


def adapt(conn: Connection[Any]) -> None:
    """Let a connection read and write values as SQLite does."""
    conn.adapters.register_loader("numeric", _Number)
    conn.adapters.register_loader("bool", _Truth)
    conn.adapters.register_dumper(bool, _Flag)
