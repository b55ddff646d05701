"""What contacts and imports may contain: all of it reaches the terminal as text only, and nothing shifts."""

from __future__ import annotations

import csv
import re
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing

import pytest

from tests.e2e.conftest import Office
from tests.e2e.messenger import SIZES, open_messenger
from tests.e2e.strange_output import strange
from tests.e2e.terminal import Terminal

HOSTILE = {
    "colour": "\x1b[31;7mRed\x1b[0m",
    "title": "\x1b]0;pwned\x07",
    "clipboard": "\x1b]52;c;cHduZWQ=\x1b\\",
    "clear": "\x1b[2J\x1b[H",
    "query": "\x1b[6n\x1b[c",
    "c1": "\x9b2Jc1\x9d0;t\x9c",
    "bidi": "\u202eevil\u2066x\u200f",
    "separators": "a\u2028b\u2029c",
    "control": "a\tb\rc\x08d\x0ee\x7ff\x0bg",
    "tags": "x\U000e0041\U000e0042y",
    "noncharacter": "a\ufffeb\U0001ffffc",
    "markup": "[red]m[/red] [@click=app.quit]q[/]",
    "unclosed": "[bold",
    "marks": "Z" + "\u0335" * 40,
    "long": "W" * 90,
    "spaces": "a" + " " * 60 + "b",
    "percent": "%first_name% %s {0}",
}
"""Names and messages that want something of the terminal, or of us."""

FOREIGN = {
    "chinese": "山田太郎",
    "hangul": "\u1112\u1161\u11ab\u1100\u1173\u11af",
    "full width": "ＡＢＣ",
    "half width": "ｱｲｳ",
    "emoji": "😀🎉👍",
    "flag": "🇩🇪🇫🇷",
    "accents": "e\u0301o\u0308n\u0303",
    "arabic": "مرحبا بكم",
    "hebrew": "שלום",
    "thai": "สวัสดี",
    "hindi": "नमस्ते",
    "zero width space": "a\u200bb\ufeffc\u2060d",
    "soft hyphen": "a\u00adb",
}
"""Names and messages of ordinary people, all as wide for every terminal."""

PICTURES = {
    "family": "👩\u200d👩\u200d👧\u200d👦",
    "heart": "❤\ufe0f",
    "telephone": "☎\ufe0f",
    "keycap": "1\ufe0f\u20e3",
    "skin": "👍🏽",
    "joined letters": "a\u200db\u200dc",
}
"""One picture for some terminals, several characters for others, tmux and xterm among them."""


def fill(office: Office, texts: Mapping[str, str]) -> None:
    """Give Sender Two contacts of such names, who write such messages."""
    file = office.folder / "hostile.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        rows = csv.writer(opened)
        rows.writerow(["First Name", "Last Name", "Cell", "note"])
        rows.writerows([name, text, 4155550200 + place, text] for place, (name, text) in enumerate(texts.items()))
    office.run("import", "contacts", file, "--campaign", "Spring")
    with closing(sqlite3.connect(office.database)) as conn, conn:  # as versions did that kept controls in names
        raw = [(text, f"+1{4155550200 + place}") for place, text in enumerate(texts.values())]
        conn.executemany("UPDATE contact SET last_name = ? WHERE phone = ?", raw)
    added = [each["id"] for each in office.json("conversations", "Spring", "--unassigned", "--search", "415555020")]
    added += [each["id"] for each in office.json("conversations", "Spring", "--unassigned", "--search", "415555021")]
    office.run("reassign", "Spring", *[word for id in added for word in ("--conversation", id)], "--to", "two")
    for place, text in enumerate(texts.values()):
        office.run("receive", "--from", 4155550200 + place, "--body", f"{text} wrote\n{text * 3}\n{text}")


def walk(office: Office, texts: Mapping[str, str], size: tuple[int, int]) -> Iterable[tuple[str, Terminal]]:
    """Open one conversation after another."""
    messenger = open_messenger(office, "Sender Two", size)
    terminal = messenger.terminal
    terminal.press("j", "j", "j")
    for name in texts:
        if messenger.narrow:
            terminal.press("enter")
        terminal.wait_for(re.compile(rf"(?:^|│) {name} ", re.MULTILINE))
        yield name, terminal
        if messenger.narrow:
            messenger.leave()
            yield name, terminal
        terminal.press("j")


def borders(terminal: Terminal) -> dict[int, int]:
    """The columns of vertical lines, with the number of rows that have them."""
    found = Counter(
        column for row in range(2, terminal.rows - 1) for column, cell in enumerate(terminal.cells(row)) if cell == "│"
    )
    return {column: rows for column, rows in found.items() if rows > terminal.rows / 2}


def assert_unbroken(terminal: Terminal, expected: Mapping[int, int]) -> None:
    """No row ends at another column than the others."""
    assert borders(terminal) == expected, terminal.screen


@pytest.mark.parametrize("size", SIZES, ids=["120x40", "80x24"])
def test_nothing_raw_reaches_the_terminal(spring: Office, size: tuple[int, int]) -> None:
    texts = HOSTILE if size == (120, 40) else dict(list(HOSTILE.items())[:5])
    fill(spring, texts)
    expected = None
    for _, terminal in walk(spring, texts, size):
        if size == (120, 40):
            expected = expected or borders(terminal)
            assert_unbroken(terminal, expected)
        assert strange(bytes(terminal.written)) == set()
    assert b"\x1b[31;7m" not in terminal.written
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
    assert strange(bytes(terminal.written)) == set()


def test_questions_and_notices_are_as_careful(spring: Office) -> None:
    fill(spring, {"colour": "\x1b[31;7mRed\x1b[0m [/bold]x"})
    for _, terminal in walk(spring, {"colour": ""}, (120, 40)):
        terminal.press("o")
        terminal.wait_for("Opt colour ^[[31;7mRed^[[0m [/bold]x")
        terminal.press("y")
        terminal.wait_for("colour ^[[31;7mRed^[[0m [/bold]x is opted out")
        assert strange(bytes(terminal.written)) == set()


@pytest.mark.parametrize(
    ("name", "shown"),
    [("[/bold]x", "[/bold]x"), ("[bold]x", "[bold]x"), ("\x1b[1mx", "^[[1mx"), ("\u202ex", "\ufffdx")],
)
def test_the_title_of_the_picker_is_as_careful(spring: Office, name: str, shown: str) -> None:
    fill(spring, {"a": name})
    for _, terminal in walk(spring, {"a": ""}, (120, 40)):
        terminal.press("r")
        terminal.wait_for("Reassign a", "type to search")
        assert f"Reassign a {shown} to" in terminal.lines[terminal.row_of("─ Reassign a")]
        assert strange(bytes(terminal.written)) == set()


def test_whoever_writes_may_be_called_anything(spring: Office) -> None:
    spring.run("user", "add", "kim", "--first-name", "Kim [/b]", "--last-name", "Red", "--role", "admin")
    with closing(sqlite3.connect(spring.database)) as conn, conn:  # what is typed is cleaned, but was not always
        conn.execute("UPDATE users SET last_name = ? WHERE login = 'kim'", ("\x1b[31;7mRed",))
    terminal = spring.open("--as", "kim")
    terminal.wait_for("Sender One")
    terminal.press("j", "enter")
    terminal.wait_for("as Kim [/b] ^[[31;7mRed")


@pytest.mark.parametrize("name", ["\x1b[31;7mRed\x1b[0m", "[bold red]Spring[/]", "山田\u202e", "W" * 200])
def test_a_campaign_and_its_people_may_be_called_anything(empty: Office, name: str) -> None:
    empty.run("campaign", "create", name, "--initial", f"Hi {name}", "--description", name)
    empty.run("user", "add", "kim", "--first-name", name, "--last-name", name)
    empty.run("campaign", "add-sender", name, "kim")
    terminal = empty.open()
    terminal.wait_for("Unassigned", "0 assigned")
    terminal.press("j", "enter")
    terminal.wait_for("Viewing as")
    terminal.press("i")
    terminal.wait_for("Description")
    terminal.press("escape", "v")
    terminal.wait_for("type to search")
    terminal.press("escape", "q")
    terminal.wait_for("0 assigned")
    terminal.press("q")
    terminal.wait_for("Campaigns")
    assert strange(bytes(terminal.written)) == set()
    assert b"\x1b[31;7m" not in terminal.written


def test_wide_and_foreign_names_shift_nothing(spring: Office) -> None:
    fill(spring, FOREIGN)
    expected = None
    for _, terminal in walk(spring, FOREIGN, (120, 40)):
        expected = expected or borders(terminal)
        assert_unbroken(terminal, expected)


@pytest.mark.parametrize("kind", PICTURES)
def test_joined_pictures_shift_nothing(spring: Office, kind: str) -> None:
    fill(spring, {kind: PICTURES[kind]})
    terminal = open_messenger(spring, "Sender Two").terminal
    plain = Counter(column for row in range(4, 10) for column, cell in enumerate(terminal.cells(row)) if cell == "│")
    walls = {column for column, rows in plain.items() if rows == 6}
    row = terminal.row_of(kind)
    assert {column for column, cell in enumerate(terminal.cells(row)) if cell == "│"} >= walls, terminal.screen


def test_what_is_edited_is_as_careful(spring: Office) -> None:
    """A script in the box, a reply put into it, a note and a setting: all came from elsewhere."""
    raw = "\x1b[31;7mRed\x1b[0m"
    shown = "␛[31;7mRed␛[0m"
    spring.run("campaign", "edit", "Spring", "--initial", f"Hi %first_name% {raw}")
    spring.run("reply", "add", "--campaign", "Spring", "Place", "--body", f"At the {raw}")
    spring.run("opt-out", 4155550301, "--note", raw)
    spring.run("settings", "organization", raw)
    terminal = spring.open()
    terminal.wait_for("Unassigned")
    terminal.press(",")
    terminal.wait_for("Organization", shown)
    terminal.press("escape", "O")
    terminal.wait_for("^[[31;7mRed^[[0m")
    terminal.press("i")
    terminal.wait_for(shown)
    terminal.press("escape", "q")
    terminal.wait_for("Unassigned")

    messenger = open_messenger(spring, "Sender Two")
    messenger.terminal.press("1", "enter")
    messenger.terminal.wait_for(f"Hi Cy {shown}")
    messenger.terminal.press("escape", "2", "enter", "escape", "a", "3")
    messenger.terminal.wait_for(f"At the {shown}")
    for each in (terminal, messenger.terminal):
        each.settle()
        assert strange(bytes(each.written)) == set()


def test_the_command_line_is_as_careful(spring: Office) -> None:
    fill(spring, HOSTILE)
    listed = spring.json("conversations", "Spring", "--sender", "two", "--search", "415555020")
    commands: list[tuple[object, ...]] = [
        ("conversations", "Spring"),
        ("history",),
        ("lookup", 4155550200),
        ("campaign", "show", "Spring"),
    ]
    commands += [("export", "messages", "Spring", "--out", spring.folder / "out.csv")]
    commands += [("send", listed[0]["id"], "--body", "Thank you")]
    commands += [("thread", each["id"]) for each in listed[:6]]
    for words in commands:
        command = [sys.executable, "-m", "thrumsg_tui", "--db", spring.database, *words]
        done = subprocess.run([*map(str, command)], capture_output=True, env=spring.environment, check=True)
        assert strange((done.stdout + done.stderr).replace(b"\n", b"")) == set(), words


def test_what_is_refused_is_repeated_harmlessly(spring: Office) -> None:
    command = [sys.executable, "-m", "thrumsg_tui", "--db", str(spring.database), "overview", "\x1b[31mRed\u202e"]
    done = subprocess.run(command, capture_output=True, env=spring.environment, check=False)
    assert done.returncode == 1
    assert strange(done.stderr.replace(b"\n", b"")) == set()
    assert done.stderr.count(b"\n") == 1
