"""The commands `status` and `doubts` (docs/rules.md 10.2, 10.5)."""

from __future__ import annotations

import os
import re
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.conftest import DEV, MARIA, Shell
from tests.json_keys import json_keys
from tests.store.carrier import GATEWAY, answer, reject
from thrumsg_tui.domain.conversations import MessageId
from thrumsg_tui.domain.delivery import Doubt
from thrumsg_tui.store.changes.delivery import take_queued
from thrumsg_tui.store.changes.gateway_state import beat, listener_seen
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.location import path_of
from thrumsg_tui.store.spool import Spool, SpooledRequest
from thrumsg_tui.store.times import to_ms

_SAMPLE = re.compile(r'([a-z_]+)(?:\{([a-z_]+)="((?:[^"\\\n]|\\["\\n])*)"\})? (-?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)')


def parse(text: str) -> dict[tuple[str, str], float]:
    """Read the text format of Prometheus strictly: each sample follows the HELP and TYPE of its name, none is twice."""
    assert text.endswith("\n")
    samples: dict[tuple[str, str], float] = {}
    helped = typed = ""
    for line in text.splitlines():
        if line.startswith("# HELP "):
            helped, words = line.removeprefix("# HELP ").split(" ", 1)
            assert words.strip()
        elif line.startswith("# TYPE "):
            typed, kind = line.removeprefix("# TYPE ").split(" ")
            assert (typed, kind) == (helped, "gauge")
            assert typed not in {name for name, _ in samples}
        else:
            found = _SAMPLE.fullmatch(line)
            assert found, line
            name, label, value, number = found.groups()
            assert name == typed
            key = (name, value if label else "")
            assert key not in samples
            samples[key] = float(number)
    return samples


def change(shell: Shell, sql: str, *parameters: object) -> None:
    db = Database(shell.location)
    with db.writing() as tx:
        tx.conn.execute(sql, parameters)
    db.close()


@pytest.fixture
def doubtful(spring: Shell) -> Shell:
    """Maria's message is in doubt, Dev's has failed, and Ann's is queued."""
    for conversation in (1, 2, 3):
        spring.done("send", conversation)
    db = Database(spring.location)
    take_queued(db, 2, gateway=GATEWAY)
    answer(db, MessageId(1), Doubt("no answer in 30 s"))
    reject(db, MessageId(2), '30003"\\', "The phone is off")
    db.close()
    return spring


def test_status_of_a_database_without_a_gateway(spring: Shell) -> None:
    spring.done("send", 1)
    shown = spring.json("status")
    assert (shown["delivery"], shown["gateway"], shown["queued"], shown["done_by"]) == ("never", None, 1, None)
    assert shown["sentence"] == "1 message waits: no gateway has run yet; `thrumsg deliver` starts one."
    assert shown["campaigns"] == [{"id": 1, "name": "Spring", "waiting": 1, "segments": 1}]
    assert shown["sentence"] in spring.done("status")


def test_status_of_a_deliverer_at_work(doubtful: Shell) -> None:
    now = datetime.now(UTC)
    change(
        doubtful,
        "INSERT INTO gateway (name, changed_at, seen_at, pace) VALUES ('twilio', ?, ?, 0.5)",
        *(to_ms(now), to_ms(now)),
    )
    shown = doubtful.json("status")
    assert (shown["delivery"], shown["gateway"], shown["sentence"], shown["pace"]) == ("running", "twilio", None, 0.5)
    assert (shown["queued"], shown["in_doubt"], shown["failed"]) == (1, 1, 1)
    assert shown["failures"] == [{"code": '30003"\\', "words": "The phone is off", "messages": 1}]
    done = datetime.fromisoformat(shown["done_by"])
    assert now <= done <= now + timedelta(seconds=60)
    change(doubtful, "UPDATE gateway SET seen_at = ?", to_ms(now - timedelta(minutes=5)))
    shown = doubtful.json("status")
    assert (shown["delivery"], shown["done_by"]) == ("silent", None)
    lines = doubtful.done("status").splitlines()
    assert lines[0] == "carrier: 1 waiting, delivery does not run, 1 in doubt, 1 failed in 24 h"
    assert lines[1].startswith("Delivery stands still: 1 message waits, 1 is in doubt, and `thrumsg deliver` was last ")


def test_status_names_the_host_on_which_a_service_runs(spring: Shell) -> None:
    """docs/rules.md 13.5: by its name in JSON, and for people only where it is another one."""
    with closing(Database(spring.location)) as db:
        beat(db, "twilio")
        listener_seen(db, "twilio")
    here = os.uname().nodename
    shown = spring.json("status")
    assert (shown["host"], shown["listener_host"]) == (here, here)
    assert f"host {here}" not in spring.done("status")
    change(spring, "UPDATE gateway SET host = 'host-b'")
    change(spring, "UPDATE listener SET host = 'host-c'")
    lines = spring.done("status")
    assert "runs (host host-b)\n" in lines
    assert "runs (host host-c)\n" in lines


def test_status_for_prometheus(doubtful: Shell) -> None:
    samples = parse(doubtful.done("status", "--prometheus"))
    assert samples["thrumsg_queued_messages", ""] == 1
    assert samples["thrumsg_in_doubt_messages", ""] == 1
    assert samples["thrumsg_failed_messages", '30003\\"\\\\'] == 1
    assert samples["thrumsg_deliver_alive", ""] == 0
    assert ("thrumsg_pace_segments_per_second", "") not in samples
    change(doubtful, "INSERT INTO gateway (name, changed_at, seen_at, pace) VALUES ('twilio', 0, 0, 12.25)")
    assert parse(doubtful.done("status", "--prometheus"))["thrumsg_pace_segments_per_second", ""] == 12.25


@pytest.mark.parametrize(
    "text", ["a 1\n", "# HELP a b\n# TYPE a gauge\na 1\na 1\n", "# HELP a b\n# TYPE a gauge\na{b=c} 1\n", "# HELP a b"]
)
def test_the_parser_is_strict(text: str) -> None:
    with pytest.raises(AssertionError):
        parse(text)


def test_status_says_that_nobody_listens_where_the_carrier_calls(spring: Shell) -> None:
    now = datetime.now(UTC)
    change(spring, "INSERT INTO gateway (name, changed_at, seen_at) VALUES ('twilio', ?, ?)", to_ms(now), to_ms(now))
    assert (spring.json("status")["listener"], spring.json("status")["sentence"]) == (None, None)
    assert "Listener" not in spring.done("status")
    assert ("thrumsg_listen_alive", "") not in parse(spring.done("status", "--prometheus"))
    change(spring, "INSERT INTO listener (gateway, seen_at) VALUES ('twilio', ?)", to_ms(now))
    shown = spring.json("status")
    assert (shown["listener"], shown["sentence"]) == ("running", None)
    assert datetime.fromisoformat(shown["listener_seen_at"]) <= now
    assert parse(spring.done("status", "--prometheus"))["thrumsg_listen_alive", ""] == 1
    change(spring, "UPDATE listener SET seen_at = ?", to_ms(now - timedelta(minutes=2)))
    shown = spring.json("status")
    assert shown["listener"] == "silent"
    assert shown["sentence"].startswith("`thrumsg listen` was last seen at ")
    assert parse(spring.done("status", "--prometheus"))["thrumsg_listen_alive", ""] == 0
    assert re.search(r"^Listener +does not run: answers come in late", spring.done("status"), re.MULTILINE)
    change(spring, "UPDATE listener SET seen_at = NULL")
    assert spring.json("status")["listener"] == "never"


def test_prometheus_is_no_json(spring: Shell) -> None:
    result = spring.run("status", "--prometheus", "--json")
    assert (result.code, result.out) == (2, "")
    assert "--prometheus is a format of its own" in result.err


def test_status_counts_what_the_carrier_told_and_is_not_stored_yet(doubtful: Shell) -> None:
    assert doubtful.json("status")["spool"] is None
    spool = Spool(path_of(doubtful.location))
    came = datetime(2026, 3, 3, 18, 0, tzinfo=UTC)
    spool.write([SpooledRequest("twilio", "SM1", "/twilio/message", "", b"Body=hi", came)])
    spool.close()
    assert doubtful.json("status")["spool"] == {"waiting": 1, "failed": 0, "oldest": "2026-03-03T18:00:00Z"}
    assert parse(doubtful.done("status", "--prometheus"))["thrumsg_spool_requests", "waiting"] == 1
    assert re.search(r"^Spool +1 waiting, 0 failed$", doubtful.done("status"), re.MULTILINE)


def test_the_json_of_doubts_is_documented(doubtful: Shell) -> None:
    [found] = doubtful.json("doubts")
    assert json_keys("doubts") == found.keys() | doubtful.json("doubts", 1, "--drop").keys()


def test_what_has_failed_is_listed_with_whom_and_why(doubtful: Shell) -> None:
    [found] = doubtful.json("failures")
    assert json_keys("failures") == found.keys()
    assert (found["id"], found["contact"], found["phone"]) == (2, "Dev Patel", DEV)
    assert (found["code"], found["words"], found["gateway"]) == ('30003"\\', "The phone is off", GATEWAY)
    listed = doubtful.done("failures")
    assert 'The phone is off (30003"\\)' in listed
    assert "Dev Patel" in listed
    assert "Maria" not in listed
    assert "1: `thrumsg failures` lists them" in doubtful.done("status")
    change(doubtful, "UPDATE message SET state_at = state_at - 90000000 WHERE state = 'failed'")
    assert doubtful.json("failures") == []
    assert doubtful.done("failures") == "No message has failed in the last 24 hours.\n"


def test_numbers_of_failures_are_hidden_where_numbers_are(doubtful: Shell) -> None:
    doubtful.done("settings", "redact_phones", "on")
    change(doubtful, "UPDATE message SET error_text = ? WHERE state = 'failed'", f"{DEV} is off")
    assert DEV not in doubtful.done("failures")
    assert DEV not in str(doubtful.json("failures"))


def test_the_thread_says_why_in_plain_words_before_the_code(doubtful: Shell) -> None:
    assert "(in doubt: no answer in 30 s)" in doubtful.done("thread", 1)
    assert '(failed: The phone is off (30003"\\))' in doubtful.done("thread", 2)
    assert doubtful.json("thread", 2)["messages"][0]["error"] == '30003"\\ The phone is off'


def test_a_reply_behind_a_doubt_says_what_it_waits_for(doubtful: Shell) -> None:
    waits = "waits for a message before it that is in doubt"
    doubtful.done("settings", "undo_send", "0")
    assert f"queued. It {waits}." in doubtful.done("send", 1, "--body", "Anybody there?")
    assert f"(queued, {waits})" in doubtful.done("thread", 1)
    doubtful.done("doubts", 1, "--was-sent", "SM1")
    assert waits not in doubtful.done("thread", 1)


def test_doubts_are_listed_until_somebody_decides(doubtful: Shell) -> None:
    [found] = doubtful.json("doubts")
    assert (found["id"], found["contact"], found["phone"], found["tries"]) == (1, "Maria Lopez", MARIA, 1)
    assert (found["reason"], found["gateway"], found["checked_at"]) == ("no answer in 30 s", GATEWAY, None)
    assert "no answer in 30 s" in doubtful.done("doubts")
    said = doubtful.done("doubts", 1, "--was-sent", "SM1")
    assert said == f"Message 1 to Maria Lopez, {MARIA}, counts as sent.\n"
    assert doubtful.done("doubts") == "No message is in doubt.\n"
    assert doubtful.json("thread", 1)["messages"][0]["state"] == "sent"
    assert "decided that the message in doubt was sent" in doubtful.done("thread", 1)


@pytest.mark.parametrize(
    ("words", "answered", "state"),
    [
        ((1, "--was-sent"), "was_sent", "sent"),
        (("--was-sent", "SM1", 1), "was_sent", "sent"),
        (("--send-again", 1), "send_again", "queued"),
        ((1, "--drop"), "drop", "cancelled"),
    ],
)
def test_the_three_answers(doubtful: Shell, words: tuple[object, ...], answered: str, state: str) -> None:
    done = doubtful.json("doubts", *words)
    assert (done["message"], done["conversation"], done["answer"]) == (1, 1, answered)
    assert doubtful.json("thread", 1)["messages"][0]["state"] == state
    assert doubtful.json("history", "--limit", 1)[0]["id"] == done["event"]
    assert doubtful.refused("doubts", 1, "--drop").startswith("thrumsg: Message 1 is not in doubt: it is ")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["1"], "say what became of it: --was-sent, --send-again or --drop"),
        (["--drop"], "name the ID of a message in doubt"),
        (["1", "--drop", "--send-again"], "not allowed with argument"),
        (["one", "--drop"], "is not an id"),
    ],
)
def test_a_decision_needs_a_message_and_one_answer(doubtful: Shell, words: list[str], why: str) -> None:
    result = doubtful.run("doubts", *words)
    assert result.code == 2
    assert why in result.err


def test_numbers_but_ours_are_hidden_where_they_are_to_be(doubtful: Shell) -> None:
    change(
        doubtful,
        "INSERT INTO gateway_number (number, gateway, kind, mps, state, reason, changed_at)"
        " VALUES ('+14155550100', 'twilio', 'long', 1, 'stopped', '+14155550142 complained', 0)",
    )
    assert "+14155550142 complained" in doubtful.done("status")
    doubtful.done("settings", "redact_phones", "on")
    for words in (["status"], ["status", "--json"], ["doubts"], ["doubts", "--json"]):
        assert "0142" not in doubtful.done(*words)
    assert "+14155550100" in doubtful.done("status")
    assert "0142" not in doubtful.done("doubts", 1, "--drop")


def test_doubts_say_what_happens_by_itself(doubtful: Shell) -> None:
    change(doubtful, "UPDATE message SET checked_at = 0 WHERE state = 'in_doubt'")
    said = doubtful.done("doubts")
    assert "no answer in 30 s, absent at the carrier" in said
    assert "deliver` runs, it asks the carrier about each by itself" in said
    assert "Decide only about those that stay." in said
