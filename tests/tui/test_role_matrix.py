"""The table of roles once more, tried by the keys of the app (docs/rules.md 8.1).

What a role may not do leaves everything as it was, and the screen says which role it needs, or shows no way to it.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC
from io import StringIO
from pathlib import Path

import pytest

from tests.roles import IN_OTHER_WORDS, ROWS, Row, arrange, put_in_doubt
from tests.tui.filling import choose, fill
from tests.tui.office import Person, settle
from thrumsg_tui.cli.main import main
from thrumsg_tui.domain.permissions import Permission, Role
from thrumsg_tui.store.changes.preferences import set_preference
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.users import identify
from thrumsg_tui.tui.app import ThrumsgApp
from thrumsg_tui.tui.dialogs.form import FormDialog
from thrumsg_tui.tui.opening_route import LAST_ROUTE, Route
from thrumsg_tui.tui.screens.campaigns import CampaignsScreen

Way = Callable[[Person, Path], Awaitable[None]]
"""The keys by which something is done, and the folder of the files."""

_UNTOLD = {"preference", "presence", "draft", "sqlite_sequence"}
"""Tables that looking around may write."""


@dataclass(frozen=True, slots=True)
class Arranged:
    """The database that the table is tried in, and the folder of its files."""

    database: Path
    folder: Path
    stored: list[str]
    """What is stored in it, as `dump` says it."""


@pytest.fixture(scope="module")
def arranged(tmp_path_factory: pytest.TempPathFactory) -> Arranged:
    folder, database = tmp_path_factory.mktemp("files"), tmp_path_factory.mktemp("database") / "thrumsg.db"

    def run(*words: object) -> None:
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()) as error:
            assert main(["--db", str(database), *map(str, words)]) == 0, (words, error.getvalue())

    arrange(run, folder)
    put_in_doubt(database)
    return Arranged(database, folder, dump(database))


def dump(path: Path) -> list[str]:
    """All that is stored, but for what looking around may write."""
    with closing(sqlite3.connect(path)) as conn:
        return [line for line in conn.iterdump() if not any(f'INTO "{table}"' in line for table in _UNTOLD)]


@asynccontextmanager
async def opened(path: Path, role: Role) -> AsyncIterator[Person]:
    """Open the app as somebody of a role: on the campaigns, or a sender on their own."""
    db = Database(path)
    with db.reading() as conn:
        who = identify(conn, role)
    if role is not Role.SENDER:
        set_preference(db, who.user.id, LAST_ROUTE, str(Route()))
    app = ThrumsgApp(db, who, UTC)
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        yield Person(pilot)
    app.store.close()
    db.close()


def turned_away(person: Person) -> bool:
    """Whether the last key was refused to the role."""
    notice = person.notice
    return any(words in notice for words in ("needs the role", "needs an admin", "needs a mod"))


def keys(*pressed: str) -> Way:
    """Press keys, as far as they are not refused."""

    async def way(person: Person, _: Path) -> None:
        for key in pressed:
            if not turned_away(person):
                await person.press(key)

    return way


def form(*before: str, chosen: dict[str, str] | None = None, **values: str) -> Way:
    """Press keys, then fill a form in, if they have led to one."""

    async def way(person: Person, folder: Path) -> None:
        await keys(*before)(person, folder)
        if not isinstance(person.app.screen, FormDialog):
            return
        await fill(person, **{name: value.format(folder=folder) for name, value in values.items()})
        await choose(person, **(chosen or {}))
        await person.press("ctrl+o")

    return way


def imported(kind: str, file: str) -> Way:
    """Import a file."""

    async def way(person: Person, folder: Path) -> None:
        await form("I", chosen={"kind": kind}, file=f"{folder}/{file}")(person, folder)
        await keys("ctrl+o", "enter")(person, folder)

    return way


def exported(kind: str) -> Way:
    """Write an export."""
    return form("E", chosen={"kind": kind}, file="{folder}/" + f"{kind}.out")


SPRING = ("j", "j")
"""From the newest campaign down to Spring."""

OVERVIEW = (*SPRING, "enter")

WAYS: dict[str, Way] = {
    "create a campaign": form("c", name="Winter", script="Hi from %organization%. Reply STOP to end."),
    "change a campaign": form(*SPRING, "i", description="More"),
    "launch": keys("j", "l", "l"),
    "pause": keys(*SPRING, "l", "p"),
    "resume": keys("l", "r"),
    "archive": keys(*SPRING, "l", "a", "y"),
    "put a user on a campaign": keys(*SPRING, "plus", *"admin", "enter"),
    "take a sender off a campaign": keys(*OVERVIEW, "j", "minus", "u"),
    "add a sender": form("U", "c", login="new", first_name="New"),
    "add a moderator": form("U", "c", login="new", first_name="New", chosen={"role": "moderator"}),
    "add an owner": form("U", "c", login="new", first_name="New", chosen={"role": "owner"}),
    "change a sender": form("U", "slash", *"lee", "enter", "enter", email="lee@example.org"),
    "change an admin": form("U", "slash", *"admin", "enter", "enter", last_name="Other"),
    "change an owner": form("U", "slash", *"owner", "enter", "enter", last_name="Other"),
    "change a role": form("U", "slash", *"lee", "enter", "enter", chosen={"role": "moderator"}),
    "add a question": form(*SPRING, "e", "c", text="When?", choice_0="Now"),
    "change a question": form(*SPRING, "e", "enter", choice_1="Never"),
    "move a question": keys(*SPRING, "e", "J"),
    "retire a question": keys(*SPRING, "e", "x", "y"),
    "restore a question": keys(*SPRING, "e", "G", "x"),
    "add a reply": form(*SPRING, "a", "c", title="When", body="Tuesday"),
    "change a reply": form(*SPRING, "a", "enter", body="There"),
    "move a reply": keys(*SPRING, "a", "J"),
    "remove a reply": keys(*SPRING, "a", "x", "y"),
    "make a follow-up": form(*SPRING, "f", "c", title="Last", text="Vote!"),
    "change a follow-up": form(*SPRING, "f", "enter", text="Today"),
    "end a follow-up": keys(*SPRING, "f", "x", "y"),
    "change a setting": form("comma", organization="Harbor Votes"),
    "import contacts": imported("contacts", "contacts.csv"),
    "import users": imported("users", "users.csv"),
    "import replies": imported("replies", "replies.csv"),
    "import a survey": imported("survey", "survey.csv"),
    "import opt-outs": imported("opt-outs", "opt-outs.csv"),
    "export messages": exported("messages"),
    "export surveys": exported("surveys"),
    "export conversations": exported("conversations"),
    "export opt-outs": exported("opt-outs"),
    "opt in": keys("O", "o", "y"),
    "opt out a list": form("O", "c", numbers="415 555 0192, 4155550193"),
    "change a note": form("O", "i", note="by phone"),
    "reassign in bulk": keys(*OVERVIEW, "j", "r", "u", "enter"),
    "reassign one": keys(*OVERVIEW, "j", "enter", "2", "r", *"sender", "enter"),
    "list users": keys("U"),
    "list opt-outs": keys("O"),
    "list unmatched messages": keys("M"),
    "list messages in doubt": keys("D"),
    "decide about a message in doubt": keys("D", "x", "y"),
    "list follow-ups": keys(*SPRING, "f"),
    "look at survey results": keys(*SPRING, "e"),
    "look at the overview": keys(*OVERVIEW),
    "look at the history": keys("H"),
}
"""By the names of the table: from the campaigns on."""

OWN: dict[str, Way] = {
    "reassign one": keys("enter", "r"),
    "reassign in bulk": keys("enter", "R"),
    "take a sender off a campaign": keys("enter", "minus"),
    "look at the overview": keys("enter"),
}
"""What a sender presses in place of that, since Enter opens their own messenger."""

ELSEWHERE = {
    Permission.WORK: "test_roles, test_writing: in the messenger, which is all that a sender has",
    Permission.RECEIVE: "what contacts write comes by the gateway",
    Permission.ACT_FOR_OTHERS: "--as is an option of the command line",
    Permission.RENUMBER: "test_number_question: an admin is asked who sends where our number was withdrawn",
    Permission.CHANGE_NUMBERS: "our numbers are changed by commands",
    Permission.CHANGE_KEYS: "SSH keys are let in by commands, on the host",
    Permission.MAINTAIN: "doctor and backup are commands",
    Permission.DELIVER: "deliver is a service",
    Permission.PURGE: "purge is a command: it is final, and needs no screen",
}
"""Actions without a key here, and why."""

TRIED = [row for row in ROWS if row.name in WAYS]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("row", TRIED, ids=[row.name for row in TRIED])
async def test_the_keys_of_a_role_do_what_it_may_and_nothing_else(
    arranged: Arranged, tmp_path: Path, row: Row, role: Role
) -> None:
    path = Path(shutil.copyfile(arranged.database, tmp_path / "thrumsg.db"))
    folder = Path(shutil.copytree(arranged.folder, tmp_path / "files"))
    before = arranged.stored
    async with opened(path, role) as person:
        if role is Role.SENDER:
            await person.press("q")
            assert isinstance(person.app.screen, CampaignsScreen)
            way = OWN.get(row.name, WAYS[row.name])
        else:
            way = WAYS[row.name]
        await way(person, folder)
        said = person.screen
    written = list(folder.glob("*.out"))
    if role.rank >= row.weakest.rank:
        assert (dump(path) == before) is row.looks, said
        assert bool(written) is row.name.startswith("export"), said
        return
    assert dump(path) == before, said
    assert written == []
    if row.action and role is not Role.SENDER:
        words = " ".join(said.replace("│", " ").split())
        assert "needs the role" in words or "needs an admin" in words


def test_every_way_is_one_of_the_table_and_every_action_has_one() -> None:
    assert WAYS.keys() <= {row.name for row in ROWS}
    tried = {row.action for row in TRIED if row.action}
    assert tried | ELSEWHERE.keys() | IN_OTHER_WORDS.keys() == set(Permission)
