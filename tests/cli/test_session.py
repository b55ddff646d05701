"""Who is at the keyboard, and which file is used (`docs/rules.md 8.2`)."""

import os
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Shell


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_whoever_makes_a_database_is_its_owner_and_is_told_so(shell: Shell) -> None:
    shell.log_in("ana", "Ana María Ortiz,Room 3")
    result = shell.run("user", "list", "--json")
    assert "ana is its owner" in result.err
    assert result.err.count("\n") == 1
    (owner,) = shell.json("user", "list")
    assert (owner["login"], owner["role"], owner["name"]) == ("ana", "owner", "Ana María Ortiz")


def test_an_owner_without_a_name_on_this_machine_is_called_by_their_login(shell: Shell) -> None:
    (owner,) = shell.json("user", "list")
    assert owner["name"] == "root"


def test_the_login_never_comes_from_the_environment(spring: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    spring.log_in("kim")
    monkeypatch.setenv("USER", "root")
    monkeypatch.setenv("LOGNAME", "root")
    assert "kim is sender" in spring.refused("overview", "Spring")


def test_a_stranger_is_turned_away_by_name(spring: Shell) -> None:
    spring.log_in("mallory")
    reason = spring.refused("campaign", "list")
    assert "'mallory' is not a user" in reason
    assert "thrumsg user add mallory" in reason


def test_an_own_database_and_its_folder_are_closed_to_others(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("THRUMSG_DB")
    shell.done("campaign", "list")
    database = shell.database.parent / "home" / "thrumsg" / "thrumsg.db"
    assert mode(database) == 0o600
    assert mode(database.parent) == 0o700


def test_a_database_that_is_named_is_closed_to_others_too(shell: Shell, tmp_path: Path) -> None:
    shell.done("--db", tmp_path / "other.db", "campaign", "list")
    assert mode(tmp_path / "other.db") == 0o600
    assert not shell.database.exists()


@pytest.mark.parametrize("words", [["--json", "campaign", "list"], ["campaign", "--json", "list"]])
def test_what_holds_everywhere_may_stand_before_and_after_the_command(shell: Shell, words: list[str]) -> None:
    assert shell.done(*words) == shell.done("campaign", "list", "--json") == "[]\n"


def test_an_owner_acts_for_another(spring: Shell) -> None:
    spring.done("reassign", "Spring", "--conversation", 1, "--to", "kim")
    spring.done("send", 1, "--as", "kim")
    assert spring.json("thread", 1)["messages"][0]["author_login"] == "kim"
    newest = spring.json("history", "--limit", 1)[0]
    assert (newest["by"], newest["acting_for"]) == ("root", "kim")


def test_a_sender_acts_for_nobody(spring: Shell) -> None:
    spring.log_in("kim")
    assert "act for another user" in spring.refused("--as", "root", "campaign", "list")


def test_acting_for_somebody_gives_no_more_than_they_have(spring: Shell) -> None:
    spring.refused("overview", "Spring", "--as", "kim")


def test_a_forced_command_says_who_it_is_and_the_client_what_to_do(spring: Shell) -> None:
    for command in ("conversations Spring --json", "thrumsg conversations Spring --json"):
        spring.over_ssh(command)
        assert spring.done("--forced-login", "kim") == "[]\n"
    spring.over_ssh("overview Spring")
    assert "kim is sender" in spring.refused("--forced-login", "kim")


@pytest.mark.parametrize("option", ["--as", "--db", "--forced-login"])
@pytest.mark.parametrize("spelling", ["{} root", "{}=root"])
def test_a_client_cannot_choose_who_it_is(spring: Shell, option: str, spelling: str) -> None:
    spring.over_ssh(f"{spelling.format(option)} overview Spring")
    assert option in spring.refused("--forced-login", "kim")
    spring.over_ssh(f"overview Spring {spelling.format(option)}")
    assert option in spring.refused("--forced-login", "kim")


def test_an_abbreviated_option_is_no_way_around(spring: Shell) -> None:
    spring.over_ssh("overview Spring --forced root")
    assert spring.run("--forced-login", "kim").code == 2


def test_an_empty_forced_login_is_nobody(spring: Shell) -> None:
    assert "is not a user" in spring.refused("--forced-login", "", "campaign", "list")


def test_under_ssh_nobody_acts_for_another(spring: Shell) -> None:
    spring.over_ssh("whatever")
    assert "--as is refused" in spring.refused("--as", "kim", "campaign", "list")


def test_a_command_with_an_open_quote_is_refused(spring: Shell) -> None:
    spring.over_ssh("send 1 --body 'hello")
    assert "could not be read" in spring.refused("--forced-login", "kim")


def test_help_does_not_tell_of_forced_logins(shell: Shell) -> None:
    assert "forced" not in shell.done("--help") + shell.done("campaign", "create", "--help")


def test_who_has_another_account_than_the_file_cannot_say_who_they_are(
    spring: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = spring.database.stat().st_uid
    monkeypatch.setattr(os, "getuid", lambda: owner + 1000)
    assert "is for the account that owns" in spring.refused("--forced-login", "root", "campaign", "list")
    assert spring.done("campaign", "list")
    monkeypatch.setattr(os, "getuid", lambda: owner)
    assert spring.done("--forced-login", "root", "campaign", "list")
