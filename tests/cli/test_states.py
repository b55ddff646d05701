"""What may be done in a draft, an active, a paused and an archived campaign (`docs/rules.md` 4.10, 6.4, 6.5).

Each action is tried in each state, by its command and by the change that the app makes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.cli.conftest import ANN, DEV, MARIA, Shell
from tests.new_database import Template, lasting_folder, no_database
from thrumsg_tui.domain.conversation_facts import DoubtAnswer
from thrumsg_tui.domain.conversations import ConversationId, MessageId
from thrumsg_tui.domain.enums import CampaignState, Tab
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.reassignment import FromConversations, Request, ToAssignments
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes import campaign_senders as senders
from thrumsg_tui.store.changes import campaigns as changes
from thrumsg_tui.store.changes.answers import record_answer
from thrumsg_tui.store.changes.doubts import answer_doubt
from thrumsg_tui.store.changes.follow_ups import create_follow_up
from thrumsg_tui.store.changes.gateway_numbers import set_campaign_numbers
from thrumsg_tui.store.changes.opt_outs import opt_in_number, opt_out_number
from thrumsg_tui.store.changes.reassign import reassign
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.changes.send import send
from thrumsg_tui.store.changes.send_all import send_batch
from thrumsg_tui.store.changes.undo import undo
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.imports.contacts import import_contacts
from thrumsg_tui.store.imports.replies import import_replies
from thrumsg_tui.store.imports.survey import import_survey
from thrumsg_tui.store.location import Location
from thrumsg_tui.store.queries.assignments import find_assignment, unassigned
from thrumsg_tui.store.queries.campaigns import find_campaign
from thrumsg_tui.store.queries.users import identify

DRAFT, ACTIVE, PAUSED, ARCHIVED = CampaignState
OURS = "+14155550100"
MARIAS, DEVS, ANNS = map(ConversationId, (1, 2, 3))
"""Maria was texted if the campaign ever ran; Dev is kim's; nobody has Ann."""

DONE = None
LAUNCHED_NOT_YET = "it has not been launched yet"
NOTHING_CHANGES = "nothing in it changes any more"
NOTHING_TO_UNDO = "nothing of yours to undo"
NOT_REASSIGNED = "nothing in it can be reassigned any more"


@pytest.fixture(scope="module")
def made() -> dict[CampaignState, Template]:
    """The database of each state, once it was made: all tests begin with a copy."""
    return {}


@pytest.fixture
def in_state(shell: Shell, tmp_path: Path, made: dict[CampaignState, Template]) -> Callable[[CampaignState], Shell]:
    """Bring the campaign Spring, always open, with two senders and three contacts, into a state."""
    _files(tmp_path)

    def bring(state: CampaignState) -> Shell:
        if state not in made:
            shell.use(no_database(lasting_folder("thrumsg-state-") / "thrumsg.db"))
            make(state)
            made[state] = Template(shell.location)
        shell.use(made[state].copy(tmp_path / "thrumsg.db"))
        return shell

    def make(state: CampaignState) -> None:
        shell.done(
            *("campaign", "create", "Spring", "--initial", "Hi %first_name%", "--draft", "--quicksend"),
            *("--timezone", "UTC", "--open", "00:00", "--close", "24:00", "--no-quiet-hours"),
        )
        for login in ("kim", "lee", "new"):
            shell.done("user", "add", login, "--first-name", login.title(), "--last-name", "Q")
        shell.done("campaign", "add-sender", "Spring", "kim", "lee")
        shell.done("import", "contacts", tmp_path / "three.csv", "--campaign", "Spring")
        shell.done("import", "survey", tmp_path / "survey.csv", "--campaign", "Spring")
        if state is not DRAFT:
            shell.done("campaign", "launch", "Spring", "--confirm")
            shell.done("send", MARIAS)
            _put_in_doubt(shell.location)
        shell.done("reassign", "Spring", "--conversation", DEVS, "--to", "kim")
        shell.done("gateway", "numbers", "add", OURS, "--gateway", "twilio")
        if state is PAUSED:
            shell.done("campaign", "pause", "Spring")
        if state is ARCHIVED:
            shell.done("campaign", "archive", "Spring", "--yes")

    return bring


def _put_in_doubt(location: Location) -> None:
    """Put the message to Maria in doubt, which no command line does."""
    database = Database(location)
    with database.writing() as tx:
        tx.conn.execute("UPDATE message SET state = 'in_doubt', tried_at = state_at WHERE id = 1")
    database.close()


def _files(folder: Path) -> None:
    (folder / "three.csv").write_text(f"first,phone\nMaria,{MARIA}\nDev,{DEV}\nAnn,{ANN}\n")
    (folder / "one.csv").write_text("first,phone\nZoe,+14155550177\n")
    (folder / "survey.csv").write_text("question,choices\nVote?,Yes|No\n")
    (folder / "more.csv").write_text("question,choices\nRide?,Yes|No\n")
    (folder / "replies.csv").write_text("title,body\nWhere,At the school\n")


Change = Callable[[Database, Identity, Path], object]


@dataclass(frozen=True, slots=True)
class Permission:
    """Something that is tried: its command, by whom, the change behind it, and why each state refuses it."""

    words: tuple[object, ...]
    change: Change | None
    refusals: Mapping[CampaignState, str]
    login: str = "root"


def _never_in(reason: str, *states: CampaignState) -> dict[CampaignState, str]:
    return dict.fromkeys(states, reason)


_NOT_SENT = {DRAFT: LAUNCHED_NOT_YET, PAUSED: "it is paused", ARCHIVED: "it is archived"}


def _send_all(db: Database, who: Identity, _: Path) -> None:
    with db.reading() as conn:
        nobodys = unassigned(conn, find_campaign(conn, "Spring").id)
    batch = send_batch(db, who, nobodys, Tab.INITIAL)
    if not batch.sent:
        raise Refused(batch.refused[0][1])


def _take(db: Database, who: Identity, _: Path) -> None:
    with db.reading() as conn:
        campaign = find_campaign(conn, "Spring")
    receive(db, who, MARIA, "Hi", campaign_id=campaign.id)


def _reassign(db: Database, who: Identity, _: Path) -> None:
    with db.reading() as conn:
        campaign = find_campaign(conn, "Spring")
        to = find_assignment(conn, campaign, "lee")
    reassign(db, who, Request(campaign.id, FromConversations((ANNS,)), ToAssignments((to,))))


def _rename(db: Database, who: Identity, _: Path) -> None:
    with db.reading() as conn:
        campaign = find_campaign(conn, "Spring")
    changes.edit_campaign(db, who, campaign.id, replace(campaign.setup, name="Summer"))


def _opt_out_and_in(db: Database, who: Identity, _: Path) -> None:
    opt_out_number(db, who, MARIA)
    opt_in_number(db, who, MARIA)


OPEN_POINTS = ("sender", "way-out", "quiet-hours")
"""What an owner has to confirm of a campaign that is made in a few words."""


def _state(to: CampaignState) -> Change:
    return lambda db, who, _: changes.change_state(db, who, "Spring", to, confirmed=OPEN_POINTS)


ACTIONS = {
    "import contacts": Permission(
        ("import", "contacts", "one.csv", "--campaign", "Spring"),
        lambda db, who, folder: import_contacts(db, who, folder / "one.csv", "Spring"),
        _never_in("nothing can be imported into it any more", ARCHIVED),
    ),
    "import a survey": Permission(
        ("import", "survey", "more.csv", "--campaign", "Spring"),
        lambda db, who, folder: import_survey(db, who, folder / "more.csv", "Spring"),
        _never_in("nothing can be imported into it any more", ARCHIVED),
    ),
    "import replies": Permission(
        ("import", "replies", "replies.csv", "--campaign", "Spring"),
        lambda db, who, folder: import_replies(db, who, folder / "replies.csv", "Spring"),
        _never_in("nothing can be imported into it any more", ARCHIVED),
    ),
    "send an initial": Permission(("send", ANNS), lambda db, who, _: send(db, who, ANNS), _NOT_SENT),
    "send their own initial": Permission(
        ("send", DEVS), lambda db, who, _: send(db, who, DEVS), _NOT_SENT, login="kim"
    ),
    "send a reply": Permission(
        ("send", MARIAS, "--body", "Hello"), lambda db, who, _: send(db, who, MARIAS, body="Hello"), _NOT_SENT
    ),
    "send all": Permission(("send-all", "Spring", "--unassigned"), _send_all, _NOT_SENT),
    "enter what a contact wrote": Permission(
        ("receive", "--from", MARIA, "--body", "Hi"), lambda db, who, _: receive(db, who, MARIA, "Hi"), {}
    ),
    "enter what a contact wrote, for it by name": Permission(
        ("receive", "--from", MARIA, "--body", "Hi", "--campaign", "Spring"),
        _take,
        {},
    ),
    "reassign": Permission(
        ("reassign", "Spring", "--conversation", ANNS, "--to", "lee"), _reassign, _never_in(NOT_REASSIGNED, ARCHIVED)
    ),
    "take a move back": Permission(("undo",), lambda db, who, _: undo(db, who), _never_in(NOTHING_TO_UNDO, ARCHIVED)),
    "opt out and in": Permission(("opt-out", MARIA), _opt_out_and_in, {}),
    "answer": Permission(
        ("answer", DEVS, "Vote?", "Yes"), lambda db, who, _: record_answer(db, who, DEVS, "Vote?", "Yes"), {}
    ),
    "answer their own": Permission(
        ("answer", DEVS, "Vote?", "Yes"),
        lambda db, who, _: record_answer(db, who, DEVS, "Vote?", "Yes"),
        {},
        login="kim",
    ),
    "send a message in doubt again": Permission(
        ("doubts", 1, "--send-again"),
        lambda db, who, _: answer_doubt(db, who, MessageId(1), DoubtAnswer.SEND_AGAIN),
        {DRAFT: "There is no message 1", ARCHIVED: NOTHING_CHANGES},
    ),
    "drop a message in doubt": Permission(
        ("doubts", 1, "--drop"),
        lambda db, who, _: answer_doubt(db, who, MessageId(1), DoubtAnswer.DROP),
        {DRAFT: "There is no message 1"},
    ),
    "make a follow-up": Permission(
        ("follow-up", "create", "Spring", "--title", "R", "--text", "Vote!"),
        lambda db, who, _: create_follow_up(db, who, "Spring", "R", "Vote!"),
        _never_in(NOTHING_CHANGES, ARCHIVED),
    ),
    "launch": Permission(
        ("campaign", "launch", "Spring"),
        None,
        {
            DRAFT: "is not launched before an owner confirms",
            ACTIVE: "is active, so it cannot become active",
            PAUSED: "campaign resume",
            ARCHIVED: "cannot become active",
        },
    ),
    "purge": Permission(
        ("purge", "Spring", "--yes"),
        None,
        dict.fromkeys((DRAFT, ACTIVE, PAUSED), "only an archived campaign is purged")
        | {ARCHIVED: "under way or in doubt"},  # as one message of it is; tests/store/test_purge.py purges
    ),
    "resume": Permission(
        ("campaign", "resume", "Spring"),
        None,
        {ACTIVE: "is active, so it cannot become active", DRAFT: "campaign launch", ARCHIVED: "cannot become active"},
    ),
    "make active": Permission((), _state(ACTIVE), _never_in("cannot become active", ACTIVE, ARCHIVED)),
    "pause": Permission(
        ("campaign", "pause", "Spring"), _state(PAUSED), _never_in("cannot become paused", DRAFT, PAUSED, ARCHIVED)
    ),
    "archive": Permission(
        ("campaign", "archive", "Spring", "--yes"),
        _state(ARCHIVED),
        _never_in("is archived, so it cannot become archived", ARCHIVED),
    ),
    "edit": Permission(
        ("campaign", "edit", "Spring", "--name", "Summer"), _rename, _never_in(NOTHING_CHANGES, ARCHIVED)
    ),
    "choose its numbers": Permission(
        ("campaign", "numbers", "Spring", OURS),
        lambda db, who, _: set_campaign_numbers(db, who, "Spring", [OURS]),
        _never_in(NOTHING_CHANGES, ARCHIVED),
    ),
    "add a sender": Permission(
        ("campaign", "add-sender", "Spring", "new"),
        lambda db, who, _: senders.add_senders(db, who, "Spring", ["new"]),
        _never_in("nobody can be added any more", ARCHIVED),
    ),
    "remove a sender": Permission(
        ("campaign", "remove-sender", "Spring", "kim"),
        lambda db, who, _: senders.remove_sender(db, who, "Spring", "kim"),
        _never_in(NOT_REASSIGNED, ARCHIVED),
    ),
}

commands = [
    pytest.param(each, state, id=f"{name}, {state}")
    for name, each in ACTIONS.items()
    for state in CampaignState
    if each.words
]
app_changes = [
    pytest.param(each, state, id=f"{name}, {state}")
    for name, each in ACTIONS.items()
    for state in CampaignState
    if each.change
]


@pytest.mark.parametrize(("action", "state"), commands)
def test_a_command_does_what_the_state_allows(
    in_state: Callable[[CampaignState], Shell],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    action: Permission,
    state: CampaignState,
) -> None:
    shell = in_state(state)
    monkeypatch.chdir(tmp_path)
    before = shell.json("history"), shell.json("overview", "Spring")
    shell.log_in(action.login)
    result = shell.run(*action.words)
    shell.log_in("root")
    why_not = action.refusals.get(state)
    if why_not is None:
        assert (result.code, result.err) == (0, "")
        assert len(shell.json("history")) > len(before[0])
    else:
        assert result.code == 1
        assert why_not in result.err
        assert (shell.json("history"), shell.json("overview", "Spring")) == before
    assert shell.json("doctor")["healthy"]


@pytest.mark.parametrize(("action", "state"), app_changes)
def test_a_change_of_the_app_is_refused_just_as_well(
    in_state: Callable[[CampaignState], Shell], tmp_path: Path, action: Permission, state: CampaignState
) -> None:
    shell = in_state(state)
    before = shell.json("history"), shell.json("overview", "Spring")
    assert action.change
    database = Database(shell.location)
    with database.reading() as conn:
        who = identify(conn, action.login)
    why_not = action.refusals.get(state)
    if why_not is None:
        action.change(database, who, tmp_path)
        assert len(shell.json("history")) > len(before[0])
    else:
        with pytest.raises(Refused, match=why_not):
            action.change(database, who, tmp_path)
        assert (shell.json("history"), shell.json("overview", "Spring")) == before
    database.close()


@pytest.mark.parametrize("state", CampaignState)
def test_everything_can_be_looked_at_and_taken_out(
    in_state: Callable[[CampaignState], Shell], state: CampaignState
) -> None:
    shell = in_state(state)
    assert shell.json("campaign", "show", "Spring")["state"] == state
    shell.done("campaign", "check", "Spring")
    assert shell.json("compliance", "Spring")["state"] == state
    assert shell.json("overview", "Spring")["total"] == 3
    assert len(shell.ids("Spring")) == 3
    shell.done("thread", MARIAS)
    for kind in ("messages", "surveys", "conversations"):
        assert shell.done("export", kind, "Spring")


@pytest.mark.parametrize(
    ("state", "conversation"), [(DRAFT, MARIAS), (ACTIVE, MARIAS), (PAUSED, MARIAS), (ARCHIVED, None)]
)
def test_what_comes_in_is_taken_until_it_is_archived_and_then_kept_as_unmatched(
    in_state: Callable[[CampaignState], Shell], state: CampaignState, conversation: int | None
) -> None:
    taken = in_state(state).json("receive", "--from", MARIA, "--body", "Hi")
    assert taken["conversation"] == conversation


@pytest.mark.parametrize(("state", "told"), [(DRAFT, False), (ACTIVE, True), (PAUSED, True), (ARCHIVED, False)])
def test_an_opt_out_is_confirmed_where_the_contact_was_texted_and_it_is_not_archived(
    in_state: Callable[[CampaignState], Shell], state: CampaignState, told: bool
) -> None:
    shell = in_state(state)
    shell.done("opt-out", MARIA)
    sent = [each["kind"] for each in shell.json("thread", MARIAS)["messages"]]
    assert ("opt_out_confirmation" in sent) is told
