"""How hypothesis runs, in how many workers the tests run, and what the garbage collector looks at."""

import gc
import os
from collections.abc import Generator

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
