"""Other terminal programs, on as much as they can take: what the same costs there.

What is not installed is left out, and the results say so; `make bench-peers` installs posting and harlequin.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.app import WIDE
from benchmarks.keys import END, HELD, STEP
from benchmarks.list_app import READY
from benchmarks.pty_program import PtyProgram
from benchmarks.rows import Family, Figure, NotInstalled, Part, Setting
from benchmarks.starting import MEMORY, OVERVIEW

_MOST_OPTIONS = 100_000
"""Rows of Textual's own lists: more of them take minutes."""

_REQUESTS = 50

_QUERY = (
    (*"select", "space", "*", "space", *"from", "space", *"contact", "space"),
    ("ctrl+j",),
    ("tab",),
    ("tab",),
)
_NEOMUTT = "set folder=/tmp\nset sort=mailbox-order\nset read_inc=30000\nset header_cache=''\nunset mark_old\n"


@dataclass(frozen=True, slots=True)
class Peer:
    """A program to compare with.

    `prepare` makes what it opens, and returns its command. `ready` is on its first screen, `before` are the keys that
    lead to its list, `step` and `end` those of which the cost is measured.
    """

    name: str
    prepare: Callable[[Setting], Sequence[str | Path]]
    ready: str
    step: str
    end: str | None = None
    begin: str | None = None
    before: tuple[tuple[str, ...], ...] = ()


def folder() -> Path:
    """Return where `make bench-peers` installs, each program in an environment of its own."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("THRUMSG_BENCH_PEERS") or Path(cache) / "thrumsg-bench-peers")


def _installed(name: str) -> Path:
    if program := shutil.which(name) or shutil.which(name, path=str(folder() / name / "bin")):
        return Path(program)
    raise NotInstalled(f"{name} is not installed, so nothing is compared with it.")


def _neomutt(setting: Setting) -> Sequence[str | Path]:
    """Make a mailbox of as many messages as there are conversations."""
    program = _installed("neomutt")
    mailbox, configuration = setting.folder / "mailbox", setting.folder / "neomuttrc"
    configuration.write_text(_NEOMUTT, encoding="utf-8")
    with mailbox.open("w", encoding="utf-8") as file:
        for nth in range(1, setting.scale.conversations + 1):
            time = f"{nth // 3600 % 24:02d}:{nth // 60 % 60:02d}:{nth % 60:02d}"
            file.write(
                f"From a{nth}@example.org Thu Nov 26 {time} 2026\nFrom: Ann Otieno-{nth} <a{nth}@example.org>\n"
                f"To: ana@example.org\nSubject: Yes! where do I go?\nDate: Thu, 26 Nov 2026 {time} +0000\n"
                f"Message-ID: <{nth}@example.org>\n\nYes! where do I go?\n\n"
            )
    return [program, "-F", configuration, "-R", "-f", mailbox]


def _posting(setting: Setting) -> Sequence[str | Path]:
    program, collection = _installed("posting"), setting.folder / "requests"
    collection.mkdir(exist_ok=True)
    for nth in range(_REQUESTS):
        request = f"name: request {nth:02d}\nmethod: GET\nurl: http://localhost/{nth}\n"
        (collection / f"request-{nth:02d}.posting.yaml").write_text(request, encoding="utf-8")
    return [program, "--collection", collection]


def _harlequin(setting: Setting) -> Sequence[str | Path]:
    program, file = _installed("harlequin"), setting.folder / "contacts.db"
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("CREATE TABLE IF NOT EXISTS contact (id INTEGER PRIMARY KEY, name TEXT)")
        db.executemany("INSERT OR IGNORE INTO contact VALUES (?, ?)", ((nth, f"Ann {nth}") for nth in range(1000)))
    return [program, "--adapter", "sqlite", file]


def _textual_list(kind: str, setting: Setting) -> Sequence[str | Path]:
    rows = min(_MOST_OPTIONS, setting.scale.conversations)
    return [sys.executable, "-m", "benchmarks.list_app", kind, str(rows)]


_ALL = (
    Peer("neomutt", _neomutt, ready="Otieno-1 ", step="j", end="*", begin="="),
    Peer("OptionList", partial(_textual_list, "OptionList"), ready=READY, step="down", end="end", begin="home"),
    Peer("DataTable", partial(_textual_list, "DataTable"), ready=READY, step="down", end="ctrl+end", begin="ctrl+home"),
    Peer("posting", _posting, ready="request 00", step="j"),
    Peer("harlequin", _harlequin, ready="Database Connected", step="down", before=_QUERY),
)


def _measured(peer: Peer, setting: Setting) -> Iterator[Figure]:
    with PtyProgram(peer.prepare(setting), setting.environment, WIDE) as program:
        start = program.first_screen(peer.ready)
        yield from OVERVIEW.figures([start], peer.name, until_shown=True)
        for keys in (*peer.before, (peer.step,)):
            program.press(*keys, quiet=HELD)
        yield from STEP.figures([program.press(peer.step) for _ in range(setting.scale.times)], peer.name)
        if peer.end and peer.begin:
            presses = [program.press(key) for key in (peer.end, peer.begin) * setting.scale.few]
            yield from END.figures(presses[::2], peer.name)
        if memory := program.peak_memory:
            yield Figure(MEMORY, memory, peer.name)


PEERS = Family("peers", "Other programs", tuple(Part((), partial(_measured, peer)) for peer in _ALL))
