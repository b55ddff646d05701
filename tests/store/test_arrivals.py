"""Whether a contact of a sender has written since the last look and waits (docs/rules.md 12.1)."""

from __future__ import annotations

import pytest

from tests.store.arranging import give, number, take_in
from thrumsg_tui.domain.campaigns import AssignmentId, Campaign
from thrumsg_tui.domain.conversations import ConversationId, MessageId
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.arrivals import Arrivals, ask_arrivals
from thrumsg_tui.store.queries.assignments import find_assignment

AFTER_ALL = MessageId(1 << 62)


@pytest.fixture
def zoe(db: Database, owner: Identity, spring: Campaign) -> ConversationId:
    """A contact of Kim's; Ann is Lee's."""
    zoe, ann = take_in(db, owner, "Spring", ["Zoe", "Ann"])
    give(db, owner, spring, "kim", [zoe])
    give(db, owner, spring, "lee", [ann])
    return zoe


def look(db: Database, campaign: Campaign, after: MessageId = AFTER_ALL) -> Arrivals:
    """What has come to Kim's contacts."""
    with db.reading() as conn:
        kims: AssignmentId = find_assignment(conn, campaign, "kim")
        return ask_arrivals(conn, kims, after)()


def test_before_the_first_message_nothing_has_come(db: Database, spring: Campaign, zoe: ConversationId) -> None:
    assert look(db, spring) == Arrivals(MessageId(0), any_here=False)


def test_each_message_of_a_contact_who_waits_has_come(db: Database, spring: Campaign, zoe: ConversationId) -> None:
    before = look(db, spring).newest
    for words in ("Hello?", "Anybody?"):
        receive(db, None, number(0), words)
        assert look(db, spring, before).any_here
        before = look(db, spring).newest
        assert not look(db, spring, before).any_here


def test_our_own_others_and_opted_out_ones_are_no_news(
    db: Database, owner: Identity, spring: Campaign, zoe: ConversationId
) -> None:
    before = look(db, spring).newest
    send(db, owner, zoe)
    receive(db, None, number(1), "Hello, Lee")
    receive(db, None, number(0), "STOP")
    found = look(db, spring, before)
    assert (found.newest > before, found.any_here) == (True, False)
