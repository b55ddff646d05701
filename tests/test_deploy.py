"""The files of deploy/: judged by the software that reads them, and by docs/deploy.md (docs/rules.md 11.1)."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.outside_tools import require_tool
from tests.ssh.server import make_folder_of_root

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted(each for each in DEPLOY.iterdir() if each.suffix in {".service", ".socket", ".timer"})
SERVICES = [each for each in UNITS if each.suffix == ".service"]
MOST_EXPOSURE = 1.5
"""Of 10; what systemd calls safe or OK."""

SSHD = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/usr/bin")


def ran(*words: object, code: int = 0) -> str:
    ended = subprocess.run(list(map(str, words)), capture_output=True, text=True, check=False)
    assert ended.returncode == code, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


def settings(unit: Path) -> dict[str, list[str]]:
    """What a unit says, by the name of the setting."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", unit.read_text(), re.MULTILINE):
        found.setdefault(name, []).append(value)
    return found


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The units, beside programs where they say that these are."""
    require_tool("systemd", is_there=shutil.which("systemd-analyze") is not None)
    for unit in UNITS:
        text = unit.read_text()
        for program in re.findall(r"^ExecStart=(\S+)", text, re.MULTILINE):
            own = tmp_path / program.lstrip("/")
            own.parent.mkdir(parents=True, exist_ok=True)
            own.write_text("#!/bin/sh\n")
            own.chmod(0o700)
            text = text.replace(program, str(own))
        (tmp_path / unit.name).write_text(text)
    return tmp_path


@pytest.mark.parametrize("unit", UNITS, ids=lambda each: each.name)
def test_systemd_has_nothing_to_say_about_the_units(installed: Path, unit: Path) -> None:
    assert ran("systemd-analyze", "verify", installed / unit.name) == ""


@pytest.mark.parametrize("unit", SERVICES, ids=lambda each: each.name)
def test_the_services_are_shut_in(installed: Path, unit: Path) -> None:
    said = ran("systemd-analyze", "security", "--offline=true", "--no-pager", installed / unit.name)
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
    assert found, said
    assert float(found[1]) <= MOST_EXPOSURE, said


@pytest.mark.parametrize("unit", SERVICES, ids=lambda each: each.name)
def test_systemd_finds_faults_where_there_are_some(installed: Path, unit: Path) -> None:
    """The two tests above can fail."""
    path = installed / unit.name
    path.write_text(path.read_text().replace("UMask=0077", "UMaks=0077"))
    assert "UMaks" in ran("systemd-analyze", "verify", path)
    path.write_text(re.sub(r"^(Protect|Private|Restrict|System|Capab|NoNew)\w+=.*\n", "", path.read_text(), flags=re.M))
    said = ran("systemd-analyze", "security", "--offline=true", "--no-pager", path)
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
    assert found
    assert float(found[1]) > MOST_EXPOSURE


def test_the_services_agree_with_each_other() -> None:
    """One account, one database, one folder, no keys; a socket for whom `--fd 3` waits."""
    for unit in SERVICES:
        said = settings(unit)
        assert said["User"] == said["Group"] == said["StateDirectory"] == ["thrumsg"], unit.name
        assert said["StateDirectoryMode"] == ["0700"], unit.name
        assert said["Environment"] == ["THRUMSG_DB=/var/lib/thrumsg/thrumsg.db"], unit.name
        assert "-/var/lib/thrumsg/.ssh" in said["InaccessiblePaths"][0].split(), unit.name
    [listening] = settings(DEPLOY / "thrumsg-listen.socket")["ListenStream"]
    assert listening == "127.0.0.1:8437"
    assert f"reverse_proxy {listening}" in (DEPLOY / "Caddyfile").read_text()
    assert settings(DEPLOY / "thrumsg-listen.service")["ExecStart"] == ["/opt/thrumsg/bin/thrumsg listen --fd 3"]


def test_sshd_reads_its_part(tmp_path: Path) -> None:
    require_tool("sshd", is_there=SSHD is not None)
    make_folder_of_root()
    key = tmp_path / "host"
    ran("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
    said: dict[str, dict[str, str]] = {}
    for user in ("thrumsg", "kim"):
        lines = ran(
            SSHD, "-T", "-f", DEPLOY / "sshd.conf", "-h", key, "-C", f"user={user},host=here,addr=127.0.0.1"
        ).splitlines()
        said[user] = dict(line.split(" ", 1) for line in lines if " " in line)
    held = said["thrumsg"]
    assert held["disableforwarding"] == "yes"
    assert held["authenticationmethods"] == "publickey"
    assert held["passwordauthentication"] == held["kbdinteractiveauthentication"] == "no"
    assert held["permituserrc"] == held["permittunnel"] == "no"
    others = said["kim"]
    assert (others["disableforwarding"], others["passwordauthentication"]) == ("no", "yes"), "others are left alone"


# The backup script


@pytest.mark.skipif(sys.platform != "linux", reason="it is run by systemd, with GNU's date")
def test_backups_replace_each_other_and_never_pile_up(tmp_path: Path) -> None:
    """One for each hour of the day and each day of the week; a database that is damaged replaces none."""
    program, clock = tmp_path / "thrumsg", tmp_path / "date"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m thrumsg_tui "$@"\n')
    clock.write_text('#!/bin/sh\nexec /bin/date -d "$FAKE_TIME" "$@"\n')
    for each in (program, clock):
        each.chmod(0o700)
    db, folder = tmp_path / "thrumsg.db", tmp_path / "backups"
    env = os.environ | {
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "THRUMSG": str(program),
        "THRUMSG_BACKUPS": str(folder),
        "THRUMSG_DB": str(db),
    }
    subprocess.run([program, "settings", "organization", "First"], env=env, check=True, capture_output=True)

    def backed_up(time: str) -> int:
        words = [DEPLOY / "thrumsg-backup"]
        return subprocess.run(words, env=env | {"FAKE_TIME": time}, check=False, capture_output=True).returncode

    assert backed_up("2026-11-29 23:10 UTC") == 0
    assert backed_up("2026-11-30 00:10 UTC") == 0
    assert sorted(each.name for each in folder.iterdir()) == ["day-1.db", "day-7.db", "hour-00.db", "hour-23.db"]
    assert [stat.S_IMODE(each.stat().st_mode) for each in (folder, *folder.iterdir())] == [0o700] + [0o600] * 4
    old = (folder / "hour-23.db").read_bytes()
    subprocess.run([program, "settings", "organization", "Second"], env=env, check=True, capture_output=True)
    assert backed_up("2026-11-30 23:10 UTC") == 0
    assert len(list(folder.iterdir())) == 4
    new = (folder / "hour-23.db").read_bytes()
    assert old != new == (folder / "day-1.db").read_bytes()
    db.write_bytes(b"damaged" * 4096)
    assert backed_up("2026-12-01 23:10 UTC") == 3, "systemd counts it as failed"
    assert (folder / "hour-23.db").read_bytes() == new
    assert len(list(folder.iterdir())) == 4
