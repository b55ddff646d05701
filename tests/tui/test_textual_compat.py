"""What the app takes from Textual without its promise is all listed, and still there as it is relied upon."""

from __future__ import annotations

import ast
import gc
import inspect
import os
import pkgutil
import signal
import sys
import weakref
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from time import monotonic
from types import FunctionType, WrapperDescriptorType
from typing import Any

import pytest
from rich.segment import Segment
from textual import _time
from textual import screen as screens
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate
from textual._queue import Queue
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.cache import FIFOCache
from textual.css.model import RuleSet
from textual.css.scalar import Scalar
from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Event, Key
from textual.geometry import Region
from textual.keys import Keys, _character_to_key, key_to_character
from textual.reactive import Reactive
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

import thrumsg_tui.tui
from tests.tui.office import Office
from tests.tui.textual_members import RELIED_UPON, TextualMember
from thrumsg_tui.tui import textual_compat
from thrumsg_tui.tui.textual_compat import (
    bound_geometry_caches,
    forget_removed_widgets,
    hash_rules_at_once,
    make_strip_caches_late,
    seek_few_characters,
)

TUI = Path(thrumsg_tui.tui.__file__).parent
COMPAT = "textual_compat.py"


@pytest.fixture
async def instances(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """One of each class whose attributes exist only once it is made."""
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # the driver takes two signals when it is made
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr(sys, "__stdin__", nothing)
        app: App[None] = App()
        driver = LinuxDriver(app)
    updates = [LayoutUpdate([], Region()), ChopsUpdate([], [], [])]
    drawing = [Strip([]), FIFOCache(1), Compositor(), *updates]
    made = [app, driver, WriterThread(sys.stderr), Screen(), Widget(), XTermParser(), Queue(), *drawing, Key("a", "a")]
    return {type(each).__name__: each for each in made} | {"Event": made[-1]}


def shape(owner: type, name: str, instances: dict[str, object]) -> str:
    """A member as the table writes it: its parameters if it is called, else what kind of value it has at first."""
    member = inspect.unwrap(inspect.getattr_static(owner, name, None))
    if isinstance(member, FunctionType | WrapperDescriptorType):
        parameters = inspect.signature(member).parameters.values()
        written = [str(each.replace(annotation=each.empty)) for each in parameters][1:]
        asynchronous = "async " if inspect.iscoroutinefunction(member) else ""
        return f"{asynchronous}({', '.join(written)})"
    if isinstance(member, property):
        return "property"
    if isinstance(member, Reactive):
        return "reactive"
    return type(getattr(instances[owner.__name__], name)).__name__


@pytest.mark.parametrize("member", RELIED_UPON, ids=lambda each: f"{each.owner}.{each.name}")
async def test_textual_still_has_it_as_it_is_relied_upon(member: TextualMember, instances: dict[str, object]) -> None:
    module, _, owner = member.owner.rpartition(".")
    assert shape(getattr(import_module(module), owner), member.name, instances) == member.shape


def test_it_is_used_where_the_table_says() -> None:
    for file in {file for member in RELIED_UPON for file in member.used_in}:
        attributes = [node.attr for node in ast.walk(tree_of(TUI / file)) if isinstance(node, ast.Attribute)]
        used = {*attributes, *defined_in(tree_of(TUI / file))}
        assert {member.name for member in RELIED_UPON if file in member.used_in} <= used, file


def test_events_are_timed_by_the_clock_that_keys_are_compared_with() -> None:
    assert _time.get_time is monotonic
    assert inspect.signature(Event.__init__).parameters.keys() == {"self"}
    assert [*inspect.signature(Key.__init__).parameters] == ["self", "key", "character"]


def test_whatever_is_taken_from_private_modules_is_taken_in_one_place() -> None:
    imported = [
        (path.name, node.module)
        for path in sources()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("textual")
        if "._" in node.module or any(each.name.startswith("_") for each in node.names)
    ]
    assert imported == []


def test_no_private_member_of_another_object_is_used_elsewhere() -> None:
    used = {
        (path.name, ast.unparse(node))
        for path in sources()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and is_private(node.attr)
        if ast.unparse(node.value) not in {"self", "cls", "super()", "os"}
        if node.attr not in {"_fields", "_make", "_replace"}  # documented members of named tuples
    }
    assert used == set()


def test_every_private_member_that_a_class_shares_with_textual_is_listed() -> None:
    listed = {(member.name, file) for member in RELIED_UPON for file in member.used_in}
    shared = {(name, path) for path, names in shared_names() for name in names}
    assert shared - listed == set()


def test_the_listed_overrides_are_found_by_this_search() -> None:
    found = {name for _, names in shared_names() for name in names}
    assert {"_on_key", "_fatal_error", "_handle_exception", "_sigcont_application", "_writer_thread"} <= found


def shared_names() -> Iterator[tuple[str, set[str]]]:
    """For each class of the app that is also one of Textual's: its file, and the private names that both have."""
    for found in pkgutil.walk_packages([str(TUI)], "thrumsg_tui.tui."):
        module = import_module(found.name)
        assert module.__file__
        path = Path(module.__file__)
        for node in tree_of(path).body:
            if path.name != COMPAT and isinstance(node, ast.ClassDef):
                yield str(path.relative_to(TUI)), private_names(node) & names_of_textual(getattr(module, node.name))


def private_names(node: ast.ClassDef) -> set[str]:
    """The private names that a class uses of itself, or defines."""
    used = {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
    return {name for name in [*used, *defined_in(node)] if is_private(name)}


def names_of_textual(cls: type) -> set[str]:
    """Every name that Textual's classes among the bases have, or set in one of their methods."""
    return {name for base in cls.__mro__ if base.__module__.startswith("textual") for name in names_of(base)}


@cache
def names_of(base: type) -> frozenset[str]:
    tree = ast.parse(inspect.getsource(base))
    assigned = {
        node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    }
    return frozenset({*vars(base), *assigned})


def defined_in(tree: ast.AST) -> set[str]:
    """The names of functions and of values that the classes in a tree define."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.ClassDef):
            for each in node.body:
                targets: list[Any] = each.targets if isinstance(each, ast.Assign) else [getattr(each, "target", None)]
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name != "_"


def sources() -> Iterator[Path]:
    return (path for path in TUI.rglob("*.py") if path.name != COMPAT)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


async def test_a_removed_widget_keeps_no_lines_in_memory() -> None:
    forget_removed_widgets()
    app: App[None] = App()
    async with app.run_test() as pilot:
        widget = Static("Hello")
        await app.mount(widget)
        await pilot.pause()
        lines = weakref.ref(widget._styles_cache)
        await widget.remove()
        del widget
        await app.mount(Static("Other"))
        await pilot.pause()
        gc.collect()
        assert lines() is None


async def test_the_box_of_a_messenger_that_was_left_is_not_kept_in_memory(office: Office) -> None:
    async with office.messenger() as person:
        box = weakref.ref(person.messenger.box)
        await person.press("q", "enter")
        assert person.messenger.box is not box()

        def is_gone() -> bool:
            gc.collect()
            return box() is None

        await person.wait_until(is_gone, "the end of the box")  # a timer of its screen may still be about to end


async def test_a_screen_finds_the_characters_of_its_keys_and_searches_for_none(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def search(key: str) -> str | None:
        asked.append(key)
        return key_to_character(key)

    monkeypatch.setattr(textual_compat, "key_to_character", search)
    async with office.messenger() as person:
        await person.press("slash", "a", "escape", "enter")
    assert asked
    assert [key for key in asked if len(key) > 1 and "+" not in key] == []


def test_the_characters_of_keys_are_those_that_textual_finds() -> None:
    seek_few_characters()
    found = screens.key_to_character  # type: ignore[attr-defined]
    names = {key.value for key in Keys} | {_character_to_key(chr(code)) for code in range(32, 127)}
    assert {"question_mark", "tab", "f1", "a"} <= names
    for name in names:
        typed, textuals = found(name) or "", key_to_character(name) or ""
        assert typed == textuals if textuals.isprintable() else not typed, name


def test_calculations_with_regions_keep_few_results() -> None:
    bound_geometry_caches()
    for column in range(1000):
        region = Region(column, 0, 80, 24)
        assert region.intersection(Region(0, 0, 2000, 24)) == region
        assert region.translate((1, 2)) == Region(column + 1, 2, 80, 24)
    calculations = [each for owner in (Region, Scalar) for each in vars(owner).values() if hasattr(each, "cache_info")]
    assert Region.intersection in calculations
    assert max(each.cache_info().currsize for each in calculations) == 256


def test_a_strip_has_what_textual_gives_it_but_no_cache_before_it_is_used() -> None:
    make_strip_caches_late()
    strip, textuals = Strip([Segment("Hello")], 5), Strip.__new__(Strip)
    inspect.unwrap(Strip.__init__)(textuals, [Segment("Hello")], 5)
    caches = {name for name in Strip.__slots__ if isinstance(getattr(textuals, name), FIFOCache)}
    assert "_divide_cache" in caches
    assert caches.isdisjoint(name for name in Strip.__slots__ if is_set(strip, name))
    for name in Strip.__slots__:
        assert repr(getattr(strip, name)) == repr(getattr(textuals, name))
        assert getattr(strip, name) is getattr(strip, name)
    with pytest.raises(AttributeError, match="no_cache"):
        getattr(strip, "no_cache")  # noqa: B009


def is_set(strip: Strip, name: str) -> bool:
    try:
        inspect.getattr_static(strip, name).__get__(strip)
    except AttributeError:
        return False
    return True


def test_rules_of_the_style_sheet_are_hashed_by_python_and_each_is_only_itself() -> None:
    hash_rules_at_once()
    assert RuleSet.__hash__ is object.__hash__
    one, other = RuleSet(), RuleSet()
    assert one == other
    assert {one, other} == {one, other}
    assert [rule is one for rule in (one, other) if rule in {one}] == [True]
