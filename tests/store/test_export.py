"""The four exports (docs/rules.md 9.3, 7.5)."""

import csv
from io import StringIO
from pathlib import Path

import pytest

from tests.clock import Clock
from tests.store.arranging import take_in
from tests.store.carrier import leave, report
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import ExportKind, MessageState
from thrumsg_tui.domain.errors import DatabaseDamaged, NotPermitted, Refused
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.our_numbers import NumberKind
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store import export_columns
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.changes.campaigns import create_campaign
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.gateway_numbers import add_number
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.export import export
from thrumsg_tui.store.imports.contacts import import_contacts
from thrumsg_tui.store.imports.survey import import_survey
from thrumsg_tui.store.queries.users import identify

ANN = ConversationId(1)


@pytest.fixture
def worked(db: Database, owner: Identity, spring: Campaign, tmp_path: Path, clock: Clock) -> Campaign:
    """A campaign in which Ann was texted, answered, was surveyed and opted out; nothing happened with Bea."""
    path = tmp_path / "in.csv"
    path.write_text("first,last,phone,status,city\nAnn,Ó Lee,4155550142,=1+1,\nBea,,4155550143,,Tern Bay\n")
    import_contacts(db, owner, path, "Spring")
    path.write_text("question,choices\nWill you vote?,Yes|No\n=When?,Early|Late\n")
    import_survey(db, owner, path, "Spring")
    send(db, owner, ANN)
    clock.forward(minutes=2)
    receive(db, None, "+14155550142", '-5 "degrees",\nok')
    record_answer(db, owner, ANN, "Will you vote?", "Yes")
    opt_out_number(db, owner, "+14155550142", "asked")
    return spring


def exported(db: Database, who: Identity, what: ExportKind, campaign: Campaign | None = None) -> list[dict[str, str]]:
    """Export to memory and read back what a script would."""
    out = StringIO(newline="")
    count = export(db, who, what, out, campaign.id if campaign else None)
    rows = list(csv.DictReader(StringIO(out.getvalue(), newline="")))
    assert count == len(rows)
    return rows


def test_the_messages_export_has_thrutexts_columns_then_the_custom_fields(
    db: Database, owner: Identity, worked: Campaign
) -> None:
    rows = exported(db, owner, ExportKind.MESSAGES, worked)
    assert " ".join(rows[0]) == (
        "timestamp message_id message_direction message_body sender_first_name sender_last_name sender_phone "
        "sender_email campaign_id campaign_name conversation_id conversation_phone contact_id contact_first_name "
        "contact_last_name contact_phone media_content message_segment_count status error_code custom_status city "
        "error_text carrier_message_id"
    )
    sent, received, confirmation = rows
    assert sent["timestamp"] == "2026-03-03T18:00:00Z"
    assert (sent["message_direction"], sent["sender_first_name"], sent["status"]) == ("outgoing", "Ana", "queued")
    assert sent["message_body"] == "Hi Ann, it's Ana. Will you vote?"
    assert (sent["contact_last_name"], sent["contact_phone"]) == ("Ó Lee", "+14155550142")
    assert (received["message_direction"], received["sender_first_name"]) == ("incoming", "")
    assert confirmation["message_segment_count"] == "1"


def test_a_failure_is_exported_with_the_carriers_code_words_and_id(
    db: Database, owner: Identity, worked: Campaign
) -> None:
    """docs/rules.md 10.5."""
    [bea] = take_in(db, owner, worked.name, ["Bea Lund"], first=900)
    send(db, owner, bea, body="Hello")
    [message] = take_queued(db)
    report(db, message.id, MessageState.FAILED, provider_id="SM1", code="30006", words="The number is a landline.")
    failed = next(row for row in exported(db, owner, ExportKind.MESSAGES, worked) if row["status"] == "failed")
    assert (failed["error_code"], failed["error_text"]) == ("30006", "The number is a landline.")
    assert failed["carrier_message_id"] == "SM1"


@pytest.mark.parametrize("what", list(ExportKind))
def test_each_column_has_its_own_values_wherever_it_stands(
    db: Database, owner: Identity, worked: Campaign, monkeypatch: pytest.MonkeyPatch, what: ExportKind
) -> None:
    before = exported(db, owner, what)
    columns = getattr(export_columns, what.name)
    monkeypatch.setattr(export_columns, what.name, (*columns[1:], columns[0]))
    after = exported(db, owner, what)
    assert [*after[0]][: len(columns)] == [*columns[1:], columns[0]]
    assert after == before


def test_the_conversations_phone_is_our_number(db: Database, owner: Identity, worked: Campaign) -> None:
    """Each message has the number that it left from; one that came in has that of its conversation."""
    add_number(db, owner, "practice", "+14155550100", NumberKind.LONG, 1)
    send(db, owner, ConversationId(2))
    assert leave(db)
    receive(db, None, "+14155550143", "Hello?")
    beas = [row for row in exported(db, owner, ExportKind.MESSAGES) if row["conversation_id"] == "2"]
    assert {row["message_direction"] for row in beas} == {"outgoing", "incoming"}
    assert {row["conversation_phone"] for row in beas} == {"+14155550100"}


def test_a_cell_that_starts_like_a_formula_gets_an_apostrophe_and_phones_do_not(
    db: Database, owner: Identity, worked: Campaign
) -> None:
    received = exported(db, owner, ExportKind.MESSAGES)[1]
    assert received["message_body"] == '\'-5 "degrees",\nok'
    assert received["custom_status"] == "'=1+1"
    assert received["contact_phone"] == "+14155550142"
    assert "'=When?" in exported(db, owner, ExportKind.CONVERSATIONS)[0]


def test_the_surveys_export_has_a_row_for_each_answer(db: Database, owner: Identity, worked: Campaign) -> None:
    [row] = exported(db, owner, ExportKind.SURVEYS, worked)
    assert " ".join(row) == (
        "campaign_id campaign_name conversation_id survey_id survey_question survey_type response contact_id "
        "contact_first_name contact_last_name contact_phone updated_at status city"
    )
    assert (row["survey_question"], row["survey_type"], row["response"]) == ("Will you vote?", "single_choice", "Yes")
    assert row["updated_at"] == "2026-03-03T18:02:00Z"


def test_the_conversations_export_has_the_questions_as_columns(db: Database, owner: Identity, worked: Campaign) -> None:
    ann, bea = exported(db, owner, ExportKind.CONVERSATIONS, worked)
    assert " ".join(ann) == (
        "conversation_id campaign_name contact_id contact_first_name contact_last_name contact_phone assignee status "
        "opted_out last_message_at message_count Will you vote? '=When?"
    )
    assert (ann["status"], ann["opted_out"], ann["message_count"], ann["Will you vote?"]) == (
        "needs_reply",
        "true",
        "3",
        "Yes",
    )
    assert (bea["status"], bea["assignee"], bea["last_message_at"], bea["Will you vote?"]) == (
        "not_started",
        "",
        "",
        "",
    )


def test_the_opt_outs_export_has_one_row_for_each_number(db: Database, owner: Identity, worked: Campaign) -> None:
    opt_out_number(db, owner, "+14155550199")
    ann, stranger = exported(db, owner, ExportKind.OPT_OUTS)
    assert " ".join(ann) == (
        "timestamp contact_id contact_first_name contact_last_name contact_phone conversation_id note opt_out_type"
    )
    assert (ann["conversation_id"], ann["note"], ann["opt_out_type"]) == ("1", "asked", "manual")
    assert (stranger["contact_phone"], stranger["contact_id"], stranger["conversation_id"]) == ("+14155550199", "", "")
    assert len(exported(db, owner, ExportKind.OPT_OUTS, worked)) == 1


@pytest.mark.parametrize("what", ExportKind)
def test_another_campaign_s_export_has_a_header_and_nothing_else(
    db: Database, owner: Identity, worked: Campaign, what: ExportKind
) -> None:
    fall = create_campaign(db, owner, Setup("Fall", "Hi", hours=DailyHours("UTC", 0, 1440)))
    assert exported(db, owner, what, fall) == []
    assert exported(db, owner, what) == exported(db, owner, what, worked)


def test_a_file_takes_its_place_only_when_it_is_whole(
    db: Database, owner: Identity, worked: Campaign, tmp_path: Path
) -> None:
    out = tmp_path / "out" / "messages.csv"
    with pytest.raises(Refused, match="cannot be written"):
        export(db, owner, ExportKind.MESSAGES, out)
    out.parent.mkdir()
    out.write_text("yesterday's")
    with db.writing() as tx:
        tx.conn.execute("UPDATE contact SET fields = 'damaged' WHERE id = 1")
    with pytest.raises(DatabaseDamaged, match=r"row \d of contact"):
        export(db, owner, ExportKind.MESSAGES, out)
    assert out.read_text() == "yesterday's"
    assert list(out.parent.iterdir()) == [out]
    with db.writing() as tx:
        tx.conn.execute("UPDATE contact SET fields = '{}' WHERE id = 1")
    assert export(db, owner, ExportKind.MESSAGES, out) == 3
    assert out.read_text(encoding="utf-8").startswith("timestamp,")
    with pytest.raises(Refused, match="is a folder"):
        export(db, owner, ExportKind.MESSAGES, tmp_path)


def test_a_sender_may_not_export(db: Database, spring: Campaign) -> None:
    with db.reading() as conn:
        kim = identify(conn, "kim")
    with pytest.raises(NotPermitted):
        export(db, kim, ExportKind.MESSAGES, StringIO())
