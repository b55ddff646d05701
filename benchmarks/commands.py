"""Whole commands, interpreter and imports included, and what the imports before the first frame cost."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter

from benchmarks.app import WIDE, open_at
from benchmarks.floor_app import READY
from benchmarks.large import CAMPAIGN, OWNER
from benchmarks.pty_program import PtyProgram
from benchmarks.rows import Family, Figure, Part, Row, Setting, Unit

PYTHON = "python itself"
TEXTUAL = "Textual"

VERSION = Row("thrumsg --version", Unit.MS, before=83, target=40, grows=False)
HELP = Row("thrumsg --help", Unit.MS, target=40, grows=False)
OVERVIEW = Row("thrumsg overview --json", Unit.MS, before=216, target=130)
MODULES = Row("our own modules before the first frame", Unit.MODULES, before=180, grows=False)
IMPORTS = Row("processor time of the imports before the first frame", Unit.MS, grows=False)
IMPORT_RATIO = Row("the imports beyond Textual's, against Textual's", Unit.TIMES, before=1.2, target=0.2, grows=False)

_NOTER = Path(__file__).with_name("first_frame_modules.py")
_IMPORT = "import sys\nfor name in sys.argv[1].split():\n    __import__(name)\n"


def _commands(setting: Setting) -> Iterator[Figure]:
    """Run each in turn, so that a busy moment strikes all of them; the first time does not count."""
    program = [sys.executable, "-m", "thrumsg_tui"]
    lines: dict[Row | str, list[str]] = {
        VERSION: [*program, "--version"],
        HELP: [*program, "--help"],
        OVERVIEW: [*program, "--db", str(setting.database), "--forced-login", OWNER, "overview", CAMPAIGN, "--json"],
        PYTHON: [sys.executable, "-c", ""],
    }
    rounds = [{what: _wall_ms(line, setting) for what, line in lines.items()} for _ in range(setting.scale.few + 1)]
    for what in lines:
        runs = tuple(each[what] for each in rounds[1:])
        yield Figure(what, runs) if isinstance(what, Row) else Figure(VERSION, runs, what)


def _imports(setting: Setting) -> Iterator[Figure]:
    """Import what the app, and what the app of five plain widgets, has imported when it begins to paint."""
    ours = _modules_at_first_frame(setting, open_at(setting, messenger=False), "Overview")
    textuals = _modules_at_first_frame(setting, ["benchmarks.floor_app"], READY)
    yield Figure(MODULES, (sum(name.partition(".")[0] == "thrumsg_tui" for name in ours),))
    beyond, base = [], []
    for _ in range(2 * setting.scale.few):
        nothing, theirs, all_of_it = (_import_ms(names, setting) for names in ([], textuals, ours))
        base.append(theirs - nothing)
        beyond.append(all_of_it - theirs)
    yield Figure(IMPORTS, tuple(mine + other for mine, other in zip(beyond, base, strict=True)))
    yield Figure(IMPORTS, tuple(base), TEXTUAL)
    yield Figure(IMPORT_RATIO, tuple(mine / other for mine, other in zip(beyond, base, strict=True)))


def _modules_at_first_frame(setting: Setting, words: Sequence[str | Path], shown: str) -> list[str]:
    """Return what a program has imported when it writes its first frame, in the order of importing."""
    noted = setting.folder / "modules.txt"
    noted.unlink(missing_ok=True)
    with PtyProgram([sys.executable, _NOTER, noted, *words], setting.environment, WIDE) as app:
        app.first_screen(shown)
    return noted.read_text(encoding="utf-8").split()


def _import_ms(names: Sequence[str], setting: Setting) -> float:
    """Return the processor time in which a new interpreter imports modules."""
    return _run([sys.executable, "-c", _IMPORT, " ".join(names)], setting)


def _wall_ms(line: Sequence[str], setting: Setting) -> float:
    start = perf_counter()
    _run(line, setting)
    return (perf_counter() - start) * 1000


def _run(line: Sequence[str], setting: Setting) -> float:
    """Run a program that must succeed, and return its processor time in milliseconds."""
    process = subprocess.Popen(
        list(line), env=dict(setting.environment), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(line[1:4])} ...: exit status {process.returncode}")
    return (usage.ru_utime + usage.ru_stime) * 1000


COMMANDS = Family(
    "commands",
    "Commands and imports",
    (Part((VERSION, HELP, OVERVIEW), _commands), Part((MODULES, IMPORTS, IMPORT_RATIO), _imports)),
)
