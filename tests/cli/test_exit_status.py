"""0 done, 1 refused, 2 usage, 3 the database, 70 a mistake of ours, 130 interrupted; never a traceback."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from shlex import quote

import pytest

from tests.cli.accounts import own_login
from tests.cli.conftest import Shell
from tests.cli.every_command import every_command
from thrumsg_tui.cli import users
from thrumsg_tui.cli.parser import build_parser
from thrumsg_tui.store.location import Location


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["campaign"],
        ["campaign", "create", "Spring"],
        ["campaign", "create", "Spring", "--initial", "Hi", "--open", "25:00"],
        ["campaign", "create", "Spring", "--initial", "Hi", "--timezone", "Mars/Olympus"],
        ["campaign", "create", "Spring", "--initial", "Hi", "--starts", "3 March"],
        ["thread", "one"],
        ["thread", "99999999999999999999"],
        ["conversations", "Spring", "--sender", "kim", "--unassigned"],
        ["conversations", "Spring", "--status", "asleep"],
        ["answer", "1", "Will you vote?"],
        ["answer", "1", "Will you vote?", "Yes", "--clear"],
        ["reassign", "Spring", "--to", "kim"],
        ["reassign", "Spring", "--from", "kim"],
        ["reassign", "--from", "kim", "--to", "lee"],
        ["reassign", "Spring", "--from", "kim", "--from-everyone", "--to", "lee"],
        ["reassign", "Spring", "--from-unassigned", "--conversation", "1", "--to", "lee"],
        ["reassign", "Spring", "--from", "kim", "--to", "lee", "--to-everyone"],
        ["reassign", "Spring", "--from", "kim", "--to", "lee", "--save-plan", "plan.json"],
        ["reassign", "Spring", "--plan", "plan.json"],
        ["reassign", "--plan", "plan.json", "--preview"],
        ["import", "contacts", "contacts.csv"],
        ["import", "users", "users.csv", "--campaign", "Spring"],
        ["import", "contacts", "contacts.csv", "--campaign", "Spring", "--map", "phone"],
        ["receive", "--from", "4155550142", "--body", "Hi", "--at", "yesterday"],
        ["deliver", "--workers", "0"],
        ["listen", "--port", "http"],
    ],
)
def test_a_command_line_that_cannot_be_read_makes_no_database(shell: Shell, words: list[str]) -> None:
    result = shell.run(*words)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("usage: thrumsg")
    assert not shell.database.exists()


LISTS = ("conversations Spring", "find lopez", "triage --json", "unmatched", "history", "opt-outs")
"""The commands that take `--limit`."""


@pytest.mark.parametrize("command", LISTS)
@pytest.mark.parametrize("limit", ["0", "-1", "many", ""])
def test_a_list_of_no_rows_is_no_list(shell: Shell, command: str, limit: str) -> None:
    """It would say that nobody matches, or that there is nothing."""
    result = shell.run(*command.split(), f"--limit={limit}")
    assert (result.code, result.out) == (2, "")
    assert f"--limit: {limit!r} is not a number of rows; write 1 or more" in result.err
    assert not shell.database.exists()


def test_every_command_with_a_limit_is_tried() -> None:
    limited = [each.prog for each in every_command(build_parser()) if "--limit" in each.format_usage()]
    assert sorted(limited) == sorted(f"thrumsg {each.split()[0]}" for each in LISTS)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["overview", "Autumn"], "no campaign 'Autumn'"),
        (["thread", "99"], "no conversation 99"),
        (["undo", "99"], "no change 99"),
        (["user", "role", "nobody", "admin"], "no user 'nobody'"),
        (["conversations", "Spring", "--sender", "root"], "'root' is not a sender"),
        (["send", "1", "--body", "Hi %first_name%"], "%first_name% is not filled in"),
        (["send", "1", "--body", ""], "the message is empty"),
        (["opt-out", "call me"], "is not a phone number"),
        (["opt-out", "415 555 0142", "--region", "XX"], "is not a region"),
        (["opt-in", "415 555 0142"], "is not opted out"),
        (["answer", "1", "Will you?", "Yes"], "no survey question"),
        (["answer", "1", "Will you vote?", "Perhaps"], "not a choice"),
        (["reassign", "Spring", "--from-unassigned", "--to", "kim", "--count", "0"], "at least 1"),
        (["reassign", "Spring", "--from-unassigned", "--to", "kim", "--count", "-3"], "at least 1"),
        (["reassign", "Spring", "--from", "kim", "--to", "kim"], "also a destination"),
        (["campaign", "create", "Spring", "--initial", "Hi"], "a campaign 'Spring' already"),
        (["campaign", "create", "X", "--initial", "Hi", "--open", "9:00", "--close", "9:00"], "is not after"),
        (["campaign", "create", "X", "--initial", "Hi", "--starts", "2026-03-03", "--ends", "2026-03-02"], "before"),
        (["campaign", "launch", "Spring"], "cannot become active"),
        (["campaign", "resume", "Spring"], "cannot become active"),
        (["campaign", "archive", "Spring"], "needs --yes"),
        (["settings", "colour", "blue"], "no setting 'colour'"),
        (["settings", "colour"], "no setting 'colour'"),
        (["settings", "redact_phones", "perhaps"], "either on or off"),
        (["import", "users", "/nowhere.csv"], "no file"),
        (["export", "messages", "Spring", "--out", "/"], "is a folder"),
        (["backup", "/"], "is a folder"),
        (["backup", "/dev/null"], "is not a thrumsg database"),
        (["reassign", "--plan", "/nowhere.json"], "no file"),
    ],
)
def test_what_a_rule_refuses_is_explained_in_one_line(spring: Shell, words: list[str], reason: str) -> None:
    before = spring.done("history")
    assert reason in spring.refused(*words)
    assert spring.done("history") == before


def test_a_file_that_is_not_ours_is_left_as_it_is(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("my notes")
    result = shell.run("--db", tmp_path / "notes.txt", "campaign", "list")
    assert (result.code, result.out) == (3, "")
    assert "not a thrumsg database" in result.err
    assert (tmp_path / "notes.txt").read_text() == "my notes"


@pytest.mark.only_sqlite("a server keeps the number in a table")
def test_a_file_of_a_newer_version_is_left_as_it_is(spring: Shell) -> None:
    conn = sqlite3.connect(spring.database)
    conn.execute("PRAGMA user_version = 999")
    conn.close()
    result = spring.run("campaign", "list")
    assert result.code == 3
    assert "newer" in result.err


@pytest.mark.parametrize("path", ["no/such/folder/t.db", "x" * 300, "."])
def test_a_place_where_no_file_can_be_is_explained(shell: Shell, path: str, tmp_path: Path) -> None:
    result = shell.run("--db", tmp_path / path, "campaign", "list")
    assert result.code == 3
    assert result.err.count("\n") == 1


@pytest.mark.only_sqlite("the default database is a file")
def test_an_own_folder_that_cannot_be_made_is_explained(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/proc/nowhere")
    monkeypatch.delenv("THRUMSG_DB")
    result = shell.run("campaign", "list")
    assert result.code == 3
    assert "cannot be made" in result.err


def test_a_mistake_of_ours_is_one_line_and_its_traceback_in_a_log(
    spring: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("the number " + "".join(["+1415", "5550142"]))

    monkeypatch.setattr(users, "list_all", broken)
    result = spring.run("user", "list")
    assert (result.code, result.out) == (70, "")
    assert result.err.count("\n") == 1
    assert "+1415" not in result.err
    (log,) = tmp_path.rglob("errors.log")
    assert str(log) in result.err
    written = log.read_text()
    assert "ZeroDivisionError\n" in written
    assert "in broken" in written
    assert "+14155550142" not in written, "what people are called and write stays out (docs/rules.md 11.2)"
    assert log.stat().st_mode & 0o777 == 0o600


def test_ctrl_c_is_130_and_silent(spring: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(users, "list_all", interrupted)
    result = spring.run("user", "list")
    assert (result.code, result.out, result.err) == (130, "", "")


def test_a_reader_that_leaves_early_hears_nothing_of_it(spring: Shell) -> None:
    for _ in range(12):
        spring.done("settings", "organization", "x" * 8000)
    command = f"{sys.executable} -m thrumsg_tui history | head -c 1; exit ${{PIPESTATUS[0]}}"
    environment = os.environ | {"THRUMSG_DB": str(spring.location)}
    spring.done("user", "add", own_login(), "--first-name", "A", "--last-name", "B", "--role", "owner")
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_words_that_are_not_utf_8_are_refused_and_lose_nothing(spring: Shell) -> None:
    why = spring.refused("user", "add", "jo", "--first-name", "J\udcf6", "--last-name", "B")
    assert "'J\ufffd' has bytes that are not UTF-8" in why
    assert "Nothing was changed." in why
    assert "jo" not in spring.done("user", "list").split()
    assert "'S\ufffd' has bytes that are not UTF-8" in spring.refused("overview", "S\udcf6")


def test_what_a_contact_wrote_is_kept_whatever_its_bytes(spring: Shell) -> None:
    spring.done("receive", "--from", "+14155550177", "--body", "caf\udce9")
    assert "caf\ufffd" in spring.done("unmatched")


def test_the_version_is_printed(shell: Shell) -> None:
    assert shell.done("--version").startswith("thrumsg ")


def run_in_shell(command: str, database: Location, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run `thrumsg` words in a real shell, for what Python's own streams cannot show."""
    started = f"exec {sys.executable} -m thrumsg_tui --db {quote(str(database))} {command}"
    return subprocess.run(
        ["sh", "-c", started],
        capture_output=True,
        env={**os.environ, "PYTHONUNBUFFERED": "", **environment},
        check=False,
    )


@pytest.mark.parametrize("command", ["campaign list", "campaign list --json", "export messages", "--version"])
@pytest.mark.parametrize("to", ["> /dev/full", ">&-"])
def test_what_cannot_be_shown_is_told(spring: Shell, command: str, to: str) -> None:
    ran = run_in_shell(f"{command} {to}", spring.location)
    assert ran.returncode == 1
    assert ran.stderr.count(b"\n") == 1
    assert b"Standard output cannot be written" in ran.stderr


def test_closed_streams_do_no_harm(spring: Shell) -> None:
    assert run_in_shell("campaign list <&- 2>&-", spring.location).stdout
    assert run_in_shell("overview nowhere <&- 2>&- >&-", spring.location).returncode == 1
    assert run_in_shell("doctor", spring.location).returncode == 0


def test_ctrl_c_while_the_program_is_loaded_is_quiet(spring: Shell, tmp_path: Path) -> None:
    (tmp_path / "argparse.py").write_text("raise KeyboardInterrupt")
    ran = run_in_shell("campaign list", spring.location, PYTHONPATH=str(tmp_path))
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, b"", b"")
