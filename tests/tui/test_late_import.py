"""Modules of which others only call what is hardly ever needed are imported when it is."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from thrumsg_tui.tui.late_import import imported_late

_ADDRESSES = """
class Address(str):
    pass

def parsed(text, *, upper=False):
    return Address(text.upper() if upper else text)
"""
_BY_NAME = "from late_addresses import parsed"
_AS_A_WHOLE = """
import late_addresses

def is_address(what):
    return isinstance(what, late_addresses.Address)
"""


@pytest.fixture(autouse=True)
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A module, and two that import it."""
    for name, source in (("addresses", _ADDRESSES), ("by_name", _BY_NAME), ("as_a_whole", _AS_A_WHOLE)):
        (tmp_path / f"late_{name}.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    yield
    for name in ("addresses", "by_name", "as_a_whole"):
        sys.modules.pop(f"late_{name}", None)


def imported(name: str) -> ModuleType:
    with imported_late("late_addresses"):
        return import_module(name)


def test_what_was_imported_by_name_imports_its_module_when_it_is_called() -> None:
    user = imported("late_by_name")
    assert "late_addresses" not in sys.modules
    assert user.parsed("here", upper=True) == "HERE"
    assert "late_addresses" in sys.modules


def test_what_is_a_class_can_be_asked_for() -> None:
    user, other = imported("late_as_a_whole"), imported("late_by_name")
    assert "late_addresses" not in sys.modules
    assert user.is_address(other.parsed("here"))
    assert not user.is_address("here")


def test_what_is_not_there_is_missed_as_in_any_module() -> None:
    user = imported("late_as_a_whole")
    with pytest.raises(AttributeError, match="nothing"):
        user.late_addresses.nothing  # noqa: B018


def test_a_module_that_is_there_stays() -> None:
    there = import_module("late_addresses")
    assert imported("late_as_a_whole").late_addresses is there
    assert sys.modules["late_addresses"] is there
