"""Statements that a session of the server has prepared: to plan one anew takes several times as long as to run it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

import psycopg

from thrumsg_tui.store.engines.connection import Parameters
from thrumsg_tui.store.engines.postgres.translating import numbered

USES = 5
"""How often a session runs a statement before it prepares it: a command that ends soon prepares none."""

_MOST = 150
"""How many statements a session prepares; each takes some 30 KB of the server's memory."""

_MOST_COUNTED = 2_000
"""How many statements are counted; after so many different ones the count begins anew."""


class Form(NamedTuple):
    """A statement as a server prepares it: its parameters are numbered, and have types."""

    sql: str
    types: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its name in every session: where a pooler gives us another one, that has this statement or none."""
        return f"thrumsg_{sha256(repr((self.sql, self.types)).encode()).hexdigest()[:32]}"

    def preparing(self) -> bytes:
        """Return the statement that prepares it."""
        types = f"({', '.join(self.types)})" if self.types else ""
        return f"PREPARE {self.name}{types} AS {self.sql}".encode()

    def calling(self) -> bytes:
        """Return the statement that runs it then, with placeholders of psycopg."""
        values = f"({', '.join(['%s'] * len(self.types))})" if self.types else ""
        return f"EXECUTE {self.name}{values}".encode()


class Call(NamedTuple):
    """How a prepared statement is run: with placeholders of psycopg, and their values."""

    statement: bytes
    values: Sequence[Any]


def form_of(sql: str, parameters: Parameters) -> tuple[Form, Sequence[Any]] | None:
    """Return the form of a statement and the values of its parameters; None if it is not to be prepared."""
    numbers = numbered(sql)
    if numbers is None:
        return None
    given: Any = parameters
    values = [given[name] for name in numbers.names] if isinstance(parameters, Mapping) else list(parameters)
    types = tuple(_type_of(value.__class__) for value in values)
    return (Form(numbers.sql, types), values) if all(types) else None


@lru_cache(maxsize=64)
def _type_of(kind: type) -> str:
    """Return what the server calls a type of values; empty for one of which no statement is prepared."""
    if kind in {type(None), list}:
        return "unknown"  # it follows from where the value stands
    known = ((int, "bigint"), (str, "text"), (float, "double precision"), (bytes, "bytea"))
    return next((name for base, name in known if issubclass(kind, base)), "")


_unpreparable: set[Form] = set()
"""What a server could not prepare, since the type of a value does not follow; known for the whole process."""


class Prepared:
    """The prepared statements of one session.

    Behind a pooler there are none: it gives each transaction any session, and what one has prepared another does not
    know. It is recognised by the number of the session, which is not the one that was said when we connected.

    Args:
        is_direct: Whether no pooler stands between; None if that is not known yet.
    """

    def __init__(self, *, is_direct: bool | None = None) -> None:
        self._is_direct = is_direct
        self._uses: dict[Form, int] = {}
        self._calls: dict[Form, bytes] = {}
        self._wanted: list[Form] = []

    @property
    def is_wanted(self) -> bool:
        """Whether there is something to prepare."""
        return bool(self._wanted)

    def call(self, sql: str, parameters: Parameters) -> Call | None:
        """Count a use of a statement; return how to call it if it was prepared."""
        if self._is_direct is False or (found := form_of(sql, parameters)) is None:
            return None
        form, values = found
        if (statement := self._calls.get(form)) is not None:
            return Call(statement, values)
        if len(self._uses) >= _MOST_COUNTED:
            self._uses.clear()
        self._uses[form] = uses = self._uses.get(form, 0) + 1
        if uses == USES and len(self._calls) + len(self._wanted) < _MOST and form not in _unpreparable:
            self._wanted.append(form)
        return None

    def prepare(self, run: Callable[[bytes], psycopg.Cursor[Any]], session: int) -> None:
        """Prepare what is wanted, in one message, outside of a transaction.

        Args:
            run: Runs a statement on the session.
            session: Its number, as it was said when we connected.
        """
        wanted, self._wanted = self._wanted, []
        if self._is_direct is None:
            ((number,),) = run(b"SELECT pg_backend_pid()").fetchall()
            self._is_direct = number == session
        if not self._is_direct:
            return
        try:
            run(b";\n".join(form.preparing() for form in wanted))
        except psycopg.ProgrammingError:  # of one of them; those before it are prepared
            wanted = [form for form in wanted if _can_prepare(run, form)]
        self._calls |= {form: form.calling() for form in wanted}


def _can_prepare(run: Callable[[bytes], object], form: Form) -> bool:
    """Prepare a statement, unless that was done; return whether it could be."""
    try:
        run(form.preparing())
    except psycopg.errors.DuplicatePreparedStatement:
        pass
    except psycopg.ProgrammingError:
        _unpreparable.add(form)
        return False
    return True
