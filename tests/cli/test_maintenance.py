"""Settings, doctor and backup."""

from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from thrumsg_tui.store.database import Database


def test_settings_are_listed_shown_and_changed(shell: Shell) -> None:
    listed = shell.json("settings")
    assert listed.keys() == {
        *("organization", "opt_out_message", "auto_opt_out", "redact_phones", "undo_send"),
        *("default_timezone", "default_open", "default_close"),
    }
    assert shell.json("settings", "organization", "Harbor Votes") == {"organization": "Harbor Votes"}
    assert shell.json("settings", "organization") == {"organization": "Harbor Votes"}
    assert shell.json("settings", "auto_opt_out", "--as", "root", "No") == {"auto_opt_out": "off"}


def test_doctor_finds_and_mends_a_wrong_count(spring: Shell) -> None:
    assert spring.json("doctor")["healthy"] is True
    database = Database(spring.location)
    with database.writing() as tx:
        tx.conn.execute("UPDATE assignment SET assigned = assigned + 1")
    database.close()
    result = spring.run("doctor")
    assert result.code == 1
    assert "doctor --repair" in result.err
    assert spring.json("doctor", "--repair")["mended"]
    spring.done("doctor")


def test_doctor_says_which_database_it_has_checked(spring: Shell) -> None:
    assert spring.done("doctor").splitlines() == [f"Checked {spring.location}.", "All is well."]
    assert spring.json("doctor")["database"] == str(spring.location)


@pytest.mark.parametrize("words", [("doctor",), ("doctor", "--repair"), ("backup", "copy.db")])
@pytest.mark.parametrize("is_empty", [False, True])
def test_what_only_looks_at_a_database_makes_none(
    spring: Shell, tmp_path: Path, words: tuple[str, ...], is_empty: bool
) -> None:
    none = tmp_path / "none.db"
    if is_empty:
        none.touch()
    ran = spring.run("--db", none, *words)
    assert (ran.code, ran.out) == (3, "")
    assert ran.err == f"thrumsg: There is no database yet: {none}. Nothing was changed.\n"
    assert none.exists() == is_empty
    assert not is_empty or not none.stat().st_size
    assert not Path("copy.db").exists()


def test_a_backup_is_a_database_closed_to_others(spring: Shell, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    spring.done("backup", copy)
    assert copy.stat().st_mode & 0o777 == 0o600
    assert spring.json("--db", copy, "overview", "Spring")["total"] == 3


@pytest.mark.only_sqlite("no file is the database of a server")
def test_no_backup_takes_the_place_of_the_database(spring: Shell) -> None:
    assert "database itself" in spring.refused("backup", spring.database)
