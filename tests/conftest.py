"""How hypothesis runs, in how many workers the tests run, what is kept of them, where, and who looks for garbage."""

import gc
import os
import sys
import tempfile
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import settings

from tests.examples import examples
from tests.new_database import ON_SERVER

# without a deadline anywhere, and with the same examples every time in CI
settings.register_profile("default", deadline=None, derandomize=bool(os.environ.get("CI")), max_examples=examples(100))
settings.load_profile("default")

pytest_plugins = ["tests.on_server"] if ON_SERVER else []

WAITING = 2
"""Workers beyond the cores: many tests wait for a program, a lock or the disk."""

MEMORY = Path("/dev/shm")
"""A disk in memory, which most Linux systems have."""

ROOM = 2 << 30
"""How many bytes must be free there; the tests of four workers take a tenth of that."""


def has_room(folder: Path) -> bool:
    """Whether the tests can keep their files in a folder, and programs among them."""
    with suppress(OSError):
        disk = os.statvfs(folder)
        return disk.f_bavail * disk.f_frsize >= ROOM and not disk.f_flag & os.ST_NOEXEC and os.access(folder, os.W_OK)
    return False


# A commit waits there for no disk: tests of commands took two thirds of the time. TMPDIR chooses another place.
# pytest has asked for a temporary file by now, so `tempfile` remembers the place that was chosen before.
if "TMPDIR" not in os.environ and has_room(MEMORY):
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

# Without bytecode each worker compiles all tests anew, and each program that they start the whole product.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """Say how many workers `-n auto` starts, unless the environment says it."""
    return None if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ else (os.cpu_count() or 1) + WAITING


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep the garbage collector from all that stays to the end: ten thousand tests, and the modules they are in.

    It would look through them again and again, which took two fifths of the time of the app's tests.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(700, 10, 50)
        gc.enable()
