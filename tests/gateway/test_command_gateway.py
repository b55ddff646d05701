"""The gateway `command`: what a carrier's program may do wrong, and how it is started and ended."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import ANY

import pytest

from tests.gateway import fake_program
from tests.gateway.outgoings import outgoing
from thrumsg_tui.domain.delivery import Accepted, Doubt, Incoming, NotNow, OptOutWord, Outcome, Rejected, Report, Scope
from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.domain.media import Media
from thrumsg_tui.gateway.carrier_program import CarrierProgram, environment_for
from thrumsg_tui.gateway.command_gateway import CommandGateway, Patience
from thrumsg_tui.gateway.command_lines import send_line
from thrumsg_tui.gateway.program_supervisor import pause_after
from thrumsg_tui.gateway.protocol import CannotTell

WAIT = 10.0
HASTY = Patience(result=0.5, finish=5.0, start=0.3)


PIPE = 65_536
"""Bytes that a pipe takes from us before the program reads."""


class Seconds:
    """A clock for the pauses that the test turns."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Program:
    """The fake program with its gateway."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "lines"
        self.file.touch()
        self.seconds = Seconds()
        self.gateway = self.open()

    def open(self, patience: Patience = HASTY, *, restart: bool = True) -> CommandGateway:
        argv = [sys.executable, fake_program.__file__, str(self.file)]
        return CommandGateway(argv, restart=restart, patience=patience, monotonic=self.seconds)

    def got(self) -> list[str]:
        """The lines that it got."""
        return self.file.read_text(encoding="utf-8").splitlines()

    def send(self, body: str, nth: int = 1) -> Outcome:
        return self.gateway.send(outgoing(nth, body))

    def told(self, number: int) -> list[Incoming | Report]:
        told: list[Incoming | Report] = []

        def enough() -> bool:
            told.extend(self.gateway.poll())
            return len(told) >= number

        until(enough)
        return told

    def said(self, **line: object) -> list[Incoming | Report]:
        """What we understand of a line that it writes; the report of the message that brings it about is left out."""
        self.send(f"line:{json.dumps(line)}")
        return [each for each in self.told(1) if not (isinstance(each, Report) and each.key == outgoing(1).key)]


def until(done: Callable[[], bool]) -> None:
    ends_at = time.monotonic() + WAIT
    while not done():
        assert time.monotonic() < ends_at
        time.sleep(0.01)


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    made = Program(tmp_path)
    yield made
    made.gateway.close()


def run(*words: str, patience: Patience = HASTY) -> CommandGateway:
    return CommandGateway([sys.executable, "-c", *words], patience=patience)


# What it gets and says


def test_it_gets_the_whole_message_on_one_line(program: Program) -> None:
    picture = Media("https://example.org/a.jpg", "image/jpeg", 5)
    message = outgoing(3, "Año 🎉\nline two", our_number="+12125550100", tries=2, media=(picture,))
    assert isinstance(program.gateway.send(message), Accepted)
    [line] = program.got()
    assert json.loads(line) == {
        "send": {
            "id": "3.2",
            "key": f"{3:032x}",
            "to": message.phone,
            "from": "+12125550100",
            "body": "Año 🎉\nline two",
            "media": [{"url": "https://example.org/a.jpg", "type": "image/jpeg", "size": 5}],
            "valid_for": 3600,
        }
    }


def test_a_number_that_the_carrier_blocks_is_opted_out(program: Program) -> None:
    assert program.send("blocked") == Rejected("21610", "Said STOP.", opted_out=True)


def test_a_fault_of_its_configuration_stops_the_gateway(program: Program) -> None:
    assert program.send("misconfigured") == NotNow(timedelta(minutes=1), Scope.GATEWAY, "No login.", broken=True)


def test_its_scope_and_code_are_kept(program: Program) -> None:
    assert program.send("later") == NotNow(timedelta(seconds=7), Scope.NUMBER, "Too many.", code="429")


def test_its_own_doubt_is_one(program: Program) -> None:
    assert program.send("doubt") == Doubt("The network fell silent.")


@pytest.mark.parametrize("body", ["bad result", "two results"])
def test_a_result_that_cannot_be_read_is_a_doubt(program: Program, body: str) -> None:
    outcome = program.send(body)
    assert isinstance(outcome, Doubt)
    assert "cannot be read" in outcome.words


def test_lines_that_are_not_understood_are_ignored_and_logged(
    program: Program, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    assert isinstance(program.send("garbage"), Accepted)
    ignored = [record.getMessage() for record in caplog.records if "not understood" in record.getMessage()]
    assert [each.rpartition(": ")[2] for each in ignored] == [
        "it is not JSON in UTF-8.",
        "it is not an object.",
        "it is longer than 65536 bytes.",
    ]


def test_its_log_hides_numbers_and_controls(program: Program, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    program.said(log="Sent to +14155550123 \x1b[2J\nok")
    [logged] = [record.getMessage() for record in caplog.records if "Sent to" in record.getMessage()]
    assert "5550123" not in logged
    assert "23" in logged
    assert not {"\x1b", "\n"} & set(logged)


def test_an_incoming_message_is_read_whole(program: Program) -> None:
    media = [{"url": "https://example.org/a.jpg", "type": "image/jpeg", "size": 5}]
    [incoming] = program.said(
        incoming={
            "provider_id": "i1",
            "from": "+14155550123",
            "to": "+12125550100",
            "body": "",
            "media": media,
            "at": "2026-03-06T10:40:00-08:00",
            "opt_out": "stop",
            "confirmed": True,
        }
    )
    assert incoming == Incoming(
        "i1",
        "+14155550123",
        "+12125550100",
        "",
        (Media("https://example.org/a.jpg", "image/jpeg", 5),),
        datetime(2026, 3, 6, 18, 40, tzinfo=UTC),
        OptOutWord.STOP,
        confirmed=True,
    )


def test_a_report_is_read_whole(program: Program) -> None:
    [report] = program.said(
        report={"provider_id": "p1", "state": "failed", "code": "30003", "words": "Gone.", "opted_out": True}
    )
    assert report == Report("p1", None, MessageState.FAILED, "30003", "Gone.", opted_out=True)


@pytest.mark.parametrize(
    "line",
    [
        {"incoming": {"from": "+14155550123", "body": "no id"}},
        {"incoming": {"provider_id": "i1", "body": "from nobody"}},
        {"incoming": {"provider_id": "i1", "from": "+14155550123", "body": 5}},
        {"incoming": {"provider_id": "i1", "from": "+14155550123", "media": ["https://example.org/a.jpg"]}},
        {"incoming": {"provider_id": "i1", "from": "+14155550123", "at": "2026-03-06T10:40:00"}},
        {"incoming": {"provider_id": "i1", "from": "+14155550123", "opt_out": "perhaps"}},
        {"incoming": {"provider_id": "i" * 201, "from": "+14155550123"}},
        {"incoming": []},
        {"report": {"state": "delivered"}},
        {"report": {"key": "k", "state": "queued"}},
        {"report": {"key": "k"}},
        {"report": {"key": "k", "state": "failed", "code": 30003}},
        {"result": 5, "accepted": {}},
        {"nothing": "known"},
    ],
)
def test_what_it_says_is_checked(program: Program, caplog: pytest.LogCaptureFixture, line: dict[str, object]) -> None:
    caplog.set_level(logging.INFO)
    assert program.said(**line) == []
    assert "not understood" in caplog.text


def test_an_incoming_message_is_acknowledged_once_it_is_stored(program: Program) -> None:
    program.send("text:Yes!")
    until(lambda: any(isinstance(each, Incoming) for each in program.gateway.poll()))
    assert '{"stored"' not in "".join(program.got())
    program.gateway.poll()
    until(lambda: program.got()[-1] == '{"stored":["I1.1"]}')
    program.gateway.poll()
    program.send("Hi", 2)
    assert sum("stored" in line for line in program.got()) == 1


def tell_many(program: Program, many: int) -> list[str]:
    """Have the program tell of many reports with long ids, and take them in with one call; return the ids."""
    ids = [f"{nth:0200}" for nth in range(many)]
    for each in ids:
        program.send("line:" + json.dumps({"report": {"id": each, "key": "k", "state": "sent"}}))
    assert len(list(program.gateway.poll())) >= many
    return ids


def test_many_are_acknowledged_in_lines_of_bounded_length(program: Program) -> None:
    ids = tell_many(program, 50)
    program.gateway.poll()
    until(lambda: program.got()[-1].startswith('{"stored"') and ids[-1] in program.got()[-1])
    stored = [line for line in program.got() if line.startswith('{"stored"')]
    assert [each for line in stored for each in json.loads(line)["stored"]] == ids
    assert max(map(len, stored)) < 4096


def test_a_program_that_reads_nothing_holds_up_nobody_and_is_not_killed(program: Program) -> None:
    tell_many(program, PIPE // 200 + 100)
    program.send("stop reading")
    program.gateway.poll()
    running = program.gateway._supervisor.running()
    assert isinstance(running, CarrierProgram)
    program.gateway.poll()
    assert not running.ended.is_set()


def test_a_report_with_an_id_is_acknowledged_once_it_is_stored(program: Program) -> None:
    assert program.said(report={"id": "r7", "key": "k", "state": "sent"}) == [Report(None, "k", MessageState.SENT)]
    assert '{"stored"' not in "".join(program.got())
    program.gateway.poll()
    until(lambda: program.got()[-1] == '{"stored":["r7"]}')


# Doubts


def test_without_a_result_in_time_the_message_is_in_doubt_and_a_late_result_settles_it(program: Program) -> None:
    program.gateway.close()
    program.gateway = program.open(Patience(result=0.1, finish=5.0))
    outcome = program.send("slow")
    assert outcome == Doubt("The carrier's program gave no result within 0.1 seconds.")
    sent = Report("F1.1", outgoing(1).key, MessageState.SENT)
    delivered = Report("F1.1", outgoing(1).key, MessageState.DELIVERED)
    assert program.told(2) == [sent, delivered]


def test_what_it_had_when_it_died_is_in_doubt_at_once(program: Program) -> None:
    program.gateway.close()
    program.gateway = program.open(Patience(result=WAIT))
    with ThreadPoolExecutor(2) as threads:
        waiting = threads.submit(program.send, "lose the message", 1)
        until(lambda: len(program.got()) == 1 or waiting.done())
        dying = threads.submit(program.send, "die", 2)
        for call in (waiting, dying):
            assert isinstance(call.result(WAIT / 2), Doubt)


def test_a_question_to_a_program_that_dies_cannot_be_told(program: Program) -> None:
    program.send("die")
    with pytest.raises(CannotTell, match="ended with exit code 3"):
        program.gateway.find(outgoing(1))


def test_what_a_program_did_not_even_begin_to_get_has_never_left() -> None:
    gateway = run("import threading; threading.Event().wait()", patience=Patience(result=0.1, finish=0.1))
    around = len(send_line(outgoing(1, "")))
    messages = [outgoing(nth, "x" * (PIPE // 4 - around)) for nth in range(1, 6)]
    outcomes = [gateway.send(message) for message in messages]
    assert [type(outcome) for outcome in outcomes] == [Doubt, Doubt, Doubt, Doubt, NotNow]
    assert outcomes[4] == NotNow(
        timedelta(seconds=5), Scope.GATEWAY, "The carrier's program does not read what it is told."
    )
    gateway.close()


def test_a_program_that_got_half_a_line_is_ended_and_the_message_is_in_doubt() -> None:
    gateway = run("import threading; threading.Event().wait()", patience=Patience(result=0.1, finish=0.1))
    outcomes = [gateway.send(outgoing(nth, "x" * (PIPE * 3 // 5))) for nth in (1, 2)]
    assert [type(outcome) for outcome in outcomes] == [Doubt, Doubt]
    until(lambda: gateway.send(outgoing(3)) == NotNow(ANY, Scope.GATEWAY, "The carrier's program ended by signal 9."))
    gateway.close()


def test_a_message_of_more_than_64_kb_is_refused_before_it_is_written(program: Program) -> None:
    assert isinstance(program.send("x" * 70_000), Rejected)
    assert program.got() == []


# Start and end


def test_it_is_started_again_after_a_pause_that_grows(program: Program) -> None:
    for pause in (1, 2, 4):
        assert isinstance(program.send("die"), Doubt)
        put_off = program.send("Hi", 2)
        assert put_off == NotNow(
            timedelta(seconds=pause), Scope.GATEWAY, "The carrier's program ended with exit code 3."
        )
        program.seconds.now += pause - 0.1
        assert isinstance(program.send("Hi", 2), NotNow)
        program.seconds.now += 0.2
        assert isinstance(program.send("Hi", 2), Accepted)


def test_the_pause_has_an_end_and_begins_anew_after_a_steady_time(program: Program) -> None:
    assert [pause_after(failures) for failures in (0, 1, 2, 3, 7, 5000)] == [0, 1, 2, 4, 60, 60]
    program.send("die")
    program.seconds.now += 1
    program.send("Hi", 2)
    program.seconds.now += 61
    program.send("die", 3)
    assert program.send("Hi", 4) == NotNow(
        timedelta(seconds=1), Scope.GATEWAY, "The carrier's program ended with exit code 3."
    )


def test_one_that_leaves_by_itself_is_not_started_again(program: Program) -> None:
    program.send("leave")
    program.seconds.now += 3600
    outcome = program.send("Hi", 2)
    assert isinstance(outcome, NotNow)
    assert outcome.broken
    assert outcome.words == "The carrier's program ended with exit code 0."


def test_one_that_is_never_to_be_started_again_is_not(program: Program) -> None:
    program.gateway.close()
    program.gateway = program.open(restart=False)
    program.send("die")
    program.seconds.now += 3600
    outcome = program.send("Hi", 2)
    assert isinstance(outcome, NotNow)
    assert outcome.broken


def test_a_program_that_cannot_be_started_is_a_fault_of_the_configuration(tmp_path: Path) -> None:
    gateway = CommandGateway([str(tmp_path / "nothing")], patience=HASTY)
    [finding] = gateway.check()
    assert not finding.good
    assert "cannot be started: No such file or directory." in finding.sentence
    with pytest.raises(CannotTell):
        gateway.find(outgoing(1))
    assert list(gateway.poll()) == []
    gateway.close()


def test_the_check_tells_of_a_program_that_ends_at_once() -> None:
    gateway = run("import sys; sys.exit(4)", patience=Patience(start=WAIT))
    assert [finding.sentence for finding in gateway.check()] == ["The carrier's program ended with exit code 4."]
    gateway.close()


def test_the_check_tells_of_a_program_that_others_may_change(tmp_path: Path) -> None:
    path = tmp_path / "carrier"
    path.write_text("#!/bin/sh\ncat >/dev/null\n")
    path.chmod(0o775)
    gateway = CommandGateway([str(path)], patience=HASTY)
    assert [finding.good for finding in gateway.check()] == [True, False]
    gateway.close()


def test_closing_ends_its_input_and_waits_for_what_it_has(program: Program) -> None:
    program.gateway.close()
    program.gateway = program.open(Patience(result=WAIT, finish=WAIT))
    with ThreadPoolExecutor(1) as threads:
        call = threads.submit(program.send, "slow")
        until(lambda: len(program.got()) == 1)
        program.gateway.close()
        assert isinstance(call.result(WAIT), Accepted)
    assert program.got()[-1] == "end"


def test_closing_ends_one_that_does_not_finish() -> None:
    gateway = run(
        "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)",
        patience=Patience(finish=0.1),
    )
    before = time.monotonic()
    gateway.close()
    assert time.monotonic() - before < WAIT


def test_one_that_closes_its_output_is_ended() -> None:
    gateway = run("import os,time; os.close(1); time.sleep(60)")
    until(lambda: isinstance(gateway.send(outgoing(1)), NotNow))
    gateway.close()


def test_its_environment_has_what_is_usual_and_what_is_named_and_no_more(
    monkeypatch: pytest.MonkeyPatch, program: Program
) -> None:
    for name in ("TWILIO_AUTH_TOKEN", "OUR_KEY", "LC_TIME"):
        monkeypatch.setenv(name, "secret")
    program.gateway.close()
    program.gateway = program.open()
    outcome = program.send("environment")
    assert isinstance(outcome, Rejected)
    assert {"PATH", "LC_TIME"} <= set(outcome.words.split(","))
    assert not {"TWILIO_AUTH_TOKEN", "OUR_KEY"} & set(outcome.words.split(","))
    assert "OUR_KEY" in environment_for(os.environ, ["OUR_KEY"])
