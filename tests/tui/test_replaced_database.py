"""What is under an open app goes back to a backup, or breaks (docs/rules.md 11.4, 11.5)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.tui.office import Office, Person, settle
from thrumsg_tui.domain.errors import NotFound
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.store.backup import backup
from thrumsg_tui.store.changes.users import add_user, make_first_owner
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.restore import restore
from thrumsg_tui.tui.screens.campaigns import CampaignsScreen


@pytest.fixture
def empty(office: Office, tmp_path: Path) -> Path:
    """A backup in which there is ana, and nothing else."""
    db = Database(tmp_path / "empty.db")
    make_first_owner(db, "ana", "Ana", "Ortiz")
    db.close()
    return db.path


def go_back(office: Office, to: Path) -> None:
    restore(office.db.path, to, "ana", who=office.identity("ana"))


async def look_again(person: Person) -> None:
    """Let the app find out that somebody wrote."""
    await person.app._watch()
    await settle(person.pilot)


async def test_an_app_on_what_is_gone_begins_anew(office: Office, empty: Path) -> None:
    office.contact("Maria Lopez", wrote="Who is this?")
    async with office.messenger() as person:
        await person.press("enter", "h", "i")
        go_back(office, empty)
        await person.press("j", "k", "u", "n")
        await look_again(person)
        assert isinstance(person.app.screen, CampaignsScreen)
        assert "went back to a backup" in person.notice
        await person.press("z", "p", "escape", "H", "escape", "c", "escape")
        assert person.app._exception is None


async def test_keys_between_a_restore_and_the_next_look_do_no_harm(office: Office, empty: Path) -> None:
    office.contact("Maria Lopez", wrote="Who is this?")
    async with office.messenger() as person:
        go_back(office, empty)
        for key in ("enter", "h", "enter", "escape", "j", "r", "escape", "o", "escape", "e", "2", "1", "u", "n", "v"):
            await person.press(key)
        assert person.app._exception is None


async def test_what_the_store_refuses_to_a_worker_is_said_and_ends_nothing(office: Office) -> None:
    async def refused() -> None:
        raise NotFound("What was open here is not in the database any more.")

    office.contact("Maria Lopez", wrote="Who is this?")
    async with office.messenger() as person:
        person.app.screen.run_worker(refused())
        await settle(person.pilot)
        assert person.notice == "What was open here is not in the database any more."
        await person.press("enter")
        assert person.app._exception is None


async def test_an_app_whose_user_is_gone_ends_and_says_so(office: Office, empty: Path) -> None:
    async with office.messenger(login="kim") as person:
        go_back(office, empty)
        await person.app._watch()
        assert person.app._exit
        assert person.app._exception is None


def no_zone(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("UPDATE campaign SET timezone = 'Mars/Olympus'")


def no_utf_8(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("UPDATE contact SET first_name = CAST(x'41ff' AS TEXT)")


def no_pages(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        conn.execute("UPDATE users SET email = 'x'")
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\x55" * (path.stat().st_size - 4096))


@pytest.mark.parametrize("harm", [no_zone, no_utf_8, no_pages])
async def test_an_app_whose_file_is_damaged_says_so_and_goes_on(office: Office, harm: Callable[[Path], None]) -> None:
    for name in ("Maria Lopez", "Dev Patel"):
        office.contact(name, wrote="Who is this?")
    async with office.messenger() as person:
        harm(office.db.path)
        said = []
        await look_again(person)
        for key in ("j", "k", "enter", "escape", "H", "escape", "q"):
            said.append(person.notice)
            await person.press(key)
        assert any("is damaged" in each for each in said), said
        assert person.app._exception is None


async def test_an_app_goes_on_where_a_file_damaged_beyond_opening_was_restored(office: Office, tmp_path: Path) -> None:
    maria = office.contact("Maria Lopez", wrote="Who is this?")
    backup(office.db, tmp_path / "backup.db")
    async with office.messenger() as person:
        with office.db.path.open("r+b") as file:
            file.write(bytes(4096))
        await look_again(person)
        restore(office.db.path, tmp_path / "backup.db", "ana", who=None)
        await look_again(person)
        assert "went back to a backup" in person.notice
        assert isinstance(person.app.screen, CampaignsScreen)
        assert person.sees("Spring")
        assert person.app._exception is None
    again = Database(office.db.path)
    with again.reading() as conn:
        assert conn.execute("SELECT COUNT(*) FROM conversation WHERE id = ?", (maria,)).fetchone()[0] == 1
    again.close()


async def test_an_app_shows_at_once_what_was_gone_back_to(office: Office, tmp_path: Path) -> None:
    backup(office.db, tmp_path / "backup.db")
    async with office.app() as person:
        add_user(office.db, office.identity("ana"), "new", "New", "Person", role=Role.SENDER)
        await person.press("U")
        assert person.sees("New Person")
        go_back(office, tmp_path / "backup.db")
        await person.app._watch()
        await settle(person.pilot)
        assert not person.sees("New Person")
