"""The grammar of the keys (docs/keys.md): what Enter, space, Tab and Esc do, and that a character means one thing."""

from __future__ import annotations

from collections import defaultdict

import pytest
from textual.widgets import Input, TextArea

from scripts.key_grammar import MEANINGS
from tests.tui.office import Office, Person
from thrumsg_tui.tui.commands import DIALOGS, Scope, all_commands, command, commands_of, shown_key
from thrumsg_tui.tui.dialogs.sender_picker import SenderPicker
from thrumsg_tui.tui.dialogs.user_picker import UserPicker
from thrumsg_tui.tui.screens.base import CommandScreen


def characters() -> dict[str, set[str]]:
    """The ids of the commands of screens and panes, by the characters that they are on; digits are numbers."""
    ids = defaultdict(set)
    for each in all_commands():
        for key in map(shown_key, each.default_keys.split()):
            if each.scope not in DIALOGS and len(key) == 1 and key.isascii() and not key.isdigit():
                ids[key].add(each.id)
    return dict(ids)


def test_a_character_means_one_thing_in_all_screens() -> None:
    assert {key: set(meaning.ids) for key, meaning in MEANINGS.items()} == characters()


def ids_on(key: str) -> set[str]:
    """The ids of the commands on a key."""
    return {command.id for command in all_commands() if key in command.default_keys.split()}


def test_space_marks_or_takes_the_next_option() -> None:
    marks = {"senders.mark", "messenger.mark", "picker.mark", "bulk.mark"}
    assert ids_on("space") == {*marks, "choice.next", "help.page_down"}


def test_tab_goes_to_the_next_field() -> None:
    assert ids_on("tab") == {"field.next", "question.next", "bulk.next_field"}
    assert ids_on("shift+tab") == {"field.previous", "question.previous", "bulk.previous_field"}


CHOOSES = {Scope.LIST, Scope.SEARCH, Scope.MESSENGER, Scope.MESSAGE_BOX, Scope.REPLIES, Scope.FIELD}
STEPS_BACK = {Scope.OVERVIEW, Scope.MESSENGER, Scope.MESSAGE_BOX, Scope.SIDEBAR, Scope.OVERLAY, Scope.FORM}
DIALOGS_OF_ROWS = {Scope.QUESTION, Scope.PICKER, Scope.BULK, Scope.LOOKUP, Scope.HELP}


@pytest.mark.parametrize(("key", "scopes"), [("enter", CHOOSES), ("escape", STEPS_BACK)])
def test_enter_and_esc_work_in_every_list_text_and_dialog(key: str, scopes: set[Scope]) -> None:
    here = {command.scope for command in all_commands() if key in command.default_keys.split()}
    assert here >= scopes | DIALOGS_OF_ROWS


def test_keys_that_work_in_a_text_type_nothing() -> None:
    typing = {
        key
        for command in commands_of(Scope.TRIAGE, Scope.MESSAGE_BOX)
        for key in command.default_keys.split()
        if len(shown_key(key)) == 1 or key in {"space", "tab"}
    }
    assert typing == set()


# What is shown


async def shown_keys_do_what_they_say(person: Person) -> None:
    """Check that the focused widget takes none of the keys that the bottom line and the sidebar's titles show."""
    screen = person.app.screen
    assert isinstance(screen, CommandScreen)
    focused = person.app.focused
    for shown in screen.shown_commands():
        keys = shown.keys.split()[: 1 if shown.takes_key else None] if shown.footer else ()
        for key in keys:
            bound = screen.active_bindings.get(key)
            assert bound, f"{shown.id}: nothing is on {key}"
            id = (bound.binding.id or "").removesuffix(f".{key[-1]}")
            through_the_list = key == "enter" and id == "list.choose"  # which tells its screen
            assert through_the_list or command(id).action == shown.action, f"{key} is {id}, not {shown.id}"
            if not bound.binding.priority and focused is not None:
                character = shown_key(key) if len(shown_key(key)) == 1 else None
                assert not focused.check_consume_key(key, character), f"{key} of {shown.id} is typed"


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (120, 40)])
async def test_no_key_that_is_shown_is_typed_into_a_text(office: Office, size: tuple[int, int]) -> None:
    office.survey("Will you vote?,Yes|No")
    office.replies("Where,At the library.")
    office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger(size=size) as person:
        for keys in (["g"], ["/"], ["escape", "enter"], ["ctrl+e"], ["ctrl+r"], ["escape", "escape", "i"], ["escape"]):
            await person.press(*keys)
            await shown_keys_do_what_they_say(person)
            typed = isinstance(person.app.focused, Input | TextArea)
            assert not typed or not person.sees("a Replies i Info"), "the sidebar offers letters that are typed"
            assert not typed or not person.sees("n Next sender"), "the yellow bar offers letters that are typed"
            offered = person.sees("r Reassign  o ") or person.sees("Opt Out  p Lookup")
            assert not typed or not offered or person.sees("Esc, then r Reassign  o ")


@pytest.mark.parametrize("keys", ["", "/", "H", "H/", "e", "a", "a/", "f", "O", "O/", "U", "U/", "M", "D", "F", "I"])
async def test_no_key_that_the_other_screens_show_is_typed_into_a_text(office: Office, keys: str) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.app() as person:
        await person.press(*keys)
        if isinstance(person.app.screen, CommandScreen):
            await shown_keys_do_what_they_say(person)


# Pickers


async def test_tab_changes_nothing_where_there_is_one_field(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.app() as person:
        await person.press("plus")
        picker = person.app.screen
        if isinstance(picker, UserPicker):
            before = person.lines
            await person.press("tab", "shift+tab")
            assert person.lines == before
    async with office.messenger() as person:
        await person.press("v")
        assert isinstance(person.app.screen, SenderPicker)
        before = person.lines
        await person.press("tab", "shift+tab")
        assert person.lines == before
        await person.press("right")
        assert person.lines != before


async def test_esc_in_a_picker_clears_the_search_and_then_leaves(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger() as person:
        await person.press("v", *"lee", "escape")
        assert isinstance(person.app.screen, SenderPicker)
        assert person.sees("Kim Alvarez", "Lee Bishop")
        await person.press("escape")
        assert isinstance(person.app.screen, CommandScreen)


async def test_marked_senders_are_moved_by_the_key_of_the_row(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.app() as person:
        await person.press("j", "space", "space", "r")
        assert person.sees("2 marked senders")
