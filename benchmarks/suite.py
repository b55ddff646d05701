"""How long all tests take. This is measured only where it is asked for: `python -m benchmarks --suite`."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from time import perf_counter

from benchmarks.pty_program import ROOT
from benchmarks.rows import Family, Figure, Part, Row, Setting, Unit

TESTS = Row("make test", Unit.MINUTES, before=5.5, target=3, grows=False)


def _tests(_: Setting) -> Iterator[Figure]:
    start = perf_counter()
    done = subprocess.run(["make", "test", "ARGS="], cwd=ROOT, check=False)  # not the ARGS of `make bench`
    took = (perf_counter() - start) / 60
    if done.returncode:
        raise RuntimeError(f"the tests fail after {took:.1f} minutes: exit status {done.returncode}")
    yield Figure(TESTS, (took,))


SUITE = Family("suite", "Tests", (Part((TESTS,), _tests),))
