"""Every kind of file: looked at before, followed on its way, and accounted for line by line (docs/rules.md 9)."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.arranging import journal, known_as, number, take_in
from tests.store.world import World, worlds
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.enums import ImportKind
from thrumsg_tui.domain.errors import NotPermitted, Refused
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.imports.columns import FIRST_NAME, LAST_NAME, PHONE, choose, recognise
from thrumsg_tui.store.imports.contacts import import_contacts
from thrumsg_tui.store.imports.import_kinds import import_file, kind_of
from thrumsg_tui.store.imports.import_run import ImportOptions
from thrumsg_tui.store.imports.inspection import FIRST_ROWS, inspect
from thrumsg_tui.store.imports.result import REJECT_COLUMNS, RejectedRow, write_rejects
from thrumsg_tui.store.progress import EVERY

GOOD = {
    ImportKind.CONTACTS: "First Name,Cell,Ward\nAnn,4155550142,3\n",
    ImportKind.USERS: "username,first,role\nmo,Mo,sender\n",
    ImportKind.REPLIES: "title,text\nWhere,Here\n",
    ImportKind.SURVEY: "question,answers\nWhen?,Now|Later\n",
    ImportKind.OPT_OUTS: "phone,reason\n4155550142,by mail\n",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file.csv"


# Looked at before


@pytest.mark.parametrize("kind", list(ImportKind))
def test_what_is_seen_is_what_is_imported(
    db: Database, owner: Identity, spring: Campaign, path: Path, kind: ImportKind
) -> None:
    path.write_text(GOOD[kind])
    seen = inspect(path, kind)
    assert (seen.kind, seen.rows, seen.unreadable, seen.missing, seen.refusal) == (kind, 1, 0, (), None)
    assert seen.fields == kind_of(kind).fields
    campaign = "Spring" if kind.needs_campaign else None
    done = import_file(db, owner, kind, path, campaign, ImportOptions())
    assert (done.imported, dict(done.columns), done.header) == (1, dict(seen.columns), seen.header)
    assert (list(done.new_lines), list(done.updated_lines)) == ([2], [])


def test_contacts_columns_become_fields_and_others_are_not_used(path: Path) -> None:
    path.write_text("First,Cell,Polling Place,organization,line,reason\nAnn,4155550142,Oak School,Union,2,x\n")
    seen = inspect(path, ImportKind.CONTACTS)
    assert seen.columns == {"first_name": "First", "phone": "Cell"}
    assert seen.custom == {"polling_place": "Polling Place", "organization_2": "organization"}
    assert (seen.unused, seen.header[-2:]) == ((), REJECT_COLUMNS)
    assert seen.first_rows == (("Ann", "4155550142", "Oak School", "Union", "2", "x"),)
    assert inspect(path, ImportKind.OPT_OUTS).unused == ("First", "Polling Place", "organization")


def test_a_column_that_is_not_recognised_is_named_and_can_be_mapped(path: Path) -> None:
    path.write_text("Rufname,Handynummer,Ort\nAnn,4155550142,Gull Point\n")
    seen = inspect(path, ImportKind.CONTACTS)
    assert seen.missing == ("first_name", "phone")
    assert seen.refusal is not None
    assert "--map first_name=COLUMN --map phone=COLUMN" in seen.refusal
    mapping = {"first_name": "Rufname", "phone": "Handynummer", "city": "Ort"}
    mapped = inspect(path, ImportKind.CONTACTS, mapping)
    assert (mapped.missing, mapped.refusal) == ((), None)
    assert mapped.columns == {"first_name": "Rufname", "phone": "Handynummer"}
    assert mapped.custom == {"city": "Ort"}


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [({"phone": "Fax"}, "no column 'Fax'"), ({"shoe": "phone"}, "'shoe' is no field")],
)
def test_a_mapping_that_cannot_be_is_refused_as_by_the_import(
    path: Path, mapping: dict[str, str], sentence: str
) -> None:
    path.write_text(GOOD[ImportKind.OPT_OUTS])
    with pytest.raises(Refused, match=sentence):
        inspect(path, ImportKind.OPT_OUTS, mapping)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04...", b"\xff\xfe\x00", b"a\x00b\x00c\x00"])
def test_what_is_no_such_file_is_refused_as_by_the_import(
    db: Database, owner: Identity, spring: Campaign, path: Path, content: bytes
) -> None:
    path.write_bytes(content)
    with pytest.raises(Refused) as seen:
        inspect(path, ImportKind.CONTACTS)
    with pytest.raises(Refused) as tried:
        import_contacts(db, owner, path, "Spring")
    assert str(seen.value) == str(tried.value)


@pytest.mark.parametrize("place", ["", "missing.csv"])
def test_a_folder_and_a_file_that_is_not_there_are_refused(tmp_path: Path, place: str) -> None:
    with pytest.raises(Refused, match=r"folder|no file"):
        inspect(tmp_path / place, ImportKind.CONTACTS)


def test_how_it_was_read_is_said(path: Path) -> None:
    path.write_bytes("first;phone\nÉva;4155550142\n".encode("utf-16"))
    assert inspect(path, ImportKind.CONTACTS).notes == ("The file is in UTF-16.", "Cells are separated by semicolon.")
    path.write_bytes("first\tphone\nÉva\t4155550142\n".encode("cp1252"))
    assert "Windows-1252" in inspect(path, ImportKind.CONTACTS).notes[0]


def test_some_rows_are_shown_and_all_are_counted(path: Path) -> None:
    rows = [f"P{nth},4155550{nth:03}" for nth in range(100)]
    path.write_text("\n".join(["first,phone", *rows, '"open,1', "a,b,c"]))
    seen = inspect(path, ImportKind.CONTACTS)
    assert (seen.rows, seen.unreadable, len(seen.first_rows)) == (102, 2, FIRST_ROWS)
    assert seen.first_rows[0] == ("P0", "4155550000")


@pytest.mark.parametrize(
    ("content", "read"),
    [("phone\n12\n", {"phone": "phone"}), ("phone,reason\n12,x\n", {"phone": "phone", "note": "reason"})],
)
def test_what_a_rejects_file_says_itself_is_not_read_back(
    db: Database, owner: Identity, path: Path, tmp_path: Path, content: str, read: dict[str, str]
) -> None:
    path.write_text(content)
    tried = import_file(db, owner, ImportKind.OPT_OUTS, path, None, ImportOptions(dry_run=True))
    rejects = tmp_path / "rejects.csv"
    write_rejects(rejects, path, tried.header, tried.rejected)
    seen = inspect(rejects, ImportKind.OPT_OUTS)
    assert (dict(seen.columns), seen.unused) == (read, ())


def test_the_rejects_of_a_rejects_file_have_one_line_and_one_reason(
    db: Database, owner: Identity, path: Path, tmp_path: Path
) -> None:
    path.write_text("phone,note\n12,x\n13,y,z\n")
    for source, rejects in ((path, tmp_path / "once.csv"), (tmp_path / "once.csv", tmp_path / "twice.csv")):
        tried = import_file(db, owner, ImportKind.OPT_OUTS, source, None, ImportOptions(dry_run=True))
        write_rejects(rejects, source, tried.header, tried.rejected)
    header, *rows = csv.reader((tmp_path / "twice.csv").read_text().splitlines())
    assert header == ["phone", "note", *REJECT_COLUMNS]
    assert [row[:3] for row in rows] == [["12", "x", "2"], ["13", "y", "3"]]
    assert rows[1][4:] == ["z"]


@pytest.mark.parametrize("name", ["in.csv", "absent/out.csv", ".", "thrumsg.db"])
def test_rejected_rows_are_not_kept_where_they_cannot_be(tmp_path: Path, name: str) -> None:
    source = tmp_path / "in.csv"
    source.write_text("phone\n12\n")
    Database(tmp_path / "thrumsg.db").close()
    before = source.read_bytes()
    with pytest.raises(Refused, match=r"Nothing was (changed|written)\.$"):
        write_rejects(tmp_path / name, source, ("phone",), [RejectedRow(2, "too short", ("12",))])
    assert source.read_bytes() == before


@pytest.mark.parametrize(
    "header",
    [
        "Phone No",
        "phone no.",
        "Number",
        "Preferred Phone",
        "Phone #",
        "Mobile Number",
        "Cell No",
        "Phone (Mobile)",
        "Tel.",
    ],
)
def test_a_number_is_known_by_what_people_call_it(header: str) -> None:
    assert recognise(["First Name", header], [FIRST_NAME, PHONE]) == {"first_name": 0, "phone": 1}


def test_a_column_is_one_field_only() -> None:
    with pytest.raises(Refused, match="'First' would be both first_name and last_name"):
        choose(["First", "Last", "Phone"], [FIRST_NAME, LAST_NAME, PHONE], {"last_name": "First"})


def test_hostile_headers_are_taken_as_they_are(path: Path) -> None:
    path.write_text("first,phone,\x1b[31m[red],\u202eevil,first,,\nAnn,4155550142,a,b,c,d,e\n", encoding="utf-8")
    seen = inspect(path, ImportKind.CONTACTS)
    assert len(seen.custom) == 5
    assert len(set(seen.header)) == 7


# The campaign


@pytest.mark.parametrize("kind", [kind for kind in ImportKind if kind.needs_campaign])
def test_a_file_for_one_campaign_needs_one(db: Database, owner: Identity, path: Path, kind: ImportKind) -> None:
    path.write_text(GOOD[kind])
    with pytest.raises(Refused, match="for which campaign"):
        import_file(db, owner, kind, path, None, ImportOptions())


@pytest.mark.parametrize("kind", [kind for kind in ImportKind if not kind.takes_campaign])
def test_a_file_for_all_takes_no_campaign(
    db: Database, owner: Identity, spring: Campaign, path: Path, kind: ImportKind
) -> None:
    path.write_text(GOOD[kind])
    with pytest.raises(Refused, match="belong to no campaign"):
        import_file(db, owner, kind, path, "Spring", ImportOptions())


@pytest.mark.parametrize("kind", list(ImportKind))
def test_moderators_import_nothing(
    db: Database, owner: Identity, spring: Campaign, moderator: Identity, path: Path, kind: ImportKind
) -> None:
    path.write_text(GOOD[kind])
    with pytest.raises(NotPermitted):
        import_file(db, moderator, kind, path, "Spring" if kind.needs_campaign else None, ImportOptions())


# On its way


def many(path: Path, rows: int, first: str = "P") -> None:
    """Write contacts; each row has another number."""
    lines = (f"{first}{nth},+1415{5550000 + nth}" for nth in range(rows))
    path.write_text("\n".join(["first,phone", *lines]))


@pytest.mark.parametrize("kind", [ImportKind.CONTACTS, ImportKind.OPT_OUTS])
def test_progress_rises_to_the_number_of_rows(
    db: Database, owner: Identity, spring: Campaign, path: Path, kind: ImportKind
) -> None:
    rows = 3 * EVERY + 7
    many(path, rows)
    told: list[tuple[int, int]] = []
    options = ImportOptions(on_progress=lambda *progress: told.append(progress))
    import_file(db, owner, kind, path, "Spring" if kind.needs_campaign else None, options)
    assert {total for _, total in told} == {rows}
    done = [each for each, _ in told]
    assert (done[0], done[-1]) == (0, rows)
    assert done == sorted(done)
    assert len(done) > 6


def test_an_import_that_is_stopped_changes_nothing(db: Database, owner: Identity, spring: Campaign, path: Path) -> None:
    many(path, 3 * EVERY)
    before = journal(db)

    def stop(done: int, total: int) -> None:
        if done > total * 0.8:
            raise Refused("Stopped.")

    with pytest.raises(Refused, match="Stopped"):
        import_contacts(db, owner, path, "Spring", ImportOptions(on_progress=stop))
    with db.reading() as conn:
        assert conn.execute("SELECT COUNT(*) FROM contact").fetchone()[0] == 0
    assert journal(db) == before


# Line by line


def test_each_line_is_told_as_what_it_would_be(db: Database, owner: Identity, spring: Campaign, path: Path) -> None:
    take_in(db, owner, "Spring", ["Ann Otieno", "Bea Lund"])
    path.write_text(
        f"first,last,phone\nCy,Ross,{number(2)}\nAnn,Other,{number(0)}\n\nBea,Lund,{number(1)}\n,,{number(3)}\n"
        f"Cy,Again,{number(2)}\nDi,,{number(4)}\n"
    )
    done = import_contacts(db, owner, path, "Spring", ImportOptions(dry_run=True))
    assert (list(done.new_lines), list(done.updated_lines)) == ([2, 8], [3])
    assert [each.line for each in done.rejected] == [6]
    assert [each.line for each in done.repeated] == [7]
    assert done.unchanged == 1


def test_replies_and_survey_tell_their_lines_too(db: Database, owner: Identity, spring: Campaign, path: Path) -> None:
    for kind, before, after in (
        (ImportKind.REPLIES, "title,body\nA,1\nB,2\n", "title,body\nC,3\nA,1\nB,9\n"),
        (ImportKind.SURVEY, "question,choices\nA,1\nB,2\n", "question,choices\nC,3\nA,1\nB,9\n"),
        (ImportKind.USERS, "login,last\na,1\nb,2\n", "login,last\nc,3\na,1\nb,9\n"),
    ):
        campaign = "Spring" if kind.needs_campaign else None
        path.write_text(before)
        import_file(db, owner, kind, path, campaign, ImportOptions())
        path.write_text(after)
        done = import_file(db, owner, kind, path, campaign, ImportOptions())
        assert (list(done.new_lines), list(done.updated_lines), done.unchanged) == ([2], [4], 1)


cells = st.tuples(
    st.sampled_from(["Ann", "Bea", "", " "]),
    st.sampled_from(["", "Lund", "Other"]),
    st.sampled_from([*(number(nth) for nth in range(8)), "555", "nobody", ""]),
)


@given(first=st.lists(cells, max_size=12), second=st.lists(cells, max_size=12))
def test_every_row_counts_once(first: list[tuple[str, str, str]], second: list[tuple[str, str, str]]) -> None:
    with worlds() as world, tempfile.TemporaryDirectory() as folder:
        for rows in (first, second, first):
            for name in ("Fall", "Spring"):
                _take_in_and_count(world, name, rows, Path(folder) / "rows.csv")


def _take_in_and_count(world: World, name: str, rows: list[tuple[str, str, str]], path: Path) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["first", "last", "phone"], *rows])
    before = len(world.conversations(world.spring if name == "Spring" else world.fall))
    done = import_contacts(world.db, known_as(world.db, "ana"), path, name)
    after = len(world.conversations(world.spring if name == "Spring" else world.fall))
    blank = sum(not any(cell.strip() for cell in row) for row in rows)
    assert done.imported == after - before == len(done.new_lines)
    assert done.updated == len(done.updated_lines)
    counted = done.imported + done.updated + done.unchanged + done.duplicates + len(done.rejected)
    assert counted == len(rows) - blank
    lines = [*done.new_lines, *done.updated_lines, *(each.line for each in (*done.rejected, *done.repeated))]
    assert len(lines) == len(set(lines))
