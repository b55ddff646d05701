"""How somebody is called in campaigns, threads, opt-outs and plans (docs/rules.md 2.2, 8.1)."""

from __future__ import annotations

import pytest

from tests.store.arranging import assignment_of, give, journal, known_as, look_at, number, senders, sentence_of, take_in
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.reassignment import FromAssignments, Request, ToAllOthers
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaign_senders import add_senders
from thrumsg_tui.store.changes.campaigns import create_campaign
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.reassign import reassign
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.changes.users import add_user, edit_user, make_first_owner
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.assignments import assignments, get_assignment
from thrumsg_tui.store.queries.opt_outs import opt_out_rows
from thrumsg_tui.store.queries.reassignment import plan
from thrumsg_tui.store.queries.senders import Senders
from thrumsg_tui.store.queries.thread import newest_message
from thrumsg_tui.store.queries.users import find_user, users


def test_somebody_without_a_name_is_called_by_login(db: Database) -> None:
    make_first_owner(db, "root", "", "")
    root = known_as(db, "root")
    spring = create_campaign(db, root, Setup("Spring", "Hi", hours=DailyHours("UTC", 0, 1440)))
    assert spring.created_by == "root"
    (ann,) = take_in(db, root, "Spring", ["Ann Otieno"])
    add_senders(db, root, "Spring", ["root"])
    give(db, root, spring, "root", [ann])
    opt_out_number(db, root, number(0))
    shown = look_at(db, ann)
    assert "reassigned from Unassigned to root by root" in [sentence_of(event) for event in shown.events]
    assert shown.opt_out is not None
    assert shown.opt_out.by == "root"
    with db.reading() as conn:
        assert [row.opt_out.by for row in opt_out_rows(conn)] == ["root"]


def test_a_name_has_no_space_around_it(db: Database) -> None:
    make_first_owner(db, "root", "", "Okafor")
    root = known_as(db, "root")
    assert create_campaign(db, root, Setup("Spring", "Hi", hours=DailyHours("UTC", 0, 1440))).created_by == "Okafor"


KIM, KIM2 = "Kim Alvarez (kim)", "Kim Alvarez (kim2)"


@pytest.fixture
def namesake(db: Database, owner: Identity, spring: Campaign) -> Identity:
    """Another Kim Alvarez, who is on the campaign, too."""
    kim = known_as(db, "kim").user
    add_user(db, owner, "kim2", kim.first_name, kim.last_name, role=Role.SENDER)
    add_senders(db, owner, "Spring", ["kim2"])
    return known_as(db, "kim2")


def shown_names(db: Database, campaign: Campaign) -> list[str]:
    """How the rows of the senders table are called."""
    return [each.shown_name for each in senders(db, campaign).values()]


@pytest.mark.usefixtures("namesake")
def test_a_name_that_two_have_is_followed_by_the_login_and_no_other_is(db: Database, spring: Campaign) -> None:
    shown = shown_names(db, spring)
    assert [name for name in shown if "(" in name] == [KIM, KIM2]
    assert len(shown) > len([KIM, KIM2, "Unassigned"])
    kim = assignment_of(db, spring, "kim")
    with db.reading() as conn:
        assert [each.shown_name for each in users(conn) if each.name == "Kim Alvarez"] == [KIM, KIM2]
        assert find_user(conn, "kim2").shown_name == KIM2
        assert find_user(conn, "kim2").name == "Kim Alvarez"
        viewed = get_assignment(conn, kim, db.clock())
    assert viewed.shown_name == KIM
    assert list(senders_of(db, spring).names) == shown


def senders_of(db: Database, campaign: Campaign) -> Senders:
    """The senders table."""
    with db.reading() as conn:
        return assignments(conn, campaign.id, db.clock())


def test_a_namesake_on_no_campaign_counts_until_one_of_them_is_renamed(
    db: Database, owner: Identity, spring: Campaign
) -> None:
    assert "Kim Alvarez" in shown_names(db, spring)
    add_user(db, owner, "kim2", "Kim", "Alvarez", role=Role.SENDER)
    assert KIM in shown_names(db, spring)
    edit_user(db, owner, "kim2", last_name="Alvarado")
    assert "Kim Alvarez" in shown_names(db, spring)
    assert known_as(db, "kim2").user.shown_name == "Kim Alvarado"


@pytest.mark.usefixtures("namesake")
def test_the_search_of_senders_finds_a_login(db: Database, owner: Identity, spring: Campaign) -> None:
    edit_user(db, owner, "lee", first_name="Zoe")
    table = senders_of(db, spring)
    assert [each.login for each in table.matching("KIM2")] == ["kim2"]
    assert [each.login for each in table.matching("alvarez")] == ["kim", "kim2"]
    assert [each.login for each in table.matching("lee")] == ["lee"]


def test_moves_between_two_of_one_name_are_told_apart(
    db: Database, owner: Identity, spring: Campaign, namesake: Identity
) -> None:
    people = take_in(db, owner, "Spring", ["Ann", "Bea", "Cy", "Di"])
    give(db, owner, spring, "kim", people)
    request = Request(spring.id, FromAssignments((assignment_of(db, spring, "kim"),)), ToAllOthers(), count=1)
    with db.reading() as conn:
        planned = plan(conn, request, db.clock())
    assert planned.sides == ([KIM], [KIM2])
    moved = reassign(db, owner, request)
    assert moved.sentence == f"moved 1 conversation from {KIM} to {KIM2}"
    assert sentence_of(journal(db)[0]) == moved.sentence
    assert moved.gains == {"kim": -1, "kim2": 1}
    given = look_at(db, people[0])
    assert (given.sender_shown, given.sender_name) == (KIM2, "Kim Alvarez")
    assert f"reassigned from {KIM} to {KIM2} by" in sentence_of(given.events[-1])
    assert moved.event is not None
    assert undo(db, owner, moved.event).sentence == f"moved 1 conversation from {KIM2} to {KIM}"


def test_an_author_with_a_namesake_is_shown_with_the_login(
    db: Database, owner: Identity, spring: Campaign, namesake: Identity
) -> None:
    ann, bea = take_in(db, owner, "Spring", ["Ann", "Bea"])
    give(db, owner, spring, "kim2", [ann])
    send(db, namesake, ann)
    send(db, owner, bea)
    authors = [author_of(db, each) for each in (ann, bea)]
    assert authors == [("Kim Alvarez", KIM2), (owner.user.name, owner.user.name)]
    opt_out_number(db, namesake, number(0))
    assert sentence_of(look_at(db, ann).events[-1]).startswith(f"opted out by {KIM2}")


def author_of(db: Database, conversation: ConversationId) -> tuple[str | None, str | None]:
    """The author of the last message, and how they are shown."""
    with db.reading() as conn:
        message = newest_message(conn, conversation)
    assert message
    assert message == look_at(db, conversation).messages[-1]
    return message.author, message.author_shown
