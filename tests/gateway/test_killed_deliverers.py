"""Whatever ends a deliverer, no message is lost and none leaves twice (docs/rules.md 10.2).

The carrier runs in a process of its own, and its log is the judge.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from random import Random

import pytest

from tests.gateway.chaos import DOUBTFUL, NAIVE, PATIENCE, halt, traffic
from tests.gateway.power_cut import CARELESS


def faults(percent: float, *names: str) -> list[str]:
    """The options of a carrier with faults, of each so many per cent."""
    return [f"--fault={name}={percent}" for name in names]


def test_killed_deliverers_lose_nothing_and_send_nothing_twice(tmp_path: Path) -> None:
    with traffic(tmp_path, 240, *faults(2, *DOUBTFUL)) as run:
        assert run.kill_again_and_again(8, Random(1), each=10) == 8
        run.finish()
        verdict = run.verdict()
    assert verdict.is_good, verdict
    assert verdict.tries > verdict.messages


def test_the_judge_sees_what_is_sent_twice_where_no_carrier_is_asked(tmp_path: Path) -> None:
    with traffic(tmp_path, 120, *faults(4, *DOUBTFUL)) as run:
        run.kill_again_and_again(3, Random(1), each=10, program=NAIVE)
        run.finish(NAIVE)
        assert run.verdict().doubled > 0


@pytest.mark.only_sqlite("the judge is the same, and a server makes the deliverer slower than the carrier is late")
def test_the_judge_sees_what_is_sent_twice_where_the_carrier_is_asked_too_early(tmp_path: Path) -> None:
    with traffic(tmp_path, 12, *faults(100, "late"), wait=0.1, again=0.1, late=5) as run:
        with run.deliverer() as process:
            run.await_sending(process, 8)
        run.finish()
        assert run.verdict().doubled > 0


def test_a_halted_deliverer_keeps_its_lock_and_sends_nothing_twice(tmp_path: Path) -> None:
    with traffic(tmp_path, 200) as run:
        with run.deliverer() as process:
            for _ in range(3):
                run.await_traffic(process, 20)
                halt(process, 0.5)
            second = subprocess.run(run.command(), capture_output=True, text=True, timeout=PATIENCE, check=False)
            assert second.returncode == 1
            assert f"being delivered already: process {process.pid}" in second.stderr
        run.finish()
        verdict = run.verdict()
    assert verdict.is_good, verdict


@pytest.mark.only_sqlite("the disk of a file loses its power")
def test_a_power_cut_loses_nothing_and_sends_nothing_twice(tmp_path: Path) -> None:
    with traffic(tmp_path, 240, *faults(2, *DOUBTFUL)) as run:
        assert run.cut_power_again_and_again(8, Random(1), each=10) == 8
        run.finish()
        verdict = run.verdict()
    assert verdict.is_good, verdict
    assert verdict.tries > verdict.messages


@pytest.mark.only_sqlite("the disk of a file loses its power")
def test_the_judge_sees_what_a_power_cut_made_the_database_forget(tmp_path: Path) -> None:
    """Where a claim is not forced to the disk before its message is handed over."""
    with traffic(tmp_path, 120) as run:
        run.cut_power_again_and_again(4, Random(1), each=10, program=CARELESS)
        run.finish()
        assert run.verdict().forgotten > 0
