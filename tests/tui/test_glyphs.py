"""What a terminal cannot show has another form of the same width (docs/terminals.md)."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip

from tests.tui.office import Office
from tests.tui.walking import furnish, walk
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.tui import glyphs
from thrumsg_tui.tui.frame_buffer import FrameBuffer
from thrumsg_tui.tui.glyphs import ASCII, LINUX, UNICODE, Glyphs, glyphs_for
from thrumsg_tui.tui.rendition import terminal_theme

SETS = pytest.mark.parametrize("drawn", [ASCII, LINUX], ids=["ASCII", "LINUX"])
# What the first PCs had, which is what the console of Linux has in every font.
FIRST_PC = bytes(range(0x80, 0x100)).decode("cp437") + "•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼"


def characters(drawn: Glyphs) -> set[str]:
    """Every character of a set, and those that stand in for others."""
    named = {getattr(drawn, name) for name in Glyphs.__slots__ if name != "stand_ins"}
    return {*"".join(named), *drawn.stand_ins[1::2]}


@SETS
def test_a_stand_in_is_as_wide_and_needs_none_itself(drawn: Glyphs) -> None:
    pairs = list(zip(drawn.stand_ins[::2], drawn.stand_ins[1::2], strict=True))
    assert len(dict(pairs)) == len(pairs)
    for painted, shown in pairs:
        assert cell_len(painted) == cell_len(shown) == 1, painted
        assert drawn.written(shown) == shown


def test_the_sets_have_only_what_their_terminals_have() -> None:
    assert {each for each in characters(ASCII) if not each.isascii()} == set()
    assert {each for each in characters(LINUX) if not each.isascii() and each not in FIRST_PC} == set()


@pytest.mark.parametrize(
    ("ascii_only", "environment", "chosen"),
    [
        ("auto", {"LANG": "en_US.UTF-8", "TERM": "xterm"}, UNICODE),
        ("auto", {"TERM": "xterm"}, UNICODE),
        ("auto", {"LANG": "en_US.UTF-8", "TERM": "linux"}, LINUX),
        ("auto", {"LC_ALL": "C", "LANG": "en_US.UTF-8"}, ASCII),
        ("auto", {"LC_ALL": "", "LC_CTYPE": "POSIX", "LANG": "en_US.UTF-8"}, ASCII),
        ("auto", {"LC_ALL": "C.UTF-8", "LANG": "C"}, UNICODE),
        ("on", {"LANG": "en_US.UTF-8"}, ASCII),
        ("off", {"LC_ALL": "C", "TERM": "linux"}, UNICODE),
    ],
)
def test_the_set_is_that_of_the_terminal_or_the_chosen_one(
    ascii_only: str, environment: dict[str, str], chosen: Glyphs
) -> None:
    assert glyphs_for(ascii_only, environment) is chosen


def test_what_the_encoding_lacks_is_as_wide_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glyphs, "terminal_encoding", lambda: "iso-8859-1")
    assert glyphs_for("auto", {}) is ASCII
    strip = Strip([Segment("é语…y")])
    output = FrameBuffer().draw(Size(5, 1), [(0, 0, strip)], terminal_theme("monochrome").rendition, ASCII.written)
    assert output == "\x1b[1;1Hé??~y"


@pytest.mark.parametrize("term", ["xterm", "linux"])
async def test_every_screen_can_be_shown(
    office: Office, maria: ConversationId, term: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that is painted on the way through the app, frames and scrollbars included."""
    monkeypatch.setenv("LC_ALL", "C" if term == "xterm" else "C.UTF-8")
    monkeypatch.setenv("TERM", term)
    furnish(office)
    known = set(FIRST_PC) if term == "linux" else set[str]()
    async with office.messenger(size=(90, 20)) as person:
        async for keys in walk(person):
            for strip in person.app.screen._compositor.render_strips():
                written = person.app.glyphs.written(strip.text)
                assert {each for each in written if not each.isascii()} <= known, (keys, written)
