"""A walk through the conversations of an index in slices that each end within a few milliseconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from thrumsg_tui.store.engines.connection import Connection


class IndexSlice(NamedTuple):
    """Some conversations after each other: the condition that they alone meet, with its parameters."""

    condition: str
    parameters: Mapping[str, object]


class IndexWalk:
    """A walk through the conversations that meet a condition, in the order of an index.

    A slice has the conversations with some values of the index's first column. It is found, and later read, by that
    column alone, which takes half the time of comparing all columns row by row. Only where one value has too many
    conversations are those divided by the next column.
    """

    def __init__(
        self,
        where: str,
        parameters: Mapping[str, object],
        columns: Sequence[str],
        entries: int,
        after: Sequence[object] = (),
        least: object = None,
    ) -> None:
        """Begin a walk.

        Args:
            where: The condition, by which the index is used.
            parameters: Its parameters.
            columns: The columns of the index behind those of the condition; the last one is the id.
            entries: How many conversations a slice has at most.
            after: The values of a conversation in these columns after which the walk begins; without them it begins
                with the first one.
            least: No value of the first column is less, where an engine takes the index for a bound only.
        """
        self._where, self._parameters = where, parameters
        self._columns, self._entries = columns, entries
        self._same = list(after[:-1])
        """The values of the first columns, which all conversations have until the walk is through with these."""
        self._from: tuple[str, object] | None = None if least is None else (">=", least)
        if after:
            self._from = (">", after[-1])
        """Where the next slice begins in the column behind those."""
        self.is_done = False

    @property
    def order(self) -> str:
        """The order of the walk."""
        return ", ".join(self._columns)

    def next(self, conn: Connection) -> IndexSlice:
        """Return the next slice; there may be no conversation in it."""
        while True:
            column = self._columns[len(self._same)]
            rest = self._rest(column)
            row = conn.execute(
                f"""
                SELECT {column} AS edge FROM conversation WHERE {rest.condition} ORDER BY {self.order}
                LIMIT 1 OFFSET :entries
                """,
                {**rest.parameters, "entries": self._entries},
            ).fetchone()
            if row is None:
                self._leave()
                return rest
            edge = row["edge"]
            if self._from == (">=", edge):
                self._same.append(edge)
                self._from = None
            else:
                self._from = (">=", edge)
                return IndexSlice(f"{rest.condition} AND {column} < :walk_edge", {**rest.parameters, "walk_edge": edge})

    def _rest(self, column: str) -> IndexSlice:
        """Return what is left with the values that all have."""
        conditions, parameters = [self._where], dict(self._parameters)
        for nth, value in enumerate(self._same):
            conditions.append(f"{self._columns[nth]} = :walk_{nth}")
            parameters[f"walk_{nth}"] = value
        if self._from:
            comparison, parameters["walk_from"] = self._from
            conditions.append(f"{column} {comparison} :walk_from")
        return IndexSlice(" AND ".join(conditions), parameters)

    def _leave(self) -> None:
        """Go on behind the value that all had."""
        if self._same:
            self._from = (">", self._same.pop())
        else:
            self.is_done = True
