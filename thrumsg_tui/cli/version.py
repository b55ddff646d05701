"""What `--version` prints: the version, and what a report of a fault needs besides.

Nothing of it tells who or where a person is: no path, host, login or number. It takes a few milliseconds, so neither
`importlib.metadata` and `json` nor `pathlib` are imported.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from os.path import basename, dirname, join

from thrumsg_tui import __version__
from thrumsg_tui.cli.output import printable
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.store.versions import SQLITE, database_format

_ABOUT = ("textual", "rich", "psycopg", "textual_serve")
"""The packages of which a report tells the version, by their names in folders."""

_INSTALLED = re.compile(r"([\w.]+)-([^-]+)\.dist-info")
_HASH = r"[0-9a-f]{40}(?:[0-9a-f]{24})?"
_COMMIT = re.compile(rf'"commit_id": *"({_HASH})"')
"""As pip and uv note it; they note the hash of a wheel, too."""


def version_lines(environment: Mapping[str, str] = os.environ, path: Sequence[str] = sys.path) -> Iterator[str]:
    """Yield the lines; the first is the version alone."""
    folders = _package_folders(path)
    versions = {name: found[2] for name, folder in folders.items() if (found := _INSTALLED.fullmatch(basename(folder)))}
    yield f"thrumsg {__version__}"
    facts = {
        "commit": _commit(folders.get("thrumsg", "")) or "not known",
        "database": f"format {database_format()}",
        "Python": f"{sys.version.split()[0]} ({sys.implementation.name})",
        "SQLite": SQLITE,
        **{name.replace("_", "-"): versions.get(name, "not installed") for name in _ABOUT},
        "system": _system(),
        "terminal": _terminal(environment),
        "locale": _locale(environment),
    }
    width = max(map(len, facts))
    for name, value in facts.items():
        yield printable(safe_text(f"  {name.ljust(width)}  {value}"))


def _package_folders(path: Sequence[str]) -> dict[str, str]:
    """Return the folder that says what is installed of each package, as Python would find it."""
    found: dict[str, str] = {}
    for place in path:
        with suppress(OSError):
            for name in os.listdir(place or "."):
                if (match := _INSTALLED.fullmatch(name)) and match[1] in {"thrumsg", *_ABOUT}:
                    found.setdefault(match[1], join(place, name))
    return found


def _commit(folder: str) -> str | None:
    """Return the commit from which it was installed, or that of the checkout in which it lies."""
    installed = _COMMIT.search(_text(folder, "direct_url.json"))
    return installed[1] if installed else checked_out(dirname(dirname(dirname(__file__))))


def checked_out(folder: str) -> str | None:
    """Return the commit that Git has checked out in a folder; None if it is no checkout."""
    git = join(folder, _text(folder, ".git").removeprefix("gitdir:").strip() or ".git")  # a file in a second work tree
    head = _text(git, "HEAD").strip()
    if not head.startswith("ref: "):
        return head or None
    ref = head.removeprefix("ref: ")
    common = join(git, _text(git, "commondir").strip())
    packed = re.search(rf"^({_HASH}) {re.escape(ref)}$", _text(common, "packed-refs"), re.MULTILINE)
    return _text(common, ref).strip() or (packed[1] if packed else None)


def _text(*path: str) -> str:
    """Return the text of a file, empty if there is none."""
    try:
        with open(join(*path), encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def _system() -> str:
    """Return the kernel, the processor, and the distribution of Linux."""
    of = os.uname()
    named = re.search(r'^PRETTY_NAME="?([^"\n]*)', _text("/etc/os-release"), re.MULTILINE)
    return f"{of.sysname} {of.release} {of.machine}" + (f", {named[1]}" if named else "")


def _terminal(environment: Mapping[str, str]) -> str:
    """Return what the terminal says of itself, and what stands between it and us."""
    program = " ".join(filter(None, (environment.get("TERM_PROGRAM"), environment.get("TERM_PROGRAM_VERSION"))))
    between = {"TMUX": "tmux", "STY": "screen", "SSH_CONNECTION": "SSH", "NO_COLOR": "NO_COLOR"}
    parts = [environment.get("TERM") or "no TERM", environment.get("COLORTERM"), program]
    parts += [words for name, words in between.items() if environment.get(name)]
    with suppress(OSError):
        size = os.get_terminal_size()
        parts.append(f"{size.columns}x{size.lines}")
    return ", ".join(filter(None, parts))


def _locale(environment: Mapping[str, str]) -> str:
    """Return the locale of texts, and the encoding of the output."""
    named = next(filter(None, map(environment.get, ("LC_ALL", "LC_CTYPE", "LANG"))), "not set")
    return f"{named}, {sys.stdout.encoding}"
