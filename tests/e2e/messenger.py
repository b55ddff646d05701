"""The messenger as a person uses it: what they see and the keys for what they want, whatever the size."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.e2e.conftest import Office, me
from tests.e2e.terminal import Terminal

SIZES = [(120, 40), (80, 24)]


@dataclass(frozen=True, slots=True)
class Messenger:
    """A terminal with the messenger in it."""

    terminal: Terminal

    @property
    def narrow(self) -> bool:
        """Whether only one pane is shown at a time."""
        return self.terminal.columns < 90

    # The list

    @property
    def row(self) -> str:
        """The list's row under the cursor, empty where there is none."""
        return self.rows_under_cursor[0] if self.rows_under_cursor else ""

    @property
    def rows_under_cursor(self) -> list[str]:
        """The lines of the list that look like the cursor: another background than the line of the search."""
        terminal, top = self.terminal, self._top
        plain = terminal.background(top, 0)
        rows = range(top + 1, terminal.rows - 1)
        return [self.list_line(row) for row in rows if terminal.background(row, 5) != plain]

    @property
    def rows(self) -> list[str]:
        """The list's lines that have text."""
        lines = (self.list_line(row) for row in range(self._top + 1, self.terminal.rows - 1))
        return [line for line in lines if line]

    @property
    def marked(self) -> list[str]:
        """The list's rows that are marked."""
        return [row for row in self.rows if row.startswith("▐")]

    def list_line(self, row: int) -> str:
        """A line of the list, without what stands beside it."""
        return self.terminal.lines[row].partition("│")[0].rstrip()

    @property
    def _top(self) -> int:
        return next(number for number, line in enumerate(self.terminal.lines) if line.startswith(" / "))

    def wait_for_row(self, contact: str) -> None:
        """Wait until the list's cursor is on a contact."""

        def seen() -> bool:
            return any(line.startswith(" / ") for line in self.terminal.lines) and contact in self.row

        self.terminal.wait_until(seen, f"the list's cursor on {contact}")

    def wait_for_tab(self, title: str, count: int) -> None:
        """Wait until a tab has a count."""
        self.terminal.wait_for(re.compile(rf"\d {title} {count}\b"))

    # The conversation

    def wait_for_conversation(self, contact: str) -> None:
        """Wait until a conversation is open: its head names the contact, with their number."""
        self.terminal.wait_for(re.compile(rf"{contact} +\(415\) 555-\d{{4}}"))

    @property
    def box(self) -> str | None:
        """What the message box holds, its lines joined; None while there is no whole box on the screen."""
        lines = self.terminal.lines
        top = next((number for number, line in enumerate(lines) if f"╭─ as {me()} " in line), len(lines))
        bottom = next((number for number, line in enumerate(lines) if number > top and "╰" in line), None)
        if bottom is None or "╮" not in lines[top]:
            return None
        left, right = lines[top].index("╭"), lines[top].index("╮")
        return " ".join(filter(None, (line[left + 1 : right].strip("│ ") for line in lines[top + 1 : bottom])))

    def wait_for_box(self, text: str) -> None:
        """Wait until the message box holds a text."""
        self.terminal.wait_until(lambda: self.box == text, f"{text!r} in the box")

    def write(self, text: str) -> None:
        """Type a message into the box, which has the focus, behind what is there."""
        before = self.box or ""
        self.terminal.send(text.encode())
        self.wait_for_box(before + text)

    def wait_for_own_keys(self) -> None:
        """Wait until the message box has the focus."""
        self.terminal.wait_for("Enter send")

    def open_box(self) -> None:
        """Go from the list into the message box."""
        self.terminal.press("enter")
        self.wait_for_own_keys()

    def leave(self) -> None:
        """Go back to the list."""
        self.terminal.press("escape")
        self.terminal.wait_for(re.compile(r"^ / ", re.MULTILINE))


def open_messenger(
    office: Office, sender: str, size: tuple[int, int] = (120, 40), *, row: int | None = None, **environment: str
) -> Messenger:
    """Start the app, choose a sender in the overview, and wait for their assignment."""
    terminal = office.open(size=size, **environment)
    terminal.wait_for("Overview", sender)
    downs = {"Unassigned": 0, "Sender One": 1, "Sender Two": 2}[sender] if row is None else row
    terminal.press(*["j"] * downs, "enter")
    terminal.wait_for(f"Viewing as: {sender}", re.compile(r"^ / ", re.MULTILINE), "Responses")
    terminal.settle(first=0.1)
    return Messenger(terminal)
