"""The names in a row, where a cell such as `N/A` is no name (`docs/rules.md 9.1`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from thrumsg_tui.domain.name_cells import given_name, is_unseen, stands_for_none
from thrumsg_tui.domain.names import full_name
from thrumsg_tui.store.imports.result import FileRow, on_lines

_LOST = "\ufffd"


class NameReader:
    """Reads names row by row, and collects notes about them."""

    def __init__(self) -> None:
        self._cleaned: list[int] = []
        self._dropped: list[int] = []

    def read(self, row: FileRow, columns: Mapping[str, int]) -> tuple[str, str]:
        """Return the first and the last name in a row.

        Raises:
            ValueError: If there is no first name, or a name has a U+FFFD, for a letter that an earlier program lost.
        """
        last_place = columns.get("last_name")
        cells = row.value(columns["first_name"]), "" if last_place is None else row.value(last_place)
        first, last = given_name(cells[0]), given_name(cells[1])
        if stands_for_none(first):
            shown = cells[0].strip()
            raise ValueError(f"no first name, as {shown!r} stands for none" if shown else "no first name")
        if _LOST in first + last:
            raise ValueError(f"a letter of the name {full_name(first, last)!r} was lost before the file was made")
        if (first, last) != cells and _invisible(first + last) < _invisible("".join(cells)):
            self._cleaned.append(row.line)
        if last and stands_for_none(last, last=True):
            self._dropped.append(row.line)
            last = ""
        return first, last

    def notes(self) -> Iterator[str]:
        """Yield a note on each way in which names were changed, with the lines."""
        if self._cleaned:
            yield f"Invisible characters were left out of names: {on_lines(self._cleaned)}."
        if self._dropped:
            yield f"Placeholders for a last name were left out: {on_lines(self._dropped)}."


def _invisible(text: str) -> int:
    return 0 if text.isprintable() and text.isascii() else sum(is_unseen(each) and not each.isspace() for each in text)
