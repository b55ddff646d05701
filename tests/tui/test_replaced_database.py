"""What is under an open app goes back to a backup, or breaks (docs/rules.md 11.4, 11.5)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.office import Office, settle
from thrumsg_tui.domain.people import Role
from thrumsg_tui.store.backup import backup
from thrumsg_tui.store.changes.people import add_user
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.restoring import restore


@pytest.fixture
def empty(office: Office, tmp_path: Path) -> Path:
    """A backup in which there is ana, and nothing else."""
    from thrumsg_tui.store.changes.people import make_first_owner

    db = Database(tmp_path / "empty.db")
    make_first_owner(db, "ana", "Ana", "Ortiz")
    db.close()
    return db.path


def go_back(office: Office, to: Path) -> None:
    restore(office.db.path, to, "ana", who=office.identity("ana"))


@pytest.mark.parametrize("login", ["ana", "kim"])
async def test_an_app_on_what_is_gone_goes_on(office: Office, empty: Path, login: str) -> None:
    async with office.messenger(login=login) as person:
        await person.press("down", "enter")
        go_back(office, empty)
        await person.app._watch()
        await settle(person.pilot)
        for key in ("escape", "j", "k", "u", "n", "z", "p", "escape", "H", "escape", "q", "q"):
            if not person.app._exit:
                await person.press(key)
        assert person.app._exception is None


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
