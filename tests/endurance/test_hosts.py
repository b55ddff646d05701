"""A short form of `make hosts` (docs/rules.md 13.1, 13.5)."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from tests.cli.damaging import own_environment
from tests.endurance.balance import bodies, imports
from tests.endurance.hosts import CANNOT
from tests.endurance.network import missing_tools, why_not
from tests.endurance.office import Office, phone
from tests.endurance.person import Person
from tests.endurance.writer import IMPORTED, Writer
from tests.outside_tools import require_tool
from tests.postgres_server import binaries
from tests.store.processes import ROOT

PATIENCE = 400


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Run a campaign on three hosts; it is skipped where that cannot be."""
    require_tool("postgresql", is_there=binaries() is not None)
    return run_in_network("tests.endurance.hosts", *words)


def run_in_network(module: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a program that makes hosts; it is skipped where that cannot be."""
    require_tool("iproute2", is_there=not missing_tools())
    if reason := why_not():
        pytest.skip(reason)
    command = [sys.executable, "-W", "error", "-m", module, *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE)


def test_a_killed_server_and_a_lost_host_lose_nothing_and_double_nothing() -> None:
    words = ("--minutes", "0.4", "--people", "90", "--apps", "1", "--pace", "0.4", "--wait", "12")
    ran = run(*words, "--server-kills", "1", "--cuts", "0")
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout + ran.stderr
    assert "0 things were wrong" in ran.stdout
    assert "the server was killed" in ran.stdout
    assert re.search(r"(host-\w) lost its link and \d+ processes; (?!\1)host-\w delivered after", ran.stdout), (
        ran.stdout
    )
    assert re.search(r"[1-9]\d* × accepted", ran.stdout), ran.stdout


def test_a_host_that_is_cut_off_for_a_while_sends_nothing_twice() -> None:
    words = ("--minutes", "0.4", "--people", "90", "--apps", "0", "--wait", "12", "--cut-for", "14")
    ran = run(*words, "--server-kills", "0", "--host-losses", "0")
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout + ran.stderr
    assert re.search(r"(host-\w) was cut off for 1\d\.\d s with .*; (?!\1)host-\w delivered after", ran.stdout), (
        ran.stdout
    )
    assert re.search(r"connections +\d+ × TLSv1\.[23]\n", ran.stdout), ran.stdout


def test_a_deliverer_that_sends_again_what_has_no_answer_is_found_out() -> None:
    words = ("--minutes", "0.15", "--people", "90", "--apps", "0", "--faults", "40", "--harm", "naive")
    ran = run(*words, "--server-kills", "0", "--host-losses", "0", "--cuts", "0")
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert re.search(r"WRONG: sent \d times: the message with our key", ran.stdout), ran.stdout
    assert re.search(r"WRONG: \.\.\.\d{4} got \d initial messages", ran.stdout), ran.stdout


def test_a_message_whose_call_has_failed_does_not_leave_when_the_line_is_back() -> None:
    """Neither from this process nor from its system, which keeps what a process has written."""
    ran = run_in_network("tests.endurance.cut_line")
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout + ran.stderr


def test_without_the_tools_it_says_what_is_missing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.endurance.hosts"]
    ran = subprocess.run(
        command, cwd=ROOT, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert (ran.returncode, ran.stdout) == (CANNOT, "")
    assert ran.stderr.startswith("It cannot run here: not installed: ip, unshare, nsenter, hostname; ")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    with own_environment(tmp_path):
        return Office(tmp_path, admins=1, senders=1, watchers=0, people=IMPORTED, seed=1)


def test_the_judge_misses_what_was_acknowledged_and_sees_what_is_there_twice(office: Office) -> None:
    writer, person = Writer(0, office, Random(1), 1.0), Person("ann", Random(1), is_admin=True)
    for body in ("once", "twice", "twice", "typed", "typed"):
        office.do("receive", "--from", phone(0), "--body", body)
    writer.acknowledged, writer.tried, person.texts = ["once"], ["once", "never answered"], ["never sent"]
    assert list(bodies(office.database, [writer], [person])) == []
    writer.acknowledged, writer.tried, person.texts = ["gone"], ["twice"], ["typed"]
    assert list(bodies(office.database, [writer], [person])) == [
        "'gone' was acknowledged, and is lost",
        "'twice' was written once, and is stored 2 times",
        "'typed' was written once, and is stored 2 times",
    ]


def test_the_judge_sees_a_file_of_which_a_part_is_there(office: Office) -> None:
    writer = Writer(0, office, Random(1), 1.0)
    whole, part, none = ([phone(nth) for nth in range(first, first + IMPORTED)] for first in (0, 1, IMPORTED))
    writer.files = [(whole, True), (none, False)]
    assert list(imports(office.database, [writer])) == []
    writer.files = [(part, False), (none, True)]
    assert list(imports(office.database, [writer])) == [
        f"{IMPORTED - 1} of {IMPORTED} contacts of a file are there; it was acknowledged: False",
        f"0 of {IMPORTED} contacts of a file are there; it was acknowledged: True",
    ]
