"""The report of all opt-outs for auditors (docs/rules.md 10.11)."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from tests.clock import Clock
from tests.store.arranging import known_as, look_at, number, take_in
from tests.store.carrier import leave
from tests.store.formats import ROWS, make_format
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import NotPermitted
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaigns import change_state
from thrumsg_tui.store.changes.opt_out_lists import opt_out_numbers
from thrumsg_tui.store.changes.opt_outs import opt_in_number, opt_out_number
from thrumsg_tui.store.changes.purge import purge
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.export_columns import OPT_OUT_REPORT
from thrumsg_tui.store.imports.contacts import import_contacts
from thrumsg_tui.store.opt_out_report import opt_out_report


def report(db: Database, who: Identity, **days: datetime) -> list[dict[str, str]]:
    out = StringIO()
    rows = opt_out_report(db, who, out, **days)
    found = list(csv.DictReader(StringIO(out.getvalue())))
    assert len(found) == rows
    return found


@pytest.fixture
def three(db: Database, owner: Identity, spring: Campaign) -> list[ConversationId]:
    return take_in(db, owner, "Spring", ["Ann Otieno", "Bea Ng", "Cy Ro"], first=40)


def test_each_opt_out_has_its_words_message_confirmation_and_times(
    db: Database, owner: Identity, three: list[ConversationId], clock: Clock
) -> None:
    send(db, owner, three[0])
    leave(db)
    clock.forward(minutes=1)
    asked = clock.now
    receive(db, None, number(40), "Stop please")
    clock.forward(seconds=90)
    leave(db)
    [row] = report(db, owner)
    assert list(row) == list(OPT_OUT_REPORT)
    assert row == {
        "timestamp": asked.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "contact_phone": number(40),
        "contact_first_name": "Ann",
        "contact_last_name": "Otieno",
        "opt_out_type": "automatic",
        "by": "the contact",
        "words": "Stop please",
        "message_id": str(look_at(db, three[0]).messages[1].id),
        "conversation_id": str(three[0]),
        "campaign_name": "Spring",
        "confirmation": "sent",
        "confirmation_seconds": "90.0",
        "honored_within_seconds": "0",
        "opted_in_at": "",
    }


def test_opt_outs_by_hand_from_lists_and_of_strangers_are_in_it_and_so_is_what_was_taken_back(
    db: Database, owner: Identity, three: list[ConversationId], clock: Clock
) -> None:
    opt_out_number(db, owner, number(40), note="by phone")
    clock.forward(minutes=1)
    opt_in_number(db, owner, number(40))
    back = clock.now
    clock.forward(minutes=1)
    listed = opt_out_numbers(db, owner, f"{number(40)}, {number(41)}", note="state list")
    clock.forward(minutes=1)
    assert listed.event is not None
    undo(db, owner, listed.event)
    clock.forward(minutes=1)
    receive(db, None, "+12125550199", "STOP")
    rows = report(db, owner)
    assert [(row["contact_phone"], row["opt_out_type"], row["words"], row["by"]) for row in rows] == [
        (number(40), "manual", "by phone", "ana"),
        (number(40), "imported", "state list", "ana"),
        (number(41), "imported", "state list", "ana"),
        ("+12125550199", "automatic", "STOP", "the contact"),
    ]
    assert [bool(row["opted_in_at"]) for row in rows] == [True, True, True, False]
    assert rows[0]["opted_in_at"] == back.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert {row["confirmation"] for row in rows} == {"none"}


def test_a_message_that_left_after_an_opt_out_is_shown(
    db: Database, owner: Identity, three: list[ConversationId], clock: Clock
) -> None:
    send(db, owner, three[0])
    leave(db)
    clock.forward(minutes=1)
    opt_out_number(db, owner, number(40))
    clock.forward(seconds=30)
    assert report(db, owner)[0]["honored_within_seconds"] == "0"
    with db.writing() as tx:  # what no code of ours does
        tx.conn.execute("UPDATE message SET tried_at = ? WHERE kind = 'initial'", (tx.now_ms,))
    assert report(db, owner)[0]["honored_within_seconds"] == "30.0"
    opt_in_number(db, owner, number(40))
    clock.forward(seconds=30)
    with db.writing() as tx:
        tx.conn.execute("UPDATE message SET tried_at = ? WHERE kind = 'initial'", (tx.now_ms,))
    assert report(db, owner)[0]["honored_within_seconds"] == "0"  # it may be texted again


def test_stop_said_again_is_in_it_too(db: Database, owner: Identity, three: list[ConversationId], clock: Clock) -> None:
    for _ in range(2):
        receive(db, None, number(40), "STOP")
        clock.forward(seconds=5)
    assert [(row["opt_out_type"], row["words"]) for row in report(db, owner)] == [
        ("automatic", "STOP"),
        ("automatic, again", "STOP"),
    ]


def test_the_days_are_a_half_open_span(
    db: Database, owner: Identity, three: list[ConversationId], clock: Clock
) -> None:
    clock.now = datetime(2026, 3, 3, 23, 59, 59, tzinfo=UTC)
    opt_out_number(db, owner, number(40))
    clock.now = datetime(2026, 3, 4, tzinfo=UTC)
    opt_out_number(db, owner, number(41))
    third, fourth = datetime(2026, 3, 3, tzinfo=UTC), datetime(2026, 3, 4, tzinfo=UTC)
    assert [row["contact_phone"] for row in report(db, owner, since=third, until=fourth)] == [number(40)]
    assert [row["contact_phone"] for row in report(db, owner, since=fourth)] == [number(41)]


def test_words_are_no_formula(db: Database, owner: Identity, three: list[ConversationId]) -> None:
    opt_out_number(db, owner, number(40), note="=1+1")
    assert report(db, owner)[0]["words"] == "'=1+1"


def test_a_sender_gets_none(db: Database, owner: Identity, three: list[ConversationId]) -> None:
    with pytest.raises(NotPermitted):
        report(db, known_as(db, "kim"))


def test_words_that_were_purged_are_read_from_the_note(
    db: Database, owner: Identity, three: list[ConversationId], clock: Clock
) -> None:
    receive(db, None, number(40), "Stop please")
    receive(db, None, number(41), "hello")
    clock.forward(minutes=1)
    opt_out_number(db, owner, number(41), note="by phone")
    change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    before = [row["words"] for row in report(db, owner)]
    purge(db, owner, "Spring")
    assert [row["words"] for row in report(db, owner)] == before == ["Stop please", "by phone"]


def test_what_undo_and_redo_bring_back_has_its_kind_and_words(
    db: Database, owner: Identity, three: list[ConversationId], clock: Clock
) -> None:
    receive(db, None, number(40), "Stop please")
    clock.forward(minutes=1)
    undo(db, owner, opt_in_number(db, owner, number(40)).event)
    clock.forward(minutes=1)
    listed = opt_out_number(db, owner, number(41), note="by phone")
    clock.forward(minutes=1)
    taken_back = undo(db, owner, listed.event)
    clock.forward(minutes=1)
    undo(db, owner, taken_back.event)
    assert [(row["opt_out_type"], row["words"]) for row in report(db, owner)] == [
        *[("automatic", "Stop please")] * 2,
        *[("manual", "by phone")] * 2,
    ]


@pytest.mark.only_sqlite("no server has had this format")
def test_opt_outs_of_an_older_format_have_their_kind_and_words(tmp_path: Path) -> None:
    make_format(path := tmp_path / "old.db", 2, ROWS)
    db = Database(path)
    owner = known_as(db, "ana")
    change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    purge(db, owner, "Spring")
    found = [(row["opt_out_type"], row["words"]) for row in report(db, owner)]
    db.close()
    assert found == [*[("automatic", "STOP")] * 2, ("manual", ""), ("automatic", "STOP"), *[("manual", "")] * 2]


@pytest.mark.parametrize("left_out", ["", "message_id", "confirmation_seconds"])
def test_the_report_imported_as_contacts_makes_no_fields_of_its_columns(
    db: Database, owner: Identity, three: list[ConversationId], tmp_path: Path, left_out: str
) -> None:
    opt_out_number(db, owner, number(40), note="by phone")
    path = tmp_path / "report.csv"
    with path.open("w", newline="") as file:
        columns = [column for column in OPT_OUT_REPORT if column != left_out]
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(report(db, owner))
    done = import_contacts(db, owner, path, "Spring")
    assert (done.custom, done.unchanged) == ({}, 1)
