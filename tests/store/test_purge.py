"""What a purge removes and what it leaves (docs/rules.md 10.11)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.clock import Clock
from tests.store.arranging import ask_everyone, journal, known_as, look_at, number, sentence_of, take_in
from tests.store.carrier import leave
from tests.store.formats import ROWS, make_format
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.conversations import REMOVED, ConversationId
from thrumsg_tui.domain.enums import CampaignState, ExportKind
from thrumsg_tui.domain.errors import NotPermitted, Refused
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.changes.campaigns import change_state, create_campaign
from thrumsg_tui.store.changes.opt_outs import opt_in_number, opt_out_number
from thrumsg_tui.store.changes.purge import purge
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine, repair
from thrumsg_tui.store.export import exported
from thrumsg_tui.store.queries.campaigns import totals
from thrumsg_tui.store.queries.questions import questions
from thrumsg_tui.store.queries.thread import get_opt_out

SECRETS = ("Zebediah", "Quillfeather", "Maribel", "I am at work", "Elm Street")
"""The names of two contacts, what one wrote, and a field."""

ZEB, BEA = number(60), number(61)


@pytest.fixture
def closed(db: Database, owner: Identity, spring: Campaign) -> list[ConversationId]:
    """An archived campaign with texts both ways, an answer and an opt-out."""
    ask_everyone(db, owner, "Spring", Vote="Yes|No")
    people = ["Zebediah Quillfeather", "Maribel Ng"]
    found = take_in(db, owner, "Spring", people, first=60, street=["Elm Street", "Oak"])
    for each in found:
        send(db, owner, each)
    leave(db)
    receive(db, None, ZEB, "I am at work " * 20)
    with db.reading() as conn:
        [question] = questions(conn, spring.id)
    record_answer(db, owner, found[0], question.id, question.choices[0].id)
    opt_out_number(db, owner, BEA)
    opt_in_number(db, owner, BEA)
    receive(db, None, BEA, "STOP")
    leave(db)
    return found


def archive(db: Database, owner: Identity) -> None:
    change_state(db, owner, "Spring", CampaignState.ARCHIVED)


def everything(db: Database) -> str:
    """All that the database has, as text."""
    with db.reading() as conn:
        tables = db.engine.columns(conn)
        return "\n".join(str(tuple(row)) for table in tables for row in conn.execute(f"SELECT * FROM {table}"))


def test_only_an_archived_campaign_is_purged(db: Database, owner: Identity, closed: list[ConversationId]) -> None:
    with pytest.raises(Refused, match="only an archived campaign"):
        purge(db, owner, "Spring")
    assert all(secret in everything(db) for secret in SECRETS)


def test_only_an_owner_purges(db: Database, owner: Identity, closed: list[ConversationId]) -> None:
    archive(db, owner)
    with pytest.raises(NotPermitted):
        purge(db, known_as(db, "kim"), "Spring")


def test_what_people_wrote_and_are_called_is_nowhere_any_more(
    db: Database, owner: Identity, closed: list[ConversationId]
) -> None:
    archive(db, owner)
    assert all(secret in everything(db) for secret in SECRETS)
    done = purge(db, owner, "Spring")
    assert (done.contacts, done.kept) == (2, 0)
    assert [secret for secret in SECRETS if secret in everything(db)] == []
    assert {message.body for each in closed for message in look_at(db, each).messages} == {REMOVED}
    assert sentence_of(journal(db)[0]) == (
        f"purged 'Spring': removed the texts of {done.messages} messages and the names of 2 contacts"
    )
    assert not journal(db)[0].undoable


def test_counts_answers_opt_outs_and_their_journal_stay(
    db: Database, owner: Identity, spring: Campaign, closed: list[ConversationId]
) -> None:
    archive(db, owner)

    def kept() -> tuple[object, ...]:
        opt_outs = [event for event in map(sentence_of, journal(db)) if "opted" in event]
        answered = len(look_at(db, closed[0]).answers)
        with db.reading() as conn:
            return totals(conn, spring.id), get_opt_out(conn, BEA), opt_outs, answered

    before = kept()
    segments = [row["message_segment_count"] for row in exported(db, owner, ExportKind.MESSAGES)]
    purge(db, owner, "Spring")
    assert kept() == before
    assert [row["message_segment_count"] for row in exported(db, owner, ExportKind.MESSAGES)] == segments
    assert max(int(str(count)) for count in segments) > 1


def test_doctor_agrees_and_mends_nothing(db: Database, owner: Identity, closed: list[ConversationId]) -> None:
    archive(db, owner)
    purge(db, owner, "Spring")
    assert examine(db) == []
    before = everything(db)
    assert repair(db, owner) == []
    assert everything(db) == before


def test_who_is_in_another_campaign_keeps_the_name_until_that_is_purged_too(
    db: Database, owner: Identity, closed: list[ConversationId]
) -> None:
    create_campaign(db, owner, Setup("Fall", "Hi", hours=DailyHours("UTC", 0, 1440)))
    [again] = take_in(db, owner, "Fall", ["Zebediah Quillfeather"], first=60)
    archive(db, owner)
    done = purge(db, owner, "Spring")
    assert (done.contacts, done.kept) == (1, 1)
    assert look_at(db, again).name == "Zebediah Quillfeather"
    assert "I am at work" not in everything(db)
    change_state(db, owner, "Fall", CampaignState.ARCHIVED)
    assert purge(db, owner, "Fall").contacts == 1
    assert "Zebediah" not in everything(db)
    assert examine(db) == []


def test_what_the_carrier_has_is_listed(db: Database, owner: Identity, closed: list[ConversationId]) -> None:
    archive(db, owner)
    listed = purge(db, owner, "Spring").at_carrier
    assert {each.gateway for each in listed} == {"practice"}
    assert len({each.provider_id for each in listed}) == 3


def test_step_by_step_it_removes_the_same(db: Database, owner: Identity, closed: list[ConversationId]) -> None:
    archive(db, owner)
    done = purge(db, owner, "Spring", step=1)
    assert (done.contacts, done.kept, len(done.at_carrier)) == (2, 0, 3)
    assert [secret for secret in SECRETS if secret in everything(db)] == []
    assert [sentence_of(event) for event in journal(db) if "purged" in sentence_of(event)] == [
        f"purged 'Spring': removed the texts of {done.messages} messages and the names of 2 contacts"
    ]
    assert examine(db) == []


def test_a_second_purge_finds_nothing(
    db: Database, owner: Identity, closed: list[ConversationId], clock: Clock
) -> None:
    archive(db, owner)
    purge(db, owner, "Spring")
    clock.forward(minutes=1)
    assert purge(db, owner, "Spring").messages == 0


@pytest.mark.only_sqlite("no server has had this format")
def test_the_journal_of_an_older_format_keeps_no_name_that_a_contact_had(tmp_path: Path) -> None:
    make_format(path := tmp_path / "old.db", 2, ROWS)
    db = Database(path)
    owner = known_as(db, "ana")
    with db.writing() as tx:  # as an import renames them
        tx.conn.execute("UPDATE contact SET first_name = 'Renamed'")
    archive(db, owner)
    purge(db, owner, "Spring")
    said = [sentence_of(event) for event in journal(db)]
    db.close()
    people = re.compile(r"\b(Ann|Bea|Cy|Di|Eve|Flo|Gus|Renamed)\b")
    assert [each for each in said if people.search(each)] == []
    assert {
        f"sent initial to {REMOVED}",
        f"sent reply to {REMOVED}",
        "opt-out taken back by Ana Ortiz",
        "follow-up 'Reminder' skipped by Ana Ortiz",
    } <= set(said)


def test_what_is_in_doubt_is_settled_before_its_words_go(
    db: Database, owner: Identity, closed: list[ConversationId]
) -> None:
    """The carrier's list is searched by these words (docs/rules.md 10.2)."""
    send(db, owner, closed[0], body="Are you there?")
    archive(db, owner)
    for state in ("sending", "in_doubt"):
        with db.writing() as tx:
            tx.conn.execute("UPDATE message SET state = ? WHERE body = 'Are you there?'", (state,))
        with pytest.raises(Refused, match=r"1 message of 'Spring' is under way or in doubt"):
            purge(db, owner, "Spring")
    assert all(secret in everything(db) for secret in SECRETS)
    with db.writing() as tx:
        tx.conn.execute("UPDATE message SET state = 'sent' WHERE body = 'Are you there?'")
    purge(db, owner, "Spring")
