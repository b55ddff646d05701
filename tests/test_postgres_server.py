"""The server of the tests is there when one asks for it, and gone when nobody can ask any more."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep
from uuid import uuid4

import psycopg
import pytest

from tests.postgres_server import PATIENCE, ROOT, Cluster, own_cluster, shared_cluster

USES = """
import sys
from tests.postgres_server import shared_cluster
print(shared_cluster().folder, flush=True)
sys.stdin.read()
"""


def until(met: Callable[[], bool]) -> None:
    limit = monotonic() + PATIENCE
    while not met():
        assert monotonic() < limit
        sleep(0.01)


def using(run: str) -> subprocess.Popen[str]:
    """Have another process use the server of a run of the tests."""
    return subprocess.Popen(
        [sys.executable, "-c", USES],
        cwd=ROOT,
        env={**os.environ, "PYTEST_XDIST_TESTRUNUID": run},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def folder_of(process: subprocess.Popen[str]) -> Path:
    assert process.stdout is not None
    return Path(process.stdout.readline().strip())


def server_in(folder: Path) -> int:
    return int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])


def lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def cluster() -> Cluster:
    return shared_cluster()


def test_texts_do_not_sort_by_their_bytes_unless_a_column_says_so(cluster: Cluster) -> None:
    with psycopg.connect(cluster.address("postgres")) as conn:
        [(wrong, right)] = conn.execute("SELECT 'B' < 'a', 'B' < 'a' COLLATE \"C\"").fetchall()
    assert (wrong, right) == (False, True)


def test_the_processes_of_a_run_share_a_server_which_ends_with_the_last_of_them_even_if_it_is_killed() -> None:
    run = uuid4().hex
    first, second = using(run), using(run)
    with first, second:
        folder = folder_of(first)
        assert folder_of(second) == folder
        server = server_in(folder)
        first.kill()
        first.wait(PATIENCE)
        with psycopg.connect(Cluster(folder).address("postgres")) as conn:
            conn.execute("SELECT 1")
        assert server_in(folder) == server
        second.kill()
        second.wait(PATIENCE)
        until(lambda: not folder.exists())
        until(lambda: not lives(server))


def test_a_cluster_of_ones_own_can_crash_and_start_again() -> None:
    with own_cluster({"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}) as mine:
        with psycopg.connect(mine.address("postgres"), autocommit=True) as conn:
            conn.execute("CREATE TABLE kept AS SELECT 7 AS number")
        mine.stop("immediate")
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(mine.address("postgres"))
        mine.start()
        with psycopg.connect(mine.address("postgres")) as conn:
            assert conn.execute("SELECT number FROM kept").fetchall() == [(7,)]
    assert not mine.folder.exists()
