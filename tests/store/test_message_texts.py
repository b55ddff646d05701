"""What goes out: the words of a message, its fields and its segments (docs/rules.md 3.8, 3.11)."""

from __future__ import annotations

import pytest

from tests.store.arranging import look_at, take_in
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import MessageKind, Status
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaigns import create_campaign
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.settings import change_setting
from thrumsg_tui.store.database import Database


def test_an_initial_is_rendered_for_the_contact_and_the_sender(
    db: Database, owner: Identity, ann: ConversationId
) -> None:
    sent = send(db, owner, ann)
    assert sent.kind is MessageKind.INITIAL
    assert sent.body == "Hi Ann, it's Kim. Will you vote?"


def test_in_unassigned_the_author_stands_in_for_the_sender(db: Database, owner: Identity, spring: Campaign) -> None:
    [bea] = take_in(db, owner, "Spring", ["Bea Lund"])
    assert send(db, owner, bea).body == "Hi Bea, it's Ana. Will you vote?"


@pytest.mark.parametrize("body", [" two  spaces, a break\n and a trailing one ", "Ünïcode 🗳️ “quotes”", "50% off, 100%"])
def test_what_was_written_goes_out_to_the_letter(db: Database, kim: Identity, ann: ConversationId, body: str) -> None:
    send(db, kim, ann)
    send(db, kim, ann, body=body)
    assert [message.body for message in look_at(db, ann).messages][-1] == body


def test_a_value_that_looks_like_a_field_is_not_filled_in_again(
    db: Database, owner: Identity, spring: Campaign
) -> None:
    create_campaign(db, owner, Setup("Places", "Vote at %place%", hours=DailyHours("UTC", 0, 1440)))
    [bea] = take_in(db, owner, "Places", ["Bea"], place=["%first_name% Hall"])
    assert send(db, owner, bea).body == "Vote at %first_name% Hall"


@pytest.mark.parametrize(
    ("script", "named"),
    [("Vote at %place%", "%place%"), ("%nobody_knows%", "%nobody_knows%"), ("Hi %last_name%", "%last_name%")],
)
def test_a_field_without_a_value_prevents_sending_and_is_named(
    db: Database, owner: Identity, script: str, named: str
) -> None:
    create_campaign(db, owner, Setup("Fields", script, hours=DailyHours("UTC", 0, 1440)))
    [bea] = take_in(db, owner, "Fields", ["Bea"], place=[""])
    with pytest.raises(Refused, match=named):
        send(db, owner, bea)
    assert look_at(db, bea).status is Status.NOT_STARTED


def test_the_organization_is_filled_in(db: Database, owner: Identity) -> None:
    change_setting(db, owner, "organization", "Harbor Votes")
    create_campaign(db, owner, Setup("Fields", "We are %organization%", hours=DailyHours("UTC", 0, 1440)))
    [bea] = take_in(db, owner, "Fields", ["Bea"])
    assert send(db, owner, bea).body == "We are Harbor Votes"


def test_words_with_a_field_in_them_are_refused(db: Database, kim: Identity, ann: ConversationId) -> None:
    with pytest.raises(Refused, match="%first_name% is not filled in"):
        send(db, kim, ann, body="Hello %first_name%")


def test_what_a_value_brought_along_may_be_sent_from_the_message_box(db: Database, owner: Identity) -> None:
    create_campaign(db, owner, Setup("Places", "Vote at %place%", hours=DailyHours("UTC", 0, 1440)))
    [bea] = take_in(db, owner, "Places", ["Bea"], place=["%first_name% Hall"])
    in_the_box = "Vote at %first_name% Hall"
    assert send(db, owner, bea, body=in_the_box, kind=MessageKind.INITIAL).body == in_the_box


@pytest.mark.parametrize("body", ["", " \n\t "])
def test_an_empty_message_is_refused(db: Database, kim: Identity, ann: ConversationId, body: str) -> None:
    with pytest.raises(Refused, match="empty"):
        send(db, kim, ann, body=body)


@pytest.mark.parametrize(("body", "segments"), [("x" * 9 * 153, 9), ("я" * 9 * 67, 9), ("x" * 160, 1)])
def test_nine_segments_are_sent(db: Database, kim: Identity, ann: ConversationId, body: str, segments: int) -> None:
    assert send(db, kim, ann, body=body).segments == segments


@pytest.mark.parametrize("body", ["x" * (9 * 153 + 1), "я" * (9 * 67 + 1)])
def test_a_tenth_segment_is_refused(db: Database, kim: Identity, ann: ConversationId, body: str) -> None:
    with pytest.raises(Refused, match="10 segments, and 9 is the most"):
        send(db, kim, ann, body=body)
    assert look_at(db, ann).messages == ()


def test_there_is_no_reply_without_words(db: Database, kim: Identity, ann: ConversationId) -> None:
    send(db, kim, ann)
    with pytest.raises(Refused, match="--body"):
        send(db, kim, ann)
