"""Completion of file paths, as in a shell."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import unquote

from textual.suggester import Suggester

from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.safe_text import safe_text

_MOST = 8

_LONGEST = 44
"""Characters of a folder's path in a title."""

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
    return _expanded(text)


def _expanded(text: str) -> Path:
    """Return a path with the home of its `~`; a person whom nobody knows here has none, and it is a name then."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def matching(typed: str) -> list[str]:
    """Return the completions of a path: tables, then folders with a trailing slash, then other files, each by name.

    Hidden files are left out, unless a dot is typed. A folder that cannot be read has no completions.
    """
    folder, separator, beginning = typed.rpartition("/")
    place = _expanded(folder + separator or ".")
    try:
        found = [each for each in place.iterdir() if each.name.startswith(beginning)]
        folders = sorted(f"{each.name}/" for each in found if each.is_dir())
        files = sorted(each.name for each in found if not each.is_dir())
    except OSError:
        return []
    shown = [name for name in [*folders, *files] if beginning.startswith(".") or not name.startswith(".")]
    return [folder + separator + name for name in sorted(shown, key=lambda name: not is_table(name))]


def is_table(name: str) -> bool:
    """Whether a name is that of a file that an import may read."""
    return name.lower().endswith((".csv", ".tsv", ".txt"))


@dataclass(frozen=True, slots=True)
class FolderEntry:
    """What a folder has in it, as it is shown there, and as a path that can be typed; a folder ends with a slash."""

    name: str
    typed: str

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return self.name.endswith("/")


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder to choose a file from."""

    title: str
    entries: tuple[FolderEntry, ...]


def names_no_file(typed: str) -> bool:
    """Whether a typed path is that of a folder, or none at all."""
    return not typed.strip() or typed.rstrip().endswith("/")


def entries_of(folder: str) -> Folder:
    """Return the folder of a path that is empty or ends with a slash: the folder above it, then what `matching` has."""
    place = _expanded(folder or ".").absolute()
    parts = folder.rstrip("/").split("/")
    if parts == [""] and folder:  # the root
        above = []
    elif parts[-1] in {"", ".", "..", "~"}:
        above = [FolderEntry("../", f"{os.path.normpath(place / '..')}/".replace("//", "/"))]
    else:
        above = [FolderEntry("../", "".join(f"{part}/" for part in parts[:-1]))]
    inside = [FolderEntry(typed.removeprefix(folder), typed) for typed in matching(folder)]
    return Folder(_shown(place), (*above, *inside))


def _shown(folder: Path) -> str:
    """Return a path for a title: from the home, and only its end if it is long."""
    home = os.environ.get("HOME", "").rstrip("/")
    text = f"~{str(folder).removeprefix(home)}" if home and folder.is_relative_to(home) else str(folder)
    return text if len(text) <= _LONGEST else f".../{text[4 - _LONGEST :].partition('/')[2]}"


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
