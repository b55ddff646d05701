"""Files that are none, links, modes that shut out, disks that are full (docs/rules.md 11.2, 11.5)."""

from __future__ import annotations

import json
import os
import shutil
import socket
import stat
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.cli.conftest import Result, Shell

pytestmark = pytest.mark.only_sqlite("it is about a database that is a file")

NOBODY = 65534
as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root may become somebody else")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=["fifo", "socket", "folder", "/dev/zero", "/dev/tty"])
def odd(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """What is there, and is no ordinary file."""
    path = tmp_path / "odd"
    match request.param:
        case "fifo":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "socket":
            here = Path.cwd()
            os.chdir(tmp_path)  # the path of a socket is short
            with socket.socket(socket.AF_UNIX) as listening:
                listening.bind("odd")
            os.chdir(here)
        case _:
            return Path(request.param)
    return path


@pytest.mark.parametrize(
    "words",
    [
        ("import", "users", "{odd}"),
        ("import", "contacts", "{odd}", "--campaign", "Spring"),
        ("opt-out-list", "{odd}"),
        ("reassign", "--plan", "{odd}"),
        ("restore", "{odd}"),
        ("backup", "{odd}"),
        ("doctor", "--file", "{odd}"),
    ],
)
def test_what_is_no_ordinary_file_is_refused_at_once(spring: Shell, odd: Path, words: tuple[str, ...]) -> None:
    said = spring.refused(*(word.format(odd=odd) for word in words))
    assert str(odd) in said


def test_a_database_that_is_no_ordinary_file_is_refused_at_once(shell: Shell, odd: Path) -> None:
    ran = shell.run("--db", odd, "campaign", "list")
    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert f"{odd} is a {'folder' if odd.is_dir() else 'device or a pipe'}, not a thrumsg database." in ran.err


def test_a_file_that_is_too_large_is_refused_unread(
    spring: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(1 << 40)  # as sparse as it can be
    assert "is larger than 256 MiB" in spring.refused("import", "users", tmp_path / "large.csv")


@pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal"])
def test_a_link_in_the_place_of_what_sqlite_writes_is_not_followed(spring: Shell, tmp_path: Path, ending: str) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    beside = spring.database.with_name(spring.database.name + ending)
    beside.unlink(missing_ok=True)
    beside.symlink_to(victim)
    link = tmp_path / "by-another-name.db"
    link.symlink_to(spring.database)
    for path in (spring.database, link):
        ran = spring.run("--db", path, "campaign", "list")
        assert (ran.code, ran.out) == (3, "")
        assert f"{beside} is a link" in ran.err
    assert victim.read_text() == "mine"


def test_a_link_to_the_database_is_the_database(spring: Shell, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "link.db").symlink_to(spring.database)
    assert spring.json("--db", tmp_path / "elsewhere" / "link.db", "overview", "Spring")["total"] == 3


@pytest.mark.parametrize("name", ["thrumsg.db", "thrumsg.db-wal", "thrumsg.db-shm", "thrumsg.db-journal"])
def test_no_link_leads_an_export_onto_the_database(spring: Shell, tmp_path: Path, name: str) -> None:
    (tmp_path / "out.csv").symlink_to(spring.database.with_name(name))
    assert "is a thrumsg database, or part of one" in spring.refused(
        "export", "messages", "--out", tmp_path / "out.csv"
    )
    assert spring.json("overview", "Spring")["total"] == 3


@pytest.fixture(params=["export", "rejects", "plan"])
def writing(request: pytest.FixtureRequest, spring: Shell, tmp_path: Path) -> tuple[object, ...]:
    """A command line that writes out.csv."""
    (tmp_path / "in.csv").write_text("first,phone\nBad,12\n")
    return {
        "export": ("export", "messages", "--out"),
        "rejects": ("import", "contacts", tmp_path / "in.csv", "--campaign", "Spring", "--rejects"),
        "plan": ("reassign", "Spring", "--from-unassigned", "--to", "kim", "--preview", "--save-plan"),
    }[request.param]


def test_what_is_written_is_its_maker_s_only_and_a_replaced_file_keeps_its_mode(
    spring: Shell, tmp_path: Path, writing: tuple[object, ...]
) -> None:
    before = os.umask(0o022)
    try:
        spring.done(*writing, tmp_path / "out.csv")
        assert mode(tmp_path / "out.csv") == 0o600
        (tmp_path / "out.csv").chmod(0o664)
        spring.done(*writing, tmp_path / "out.csv")
        assert mode(tmp_path / "out.csv") == 0o664
    finally:
        os.umask(before)


@pytest.mark.parametrize("name", ["round", "x" * 300, "file/in/it"])
def test_a_name_that_leads_nowhere_is_explained(
    spring: Shell, tmp_path: Path, writing: tuple[object, ...], name: str
) -> None:
    (tmp_path / "round").symlink_to("round")
    (tmp_path / "file").touch()
    assert "cannot be written" in spring.refused(*writing, tmp_path / name)


def test_folders_that_are_made_are_closed_to_others(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    home = shell.database.parent / "far" / "home"
    monkeypatch.setenv("XDG_DATA_HOME", str(home))
    monkeypatch.delenv("THRUMSG_DB")
    before = os.umask(0o022)
    try:
        shell.done("campaign", "list")
    finally:
        os.umask(before)
    assert [mode(each) for each in (home.parent, home, home / "thrumsg")] == [0o700] * 3


# As somebody whom modes shut out


def run_as_nobody(shell: Shell, folder: Path, *words: object) -> Result:
    """Run a command in a process of somebody who is not root; what it loads is loaded before."""
    for each in ("restore", "maintenance", "messages", "campaign_views"):
        import_module(f"thrumsg_tui.cli.{each}")
    import_module("thrumsg_tui.store.doctor.damage")
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        try:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            ran = shell.run("--db", folder / "thrumsg.db", *words)
            os.write(write, json.dumps([ran.code, ran.out, ran.err]).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as said:
        ran = Result(*json.loads(said.read()))
    os.waitpid(child, 0)
    return ran


@pytest.fixture
def theirs(spring: Shell) -> Iterator[Path]:
    """A folder of nobody's with the database, as it is while somebody has it open."""
    spring.done("campaign", "list")
    folder = Path(mkdtemp(prefix="thrumsg-test-"))
    shutil.copy(spring.database, folder / "thrumsg.db")
    for end in ("-wal", "-shm"):
        (folder / f"thrumsg.db{end}").touch()
    for each in (folder, *folder.iterdir()):
        os.chown(each, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(folder)


@as_root
@pytest.mark.parametrize("left", [0o000, 0o400])
def test_a_database_that_shuts_its_owner_out_is_explained(spring: Shell, theirs: Path, left: int) -> None:
    (theirs / "thrumsg.db").chmod(left)
    ran = run_as_nobody(spring, theirs, "send", 1)
    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1), ran
    assert "You may not read" in ran.err
    (theirs / "thrumsg.db").chmod(0o600)
    assert run_as_nobody(spring, theirs, "send", 1).code == 0


@as_root
@pytest.mark.parametrize("ending", ["-shm", "-wal"])
@pytest.mark.parametrize("left", [0o000, 0o400])
def test_what_was_left_beside_it_shuts_its_owner_out_no_more(
    spring: Shell, theirs: Path, ending: str, left: int
) -> None:
    (theirs / f"thrumsg.db{ending}").chmod(left)
    assert run_as_nobody(spring, theirs, "send", 1).code == 0


@as_root
@pytest.mark.parametrize("ending", ["-shm", "-wal"])
def test_what_somebody_else_left_beside_it_is_named(spring: Shell, theirs: Path, ending: str) -> None:
    os.chown(theirs / f"thrumsg.db{ending}", 0, 0)
    (theirs / f"thrumsg.db{ending}").chmod(0o600)
    ran = run_as_nobody(spring, theirs, "send", 1)
    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1), ran
    assert f"thrumsg.db{ending}" in ran.err


@as_root
def test_a_folder_that_cannot_be_written_is_named(spring: Shell, theirs: Path) -> None:
    for end in ("-wal", "-shm"):
        (theirs / f"thrumsg.db{end}").unlink()
    theirs.chmod(0o500)
    ran = run_as_nobody(spring, theirs, "campaign", "list")
    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert "nothing may be written in its folder" in ran.err


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, which is soon full."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_that_nobody_had_it_open_on_is_called_full(spring: Shell, small_disk: Path, tmp_path: Path) -> None:
    shutil.copy(spring.database, small_disk / "thrumsg.db")
    spring.done("backup", small_disk / "backup.db")
    good = (small_disk / "backup.db").read_bytes()
    ballast = os.open(small_disk / "ballast", os.O_WRONLY | os.O_CREAT)
    with suppress(OSError):
        while os.write(ballast, b"x" * 4096):
            pass
    os.close(ballast)
    for words in (("campaign", "list"), ("send", 1), ("restore", tmp_path / "copy.db")):
        shutil.copy(spring.database, tmp_path / "copy.db")
        ran = spring.run("--db", small_disk / "thrumsg.db", *words)
        assert (ran.code, ran.out) in {(3, ""), (1, "")}, ran
        assert "is full" in ran.err or "No space" in ran.err, ran
    ran = spring.run("backup", small_disk / "backup.db")
    assert ran.code == 1
    assert "There is no room" in ran.err or "No space" in ran.err
    assert (small_disk / "backup.db").read_bytes() == good
    assert sorted(each.name for each in small_disk.iterdir())[:2] == ["backup.db", "ballast"]
