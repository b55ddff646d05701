"""What somebody whose key was let in tries besides commands of thrumsg, at a real OpenSSH server (docs/rules.md 11.1).

The server allows everything that a server can allow: forwarding, tunnels, sftp, and any environment.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.e2e.terminal import PATIENCE, Terminal
from tests.free_ports import free_port
from tests.ssh.conftest import Team
from tests.ssh.server import done, running
from thrumsg_tui.domain.permissions import Role

ANYBODY = (Role.OWNER, Role.SENDER)
"""The strongest and the weakest: what neither may do, nobody may."""

anybody = pytest.mark.parametrize("who", ANYBODY)

NO_SHELL = "There is no shell to return to here"


@pytest.fixture(autouse=True)
def _nothing_is_left(team: Team) -> Iterator[None]:
    """No attack may change what is stored, or leave a file anywhere near."""
    stored, files, home = team.dump(), team.files, set(Path.home().iterdir())
    yield
    assert team.dump() == stored
    assert team.files == files
    assert set(Path.home().iterdir()) == home


@contextmanager
def at_a_terminal(team: Team, who: str, *words: str, kind: str = "xterm-256color") -> Iterator[Terminal]:
    """Have somebody come with a terminal."""
    environment = {"TERM": kind, "PATH": os.environ["PATH"], "HOME": str(team.server.folder), "LANG": "C.UTF-8"}
    command = [*team.server.client(who, "-tt"), team.server.host, *words]
    with Terminal(command, environment=environment) as terminal:
        yield terminal


@contextmanager
def waiting_for_input(
    team: Team, who: str, *options: str, **environment: str
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Have somebody begin a command that reads standard input, and yield its process on the host."""
    words = [*team.server.client(who, "-T", *options), team.server.host, "import contacts - --campaign Spring"]
    client = subprocess.Popen(words, stdin=subprocess.PIPE, env=os.environ | environment, stderr=subprocess.DEVNULL)
    try:
        yield until_running(team), client
    finally:
        client.kill()
        client.communicate()
        until_gone(team)


def until_running(team: Team) -> int:
    limit = monotonic() + PATIENCE
    while not (found := running(team.database)):
        assert monotonic() < limit, "no process came"
        sleep(0.02)
    return found[0]


def until_gone(team: Team) -> None:
    limit = monotonic() + PATIENCE
    while left := running(team.database):
        assert monotonic() < limit, f"processes are left: {left}"
        sleep(0.02)


# A shell by other means


@anybody
@pytest.mark.parametrize(
    "command",
    [
        "campaign list; touch {}",
        "campaign list && touch {}",
        "campaign list | tee {}",
        "campaign list > {}",
        "campaign list $(touch {})",
        "campaign list `touch {}`",
        "campaign list \n touch {}",
        "campaign list '; touch {}",
        "campaign list --json\ttouch {}",
        "\n touch {}",
        "sh -c 'touch {}'",
        "/bin/sh -c 'touch {}'",
        "touch {}",
        "thrumsg; touch {}",
        "-c 'touch {}'",
        "' touch {} '",
        "bash -i",
        "../../bin/sh",
        "!touch {}",
        "%s%n {}",
    ],
)
def test_no_character_of_a_command_reaches_a_shell(team: Team, who: str, command: str, tmp_path: Path) -> None:
    target = tmp_path / "touched"
    came = team.ask(who, command.format(target))
    assert came.code in {1, 2}
    assert "Traceback" not in came.err
    assert not target.exists()


@anybody
@pytest.mark.parametrize(
    "command",
    [
        "--db /dev/null campaign list",
        "--db=/dev/null campaign list",
        "campaign list --db /tmp/mine.db",
        "--as owner campaign list",
        "campaign list --as=owner",
        "--forced-login owner campaign list",
        "campaign list --forced-login=owner",
        "-- --forced-login owner",
        "--forced-logi owner campaign list",
        "--d /tmp/mine.db campaign list",
    ],
)
def test_the_key_decides_who_it_is_and_where(team: Team, who: str, command: str) -> None:
    came = team.ask(who, command)
    assert came.code in {1, 2}
    assert came.out == ""
    assert "Spring" not in came.err


@anybody
def test_without_a_terminal_the_app_says_what_to_do(team: Team, who: str) -> None:
    came = team.server.run(who, None)
    assert (came.code, came.out) == (2, "")
    assert "The app needs a terminal" in came.err


@anybody
def test_ctrl_z_finds_no_shell(team: Team, who: str) -> None:
    team_is_back = team.dump()
    with at_a_terminal(team, who) as terminal:
        terminal.wait_for("Spring")
        terminal.settle()
        terminal.send(b"\x1a")
        terminal.wait_for(NO_SHELL)
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0
    until_gone(team)
    team.as_arranged()  # the app remembers where it was, which is no attack
    assert team.dump() == team_is_back


@pytest.mark.parametrize(
    "kind", ["dumb", "", "nosuch", "../../../etc/passwd", "xterm;touch x", "x" * 4000, "\x1b[2J\n$(id)"]
)
def test_any_name_of_a_terminal_opens_the_app_or_is_answered(team: Team, kind: str) -> None:
    with at_a_terminal(team, Role.SENDER, kind=kind) as terminal:
        terminal.wait_until(lambda: terminal.shows("Spring") or terminal.shows("needs a terminal"), "an answer")
        assert not terminal.shows("Traceback")
        assert not terminal.shows("went wrong")
        if terminal.shows("Spring"):
            terminal.settle()
            terminal.press("ctrl+q")
            assert terminal.wait_exit() == 0
        else:
            assert terminal.wait_exit() == 2
    until_gone(team)
    team.as_arranged()


# Files by other protocols


@anybody
@pytest.mark.parametrize("way", [["sftp", "-b", "-"], ["scp"], ["scp", "-O"]], ids=["sftp", "scp", "the old scp"])
def test_no_file_is_copied_there_or_here(team: Team, who: str, way: list[str], tmp_path: Path) -> None:
    program, *options = way
    secret, mine, taken, put = (tmp_path / name for name in ("secret", "mine", "taken", "put"))
    secret.write_text("secret")
    mine.write_text("mine")
    client = team.server.client(who, *options, program=program)
    there = team.server.host
    if program == "sftp":
        came = [done([*client, there], f"put {mine} {put}\nget {secret} {taken}\n")]
    else:
        came = [done([*client, str(mine), f"{there}:{put}"]), done([*client, f"{there}:{secret}", str(taken)])]
    assert all(each.code for each in came)
    assert not taken.exists()
    assert not put.exists()


# Forwarding


@anybody
def test_no_connection_leaves_from_the_host(team: Team, who: str) -> None:
    came = done([*team.server.client(who), "-W", f"127.0.0.1:{team.server.port}", team.server.host])
    assert came.code
    assert "SSH-2.0" not in came.out
    assert "forwarding failed" in came.err


@anybody
def test_no_port_of_the_host_is_opened(team: Team, who: str, tmp_path: Path) -> None:
    port = free_port()
    for where in (f"{port}:127.0.0.1:1", f"{tmp_path}/socket:127.0.0.1:1"):
        options = ("-N", "-o", "ExitOnForwardFailure=yes", "-R", where)
        came = done([*team.server.client(who, *options), team.server.host])
        assert came.code
        assert "forwarding" in came.err
    assert list(tmp_path.iterdir()) == []


def test_neither_agent_nor_display_is_forwarded_and_no_tunnel_opened(team: Team) -> None:
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", str(team.server.folder / "agent")], stdout=subprocess.DEVNULL)
    forwarded = {"SSH_AUTH_SOCK": str(team.server.folder / "agent"), "DISPLAY": "127.0.0.1:9"}
    try:
        with waiting_for_input(team, Role.OWNER, "-A", "-Y", **forwarded) as (process, _):
            given = environment_of(process)
            assert "SSH_AUTH_SOCK" not in given
            assert "DISPLAY" not in given
            assert given["SSH_ORIGINAL_COMMAND"] == "import contacts - --campaign Spring"
    finally:
        agent.terminate()
        agent.wait(PATIENCE)


def environment_of(process: int) -> dict[str, str]:
    """The environment that a process began with."""
    given = Path(f"/proc/{process}/environ").read_bytes().decode().split("\0")
    return dict(each.split("=", 1) for each in given if each)


# The environment


@anybody
def test_no_variable_leads_to_another_database_or_program(team: Team, who: str, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {ran}\n")
    program.chmod(0o755)
    mine = {
        **{"THRUMSG_DB": str(tmp_path / "mine.db"), "THRUMSG_CONFIG": str(tmp_path / "mine.toml")},
        **dict.fromkeys(("EDITOR", "VISUAL", "PAGER", "BROWSER", "SHELL", "GIT_SSH"), str(program)),
        **{"HOME": str(tmp_path), "LOGNAME": "owner", "USER": "owner", "SUDO_USER": "owner"},
        **{"SSH_ORIGINAL_COMMAND": "--db /dev/null campaign list", "COLUMNS": "1", "LANG": "xx_YY.Latin-1"},
    }
    plain = team.ask(who, "campaign list --json")
    sent = [word for name, value in mine.items() for word in ("-o", f'SetEnv={name}="{value}"')]
    assert plain.code == 0
    for options in (sent, [word for name in mine for word in ("-o", f"SendEnv={name}")]):
        came = team.server.run(who, "campaign list --json", *options, shared=False, **mine)
        assert (came.code, came.out) == (0, plain.out), came.err
    assert set(tmp_path.iterdir()) == {program}


# Many, and killed ones


def test_twenty_at_once_are_all_answered(team: Team) -> None:
    words = [*team.server.client(Role.SENDER, "-T"), team.server.host, "thread 1 --json"]
    clients = [subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(20)]
    came = [client.communicate(timeout=PATIENCE) for client in clients]
    assert [client.returncode for client in clients] == [0] * 20, came
    assert len({out for out, _ in came}) == 1


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_client_that_is_killed_leaves_no_process_behind(team: Team, number: signal.Signals) -> None:
    with waiting_for_input(team, Role.OWNER) as (_, client):
        assert client.stdin
        client.stdin.write(b"first,last,phone\nDi,Park,4155550190\n")
        client.stdin.flush()
        client.send_signal(number)
        client.wait(PATIENCE)
        until_gone(team)
