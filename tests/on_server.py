"""What pytest does besides when the tests' databases lie on a PostgreSQL server."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import nullcontext

import pytest

from tests.new_database import lasting_folder
from tests.server_databases import POOL


@pytest.fixture(autouse=True, scope="session")
def own_files() -> Generator[None]:
    """Keep the files that stand beside a file's database, and of a server's in the home folder, out of that."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(lasting_folder("thrumsg-data-")))
        yield


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
    """Let the databases of a fixture that several tests share outlive a test."""
    with nullcontext() if fixturedef.scope == "function" else POOL.lasting():
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown() -> Generator[None, object, object]:
    """Take back the databases of a test."""
    try:
        return (yield)
    finally:
        POOL.end_test()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what is about files, or about SQLite."""
    if mark := item.get_closest_marker("only_sqlite"):
        pytest.skip(f"only on SQLite: {mark.args[0]}")
