"""Every key is in the table of commands, and is bound by the id by which it is remapped."""

from __future__ import annotations

import ast
import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode

import thrumsg_tui.tui
from tests.tui.office import Office
from thrumsg_tui.tui.commands import Scope, all_commands, bindings, commands_of
from thrumsg_tui.tui.timers import Timers

TUI = Path(thrumsg_tui.tui.__file__).parent
KNOWN = {key for command in all_commands() for key in command.keys.split()}


def trees() -> Iterator[tuple[str, ast.Module]]:
    """The code of the app outside `commands/`, with its file."""
    for path in sorted(TUI.rglob("*.py")):
        name = path.relative_to(TUI).as_posix()
        if not name.startswith("commands/"):
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def test_no_binding_is_made_outside_the_table() -> None:
    made = [
        f"{name}:{node.lineno}"
        for name, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.alias) and getattr(node, "id", getattr(node, "name", "")) == "Binding"
    ]
    assert made == []


def test_bindings_are_those_of_the_table() -> None:
    others = []
    for name, tree in trees():
        for node in ast.walk(tree):
            targets = node.targets if isinstance(node, ast.Assign) else []
            targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
            if any(isinstance(target, ast.Name) and target.id == "BINDINGS" for target in targets):
                value = node.value  # type: ignore[attr-defined]
                if not (isinstance(value, ast.Call) and ast.unparse(value.func) == "bindings"):
                    others.append(f"{name}:{node.lineno}")  # type: ignore[attr-defined]
    assert others == []


def test_no_handler_of_keys_names_one_that_the_table_does_not_know() -> None:
    """A character that is typed into a field is no command; a handler that takes those names none."""
    named = []
    for name, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in {"on_key", "_on_key"}:
                said = ast.get_docstring(node, clean=False)
                texts = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
                keys = {text for text in texts if isinstance(text, str) and text != said}
                named += [f"{name}:{node.lineno} {key}" for key in keys - KNOWN]
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("key_"):
                named += [f"{name}:{node.lineno}"] if not node.decorator_list else []  # Textual calls it with that key
    assert named == []


_NAMED = re.compile(r"(?:^|[ ;,.])[a-zA-Z] (?:undoes|goes|shows|lists|adds|clears|reassigns|sends|marks|takes|looks)\b")


def test_no_sentence_names_a_letter_that_a_person_may_have_moved() -> None:
    """What is said of a key takes its name from the table (`key_of`)."""
    named = []
    for name, tree in trees():
        documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        said = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, documented)}
        texts = [(node.value, node.lineno) for node in ast.walk(tree) if isinstance(node, ast.Constant)]
        named += [
            f"{name}:{line}"
            for text, line in texts
            if isinstance(text, str) and text not in said and _NAMED.search(text)
        ]
    assert named == []


# Ids


def ours(base: type[DOMNode]) -> Iterator[type[DOMNode]]:
    """The classes of the app that Textual lets bind keys."""
    for below in base.__subclasses__():
        if below.__module__.startswith("thrumsg_tui."):
            yield below
        yield from ours(below)


@pytest.fixture(scope="module")
def bound() -> dict[type[DOMNode], list[Binding]]:
    """What each class of the app binds itself."""
    for module in pkgutil.walk_packages(thrumsg_tui.tui.__path__, "thrumsg_tui.tui."):
        import_module(module.name)
    return {each: list(Binding.make_bindings(vars(each).get("BINDINGS", []))) for each in set(ours(DOMNode))}


def test_every_binding_has_an_id(bound: dict[type[DOMNode], list[Binding]]) -> None:
    assert [(each.__name__, binding.key) for each, own in bound.items() for binding in own if not binding.id] == []


def test_every_key_of_the_table_is_bound_by_its_id(bound: dict[type[DOMNode], list[Binding]]) -> None:
    """Answers are bound by their question."""
    wanted: list[Binding] = []
    for scope in [scope for scope in Scope if scope is not Scope.ANSWER]:
        wanted += Binding.make_bindings(bindings(commands_of(scope)))
    there = {(binding.id, binding.key) for own in bound.values() for binding in own}
    assert {(binding.id, binding.key) for binding in wanted} - there == set()
    assert [command.id for command in all_commands() if command.keys and not command.action] == [
        command.id for command in commands_of(Scope.ANSWER)
    ]


def test_an_id_is_one_action(bound: dict[type[DOMNode], list[Binding]]) -> None:
    actions = defaultdict(set)
    for own in bound.values():
        for binding in own:
            actions[binding.id].add(binding.action)
    assert {id: does for id, does in actions.items() if len(does) > 1 and id not in BOTH_WAYS} == {}


BOTH_WAYS = {"app.suspend", "app.redraw"}
"""Bound by the app too, so that it works in dialogs and while one writes."""


async def test_keys_are_remapped_by_their_ids(office: Office) -> None:
    office.timers = Timers(reading=0.0)  # the key of another answer is part of no word here
    id = office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger() as person:
        app: App[None] = person.app
        app.set_keymap({"messenger.opt_out": "D", "answer.yes": "J", "list.down": "f7"})
        await person.press("o")
        assert app.screen is person.messenger
        await person.press("D")
        assert "Opt Maria Lopez out" in person.question
        await person.press("y")
        assert not office.conversation(id).opted_out
        await person.press("J")
        assert office.conversation(id).opted_out


async def test_digits_are_remapped_one_by_one(office: Office) -> None:
    office.survey("Will you vote?,Yes|No")
    id = office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger() as person:
        person.app.set_keymap({"survey.answer.2": "x"})
        await person.press("e", "2")
        assert not office.conversation(id).answers
        await person.press("x")
    assert len(office.conversation(id).answers) == 1


async def test_a_menu_takes_the_keys_of_its_commands_as_they_are_remapped(office: Office) -> None:
    async with office.app() as person:
        person.app.set_keymap({"manage.edit": "B"})
        await person.press("m", "B")
        assert person.sees("Settings of Spring")


# Help


async def test_f1_shows_the_keys_of_a_dialog_and_of_its_field(office: Office) -> None:
    async with office.app() as person:
        await person.press("i")
        await person.type("er")
        await person.press("f1")
        for scope in (Scope.FORM, Scope.FIELD, Scope.DIALOG):
            assert person.sees(scope, *[command.explained[:30] for command in commands_of(scope)])
        assert not person.sees(Scope.EVERYWHERE)
        await person.press("f1")
        assert person.sees("Springer")


async def test_f1_shows_the_keys_of_a_question(office: Office) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger() as person:
        await person.press("o", "f1")
        assert person.sees("In this dialog", f"{'y':13}Opt out: Do what is asked")
        assert person.sees(Scope.QUESTION, *[command.explained[:30] for command in commands_of(Scope.QUESTION)])
        await person.press("escape")
        assert "Opt Maria Lopez out" in person.question


async def test_f1_shows_the_keys_of_a_menu_s_entries(office: Office) -> None:
    async with office.app(size=(120, 60)) as person:
        await person.press("m", "f1")
        entries = [command for command in commands_of(Scope.MANAGE) if command.help and command.id != "manage.menu"]
        assert person.sees("In this dialog", *[command.explained[:30] for command in entries])


@pytest.mark.parametrize(
    ("keys", "scopes"),
    [
        ("e", [Scope.SURVEY, Scope.SIDEBAR]),
        ("i", [Scope.SCROLLED, Scope.SIDEBAR]),
        ("/", [Scope.SEARCH]),
    ],
)
async def test_help_begins_with_the_pane_that_has_the_focus(office: Office, keys: str, scopes: list[Scope]) -> None:
    office.contact("Maria Lopez", wrote="Hello")
    async with office.messenger(size=(120, 60)) as person:
        await person.press(*keys, "f1")
        places = [person.screen.find(f"│  {scope}  ") for scope in (*scopes, Scope.MESSENGER)]
        assert -1 not in places
        assert places == sorted(places)
