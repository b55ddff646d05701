"""An app that a forced command opened names files in one folder, and nowhere else (docs/rules.md 11.1)."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path

import pytest

from tests.tui.filling import choose, fill, form_of
from tests.tui.office import Office, Person, settle
from thrumsg_tui.store.changes.shared_files import make_shared_folder, writing_shared
from thrumsg_tui.store.queries.shared_files import shared_files
from thrumsg_tui.tui.app import ThrumsgApp
from thrumsg_tui.tui.screens.imports import ImportScreen

PEOPLE = "first name,last name,phone\nMaria,Lopez,4155550101\nBad,Row,12\n"


@pytest.fixture
def folder(office: Office) -> Path:
    return make_shared_folder(office.db.path)


@asynccontextmanager
async def over_ssh(office: Office) -> AsyncIterator[Person]:
    """Open the app as Ana, who is an owner and came with a key."""
    app = ThrumsgApp(office.db, office.ana, UTC, forced_command=True, timers=office.timers)
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        yield Person(pilot)
    app.store.close()


def put(office: Office, name: str, text: str) -> None:
    """Put a file into the folder, as Ana's earlier session would have written it."""
    folder = make_shared_folder(office.db.path)
    with writing_shared(office.db, office.ana, [name]):
        (folder / name).write_text(text, encoding="utf-8")


def words(person: Person) -> str:
    """What is on the screen, without frames and line breaks."""
    return " ".join(person.screen.replace("│", "").split())


async def test_an_export_goes_to_the_folder_by_its_bare_name(office: Office, folder: Path) -> None:
    office.contact("Maria Lopez", "kim", wrote="Hello")
    async with over_ssh(office) as person:
        await person.press("E")
        assert person.sees("Goes to", "spring-messages.csv")
        assert str(folder) not in person.screen
        await person.press("ctrl+o")
        assert person.notice.endswith("in spring-messages.csv")
    with (folder / "spring-messages.csv").open(newline="", encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == 2
    (written,) = shared_files(office.db, office.ana)
    assert written.author == office.ana.user


@pytest.mark.parametrize("named", ["/.ssh/authorized_keys", "../out.csv", ".hidden", "~/out.csv", "file:///out.csv"])
async def test_no_form_takes_a_path(office: Office, folder: Path, tmp_path: Path, named: str) -> None:
    (tmp_path / "out.csv").write_text("not to be read, not to be replaced")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.csv")}
    async with over_ssh(office) as person:
        await person.press("E")
        await fill(person, file=named)
        await person.press("ctrl+o")
        assert "You may not name a file here" in words(person)
        assert form_of(person).form.entered["file"] == named, "what was typed is kept"
        await person.press("escape", "enter")
        await person.press("I")
        await fill(person, file=named)
        await person.press("ctrl+o")
        assert "You may not name a file here" in words(person)
        assert "not to be read" not in person.screen
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.csv")} == before
    assert list(folder.iterdir()) == []


async def test_what_thrumsg_did_not_write_is_not_replaced(office: Office, folder: Path) -> None:
    (folder / "theirs.csv").write_text("kept")
    async with over_ssh(office) as person:
        await person.press("E")
        await fill(person, file="theirs.csv")
        await person.press("ctrl+o")
        assert "thrumsg did not write the file theirs.csv" in words(person)
    assert (folder / "theirs.csv").read_text() == "kept"


async def test_an_import_offers_the_folder_and_its_rejects_go_there(
    office: Office, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "outside.csv").write_text(PEOPLE)
    put(office, "people.csv", PEOPLE)
    async with over_ssh(office) as person:
        await person.press("I")
        assert person.sees("people.csv")
        assert "outside.csv" not in person.screen
        await person.type("peo")
        await person.press("tab")
        assert person.sees("2 rows.", "Maria")
        await person.press("ctrl+o", "ctrl+o", "enter")
        assert isinstance(person.app.screen, ImportScreen)
        assert person.sees("; imported contacts from")
        await person.press("E")
        assert form_of(person).form.entered["file"] == "people-rejects.csv"
        await person.press("ctrl+o")
        assert "The rejected rows are in people-rejects.csv" in person.notice
        assert str(folder) not in person.screen
    assert [each.name for each in shared_files(office.db, office.ana)] == ["people-rejects.csv", "people.csv"]
    assert [path.name for path in tmp_path.glob("*rejects*")] == []


async def test_what_is_wrong_with_a_file_names_it_without_the_folder(office: Office, folder: Path) -> None:
    put(office, "empty.csv", "")
    async with over_ssh(office) as person:
        await person.press("I")
        await fill(person, file="empty.csv")
        await person.press("ctrl+o")
        assert "empty.csv is empty" in words(person)
        assert str(folder) not in words(person)


async def test_elsewhere_a_path_is_taken_but_not_the_database(office: Office, tmp_path: Path) -> None:
    async with office.app() as person:
        await person.press("E")
        await choose(person, kind="messages")
        await fill(person, file=f"{office.db.path}-journal")
        await person.press("ctrl+o")
        assert "is a thrumsg database, or part of one" in words(person)
        await fill(person, file=str(tmp_path / "m.csv"))
        await person.press("ctrl+o")
    assert (tmp_path / "m.csv").exists()


@pytest.mark.parametrize("typed", ["", "../", "/etc/", "~/"])
async def test_a_list_of_files_is_that_of_the_folder(office: Office, folder: Path, typed: str) -> None:
    put(office, "people.csv", PEOPLE)
    async with over_ssh(office) as person:
        await person.press("I")
        await person.type(typed)
        await person.press("enter")
        assert person.sees("Files in the folder for files", "people.csv")
        assert not person.sees("│  ../")
        assert not person.sees("passwd")
        await person.press("enter")
        assert form_of(person).form.entered["file"] == "people.csv"
