"""A small campaign that was made through the command line, and a practice one; the app on either, in a terminal."""

from __future__ import annotations

import json
import os
import pwd
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.terminal import Terminal
from thrumsg_tui.cli.main import main

SENDER_ONE = (
    *("Abby Stone", "Ben Archer", "Cora Diaz", "Dan Evans", "Elsa Frank", "Finn Gray", "Gus Hall", "Hana Ito"),
    *("Ivan Jones", "Jade Kim", "Kurt Lowe", "Lena Moss", "Milo Nash", "Nina Orr", "Otto Page", "Pia Quinn"),
)
SENDER_TWO = (
    *("Rosa Reed", "Seth Shaw", "Tara Todd", "Umar Upton", "Vera Voss", "Walt West", "Xena Xu", "Yuri Young"),
    *("Zoe Zimmer", "Ada Abbott", "Bo Barnes", "Cy Cohen"),
)
NOBODY = ("Dora Dunn", "Eli East")
"""Who holds whom; the first eleven of each sender were texted, the first six of Sender One and three of Two wrote."""

TEXTED = 11
WAITING_ONE, WAITING_TWO = SENDER_ONE[:6], SENDER_TWO[:3]
NOT_STARTED_ONE, NOT_STARTED_TWO = SENDER_ONE[TEXTED:], SENDER_TWO[TEXTED:]
FIRST_PHONE = 4155550100


@dataclass
class Office:
    """A database, the command line on it, and terminals with the app on it."""

    folder: Path
    database: Path
    environment: dict[str, str] = field(default_factory=dict)
    _terminals: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self.environment = {
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "PATH": os.environ["PATH"],
            "TERM": "xterm-256color",
            "TZ": "UTC",
        } | self.environment

    def run(self, *words: object) -> str:
        """Run a command line that must succeed, and return what it printed."""
        said, complained = StringIO(), StringIO()
        with redirect_stdout(said), redirect_stderr(complained):
            code = main(["--db", str(self.database), *map(str, words)])
        assert code == 0, complained.getvalue()
        return said.getvalue()

    def json(self, *words: object) -> Any:
        """Run one that must succeed, and return its JSON."""
        return json.loads(self.run(*words, "--json"))

    def ids(self) -> dict[str, int]:
        """The conversations of the campaign, by their contact."""
        return {each["contact"]: each["id"] for each in self.json("conversations", "Spring")}

    def thread(self, contact: str) -> Any:
        """What `thrumsg thread` says about a contact."""
        return self.json("thread", self.ids()[contact])

    def bodies(self, contact: str) -> list[str]:
        """The messages of a contact's conversation."""
        return [each["body"] for each in self.thread(contact)["messages"]]

    def open(
        self,
        *words: str,
        size: tuple[int, int] = (120, 40),
        program: Sequence[str] = (),
        background: str | None = None,
        **environment: str,
    ) -> Terminal:
        """Open the app in a terminal, which is closed at the end of the test.

        Without a program it is a fork of an interpreter that has the libraries of others loaded.
        """
        command = [*program, *words, "--db", str(self.database)]
        terminal = Terminal(
            command,
            environment=self.environment | environment,
            size=size,
            background=background,
            preloaded=not program,
        )
        return self._terminals.enter_context(terminal)

    def close(self) -> None:
        """Close all terminals."""
        self._terminals.close()


def me() -> str:
    """Who runs the tests, as the screen names them."""
    account = pwd.getpwuid(os.getuid())
    return account.pw_gecos.split(",")[0].strip() or account.pw_name


def make_campaign(office: Office) -> None:
    """Make the campaign, from nothing, as an admin would."""
    office.run("settings", "organization", "Harbor Votes")
    script = "Hi %first_name%, it's %sender_first_name% with %organization%. Will you vote?"
    hours = ("--timezone", "UTC", "--open", "00:00", "--close", "24:00", "--no-quiet-hours")
    office.run("campaign", "create", "Spring", "--initial", script, "--quicksend", *hours)
    office.run("user", "add", "one", "--first-name", "Sender", "--last-name", "One")
    office.run("user", "add", "two", "--first-name", "Sender", "--last-name", "Two")
    office.run("campaign", "add-sender", "Spring", "one", "two")
    people = [*SENDER_ONE, *SENDER_TWO, *NOBODY]
    rows = [f"{name.replace(' ', ',')},{FIRST_PHONE + number}" for number, name in enumerate(people)]
    take_in(office, "contacts", ["First Name,Last Name,Cell", *rows])
    survey = ["question,choices", "Will you vote?,Yes|No|Undecided", "Need a ride?,Yes|No"]
    take_in(office, "survey", survey)
    take_in(
        office, "replies", ["title,body", "Where,Your polling place is the library.", "Thanks,Thank you %first_name%!"]
    )
    ids = office.ids()
    for login, held in (("one", SENDER_ONE), ("two", SENDER_TWO)):
        chosen = [word for name in held for word in ("--conversation", ids[name])]
        office.run("reassign", "Spring", *chosen, "--to", login)
        for name in held[:TEXTED]:
            office.run("send", ids[name])
    for name in (*WAITING_ONE, *WAITING_TWO):
        office.run("receive", "--from", FIRST_PHONE + people.index(name), "--body", f"This is {name.split()[0]}, yes?")


def take_in(office: Office, kind: str, lines: Sequence[str], campaign: str = "Spring") -> None:
    """Import a CSV file."""
    file = office.folder / f"{kind}.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    office.run("import", kind, file, "--campaign", campaign)


@pytest.fixture(scope="session")
def campaign_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("spring")
    office = Office(folder, folder / "spring.db")
    make_campaign(office)
    return office.database


@pytest.fixture(scope="session")
def practice_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("practice")
    office = Office(folder, folder / "practice.db")
    with office.open("demo", "--seed", "7") as terminal:
        terminal.wait_for("Spring Turnout", "Unassigned")
        terminal.press("q", "q")
        assert terminal.wait_exit() == 0
    return office.database


@pytest.fixture
def spring(campaign_file: Path, tmp_path: Path) -> Iterator[Office]:
    yield from _office_with(campaign_file, tmp_path)


@pytest.fixture
def practice(practice_file: Path, tmp_path: Path) -> Iterator[Office]:
    yield from _office_with(practice_file, tmp_path)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Office]:
    """No database yet."""
    office = Office(tmp_path, tmp_path / "thrumsg.db")
    yield office
    office.close()


def _office_with(file: Path, folder: Path) -> Iterator[Office]:
    office = Office(folder, folder / "thrumsg.db")
    shutil.copy(file, office.database)
    yield office
    office.close()
