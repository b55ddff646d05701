"""A campaign from an empty database to its four exports, in a real terminal and by keys alone."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from tests.e2e.conftest import Office
from tests.e2e.messenger import SIZES
from tests.e2e.terminal import Terminal

pytestmark = pytest.mark.parametrize("size", SIZES, ids=["120x40", "80x24"])

STRANGE = (
    "Nachname;Vorname;Handy;Wahllokal\r\n"
    'Müller;Zoë;(415) 555-0101;"Rathaus,\r\n2. Stock"\r\n'
    ";José;415-555-0102;Schule\r\n"
    "Niemand;;415-555-0103;Schule\r\n"
    "Number;Bad;123;Schule\r\n"
    "Again;Again;+1 415 555 0101;Schule\r\n"
    "Weiß;Anna;415.555.0104;=SUM(A1)\r\n"
).encode("cp1252")
"""Semicolons, Windows-1252, a quoted line break, rows that cannot be used, one twice, and a formula."""


def into_field(terminal: Terminal, text: str) -> None:
    """Type into the field that has the focus, in place of what it holds."""
    terminal.press("end", "ctrl+u")
    terminal.type(text)


def make_campaign(terminal: Terminal) -> None:
    """Make the campaign, open day and night, with a sender on it."""
    terminal.wait_for("There is no campaign yet")
    terminal.press("U")
    terminal.wait_for("1 user")
    terminal.press("c")
    terminal.wait_for("New user")
    for value in ("kim", "Kim", "Alvarez"):
        terminal.type(value)
        terminal.press("enter")
    terminal.press("ctrl+o")
    terminal.wait_for("Added: Kim Alvarez (kim), sender")
    terminal.press("q", ",")
    terminal.wait_for("Settings of the organization")
    terminal.type("Harbor")
    terminal.press("ctrl+o")
    terminal.wait_for("Saved: Organization")
    terminal.press("c")
    terminal.wait_for("New campaign")
    terminal.type("Autumn")
    terminal.press("enter")
    terminal.type("Hi %first_name%, it's %sender_first_name% with %organization%. Vote at %wahllokal%! STOP ends.")
    terminal.press("enter", "enter", "enter")
    into_field(terminal, "UTC")
    terminal.press("enter")
    into_field(terminal, "00:00")
    terminal.press("enter")
    into_field(terminal, "24:00")
    terminal.press("enter", "enter", "right")  # no quiet hours: this runs at any time of day
    terminal.press("enter", "enter", "enter", "right", "ctrl+o")
    terminal.wait_for("Before it is launched, confirm", "Quiet hours are off")
    terminal.press("y")
    terminal.wait_for("Add senders to Autumn")
    terminal.type("kim")
    terminal.press("enter")
    terminal.wait_for("Created Autumn (active)", "Autumn")


def import_file(terminal: Terminal, file: Path) -> None:
    """Import contacts: the file, its columns, what would happen, and then that."""
    terminal.press("I")
    terminal.wait_for("Import a file")
    terminal.type(str(file))
    terminal.wait_for("6 rows.", "Windows-1252", "first_name")
    terminal.press("ctrl+o")
    terminal.wait_for("Columns of strange.csv")
    terminal.press("ctrl+o")
    terminal.wait_for("would import contacts", "3 new", "no first name", "the same number as line 2")
    terminal.press("enter")
    terminal.wait_for("imported contacts", "E keeps the rejected rows")
    terminal.press("E")
    terminal.wait_for("Keep the rejected rows")
    terminal.press("ctrl+o")
    terminal.wait_for("The rejected rows are in")
    terminal.press("q")
    terminal.wait_for(re.compile(r"Autumn +active +0/3"))


def ask_and_answer(terminal: Terminal) -> None:
    """Write a question and a reply, deal the contacts out, send, record an answer, opt somebody out."""
    terminal.press("e", "c")
    terminal.wait_for("New question")
    terminal.type("Will you vote?")
    terminal.press("enter")
    terminal.type("Yes")
    terminal.press("enter")
    terminal.type("No")
    terminal.press("ctrl+o")
    terminal.wait_for("is saved", "0 answered")
    terminal.press("q", "a", "c")
    terminal.wait_for("New reply")
    terminal.type("Thanks")
    terminal.press("enter")
    terminal.type("Thank you, %first_name%!")
    terminal.press("ctrl+o")
    terminal.wait_for("1 of this campaign")
    terminal.press("q", "enter")
    terminal.wait_for("Overview", "Kim Alvarez")
    terminal.press("R")
    terminal.wait_for("Reassign All")
    terminal.press("a")
    terminal.wait_for("Distribute to the one other sender")
    terminal.press("space")
    terminal.wait_for("Enter moves 3")
    terminal.press("enter")
    terminal.wait_for("Moved 3 conversations from Unassigned to Kim Alvarez")
    terminal.press("j", "enter")
    terminal.wait_for("Viewing as: Kim Alvarez", re.compile(r"1 Initial Messages +3"))
    terminal.press("S")
    terminal.wait_for("Send all 3 initial messages of Kim Alvarez?")
    terminal.press("y")
    terminal.wait_for("Queued 3 of 3")
    terminal.press("t")
    terminal.wait_for(re.compile(r"5 Sent +3"))
    terminal.press("e")
    terminal.wait_for("Will you vote?")
    terminal.press("1")
    terminal.wait_for("Answer recorded")
    terminal.press("escape", "o")
    terminal.wait_for("They are told")
    terminal.press("y")
    terminal.wait_for("is opted out")


def export_all(terminal: Terminal, folder: Path) -> None:
    """Write the four exports."""
    terminal.press("q")
    terminal.wait_for("Overview")
    for nth, kind in enumerate(("messages", "surveys", "conversations", "opt-outs")):
        terminal.press("E")
        terminal.wait_for("Goes to")
        terminal.press(*["right"] * nth, "down", "down")
        terminal.type(str(folder / f"{kind}.csv"))
        terminal.press("ctrl+o")
        terminal.wait_for(re.compile(r"\d rows? in"))
        terminal.wait_gone("Goes to")


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_from_an_empty_database_to_the_four_exports(empty: Office, size: tuple[int, int]) -> None:
    file = empty.folder / "strange.csv"
    file.write_bytes(STRANGE)
    with empty.open(size=size) as terminal:
        make_campaign(terminal)
        import_file(terminal, file)
        ask_and_answer(terminal)
        export_all(terminal, empty.folder)
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0

    overview = empty.json("overview", "Autumn")
    assert (overview["total"], overview["sent"], overview["opted_out"]) == (3, 2, 1)
    conversations = rows_of(empty.folder / "conversations.csv")
    assert len(conversations) == overview["total"]
    assert sum(row["opted_out"] == "true" for row in conversations) == overview["opted_out"]
    assert {row["assignee"] for row in conversations} == {"Kim Alvarez"}
    messages = rows_of(empty.folder / "messages.csv")
    assert len(messages) == sum(int(row["message_count"]) for row in conversations) == 4
    assert any("Rathaus,\r\n2. Stock" in row["message_body"] for row in messages)
    assert any(row["wahllokal"] == "'=SUM(A1)" for row in messages)
    assert [row["response"] for row in rows_of(empty.folder / "surveys.csv")] == ["Yes"]
    assert len(rows_of(empty.folder / "opt-outs.csv")) == 1
    assert len(rows_of(empty.folder / "strange-rejects.csv")) == 2
    assert empty.run("doctor").splitlines()[1:] == ["All is well."]
