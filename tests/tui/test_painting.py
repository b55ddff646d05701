"""What the app writes to the terminal: whole screens at once, and of these only what changed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from threading import Event
from typing import Any

import pyte
import pytest
from rich.style import Style
from textual._compositor import Compositor
from textual.drivers.headless_driver import HeadlessDriver
from textual.events import Resize
from textual.geometry import Region, Size
from textual.widget import Widget

from tests.tui.office import PATIENCE, Office, Person, settle
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.store.changes.preferences import set_preference
from thrumsg_tui.tui.opening_route import LAST_ROUTE, Route
from thrumsg_tui.tui.painting import HeldScreen, StyledScreen
from thrumsg_tui.tui.textual_compat import repaint_required
from thrumsg_tui.tui.timers import Timers
from thrumsg_tui.tui.widgets.line_widgets import StripWidget

WIDTH, HEIGHT = 120, 40
CELLS = WIDTH * HEIGHT

Look = tuple[str, str, str, bool, bool]


class Terminal:
    """The terminal of the app, which shows what the app writes."""

    def __init__(self) -> None:
        self.updates: list[str] = []
        """What was drawn, update by update."""
        self._screen = pyte.Screen(WIDTH, HEIGHT)
        self._stream = pyte.Stream(self._screen)
        self._stream.feed("\x1b[?7l")  # no wrapping, as in the app

    def write(self, output: str) -> None:
        if re.search(r"\x1b\[\d+;\d+H", output):
            self.updates.append(output)
            self._stream.feed(output)

    @property
    def text(self) -> str:
        return "\n".join(self._screen.display)

    def looks(self) -> list[list[Look]]:
        """What each cell shows, and how; the colour of a space does not show."""
        return [[self._look(self._screen.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)]

    @staticmethod
    def _look(cell: pyte.screens.Char) -> Look:
        shows_color = cell.data != " " or cell.reverse or cell.underscore or cell.strikethrough
        return cell.data, cell.fg if shows_color else "", cell.bg, shows_color and cell.bold, cell.reverse


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """The terminal of an app that takes any time for the first drawing of a screen."""
    made = Terminal()
    monkeypatch.setattr(HeadlessDriver, "is_headless", property(lambda _: False))
    monkeypatch.setattr(HeadlessDriver, "write", lambda _, output: made.write(output))
    return made


@pytest.fixture
def patient(office: Office, dev: ConversationId) -> Office:
    """The office, whose screens are not shown before they are whole."""
    del dev
    office.timers = Timers(hold=PATIENCE)
    set_preference(office.db, office.ana.user.id, LAST_ROUTE, str(Route(office.campaigns["Spring"].id)))
    return office


def drawn_in_full(person: Person) -> list[list[Look]]:
    """What a terminal would show if Textual wrote the whole screen."""
    app, full = person.app, Terminal()
    for y, strip in enumerate(app.screen._compositor.render_strips()):
        texts = [app.terminal_theme.style(style or Style.null()).render(text) for text, style, _ in strip]
        full.write(f"\x1b[{y + 1};1H{''.join(texts)}")
    return full.looks()


async def until(met: Callable[[], bool]) -> None:
    """Wait for something that is not the app's being settled."""
    async with asyncio.timeout(PATIENCE):
        while not met():
            await asyncio.sleep(0.001)


async def test_every_screen_comes_up_whole_in_one_update(patient: Office, terminal: Terminal) -> None:
    async with patient.app() as person:
        assert len(terminal.updates) == 1
        assert "Total 2" in terminal.text
        for key, shown in (("H", "changes:"), ("q", "Total 2"), ("j", "Kim"), ("enter", "Maria Lopez")):
            before = len(terminal.updates)
            await person.press(key)
            assert len(terminal.updates) - before == 1, key
            assert shown in terminal.text


async def test_a_held_screen_is_not_drawn(office: Office, dev: ConversationId, monkeypatch: pytest.MonkeyPatch) -> None:
    draw, was_held = Compositor.render_update, list[bool]()

    def draw_and_note(compositor: Compositor, **options: Any) -> object:
        assert isinstance(compositor.root, HeldScreen)
        was_held.append(compositor.root.is_held)
        return draw(compositor, **options)

    monkeypatch.setattr(Compositor, "render_update", draw_and_note)
    async with office.messenger() as person:
        assert person.sees("Dev Patel")
    assert set(was_held) == {False}


async def test_no_screen_is_styled_as_a_whole(
    office: Office, dev: ConversationId, monkeypatch: pytest.MonkeyPatch
) -> None:
    style, styled = StyledScreen.update_node_styles, list[object]()

    def style_and_note(screen: StyledScreen[Any], **options: Any) -> None:
        styled.append(screen)
        style(screen, **options)

    monkeypatch.setattr(StyledScreen, "update_node_styles", style_and_note)
    async with office.messenger() as person:
        for key, heading in (("H", "History"), ("q", "Spring"), ("R", "Reassign All"), ("f1", "Keys")):
            await person.press(key)
            assert person.sees(heading)
        await person.press("escape", "escape")
        assert person.row == "Maria Lopez"
    assert styled == []


async def test_screens_and_dialogs_are_few_bytes(patient: Office, terminal: Terminal) -> None:
    async with patient.app() as person:
        assert len(terminal.updates[0]) <= 10_000
        for key, most in (
            ("j", 800),
            ("enter", 8_000),
            ("o", 4_000),
            ("escape", 4_000),
            ("r", 5_000),
            ("escape", 5_000),
        ):
            before = len(terminal.updates)
            await person.press(key)
            assert 0 < sum(map(len, terminal.updates[before:])) <= most, key


async def test_the_terminal_shows_what_the_app_draws(patient: Office, terminal: Terminal) -> None:
    async with patient.app() as person:
        await person.press("j", "enter")
        for key in ("o", "r", "R", "v", "p", "?", "H", "i", "e", "enter"):
            for press in (key, "down", "a", "escape", "j"):
                await person.press(press)
                assert terminal.looks() == drawn_in_full(person), f"after {press} of {key}"


async def test_the_terminal_shows_where_the_focus_of_a_dialog_is(patient: Office, terminal: Terminal) -> None:
    async with patient.app() as person:
        for dialog in (("c", "tab", "tab", "shift+tab", "right", "enter", "escape"), ("I", "tab", "shift+tab")):
            for press in dialog:
                await person.press(press)
                assert terminal.looks() == drawn_in_full(person), f"after {press} of {dialog[0]}"
            await person.press("escape", "y", "escape")


async def test_a_new_focus_draws_no_screen_in_full(office: Office) -> None:
    async with office.app() as person:
        for key in ("", "c"):
            await person.press(*key)
            screen = person.app.screen
            screen._on_timer_update()  # draws what there may be still to draw
            focused = screen.focused
            screen.focus_next()
            assert screen.focused is not focused or not key
            assert not repaint_required(screen)


@pytest.mark.parametrize("no_color", ["", "1"])
async def test_lines_look_as_textual_would_draw_them(
    patient: Office, monkeypatch: pytest.MonkeyPatch, no_color: str
) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    for number in range(30):
        patient.contact(f"Contact {number}")
    async with patient.app() as person:
        for keys in (["j"], ["enter"], ["1"], ["a"], ["escape", "H"], ["q", "q", "q"], ["p"]):
            await person.press(*keys)
            widgets = [each for each in person.app.screen.walk_children(StripWidget) if each.region]
            assert widgets
            for widget in widgets:
                assert not any(widget.styles.gutter), widget
                crop = Region(1, 0, widget.region.width - 1, widget.region.height)
                ours, theirs = widget.render_lines(crop), Widget.render_lines(widget, crop)
                assert [each.cell_length for each in ours] == [each.cell_length for each in theirs], widget
                beside_bar = widget.scrollable_content_region.width - 1
                assert [each.crop(0, beside_bar).simplify() for each in ours] == [
                    each.crop(0, beside_bar).simplify() for each in theirs
                ], widget


async def test_what_has_not_changed_is_not_written(patient: Office, terminal: Terminal) -> None:
    async with patient.app() as person:
        before = len(terminal.updates)
        person.app.screen.refresh(layout=True)
        await settle(person.pilot)
        assert len(terminal.updates) == before


async def test_everything_is_written_again_on_request(patient: Office, terminal: Terminal) -> None:
    async with patient.app() as person:
        for dialog in ("", "p"):
            await person.press(*dialog)
            before, updates = terminal.looks(), len(terminal.updates)
            await person.press("ctrl+l")
            assert sum(map(len, terminal.updates[updates:])) > CELLS
            assert terminal.looks() == before


@pytest.mark.parametrize("sizes", [[(WIDTH, HEIGHT)], [(90, 30), (WIDTH, HEIGHT)]], ids=["suspended", "there and back"])
async def test_everything_is_written_again_in_a_terminal_that_was_changed(
    patient: Office, terminal: Terminal, sizes: list[tuple[int, int]]
) -> None:
    async with patient.app() as person:
        before, updates = terminal.looks(), len(terminal.updates)
        for size in sizes:  # as fast as possible: no layout comes in between
            await person.app.on_event(Resize(Size(*size), Size(*size)))
        await settle(person.pilot)
        await until(lambda: sum(map(len, terminal.updates[updates:])) > CELLS)
        assert terminal.looks() == before


async def test_a_screen_that_waits_for_the_database_is_shown_without_its_answers(
    patient: Office, terminal: Terminal
) -> None:
    answers = Event()
    patient.timers = Timers(hold=0.01)
    async with patient.app() as person:
        blocking = asyncio.create_task(person.app.store.query(lambda _: answers.wait(PATIENCE)))
        try:
            person.send("H")
            await until(lambda: "History" in terminal.text)
            assert "changes:" not in terminal.text
        finally:
            answers.set()
        assert await blocking
        await settle(person.pilot)
        assert "changes:" in terminal.text
