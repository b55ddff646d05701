"""Base widgets that draw their own lines from parts: texts with named looks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.content import Content
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.tui.directions import is_right_to_left, kept_apart
from thrumsg_tui.tui.theme import LOOKS

Part = tuple[str, str]
"""A text, already safe for a terminal, and the name of its look (`LOOKS`; "" for plain)."""

_JOINERS = dict.fromkeys(map(ord, "\u200d\ufe0e\ufe0f\u20e3\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"))
"""Characters that join others into one picture: some terminals apply them, others, as tmux and xterm, do not."""

_CORNERS = 6
"""Cells of a frame's edge that are no title: its corners, a line beside each, and a space."""


def separated(text: str) -> str:
    """Split joined pictures, so that every terminal counts the same cells."""
    return text if text.isascii() else text.translate(_JOINERS)


def heading(text: str) -> str:
    """Return a text from outside as the title of a frame: safe for a terminal, with markup escaped."""
    return Content(separated(safe_text(text))).markup


def fit(text: str, width: int, ellipsis: str = "…") -> str:
    """Cut a text to a width in cells; an ellipsis shows that something was cut."""
    if cell_len(text) <= width:
        return text
    if width <= cell_len(ellipsis):
        return set_cell_size(text, max(width, 0))
    return set_cell_size(text, width - cell_len(ellipsis)).rstrip() + ellipsis


def fit_person(name: str, width: int) -> str:
    """Cut a person's name to a width in cells, but not the login behind it (`docs/rules.md 2.2`)."""
    before, bracket, login = name.rpartition(" (")
    kept = f"{bracket}{login}"
    if not bracket or cell_len(name) <= width or cell_len(kept) >= width:
        return fit(name, width)
    return fit(before, width - cell_len(kept)) + kept


def keys_in_frame(keys: Sequence[str], width: int) -> str:
    """Join the keys of a dialog for its frame of a width; the last ones are left out if there is no room for all."""
    named = list(keys)
    while len(named) > 1 and cell_len(", ".join(named)) > width - _CORNERS:
        named.pop()
    return heading(", ".join(named))


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Cut or pad a text to exactly a width in cells; `right` aligns it to the right."""
    text = fit(text, width)
    filling = " " * (width - cell_len(text))
    return filling + text if right else text + filling


def width_of(parts: Iterable[Part]) -> int:
    """Return the width of some parts in cells."""
    return sum(cell_len(text) for text, _ in parts)


def flowed(groups: Iterable[Sequence[Part]], width: int, indent: str = "") -> list[list[Part]]:
    """Put groups of parts on as many lines of a width as they need; one that does not fit goes to the next line.

    Lines after the first one begin with `indent`, in place of the spaces before their first group.
    """
    rows: list[list[Part]] = [[]]
    for group in groups:
        if rows[-1] and width_of([*rows[-1], *group]) > width:
            (text, look), *others = group
            rows.append([(indent + text.lstrip() if indent else text, look), *others])
        else:
            rows[-1] += group
    return rows


class StripWidget(Widget):
    """A widget that draws strips from parts. It has neither a border nor padding."""

    _style: Style | None = None

    @property
    def style_of_lines(self) -> Style:
        """The style of the widget, below all looks; it depends on all ancestors."""
        if self._style is None:
            self._style = self.rich_style
        return self._style

    def notify_style_update(self) -> None:
        """Compute the style anew: it or that of an ancestor has changed, which styles all that is within."""
        self._style = None
        super().notify_style_update()

    def wrapped(self, text: str, width: int) -> list[str]:
        """Wrap a text from outside into lines of `width` cells."""
        shown = separated(safe_text(text, multiline=True))
        if cell_len(shown) <= width and shown.isprintable():  # so it has no line breaks, and needs none
            return [shown.rstrip()]
        lines = Text(shown).wrap(self.app.console, max(width, 4))
        return [line.plain.rstrip() for line in lines] or [""]

    def shortened(self, text: str, width: int, most: int) -> list[str]:
        """Wrap a text from outside into at most `most` lines; an ellipsis shows that something was cut."""
        lines = self.wrapped(text, width)
        return lines if len(lines) <= most else [*lines[: most - 1], fit(" ".join(lines[most - 1 :]), width)]

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw lines as they are; Textual would make each of them anew, for borders and filters that there are not."""
        left, right = crop.column_span
        lines = map(self.render_line, crop.line_range)
        return [
            line if (left, right) == (0, line.cell_length) else line.crop_extend(left, right, self.style_of_lines)
            for line in lines
        ]

    def strip(self, left: Sequence[Part], right: Sequence[Part] = (), *, width: int, base: str = "") -> Strip:
        """Draw one line of `width` cells, with `left` and `right` at its ends and the look `base` under all of it.

        If there is no room for both, `right` loses its first parts, down to the last one, before `left` is cut.
        """
        return _strip(tuple(left), tuple(right), width, self.style_of_lines + LOOKS[base])


@lru_cache(maxsize=512)
def _strip(left: Sequence[Part], right: Sequence[Part], width: int, style: Style) -> Strip:
    """Draw a line as `StripWidget.strip` says; a list that scrolls draws nearly the same lines again."""
    left = [(separated(text), name) for text, name in left]
    right = [(separated(text), name) for text, name in right]
    while len(right) > 1 and width_of(left) + width_of(right) > width:
        del right[0]
    room = width - width_of(right)
    if room < min(8, width_of(left)):
        right, room = [], width
    segments: list[Segment] = []
    for text, name in left:
        cut = fit(text, room)
        segments.append(Segment(cut, style + LOOKS[name]))
        room -= cell_len(cut)
        if cut != text:
            break
    segments.append(Segment(" " * max(room, 0), style))
    segments += [Segment(text, style + LOOKS[name]) for text, name in right]
    if any(is_right_to_left(text) for text, _ in (*left, *right)):
        apart = kept_apart([segment.text for segment in segments])
        segments = [Segment(text, segment.style) for text, segment in zip(apart, segments, strict=True)]
    return Strip(segments, width)


class LineWidget(StripWidget):
    """One line of text, painted again only when it changes."""

    DEFAULT_CSS = "LineWidget { height: 1; }"
    base: ClassVar[str] = ""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._left: Sequence[Part] = ()
        self._right: Sequence[Part] = ()

    def show(self, left: Sequence[Part], right: Sequence[Part] = ()) -> None:
        """Show parts at the left and the right end."""
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.refresh()

    @property
    def text(self) -> str:
        """The text of the line, for tests and screen readers."""
        return "".join(text for text, _ in [*self._left, *self._right])

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        return self.strip(self._left, self._right, width=width, base=self.base) if y == 0 else Strip.blank(width)


class FlowingLines(StripWidget):
    """Groups of parts, on as many lines as they need."""

    DEFAULT_CSS = "FlowingLines { height: auto; }"

    def __init__(self, *, indent: str = "", id: str | None = None) -> None:
        """Make it; lines after the first one begin with `indent`, in place of the spaces before their first group."""
        super().__init__(id=id)
        self._indent = indent
        self._groups: Sequence[Sequence[Part]] = ()
        self._rows: list[list[Part]] = [[]]

    def show(self, groups: Sequence[Sequence[Part]]) -> None:
        """Show groups; a group that does not fit on a line goes to the next one."""
        if groups != self._groups:
            self._groups = groups
            self._flow()

    @property
    def text(self) -> str:
        """The text of all lines."""
        return "".join(text for row in self._rows for text, _ in row)

    def on_resize(self) -> None:
        self._flow()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(flowed(self._groups, width, self._indent))

    def render_line(self, y: int) -> Strip:
        return self.strip(self._rows[y] if y < len(self._rows) else [], width=self.size.width)

    def _flow(self) -> None:
        rows = flowed(self._groups, self.size.width or 80, self._indent)
        taller = len(rows) != len(self._rows)
        self._rows = rows
        self.refresh(layout=taller)
