"""Draws of each widget only the lines that are to be painted.

Textual draws all lines of all widgets within the one rectangle around everything that is to be painted. A row of the
list and the box below the thread make that most of the screen, and a key in the list cost three times as much.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any

from textual.geometry import Region
from textual.screen import Screen
from textual.widget import Widget

from thrumsg_tui.tui.frame_buffer import PlacedStrip
from thrumsg_tui.tui.textual_compat import Compositor, StripsUpdate, set_compositor, take_spans_to_paint

Gaps = dict[int, list[tuple[int, int]]]
"""For each row of the screen what is still to be painted: spans from the first column to the one after the last."""


class LineCompositor(Compositor):
    """A compositor whose partial updates draw the lines that are to be painted and no others."""

    def render_partial_update(self) -> StripsUpdate | None:  # type: ignore[override]  # Textual's own kind of update
        gaps: Gaps = {}
        for y, left, right in take_spans_to_paint(self):
            gaps.setdefault(y, []).append((left, right))
        strips: list[PlacedStrip] = []
        for widget, (region, clip) in self.visible_widgets.items():  # the ones in front come first
            strips += _strips(widget, region, region.intersection(clip), gaps)
        strips.sort(key=itemgetter(0, 1))  # the cursor has the shortest way
        return StripsUpdate(self.size, strips) if strips else None


def draw_by_line(screen: Screen[Any]) -> None:
    """Let a screen be drawn by a `LineCompositor`; call it before the screen is shown."""
    set_compositor(screen, LineCompositor())


def _strips(widget: Widget, region: Region, seen: Region, gaps: Gaps) -> Iterator[PlacedStrip]:
    """Draw the lines of a widget that fill gaps, and take them out of the gaps.

    Args:
        widget: The widget.
        region: Where it is on the screen.
        seen: The part of the region that is not cut off.
        gaps: What is still to be painted.
    """
    left, right = seen.column_span
    rows = [y for y in gaps if y in seen.line_range and any(x < right and left < end for x, end in gaps[y])]
    for first, after in _runs(rows):
        lines = widget.render_lines(Region(left - region.x, first - region.y, seen.width, after - first))
        for y, line in enumerate(lines, first):
            open_still: list[tuple[int, int]] = []
            for x, end in gaps.pop(y):
                if (start := max(x, left)) < (stop := min(end, right)):
                    yield y, start, line.crop(start - left, stop - left)
                    open_still += [each for each in ((x, start), (stop, end)) if each[0] < each[1]]
                else:
                    open_still.append((x, end))
            if open_still:
                gaps[y] = open_still


def _runs(rows: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Join rows that follow each other; yield the first of each run, and the one after its last."""
    first = after = -1
    for y in sorted(rows):
        if y != after:
            if first != after:
                yield first, after
            first = y
        after = y + 1
    if first != after:
        yield first, after
