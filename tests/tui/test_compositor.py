"""A partial update draws what is to be painted, as a full one would, and of each widget only those lines."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from thrumsg_tui.tui.compositor import LineCompositor, draw_by_line

WIDTH, HEIGHT = 30, 12

Cells = dict[tuple[int, int], str]


class Letters(Widget):
    """Lines of one letter and their numbers, wide characters among them."""

    def __init__(self, letter: str, *, id: str) -> None:
        super().__init__(id=id)
        self.letter = letter
        self.drawn: list[int] = []

    def render_line(self, y: int) -> Strip:
        self.drawn.append(y)
        text = (f"{y:02}{self.letter}字" * WIDTH)[: self.size.width * 2]
        return Strip([Segment(text)]).crop_pad(self.size.width, 0, 0, self.rich_style)


class Layered(Screen[None]):
    """A list, a pane beside it that is cut off below, and a box in front of both."""

    def __init__(self) -> None:
        super().__init__()
        draw_by_line(self)

    def compose(self) -> ComposeResult:
        yield Letters("l", id="list")
        with Vertical(id="frame"):
            yield Letters("p", id="pane")
        yield Letters("b", id="box")


class LayeredApp(App[None]):
    """An app of that screen."""

    CSS = """
    Screen { layers: back front; overflow: hidden; }
    #list { width: 11; height: 100%; dock: left; }
    #frame { height: 7; overflow: hidden; }
    #pane { height: 20; border: solid white; }
    #box { layer: front; width: 12; height: 4; offset: 6 3; border: solid white; }
    """

    def get_default_screen(self) -> Screen[object]:
        return Layered()  # type: ignore[return-value]  # no screen of this app has a result


def cells(strips: list[tuple[int, int, Strip]]) -> Iterator[tuple[tuple[int, int], str]]:
    """Each cell that strips draw: its place, and its text and look."""
    for y, left, strip in strips:
        for x in range(strip.cell_length):
            yield (y, left + x), repr([(text, style) for text, style, _ in strip.crop(x, x + 1)])


@pytest.fixture
def regions() -> list[list[Region]]:
    """What is to be painted, update by update: all kinds of rectangles, also beyond the screen."""
    random = Random(13)
    return [
        [
            Region(random.randrange(WIDTH), random.randrange(HEIGHT), random.randint(1, 20), random.randint(1, 5))
            for _ in range(random.randint(1, 4))
        ]
        for _ in range(100)
    ]


async def test_a_partial_update_draws_what_is_to_be_painted_as_a_full_one(regions: list[list[Region]]) -> None:
    app = LayeredApp()
    async with app.run_test(size=(WIDTH, HEIGHT)):
        compositor = app.screen._compositor
        assert isinstance(compositor, LineCompositor)
        full = dict(cells([(y, 0, strip) for y, strip in enumerate(compositor.render_strips())]))
        for update in regions:
            compositor._dirty_regions.update(update)
            partial = compositor.render_partial_update()
            assert partial
            drawn = list(cells(list(partial.strips)))
            wanted = {(y, x) for y, x in full if any(region.contains(x, y) for region in update)}
            assert sorted(place for place, _ in drawn) == sorted(wanted), "each cell once"
            assert dict(drawn) == {place: full[place] for place in wanted}
            assert compositor.render_partial_update() is None


async def test_of_each_widget_only_the_lines_to_be_painted_are_drawn() -> None:
    app = LayeredApp()
    async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        every, pane, box = (app.screen.query_one(f"#{id}", Letters) for id in ("list", "pane", "box"))
        await pilot.pause()
        for widget in (every, pane, box):
            widget.drawn.clear()
        every.refresh(Region(0, 1, 11, 1))
        every.refresh(Region(0, 11, 11, 1))
        await pilot.pause()
        assert (every.drawn, pane.drawn, box.drawn) == ([1, 11], [], [])
