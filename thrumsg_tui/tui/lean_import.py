"""Imports Textual without what it brings along and the app never shows: 6 MB of memory, a twentieth of the start."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType

from thrumsg_tui.tui.late_import import imported_late, in_place_of

_SELDOM_USED = ("asyncio.sslproto", "bz2", "difflib", "lzma", "mimetypes", "platformdirs", "uuid")
"""What Textual, asyncio and shutil import for what the app never does, such as to save a file among the downloads."""


def import_textual() -> None:
    """Import Textual's app, unless it is there already. Call it before anything else of Textual is imported.

    asyncio works without ssl where Python has none; the app opens no connection that would be encrypted by it. The
    command palette takes one name from `textual.types`, which imports widgets for the types of others. Whoever imports
    these modules later gets them.
    """
    if "textual.app" in sys.modules:
        return
    try:
        with (
            in_place_of("ssl", None),
            in_place_of("textual.types", _Types("textual.types")),
            imported_late(*_SELDOM_USED),
        ):
            import shutil  # noqa: F401  # the driver asks it how large the terminal is

            import textual.app
    except ImportError:  # another Textual, which needs more of them
        import textual.app  # noqa: F401


class _Types(ModuleType):
    """What Textual itself takes from `textual.types`, for annotations."""

    IgnoreReturnCallbackType = Callable[..., object]
