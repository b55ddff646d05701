"""A sample of `make faults`; tests/endurance/faults.py runs all of it at length (docs/rules.md 4.8, 11.5)."""

from __future__ import annotations

import subprocess
import sys

from tests.store.processes import ROOT


def faults(*words: str) -> subprocess.CompletedProcess[str]:
    """Run it in a process of its own, which forks."""
    command = [sys.executable, "-W", "error", "-m", "tests.endurance.faults", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)


def test_nothing_is_lost_or_left_half_done() -> None:
    kinds = [f"--kind={kind}" for kind in ("undo 1,200 in steps", "replace a backup", "shut a key")]
    groups = [f"--group={group}" for group in ("kill", "full", "read-only", "locked")]
    ran = faults("--tries", "8", *groups, *kinds)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout + ran.stderr


def test_upgrades_that_race_or_are_killed_are_whole() -> None:
    ran = faults("--tries", "5", "--group", "upgrade")
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout + ran.stderr


def test_a_terminal_may_be_stopped_closed_and_killed() -> None:
    ran = faults("--tries", "4", "--group", "terminal")
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout + ran.stderr


def test_the_judge_sees_what_is_left_half_done_without_transactions() -> None:
    ran = faults("--group", "kill", "--kind", "send all of", "--tries", "6", "--careless")
    assert ran.returncode == 0, ran.stdout
    assert "half done after" in ran.stdout
