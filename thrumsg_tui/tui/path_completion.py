"""Completion of file paths, as in a shell."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import unquote

from textual.suggester import Suggester

from thrumsg_tui.domain.safe_text import safe_text

_MOST = 8
_ESCAPED = re.compile(r"\\([ ()'&\[\]])")


def given_path(text: str) -> Path:
    """Parse a path as people type it or terminals paste it: quoted, with backslashes, or as a `file://` address."""
    text = text.strip()
    if text.startswith("file://"):
        text = unquote(text.removeprefix("file://").removeprefix("localhost"))
    elif len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    else:
        text = _ESCAPED.sub(r"\1", text)
    return Path(text).expanduser()


def matching(typed: str) -> list[str]:
    """Return the completions of a path: tables, then folders with a trailing slash, then other files, each by name.

    Hidden files are left out, unless a dot is typed. A folder that cannot be read has no completions.
    """
    folder, separator, beginning = typed.rpartition("/")
    place = Path(folder + separator if separator else ".").expanduser()
    try:
        found = [each for each in place.iterdir() if each.name.startswith(beginning)]
        folders = sorted(f"{each.name}/" for each in found if each.is_dir())
        files = sorted(each.name for each in found if not each.is_dir())
    except OSError:
        return []
    shown = [name for name in [*folders, *files] if beginning.startswith(".") or not name.startswith(".")]
    return [folder + separator + name for name in sorted(shown, key=lambda name: not _is_table(name))]


def _is_table(name: str) -> bool:
    return name.lower().endswith((".csv", ".tsv", ".txt"))


def first_of(found: Sequence[str]) -> list[str]:
    """Return the first completions of a name, and how many more there are."""
    more = [f"and {len(found) - _MOST} more"] if len(found) > _MOST else []
    return [*found[:_MOST], *more]


class PathSuggester(Suggester):
    """Suggests the first completion of a path; `complete` returns all of them."""

    def __init__(self, complete: Callable[[str], list[str]] = matching) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._complete = complete

    async def get_suggestion(self, value: str) -> str | None:
        """Read the folder, off the event loop."""
        found = await asyncio.to_thread(self._complete, value) if value else []
        harmless = (each for each in found if safe_text(each) == each)  # it is written to the terminal unescaped
        return next(harmless, None)
