"""The gateway `command`: any program that speaks JSON lines is the carrier (docs/carrier-programs.md)."""

from __future__ import annotations

import os
import shutil
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event, Lock

from thrumsg_tui.domain.configured_values import one_of
from thrumsg_tui.domain.delivery import (
    Accepted,
    Doubt,
    Incoming,
    NotNow,
    Outcome,
    Outgoing,
    Rejected,
    Report,
    Scope,
    Trace,
)
from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.gateway.carrier_program import CarrierProgram, Written, environment_for
from thrumsg_tui.gateway.command_fields import BadLine
from thrumsg_tui.gateway.command_lines import (
    LONGEST_LINE,
    STORED_AT_ONCE,
    Found,
    Log,
    Result,
    Told,
    find_line,
    read_line,
    send_line,
    stored_line,
    try_id,
)
from thrumsg_tui.gateway.configuration import Configuration
from thrumsg_tui.gateway.configuration_keys import Key, Section, texts
from thrumsg_tui.gateway.program_supervisor import ProgramSupervisor, log
from thrumsg_tui.gateway.protocol import CannotTell, Finding

NAME = "command"

_ENDED = Doubt("The carrier's program ended before it said what became of the message.")

_REMEMBERED = 10_000
"""How many tries without a result are remembered, should the result come after all."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Times in seconds."""

    result: float = 60.0
    """Until a program has to answer; after that, the message is in doubt."""
    finish: float = 4.0
    """From the end of the program's input until it is ended by force."""
    steady: float = 60.0
    """After which a program that ends is started again without a pause longer than the first."""
    start: float = 1.0
    """In which a program that cannot work has ended, as `gateway check` sees it."""


@dataclass(slots=True)
class _Try:
    """A message that the program has, until its result is there."""

    program: CarrierProgram
    done: Event = field(default_factory=Event)
    outcome: Outcome = _ENDED


@dataclass(slots=True)
class _Question:
    """A question what became of a message, until it is answered."""

    done: Event = field(default_factory=Event)
    answer: Found | None = None


class CommandGateway:
    """A carrier that is a program of the user's.

    It is started at once, and again after it failed, each time after a longer pause.

    Args:
        argv: The program and its arguments.
        restart: Whether to start it again after it failed. One that ends by itself with success is not started again.
        environment: Its environment.
        patience: Times.
        monotonic: A clock for the pauses, in seconds.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        restart: bool = True,
        environment: Mapping[str, str] | None = None,
        patience: Patience | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = argv[0]
        self._patience = patience or Patience()
        self._supervisor = ProgramSupervisor(
            argv,
            environment_for(os.environ) if environment is None else environment,
            on_line=self._heed,
            on_end=self._ended,
            restart=restart,
            steady=self._patience.steady,
            monotonic=monotonic,
        )
        self._lock = Lock()
        self._tries: dict[str, _Try] = {}
        self._overdue: OrderedDict[str, Outgoing] = OrderedDict()
        self._questions: dict[str, list[_Question]] = {}
        self._told: deque[Told] = deque()
        self._to_acknowledge: list[str] = []
        self._supervisor.running()

    @property
    def name(self) -> str:
        """The name in `registry.py`."""
        return NAME

    def send(self, message: Outgoing) -> Outcome:
        """Hand the message to the program, and wait for its result."""
        line = send_line(message)
        if len(line) > LONGEST_LINE:
            return Rejected("too-long", f"The message is longer than {LONGEST_LINE} bytes as a line.")
        program = self._supervisor.running()
        if isinstance(program, NotNow):
            return program
        name, under_way = try_id(message), _Try(program)
        with self._lock:
            self._tries[name] = under_way
        written = program.write(line, self._patience.result)
        if written is Written.ALL:
            under_way.done.wait(self._patience.result)
        with self._lock:
            if self._tries.pop(name, None) is under_way and written is Written.ALL:
                self._remember(name, message)
                return Doubt(f"The carrier's program gave no result within {self._patience.result:g} seconds.")
        if written is Written.NOTHING:
            return NotNow(timedelta(seconds=5), Scope.GATEWAY, "The carrier's program does not read what it is told.")
        return under_way.outcome

    def find(self, message: Outgoing) -> Sequence[Trace]:
        """Ask the program what became of the message."""
        program, question = self._supervisor.running(), _Question()
        if isinstance(program, NotNow):
            raise CannotTell(program.words)
        with self._lock:
            self._questions.setdefault(message.key, []).append(question)
        try:
            asked = program.write(find_line(message), self._patience.result) is Written.ALL
            if not asked or not question.done.wait(self._patience.result):
                raise CannotTell("The carrier's program does not answer.")
        finally:
            self._forget(message.key, question)
        if question.answer is None:
            raise CannotTell("The carrier's program ended before it answered.")
        if question.answer.traces is None:
            raise CannotTell(f"The carrier's program cannot tell: {question.answer.words}.")
        return question.answer.traces

    def received_since(self, _at: object) -> Iterator[Incoming]:
        """Yield nothing: the program itself tells again what it did not see stored."""
        return iter(())

    def poll(self) -> Iterable[Incoming | Report]:
        """Return what the program told since the last call; what that call returned is now stored."""
        program = self._supervisor.running()
        while self._to_acknowledge and isinstance(program, CarrierProgram):
            some = self._to_acknowledge[:STORED_AT_ONCE]
            if program.write(stored_line(some), 0) is not Written.ALL:
                break  # it is told later: nobody waits for a program that does not read
            del self._to_acknowledge[: len(some)]
        with self._lock:
            told = list(self._told)
            self._told.clear()
        self._to_acknowledge += [each.id for each in told if each.id is not None]
        return [each.news for each in told]

    def check(self) -> Iterator[Finding]:
        """Yield whether the program runs, and whether others may change it."""
        program = self._supervisor.running()
        if isinstance(program, CarrierProgram) and program.ended.wait(self._patience.start):
            program = self._supervisor.running()
        if isinstance(program, NotNow):
            yield Finding(good=False, sentence=program.words)
        else:
            yield Finding(good=True, sentence=f"The carrier's program runs: {self._path}.")
        path = shutil.which(self._path)
        if path and os.stat(path).st_mode & 0o022:  # noqa: PTH116 - as `which` gives it
            yield Finding(good=False, sentence=f"Others than its owner may change {path}: chmod go-w it.")

    def close(self) -> None:
        """End the program's input and let it finish; what it does not answer is in doubt."""
        self._supervisor.close(self._patience.finish)

    def _ended(self, program: CarrierProgram) -> None:
        """Let everything that waits for a program end without a result."""
        with self._lock:
            for name, under_way in [each for each in self._tries.items() if each[1].program is program]:
                del self._tries[name]
                under_way.done.set()
            for question in [each for asked in self._questions.values() for each in asked]:
                question.done.set()

    # What it says

    def _heed(self, line: bytes) -> None:
        """Take one line of the program."""
        try:
            said = read_line(line)
        except BadLine as bad:
            log(f"A line of the carrier's program was not understood, and is ignored: {bad}.")
            return
        with self._lock:
            match said:
                case Result(name, outcome):
                    self._settle(name, outcome)
                case Found(key):
                    for question in self._questions.get(key, []):
                        question.answer = said
                        question.done.set()
                case Told():
                    self._told.append(said)
                case Log(words):
                    log(words)

    def _settle(self, name: str, outcome: Outcome) -> None:
        """Store the result of a try; one that comes after all is told as a report."""
        if under_way := self._tries.pop(name, None):
            under_way.outcome = outcome
            under_way.done.set()
            return
        message = self._overdue.pop(name, None)
        if message is None:
            log("The carrier's program gave a result for a message that it does not have.")
            return
        match outcome:
            case Accepted(provider_id, our_number):
                self._tell(Report(provider_id, message.key, MessageState.SENT, our_number=our_number))
            case Rejected(code, words):
                self._tell(Report(None, message.key, MessageState.FAILED, code, words))
            case _:
                pass

    def _tell(self, report: Report) -> None:
        self._told.append(Told(report, None))

    def _remember(self, name: str, message: Outgoing) -> None:
        self._overdue[name] = message
        if len(self._overdue) > _REMEMBERED:
            self._overdue.popitem(last=False)

    def _forget(self, key: str, question: _Question) -> None:
        with self._lock:
            left = [each for each in self._questions.get(key, []) if each is not question]
            if left:
                self._questions[key] = left
            else:
                self._questions.pop(key, None)


def _runnable(configuration: Configuration) -> Configuration:
    if shutil.which(program := configuration.carrier["argv"][0]) is None:
        raise ValueError(f"[command] argv names no program that can be started: {program}.")
    return configuration


SECTION = Section(
    {
        "argv": Key(texts, required=True),
        "restart": Key(one_of("on-failure", "never"), default="on-failure"),
        "pass_environment": Key(texts, default=()),
    },
    _runnable,
)


def open_gateway(configuration: Configuration) -> CommandGateway:
    """Return the gateway, with its program started."""
    carrier = configuration.carrier
    environment = environment_for(os.environ, carrier["pass_environment"])
    return CommandGateway(carrier["argv"], restart=carrier["restart"] == "on-failure", environment=environment)


def open_webhooks(configuration: Configuration) -> None:
    """Return None: the program has its own way to its carrier."""
    del configuration
