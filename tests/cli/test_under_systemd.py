"""The services as systemd runs them: what it is told, what its journal reads, and their exit statuses."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.carrier.running import Carrier, running_carrier
from tests.cli.conftest import Shell
from tests.cli.delivering import OURS, PATIENCE, configured, make_old
from tests.gateway.listening import opened_socket

ENTRY = "<3>thrumsg: "
"""How an entry of the journal begins that says why a service has failed."""


class Systemd:
    """The socket at which a service tells how it fares, and what it has told so far."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.settimeout(PATIENCE)
        self.environment = {"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "200000"}

    def hear(self, *wanted: str) -> dict[str, str]:
        """Wait for a word with these beginnings of lines, and return its fields."""
        while True:
            said = self._socket.recv(4096).decode()
            if all(f"\n{each}" in f"\n{said}" for each in wanted):
                return dict(line.split("=", 1) for line in said.splitlines())

    def close(self) -> None:
        """Hear nothing more."""
        self._socket.close()


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[Systemd]:
    with closing(Systemd(tmp_path / "notify")) as running:
        yield running


@pytest.fixture
def carrier(tmp_path: Path) -> Iterator[Carrier]:
    with running_carrier(tmp_path / "carrier.log", "--number", OURS, "--no-answers-stop") as running:
        yield running


@contextmanager
def service(shell: Shell, *words: object, environment: Mapping[str, str], **more: object) -> Iterator[Running]:
    """Run a service; what it prints goes to a file that claims to be the journal."""
    command = [sys.executable, "-m", "thrumsg_tui", "--db", str(shell.location), *map(str, words)]
    journal = shell.database.with_name("journal")
    with journal.open("w") as stderr:
        status = os.fstat(stderr.fileno())
        env = os.environ | environment | {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}
        process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=stderr, **more)  # type: ignore[call-overload]
    try:
        yield Running(process, journal)
    finally:
        process.kill()
        process.wait()


class Running:
    """A service that runs."""

    def __init__(self, process: subprocess.Popen[bytes], journal: Path) -> None:
        self.process, self._journal = process, journal

    def end(self) -> int:
        """Ask it to end, and return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.status()

    def status(self) -> int:
        """Wait for its end, and return its exit status."""
        return self.process.wait(PATIENCE)

    @property
    def journal(self) -> list[str]:
        """What it has written."""
        return self._journal.read_text().splitlines()


def test_the_deliverer_tells_how_it_fares(spring: Shell, carrier: Carrier, systemd: Systemd, tmp_path: Path) -> None:
    spring.done("send", 1)
    with closing(sqlite3.connect(spring.database)) as conn:
        conn.execute("UPDATE campaign SET state = 'paused'")
        conn.commit()
    config = configured(carrier, tmp_path, carrier.token)
    with service(spring, "deliver", "--config", config, environment=systemd.environment) as running:
        assert systemd.hear("READY=1")["STATUS"] == "0 queued, 1 held"
        systemd.hear("WATCHDOG=1", "STATUS=0 queued, 1 held")
        spring.done("campaign", "resume", "Spring")
        systemd.hear("WATCHDOG=1", "STATUS=0 queued")
        running.process.send_signal(signal.SIGTERM)
        systemd.hear("STOPPING=1")
        assert running.status() == 0


def test_a_deliverer_that_stands_by_is_ready_and_works(
    spring: Shell, carrier: Carrier, systemd: Systemd, tmp_path: Path
) -> None:
    """Nobody knows for how long it stands by: systemd would wait for 90 seconds, and start another one."""
    config = configured(carrier, tmp_path, carrier.token)
    with (
        service(spring, "deliver", "--config", config, environment=systemd.environment) as first,
        closing(Systemd(tmp_path / "other")) as other,
    ):
        systemd.hear("READY=1")
        with service(spring, "deliver", "--config", config, "--wait", environment=other.environment) as second:
            assert f"process {first.process.pid}" in other.hear("READY=1", "STATUS=Standing by")["STATUS"]
            other.hear("WATCHDOG=1", "STATUS=Standing by")
            assert first.end() == 0
            other.hear("READY=1", "STATUS=0 queued")
            assert second.end() == 0


def test_the_listener_takes_the_socket_and_tells_how_it_fares(
    spring: Shell, carrier: Carrier, systemd: Systemd, tmp_path: Path
) -> None:
    config = configured(carrier, tmp_path, carrier.token)
    with opened_socket() as sock:
        words = ("listen", "--config", config, "--fd", sock.fileno())
        with service(spring, *words, environment=systemd.environment, pass_fds=[sock.fileno()]) as running:
            systemd.hear("READY=1")
            systemd.hear("WATCHDOG=1", "STATUS=0 in the spool")
            assert running.journal[0].startswith("<6>thrumsg.listen event=listening gateway=twilio")
            running.process.send_signal(signal.SIGTERM)
            systemd.hear("STOPPING=1")
            running.status()


# Exit statuses: 1 is for a person, and 3 for another try (RestartPreventExitStatus= in the units)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('gateway = "pigeon"\n', "one of command, practice, twilio is expected"),
        ('gateway = "twilio"\n', "account_sid"),
        ("gateway =\n", "gateway.toml"),
        (None, "gateway.toml"),
    ],
)
@pytest.mark.parametrize("name", ["deliver", "listen"])
def test_what_is_wrong_in_the_configuration_is_not_tried_again(
    spring: Shell, systemd: Systemd, tmp_path: Path, name: str, text: str | None, reason: str
) -> None:
    config = tmp_path / "gateway.toml"
    if text is not None:
        config.touch(0o600)
        config.write_text(text)
    with service(spring, name, "--config", config, environment=systemd.environment) as running:
        assert running.status() == 1
        [line] = running.journal
        assert line.startswith(ENTRY)
        assert reason in line


def test_a_carrier_that_refuses_us_is_not_tried_again(
    spring: Shell, carrier: Carrier, systemd: Systemd, tmp_path: Path
) -> None:
    for each in (1, 2, 3):
        spring.done("send", each)
    config = configured(carrier, tmp_path, "wrong")
    with service(spring, "deliver", "--config", config, environment=systemd.environment) as running:
        assert running.status() == 1
        assert running.journal[-1].startswith(f"{ENTRY}The gateway twilio has stopped")


def test_old_messages_are_not_tried_again(spring: Shell, carrier: Carrier, systemd: Systemd, tmp_path: Path) -> None:
    spring.done("send", 1)
    make_old(spring)
    config = configured(carrier, tmp_path, carrier.token)
    with service(spring, "deliver", "--config", config, environment=systemd.environment) as running:
        assert running.status() == 1
        assert "--send-old" in running.journal[-1]


def test_a_database_that_cannot_be_used_is_tried_again(
    spring: Shell, carrier: Carrier, systemd: Systemd, tmp_path: Path
) -> None:
    config = configured(carrier, tmp_path, carrier.token)
    spring.database.write_bytes(b"no database at all" * 1000)
    with service(spring, "deliver", "--config", config, environment=systemd.environment) as running:
        assert running.status() == 3
        assert running.journal[-1].startswith(ENTRY)


# The journal


def test_only_the_journal_gets_priorities(spring: Shell, tmp_path: Path) -> None:
    """A terminal that a service of the desktop has opened inherits `JOURNAL_STREAM`."""
    command = [sys.executable, "-m", "thrumsg_tui", "--db", str(spring.location), "deliver", "--config", "nowhere"]
    env = os.environ | {"JOURNAL_STREAM": "8:12345"}
    ended = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith("thrumsg: ")


def test_a_credential_is_read_from_where_systemd_puts_it(
    spring: Shell, carrier: Carrier, systemd: Systemd, tmp_path: Path
) -> None:
    """docs/rules.md 10.12: `LoadCredential=twilio_auth_token:…` and `{ credential = "twilio_auth_token" }`."""
    spring.done("send", 1)
    config = configured(carrier, tmp_path, "unused")
    text = config.read_text().replace(json.dumps(str(tmp_path / "token")), '"twilio_auth_token"')
    config.write_text(text.replace("{ file", "{ credential"))
    credentials = tmp_path / "credentials"
    credentials.mkdir(0o700)
    (credentials / "twilio_auth_token").write_text(carrier.token + "\n")
    environment = systemd.environment | {"CREDENTIALS_DIRECTORY": str(credentials)}
    with service(spring, "deliver", "--config", config, "--once", environment=environment) as running:
        assert running.status() == 0, running.journal
    assert len(carrier.accepted()) == 1
