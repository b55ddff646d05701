"""Users, roles and who is at the keyboard (docs/rules.md 8.1, 8.2)."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.store.arranging import ask_everyone, assignment_of, give, journal, known_as, number, sentence_of, take_in
from thrumsg_tui.domain.campaigns import Campaign, Setup
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.enums import CampaignState, Tab
from thrumsg_tui.domain.errors import NotFound, NotPermitted, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.reassignment import FromConversations, Request, ToAssignments
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.changes.campaign_senders import add_senders, remove_sender
from thrumsg_tui.store.changes.campaigns import change_state, create_campaign
from thrumsg_tui.store.changes.follow_ups import create_follow_up
from thrumsg_tui.store.changes.opt_out_lists import opt_out_numbers
from thrumsg_tui.store.changes.opt_outs import change_note, opt_in_number, opt_out_number
from thrumsg_tui.store.changes.reassign import apply_plan, reassign
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.send_all import send_batch
from thrumsg_tui.store.changes.settings import change_setting
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.changes.users import add_user, change_role, edit_user, make_first_owner
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import repair
from thrumsg_tui.store.imports.contacts import import_contacts
from thrumsg_tui.store.imports.opt_outs import import_opt_outs
from thrumsg_tui.store.imports.replies import import_replies
from thrumsg_tui.store.imports.survey import import_survey
from thrumsg_tui.store.imports.users import import_users
from thrumsg_tui.store.queries.campaigns import find_campaign
from thrumsg_tui.store.queries.reassignment import plan
from thrumsg_tui.store.queries.users import identify, people_rows, users

ALWAYS = DailyHours("UTC", 0, 1440)
BEA = number(1)

Change = Callable[[Database, Identity], object]
"""Something that somebody wants to do in the arranged database."""


def _unassign_ann(db: Database) -> Request:
    with db.reading() as conn:
        campaign = find_campaign(conn, "Spring")
    return Request(
        campaign.id, FromConversations((ConversationId(1),)), ToAssignments((assignment_of(db, campaign, None),))
    )


def _apply_plan(db: Database, who: Identity) -> object:
    request = _unassign_ann(db)
    with db.reading() as conn:
        planned = plan(conn, request, db.clock())
    return apply_plan(db, who, planned)


def _undo_reassignment(db: Database, who: Identity) -> object:
    return undo(db, who, next(entry.id for entry in journal(db) if entry.kind is EventKind.REASSIGN))


def _import(change: Callable[..., object], text: str, *campaign: str) -> Change:
    def run(db: Database, who: Identity) -> object:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "in.csv"
            path.write_text(text)
            return change(db, who, path, *campaign)

    return run


def _create_campaign(db: Database, who: Identity) -> object:
    return create_campaign(db, who, Setup("Fall", "Hi", hours=ALWAYS))


CHANGES: dict[str, tuple[Role, Change]] = {
    "send": (Role.SENDER, lambda db, who: send(db, who, ConversationId(1))),
    "record an answer": (Role.SENDER, lambda db, who: record_answer(db, who, ConversationId(1), "Vote?", "Yes")),
    "opt out": (Role.SENDER, lambda db, who: opt_out_number(db, who, number(0))),
    "reassign": (Role.MODERATOR, lambda db, who: reassign(db, who, _unassign_ann(db))),
    "apply a plan": (Role.MODERATOR, _apply_plan),
    "undo a reassignment": (Role.MODERATOR, _undo_reassignment),
    "opt out a list": (Role.MODERATOR, lambda db, who: opt_out_numbers(db, who, number(0))),
    "change a note": (Role.MODERATOR, lambda db, who: change_note(db, who, BEA, "by phone")),
    "opt in": (Role.MODERATOR, lambda db, who: opt_in_number(db, who, BEA)),
    "receive": (Role.MODERATOR, lambda db, who: receive(db, who, number(0), "hello")),
    "create a campaign": (Role.ADMIN, _create_campaign),
    "pause": (Role.ADMIN, lambda db, who: change_state(db, who, "Spring", CampaignState.PAUSED)),
    "archive": (Role.ADMIN, lambda db, who: change_state(db, who, "Spring", CampaignState.ARCHIVED)),
    "make a follow-up": (Role.ADMIN, lambda db, who: create_follow_up(db, who, "Spring", "Reminder", "Vote!")),
    "add senders": (Role.ADMIN, lambda db, who: add_senders(db, who, "Spring", ["ana"])),
    "remove a sender": (Role.ADMIN, lambda db, who: remove_sender(db, who, "Spring", "lee")),
    "change a setting": (Role.ADMIN, lambda db, who: change_setting(db, who, "organization", "Harbor Votes")),
    "add a sender": (Role.ADMIN, lambda db, who: add_user(db, who, "new", "New", "", role=Role.SENDER)),
    "add a moderator": (Role.OWNER, lambda db, who: add_user(db, who, "new", "New", "", role=Role.MODERATOR)),
    "add an owner": (Role.OWNER, lambda db, who: add_user(db, who, "new", "New", "", role=Role.OWNER)),
    "change a sender": (Role.ADMIN, lambda db, who: edit_user(db, who, "lee", email="lee@x.example")),
    "change a role": (Role.OWNER, lambda db, who: change_role(db, who, "lee", Role.MODERATOR)),
    "repair": (Role.ADMIN, repair),
    "import contacts": (Role.ADMIN, _import(import_contacts, "first,phone\nCy,4155550190\n", "Spring")),
    "import opt-outs": (Role.ADMIN, _import(import_opt_outs, "phone\n4155550190\n")),
    "import users": (Role.ADMIN, _import(import_users, "login,first_name,last_name,role\nnew,New,New,sender\n")),
    "import replies": (Role.ADMIN, _import(import_replies, "title,body\nHi,Hello\n", "Spring")),
    "import a survey": (Role.ADMIN, _import(import_survey, "question,choices\nWhen?,Now\n", "Spring")),
}


@pytest.fixture
def arranged(db: Database, owner: Identity, spring: Campaign, ann: ConversationId) -> Campaign:
    """Ann is kim's and not started, Bea is Unassigned and opted out, and there is a survey."""
    take_in(db, owner, "Spring", ["Bea"], first=1)
    opt_out_number(db, owner, BEA)
    ask_everyone(db, owner, "Spring", Vote="Yes|No")
    return spring


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("change", CHANGES)
def test_each_role_may_do_what_the_one_before_it_may_and_more(
    db: Database, owner: Identity, arranged: Campaign, change: str, role: Role
) -> None:
    if role is not Role.SENDER:
        change_role(db, owner, "kim", role)
    who = known_as(db, "kim")
    weakest, do = CHANGES[change]
    before = journal(db)
    if role.rank >= weakest.rank:
        do(db, who)
        assert repair is do or len(journal(db)) > len(before)
    else:
        with pytest.raises(NotPermitted, match=f"{weakest} or above, and kim is {role}"):
            do(db, who)
        assert journal(db) == before


def test_send_all_is_for_senders_too(db: Database, owner: Identity, arranged: Campaign) -> None:
    with pytest.raises(Refused, match="QuickSend"):
        send_batch(db, known_as(db, "kim"), assignment_of(db, arranged, "kim"), Tab.INITIAL)


# Who there is


def test_the_first_run_makes_its_person_the_owner(db: Database) -> None:
    assert make_first_owner(db, "ana", "Ana", "Ortiz")
    assert not make_first_owner(db, "kim", "Kim", "Alvarez")
    with db.reading() as conn:
        assert [(user.login, user.role) for user in users(conn)] == [("ana", Role.OWNER)]
    [entry] = journal(db)
    assert (entry.kind, entry.by) == (EventKind.ADD_USER, "ana")


@pytest.mark.parametrize("login", ["", "two words", " ana", "ana\n", "-ana", "ana\x1b[31m"])
def test_a_login_is_one_word(db: Database, owner: Identity, login: str) -> None:
    with pytest.raises(Refused, match="one word"):
        add_user(db, owner, login, "Ana", "Ortiz", role=Role.SENDER)


def test_a_login_is_given_once(db: Database, owner: Identity, spring: Campaign) -> None:
    with pytest.raises(Refused, match="already"):
        add_user(db, owner, "kim", "Another", "Kim", role=Role.SENDER)


def test_the_last_owner_stays_one(db: Database, owner: Identity, spring: Campaign) -> None:
    with pytest.raises(Refused, match="only owner"):
        change_role(db, owner, "ana", Role.ADMIN)
    assert change_role(db, owner, "ana", Role.OWNER).role is Role.OWNER
    change_role(db, owner, "kim", Role.OWNER)
    assert change_role(db, owner, "ana", Role.ADMIN).role is Role.ADMIN
    entry = journal(db)[0]
    assert (entry.kind, sentence_of(entry)) == (EventKind.CHANGE_USER, "made ana admin, was owner")


def test_a_changed_role_counts_from_the_next_look(db: Database, owner: Identity, spring: Campaign) -> None:
    change_role(db, owner, "kim", Role.MODERATOR)
    assert known_as(db, "kim").role is Role.MODERATOR


def test_users_are_listed_by_name(db: Database, owner: Identity, spring: Campaign) -> None:
    with db.reading() as conn:
        assert [user.name for user in users(conn)] == ["Ana Ortiz", "Kim Alvarez", "Lee Bishop"]


def test_everybody_has_a_first_name(db: Database, owner: Identity, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="kim needs a first name"):
        add_user(db, owner, "kim", " ", "Alvarez", role=Role.SENDER)
    path = tmp_path / "users.csv"
    path.write_text("login,first name\nkim,\n")
    import_users(db, owner, path)
    assert known_as(db, "kim").user.first_name == "kim"


# Changing somebody


def test_what_is_given_is_changed_and_the_rest_stays(db: Database, owner: Identity, spring: Campaign) -> None:
    assert edit_user(db, owner, "kim", last_name=" Álvarez ", email="kim@x.example").name == "Kim Álvarez"
    assert edit_user(db, owner, "kim", email="").last_name == "Álvarez"
    assert [sentence_of(entry) for entry in journal(db)[:2]] == [
        "changed kim: email '', was 'kim@x.example'",
        "changed kim: last name 'Álvarez', was 'Alvarez', email 'kim@x.example', was ''",
    ]


def test_changing_nothing_leaves_no_entry(db: Database, owner: Identity, spring: Campaign) -> None:
    before = journal(db)
    assert edit_user(db, owner, "kim", first_name="Kim", last_name="Alvarez", email="").login == "kim"
    assert journal(db) == before


def test_a_first_name_is_not_taken_away(db: Database, owner: Identity, spring: Campaign) -> None:
    with pytest.raises(Refused, match="needs a first name"):
        edit_user(db, owner, "kim", first_name=" ")


def test_nobody_changes_somebody_above_them(db: Database, owner: Identity, spring: Campaign, tmp_path: Path) -> None:
    change_role(db, owner, "kim", Role.ADMIN)
    kim = known_as(db, "kim")
    edit_user(db, kim, "kim", last_name="Other")
    with pytest.raises(NotPermitted, match="may not change ana, who is owner"):
        edit_user(db, kim, "ana", last_name="Other")
    path = tmp_path / "users.csv"
    path.write_text("login,last_name\nana,Other\nlee,Other\n")
    done = import_users(db, kim, path)
    assert (done.updated, [each.line for each in done.rejected]) == (1, [2])
    assert known_as(db, "ana") == owner


def test_whoever_is_not_there_is_not_changed(db: Database, owner: Identity) -> None:
    with pytest.raises(NotFound, match="no user 'eve'"):
        edit_user(db, owner, "eve", email="x")


def test_people_are_listed_with_the_campaigns_that_go_on(db: Database, owner: Identity, spring: Campaign) -> None:
    for name in ("Fall", "Winter"):
        create_campaign(db, owner, Setup(name, "Hi", hours=ALWAYS))
        add_senders(db, owner, name, ["kim"])
    change_state(db, owner, "Winter", CampaignState.ARCHIVED)
    remove_sender(db, owner, "Spring", "lee")
    with db.reading() as conn:
        listed = {row.user.login: row.campaigns for row in people_rows(conn)}
    assert listed == {"ana": 0, "kim": 2, "lee": 0}


# Who is at the keyboard


def test_a_login_without_a_user_is_turned_away(db: Database, owner: Identity) -> None:
    with db.reading() as conn, pytest.raises(NotPermitted, match=r"'eve' is not a user here.*user add eve"):
        identify(conn, "eve")


@pytest.mark.parametrize(("role", "may"), [(Role.MODERATOR, False), (Role.ADMIN, True), (Role.OWNER, True)])
def test_admins_and_owners_may_act_for_somebody_else(
    db: Database, owner: Identity, arranged: Campaign, role: Role, may: bool
) -> None:
    change_role(db, owner, "kim", role)
    if not may:
        with pytest.raises(NotPermitted):
            known_as(db, "kim", "lee")
        return
    acting = known_as(db, "kim", "lee")
    assert (acting.user.login, acting.actor.login, acting.role) == ("lee", "kim", Role.SENDER)


def test_acting_for_somebody_never_gives_more_rights(db: Database, owner: Identity, arranged: Campaign) -> None:
    change_role(db, owner, "kim", Role.ADMIN)
    for_the_owner = known_as(db, "kim", "ana")
    assert for_the_owner.role is Role.ADMIN
    with pytest.raises(NotPermitted):
        change_role(db, for_the_owner, "lee", Role.ADMIN)


def test_acting_for_oneself_or_for_nobody(db: Database, owner: Identity, spring: Campaign) -> None:
    assert known_as(db, "kim", "kim") == known_as(db, "kim")
    with pytest.raises(NotFound):
        known_as(db, "ana", "eve")


def test_the_journal_has_both_names(db: Database, owner: Identity, arranged: Campaign) -> None:
    opt_out_number(db, known_as(db, "ana", "kim"), number(0))
    entry = journal(db)[0]
    assert (entry.by, entry.acting_for) == ("ana", "kim")
    give(db, owner, arranged, "lee", [ConversationId(1)])
    entry = journal(db)[0]
    assert (entry.by, entry.acting_for) == ("ana", None)
