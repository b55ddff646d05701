"""Opening the app: what is turned away before anything is made."""

from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tests.store.formats import ROWS, make_format
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.database import Database
from thrumsg_tui.tui import running


@pytest.mark.parametrize("words", [[], ["demo"]])
def test_without_a_terminal_nothing_is_made(shell: Shell, words: list[str]) -> None:
    result = shell.run(*words)
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "thrumsg: The app needs a terminal; `thrumsg --help` lists what the command line can do without one.\n"
    )
    assert list(shell.database.parent.iterdir()) == []


@pytest.mark.parametrize("words", [[], ["demo"]])
def test_a_dumb_terminal_is_none(shell: Shell, words: list[str]) -> None:
    shell.sit_at_terminal("dumb")
    assert shell.run(*words).code == 2
    assert list(shell.database.parent.iterdir()) == []


def test_a_walkthrough_never_writes_into_a_real_database(spring: Shell) -> None:
    spring.sit_at_terminal()
    assert "real database" in spring.refused("demo", "--db", spring.database)
    assert "real database" in spring.refused("demo", "--db", spring.database, "--fresh")


@pytest.mark.parametrize("words", [[], ["--fresh"], ["--tour"]])
def test_a_real_database_of_an_earlier_format_is_turned_away_as_it_is(shell: Shell, words: list[str]) -> None:
    shell.sit_at_terminal()
    make_format(shell.database, 2, ROWS)
    before = shell.database.read_bytes()
    assert "real database" in shell.refused("demo", "--db", shell.database, *words)
    assert shell.database.read_bytes() == before
    assert list(shell.database.parent.iterdir()) == [shell.database]


@pytest.fixture
def opened(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, str, str]]:
    """Stands for the app: notes which database is opened as whom."""
    seen: list[tuple[Path, str, str]] = []

    def run_app(db: Database, who: Identity, **_: object) -> int:
        seen.append((db.path, who.user.login, who.role))
        return 0

    shell.sit_at_terminal()
    monkeypatch.setattr(running, "run_app", run_app)
    return seen


def test_without_a_command_the_app_opens(spring: Shell, opened: list[tuple[Path, str, str]]) -> None:
    spring.done()
    spring.done("--as", "kim")
    spring.over_ssh(None)
    spring.done("--forced-login", "lee")
    assert opened == [
        (spring.database, "root", "owner"),
        (spring.database, "kim", "sender"),
        (spring.database, "lee", "sender"),
    ]


def test_a_walkthrough_has_a_database_of_its_own(shell: Shell, opened: list[tuple[Path, str, str]]) -> None:
    shell.log_in("ana", "Ana Ortiz")
    shell.done("demo")
    own = shell.database.parent / "home" / "thrumsg" / "practice.db"
    assert opened == [(own, "ana", "owner")]
    assert own.stat().st_mode & 0o777 == 0o600
    assert not shell.database.exists()
    assert shell.json("--db", own, "overview", "Spring Turnout")["total"] == 400


def test_a_walkthrough_where_no_file_can_be_is_explained(shell: Shell, opened: list[tuple[Path, str, str]]) -> None:
    assert shell.run("demo", "--db", shell.database.parent / ("x" * 300)).code == 3
    assert shell.run("demo", "--db", shell.database.parent / "no" / "folder.db").code == 3
    assert opened == []


def test_under_a_forced_command_there_is_no_walkthrough(spring: Shell, opened: list[tuple[Path, str, str]]) -> None:
    spring.over_ssh("demo --fresh")
    assert "account of their own" in spring.refused("--forced-login", "lee")
    assert opened == []
    assert not (spring.database.parent / "home").exists()
