"""Lists of opt-outs: looked through, pasted in, imported, and taken back as one (docs/rules.md 5.2)."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.clock import Clock
from tests.store.arranging import journal, known_as, look_at, number, sentence_of, take_in
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import MessageState, OptOutKind
from thrumsg_tui.domain.errors import NotPermitted, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaigns import create_campaign
from thrumsg_tui.store.changes.opt_out_lists import opt_out_numbers
from thrumsg_tui.store.changes.opt_outs import change_note, opt_in_number, opt_out_each, opt_out_number
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.imports.opt_outs import import_opt_outs
from thrumsg_tui.store.queries.lookup import look_up
from thrumsg_tui.store.queries.opt_outs import OptOutRow, count_opt_outs, opt_out_rows

ANN, BEA, CY = (number(nth) for nth in range(3))
STRANGER = "+14155559999"


@pytest.fixture
def people(db: Database, owner: Identity, spring: Campaign) -> list[ConversationId]:
    """Ann, who was texted, Béa, and Cy."""
    ids = take_in(db, owner, "Spring", ["Ann Otieno", "Béa Lünd", "Cy 100%"])
    send(db, owner, ids[0])
    return ids


def listed(db: Database, search: str = "", *, by_phone: bool = True) -> list[str]:
    """The numbers that a search finds, newest first."""
    with db.reading() as conn:
        rows = opt_out_rows(conn, search, by_phone=by_phone)
        assert count_opt_outs(conn, search, by_phone=by_phone) == len(rows)
    return [row.opt_out.phone for row in rows]


def row_of(db: Database, phone: str) -> OptOutRow:
    with db.reading() as conn:
        return next(row for row in opt_out_rows(conn) if row.opt_out.phone == phone)


# Looked through


def test_the_list_says_whose_number_it_is_why_when_and_by_whom(
    db: Database, owner: Identity, people: list[ConversationId], clock: Clock
) -> None:
    opt_out_number(db, owner, ANN, "at the door")
    clock.forward(minutes=1)
    receive(db, None, STRANGER, "Stop!")
    assert listed(db) == [STRANGER, ANN]
    ann, stranger = row_of(db, ANN), row_of(db, STRANGER)
    assert (ann.name, ann.phone_national) == ("Ann Otieno", "(415) 555-0100")
    assert (ann.opt_out.kind, ann.opt_out.note, ann.opt_out.by) == (OptOutKind.MANUAL, "at the door", "Ana Ortiz")
    assert ann.opt_out.at == datetime(2026, 3, 3, 18, 0, tzinfo=UTC)
    assert (stranger.name, stranger.phone_national) == (None, STRANGER)
    assert (stranger.opt_out.kind, stranger.opt_out.note, stranger.opt_out.by) == (OptOutKind.AUTOMATIC, "Stop!", None)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", [CY, BEA, ANN]),
        ("otieno", [ANN]),
        ("n ot", [ANN]),
        ("BEA LUND", [BEA]),
        ("béa", [BEA]),
        ("telefono", [BEA]),
        ("teléfono", [BEA]),
        ("%", [CY]),
        ("_", []),
        ("0101", [BEA]),
        ("(415) 555-01", [CY, BEA, ANN]),
        ("0415 555 0102", [CY]),
        ("000000", []),
        ("0101x", []),
        ("nobody", []),
        ("' OR 1=1 --", []),
    ],
)
def test_a_search_finds_a_piece_of_name_note_or_number(
    db: Database, owner: Identity, people: list[ConversationId], clock: Clock, search: str, found: list[str]
) -> None:
    for phone, note in ((ANN, "at the door"), (BEA, "llamó por Teléfono"), (CY, "")):
        clock.forward(minutes=1)
        opt_out_number(db, owner, phone, note)
    assert listed(db, search) == found


def test_digits_find_nothing_where_numbers_are_redacted(
    db: Database, owner: Identity, people: list[ConversationId]
) -> None:
    opt_out_number(db, owner, ANN)
    assert listed(db, "0100", by_phone=False) == []
    assert listed(db, "ann", by_phone=False) == [ANN]


def test_the_list_is_read_in_windows(db: Database, owner: Identity, clock: Clock) -> None:
    for nth in range(7):
        clock.forward(minutes=1)
        opt_out_number(db, owner, number(nth))
    with db.reading() as conn:
        windows = [opt_out_rows(conn, "", offset, 3) for offset in (0, 3, 6, 9)]
    assert [row.opt_out.phone for window in windows for row in window] == [number(nth) for nth in range(6, -1, -1)]


# By hand, several at once


def test_several_opted_out_by_hand_are_each_told_and_each_taken_back(
    db: Database, owner: Identity, people: list[ConversationId]
) -> None:
    opt_out_number(db, owner, CY)
    done = opt_out_each(db, owner, [ANN, BEA, ANN, CY], "asked")
    assert [(each.phone, each.confirmation_sent) for each in done] == [(ANN, True), (BEA, False)]
    undo(db, owner, done[0].event)
    assert sorted(listed(db)) == [BEA, CY]


def test_several_are_opted_out_all_or_none(
    db: Database, owner: Identity, people: list[ConversationId], kim: Identity
) -> None:
    with pytest.raises(Refused, match="no conversation of yours"):
        opt_out_each(db, kim, [ANN, BEA])
    assert listed(db) == []


# The note


def test_a_note_is_changed_and_the_old_one_stays_in_the_journal(
    db: Database, owner: Identity, moderator: Identity, people: list[ConversationId]
) -> None:
    opt_out_number(db, owner, ANN, "at the door")
    event = change_note(db, moderator, ANN, "  by phone ")
    assert row_of(db, ANN).opt_out.note == "by phone"
    assert listed(db, "PHONE") == [ANN]
    assert listed(db, "door") == []
    newest = journal(db)[0]
    assert (newest.id, newest.kind, newest.by, newest.undoable) == (event, EventKind.CHANGE_OPT_OUT, "mo", False)
    assert sentence_of(newest) == f"changed the note on the opt-out of {ANN} to 'by phone', was 'at the door'"
    last = look_at(db, people[0]).events[-1]
    assert sentence_of(last) == "note on the opt-out changed by Mo Quill: by phone"


def test_a_note_that_says_so_already_leaves_no_entry(db: Database, owner: Identity) -> None:
    opt_out_number(db, owner, STRANGER, "at the door")
    before = journal(db)
    assert change_note(db, owner, STRANGER, "at the door") is None
    assert journal(db) == before


def test_a_number_that_is_not_opted_out_has_no_note(db: Database, owner: Identity) -> None:
    with pytest.raises(Refused, match="is not opted out"):
        change_note(db, owner, ANN, "x")


def test_an_opt_out_is_taken_back_whatever_was_noted_since(
    db: Database, owner: Identity, people: list[ConversationId]
) -> None:
    done = opt_out_number(db, owner, ANN, "at the door")
    change_note(db, owner, ANN, "")
    again = undo(db, owner, done.event).event
    assert listed(db) == []
    undo(db, owner, again)
    assert row_of(db, ANN).opt_out.note == ""


# Pasted


def test_a_pasted_list_has_numbers_in_any_spelling_and_says_what_is_none(
    db: Database, owner: Identity, people: list[ConversationId]
) -> None:
    opt_out_number(db, owner, CY)
    text = "(415) 555-0100, 415.555.0101;\r\n\r\n+1 415 555 0102\tAnn\n 1-415-555-0100 ;;555\n"
    done = opt_out_numbers(db, owner, text, " from the carrier ")
    assert (done.new, done.already, done.repeated) == ((ANN, BEA), (CY,), 1)
    assert [(each.line, each.text, each.reason) for each in done.unreadable] == [
        (3, "Ann", "'Ann' is not a phone number."),
        (4, "555", "'555' has too few digits for a phone number."),
    ]
    assert row_of(db, BEA).opt_out.note == "from the carrier"
    assert (row_of(db, BEA).opt_out.kind, row_of(db, BEA).opt_out.by) == (OptOutKind.IMPORTED, "Ana Ortiz")
    assert look_at(db, people[1]).opted_out


def test_a_list_may_say_of_each_number_that_it_is_not_to_be_texted(db: Database, owner: Identity) -> None:
    done = opt_out_numbers(db, owner, f"Do not text {ANN}\nDNC: {BEA}\n{CY} do not call")
    assert (done.new, done.unreadable) == ((ANN, BEA, CY), ())


def test_of_a_list_nobody_is_told_and_nothing_leaves_any_more(
    db: Database, owner: Identity, people: list[ConversationId]
) -> None:
    create_campaign(db, owner, Setup("Mornings", "Hi", hours=DailyHours("UTC", 9 * 60, 12 * 60)))
    [held] = take_in(db, owner, "Mornings", ["Béa Lünd"], first=1)
    send(db, owner, held)
    opt_out_numbers(db, owner, f"{ANN}\n{BEA}")
    ann = look_at(db, people[0])
    assert len(ann.messages) == 1
    assert [sentence_of(each) for each in ann.events] == ["opted out by Ana Ortiz, from a list"]
    assert [message.state for message in look_at(db, held).messages] == [MessageState.CANCELLED]


def test_a_list_holds_in_every_campaign_and_for_numbers_that_nobody_knows(
    db: Database, owner: Identity, people: list[ConversationId]
) -> None:
    create_campaign(db, owner, Setup("Fall", "Hi", hours=DailyHours("UTC", 0, 1440)))
    [in_fall] = take_in(db, owner, "Fall", ["Ann Otieno"])
    opt_out_numbers(db, owner, f"{ANN},{STRANGER}")
    assert look_at(db, in_fall).opted_out
    assert look_at(db, people[0]).opted_out
    assert set(listed(db)) == {ANN, STRANGER}


def test_a_list_of_another_country_needs_its_region(db: Database, owner: Identity) -> None:
    assert opt_out_numbers(db, owner, "020 7946 0958", region="gb").new == ("+442079460958",)
    with pytest.raises(Refused, match="'Mars' is not a region"):
        opt_out_numbers(db, owner, ANN, region="Mars")


@pytest.mark.parametrize("text", ["", " \n\t,;;\n"])
def test_an_empty_list_is_refused(db: Database, owner: Identity, text: str) -> None:
    with pytest.raises(Refused, match="empty"):
        opt_out_numbers(db, owner, text)


def test_a_list_in_which_nothing_is_new_leaves_no_entry(db: Database, owner: Identity) -> None:
    opt_out_number(db, owner, ANN)
    before = journal(db)
    assert opt_out_numbers(db, owner, f"{ANN}\nnobody").event is None
    assert journal(db) == before


def test_whatever_is_pasted_is_told_by_its_line(db: Database, owner: Identity) -> None:
    hostile = ["[red]x[/red]", "\x1b[31m", "🛑" * 500, "9" * 5000, "'; DROP TABLE opt_out", "\u202e4155550100"]
    done = opt_out_numbers(db, owner, "\n".join(hostile).replace(";", ":"))
    assert [each.line for each in done.unreadable] + [6] * len(done.new) == [1, 2, 3, 4, 5, 6]
    assert all(len(each.reason) < 120 for each in done.unreadable)


def test_a_sender_pastes_no_list_and_changes_no_note(
    db: Database, owner: Identity, people: list[ConversationId], kim: Identity
) -> None:
    opt_out_number(db, owner, ANN)
    with pytest.raises(NotPermitted):
        opt_out_numbers(db, kim, ANN)
    with pytest.raises(NotPermitted):
        change_note(db, kim, ANN, "x")


# Taken back


def test_a_list_is_one_change_and_goes_back_as_one(db: Database, owner: Identity, people: list[ConversationId]) -> None:
    before = len(journal(db))
    done = opt_out_numbers(db, owner, f"{ANN}\n{BEA}\n{STRANGER}", "by mistake")
    assert [sentence_of(entry) for entry in journal(db)[:-before]] == ["opted 3 numbers out, from a list: by mistake"]
    outcome = undo(db, owner)
    assert outcome.sentence == "3 numbers opted in again"
    assert listed(db) == []
    assert not look_at(db, people[0]).opted_out
    undo(db, owner, outcome.event)
    assert set(listed(db)) == set(done.new)
    assert row_of(db, BEA).opt_out.note == "by mistake"
    assert [sentence_of(each) for each in look_at(db, people[0]).events] == [
        "opted out by Ana Ortiz, from a list: by mistake",
        "opt-out taken back by Ana Ortiz",
        "opted out again by Ana Ortiz",
    ]


def test_what_happened_to_a_number_since_stays(
    db: Database, owner: Identity, people: list[ConversationId], clock: Clock
) -> None:
    done = opt_out_numbers(db, owner, f"{ANN}\n{BEA}\n{CY}")
    clock.forward(hours=1)
    receive(db, None, ANN, "STOP")
    opt_in_number(db, owner, BEA)
    outcome = undo(db, owner, done.event)
    assert outcome.sentence == "1 number opted in again, 2 left alone because of later changes"
    assert listed(db) == [ANN]
    opt_out_number(db, owner, CY, "himself")
    again = undo(db, owner, outcome.event)
    assert (again.event, row_of(db, CY).opt_out.note) == (None, "himself")


def test_a_list_of_which_nothing_is_left_leaves_no_entry(db: Database, owner: Identity) -> None:
    done = opt_out_numbers(db, owner, ANN)
    opt_in_number(db, owner, ANN)
    before = journal(db)[0]
    outcome = undo(db, owner, done.event)
    assert (outcome.event, journal(db)[0]) == (None, before)


def test_an_import_of_opt_outs_is_one_change_too(
    db: Database, owner: Identity, people: list[ConversationId], tmp_path: Path
) -> None:
    path = tmp_path / "do not call.csv"
    path.write_text(f"phone,note\n{ANN},by mail\n{STRANGER},\nx,\n")
    before = len(journal(db))
    done = import_opt_outs(db, owner, path)
    assert [sentence_of(entry) for entry in journal(db)[:-before]] == [
        "took in opt-outs from do not call.csv: 2 imported, 1 rejected"
    ]
    assert sentence_of(look_at(db, people[0]).events[-1]) == "opted out by Ana Ortiz, with do not call.csv"
    outcome = undo(db, owner, done.event)
    assert listed(db) == []
    undo(db, owner, outcome.event)
    with db.reading() as conn:
        restored = look_up(conn, ANN).opt_out
    assert restored is not None
    assert (restored.note, restored.kind) == ("by mail", OptOutKind.IMPORTED)


def test_a_sender_takes_no_list_back(db: Database, owner: Identity, people: list[ConversationId]) -> None:
    done = opt_out_numbers(db, owner, ANN)
    with pytest.raises(NotPermitted):
        undo(db, known_as(db, "kim"), done.event)
    assert listed(db) == [ANN]


def test_a_second_number_in_a_row_of_an_imported_list_is_said(db: Database, owner: Identity, tmp_path: Path) -> None:
    """A wish must not be lost without a word (`docs/rules.md 9.2`)."""
    path = tmp_path / "out.csv"
    path.write_text("Phone,Phone Number,Home Phone\n4152200101,4152200102,\n4152200103,415-220-0103,4152200104\n")
    done = import_opt_outs(db, owner, path)
    assert done.imported == 2
    assert done.notes[-2:] == (
        "1 more number in 'Phone Number' not read: line 2; phone=Phone Number maps it.",
        "1 more number in 'Home Phone' not read: line 3; phone=Home Phone maps it.",
    )


# Read as files are


def test_a_pasted_list_is_read_as_a_file_is_and_no_stranger_is_opted_out(db: Database, owner: Identity) -> None:
    """`docs/rules.md 9.2`."""
    done = opt_out_numbers(
        db,
        owner,
        "4152200101.0\n(415)\u200e 220-0102\n415-220-XXXX\n415-220-0103;ext=12\n415-220-0104, ext. 12\n"
        "Tel: 415-220-0105\u2028415-220-0106\n4152200107 / 4152200108\n'4152200109; 4152200110",
    )
    assert sorted(phone[-2:] for phone in done.new) == ["01", "02", "05", "06", "09", "10"]
    assert [(each.line, each.text) for each in done.unreadable] == [
        (3, "415-220-XXXX"),
        (4, "415-220-0103;ext=12"),
        (5, "415-220-0104, ext. 12"),
        (8, "4152200107 / 4152200108"),
    ]
    assert [
        word
        for each, word in zip(done.unreadable, ("XXXX", "extension", "extension", "more than one"), strict=True)
        if word not in each.reason
    ] == []
