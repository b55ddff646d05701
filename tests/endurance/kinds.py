"""Each kind of change: whatever the table of roles lists that writes, and more, also in bulk and in steps."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.cli.damaging import Bench, run
from tests.cli.in_steps import pacing
from tests.endurance.child import Task
from tests.roles import ROWS
from thrumsg_tui.store.pacing import Pacing

MANY = 1200
"""Contacts of the campaign in which changes are made in bulk."""

STEP = 100


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of change: its command line, what was done before, and whether it is made in steps."""

    name: str
    words: tuple[str, ...]
    before: tuple[str, ...] = ()
    in_steps: bool = False

    @property
    def pacing(self) -> Pacing | None:
        return pacing(STEP, STEP, stalled_after=0) if self.in_steps else None


_TO_TWO = "reassign Big --from-unassigned --to lee --to sender"

_LET_IN = "ssh add lee {files}/key.pub --authorized-keys {out}/authorized_keys"
_SHUT_OUT = "ssh remove lee --authorized-keys {out}/authorized_keys"

_MORE = (
    ("import 1,200 contacts", "import contacts {files}/more.csv --campaign Big --rejects {out}/rejects.csv", (), False),
    ("import 1,200 known contacts", "import contacts {files}/changed.csv --campaign Big", (), False),
    ("reassign 1,200", _TO_TWO, (), False),
    ("reassign 1,200 in steps", _TO_TWO, (), True),
    ("undo 1,200", "undo", (_TO_TWO,), False),
    ("undo 1,200 in steps", "undo", (_TO_TWO,), True),
    ("take a sender with 600 off", "campaign remove-sender Big lee", (_TO_TWO,), False),
    ("send all 600", "send-all Big --sender lee", (_TO_TWO,), False),
    ("opt out a list of 600", "opt-out-list {files}/leavers.txt", (_TO_TWO,), False),
    ("undo a list of opt-outs", "undo", ("opt-out-list {files}/leavers.txt",), False),
    ("follow-up for 1,200", "follow-up create Big --title Last --text Vote", ("send-all Big --unassigned",), False),
    ("archive 1,200", "campaign archive Big --yes", ("send-all Big --unassigned",), False),
    ("undo an opt-out", "undo", ("opt-out +14155550145",), False),
    ("undo an answer", "undo", ("answer 5 'Will you vote?' Yes",), False),
    ("undo a skipped follow-up", "undo", ("follow-up skip 5",), False),
    ("clear an answer", "answer 3 'Done?' --clear", (), False),
    ("restore", "restore {good}", ("send 2", "opt-out +14155550145"), False),
    ("shut a key out", _SHUT_OUT, (_LET_IN,), False),
    ("undo somebody's reassignment", "undo", ("reassign Spring --conversation 1 --to lee",), False),
    ("replace a backup", "backup {out}/backup.db", ("backup {out}/backup.db", "send 2"), False),
)


class Workshop:
    """A whole database, from which each kind of change begins anew."""

    def __init__(self, folder: Path) -> None:
        self.bench = Bench(folder)
        self.out = folder / "out"
        self.database = self.out / "thrumsg.db"
        self._begun = folder / "begun"
        self.out.mkdir()
        self._fill(self.bench.files)

    def kinds(self) -> Iterator[Kind]:
        """All kinds."""
        files, others = self.bench.files, {name for name, *_ in _MORE}
        for row in ROWS:
            words = tuple(row.words(files, self.out))
            writes = not row.looks or any(word.startswith(str(self.out)) for word in words)
            if writes and row.name not in others:
                yield Kind(row.name, words)
        places = {"files": str(files), "out": str(self.out), "good": str(self.bench.good)}
        for name, line, before, in_steps in _MORE:
            kind, *earlier = (tuple(shlex.split(each.format(**places))) for each in (line, *before))
            yield Kind(name, kind, tuple(map(shlex.join, earlier)), in_steps)

    def task(self, kind: Kind) -> Task:
        """The change as a task on the database that `arrange` puts there."""
        return Task(self.database, kind.words, self.out, kind.pacing)

    def arrange(self, kind: Kind) -> None:
        """Put everything there as it is before a kind of change, the same each time."""
        begun = self._begun / kind.name.replace(" ", "-")
        _clear(self.out)
        if begun.exists():
            shutil.copytree(begun, self.out, dirs_exist_ok=True)
            return
        shutil.copyfile(self.bench.good, self.database)
        for line in kind.before:
            answer = run("--db", str(self.database), *shlex.split(line))
            assert answer.code == 0, answer
        shutil.copytree(self.out, begun)

    def _fill(self, files: Path) -> None:
        def rows(first: int, name: str) -> str:
            lines = (f"{name}{nth},Otieno,415{first + nth:07d},School {nth}" for nth in range(MANY))
            return "\n".join(("first,last,phone,polling place", *lines, ""))

        (files / "some.csv").write_text(rows(3_000_000, "Ann"))
        (files / "changed.csv").write_text(rows(3_000_000, "Bea"))
        (files / "more.csv").write_text(rows(4_000_000, "Cy") + "Dan,Bad,12,\n")
        (files / "leavers.txt").write_text("\n".join(f"415{3_000_000 + nth:07d}" for nth in range(0, MANY, 2)))
        good = ("--db", str(self.bench.good))
        always = ("--timezone", "UTC", "--open", "00:00", "--close", "24:00", "--no-quiet-hours", "--quicksend")
        for words in (
            ("campaign", "create", "Big", "--initial", "Hi", *always),
            ("campaign", "add-sender", "Big", "sender", "lee"),
            ("import", "contacts", str(files / "some.csv"), "--campaign", "Big"),
        ):
            answer = run(*good, *words)
            assert answer.code == 0, answer


def _clear(folder: Path) -> None:
    """Remove what is in a folder, which may be a disk of its own."""
    for each in folder.iterdir():
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each)
        else:
            each.unlink()
