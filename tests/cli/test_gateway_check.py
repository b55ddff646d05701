"""`thrumsg gateway check` says in one page what is right and what is not (`docs/rules.md 10.12`)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.carrier.running import Carrier, running_carrier
from tests.cli.conftest import Shell
from tests.free_ports import free_port
from tests.gateway.listening import ask, opened_socket
from tests.gateway.twilio.listening import listener, listening
from thrumsg_tui.gateway.configuration_file import load_configuration
from thrumsg_tui.gateway.listening_socket import shown
from thrumsg_tui.gateway.protocol import Webhooks
from thrumsg_tui.gateway.registry import gateway_module

OURS = "+14155550100"
CONFIGURATION = """\
gateway = "twilio"
public_url = "{public}"
[twilio]
account_sid = "AC00000000000000000000000000000000"
auth_token = {{ file = "{token}" }}
api_url = "{api}"
[[number]]
number = "+14155550100"
"""


class Set:
    """A configuration, a carrier and a listener that fit each other."""

    def __init__(self, folder: Path, carrier: Carrier, public: str) -> None:
        self.carrier, self.public = carrier, public
        self.token, self.path = folder / "token", folder / "gateway.toml"
        self.token.write_text("token")
        self.token.chmod(0o600)
        self.write(CONFIGURATION.format(public=public, token=self.token, api=carrier.url))

    def write(self, text: str) -> None:
        self.path.write_text(text, encoding="utf-8")
        self.path.chmod(0o600)

    def change(self, old: str, new: str) -> None:
        text = self.path.read_text(encoding="utf-8")
        assert old in text
        self.write(text.replace(old, new, 1))


def check(path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "thrumsg_tui", "gateway", "check", "--config", str(path), *more]
    home = {"HOME": str(path.parent), "XDG_DATA_HOME": str(path.parent)}
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **home})


def wrong(done: subprocess.CompletedProcess[str]) -> list[str]:
    """Return what is said to be wrong."""
    found = [line.removeprefix("WRONG  ") for line in done.stdout.splitlines() if line.startswith("WRONG")]
    assert done.returncode == (1 if found or done.stderr else 0), done
    return found


@contextmanager
def serving(folder: Path) -> Iterator[Set]:
    """Run everything that a configuration names."""
    server, public = listener()
    with running_carrier(folder / "log", "--number", OURS, "--public-url", public) as carrier:
        made = Set(folder, carrier, public)
        with listening(_webhooks(made.path), server):
            yield made


def _webhooks(path: Path) -> Webhooks:
    configuration = load_configuration(path)
    hooks = gateway_module(configuration.gateway).open_webhooks(configuration)
    assert hooks
    return hooks


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Set]:
    with serving(tmp_path) as ready:
        yield ready


def test_what_is_right_is_said_line_by_line(made: Set) -> None:
    done = check(made.path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"ok     {made.path} is valid, only its owner can change it, and its secrets are closed to others.",
        f"ok     {made.public} is this machine itself: no real carrier can call it.",
        "ok     The carrier is asked about a doubt after 120 s.",
        "ok     The account AC00000000000000000000000000000000 is active, and its token is accepted.",
        "ok     Our number +14155550100 calls our address for incoming texts.",
        f"ok     We answer at {made.public}, and accept what auth_token signs and nothing else.",
    ]
    assert not list(made.path.parent.glob("**/*.db")), "no database is needed"


def test_the_page_is_json_too(made: Set) -> None:
    made.carrier.tell("account", closed=True)
    found = json.loads(check(made.path, "--json").stdout)
    assert [each["good"] for each in found] == [True, True, True, False, True]
    assert "The carrier refuses our account or its token" in found[3]["sentence"]


def test_a_wrong_token_is_found_on_both_sides(made: Set) -> None:
    made.token.write_text("another")
    account, ourselves = wrong(check(made.path))
    assert account.endswith("cannot be used. The carrier refuses our account or its token.")
    assert ourselves.startswith(f"What answers at {made.public} refuses what auth_token signs")


@pytest.mark.parametrize(
    ("sms_url", "says"),
    [
        ("", "calls nothing for incoming texts: set "),
        ("https://old.example.org/twilio/message", "calls another address for incoming texts: set "),
    ],
)
def test_a_number_that_calls_somewhere_else_is_found(made: Set, sms_url: str, says: str) -> None:
    made.carrier.tell("number", number=OURS, state="ready", sms_url=sms_url)
    [found] = wrong(check(made.path))
    assert says in found
    assert f"set {made.public}/twilio/message#rc=5&rp=all&ct=2000&rt=3000 at the carrier." in found


def test_a_number_of_somebody_else_is_found(made: Set) -> None:
    made.carrier.tell("number", number=OURS, state="withdrawn")
    assert wrong(check(made.path)) == ["Our number +14155550100 does not belong to the account."]


def test_a_listener_that_is_not_running_is_found(made: Set) -> None:
    made.change(made.public, f"http://127.0.0.1:{free_port()}")
    number, ourselves = wrong(check(made.path))
    assert "another address" in number
    assert ourselves.startswith("Nothing answers at http://127.0.0.1:")


def test_another_server_at_our_address_is_found(made: Set) -> None:
    made.change(made.public, made.carrier.url)
    assert any("is not thrumsg listen" in found for found in wrong(check(made.path)))


def test_a_carrier_that_is_not_there_is_found(made: Set) -> None:
    made.carrier.tell("account", down=True)
    [found] = wrong(check(made.path))
    assert "cannot be used. The carrier cannot be reached" in found


def test_patience_that_is_too_short_is_found(made: Set) -> None:
    made.write(made.path.read_text(encoding="utf-8") + "[doubt]\nwait = 20\n")
    [found] = wrong(check(made.path))
    assert found.startswith("The wait of [doubt] is 20 s: the carrier has 30 s to answer")


def test_forgotten_texts_are_said_to_leave_doubts_to_a_person(made: Set) -> None:
    made.change("[[number]]", 'retention = "discard"\n[[number]]')
    assert "so a person decides every doubt" in check(made.path).stdout


def test_numbers_may_be_in_the_database_only(made: Set) -> None:
    made.change(f'[[number]]\nnumber = "{OURS}"\n', "")
    done = check(made.path)
    assert wrong(done) == []
    assert "those of thrumsg gateway numbers are not checked" in done.stdout


def test_a_public_address_is_needed(made: Set) -> None:
    made.change(f'public_url = "{made.public}"\n', "")
    assert len(wrong(check(made.path))) == 2


def test_a_file_that_others_can_change_is_not_used(made: Set) -> None:
    made.path.chmod(0o666)
    done = check(made.path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "others can change it (mode 0666)" in done.stderr


def test_a_secret_that_others_can_read_is_not_used(made: Set) -> None:
    made.token.chmod(0o644)
    done = check(made.path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "others can use" in done.stderr


def test_under_a_forced_command_no_file_is_read(made: Set) -> None:
    done = check(made.path, "--forced-login", "sam")
    assert (done.returncode, done.stdout) == (1, "")
    assert "for people with a login here" in done.stderr


def test_the_token_is_never_shown(made: Set) -> None:
    made.token.write_text("a-token-that-is-secret")
    done = check(made.path)
    assert "a-token-that-is-secret" not in done.stdout + done.stderr


def test_the_listener_logs_the_check_quietly_and_others_as_refused(spring: Shell, tmp_path: Path) -> None:
    with opened_socket() as sock, running_carrier(tmp_path / "log", "--number", OURS) as carrier:
        made = Set(tmp_path, carrier, shown(sock))
        words = ["--db", str(spring.location), "listen", "--config", str(made.path), "--fd", str(sock.fileno())]
        command = [sys.executable, "-m", "thrumsg_tui", *words]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, pass_fds=(sock.fileno(),)) as service:
            try:
                assert service.stderr
                assert "event=listening" in service.stderr.readline()
                assert "accept what auth_token signs" in check(made.path).stdout
                form = b"AccountSid=gateway+check&Emoji=&Blank="
                headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": "made up"}
                assert ask(sock.getsockname(), "POST", "/twilio/status", form, headers).status == 403
                service.terminate()
                _, log = service.communicate(timeout=60)
            finally:
                service.kill()
    lines = [line.split(" ", 1)[1] for line in log.splitlines() if "gateway_check" in line or "refused" in line]
    assert lines == [
        "INFO thrumsg.listen event=gateway_check answered=400",
        "INFO thrumsg.listen event=gateway_check answered=403",
        "WARNING thrumsg.listen event=refused status_403=1",
    ]
