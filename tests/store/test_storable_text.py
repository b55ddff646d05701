"""NUL and lone surrogates are refused where people enter text, and replaced where a text must not be lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.arranging import journal, look_at, number
from tests.store.carrier import report
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import ImportKind, MessageState
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaigns import create_campaign, edit_campaign
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.drafts import keep_draft
from thrumsg_tui.store.changes.follow_ups import create_follow_up, edit_follow_up
from thrumsg_tui.store.changes.opt_out_lists import opt_out_numbers
from thrumsg_tui.store.changes.opt_outs import change_note, opt_out_each, opt_out_number
from thrumsg_tui.store.changes.preferences import set_preference
from thrumsg_tui.store.changes.questions import add_question, edit_question
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.replies import add_reply, edit_reply
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.settings import change_setting
from thrumsg_tui.store.changes.users import add_user, edit_user
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.imports.import_kinds import import_file
from thrumsg_tui.store.imports.import_run import ImportOptions
from thrumsg_tui.store.queries.campaigns import get_campaign
from thrumsg_tui.store.queries.drafts import draft
from thrumsg_tui.store.queries.questions import questions
from thrumsg_tui.store.queries.unmatched import unmatched_messages

ANN, STRANGER = number(0), "+14155559999"
HOURS = DailyHours("UTC", 0, 1440)

pytestmark = pytest.mark.parametrize("bad", ["\0", "\ud83d"], ids=["NUL", "surrogate"])


def refuses(db: Database, change: Callable[[], object]) -> bool:
    """Whether a change is refused for what cannot be stored, and leaves nothing behind."""
    before = journal(db)
    with pytest.raises(Refused, match="which cannot be stored: delete it"):
        change()
    return journal(db) == before


# What people enter


def test_a_message(db: Database, owner: Identity, ann: ConversationId, bad: str) -> None:
    assert refuses(db, lambda: send(db, owner, ann, body=f"Hi{bad}"))
    assert look_at(db, ann).messages == ()


def test_the_note_of_an_opt_out(db: Database, owner: Identity, ann: ConversationId, bad: str) -> None:
    assert refuses(db, lambda: opt_out_number(db, owner, ANN, f"by phone{bad}"))
    assert refuses(db, lambda: opt_out_each(db, owner, [ANN], f"by phone{bad}"))
    assert refuses(db, lambda: opt_out_numbers(db, owner, ANN, f"by phone{bad}"))
    opt_out_number(db, owner, ANN)
    assert refuses(db, lambda: change_note(db, owner, ANN, f"by phone{bad}"))


def test_names(db: Database, owner: Identity, spring: Campaign, bad: str) -> None:
    assert refuses(db, lambda: add_user(db, owner, f"mo{bad}", "Mo", "Quill", role=Role.SENDER))
    assert refuses(db, lambda: add_user(db, owner, "mo", f"Mo{bad}", "Quill", role=Role.SENDER))
    assert refuses(db, lambda: add_user(db, owner, "mo", "Mo", f"Quill{bad}", role=Role.SENDER))
    assert refuses(db, lambda: add_user(db, owner, "mo", "Mo", "", email=f"mo@{bad}", role=Role.SENDER))
    assert refuses(db, lambda: edit_user(db, owner, "kim", first_name=f"Kim{bad}"))
    assert refuses(db, lambda: edit_user(db, owner, "kim", last_name=bad))
    assert refuses(db, lambda: edit_user(db, owner, "kim", email=bad))


def test_a_campaign(db: Database, owner: Identity, spring: Campaign, bad: str) -> None:
    assert refuses(db, lambda: create_campaign(db, owner, Setup(f"Fall{bad}", "Hi", hours=HOURS)))
    assert refuses(db, lambda: create_campaign(db, owner, Setup("Fall", f"Hi{bad}", hours=HOURS)))
    assert refuses(db, lambda: create_campaign(db, owner, Setup("Fall", "Hi", description=bad, hours=HOURS)))
    setup = spring.setup
    assert refuses(db, lambda: edit_campaign(db, owner, spring.id, replace(setup, name=bad)))
    assert refuses(db, lambda: edit_campaign(db, owner, spring.id, replace(setup, initial_script=bad)))
    assert refuses(db, lambda: edit_campaign(db, owner, spring.id, replace(setup, description=bad)))


def test_a_follow_up(db: Database, owner: Identity, spring: Campaign, bad: str) -> None:
    assert refuses(db, lambda: create_follow_up(db, owner, "Spring", f"Last{bad}", "Last day!"))
    assert refuses(db, lambda: create_follow_up(db, owner, "Spring", "Last", f"Last day!{bad}"))
    made = create_follow_up(db, owner, "Spring", "Last", "Last day!").id
    assert refuses(db, lambda: edit_follow_up(db, owner, made, "Last", f"Last day{bad}", None))


def test_a_reply(db: Database, owner: Identity, spring: Campaign, bad: str) -> None:
    assert refuses(db, lambda: add_reply(db, owner, spring.id, f"Where{bad}", "Here"))
    assert refuses(db, lambda: add_reply(db, owner, None, "Where", f"Here{bad}"))
    made = add_reply(db, owner, spring.id, "Where", "Here")
    assert refuses(db, lambda: edit_reply(db, owner, made, title="Where", body=f"There{bad}"))


def test_a_question(db: Database, owner: Identity, spring: Campaign, bad: str) -> None:
    assert refuses(db, lambda: add_question(db, owner, spring.id, f"Voting?{bad}", ["yes"]))
    assert refuses(db, lambda: add_question(db, owner, spring.id, "Voting?", ["yes", f"no{bad}"]))
    made = add_question(db, owner, spring.id, "Voting?", ["yes"])
    assert refuses(db, lambda: edit_question(db, owner, made.id, "Voting?", [(made.choices[0].id, f"Yes{bad}")]))
    with db.reading() as conn:
        assert [each.text for each in questions(conn, spring.id)] == ["Voting?"]


def test_a_setting_and_a_preference(db: Database, owner: Identity, bad: str) -> None:
    assert refuses(db, lambda: change_setting(db, owner, "organization", f"Voters{bad}"))
    assert refuses(db, lambda: change_setting(db, owner, "opt_out_message", f"You are out.{bad}"))
    assert refuses(db, lambda: set_preference(db, owner.user.id, "order", bad))


# What must not be lost


def test_a_contact_s_message_is_stored_with_a_mark_in_its_place(
    db: Database, owner: Identity, ann: ConversationId, bad: str
) -> None:
    send(db, owner, ann)
    assert receive(db, None, ANN, f"yes{bad}!", provider_id=f"id{bad}").conversation_id == ann
    assert receive(db, None, ANN, f"yes{bad}!", provider_id=f"id{bad}").duplicate
    assert receive(db, None, STRANGER, f"who{bad}").conversation_id is None
    assert receive(db, None, f"BANK{bad}", "Your code").conversation_id is None
    assert look_at(db, ann).messages[-1].body == "yes\ufffd!"
    with db.reading() as conn:
        assert {each.body for each in unmatched_messages(conn)} == {"who\ufffd", "Your code"}
    assert examine(db) == []


def test_a_stop_with_it_still_opts_out(db: Database, owner: Identity, ann: ConversationId, bad: str) -> None:
    send(db, owner, ann)
    assert receive(db, None, ANN, f"STOP {bad}").opted_out


def test_what_a_gateway_says(db: Database, owner: Identity, ann: ConversationId, bad: str) -> None:
    send(db, owner, ann)
    [taken] = take_queued(db)
    report(db, taken.id, MessageState.FAILED, provider_id=f"a{bad}", code=bad, words=f"no{bad}")
    with db.reading() as conn:
        row = conn.execute("SELECT provider_id, error_code, error_text FROM message").fetchone()
    assert tuple(row) == ("a\ufffd", "\ufffd", "no\ufffd")


def test_a_draft(db: Database, owner: Identity, ann: ConversationId, bad: str) -> None:
    keep_draft(db, owner, ann, f"Hello{bad}")
    with db.reading() as conn:
        assert draft(conn, owner.user.id, ann) == "Hello\ufffd"


def test_a_file(db: Database, owner: Identity, spring: Campaign, tmp_path: Path, bad: str) -> None:
    """NUL is left out, which is said; bytes of a surrogate are no UTF-8, and read as Windows-1252."""
    path = tmp_path / "contacts.csv"
    text = f"phone,first_name,last_name\n+14155550142,Jo{bad},Marsh\n+14155550143,Ann,Otieno\n"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    done = import_file(db, owner, ImportKind.CONTACTS, path, "Spring", ImportOptions())
    assert done.imported == 2
    with db.reading() as conn:
        rows = conn.execute("SELECT first_name, last_name FROM contact ORDER BY phone").fetchall()
    assert [row["last_name"] for row in rows] == ["Marsh", "Otieno"]
    assert all(each not in row["first_name"] for row in rows for each in "\0\ud83d")


# What is there already


@pytest.mark.only_sqlite("a server stores no NUL")
def test_what_an_older_version_stored_is_read_and_used(
    db: Database, owner: Identity, spring: Campaign, ann: ConversationId, bad: str
) -> None:
    if bad != "\0":
        pytest.skip("SQLite's driver never took a lone surrogate")
    with db.writing() as tx:
        tx.conn.execute("UPDATE campaign SET name = 'Spr' || CHAR(0) || 'ing', initial_script = 'Hi' || CHAR(0)")
        tx.conn.execute("UPDATE contact SET last_name = 'O' || CHAR(0)")
    with db.reading() as conn:
        campaign = get_campaign(conn, spring.id)
    assert campaign.name == "Spr\0ing"
    edit_campaign(db, owner, spring.id, replace(campaign.setup, description="The first one"))
    send(db, owner, ann)
    receive(db, None, ANN, "yes")
    assert look_at(db, ann).last_name == "O\0"
    assert [each.direction for each in look_at(db, ann).messages] == ["outgoing", "incoming"]
    with db.reading() as conn:
        rows = conn.execute("SELECT summary, details FROM event").fetchall()
    assert all("\0" not in row["summary"] + row["details"] for row in rows)
