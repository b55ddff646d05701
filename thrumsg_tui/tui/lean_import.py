"""Imports Textual without what it brings along and the app never shows: 5 MB of memory, a twentieth of the start."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType


def import_textual() -> None:
    """Import Textual's app, unless it is there already. Call it before anything else of Textual is imported.

    asyncio works without ssl where Python has none; the app opens no connection that would be encrypted by it. The
    command palette takes one name from `textual.types`, which imports widgets for the types of others. Whoever imports
    these modules later gets them.
    """
    if "textual.app" in sys.modules:
        return
    try:
        with _in_place_of("ssl", None), _in_place_of("textual.types", _Types("textual.types")):
            import textual.app
    except ImportError:  # another Textual, which needs more of them
        import textual.app  # noqa: F401


class _Types(ModuleType):
    """What Textual itself takes from `textual.types`, for annotations."""

    IgnoreReturnCallbackType = Callable[..., object]


@contextmanager
def _in_place_of(name: str, other: ModuleType | None) -> Iterator[None]:
    """Let whoever imports a module meanwhile get another one, or with None an ImportError; not if it is there."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = other  # type: ignore[assignment]  # None is how Python notes that there is none
    try:
        yield
    finally:
        del sys.modules[name]
