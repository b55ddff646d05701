"""The table of commands: whether each can be done, is on one key, and says why not (docs/rules.md 8.1)."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

import thrumsg_tui.tui
from tests.tui.office import Office
from thrumsg_tui.domain.campaigns import AssignmentId, CampaignId
from thrumsg_tui.domain.enums import CampaignState, Tab
from thrumsg_tui.domain.permissions import WEAKEST_ROLE, Permission, Role
from thrumsg_tui.store.changes.campaigns import change_state
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.queries.campaigns import find_campaign
from thrumsg_tui.tui.app import ThrumsgApp
from thrumsg_tui.tui.commands import DIALOGS, Facts, Scope, all_commands, command, commands_of
from thrumsg_tui.tui.commands.command import shown_key
from thrumsg_tui.tui.demo_app import DemoApp
from thrumsg_tui.tui.dialogs.bulk_reassign import BulkReassign
from thrumsg_tui.tui.dialogs.choice import ChoiceDialog
from thrumsg_tui.tui.dialogs.command_menu import CommandMenu
from thrumsg_tui.tui.dialogs.dialog import Dialog
from thrumsg_tui.tui.dialogs.form import FormDialog
from thrumsg_tui.tui.dialogs.help import HelpDialog
from thrumsg_tui.tui.dialogs.phone_lookup import PhoneLookup
from thrumsg_tui.tui.dialogs.picker import MultiPicker, Picker
from thrumsg_tui.tui.dialogs.sender_picker import SenderPicker
from thrumsg_tui.tui.glyphs import ASCII
from thrumsg_tui.tui.screens.base import CommandScreen
from thrumsg_tui.tui.screens.campaign_creation import CampaignCreation
from thrumsg_tui.tui.screens.campaign_management import CampaignManagement
from thrumsg_tui.tui.screens.campaigns import CampaignsScreen
from thrumsg_tui.tui.screens.carrier_lists import CarrierLists
from thrumsg_tui.tui.screens.doubts import DoubtsScreen
from thrumsg_tui.tui.screens.failures import FailuresScreen
from thrumsg_tui.tui.screens.follow_ups import FollowUpsScreen
from thrumsg_tui.tui.screens.history import HistoryScreen
from thrumsg_tui.tui.screens.imports import ImportScreen
from thrumsg_tui.tui.screens.messenger.contact_commands import ContactCommands
from thrumsg_tui.tui.screens.messenger.list_commands import ListCommands
from thrumsg_tui.tui.screens.messenger.message_sender import MessageSender
from thrumsg_tui.tui.screens.messenger.number_keys import NumberKeys
from thrumsg_tui.tui.screens.messenger.pane_switcher import PaneSwitcher
from thrumsg_tui.tui.screens.messenger.reassign_commands import ReassignCommands
from thrumsg_tui.tui.screens.messenger.screen import MessengerScreen
from thrumsg_tui.tui.screens.messenger.send_all_runner import SendAllRunner
from thrumsg_tui.tui.screens.messenger.step_back import StepBack
from thrumsg_tui.tui.screens.opt_outs import OptOutsScreen
from thrumsg_tui.tui.screens.organization_management import OrganizationManagement
from thrumsg_tui.tui.screens.overlay import OverlayScreen
from thrumsg_tui.tui.screens.overview import OverviewScreen
from thrumsg_tui.tui.screens.replies import RepliesScreen
from thrumsg_tui.tui.screens.survey import SurveyScreen
from thrumsg_tui.tui.screens.undo_commands import UndoCommands
from thrumsg_tui.tui.screens.unmatched import UnmatchedScreen
from thrumsg_tui.tui.screens.users import UsersScreen
from thrumsg_tui.tui.widgets.form import Form
from thrumsg_tui.tui.widgets.form_fields import ChoiceEditor, LinesEditor
from thrumsg_tui.tui.widgets.info_pane import InfoPane
from thrumsg_tui.tui.widgets.inputs import SearchInput
from thrumsg_tui.tui.widgets.message_box import MessageBox
from thrumsg_tui.tui.widgets.paged_list import PagedList
from thrumsg_tui.tui.widgets.replies_pane import RepliesPane
from thrumsg_tui.tui.widgets.survey_pane import SurveyPane
from thrumsg_tui.tui.widgets.thread import ThreadPane

APP = Path(thrumsg_tui.tui.__file__).parent

DOERS: dict[Scope, tuple[type, ...]] = {
    Scope.LIST: (PagedList,),
    Scope.EVERYWHERE: (CampaignsScreen, OverviewScreen, MessengerScreen),
    Scope.CAMPAIGNS: (CampaignsScreen, OverviewScreen),
    Scope.OVERVIEW: (OverviewScreen,),
    Scope.STAFF: (OverviewScreen,),
    Scope.MANAGE: (CampaignsScreen, OverviewScreen),
    Scope.ORGANIZATION: (CampaignsScreen, OverviewScreen),
    Scope.CARRIER: (CampaignsScreen, OverviewScreen, MessengerScreen),
    Scope.OVERLAY: (OverlayScreen,),
    Scope.MESSENGER: (MessengerScreen,),
    Scope.TRIAGE: (MessengerScreen,),
    Scope.MESSAGE_BOX: (MessageBox,),
    Scope.SURVEY: (SurveyPane,),
    Scope.SIDEBAR: (SurveyPane, RepliesPane, InfoPane),
    Scope.REPLIES: (RepliesPane,),
    Scope.SCROLLED: (InfoPane, ThreadPane),
    Scope.SEARCH: (SearchInput,),
    Scope.HISTORY: (HistoryScreen,),
    Scope.SURVEY_EDITOR: (SurveyScreen,),
    Scope.REPLY_EDITOR: (RepliesScreen,),
    Scope.FOLLOW_UPS: (FollowUpsScreen,),
    Scope.IMPORT: (ImportScreen,),
    Scope.OPT_OUTS: (OptOutsScreen,),
    Scope.USERS: (UsersScreen,),
    Scope.UNMATCHED: (UnmatchedScreen,),
    Scope.DOUBTS: (DoubtsScreen,),
    Scope.FAILURES: (FailuresScreen,),
    Scope.DIALOG: (Dialog,),
    Scope.FORM: (FormDialog,),
    Scope.FIELD: (Form,),
    Scope.TEXT_FIELD: (LinesEditor,),
    Scope.CHOICE_FIELD: (ChoiceEditor,),
    Scope.QUESTION: (ChoiceDialog,),
    Scope.PICKER: (Picker,),
    Scope.MULTI_PICKER: (MultiPicker,),
    Scope.SENDER_PICKER: (SenderPicker,),
    Scope.MENU: (CommandMenu,),
    Scope.BULK: (BulkReassign,),
    Scope.LOOKUP: (PhoneLookup,),
    Scope.HELP: (HelpDialog,),
    Scope.TOUR: (DemoApp,),
}
"""Who does the commands of a scope; answers are bound by their question."""

CAMPAIGN_PARTS = (UndoCommands, CampaignManagement, CampaignCreation, OrganizationManagement, CarrierLists)
PARTS: dict[type, tuple[type, ...]] = {
    CampaignsScreen: CAMPAIGN_PARTS,
    OverviewScreen: CAMPAIGN_PARTS,
    MessengerScreen: (
        *(UndoCommands, PaneSwitcher, StepBack, NumberKeys, ListCommands, ContactCommands, ReassignCommands),
        *(MessageSender, SendAllRunner, CarrierLists),
    ),
    OverlayScreen: (UndoCommands,),
}
"""The parts of screens, which do what a screen does not do by itself."""


@pytest.mark.parametrize("scope", DOERS)
def test_every_command_can_be_done_where_it_works(scope: Scope) -> None:
    for each in commands_of(scope):
        namespace, _, call = each.action.rpartition("app.")
        name = f"action_{call.partition('(')[0]}"
        doers = (ThrumsgApp,) if each.action.startswith("app.") else DOERS[scope]
        missing = [
            doer.__name__ for doer in doers if not any(hasattr(part, name) for part in (doer, *PARTS.get(doer, ())))
        ]
        assert not missing, f"{each.id}: no {name} in {missing}"
        assert namespace == ""


def test_every_scope_has_its_doers() -> None:
    assert set(DOERS) == set(Scope) - {Scope.ANSWER}


def test_ids_are_unique() -> None:
    assert [id for id, times in Counter(each.id for each in all_commands()).items() if times > 1] == []


THE_SAME_IN_TEXTS = {"search.find", "triage.find"}
"""Commands that are `app.find` where letters are typed, with the key of it that types none."""


@pytest.mark.parametrize("scope", [scope for scope in Scope if scope is not Scope.ANSWER])  # which share keys
def test_no_key_means_two_things_in_one_place(scope: Scope) -> None:
    panes = {Scope.MESSAGE_BOX, Scope.SURVEY, Scope.REPLIES}
    alone = {Scope.LIST, Scope.EVERYWHERE, Scope.DIALOG, Scope.HELP, *panes}
    around = set() if scope in alone else {Scope.DIALOG if scope in DIALOGS else Scope.EVERYWHERE}
    here = [each for each in commands_of(scope, *around) if each.id not in THE_SAME_IN_TEXTS]
    keys = Counter(key for each in here for key in each.keys.split())
    assert [key for key, times in keys.items() if times > 1] == []


@pytest.mark.parametrize("scope", [Scope.CAMPAIGNS, Scope.OVERVIEW, Scope.MESSENGER, Scope.HISTORY, Scope.USERS])
def test_no_key_of_a_screen_is_one_of_its_list(scope: Scope) -> None:
    of_list = {key for each in commands_of(Scope.LIST) for key in each.keys.split()} - {"enter"}
    assert {key for each in commands_of(scope) for key in each.keys.split()} & of_list == set()


def test_every_command_says_what_it_does() -> None:
    assert [each.id for each in all_commands() if not each.title or not each.help or each.help.endswith(".")] == []


def test_what_a_command_does_is_said_without_the_marks_of_markdown() -> None:
    """The help and the palette would show them."""
    assert [each.id for each in all_commands() if "`" in each.title + each.help] == []


def test_ctrl_alt_and_shift_are_spelled_alike_in_every_name_of_a_key() -> None:
    shown = {shown_key(key) for each in all_commands() for key in each.keys.split() if "+" in key}
    assert {name.rpartition("+")[0] for name in shown} == {"ctrl", "alt", "shift"}


def test_nothing_is_on_keys_that_terminals_take() -> None:
    taken = {"ctrl+a", "ctrl+b", "ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+s"}
    assert {key for each in all_commands() for key in each.keys.split()} & taken == set()


def reason(office: Office, id: str, login: str = "ana", **facts: object) -> str | None:
    """Why a command is not allowed to somebody in the campaign Spring."""
    with office.db.reading() as conn:
        campaign = find_campaign(conn, "Spring")
    return command(id).why_not(Facts(who=office.identity(login), campaign=campaign, **facts))  # type: ignore[arg-type]


def test_what_needs_a_conversation_says_so(office: Office) -> None:
    conversation = office.conversation(office.contact("Maria Lopez"))
    for id in (
        "messenger.survey",
        "messenger.replies",
        "messenger.reassign",
        "messenger.opt_out",
        "messenger.copy_phone",
    ):
        assert reason(office, id) == "No conversation is open."
        assert reason(office, id, conversation=conversation) is None


def test_reassigning_needs_a_moderator(office: Office) -> None:
    office.person("mo", "Mo", Role.MODERATOR)
    conversation = office.conversation(office.contact("Maria Lopez"))
    assert reason(office, "messenger.reassign", "kim", conversation=conversation) == "Reassigning needs a moderator."
    assert reason(office, "messenger.reassign", "mo", conversation=conversation) is None
    assert reason(office, "messenger.reassign", "mo", marked=2) is None


def test_nothing_is_reassigned_in_an_archived_campaign(office: Office) -> None:
    conversation = office.conversation(office.contact("Maria Lopez"))
    change_state(office.db, office.ana, "Spring", CampaignState.PAUSED)
    assert reason(office, "messenger.reassign", conversation=conversation) is None
    change_state(office.db, office.ana, "Spring", CampaignState.ARCHIVED)
    refusal = reason(office, "messenger.reassign", conversation=conversation)
    assert refusal == "The campaign is archived: nothing in it can be reassigned."


def test_reasons_name_the_role_that_the_table_of_rights_names(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    conversation = office.conversation(office.contact("Maria Lopez"))
    monkeypatch.setitem(WEAKEST_ROLE, Permission.REASSIGN, Role.ADMIN)
    assert reason(office, "messenger.reassign", "kim", conversation=conversation) == "Reassigning needs an admin."
    assert reason(office, "messenger.mark", "kim") == "Marks are for reassigning, which needs an admin."


def test_no_sentence_of_the_app_names_a_role_by_hand() -> None:
    named = re.compile(r"\b(a moderator|an admin|an owner)\b", re.IGNORECASE)
    assert [f"{path}: {text}" for path, text in app_strings() if named.search(text)] == []


def app_strings() -> Iterator[tuple[str, str]]:
    """Every text in the code of the app that is no docstring, with its file."""
    for path in sorted(APP.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        said = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
        for each in ast.walk(tree):
            if isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in said:
                yield path.relative_to(APP).as_posix(), each.value


def test_opting_in_needs_a_moderator(office: Office) -> None:
    id = office.contact("Maria Lopez")
    assert reason(office, "messenger.opt_out", "kim", conversation=office.conversation(id)) is None
    opt_out_number(office.db, office.ana, office.conversation(id).phone)
    refusal = reason(office, "messenger.opt_out", "kim", conversation=office.conversation(id))
    assert refusal == "Opting a number in needs a moderator."


def test_send_all_says_what_it_is_for(office: Office) -> None:
    replies = reason(office, "messenger.send_all", tab=Tab.RESPONSES)
    assert replies == "Send All is for initial messages (tab 1) and follow-ups (tab 3) only."
    without = reason(office, "messenger.send_all", tab=Tab.INITIAL)
    assert without == "Send All needs QuickSend: an admin turns it on with i on the overview."


def test_send_all_is_allowed_with_quicksend(bare: Office) -> None:
    bare.campaign(quicksend=True)
    assert reason(bare, "messenger.send_all", tab=Tab.INITIAL) is None
    assert reason(bare, "messenger.send_all", tab=Tab.RESPONSES) is not None


async def test_a_disabled_command_says_why_on_the_screen(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger() as person:
        await person.press("S")
        assert person.notice == "Send All is for initial messages (tab 1) and follow-ups (tab 3) only."
        await person.press("4", "r")
        assert person.notice == "No conversation is open."


async def test_the_help_has_every_key_of_the_screen(office: Office) -> None:
    async with office.messenger(size=(100, 200)) as person:
        await person.press("question_mark")
        for each in commands_of(Scope.MESSENGER, Scope.MESSAGE_BOX, Scope.LIST, Scope.EVERYWHERE):
            found = [y for y, line in enumerate(person.lines) if f" {each.explained[:40]}" in line]
            assert found, each.explained
            beside = [" ".join(person.lines[y : y + 2]) for y in found]  # keys go on in the next line
            assert any(all(f" {key} " in keys for key in each.shown_keys.split()) for keys in beside), each.shown_keys


async def test_nothing_in_the_help_is_cut(office: Office) -> None:
    async with office.messenger(size=(120, 200)) as person:
        await person.press("question_mark")
        await person.wait_for("─ Keys ─")
        box = [line.partition("│")[2] for line in person.lines]
        assert [line for line in box if "…" in line] == []


def test_the_numbers_of_tabs_are_in_order() -> None:
    tabs = [each for each in all_commands() if each.id.startswith("messenger.tab_") and each.keys.isdigit()]
    assert all(int(one.keys) + 1 == int(other.keys) for one, other in pairwise(tabs))


@pytest.mark.parametrize("screen", PARTS)
def test_an_action_of_a_screen_has_one_doer(screen: type) -> None:
    doers = Counter(name for doer in (screen, *PARTS[screen]) for name in dir(doer) if name.startswith("action_"))
    assert [name for name, times in doers.items() if times > 1] == []


@pytest.mark.parametrize(
    "screen",
    [
        CampaignsScreen(ASCII),
        OverviewScreen(CampaignId(1), ASCII),
        MessengerScreen(CampaignId(1), AssignmentId(1), ASCII),
        OverlayScreen(),
    ],
)
def test_a_screen_has_its_parts(screen: CommandScreen) -> None:
    assert tuple(type(part) for part in screen.parts) == PARTS[type(screen)]
