"""An app of one of Textual's ready-made lists, with as many rows as wanted.

python -m benchmarks.list_app OptionList|DataTable ROWS

Its first screen shows the first row, whose text is `READY`. ctrl+q ends it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from textual.app import App, ComposeResult
from textual.widget import Widget
from textual.widgets import DataTable, OptionList

READY = "contact 1 "
"""Text that the first screen shows."""


def _option_list(rows: int) -> Widget:
    return OptionList(*(f"contact {number} (415) 555-0142" for number in range(1, rows + 1)))


def _data_table(rows: int) -> Widget:
    table: DataTable[str] = DataTable(cursor_type="row")
    table.add_columns("name", "number")
    table.add_rows((f"contact {number} ", "(415) 555-0142") for number in range(1, rows + 1))
    return table


LISTS: dict[str, Callable[[int], Widget]] = {"OptionList": _option_list, "DataTable": _data_table}


class ListApp(App[None]):
    """One list, nothing else."""

    def __init__(self, kind: str, rows: int) -> None:
        super().__init__()
        self._kind = kind
        self._rows = rows

    def compose(self) -> ComposeResult:
        """Make the list, with all its rows."""
        yield LISTS[self._kind](self._rows)


if __name__ == "__main__":
    ListApp(sys.argv[1], int(sys.argv[2])).run()
