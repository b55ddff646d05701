"""The number in a row, from the first of its columns that has one (`docs/rules.md 9.2`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from thrumsg_tui.domain.name_cells import given_name, stands_for_none
from thrumsg_tui.domain.wording import pluralize
from thrumsg_tui.store.imports.columns import other_phone_columns, phone_columns
from thrumsg_tui.store.imports.result import FileRow, Reading, on_lines
from thrumsg_tui.store.phones import PhoneNumber, normalize

_NONE = "no phone number"


class NumberReader:
    """Reads numbers row by row, and collects notes about them; with `keep`, every reading too."""

    def __init__(
        self,
        header: Sequence[str],
        mapping: Mapping[str, str],
        chosen: Mapping[str, int],
        region: str,
        *,
        keep: bool = False,
        to_opt_out: bool = False,
    ) -> None:
        self.columns = phone_columns(header, mapping, chosen)
        self.readings: list[Reading] = []
        self._header = header
        self._others = other_phone_columns(header, self.columns)
        self._region = region
        self._keep = keep
        self._to_opt_out = to_opt_out
        self._instead: dict[int, list[int]] = defaultdict(list)
        self._read_from = -1
        self._beside: dict[int, list[int]] = defaultdict(list)

    def read(self, row: FileRow) -> PhoneNumber:
        """Return the number in a row.

        Raises:
            ValueError: If none of `columns` has one; the text names another column that has.
        """
        why = _NONE
        for place in self.columns:
            text = row.cells[place].strip()
            if not text:
                continue
            try:
                number = self._number(text)
            except ValueError as reason:
                if why == _NONE and not stands_for_none(given_name(text)):
                    why = str(reason)
                continue
            if self._keep:
                self.readings.append(Reading(row.line, text, number.e164))
            self._read_from = place
            if place != self.columns[0]:
                self._instead[place].append(row.line)
            return number
        raise ValueError(f"{why.removesuffix('.')}{self._elsewhere(row)}" if self._elsewhere(row) else why)

    def look_beside(self, row: FileRow, number: PhoneNumber) -> None:
        """Note the columns that have another number than the one just read from the row."""
        for place in (*self.columns, *self._others):
            if place == self._read_from:
                continue
            with suppress(ValueError):
                if self._number(row.cells[place]) != number:
                    self._beside[place].append(row.line)

    def notes(self) -> Iterator[str]:
        """Yield notes on rows whose number is not in the first column, and on rows with one more number."""
        for place, lines in self._instead.items():
            name, first = self._header[place], self._header[self.columns[0]]
            yield f"{pluralize(len(lines), 'number')} read from {name!r}, as {first!r} has none: {on_lines(lines)}."
        for place, lines in self._beside.items():
            name = self._header[place]
            more = pluralize(len(lines), "more number")
            yield f"{more} in {name!r} not read: {on_lines(lines)}; phone={name} maps it."

    def _number(self, text: str) -> PhoneNumber:
        return normalize(text, self._region, to_opt_out=self._to_opt_out)

    def _elsewhere(self, row: FileRow) -> str:
        for place in self._others:
            try:
                self._number(row.cells[place])
            except ValueError:
                continue
            return f"; {self._header[place]!r} has one"
        return ""
