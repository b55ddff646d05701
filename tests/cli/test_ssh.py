"""`thrumsg ssh`: who is let in by key, and what happens to the file that says so (docs/rules.md 11.1)."""

from __future__ import annotations

import os
import shlex
import stat
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path
from subprocess import run
from types import SimpleNamespace

import pytest

from tests.cli.conftest import Shell
from tests.json_keys import json_keys
from tests.public_keys import KIMS, KIMS_FINGERPRINT, LEES
from thrumsg_tui.domain.authorized_keys import AuthorizedKeys
from thrumsg_tui.domain.errors import DatabaseUnusable
from thrumsg_tui.store.authorized_keys import KeysChange

PROGRAM = Path(sys.executable).with_name("thrumsg")

needs_root = pytest.mark.skipif(os.getuid() != 0, reason="needs root, which may give files away")


class Keys:
    """The account's file, and the commands that change it."""

    def __init__(self, shell: Shell, folder: Path) -> None:
        self.shell = shell
        self.folder = folder / ".ssh"
        self.file = self.folder / "authorized_keys"
        self.key = folder / "kim.pub"
        self.key.write_text(f"{KIMS}\n")
        self.other = folder / "lee.pub"
        self.other.write_text(f"{LEES}\n")

    def done(self, *words: object) -> str:
        return self.shell.done("ssh", *words, "--authorized-keys", self.file)

    def refused(self, *words: object) -> str:
        before = self.text, self.shell.json("history")
        said = self.shell.refused("ssh", *words, "--authorized-keys", self.file)
        assert (self.text, self.shell.json("history")) == before
        return said

    def listed(self) -> list[dict[str, object]]:
        listed = self.shell.json("ssh", "list", "--authorized-keys", self.file)
        assert isinstance(listed, list)
        return listed

    def wrong(self) -> list[object]:
        """What is wrong with each line."""
        return [each["problems"] for each in self.listed()]

    @property
    def text(self) -> str | None:
        return self.file.read_bytes().decode() if self.file.exists() else None

    def write(self, text: str) -> None:
        """Have somebody else write the file."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.file.write_bytes(text.encode())

    def line(self, login: str, key: str = KIMS) -> str:
        command = f"{PROGRAM} --db {self.shell.database} --forced-login {login}"
        return f'restrict,pty,command="{command}" {key}\n'


@pytest.fixture
def keys(spring: Shell, tmp_path: Path) -> Keys:
    return Keys(spring, tmp_path)


def test_a_key_gets_a_line_that_runs_thrumsg_and_nothing_else(keys: Keys) -> None:
    said = keys.done("add", "kim", keys.key)
    assert said == f"kim is let in by the key kim@laptop ({KIMS_FINGERPRINT}).\n"
    assert keys.text == keys.line("kim")
    assert stat.S_IMODE(keys.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(keys.folder.stat().st_mode) == 0o700
    entry = keys.shell.json("history", "--limit", 1)[0]
    assert entry["summary"] == f"let kim in by the SSH key 'kim@laptop' ({KIMS_FINGERPRINT})"
    assert keys.wrong() == [[]]


def test_the_key_may_be_piped_in_and_gets_a_comment(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = KIMS.rpartition(" ")[0]
    monkeypatch.setattr(sys, "stdin", StringIO(bare))
    keys.done("add", "kim", "-")
    assert keys.text == keys.line("kim", f"{bare} kim")


def test_lines_of_others_stay_byte_by_byte(keys: Keys) -> None:
    theirs = f"# who may in\r\n\n  {LEES}\n\x00\tno key at all \n"
    keys.write(theirs.rstrip("\n"))
    keys.done("add", "kim", keys.key)
    assert keys.text == theirs + keys.line("kim")
    keys.done("remove", "kim")
    assert keys.text == theirs


def test_keys_of_one_person_are_told_apart(keys: Keys) -> None:
    keys.done("add", "kim", keys.key)
    keys.done("add", "kim", keys.other)
    assert "kim@home" in keys.refused("remove", "kim", "kim@home")
    keys.done("remove", "kim", KIMS_FINGERPRINT)
    assert keys.text == keys.line("kim", LEES)
    assert keys.shell.json("history", "--limit", 1)[0]["summary"].startswith("shut out the SSH key 'kim@laptop' of kim")
    keys.done("remove", "kim", "lee@laptop")
    assert keys.text == ""


def test_all_keys_of_a_person_go_at_once(keys: Keys) -> None:
    keys.done("add", "kim", keys.key)
    keys.done("add", "lee", keys.other)
    said = keys.done("remove", "kim")
    assert said.splitlines()[0] == f"kim is let in no more by the key kim@laptop ({KIMS_FINGERPRINT})."
    assert keys.text == keys.line("lee", LEES)


def test_a_comment_of_several_keys_does_not_choose(keys: Keys) -> None:
    keys.other.write_text(LEES.replace("lee@laptop", "kim@laptop"))
    keys.done("add", "kim", keys.key)
    keys.done("add", "kim", keys.other)
    said = keys.refused("remove", "kim", "kim@laptop")
    assert "name one by its fingerprint, SHA256:" in said
    assert f" or {KIMS_FINGERPRINT}" in said


@pytest.mark.parametrize(
    ("there", "what"),
    [
        (KIMS.replace("kim@laptop", "me"), "opens a shell"),
        (f'command="uptime" {KIMS}', "runs another command"),
        (f'restrict,pty,command="thrumsg --forced-login lee" {KIMS}', "lets lee in"),
    ],
)
def test_a_key_is_there_once_since_the_first_line_decides(keys: Keys, there: str, what: str) -> None:
    keys.write(f"# first\n{there}\n")
    said = keys.refused("add", "kim", keys.key)
    assert f"line 2 of {keys.file} {what} with it" in said
    assert "first line" in said


def test_who_is_no_user_gets_no_key(keys: Keys) -> None:
    assert "There is no user 'nobody'" in keys.refused("add", "nobody", keys.key)


def test_who_is_no_user_any_more_loses_theirs(keys: Keys) -> None:
    keys.write(keys.line("gone"))
    assert keys.wrong() == [["gone is no user"]]
    keys.done("remove", "gone")
    assert keys.text == ""
    assert "'gone' has no SSH key here" in keys.refused("remove", "gone")


def test_a_private_key_is_refused(keys: Keys) -> None:
    keys.key.write_text("-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n")
    said = keys.refused("add", "kim", keys.key)
    assert "kim.pub is a private key" in said
    assert "c2VjcmV0" not in said


@pytest.mark.parametrize(
    "words", [("add", "kim", "-"), ("add", "kim", "kim.pub"), ("list",), ("remove", "kim"), ("remove", "kim", "x")]
)
@pytest.mark.parametrize("login", ["root", "kim"])
def test_it_is_refused_under_a_forced_command(keys: Keys, words: tuple[str, ...], login: str) -> None:
    keys.done("add", "kim", keys.key)
    before = keys.text
    said = keys.shell.refused("--forced-login", login, "ssh", *words)
    assert "people with a login here" in said or "name a file" in said
    assert keys.text == before


# What is wrong with a line


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (KIMS, "opens a shell: not of thrumsg"),
        (f'restrict,command="uptime" {KIMS}', "runs another command: not of thrumsg"),
        (f'restrict,pty,command="{PROGRAM} --db /else.db --forced-login kim" {KIMS}', "of another database, /else.db"),
        (f'restrict,pty,command="/gone/thrumsg --forced-login kim" {KIMS}', "there is no program /gone/thrumsg"),
        (f'restrict,pty,command="thrumsg --forced-login kim" {KIMS}', "names thrumsg without its whole path"),
        (f'pty,command="{PROGRAM} --forced-login kim" {KIMS}', "allows forwarding"),
        (f'restrict,agent-forwarding,command="{PROGRAM} --forced-login kim" {KIMS}', "allows agent-forwarding"),
        (f'restrict,pty,command="{PROGRAM} --forced-login ann" {KIMS}', "ann is no user"),
        ("nonsense", "no key that sshd can read"),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBqH kim", "sshd takes none like it: the key is not complete"),
    ],
)
def test_what_is_wrong_is_listed(keys: Keys, line: str, problem: str) -> None:
    keys.write(f"{line}\n")
    assert keys.wrong() == [[problem]]
    assert problem in keys.done("list")


def test_a_key_that_is_there_twice_is_listed_with_the_line_that_decides(keys: Keys) -> None:
    keys.write(f"{keys.line('lee')}{keys.line('kim')}")
    assert keys.wrong() == [[], ["line 1 has the same key, and decides"]]


def test_the_list_has_the_keys_that_the_documentation_names(keys: Keys) -> None:
    assert keys.listed() == []
    keys.done("add", "kim", keys.key)
    (line,) = keys.listed()
    assert json_keys("ssh list") == line.keys()
    assert (line["login"], line["role"], line["fingerprint"]) == ("kim", "sender", KIMS_FINGERPRINT)


# The file


def test_it_may_be_a_link_and_the_file_at_its_end_is_changed(keys: Keys) -> None:
    keys.write(f"{LEES}\n")
    real = keys.folder / "keys"
    keys.file.rename(real)
    keys.file.symlink_to(real)
    keys.done("add", "kim", keys.key)
    assert keys.file.is_symlink()
    assert real.read_text() == f"{LEES}\n{keys.line('kim')}"


def _nowhere(keys: Keys) -> None:
    keys.folder.mkdir(mode=0o700)
    keys.file.symlink_to(keys.folder / "missing")


def _in_a_circle(keys: Keys) -> None:
    keys.folder.mkdir(mode=0o700)
    keys.file.symlink_to(keys.file)


def _open_file(keys: Keys) -> None:
    keys.write("")
    keys.file.chmod(0o620)


def _open_folder(keys: Keys) -> None:
    keys.write("")
    keys.folder.chmod(0o770)


def _empty_open_folder(keys: Keys) -> None:
    keys.folder.mkdir()
    keys.folder.chmod(0o707)


def _device(keys: Keys) -> None:
    keys.folder.mkdir(mode=0o700)
    keys.file.symlink_to("/dev/null")


def _pipe(keys: Keys) -> None:
    keys.folder.mkdir(mode=0o700)
    os.mkfifo(keys.file)


def _a_folder(keys: Keys) -> None:
    keys.folder.mkdir(mode=0o700)
    keys.file.mkdir()


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (_nowhere, "which is not there"),
        (_in_a_circle, "which is not there"),
        (_open_file, "chmod go-w"),
        (_open_folder, "chmod go-w"),
        (_empty_open_folder, "chmod go-w"),
        (_device, "not an ordinary file"),
        (_pipe, "not an ordinary file"),
        (_a_folder, "not an ordinary file"),
    ],
)
def test_a_file_that_others_could_change_or_that_is_none_is_refused(
    keys: Keys, made: Callable[[Keys], None], why: str
) -> None:
    made(keys)
    said = keys.shell.refused("ssh", "add", "kim", keys.key, "--authorized-keys", keys.file)
    assert why in said
    assert "Nothing was changed." in said
    assert len(list(keys.folder.iterdir())) <= 1


@needs_root
def test_a_file_of_somebody_else_is_refused(keys: Keys) -> None:
    keys.write("")
    os.chown(keys.file, 12345, 12345)
    assert "belongs to" in keys.refused("add", "kim", keys.key)


@needs_root
def test_the_keys_are_those_of_the_account_that_owns_the_database(keys: Keys) -> None:
    os.chown(keys.shell.database, 12345, 12345)
    for words in (("add", "kim", keys.key), ("list",), ("remove", "kim")):
        assert "which owns the database: run this as" in keys.shell.refused("ssh", *words)


def test_without_an_option_the_file_is_in_the_home_of_the_account_whatever_home_says(
    keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/nonexistent")
    account = SimpleNamespace(pw_name="root", pw_dir=str(tmp_path / "own"), pw_gecos="", pw_shell="/usr/sbin/nologin")
    monkeypatch.setattr("pwd.getpwuid", lambda _: account)
    assert "/usr/sbin/nologin, which starts nothing" in keys.shell.done("ssh", "add", "kim", keys.key)
    assert (tmp_path / "own" / ".ssh" / "authorized_keys").read_text() == keys.line("kim")


def test_an_older_file_is_closed_to_others(keys: Keys) -> None:
    keys.write("")
    keys.file.chmod(0o644)
    keys.done("add", "kim", keys.key)
    assert stat.S_IMODE(keys.file.stat().st_mode) == 0o600


def test_the_file_is_as_it_was_if_the_change_is_not_stored(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    keys.write(f"{LEES}\n")
    replaced = KeysChange.replace
    seen: list[str | None] = []

    def replace_and_fail(self: KeysChange, content: bytes) -> None:
        replaced(self, content)
        if not seen:
            seen.append(keys.text)
            raise DatabaseUnusable("The disk is full.")

    monkeypatch.setattr(KeysChange, "replace", replace_and_fail)
    result = keys.shell.run("ssh", "add", "kim", keys.key, "--authorized-keys", keys.file)
    assert (result.code, seen) == (3, [f"{LEES}\n{keys.line('kim')}"])
    assert keys.text == f"{LEES}\n"


def test_two_at_once_lose_nothing(keys: Keys, tmp_path: Path) -> None:
    """Eight processes add a key each, of two databases, so that no database keeps them apart."""
    if not (keygen := Path("/usr/bin/ssh-keygen")).exists():
        pytest.skip("needs ssh-keygen")
    other = tmp_path / "other.db"
    files = [tmp_path / f"key{nth}" for nth in range(8)]
    for file in files:
        run([keygen, "-q", "-t", "ed25519", "-N", "", "-C", file.name, "-f", file], check=True)
    environment = os.environ | {"PYTHONWARNINGS": ""}
    program = [sys.executable, "-m", "thrumsg_tui"]
    run([*program, "--db", other, "user", "list"], check=True, capture_output=True, env=environment)

    def add(nth: int) -> int:
        database, file = (keys.shell.database, other)[nth % 2], files[nth].with_suffix(".pub")
        words = shlex.split(f"--db {database} ssh add root {file} --authorized-keys {keys.file}")
        return run([*program, *words], capture_output=True, env=environment, check=False).returncode

    with ThreadPoolExecutor(8) as at_once:
        assert list(at_once.map(add, range(8))) == [0] * 8
    assert keys.text is not None
    present = AuthorizedKeys(keys.text.encode())
    assert {line.key.comment for line in present.keys if line.key} == {file.name for file in files}
    assert sorted(keys.folder.iterdir()) == [keys.file]
