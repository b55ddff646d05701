"""Translate the parameters of shared SQL into those of psycopg, and find what a bulk statement repeats."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from typing import NamedTuple

from thrumsg_tui.domain.lazy_dataclass import dataclass

_PIECES = re.compile(
    r"""
    (?P<kept> '(?:[^']|'')*' | "(?:[^"]|"")*" | --[^\n]* | :: )
  | (?P<place> \? )
  | : (?P<name> [A-Za-z_]\w* )
    """,
    re.VERBOSE,
)

_VALUES = re.compile(r"\bVALUES\s*(?=\()", re.IGNORECASE)

_PREPARED = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)
_MANY_COLUMNS = re.compile(r"\w\.\*|SELECT \*", re.IGNORECASE)

_LARGEST = 4096
"""Statements longer than this are not kept: they were put together for one list of values."""


@dataclass(frozen=True, slots=True)
class BulkInsert:
    """An INSERT of one row, in the parts of which one of many rows is made.

    Args:
        before: The statement up to its values.
        values: The values of a row, in brackets, with psycopg's placeholders.
        after: What follows them.
    """

    before: str
    values: bytes
    after: str


def translated(sql: str) -> bytes:
    """Write `?` and `:name` as psycopg's placeholders, outside of texts and comments; `%` stands for itself."""
    return _remembered(sql) if len(sql) <= _LARGEST else _translated(sql)


@lru_cache(maxsize=1024)
def bulk_insert(sql: str) -> BulkInsert | None:
    """Take an INSERT apart; None for another statement, and where rows of one statement would meet each other.

    A row of `DO UPDATE` may change one that was inserted before it; in one statement that is an error.
    """
    found = _VALUES.search(sql)
    if not found or not sql.lstrip().upper().startswith("INSERT") or "DO UPDATE" in sql.upper():
        return None
    end = _end_of_brackets(sql, found.end())
    before, values, after = sql[: found.end()], sql[found.end() : end], sql[end:]
    if _placeholders(before) or _placeholders(after):
        return None
    return BulkInsert(before, _translated(values), after)


class Numbered(NamedTuple):
    """A statement whose parameters are `$1`, `$2` and so on."""

    sql: str
    names: Sequence[str]
    """Their names in order; none if they are found by position."""


@lru_cache(maxsize=1024)
def numbered(sql: str) -> Numbered | None:
    """Number the parameters of a statement, for the server to prepare it; None for one that is not to be prepared.

    That is one too long to be used again, one that defines something, and one that names no columns: where a later
    version adds one, the server refuses a plan that was made before.
    """
    if len(sql) > _LARGEST or _MANY_COLUMNS.search(sql) or not _PREPARED.match(sql):
        return None
    names: dict[str, int] = {}
    places = count(1)

    def number(piece: re.Match[str]) -> str:
        if name := piece["name"]:
            return f"${names.setdefault(name, len(names) + 1)}"
        return f"${next(places)}" if piece["place"] else piece[0]

    return Numbered(_PIECES.sub(number, sql), tuple(names))


@lru_cache(maxsize=1024)
def _remembered(sql: str) -> bytes:
    return _translated(sql)


def _translated(sql: str) -> bytes:
    return _PIECES.sub(_by_name, _escaped(sql)).encode()


def _escaped(sql: str) -> str:
    return sql.replace("%", "%%")


def _by_name(piece: re.Match[str]) -> str:
    return f"%({piece['name']})s" if piece["name"] else "%s" if piece["place"] else piece[0]


def _placeholders(sql: str) -> bool:
    return any(not piece["kept"] for piece in _PIECES.finditer(sql))


def _end_of_brackets(sql: str, start: int) -> int:
    """Return where the brackets end that begin at `start`; texts in them have no brackets of their own."""
    depth = 0
    for place in range(start, len(sql)):
        depth += {"(": 1, ")": -1}.get(sql[place], 0)
        if not depth:
            return place + 1
    return len(sql)
