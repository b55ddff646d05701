"""The command line gives the same answers on a file and on a server."""

from __future__ import annotations

import os
import pwd
import re
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from shlex import quote
from typing import NamedTuple

import psycopg
import pytest

from tests.postgres_server import shared_cluster
from tests.roles import NUMBERS, PEOPLE, ROWS, arrange
from thrumsg_tui.cli.main import main
from thrumsg_tui.store.location import ServerAddress

NAME = f"both_engines_{os.getpid()}"

TRUSTED_HOST = """
DO $$ BEGIN CREATE ROLE thrumsg_host; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$
"""
"""Lets the host say who sits at the keyboard, as it does with a file."""

LOOKS = (
    *(f"thread {nth}" for nth in range(1, len(PEOPLE) + 4)),
    *(f"lookup {number}" for number in NUMBERS),
    "conversations Spring",
    "conversations Spring --sort name",
    "conversations Spring --sort recent",
    "conversations Spring --search o",
    "conversations Held",
    "find o",
    "find 55501",
    "overview Spring --sort progress",
    "overview Fall --sort needs-reply --reverse",
    "history",
    "history --campaign Spring",
    "history --search Spring",
    "survey results Spring",
    "campaign list",
    "campaign show Spring",
    "campaign idle Spring",
    "opt-outs",
    "opt-outs --search phone",
    "unmatched",
    "user list",
    "reply list",
    "follow-up list Spring",
    "settings",
    "status",
    "doctor",
)
"""What is looked at besides, at the end."""

NOT_ON_A_SERVER = {"back up"}
"""Rows about files."""


class Answer(NamedTuple):
    """What a command line answered, in words that are the same at any time and place."""

    words: str
    code: int
    out: str
    err: str


class Keyboard:
    """The owner at a keyboard, with a database and a folder."""

    def __init__(self, location: str, folder: Path) -> None:
        self.location = location
        self.folder = folder
        (folder / "out").mkdir()

    def run(self, *words: object) -> Answer:
        given = ["--db", self.location, *map(str, words)]
        with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
            code = main(given)
        return Answer(self._same(" ".join(given[2:])), code, self._same(out.getvalue()), self._same(err.getvalue()))

    def done(self, *words: object) -> None:
        answer = self.run(*words)
        assert answer.code == 0, answer

    def files(self) -> dict[str, str]:
        """The files that it wrote."""
        return {path.name: self._same(path.read_text()) for path in sorted((self.folder / "out").iterdir())}

    def _same(self, text: str) -> str:
        plain = text.replace(quote(self.location), "DATABASE").replace(self.location, "DATABASE")
        plain = plain.replace(str(self.folder), "FOLDER")
        plain = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)", "TIME", plain)
        return re.sub(r"\b\d{2}:\d{2}\b( today)?|\b\d+ (seconds?|minutes?) ago|\bjust now\b", "TIME", plain)


@pytest.fixture(scope="module")
def keyboards(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Keyboard, Keyboard]]:
    home = tmp_path_factory.mktemp("home")
    account = pwd.struct_passwd(("root", "x", 1000, 1000, "", "/home", "/bin/sh"))
    with pytest.MonkeyPatch.context() as patch, psycopg.connect(shared_cluster().address("postgres")) as conn:
        conn.autocommit = True
        conn.execute(f"CREATE DATABASE {NAME}".encode())
        conn.execute(TRUSTED_HOST.encode())
        patch.setattr(pwd, "getpwuid", lambda _: account)
        patch.delenv("SSH_ORIGINAL_COMMAND", raising=False)
        for variable in ("XDG_DATA_HOME", "XDG_STATE_HOME", "HOME"):
            patch.setenv(variable, str(home))
        here, there = tmp_path_factory.mktemp("here"), tmp_path_factory.mktemp("there")
        yield (
            Keyboard(str(here / "thrumsg.db"), here),
            Keyboard(str(ServerAddress(shared_cluster().address(NAME))), there),
        )
        conn.execute(f"DROP DATABASE {NAME} WITH (FORCE)".encode())


def test_every_command_answers_the_same_on_both(keyboards: tuple[Keyboard, Keyboard]) -> None:
    answers = []
    for keyboard in keyboards:
        arrange(keyboard.done, keyboard.folder)
        rows = [row.words(keyboard.folder, keyboard.folder / "out") for row in ROWS if row.name not in NOT_ON_A_SERVER]
        looks = [look.split() for look in LOOKS]
        answers.append([keyboard.run("--json", *words) for words in (*rows, *looks)])
    assert [(here, there) for here, there in zip(*answers, strict=True) if here != there] == []
    assert keyboards[0].files() == keyboards[1].files()
