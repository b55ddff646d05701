"""A file is found from the form of an import, folder by folder, by somebody who knows no path."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.filling import form_of
from tests.tui.office import Office, Person
from thrumsg_tui.tui.dialogs.file_picker import FilePicker
from thrumsg_tui.tui.path_completion import entries_of

SIZES = [(120, 40), (80, 24)]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the app was started."""
    home = tmp_path / "home"
    (home / "Documents" / "lists").mkdir(parents=True)
    for name in ("Downloads", "Music", ".config"):
        (home / name).mkdir()
    (home / "notes.md").touch()
    (home / "Documents" / "lists" / "voters.csv").write_text("First Name,Last Name,Cell\nAna,Bell,4155550177\n")
    monkeypatch.chdir(home)
    return home


def file_of(person: Person) -> str:
    """What the field of the file has in it."""
    return form_of(person).form.entered["file"]


@pytest.mark.parametrize("size", SIZES)
async def test_enter_lists_the_files_and_goes_into_folders(office: Office, home: Path, size: tuple[int, int]) -> None:
    async with office.app(size=size) as person:
        await person.press("I")
        assert person.sees("Enter lists the files")
        await person.press("enter")
        assert person.sees("/home ─", "│  ../", "Documents/", "Downloads/", "Music/", "notes.md")
        assert not person.sees(".config")
        await person.press("enter")  # the cursor is on the first folder
        assert person.sees("lists/")
        await person.press("enter")
        assert person.sees("voters.csv")
        await person.press("enter")
        assert file_of(person) == "Documents/lists/voters.csv"
        assert form_of(person).form.here == "kind"
        assert person.sees("1 row.", "first_name from 'First Name': Ana")


async def test_a_name_is_found_by_typing_and_what_is_typed_ahead_counts(office: Office) -> None:
    async with office.app(size=(80, 24)) as person:
        await person.press("I")
        person.send("enter", *"docu", "enter", *"list", "enter", *"vot", "enter")
        await person.reach(lambda: person.sees("1 row."), "the file")
        assert file_of(person) == "Documents/lists/voters.csv"


async def test_a_folder_that_is_typed_is_listed(office: Office) -> None:
    async with office.app(size=(80, 24)) as person:
        await person.press("I")
        await person.type("Documents/lists/")
        await person.press("enter")
        assert person.sees("Documents/lists ─", "voters.csv")
        await person.press("up", "enter")  # the folder above
        assert person.sees("lists/")
        await person.press("escape")
        assert file_of(person) == "Documents/lists/"


async def test_a_file_that_is_named_is_not_listed(office: Office) -> None:
    async with office.app(size=(80, 24)) as person:
        await person.press("I")
        await person.type("Documents/lists/voters.csv")
        await person.press("enter")
        assert form_of(person).form.here == "kind"


async def test_a_name_that_could_control_the_terminal_is_shown_harmlessly_and_not_taken(
    office: Office, home: Path
) -> None:
    for other in list(home.iterdir()):
        other.rename(home.parent / other.name)
    (home / "a\x1b]0;PWNED\x07.csv").touch()
    async with office.app(size=(80, 24)) as person:
        await person.press("I", "enter", "enter")
        assert isinstance(person.app.screen, FilePicker)
        assert person.sees("This name has characters that cannot be shown")
        assert "\x1b" not in person.screen
        await person.press("escape")
        assert file_of(person) == ""


async def test_the_home_of_nobody_is_no_folder(office: Office) -> None:
    async with office.app(size=(80, 24)) as person:
        await person.press("I")
        await person.type("~nobody-of-this-name/x")
        assert file_of(person) == "~nobody-of-this-name/x"
        await person.press("backspace", "enter")
        assert isinstance(person.app.screen, FilePicker)
        assert person.sees("~nobody-of-this-name ─", "../")


async def test_an_empty_folder_says_so_and_leads_back(office: Office) -> None:
    async with office.app(size=(80, 24)) as person:
        await person.press("I")
        await person.type("Music/")
        await person.press("enter")
        assert person.sees("../")
        await person.type("x")
        assert person.sees("Nothing of that name is here.")
        await person.press("enter")
        assert person.sees("Choose a file or a folder first")


@pytest.mark.parametrize(
    ("folder", "above"),
    [("Documents/", ""), ("Documents/lists/", "Documents/"), ("/usr/", "/"), ("/", None)],
)
def test_the_folder_above_is_first(folder: str, above: str | None) -> None:
    found = [each.typed for each in entries_of(folder).entries if each.name == "../"]
    assert found == ([] if above is None else [above])


def test_above_the_folder_of_the_app_paths_are_whole(home: Path) -> None:
    for folder in ("", "./"):
        assert entries_of(folder).entries[0].typed == f"{home.parent}/"
    assert entries_of("../").entries[0].typed == f"{home.parent.parent}/"


def test_a_title_has_the_end_of_a_long_path(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = "/".join(["folder"] * 20)
    assert entries_of(f"/{deep}/").title.startswith(".../folder/")
    assert len(entries_of(f"/{deep}/").title) <= 44
    monkeypatch.setenv("HOME", str(home))
    assert entries_of("Documents/").title == "~/Documents"
    assert entries_of("").title == "~"
