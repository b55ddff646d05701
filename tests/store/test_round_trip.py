"""Our own exports, imported again (docs/rules.md 7.5, 9.1, 9.3)."""

from __future__ import annotations

import csv
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.new_database import give_back, new_database
from tests.store.arranging import ask_everyone, known_as
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import ExportKind, ImportKind
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.spreadsheets import guarded
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.changes.campaigns import create_campaign
from thrumsg_tui.store.changes.opt_outs import opt_in_number, opt_out_number
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.users import make_first_owner
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.export import export
from thrumsg_tui.store.imports.contacts import import_contacts
from thrumsg_tui.store.imports.inspection import inspect
from thrumsg_tui.store.imports.opt_outs import import_opt_outs
from thrumsg_tui.store.queries.questions import questions

NAMES = ["=SUM(A1)", "-Ann", "+Bo", "@cy", "'t Hooft", "'=x", "''-y", 'Ada "Bee"', "O'Neil", "Zoë", "%first_name%"]


def people(db: Database) -> list[tuple[str, str, str, dict[str, str]]]:
    with db.reading() as conn:
        rows = conn.execute("SELECT phone, first_name, last_name, fields FROM contact ORDER BY phone")
        return [(row["phone"], row["first_name"], row["last_name"], json.loads(row["fields"])) for row in rows]


def write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


@pytest.fixture
def busy(db: Database, owner: Identity, spring: Campaign, tmp_path: Path) -> Path:
    """A campaign with strange names and codes, messages, answers and opt-outs; where its export goes."""
    path = tmp_path / "out.csv"
    header = ["first", "last", "phone", "status", "cell tower", "home phone", "custom_x", "note"]
    own = ["gold", "T1", "4155550199", "y", "=n"]
    rows = [[guarded(name), guarded(name), f"41522001{nth:02}", *own] for nth, name in enumerate(NAMES)]
    write(path, [header, *rows])
    import_contacts(db, owner, path, "Spring")
    ask_everyone(db, owner, "Spring", Will_you_vote="Yes|No", **{"Call_4155550142_or_ask@example.org": "Yes|No"})
    with db.reading() as conn:
        question = questions(conn, spring.id)[0]
    for conversation_id in (1, 2, 3):
        send(db, owner, ConversationId(conversation_id), body="hello")
        record_answer(db, owner, ConversationId(conversation_id), question.id, question.choices[0].id)
    receive(db, None, "+14152200100", "=cmd")
    opt_out_number(db, owner, "+14152200102", "-asked")
    return path


@pytest.mark.parametrize("kind", list(ExportKind))
def test_no_export_changes_a_name_or_makes_a_field(db: Database, owner: Identity, busy: Path, kind: ExportKind) -> None:
    before = people(db)
    export(db, owner, kind, busy)
    done = import_contacts(db, owner, busy, "Spring")
    assert people(db) == before
    assert (done.imported, done.updated, done.rejected) == (0, 0, ())
    assert done.columns == {
        "first_name": "contact_first_name",
        "last_name": "contact_last_name",
        "phone": "contact_phone",
    }


def test_messages_of_one_contact_are_duplicates(db: Database, owner: Identity, busy: Path) -> None:
    export(db, owner, ExportKind.MESSAGES, busy)
    assert import_contacts(db, owner, busy, "Spring").duplicates > 0


def test_fields_of_exported_contacts_come_back_by_their_codes_in_an_empty_database(
    db: Database, owner: Identity, busy: Path, tmp_path: Path
) -> None:
    export(db, owner, ExportKind.MESSAGES, busy)
    other = Database(new_database(tmp_path / "other.db"))
    make_first_owner(other, "ana", "Ana", "Ortiz")
    ana = known_as(other, "ana")
    create_campaign(other, ana, Setup("Fall", "Hi", hours=DailyHours("UTC", 0, 1440)))
    import_contacts(other, ana, busy, "Fall")
    texted = {phone for phone, *_ in people(other)}
    assert people(other) == [each for each in people(db) if each[0] in texted]
    other.close()


@pytest.mark.parametrize(
    ("kind", "own"),
    [
        (ExportKind.CONVERSATIONS, "conversation_id"),
        (ExportKind.MESSAGES, "contact_id"),
        (ExportKind.MESSAGES, "message_id"),
        (ExportKind.MESSAGES, "campaign_id"),
        (ExportKind.SURVEYS, "survey_id"),
    ],
)
def test_part_of_an_export_is_still_known_as_ours(
    db: Database, owner: Identity, busy: Path, kind: ExportKind, own: str
) -> None:
    before = people(db)
    export(db, owner, kind, busy)
    kept = [own, "contact_phone", "contact_first_name", "response" if kind is ExportKind.SURVEYS else "status"]
    with busy.open(newline="", encoding="utf-8") as file:
        rows = [[row[title] for title in kept] for row in csv.DictReader(file)]
    write(busy, [kept, *rows])
    import_contacts(db, owner, busy, "Spring")
    assert people(db) == before


def test_exported_opt_outs_opt_out_again_with_their_notes(db: Database, owner: Identity, busy: Path) -> None:
    export(db, owner, ExportKind.OPT_OUTS, busy)
    opt_in_number(db, owner, "+14152200102")
    assert import_opt_outs(db, owner, busy).imported == 1
    with db.reading() as conn:
        assert conn.execute("SELECT note FROM opt_out").fetchone()["note"] == "-asked"


def test_a_look_at_an_export_says_what_would_not_be_used(db: Database, owner: Identity, busy: Path) -> None:
    export(db, owner, ExportKind.CONVERSATIONS, busy)
    found = inspect(busy, ImportKind.CONTACTS)
    assert found.custom == {}
    assert {"conversation_id", "status", "assignee", "Will you vote?"} <= set(found.unused)


cells = st.tuples(st.text("'=+-@\t\rAz\u00e9 \u200b", max_size=6), st.text("'=+-@Az", max_size=4))


@settings(max_examples=examples(25), deadline=None)
@given(st.lists(cells, min_size=1, max_size=8))
def test_whatever_names_a_file_gave_their_export_changes_none(names: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        db = Database(new_database(Path(folder) / "t.db"))
        make_first_owner(db, "ana", "Ana", "Ortiz")
        ana = known_as(db, "ana")
        create_campaign(db, ana, Setup("Spring", "Hi", hours=DailyHours("UTC", 0, 1440)))
        path = Path(folder) / "people.csv"
        rows = [[f"{first}A", last, f"41522001{nth:02}"] for nth, (first, last) in enumerate(names)]
        write(path, [["first", "last", "phone"], *rows])
        assert import_contacts(db, ana, path, "Spring").imported == len(names)
        before = people(db)
        export(db, ana, ExportKind.CONVERSATIONS, path)
        assert import_contacts(db, ana, path, "Spring").unchanged == len(names)
        assert people(db) == before
        db.close()
        give_back(db.location)
