"""How a change goes that nobody disturbs, and whether one that was disturbed has happened whole or not at all.

A change that is not disturbed tells what is stored after each of its transactions. Whatever disturbs one, exactly that
must be stored afterwards which was stored after the last transaction that was committed, or after the one that was
being committed.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.endurance.child import Board, Stage, Task, begin_child
from tests.endurance.contents import contents, damage, files
from tests.endurance.kinds import Kind, Workshop
from tests.endurance.tally import Tally
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine


@dataclass(frozen=True, slots=True)
class Course:
    """How a change goes that nobody disturbs."""

    states: tuple[str, ...]
    """What is stored before it, and after each of its transactions."""
    before: Mapping[str, str]
    """The files that are there before it."""
    after: Mapping[str, str]
    """Those that it leaves."""
    nanoseconds: int
    """From its first write to its answer."""


class Judge:
    """Runs changes of a workshop, and compares what they leave."""

    def __init__(self, workshop: Workshop, folder: Path) -> None:
        self.workshop = workshop
        self.board = Board()
        self.said = folder / "said"
        self._states = folder / "states"
        self._courses: dict[str, Course | None] = {}

    def course(self, kind: Kind, tally: Tally) -> Course | None:
        """Return how a kind of change goes; None if it does not work or does not always end alike."""
        if kind.name not in self._courses:
            self._courses[kind.name] = self._undisturbed(kind, tally)
        return self._courses[kind.name]

    def _undisturbed(self, kind: Kind, tally: Tally) -> Course | None:
        """Let a change run several times."""
        task = self.workshop.task(kind)
        times: list[int] = []
        ends = Counter[tuple[str, tuple[tuple[str, str], ...]]]()
        for turn in range(4):
            self.workshop.arrange(kind)
            before, files_before = contents(task.database), files(task.out, task.database)
            if turn == 0:
                self._states.write_text(before + "\n")
            status = self.ran(task, turn == 0)
            if status or self.board.stage is not Stage.ANSWERED:
                tally.note(f"exit status {status}: {self.said.read_text()}", error=True)
                return None
            times.append(self.board.answered - self.board.begun)
            after = files(task.out, task.database)
            ends[contents(task.database), tuple(after.items())] += 1
        states = tuple(self._states.read_text().split())
        if len(ends) > 1 or states[-1] != contents(task.database):
            tally.note(f"ends in {len(ends)} ways when nobody disturbs it", error=True)
            return None
        self.examine(tally)
        return Course(states, files_before, after, min(times[1:]))

    def ran(self, task: Task, notes_states: bool = False) -> int:
        """Run a command to its end, and return its exit status."""
        child = begin_child(task, self.board, self.said, self._note_state if notes_states else lambda: None)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    def found(self, kind: Kind, course: Course, tally: Tally) -> str:
        """Judge what a change has left that was disturbed; return what is stored, an empty text if it is damaged."""
        stage = self.board.stage
        committed = self.board.commits
        # A move in steps that fails says in one more transaction that others may go on.
        let_go = kind.in_steps and stage is Stage.ANSWERED and committed > 0
        task = self.workshop.task(kind)
        if said := damage(task.database):
            tally.note(f"damaged: {said}", broken=True)
            return ""
        found = contents(task.database)
        if found not in course.states:
            tally.note(f"half done after {committed} transactions", broken=True)
        elif found not in course.states[committed - let_go : committed + 2]:
            tally.note(f"{committed} transactions were committed, and not all of them are there", lost=True)
        elif found not in {course.states[0], course.states[-1]}:
            tally.midway += 1
            self.examine(tally)
        self._judge_files(course, stage, tally)
        return found

    def _judge_files(self, course: Course, stage: Stage, tally: Tally) -> None:
        """Each file that has its name is whole, as it was or as it shall be."""
        left = files(self.workshop.out, self.workshop.database)
        for name, told in course.after.items():
            if left.get(name) not in {told, course.before.get(name)}:
                tally.note(f"{name} is half written", broken=True)
            elif stage is Stage.ANSWERED and self.board.status == 0 and left.get(name) != told:
                tally.note(f"{name} was answered for, and is not there", lost=True)

    def examine(self, tally: Tally) -> None:
        """Let `doctor` look; what it says of a job that goes on is no fault."""
        db = Database(self.workshop.database)
        try:
            for problem in examine(db):
                if "was left behind" not in problem.sentence:
                    tally.note(f"doctor: {problem.subject} {problem.sentence}", broken=True)
        finally:
            db.close()

    def _note_state(self) -> None:
        with self._states.open("a") as file:
            file.write(contents(self.workshop.database) + "\n")
