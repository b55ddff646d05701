"""Standard input and output in the place of files, which is all that a forced command has (docs/rules.md 8.2, 11.1)."""

import csv
import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from tests.cli.conftest import MARIA, Shell
from tests.cli.delivering import PATIENCE

NEW = "first,last,phone\nDi,Park,4155550190\nBad,Row,12\n"


@pytest.fixture
def ssh(spring: Shell) -> Shell:
    """Somebody else's session: an owner who comes with a key."""
    spring.done("user", "add", "olga", "--first-name", "Olga", "--last-name", "Ng", "--role", "owner")
    return spring


def piped(patch: pytest.MonkeyPatch, text: str) -> None:
    patch.setattr(sys, "stdin", StringIO(text))


def test_a_file_is_imported_from_a_pipe(ssh: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    piped(monkeypatch, NEW)
    ssh.over_ssh("import contacts - --campaign Spring --json")
    done = json.loads(ssh.done("--forced-login", "olga"))
    assert (done["imported"], [each["line"] for each in done["rejected"]]) == (1, [3])
    ssh.over_ssh(None)
    assert ssh.json("history", "--limit", 1)[0]["summary"].startswith("took in contacts from standard input")


def test_what_is_wrong_with_a_pipe_names_it(spring: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    piped(monkeypatch, "")
    assert "standard input is empty" in spring.refused("import", "contacts", "-", "--campaign", "Spring")
    piped(monkeypatch, "{}")
    assert "standard input is not a plan" in spring.refused("reassign", "--plan", "-")


def test_a_pipe_without_an_end_is_refused(spring: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thrumsg_tui.store.input_files.MOST", 1000)
    with Path("/dev/zero").open() as endless:
        monkeypatch.setattr(sys, "stdin", endless)
        assert "is larger than" in spring.refused("import", "users", "-")


def test_rejected_rows_are_printed_and_the_rest_is_said_beside_them(
    ssh: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    piped(monkeypatch, NEW)
    ran = ssh.run("--forced-login", "olga", "import", "contacts", "-", "--campaign", "Spring", "--rejects", "-")
    assert ran.code == 0
    (rejected,) = csv.DictReader(StringIO(ran.out))
    assert (rejected["first"], rejected["line"]) == ("Bad", "3")
    assert "1 imported" in ran.err


def test_a_plan_is_printed_and_done_as_it_was_printed(ssh: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("reassign", "Spring", "--from-unassigned", "--to", "kim", "--preview", "--save-plan", "-")
    piped(monkeypatch, ssh.done("--forced-login", "olga", *words))
    assert ssh.json("--forced-login", "olga", "reassign", "--plan", "-")["moved"] == 3


def test_an_export_is_printed(ssh: Shell) -> None:
    ssh.over_ssh("export conversations Spring --out -")
    assert len(list(csv.DictReader(StringIO(ssh.done("--forced-login", "olga"))))) == 3


def test_a_backup_is_printed_as_a_database(ssh: Shell, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "thrumsg_tui", "--db", str(ssh.location), "--forced-login", "olga"]
    environment = os.environ | {"SSH_ORIGINAL_COMMAND": "backup -"}
    done = subprocess.run(command, capture_output=True, check=True, env=environment)
    (tmp_path / "copy.db").write_bytes(done.stdout)
    assert ssh.json("--db", tmp_path / "copy.db", "overview", "Spring")["total"] == 3


@pytest.mark.parametrize(
    "words",
    [
        ("import", "users", "-", "--rejects", "-", "--json"),
        ("backup", "-", "--json"),
        ("purge", "Spring", "--yes", "--carrier-ids", "-", "--json"),
        ("reassign", "Spring", "--from", "kim", "--to", "lee", "--preview", "--save-plan", "-", "--json"),
    ],
)
def test_two_things_are_not_printed_into_each_other(spring: Shell, words: tuple[str, ...]) -> None:
    assert spring.run(*words).code == 2


@pytest.mark.parametrize(
    "command",
    [
        "export messages --out .ssh/authorized_keys",
        "export messages --out=.ssh/authorized_keys",
        "import contacts /etc/passwd --campaign Spring",
        "import users - --rejects .ssh/authorized_keys",
        "reassign --plan /etc/passwd",
        "reassign Spring --from-unassigned --to kim --preview --save-plan .ssh/rc",
        "opt-out-list /etc/passwd",
        "backup .ssh/authorized_keys",
    ],
)
def test_an_owner_s_key_is_no_way_to_the_files_of_the_account(
    ssh: Shell, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".ssh").mkdir()
    ssh.done("receive", "--from", MARIA, "--body", "\nssh-ed25519 AAAA... me")
    ssh.over_ssh(command)
    said = ssh.refused("--forced-login", "olga")
    assert "You may not name a file here" in said
    assert "standard input" in said
    assert list((tmp_path / ".ssh").iterdir()) == []


def test_a_file_whose_connection_was_lost_is_not_imported(ssh: Shell) -> None:
    """A lost connection ends standard input like a whole file; only the outputs tell that nobody is there."""
    command = [sys.executable, "-m", "thrumsg_tui", "--db", str(ssh.location), "--forced-login", "olga"]
    environment = os.environ | {"SSH_ORIGINAL_COMMAND": "import contacts - --campaign Spring"}
    for lost in (True, False):
        before = ssh.json("overview", "Spring")["total"]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
        )
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(b"First,Last,Cell\nZoe,Half,4155550177\n")
        if lost:
            process.stdout.close()
            process.stderr.close()
        process.stdin.close()
        assert (process.wait(PATIENCE) != 0) is lost  # with nobody to tell, Python itself may end with another status
        assert ssh.json("overview", "Spring")["total"] == before + (not lost)
        process.stdout.close()
        process.stderr.close()
