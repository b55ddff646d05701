"""What the app takes from Textual without its promise is all listed, and still there as it is relied upon."""

from __future__ import annotations

import ast
import inspect
import os
import pkgutil
import signal
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from time import monotonic
from types import FunctionType, WrapperDescriptorType
from typing import Any

import pytest
from textual import _time
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate
from textual._queue import Queue
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.cache import FIFOCache
from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Event, Key
from textual.geometry import Region
from textual.reactive import Reactive
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

import thrumsg_tui.tui
from tests.tui.textual_members import RELIED_UPON, TextualMember

TUI = Path(thrumsg_tui.tui.__file__).parent
OF_TEXTUAL = {"textual_compat.py", "textual_patches.py"}
"""The files that use what Textual has not documented."""


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


def test_whatever_is_taken_from_private_modules_is_taken_in_two_files() -> None:
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
            if path.name not in OF_TEXTUAL and isinstance(node, ast.ClassDef):
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
    return (path for path in TUI.rglob("*.py") if path.name not in OF_TEXTUAL)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))
