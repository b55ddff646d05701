"""The command `deliver`, as a person or a service manager runs it (docs/rules.md 10)."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.carrier.running import Carrier, running_carrier
from tests.cli.conftest import DEV, MARIA, Shell
from tests.cli.delivering import A_DAY, OURS, PATIENCE, configured, make_old


@pytest.fixture
def carrier(tmp_path: Path) -> Iterator[Carrier]:
    with running_carrier(tmp_path / "carrier.log", "--number", OURS, "--no-answers-stop") as running:
        yield running


@pytest.fixture
def config(carrier: Carrier, tmp_path: Path) -> Path:
    """A configuration for the carrier."""
    return configured(carrier, tmp_path, carrier.token)


def states(shell: Shell) -> list[str]:
    return [state for (state,) in shell.rows("SELECT state FROM message ORDER BY id")]


def service(shell: Shell, config: Path, *words: str) -> subprocess.Popen[str]:
    """Start the service as a process."""
    command = [sys.executable, "-m", "thrumsg_tui", "--db", str(shell.location), "deliver", "--config", str(config)]
    return subprocess.Popen([*command, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_what_may_leave_leaves_and_the_command_ends(spring: Shell, carrier: Carrier, config: Path) -> None:
    for each in (1, 2, 3):
        spring.done("send", each)
    assert spring.json("deliver", "--config", config, "--once") == {
        "handed_over": 3,
        "not_taken": 0,
        "stopped_because": None,
    }
    assert states(spring) == ["sent"] * 3
    bodies = {each["body"] for each in carrier.accepted()}
    assert bodies == {"Hi Maria, it's root", "Hi Dev, it's root", "Hi Ann, it's root"}
    assert spring.json("deliver", "--config", config, "--once")["handed_over"] == 0


def test_a_carrier_that_calls_us_has_its_listener_missed(spring: Shell, config: Path) -> None:
    spring.done("deliver", "--config", config, "--once")
    assert spring.json("status")["listener"] == "never"
    config.write_text(config.read_text().replace('public_url = "http://127.0.0.1:9"\n', ""))
    spring.done("deliver", "--config", config, "--once")
    assert spring.json("status")["listener"] is None, "without an address the carrier cannot call"


def test_a_dry_run_sends_nothing_and_says_what_would_leave(spring: Shell) -> None:
    spring.done("send", 1)
    spring.done("send", 2)
    spring.done("opt-out", MARIA)
    [initials] = [each for each in spring.json("deliver", "--dry-run")["would_leave"] if each["kind"] == "initial"]
    assert (initials["campaign"], initials["messages"]) == ("Spring", 1)
    assert "queued" in states(spring)
    assert "Spring" in spring.done("deliver", "--dry-run")


def test_a_dry_run_refuses_as_delivery_does_and_tells_what_each_answer_would_do(spring: Shell) -> None:
    spring.done("send", 1)
    make_old(spring)
    spring.done("send", 2)
    assert "1 message in this database has waited for over a day" in spring.refused("deliver", "--dry-run")

    def forecast(*words: str) -> tuple[dict[str, int], int]:
        found = spring.json("deliver", "--dry-run", *words)
        return {each["kind"]: each["messages"] for each in found["would_leave"]}, found["cancelled"]

    assert forecast("--send-old") == ({"initial": 2}, 0)
    assert forecast("--cancel-old") == ({"initial": 1}, 1)
    assert "1 message would be cancelled" in spring.done("deliver", "--dry-run", "--cancel-old")
    assert states(spring) == ["queued"] * 2


def test_a_dry_run_knows_what_is_due_and_what_is_too_late(spring: Shell) -> None:
    spring.done("send", 1)
    spring.done("send", 2)
    spring.change(
        "UPDATE message SET state = 'unsent', leaves_at = at WHERE id = 1",
        "UPDATE message SET state = 'sent' WHERE id = 2",
    )
    spring.done("receive", "--from", DEV, "--body", "STOP")
    found = spring.json("deliver", "--dry-run")
    assert {each["kind"]: each["messages"] for each in found["would_leave"]} == {
        "opt_out_confirmation": 1,
        "initial": 1,
    }
    spring.change("UPDATE message SET expires_at = at - 1 WHERE kind = 'opt_out_confirmation'")
    found = spring.json("deliver", "--dry-run")
    assert [each["kind"] for each in found["would_leave"]] == ["initial"]
    assert found["cancelled"] == 1


def test_a_dry_run_knows_that_no_number_is_ready(spring: Shell, config: Path) -> None:
    spring.done("deliver", "--config", config, "--once")  # enters the number
    spring.done("gateway", "numbers", "stop", OURS)
    spring.done("send", 1)
    found = spring.json("deliver", "--dry-run")
    assert (found["would_leave"], found["without_number"]) == ([], 1)
    assert "1 message would wait until one of our numbers is ready." in spring.done("deliver", "--dry-run")


def test_without_a_configuration_nothing_is_sent(spring: Shell, tmp_path: Path) -> None:
    assert "gateway.toml" in spring.refused("deliver", "--once", "--config", tmp_path / "gateway.toml")


def test_a_real_database_is_not_practised_on(spring: Shell, tmp_path: Path) -> None:
    path = tmp_path / "gateway.toml"
    path.write_text('gateway = "practice"\n')
    path.chmod(0o600)
    assert "is a real database" in spring.refused("deliver", "--once", "--config", path)


def test_what_waited_for_days_is_not_sent_unasked(spring: Shell, carrier: Carrier, config: Path) -> None:
    spring.done("send", 1)
    make_old(spring)
    spring.done("send", 2)
    reason = spring.refused("deliver", "--config", config, "--once")
    assert "1 message in this database has waited for over a day" in reason
    assert "--send-old" in reason
    assert "--cancel-old" in reason
    assert carrier.accepted() == []
    spring.done("deliver", "--config", config, "--once", "--cancel-old")
    assert states(spring) == ["cancelled", "sent"]
    assert "nothing had delivered it for over a day" in spring.done("thread", 1)
    make_old(spring)
    spring.done("send", 3)
    make_old(spring)  # once a deliverer has run, a long wait has another reason
    spring.done("deliver", "--config", config, "--once")
    assert states(spring) == ["cancelled", "sent", "sent"]


def test_what_waits_in_a_database_that_delivers_is_never_old(spring: Shell, config: Path) -> None:
    """A pause or a stopped number holds messages for days, and the flag may stand in the file of a service."""
    spring.done("deliver", "--config", config, "--once")
    spring.done("send", 1)
    make_old(spring)
    spring.done("campaign", "pause", "Spring")
    result = spring.run("deliver", "--config", config, "--once", "--cancel-old")
    assert (result.code, states(spring)) == (0, ["queued"])
    assert "Cancelled 0 messages" in result.err


def test_what_waited_for_days_is_sent_where_somebody_says_so(spring: Shell, config: Path) -> None:
    spring.done("send", 1)
    make_old(spring)
    spring.done("deliver", "--config", config, "--once", "--send-old")
    assert states(spring) == ["sent"]


@pytest.mark.parametrize("opens", ["long ago", "in an hour"])
def test_what_was_scheduled_days_ago_is_not_sent_unasked_either(
    spring: Shell, carrier: Carrier, config: Path, opens: str
) -> None:
    """An app that was opened meanwhile may have scheduled it anew."""
    spring.done("send", 1)
    make_old(spring)
    leaves_in = -A_DAY if opens == "long ago" else A_DAY // 24
    now = int(time.time() * 1000)
    spring.change(f"UPDATE message SET state = 'unsent', state_at = {now}, leaves_at = {now + leaves_in}")
    reason = spring.refused("deliver", "--config", config, "--once")
    assert "1 message in this database has waited for over a day" in reason
    assert states(spring) == ["unsent"]
    spring.done("deliver", "--config", config, "--once", "--cancel-old")
    assert states(spring) == ["cancelled"]
    assert carrier.accepted() == []


def test_what_was_queued_anew_today_is_as_old_as_its_words(spring: Shell, config: Path) -> None:
    spring.done("send", 1)
    make_old(spring)
    spring.change(f"UPDATE message SET state_at = state_at + {2 * A_DAY}")  # as if it was scheduled till now
    assert "1 message in this database has waited" in spring.refused("deliver", "--config", config, "--once")


def test_initials_wait_for_their_window_without_a_question(spring: Shell, carrier: Carrier, config: Path) -> None:
    spring.done("campaign", "edit", "Spring", "--starts", f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}")
    spring.done("send", 1)
    make_old(spring)
    spring.done("deliver", "--config", config, "--once")
    assert states(spring) == ["unsent"]
    assert carrier.accepted() == []


def test_what_an_archived_campaign_never_sends_is_not_asked_about(spring: Shell, config: Path) -> None:
    spring.done("send", 1)
    make_old(spring)
    spring.done("campaign", "archive", "Spring", "--yes")
    spring.done("deliver", "--config", config, "--once")
    assert states(spring) == ["queued"]


def test_refused_credentials_stop_the_service_and_keep_the_messages(
    spring: Shell, carrier: Carrier, tmp_path: Path
) -> None:
    for each in (1, 2, 3):
        spring.done("send", each)
    result = spring.run("deliver", "--config", configured(carrier, tmp_path, "wrong"))
    assert result.code == 1
    assert "The gateway twilio has stopped, and messages wait: " in result.err
    assert states(spring) == ["queued"] * 3


def test_what_the_carrier_did_not_take_is_said(spring: Shell, carrier: Carrier, config: Path) -> None:
    spring.done("send", 1)
    carrier.tell("number", number=OURS, state="withdrawn")
    result = spring.run("deliver", "--config", config, "--once")
    said = "Not taken by the carrier: 1 try, refused, put off or in doubt. `thrumsg status` says what is left."
    assert result.out == f"Handed over 1 message.\n{said}\n"
    assert spring.json("thread", 1)["messages"][0]["error"]


def test_a_signal_ends_the_service_and_another_one_takes_over(spring: Shell, config: Path) -> None:
    spring.done("send", 1)
    with service(spring, config) as first:
        try:
            assert first.stderr is not None
            wait_for_state(spring, "sent")
            with service(spring, config, "--wait", "--once") as second:
                assert second.stderr is not None
                assert f"is delivered by process {first.pid}" in second.stderr.readline()
                spring.done("send", 2)
                first.send_signal(signal.SIGTERM)
                assert first.wait(PATIENCE) == 0
                assert second.wait(PATIENCE) == 0
        finally:
            first.kill()
    assert states(spring) == ["sent", "sent"]


def test_a_database_is_not_restored_while_it_is_delivered(spring: Shell, config: Path, tmp_path: Path) -> None:
    spring.done("backup", tmp_path / "backup.db")
    spring.done("send", 1)
    with service(spring, config) as running:
        try:
            wait_for_state(spring, "sent")
            reason = spring.refused("restore", tmp_path / "backup.db")
            assert f"This database is being delivered: process {running.pid}" in reason
            assert "Nothing was restored." in reason
            running.send_signal(signal.SIGTERM)
            assert running.wait(PATIENCE) == 0
        finally:
            running.kill()
    spring.done("restore", tmp_path / "backup.db")
    assert states(spring) == []


@pytest.mark.only_sqlite("the lock of a server is no file")
def test_a_service_whose_lock_file_is_removed_ends(spring: Shell, config: Path) -> None:
    """Else a second one would begin beside it, and our numbers would have twice their pace."""
    spring.done("send", 1)
    with service(spring, config) as running:
        try:
            wait_for_state(spring, "sent")
            spring.database.with_name(f"{spring.database.name}.deliver.lock").unlink()
            assert running.wait(PATIENCE) == 3, "systemd starts it again"
            assert running.stderr is not None
            assert "was removed while this process delivered" in running.stderr.read()
        finally:
            running.kill()
    spring.done("send", 2)
    spring.done("deliver", "--config", config, "--once")
    assert states(spring) == ["sent", "sent"]


def wait_for_state(shell: Shell, state: str) -> None:
    """Wait until all messages are in a state."""
    end = time.monotonic() + PATIENCE
    while set(states(shell)) != {state}:
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_service_needs_a_database(shell: Shell, tmp_path: Path) -> None:
    result = shell.run("--db", tmp_path / "none.db", "deliver", "--once")
    assert result.code == 3
    assert f"There is no database at {tmp_path / 'none.db'}" in result.err
    assert not (tmp_path / "none.db").exists()


def test_the_account_that_owns_the_file_needs_no_user_of_its_own(spring: Shell, config: Path) -> None:
    spring.done("send", 1)
    spring.log_in("service")
    spring.done("deliver", "--config", config, "--once")
    assert states(spring) == ["sent"]


def test_a_person_needs_the_right_to_deliver(spring: Shell) -> None:
    spring.log_in("kim")
    assert "You may not deliver messages" in spring.refused("deliver", "--dry-run")
    spring.log_in("service")
    assert "You may not deliver messages" in spring.refused("--forced-login", "kim", "deliver", "--dry-run")


def test_what_contacts_sent_to_a_number_of_the_database_is_fetched_too(spring: Shell, tmp_path: Path) -> None:
    """docs/rules.md 10.6: the file need not name every number."""
    added = "+12025550124"
    with running_carrier(tmp_path / "another.log", "--number", OURS, "--number", added) as carrier:
        config = configured(carrier, tmp_path, carrier.token)
        spring.done("gateway", "numbers", "add", added, "--gateway", "twilio")
        spring.done("deliver", "--config", config, "--once")
        carrier.inbound(MARIA, added, "Hello again")
        spring.done("deliver", "--config", config, "--once")
    assert "received" in states(spring)
