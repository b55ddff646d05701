"""The lines of authorized_keys: read as sshd reads them, changed without touching the others (docs/rules.md 11.1)."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.public_keys import KIMS
from thrumsg_tui.domain.authorized_keys import AuthorizedKeys, ForcedCommand, KeyLine
from thrumsg_tui.domain.ssh_keys import PublicKey, public_key_in

KEY = public_key_in(KIMS.encode(), "kim.pub")
KIM = ForcedCommand("/opt/thrumsg/bin/thrumsg", "/var/lib/thrumsg/thrumsg.db", "kim")

printable = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1)
paths = printable.map(lambda text: f"/{text}/a b/thrumsg")


def only(content: bytes) -> KeyLine:
    (line,) = AuthorizedKeys(content).keys
    return line


def test_a_line_is_restricted_to_a_terminal_and_one_command() -> None:
    assert AuthorizedKeys(b"").with_key(KIM, KEY).decode() == (
        f'restrict,pty,command="/opt/thrumsg/bin/thrumsg --db /var/lib/thrumsg/thrumsg.db --forced-login kim" {KIMS}\n'
    )


def dequoted(text: str) -> str:
    """The value of an option, as opt_dequote of OpenSSH reads it."""
    assert text[0] == '"'
    value, place = "", 1
    while text[place] != '"':
        place += text[place : place + 2] == '\\"'
        value += text[place]
        place += 1
    assert place == len(text) - 1
    return value


@given(paths, paths, printable)
def test_the_command_is_what_it_was_whatever_stands_in_it(program: str, database: str, login: str) -> None:
    forced = ForcedCommand(program, database, login)
    option = forced.options.decode().removeprefix("restrict,pty,command=")
    assert shlex.split(dequoted(option)) == [program, "--db", database, "--forced-login", login]
    line = only(AuthorizedKeys(b"").with_key(forced, KEY))
    assert (line.forced, line.key, line.allowed) == (forced, KEY, [])


def test_a_path_that_is_not_utf_8_is_kept() -> None:
    forced = ForcedCommand("/opt/thrumsg", "/srv/\udcff.db", "kim")
    content = AuthorizedKeys(b"").with_key(forced, KEY)
    assert b"/srv/\xff.db" in content
    assert only(content).forced == forced


@given(st.binary())
def test_what_is_there_stays_byte_by_byte(content: bytes) -> None:
    after = AuthorizedKeys(content).with_key(KIM, KEY)
    assert after.startswith(content)
    assert after[len(content) :].lstrip(b"\n") == AuthorizedKeys(b"").with_key(KIM, KEY)
    number = AuthorizedKeys(after).keys[-1].number
    assert AuthorizedKeys(after).without({number}).removesuffix(b"\n") == content.removesuffix(b"\n")


@pytest.mark.parametrize(
    ("line", "command", "allowed"),
    [
        (KIMS, None, ["forwarding"]),
        (f"restrict {KIMS}", None, []),
        (f'command="uptime" {KIMS}', "uptime", ["forwarding"]),
        (f'restrict,command="a b, \\"c\\"",from="10.0.0.0/8" {KIMS}', 'a b, "c"', []),
        (f'restrict,COMMAND="uptime"\t{KIMS}', "uptime", []),
        (f'restrict,port-forwarding,environment="A=b" {KIMS}', None, ["port-forwarding", "environment"]),
        (f"no-pty,cert-authority {KIMS}", None, ["forwarding", "cert-authority"]),
    ],
)
def test_options_are_read_as_sshd_reads_them(line: str, command: str | None, allowed: list[str]) -> None:
    found = only(f"{line}\n".encode())
    assert found.key == KEY
    assert (found.command, found.allowed) == (command, allowed)


@pytest.mark.parametrize("line", ["hello", f'command="open {KIMS}', "ssh-ed25519", '"', "ssh-ed25519 A"])
def test_a_line_that_sshd_cannot_read_has_no_key(line: str) -> None:
    assert only(line.encode()).key is None


@pytest.mark.parametrize(
    ("command", "forced"),
    [
        ("thrumsg --forced-login kim", ForcedCommand("thrumsg", None, "kim")),
        ("/x/thrumsg-tui --forced-login=kim --db=/y", ForcedCommand("/x/thrumsg-tui", "/y", "kim")),
        ("thrumsg", None),
        ("thrumsg --forced-login", None),
        ("uptime --forced-login kim", None),
        ("thrumsg 'open", None),
        ("", None),
    ],
)
def test_lines_of_thrumsg_are_known_by_their_command(command: str, forced: ForcedCommand | None) -> None:
    assert only(f'restrict,command="{command}" {KIMS}'.encode()).forced == forced


def test_comments_and_empty_lines_are_no_keys_and_lines_keep_their_numbers() -> None:
    keys = AuthorizedKeys(f"# {KIMS}\n\n  \n\t{KIMS}\r\n".encode())
    assert [line.number for line in keys.keys] == [4]
    assert keys.first_with(KEY) == keys.keys[0]
    assert keys.first_with(PublicKey("ssh-ed25519", b"other")) is None
