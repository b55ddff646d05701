"""Puts off the import of modules of which others only call what a process hardly ever needs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from types import ModuleType


class _Late(ModuleType):
    """A module that is imported when something of it is used.

    While it takes the module's place, whoever imports a name from it gets a function that calls the module's.
    """

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)

        def call(*values: object, **named: object) -> object:
            called: Callable[..., object] = getattr(import_module(self.__name__), name)
            return called(*values, **named)

        return call if sys.modules.get(self.__name__) is self else getattr(import_module(self.__name__), name)


@contextmanager
def in_place_of(name: str, other: ModuleType | None) -> Iterator[None]:
    """Let whoever imports a module meanwhile get another one, or with None an ImportError; not if it is there."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = other  # type: ignore[assignment]  # None is how Python notes that there is none
    try:
        yield
    finally:
        del sys.modules[name]


@contextmanager
def imported_late(*names: str) -> Iterator[None]:
    """Let whoever imports these modules meanwhile do so once they use them; of what they import by name, functions."""
    with ExitStack() as replaced:
        for name in names:
            replaced.enter_context(in_place_of(name, _Late(name)))
        yield
