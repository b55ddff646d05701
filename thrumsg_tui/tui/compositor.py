"""Draws of each widget only the lines that are to be painted, and lines over the widgets that no layout knows of.

Textual draws all lines of all widgets within the one rectangle around everything that is to be painted. A row of the
list and the box below the thread make that most of the screen, and a key in the list cost three times as much.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from textual.geometry import Region, Size
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from thrumsg_tui.tui.frame_buffer import PlacedStrip
from thrumsg_tui.tui.textual_compat import (
    Compositor,
    ReflowResult,
    StripsUpdate,
    paint_again,
    set_compositor,
    take_spans_to_paint,
)

Gaps = dict[int, list[tuple[int, int]]]
"""For each row of the screen what is still to be painted: spans from the first column to the one after the last."""

LinesOver = Callable[[int], Sequence[Strip]]
"""Returns lines of a width in cells."""


class LineCompositor(Compositor):
    """A compositor whose partial updates draw the lines that are to be painted and no others.

    It also draws lines over the widgets, which so need no new layout: nothing moves, and only these lines are painted.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines_over: LinesOver | None = None
        self._above: Widget | None = None
        self._cursor: Callable[[], Region] = Region
        self._drawn_over = Region()
        """Where the lines were drawn last: what they stand on may have moved since."""

    def reflow(self, parent: Widget, size: Size) -> ReflowResult:
        """Lay out the widgets, and name all that have another size than they know.

        Textual compares with the places that it has found last, which are the new ones already if anybody has asked
        for a place since a scroll: then a widget would not be told of its new size.
        """
        hidden, shown, resized = super().reflow(parent, size)
        others = {widget for widget, place in self.full_map.items() if widget.outer_size != place.region.size}
        return ReflowResult(hidden, shown, resized | others)

    def draw_over(self, lines: LinesOver | None, above: Widget | None, cursor: Callable[[], Region] = Region) -> None:
        """Draw lines over the lowest rows from the next update on; None ends that.

        Args:
            lines: Returns the lines for a width.
            above: While this widget is visible the lines end above it, and are as wide.
            cursor: Returns where the row of the cursor is; the lines end above it rather than cover it.
        """
        self._lines_over, self._above, self._cursor = lines, above, cursor
        paint_again(self, self.covered)

    @property
    def covered(self) -> Region:
        """Where lines are drawn over the widgets; empty where there are none."""
        region, _ = self._over()
        return region

    def _over(self) -> tuple[Region, Sequence[Strip]]:
        """Return the lines over the widgets, and where they are."""
        if self._lines_over is None:
            return Region(), ()
        bottom = self.size.region.crop_size((self.size.width, 0)).translate((0, self.size.height))
        floor = bottom if self._above is None else self.visible_widgets.get(self._above, (bottom, bottom))[0]
        lines = self._lines_over(floor.width)[: floor.y]
        over = Region(floor.x, floor.y - len(lines), floor.width, len(lines))
        cursor = self._cursor()
        return (over.at_offset((over.x, max(cursor.y - over.height, 0))) if over.overlaps(cursor) else over), lines

    def render_partial_update(self) -> StripsUpdate | None:  # type: ignore[override]  # Textual's own kind of update
        over, lines = self._over()
        if over != self._drawn_over:
            paint_again(self, self._drawn_over)
            paint_again(self, over)
            self._drawn_over = over
        gaps: Gaps = {}
        for y, left, right in take_spans_to_paint(self):
            gaps.setdefault(y, []).append((left, right))
        strips = list(_strips(lambda crop: [*lines[crop.y : crop.bottom]], over, over, gaps))
        for widget, (region, clip) in self.visible_widgets.items():  # the ones in front come first
            if not gaps:
                break
            strips += _strips(widget.render_lines, region, region.intersection(clip), gaps)
        strips.sort(key=itemgetter(0, 1))  # the cursor has the shortest way
        return StripsUpdate(self.size, strips) if strips else None

    def _render_chops(self, crop: Region, is_rendered_line: Callable[[int], bool]) -> Sequence[Mapping[int, Strip]]:
        chops = list(super()._render_chops(crop, is_rendered_line))
        region, lines = self._over()
        self._drawn_over = region
        for y, line in zip(region.line_range, lines, strict=True):
            row = Strip.join(chops[y].values())
            chops[y] = {0: Strip.join([row.crop(0, region.x), line, row.crop(region.right)])}
        return chops

    def get_widget_at(self, x: int, y: int) -> tuple[Widget, Region]:
        """Return the widget at a place, and where it is; what is covered takes no click, so there it is the screen."""
        if self.root is not None and self.covered.contains(x, y):
            return self.root, self.size.region
        return super().get_widget_at(x, y)


def draw_by_line(screen: Screen[Any]) -> LineCompositor:
    """Let a screen be drawn by a `LineCompositor`, and return that; call it before the screen is shown."""
    compositor = LineCompositor()
    set_compositor(screen, compositor)
    return compositor


def _strips(
    draw: Callable[[Region], Sequence[Strip]], region: Region, seen: Region, gaps: Gaps
) -> Iterator[PlacedStrip]:
    """Draw the lines that fill gaps, and take them out of the gaps.

    Args:
        draw: Draws the part of a widget, or of lines over the widgets, that is in a region of it.
        region: Where it is on the screen.
        seen: The part of the region that is not cut off.
        gaps: What is still to be painted.
    """
    (left, right), (top, bottom) = seen.column_span, seen.line_span
    rows = {y: None for y in range(top, bottom) for x, end in gaps.get(y, ()) if x < right and left < end}
    for first, after in _runs(rows):
        lines = draw(Region(left - region.x, first - region.y, seen.width, after - first))
        for y, line in enumerate(lines, first):
            open_still: list[tuple[int, int]] = []
            for x, end in gaps.pop(y):
                start, stop = max(x, left), min(end, right)
                if start < stop:
                    yield y, start, line.crop(start - left, stop - left)
                    if x < start:
                        open_still.append((x, start))
                    if stop < end:
                        open_still.append((stop, end))
                else:
                    open_still.append((x, end))
            if open_still:
                gaps[y] = open_still


def _runs(rows: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Join rows, from the top down, that follow each other; yield the first of each run, and the one after its last."""
    first = after = -1
    for y in rows:
        if y != after:
            if first != after:
                yield first, after
            first = y
        after = y + 1
    if first != after:
        yield first, after
