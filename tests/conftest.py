"""How hypothesis runs: without a deadline anywhere, with the same examples every time in CI. And how garbage is found."""

import gc
import os
from collections.abc import Generator

import pytest
from hypothesis import settings

settings.register_profile("default", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("default")


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
