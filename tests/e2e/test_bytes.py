"""What goes through the wire, and what is loaded before the first picture: both are waiting time over SSH.

The limits are about twice of what was measured, so that they tell of a change in kind and not of a word more.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Office
from tests.e2e.messenger import Messenger, open_messenger
from tests.e2e.terminal import bytes_of

LONG = 0.25
"""Seconds of silence after which an answer is over for sure."""


def cost(messenger: Messenger, *keys: str) -> tuple[int, int]:
    """Press keys at once; how many bytes and frames come back."""
    terminal = messenger.terminal
    mark = terminal.mark
    terminal.send(b"".join(map(bytes_of, keys)))
    terminal.settle(quiet=LONG, first=0.6)
    return len(terminal.since(mark)), terminal.frames_since(mark)


def settled(office: Office, size: tuple[int, int]) -> Messenger:
    """The messenger, with nothing more to say."""
    messenger = open_messenger(office, "Sender One", size)
    messenger.terminal.press("j", "k")
    messenger.terminal.settle(quiet=LONG)
    return messenger


def cheapest(messenger: Messenger, *keys: str) -> tuple[int, int]:
    """Press each key by itself; the most bytes and the fewest frames of an answer.

    A frame waits for its query for a moment only, which a busy machine may exceed now and then.
    """
    costs = [cost(messenger, key) for key in keys]
    return max(sent for sent, _ in costs), min(frames for _, frames in costs)


@pytest.mark.parametrize(
    ("size", "most"), [((120, 40), 990), ((80, 24), 900)], ids=["with the thread beside it", "by itself"]
)
def test_moving_in_the_list_is_cheap(spring: Office, size: tuple[int, int], most: int) -> None:
    messenger = settled(spring, size)
    sent, frames = cheapest(messenger, "j", "j", "k")
    assert 0 < sent <= most
    assert frames == 1


def test_moving_in_initial_messages_fills_the_box_in_the_same_frame(spring: Office) -> None:
    messenger = settled(spring, (120, 40))
    messenger.terminal.press("1")
    messenger.wait_for_row("Lena Moss")
    messenger.terminal.settle(quiet=LONG)
    sent, frames = cheapest(messenger, "j", "j", "k")
    assert "Hi Milo, it's" in (messenger.box or "")
    assert 0 < sent <= 800
    assert frames == 1


def test_keys_that_come_together_are_drawn_together(spring: Office) -> None:
    messenger = settled(spring, (120, 40))
    one, _ = cost(messenger, "j")
    many, frames = cost(messenger, "j", "j", "j", "j")
    assert many <= 3 * one
    assert frames <= 4


HUNDRED = ["j"] + ["k", "j"] * 50
"""Steps that move the cursor with every key, and at last by one row."""


@pytest.mark.parametrize("tab", ["1", "2"], ids=["initial messages", "responses"])
def test_a_hundred_steps_at_once_are_a_few_pictures(spring: Office, tab: str) -> None:
    messenger = settled(spring, (120, 40))
    messenger.terminal.press(tab)
    messenger.terminal.settle(quiet=LONG)
    sent, frames = cost(messenger, *HUNDRED)
    assert 0 < sent <= 2_000
    assert frames <= 6


def test_a_hundred_steps_at_once_are_a_few_pictures_in_a_table_and_in_a_picker(spring: Office) -> None:
    terminal = spring.open()
    terminal.wait_for("Overview", "Sender Two")
    terminal.settle(quiet=LONG)
    overview = Messenger(terminal)
    sent, frames = cost(overview, *HUNDRED)
    assert 0 < sent <= 2_000
    assert frames <= 6
    terminal.press("enter")
    terminal.wait_for("Viewing as: Sender One")
    terminal.press("v")
    terminal.wait_for("type to search")
    terminal.settle(quiet=LONG)
    sent, frames = cost(overview, "up", *["down", "up"] * 50)
    assert 0 < sent <= 2_000
    assert frames <= 6


def test_writing_is_cheap(spring: Office) -> None:
    messenger = settled(spring, (120, 40))
    messenger.open_box()
    messenger.write("Thank")
    messenger.terminal.settle(quiet=LONG)
    sent, frames = cost(messenger, "s")
    assert 0 < sent <= 5_000
    assert frames <= 2


def test_tabs_and_senders_are_one_picture_each(spring: Office) -> None:
    messenger = settled(spring, (120, 40))
    for key in ("1", "2", "n", "N"):
        sent, frames = cost(messenger, key)
        assert 0 < sent <= 10_000
        assert frames <= 2


def test_marking_repaints_a_row_and_a_count(spring: Office) -> None:
    messenger = settled(spring, (120, 40))
    sent, frames = cost(messenger, "space")
    assert 0 < sent <= 4_000
    assert frames <= 3


def test_a_dialog_comes_and_goes_in_a_few_pictures(spring: Office) -> None:
    messenger = settled(spring, (120, 40))
    for key, most in (("o", 12_000), ("escape", 12_000), (":", 5_000), ("escape", 12_000)):
        sent, frames = cost(messenger, key)
        assert 0 < sent <= most
        assert frames <= 3


def test_moving_among_the_replies_repaints_two_titles(spring: Office) -> None:
    messenger = settled(spring, (120, 40))
    messenger.terminal.press("a")
    messenger.terminal.wait_for("Enter chooses")
    messenger.terminal.settle(quiet=LONG)
    sent, frames = cheapest(messenger, "down", "up", "down")
    assert 0 < sent <= 240
    assert frames == 1


def test_what_others_do_repaints_what_changed(spring: Office) -> None:
    messenger = settled(spring, (120, 40))
    mark = messenger.terminal.mark
    spring.run("receive", "--from", "4155550106", "--body", "Who is this?")
    messenger.terminal.wait_for("Who is this?")
    messenger.terminal.settle(quiet=LONG)
    assert len(messenger.terminal.since(mark)) <= 12_000


def test_counting_down_paints_one_line_and_ends(spring: Office) -> None:
    spring.run("settings", "undo_send", "10")
    messenger = open_messenger(spring, "Sender Two")
    messenger.terminal.press("1")
    messenger.wait_for_row("Cy Cohen")
    messenger.open_box()
    messenger.terminal.press("enter")
    messenger.terminal.wait_for("Initial message queued for Cy Cohen.")
    messenger.leave()
    messenger.terminal.press("t")
    messenger.terminal.press(*"/cy", "enter")
    messenger.terminal.wait_for(re.compile(r"leaves in \d+ s, z takes it back"))
    messenger.terminal.settle(quiet=0.2)
    for _ in range(2):
        mark = messenger.terminal.mark
        messenger.terminal.settle(quiet=0.2, first=1.2)
        assert 0 < len(messenger.terminal.since(mark)) <= 600
    messenger.terminal.wait_gone("takes it back")
    messenger.terminal.settle(quiet=LONG)
    mark = messenger.terminal.mark
    messenger.terminal.settle(quiet=1.5, first=1.5)
    assert messenger.terminal.since(mark) == b""


def test_nothing_is_written_while_nothing_happens(spring: Office) -> None:
    messenger = settled(spring, (120, 40))
    mark = messenger.terminal.mark
    messenger.terminal.settle(quiet=1.0, first=1.0)
    assert messenger.terminal.since(mark) == b""


def test_the_first_picture_is_small(spring: Office) -> None:
    terminal = spring.open(size=(80, 24))
    terminal.wait_for("Overview", "Sender Two")
    terminal.settle(quiet=LONG)
    assert terminal.mark <= 12_000
    assert terminal.frames_since(0) <= 3


def test_a_new_screen_is_small(spring: Office) -> None:
    terminal = spring.open(size=(120, 40))
    terminal.wait_for("Overview", "Sender Two")
    terminal.press("j")
    terminal.settle(quiet=LONG)
    mark = terminal.mark
    terminal.press("enter")
    terminal.wait_for("Viewing as", "Responses")
    terminal.settle(quiet=LONG)
    assert len(terminal.since(mark)) <= 12_000
    assert terminal.frames_since(mark) <= 3


NEEDLESS = {
    "asyncio.sslproto",
    "bz2",
    "calendar",
    "difflib",
    "html.parser",
    "httpx",
    "lzma",
    "markdown_it",
    "mimetypes",
    "phonenumbers",
    "platformdirs",
    "pygments",
    "sqlite_utils",
    "ssl",
    "tempfile",
    "textual.types",
    "textual.widgets._data_table",
    "textual.widgets._directory_tree",
    "textual.widgets._markdown",
    "textual.widgets._placeholder",
    "textual.widgets._rich_log",
    "textual.widgets._select",
    "textual.widgets._tabbed_content",
    "textual.widgets._tabs",
    "textual.widgets._tree",
    "tzlocal",
    "thrumsg_tui.gateway.practice",
    "thrumsg_tui.store.doctor",
    "thrumsg_tui.store.export",
    "thrumsg_tui.store.imports",
    "tree_sitter",
    "unittest",
    "uuid",
    *(f"thrumsg_tui.tui.commands.{screen}" for screen in ("history", "imports", "opt_outs", "users", "unmatched")),
    *(f"thrumsg_tui.tui.commands.{editor}" for editor in ("survey_editor", "reply_editor", "follow_ups")),
    *(f"thrumsg_tui.tui.commands.{dialog}" for dialog in ("forms", "pickers", "bulk_reassign", "phone_lookup", "help")),
}
"""What the first picture has no use for, with all that lies under it."""

NOTING = """
import sys
from thrumsg_tui.cli.main import main
code = main()
with open({file!r}, "w") as file:
    file.write("\\n".join(sys.modules))
sys.exit(code)
"""


def loaded(office: Office, row: int | None) -> set[str]:
    """The modules that were loaded when the app had been opened on its overview, or on a row's messenger."""
    script, modules = office.folder / "noting.py", office.folder / "modules.txt"
    script.write_text(NOTING.format(file=str(modules)))
    terminal = office.open(program=(sys.executable, str(script)), PYTHONPATH=str(Path.cwd()))
    terminal.wait_for("Overview", "Sender Two")
    if row is not None:
        terminal.press(*["j"] * row, "enter")
        terminal.wait_for("Viewing as", "Responses")
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
    return set(modules.read_text().split())


@pytest.mark.parametrize("row", [None, 1], ids=["overview", "messenger"])
def test_the_first_picture_loads_what_it_needs(spring: Office, row: int | None) -> None:
    names = loaded(spring, row)
    needless = {name for name in names for each in NEEDLESS if name == each or name.startswith(f"{each}.")}
    assert sorted(needless) == []


OTHERWISE_NEEDLESS = (
    *("domain.campaign_sentences", "domain.compliance", "domain.reassignment", "domain.script_check", "gateway"),
    *("domain.contact_zones", "domain.conversations", "domain.event", "store.phones", "tui.dialogs.palette"),
    *("store.engines.base", "store.engines.failure", "store.engines.sqlite.errors", "store.changes.drafts"),
    *("tui.screens.campaign_creation", "tui.screens.campaign_management", "tui.screens.undo_commands"),
    *("store.changes.bulk_move_job", "store.changes.campaign", "store.changes.reassign", "store.changes.users"),
    *("store.journal", "store.queries.compliance", "store.queries.reassignment", "store.queries.thread"),
    *("tui.dialogs", "tui.screens.campaign_senders", "tui.screens.overlay", "tui.widgets.text_editor"),
)
"""What the overview, and no messenger, has no use for."""


def test_the_overview_loads_no_more_of_ours_than_it_shows(spring: Office) -> None:
    """Each module takes some 0.3 ms; the app loaded 172 of its own before the first picture."""
    ours = sorted(name.removeprefix("thrumsg_tui.") for name in loaded(spring, None) if name.startswith("thrumsg_tui."))
    assert [name for name in ours if name.startswith(OTHERWISE_NEEDLESS)] == []
    assert len(ours) <= 118


GARBAGE = """
import gc, sys
from thrumsg_tui.__main__ import main
code = main()
with open({file!r}, "w") as file:
    file.write(f"{{gc.isenabled()}} {{gc.get_freeze_count() > 10_000}}")
sys.exit(code)
"""


def test_garbage_is_collected_once_the_first_picture_is_there(spring: Office) -> None:
    """And what was loaded before is never looked at again."""
    script, result = spring.folder / "garbage.py", spring.folder / "garbage.txt"
    script.write_text(GARBAGE.format(file=str(result)))
    terminal = spring.open(program=(sys.executable, str(script)), PYTHONPATH=str(Path.cwd()))
    terminal.wait_for("Overview", "Sender Two")
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
    assert result.read_text() == "True True"
