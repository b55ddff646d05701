"""Importing files and writing exports in the app (docs/rules.md 9)."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from time import monotonic, sleep

import pytest
from textual.events import Paste

from tests.tui.filling import choose, fill, form_of
from tests.tui.moving import journal
from tests.tui.office import PATIENCE, Office, settle
from thrumsg_tui.domain.enums import CampaignState, ImportKind
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaigns import change_state
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.imports.import_kinds import import_file
from thrumsg_tui.store.imports.import_run import ImportOptions
from thrumsg_tui.store.imports.result import Imported
from thrumsg_tui.store.queries.campaigns import find_campaign, totals
from thrumsg_tui.store.queries.questions import questions
from thrumsg_tui.store.queries.recommended_replies import recommended_replies
from thrumsg_tui.store.queries.thread import get_opt_out
from thrumsg_tui.store.queries.users import users
from thrumsg_tui.tui.screens import imports
from thrumsg_tui.tui.screens.campaigns import CampaignsScreen
from thrumsg_tui.tui.screens.imports import ImportScreen
from thrumsg_tui.tui.screens.overview import OverviewScreen

STRANGE = (
    "Vorname;Nachname;Handy;Wahllokal\r\n"
    'Zoë;Müller;(415) 555-0101;"Rathaus,\r\n2. Stock"\r\n'
    "José;;415-555-0102;Schule\r\n"
    ";Niemand;415-555-0103;Schule\r\n"
    "Bad;Number;123;Schule\r\n"
    "Again;Again;+1 415 555 0101;Schule\r\n"
)
"""Semicolons, quoted line breaks, accents, rows without a name or number, and one that comes twice."""


def total(office: Office, name: str = "Spring") -> int:
    """How many contacts a campaign has."""
    with office.db.reading() as conn:
        return totals(conn, find_campaign(conn, name).id).total


@pytest.fixture
def strange(tmp_path: Path) -> Path:
    path = tmp_path / "strange.csv"
    path.write_bytes(STRANGE.encode("cp1252"))
    return path


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_a_file_is_looked_at_then_tried_then_imported(
    office: Office, strange: Path, size: tuple[int, int]
) -> None:
    async with office.app(size=size) as person:
        await person.press("I")
        await fill(person, file=str(strange))
        assert person.sees("5 rows.", "Windows-1252", "semicolon")
        assert person.sees("first_name from 'Vorname': Zoë, José")
        await person.press("pagedown")
        assert person.sees("%wahllokal% from 'Wahllokal'")
        await person.press("ctrl+o")
        assert person.sees("Columns of strange.csv")
        await person.press("ctrl+o")
        assert isinstance(person.app.screen, ImportScreen)
        assert person.sees("; would import contacts from")
        assert person.sees("line 5", "no first name", "line 6", "123", "line 7", "the same number as line 2")
        assert person.sees("line 2      new", "line 4      new")
        assert total(office) == 0, "nothing is changed by looking"
        await person.press("enter")
        assert person.sees("; imported contacts from")
        assert total(office) == 2
        await person.press("E", "ctrl+o")
    with strange.with_name("strange-rejects.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[0][-2:] == ["line", "reason"]
    assert [row[-2] for row in rows[1:]] == ["5", "6"]


async def test_enters_while_a_file_is_imported_do_not_import_it_again(office: Office, strange: Path) -> None:
    async with office.app() as person:
        await person.press("I")
        await fill(person, file=str(strange))
        await person.press("ctrl+o", "ctrl+o")
        person.send("enter", "enter", "enter")
        await settle(person.pilot)
        assert person.sees("2 new", "; imported contacts from")


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_what_looks_like_a_field_in_a_reply_is_said_before_it_is_imported(
    office: Office, tmp_path: Path, size: tuple[int, int]
) -> None:
    """docs/rules.md 7.1."""
    path = tmp_path / "replies.csv"
    path.write_text("title,body\nA,Hi %first_name%\nB,Hi {firstName}\n", encoding="utf-8")
    async with office.app(size=size) as person:
        await person.press("I")
        await fill(person, file=str(path))
        await choose(person, kind="replies")
        await person.press("ctrl+o", "ctrl+o")
        assert person.sees("line 3      look", "{firstName} looks like a field; %first_name%")


async def test_columns_that_are_not_recognised_are_named_by_hand(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("who,digits\nMaria,4155550101\n", encoding="utf-8")
    async with office.app() as person:
        await person.press("I")
        await fill(person, file=str(path))
        assert person.sees("first_name, phone: not recognised")
        await person.press("ctrl+o", "ctrl+o")
        assert person.sees("Say which column this is.")
        await choose(person, first_name="who", phone="digits")
        await person.press("ctrl+o", "enter")
        assert total(office) == 1


async def test_columns_named_by_hand_stay_with_their_file(office: Office, tmp_path: Path) -> None:
    odd, other = tmp_path / "odd.csv", tmp_path / "other.csv"
    odd.write_text("who,digits,tag\nMaria,4155550101,Lopez\n", encoding="utf-8")
    other.write_text("first name,phone,tag\nDev,4155550102,blue\n", encoding="utf-8")
    async with office.app() as person:
        await person.press("I")
        await fill(person, file=str(odd))
        await person.press("ctrl+o")
        await choose(person, first_name="who", phone="digits", last_name="tag")
        await person.press("ctrl+o", "I", "ctrl+o")
        assert form_of(person).form.entered == {"first_name": "who", "last_name": "tag", "phone": "digits"}
        await person.press("ctrl+o", "I")
        await fill(person, file=str(other))
        await person.press("ctrl+o")
        assert form_of(person).form.entered == {"first_name": "first name", "last_name": "", "phone": "phone"}


async def test_tab_completes_a_path(office: Office, tmp_path: Path) -> None:
    (tmp_path / "contacts-of-may.csv").write_text("first name,phone\nMaria,4155550101\n", encoding="utf-8")
    (tmp_path / "other.txt").write_text("", encoding="utf-8")
    async with office.app() as person:
        await person.press("I")
        await person.type(f"{tmp_path}/con")
        await person.wait_for("contacts-of-may.csv")
        await person.press("tab")
        assert person.sees("1 row.", "Maria")


CONTACTS = (
    "first name,last name,cell,phone,polling place\nMaria,,(415) 220-0101,,Gym\nN/A,,4152200102,,\nBo,,,4152200103.0,\n"
)


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "survey of users.csv"
    path.write_text(CONTACTS, encoding="utf-8")
    return path


@pytest.mark.parametrize("steps", [(), ("down",), ("down", "down")])
async def test_a_path_that_is_typed_is_the_path_wherever_a_choice_has_the_focus(
    office: Office, people: Path, steps: tuple[str, ...]
) -> None:
    async with office.app() as person:
        await person.press("I", *steps)
        await person.type(str(people))
        entered = form_of(person).form.entered
        assert (entered["file"], entered["kind"], entered["campaign"]) == (str(people), "contacts", "Spring")


@pytest.mark.parametrize("steps", [(), ("down",), ("down", "down")])
async def test_a_path_that_is_pasted_is_the_path_wherever_a_choice_has_the_focus(
    office: Office, people: Path, steps: tuple[str, ...]
) -> None:
    async with office.app() as person:
        await person.press("I", *steps)
        person.app.post_message(Paste(f"{people}\n"))
        await settle(person.pilot)
        entered = form_of(person).form.entered
        assert (entered["file"], entered["kind"], entered["campaign"]) == (str(people), "contacts", "Spring")


@pytest.mark.parametrize("written", ["'{}'", '"{}"', "file://{}", " {} "])
async def test_a_path_as_other_programs_give_it_is_understood(office: Office, people: Path, written: str) -> None:
    given = str(people).replace(" ", "%20") if written.startswith("file:") else str(people)
    async with office.app() as person:
        await person.press("I")
        await fill(person, file=written.format(given))
        assert person.sees("3 rows.")


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_what_numbers_were_read_as_is_shown_before_and_in_the_preview(
    office: Office, people: Path, size: tuple[int, int]
) -> None:
    async with office.app(size=size) as person:
        await person.press("I")
        await fill(person, file=str(people))
        assert person.sees("(415) 220-0101 is +14152200101")
        assert person.sees("from 'cell', else 'phone'")
        await person.press("pagedown")
        assert person.sees("%polling_place%")
        await person.press("ctrl+o", "ctrl+o")
        assert person.sees("line 3", "no first name, as 'N/A' stands for none")
        assert person.sees("1 number read from 'phone', as 'cell' has none: line 4.")
        assert person.sees("%polling_place% from 'polling place'")
        assert person.sees("line 2      new        (415) 220-0101 is +14152200101")
        assert person.sees("line 4      new        4152200103.0 is +14152200103")


@pytest.mark.parametrize("path", ["/nowhere/at/all.csv", "", "/"])
async def test_a_path_that_is_no_file_is_said_and_kept(office: Office, path: str) -> None:
    async with office.app() as person:
        await person.press("I")
        await fill(person, file=path)
        await person.press("ctrl+o")
        assert person.sees("Import a file")
        assert person.sees("Which file?") or person.sees("There is no file") or person.sees("is a folder")


async def test_enter_on_a_file_that_is_not_there_says_so_and_stays(office: Office, strange: Path) -> None:
    async with office.app() as person:
        await person.press("I")
        await fill(person, file=str(strange) + "x")
        await person.press("enter")
        assert person.sees("There is no file")
        assert form_of(person).form.here == "file"
        await person.press("backspace")
        assert not person.sees("There is no file")
        await person.press("enter")
        assert form_of(person).form.here == "kind"


async def test_after_a_mistake_the_cursor_is_in_the_field_that_is_wrong(office: Office, tmp_path: Path) -> None:
    async with office.app() as person:
        await person.press("I")
        await fill(person, file=str(tmp_path / "nofile.csv"))
        form_of(person).form.begin("kind")
        await person.press("ctrl+o")
        assert person.sees("There is no file", "nofile.csv")
        assert form_of(person).form.here == "file"
        assert form_of(person).form.entered["file"] == str(tmp_path / "nofile.csv")


async def test_every_other_kind_is_imported_too(office: Office, tmp_path: Path) -> None:
    files = {
        "users": "login,first_name,last_name,role\nmax,Max,Miller,sender\n",
        "replies": "title,body\nWhere,At the library\n",
        "survey": "question,choices\nWill you vote?,Yes|No\n",
        "opt-outs": "phone,note\n4155550199,asked by mail\n",
    }
    async with office.app() as person:
        await person.press("I")
        for kind, text in files.items():
            path = tmp_path / f"{kind}.csv"
            path.write_text(text, encoding="utf-8")
            await choose(person, kind=kind)
            await fill(person, file=str(path))
            await person.press("ctrl+o", "ctrl+o", "enter")
            assert person.sees(f"; imported {kind}"), person.screen
            await person.press("I")
        await person.press("escape", "y")
    with office.db.reading() as conn:
        assert "max" in {each.login for each in users(conn)}
        assert [each.title for each in recommended_replies(conn, office.campaigns["Spring"].id)] == ["Where"]
        assert [each.text for each in questions(conn, office.campaigns["Spring"].id)] == ["Will you vote?"]
        assert get_opt_out(conn, "+14155550199")


async def test_leaving_the_first_form_leaves_the_import(office: Office) -> None:
    async with office.app() as person:
        await person.press("I", "escape")
        assert isinstance(person.app.screen, OverviewScreen)


async def test_esc_leaves_the_import_after_a_file_was_refused(
    office: Office, strange: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object) -> None:
        raise Refused("The file is gone.")

    monkeypatch.setattr(imports, "columns_form", refuse)
    async with office.app() as person:
        await person.press("I")
        await fill(person, file=str(strange))
        await person.press("ctrl+o")
        assert person.notice == "The file is gone."
        await person.press("escape")
        assert isinstance(person.app.screen, OverviewScreen)


async def test_the_screen_goes_on_running_after_a_file_was_taken_in(office: Office, strange: Path) -> None:
    async with office.app() as person:
        await person.press("I")
        await fill(person, file=str(strange))
        await person.press("ctrl+o", "ctrl+o")
        assert person.app.screen.is_running


async def test_a_file_in_which_nothing_is_new_is_not_imported(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("first name,phone\n", encoding="utf-8")
    async with office.app() as person:
        await person.press("I")
        await fill(person, file=str(path))
        await person.press("ctrl+o", "ctrl+o", "enter")
        assert person.notice == "Nothing in this file would change anything."


async def test_a_file_that_only_updates_is_imported(office: Office, tmp_path: Path) -> None:
    """docs/rules.md 9.1."""
    maria = office.contact("Maria Lopez")
    path = tmp_path / "corrected.csv"
    path.write_text(f"first name,last name,phone\nMaria,Luna,{office.conversation(maria).phone}\n", encoding="utf-8")
    async with office.app() as person:
        await person.press("I")
        await fill(person, file=str(path))
        await person.press("ctrl+o", "ctrl+o")
        assert person.sees("1 updated; would import contacts")
        assert person.notice.startswith("Nothing is changed yet: Enter imports it")
        await person.press("enter")
        assert person.sees("1 updated; imported contacts")
    assert office.conversation(maria).name == "Maria Luna"


async def test_enter_imports_a_file_once(office: Office, strange: Path) -> None:
    async with office.app() as person:
        await person.press("I")
        await fill(person, file=str(strange))
        await person.press("ctrl+o", "ctrl+o", "enter")
        assert person.notice == "Imported. E keeps the rejected rows in a file."
        before = journal(office)
        await person.press("enter")
        assert person.notice == "It is imported already; I chooses another file."
    assert journal(office) == before


async def test_leaving_the_choice_of_another_file_leaves_the_first_as_it_is(office: Office, strange: Path) -> None:
    async with office.app() as person:
        await person.press("I")
        await fill(person, file=str(strange))
        await person.press("ctrl+o", "ctrl+o", "I", "escape")
        assert isinstance(person.app.screen, ImportScreen)
        assert person.sees("; would import contacts from strange.csv")


async def test_without_rejected_rows_there_is_no_file_of_them(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text("first name,phone\nMaria,4155550101\n", encoding="utf-8")
    async with office.app() as person:
        await person.press("I")
        await fill(person, file=str(path))
        await person.press("ctrl+o", "ctrl+o", "E")
        assert isinstance(person.app.screen, ImportScreen)
        assert person.notice == "No row was rejected."


async def test_escape_stops_an_import_that_is_under_way(
    office: Office, strange: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow_import(
        db: Database, who: Identity, kind: ImportKind, path: Path, campaign: str | None, options: ImportOptions
    ) -> Imported:
        until = monotonic() + (0 if options.dry_run else PATIENCE)
        while monotonic() < until:
            assert options.on_progress is not None
            options.on_progress(1, 5)  # raises once it is stopped
            sleep(0.01)
        return import_file(db, who, kind, path, campaign, options)

    monkeypatch.setattr(imports, "import_file", slow_import)
    async with office.app() as person:
        await person.press("I")
        await fill(person, file=str(strange))
        await person.press("ctrl+o", "ctrl+o")
        person.send("enter")
        await person.reach(lambda: person.sees("1 of 5 rows, Esc stops"), "how far it is")
        await person.press("escape")
        assert isinstance(person.app.screen, ImportScreen)
        assert person.notice == "Stopped: nothing was changed, and no file was left behind."
    assert total(office) == 0


async def test_an_archived_campaign_is_not_offered(office: Office) -> None:
    change_state(office.db, office.ana, "Spring", CampaignState.ARCHIVED)
    async with office.app() as person:
        await person.press("I")
        assert person.sees("no campaign")
        assert not person.sees("(•) Spring")


# Exports (docs/rules.md 9.3)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_all_four_exports_are_written_by_keys(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.chdir(tmp_path)
    office.contact("Maria Lopez", "kim", wrote="Hello")
    async with office.app(size=size) as person:
        for kind in ("messages", "surveys", "conversations", "opt-outs"):
            await person.press("E")
            await choose(person, kind=kind)
            assert person.sees("Goes to")
            await person.press("ctrl+o")
            assert re.search(r"\d rows? in", person.notice)
    with (tmp_path / "spring-messages.csv").open(newline="", encoding="utf-8") as file:
        assert [row["message_direction"] for row in csv.DictReader(file)] == ["outgoing", "incoming"]
    assert {each.name for each in tmp_path.glob("spring-*.csv")} == {
        "spring-messages.csv",
        "spring-surveys.csv",
        "spring-conversations.csv",
        "spring-opt-outs.csv",
    }


async def test_an_export_that_cannot_be_written_says_so_and_keeps_the_form(office: Office, tmp_path: Path) -> None:
    async with office.app() as person:
        await person.press("E")
        await fill(person, file=str(tmp_path / "no" / "such" / "folder.csv"))
        await person.press("ctrl+o")
        assert "cannot be written: No such file or directory" in " ".join(person.screen.replace("│", "").split())
        assert form_of(person).form.entered["file"].endswith("folder.csv")


async def test_from_the_campaigns_an_export_may_be_of_all(office: Office, tmp_path: Path) -> None:
    office.contact("Maria Lopez", "kim", texted=True)
    async with office.app() as person:
        await person.press("q")
        assert isinstance(person.app.screen, CampaignsScreen)
        await person.press("E")
        await choose(person, of="all")
        await fill(person, file=str(tmp_path / "all.csv"))
        assert person.sees("all.csv")
        await person.press("ctrl+o")
    assert (tmp_path / "all.csv").read_text(encoding="utf-8").count("\n") == 2
