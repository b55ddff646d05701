"""Taking contacts in (docs/rules.md 9.1, 9.2)."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.store.arranging import sentence_of
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import NotFound, NotPermitted, Refused
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.opened_points import EVERYTHING
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaigns import change_state, create_campaign
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.imports.contacts import import_contacts
from thrumsg_tui.store.imports.import_run import ImportOptions
from thrumsg_tui.store.imports.result import write_rejects
from thrumsg_tui.store.queries.campaigns import totals
from thrumsg_tui.store.queries.history import history
from thrumsg_tui.store.queries.users import identify

ANN = "4155550142"
BEA = "4155550143"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "people.csv"


def stored(db: Database) -> list[dict[str, Any]]:
    """Read what is stored of each conversation's contact, oldest first."""
    with db.reading() as conn:
        rows = conn.execute(
            """
            SELECT contact.phone, first_name, last_name, fields, first_key, last_key, conversation.opted_out,
                   conversation.campaign_id, assignment.user_id
            FROM conversation
            JOIN contact ON contact.id = contact_id
            JOIN assignment ON assignment.id = assignment_id
            ORDER BY conversation.id
            """
        )
        return [dict(row) for row in rows]


def test_each_row_becomes_a_conversation_held_by_unassigned(
    db: Database, owner: Identity, spring: Campaign, path: Path
) -> None:
    path.write_text("First Name,Last Name,Cell Phone,Polling Location\nÉva,Ortiz,(415) 555-0142,Oak School\n")
    done = import_contacts(db, owner, path, "Spring")
    assert (done.imported, done.updated, done.duplicates, done.unchanged, done.rejected) == (1, 0, 0, 0, ())
    assert done.columns == {"first_name": "First Name", "last_name": "Last Name", "phone": "Cell Phone"}
    assert stored(db) == [
        {
            "phone": "+14155550142",
            "first_name": "Éva",
            "last_name": "Ortiz",
            "fields": json.dumps({"polling_location": "Oak School"}),
            "first_key": "eva",
            "last_key": "ortiz",
            "opted_out": 0,
            "campaign_id": spring.id,
            "user_id": None,
        }
    ]
    with db.reading() as conn:
        assert totals(conn, spring.id).not_started == 1
        assert sentence_of(history(conn)[0]) == "took in contacts from people.csv: 1 imported"


def test_a_row_that_cannot_be_used_is_rejected_and_all_others_are_imported(
    db: Database, owner: Identity, spring: Campaign, path: Path
) -> None:
    path.write_text(f"first,phone\nAnn,{ANN}\n,{BEA}\nCy,\nDee,12\nEve,4155550144,x\n")
    done = import_contacts(db, owner, path, "Spring")
    assert done.imported == 1
    assert [(each.line, each.reason) for each in done.rejected] == [
        (3, "no first name"),
        (4, "no phone number"),
        (5, "'12' has too few digits for a phone number."),
        (6, "3 cells, and the header has 2"),
    ]


def test_a_rejects_file_can_be_corrected_and_imported_as_it_is(
    db: Database, owner: Identity, spring: Campaign, path: Path, tmp_path: Path
) -> None:
    path.write_text(f'first,phone,note\n,{ANN},"a\nb"\n')
    done = import_contacts(db, owner, path, "Spring")
    rejects = tmp_path / "rejects.csv"
    write_rejects(rejects, path, done.header, done.rejected)
    with rejects.open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [["first", "phone", "note", "line", "reason"], ["", ANN, "a\nb", "2", "no first name"]]
    rows[1][0] = "Ann"
    with rejects.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    assert import_contacts(db, owner, rejects, "Spring").imported == 1
    assert stored(db)[0]["fields"] == json.dumps({"note": "a\nb"})


def test_the_first_row_of_a_number_counts_and_later_ones_are_duplicates(
    db: Database, owner: Identity, spring: Campaign, path: Path
) -> None:
    path.write_text(f"first,phone\nAnn,{ANN}\nAnna,+1 (415) 555-0142\n")
    done = import_contacts(db, owner, path, "Spring")
    assert (done.imported, done.duplicates, done.rejected) == (1, 1, ())
    assert [(each.line, each.reason) for each in done.repeated] == [(3, "the same number as line 2")]
    assert stored(db)[0]["first_name"] == "Ann"


def test_what_a_new_row_says_replaces_and_where_it_says_nothing_the_old_stays(
    db: Database, owner: Identity, spring: Campaign, path: Path
) -> None:
    path.write_text(f"first,last,phone,city,ward\nAnn,Lee,{ANN},Gull Point,3\nBea,Low,{BEA},,\n")
    import_contacts(db, owner, path, "Spring")
    path.write_text(f"first,last,phone,city,ward\nÁnna,,{ANN},Tern Bay,\nBea,Low,{BEA},,\n")
    done = import_contacts(db, owner, path, "Spring")
    assert (done.imported, done.updated, done.unchanged) == (0, 1, 1)
    ann = stored(db)[0]
    assert (ann["first_name"], ann["last_name"], ann["first_key"]) == ("Ánna", "Lee", "anna")
    assert json.loads(ann["fields"]) == {"city": "Tern Bay", "ward": "3"}


def test_a_contact_of_another_campaign_gets_a_conversation_and_counts_as_imported(
    db: Database, owner: Identity, spring: Campaign, path: Path
) -> None:
    path.write_text(f"first,last,phone\nAnn,Lee,{ANN}\nBea,Ruiz,{BEA}\n")
    import_contacts(db, owner, path, "Spring")
    create_campaign(db, owner, Setup("Fall", "Hi", hours=DailyHours("UTC", 0, 1440)))
    path.write_text(f"first,phone\nBea,{BEA}\nAnna,{ANN}\n")
    for dry_run in (True, False):
        done = import_contacts(db, owner, path, "Fall", ImportOptions(dry_run=dry_run))
        assert (done.imported, done.updated) == (2, 0)
        assert done.notes == ("Known from other campaigns, and changed there too: line 3; line 3 was Ann Lee.",)
    names = [(each["first_key"], each["last_key"]) for each in stored(db)]
    assert names == [("anna", "lee"), ("bea", "ruiz"), ("bea", "ruiz"), ("anna", "lee")]
    path.write_text(f"first,phone\nHanna,{ANN}\n")
    again = import_contacts(db, owner, path, "Fall", ImportOptions(dry_run=True))
    assert again.updated == 1
    assert again.notes == ("Known from other campaigns, and changed there too: line 2; line 2 was Anna Lee.",)


def test_a_number_that_is_opted_out_arrives_opted_out(
    db: Database, owner: Identity, spring: Campaign, path: Path
) -> None:
    opt_out_number(db, owner, f"+1{ANN}")
    path.write_text(f"first,phone\nAnn,{ANN}\n")
    import_contacts(db, owner, path, "Spring")
    assert stored(db)[0]["opted_out"] == 1
    with db.reading() as conn:
        assert totals(conn, spring.id).opted_out == 1


def test_imports_a_file_again_changes_and_journals_nothing(
    db: Database, owner: Identity, spring: Campaign, path: Path
) -> None:
    path.write_text(f"first,phone\nAnn,{ANN}\n")
    import_contacts(db, owner, path, "Spring")
    with db.reading() as conn:
        before = history(conn)
    again = import_contacts(db, owner, path, "Spring")
    assert (again.unchanged, again.event) == (1, None)
    with db.reading() as conn:
        assert history(conn) == before


def test_a_dry_run_says_exactly_what_would_happen_and_changes_nothing(
    db: Database, owner: Identity, spring: Campaign, path: Path
) -> None:
    path.write_text(f"first,phone\nAnn,{ANN}\nAnn,{ANN}\nBea,1\n")
    tried = import_contacts(db, owner, path, "Spring", ImportOptions(dry_run=True))
    assert stored(db) == []
    done = import_contacts(db, owner, path, "Spring")
    assert tried.event is None
    assert (tried.imported, tried.rejected, tried.repeated) == (done.imported, done.rejected, done.repeated)


def test_columns_can_be_mapped_to_fields_and_to_codes_of_ones_own(
    db: Database, owner: Identity, spring: Campaign, path: Path
) -> None:
    path.write_text("Call Name,Line,Ort,organization\nAnn,020 7946 0958,Gull Point,Union\n")
    mapping = {"first_name": "Call Name", "phone": "Line", "city": "Ort"}
    done = import_contacts(db, owner, path, "Spring", ImportOptions(mapping, region="GB", confirmed=EVERYTHING))
    assert done.columns == mapping
    assert stored(db)[0]["phone"] == "+442079460958"
    assert json.loads(stored(db)[0]["fields"]) == {"city": "Gull Point", "organization_2": "Union"}


@pytest.mark.parametrize("code", ["organization", "sender_first_name", "Sender Last Name"])
def test_no_column_gets_the_code_of_a_field_that_is_filled_in_from_elsewhere(
    db: Database, owner: Identity, spring: Campaign, path: Path, code: str
) -> None:
    """docs/rules.md 7.1: the column would be reported as that field, and a text still get the other value."""
    path.write_text(f"First Name,Phone,Home Town\nAnn,{ANN},Gull Point\n")
    with pytest.raises(Refused, match=r"filled in from elsewhere.*such as --map \w+_2='Home Town'"):
        import_contacts(db, owner, path, "Spring", ImportOptions({code: "Home Town"}))
    assert stored(db) == []


def test_a_file_with_full_names_only_is_refused_and_the_way_out_is_said(
    db: Database, owner: Identity, spring: Campaign, path: Path
) -> None:
    path.write_text(f"Full Name,Phone\nAnn Lee,{ANN}\n")
    with pytest.raises(Refused, match=r"A full name in one column is not enough.* --map first_name=COLUMN"):
        import_contacts(db, owner, path, "Spring")


def test_an_archived_campaign_an_unknown_one_and_an_unknown_region_are_refused(
    db: Database, owner: Identity, spring: Campaign, path: Path
) -> None:
    path.write_text(f"first,phone\nAnn,{ANN}\n")
    with pytest.raises(NotFound):
        import_contacts(db, owner, path, "Winter")
    with pytest.raises(Refused, match="'Mars' is not a region"):
        import_contacts(db, owner, path, "Spring", ImportOptions(region="Mars"))
    change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    with pytest.raises(Refused, match="archived"):
        import_contacts(db, owner, path, "Spring")
    assert stored(db) == []


def test_a_sender_may_not_import(db: Database, spring: Campaign, path: Path) -> None:
    with db.reading() as conn:
        kim = identify(conn, "kim")
    with pytest.raises(NotPermitted):
        import_contacts(db, kim, path, "Spring")


def test_every_contact_is_in_a_campaign(db: Database, owner: Identity, spring: Campaign, tmp_path: Path) -> None:
    """Else a search by name would not find them: it reads the names of conversations (docs/rules.md 3.21)."""
    file = tmp_path / "contacts.csv"
    file.write_text("first name,phone\nAnn,4155550101\nBo,4155550102\nBo,not a number\nAnn,4155550101\n")
    for dry_run in (True, False, False):
        import_contacts(db, owner, file, "Spring", ImportOptions(dry_run=dry_run))
    nowhere = "NOT EXISTS (SELECT 1 FROM conversation WHERE contact_id = contact.id)"
    with db.reading() as conn:
        found = conn.execute(f"SELECT COUNT(*) AS all_, COUNT(*) FILTER (WHERE {nowhere}) AS nowhere FROM contact")
        assert tuple(found.fetchone()) == (2, 0)
