"""A campaign in which many people work at once, and a small one in which some only watch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Protocol

from tests.cli.damaging import run
from tests.store.arranging import known_as
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.location import Location, ServerAddress

CAMPAIGN, WATCHED = "Spring", "Harbor"
PATIENCE = 300
"""Seconds after which a command hangs that prepares thousands of contacts on a busy machine."""

FIRST = [
    "Ann",
    "Ben",
    "Cleo",
    "Dev",
    "Eve",
    "Finn",
    "Gus",
    "Ida",
    "Jo",
    "Kai",
    "Lea",
    "Max",
    "Nia",
    "Omar",
    "Pia",
    "Quinn",
    "Rosa",
    "Sam",
    "Tess",
    "Uma",
    "Vic",
    "Wes",
]
LAST = [
    "Alvarez",
    "Bishop",
    "Chen",
    "Diaz",
    "Evans",
    "Ford",
    "Gray",
    "Haddad",
    "Ito",
    "Jones",
    "Khan",
    "Lopez",
    "Moss",
    "Ng",
    "Otieno",
    "Patel",
    "Ross",
    "Tran",
]
ALWAYS = ("--timezone", "UTC", "--open", "00:00", "--close", "24:00", "--no-quiet-hours", "--quicksend")


def phone(nth: int) -> str:
    """The number of the nth contact of the campaign."""
    return f"+1415{2_000_000 + nth}"


def watched_phone(nth: int) -> str:
    """The number of the contact whom the nth watcher has open."""
    return f"+1510555{1000 + nth}"


def contacts(path: Path, first: int, count: int, chance: Random) -> Path:
    """Write a file of contacts with the numbers from `first` on."""
    lines = [f"{chance.choice(FIRST)},{chance.choice(LAST)},{phone(nth)}" for nth in range(first, first + count)]
    path.write_text("\n".join(("first,last,phone", *lines, "")))
    return path


class Place(Protocol):
    """Where somebody works."""

    @property
    def folder(self) -> Path:
        """Where their files are."""

    @property
    def database(self) -> Location:
        """The database, as they name it."""

    @property
    def before(self) -> Sequence[str]:
        """The words before a command, if it runs on another host."""

    @property
    def people(self) -> int:
        """How many contacts the campaign has."""

    @property
    def senders(self) -> Sequence[str]:
        """The logins of its senders."""


class Office:
    """The database, and who works on it: admins and senders in one campaign, watchers in the other.

    Args:
        folder: Where files are written.
        admins: How many admins and moderators.
        senders: How many senders.
        watchers: How many who only watch.
        people: How many contacts.
        seed: Decides on their names.
        server: Where the database is, in which nothing has happened yet, if it is no file.
    """

    before = ()

    def __init__(
        self,
        folder: Path,
        *,
        admins: int,
        senders: int,
        watchers: int,
        people: int,
        seed: int,
        server: ServerAddress | None = None,
    ) -> None:
        self.folder = folder
        self.database: Location = server or folder / "thrumsg.db"
        self.admins = [f"admin{nth}" for nth in range(admins)]
        self.senders = [f"sender{nth}" for nth in range(senders)]
        self.watchers = [f"watcher{nth}" for nth in range(watchers)]
        self.people = people
        self._chance = Random(seed)
        self._make_campaigns()
        if not server:
            self._let_write()

    def do(self, *words: object) -> None:
        """Run a command line that must succeed."""
        answer = run("--db", str(self.database), *map(str, words), seconds=PATIENCE)
        assert answer.code == 0, answer

    def _make_campaigns(self) -> None:
        self.do("settings", "organization", "Harbor Votes")
        for login in (*self.admins, *self.senders, *self.watchers):
            role = "moderator" if login in self.admins[1::2] else "admin" if login in self.admins else "sender"
            self.do("user", "add", login, "--first-name", login.capitalize(), "--last-name", "One", "--role", role)
        for name, logins in ((CAMPAIGN, (*self.senders, *self.admins)), (WATCHED, self.watchers)):
            self.do("campaign", "create", name, "--initial", "Hi %first_name%, will you vote?", *ALWAYS)
            if logins:
                self.do("campaign", "add-sender", name, *logins)
            self.do("survey", "add", name, "--question", "Will you vote?", "--choice", "Yes", "--choice", "No")
            self.do("reply", "add", "Where", "--campaign", name, "--body", "At the library.")
        self.do("survey", "add", CAMPAIGN, "--question", "Need a ride?", "--choice", "Yes", "--choice", "No")
        file = contacts(self.folder / "contacts.csv", 0, self.people, self._chance)
        self.do("import", "contacts", file, "--campaign", CAMPAIGN)
        to = [word for login in (*self.senders, *self.admins[:1]) for word in ("--to", login)]
        self.do("reassign", CAMPAIGN, "--from-unassigned", "--count", self.people * 9 // 10, *to)
        if self.watchers:
            self._let_watch()

    def _let_watch(self) -> None:
        """Give each watcher a contact in their campaign."""
        rows = [f"Wanda,Watched{nth},{watched_phone(nth)}" for nth in range(len(self.watchers))]
        watched = self.folder / "watched.csv"
        watched.write_text("\n".join(("first,last,phone", *rows, "")))
        self.do("import", "contacts", watched, "--campaign", WATCHED)
        for nth, login in enumerate(self.watchers):
            self.do("reassign", WATCHED, "--conversation", self.people + 1 + nth, "--to", login)

    def _let_write(self) -> None:
        """Text six of ten contacts, and let half of these answer; then all whom somebody watches."""
        db = Database(self.database, scratch=True)
        owner = known_as(db, self._owner(db))
        for nth in range(self.people * 6 // 10):
            send(db, owner, ConversationId(nth + 1))
            if nth % 2:
                receive(db, None, phone(nth), f"Yes, this is {nth}")
        for nth in range(len(self.watchers)):
            send(db, owner, ConversationId(self.people + 1 + nth))
            receive(db, None, watched_phone(nth), "Hello?")
        db.close()

    @staticmethod
    def _owner(db: Database) -> str:
        with db.reading() as conn:
            return str(conn.execute("SELECT login FROM users WHERE role = 'owner'").fetchone()["login"])
