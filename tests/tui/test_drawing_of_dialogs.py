"""A dialog is drawn as a whole once when it opens, and the screen below it once when it closes; both look as ever."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from rich.style import Style
from textual._compositor import Compositor, LayoutUpdate
from textual._context import visible_screen_stack
from textual.geometry import Region
from textual.screen import ModalScreen
from textual.strip import Strip

from tests.tui.office import Office, settle
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.tui.dialogs.in_front import ScreenInFront

DIALOGS = {"picker": "r", "question": "o", "menu": "R", "lookup": "p", "help": "question_mark", "help of it": "p f1"}
"""The keys that open a dialog of each kind from the messenger."""


def cells(lines: list[Strip]) -> list[list[tuple[str, Style]]]:
    """Each character with its look."""
    return [[(each, style or Style()) for text, style, _ in line for each in text] for line in lines]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each screen was drawn as a whole."""
    counted: Counter[str] = Counter()
    draw = Compositor.render_full_update

    def render_full_update(self: Compositor, simplify: bool = False) -> LayoutUpdate:
        counted[type(self.root).__name__] += 1
        return draw(self, simplify)

    monkeypatch.setattr(Compositor, "render_full_update", render_full_update)
    return counted


async def test_a_dialog_is_drawn_whole_once_and_so_is_the_screen_below_when_it_closes(
    office: Office, maria: ConversationId, drawn: Counter[str]
) -> None:
    office.timers = replace(office.timers, watch=3_600.0)  # a look at the database may draw the screen below
    async with office.messenger() as person:
        for name in ("picker", "question", "menu", "help"):
            await settle(person.pilot)
            drawn.clear()
            await person.press(DIALOGS[name])
            dialog = type(person.app.screen).__name__
            assert drawn[dialog] == 1, name
            below = drawn["MessengerScreen"]
            await person.press("escape")
            assert drawn == {dialog: 1, "MessengerScreen": below + 1}, name


async def test_what_stands_behind_a_dialog_looks_as_textual_would_draw_it(office: Office, dev: ConversationId) -> None:
    async with office.messenger() as person:
        for name, keys in DIALOGS.items():
            await person.press(*keys.split())
            for size in ((100, 30), (120, 40)):
                await person.pilot.resize_terminal(*size)
                await settle(person.pilot)
                dialog = person.app.screen
                assert isinstance(dialog, ScreenInFront)
                whole = Region(0, 0, *size)
                ours = cells(dialog.render_lines(whole))
                dialog.refresh()
                visible_screen_stack.set(list(person.app._background_screens))
                assert ours == cells(ModalScreen.render_lines(dialog, whole)), (name, size)
                part = whole.shrink((3, 50, 5, 9))
                those = [line[part.x : part.right] for line in ours[part.y : part.bottom]]
                assert cells(dialog.render_lines(part)) == those
            await person.press(*["escape"] * len(keys.split()))
