"""A server whose disk becomes full: that of a database, or that of the log of changes (WAL), which stops the server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from tests.full_disk import SmallDisk, small_disk
from tests.postgres_server import Cluster, own_cluster
from thrumsg_tui.store.location import ServerAddress

_SIZE = "64m"
"""A database without contents takes 10 MiB of it."""

_PACKED = ("ALTER TABLE {} RESET (fillfactor)", "VACUUM FULL {}", "ALTER TABLE {} SET (fillfactor = 10)")
"""Let each row of a table that is new or changed need a new page, which a full disk has not."""


class FullServer:
    """A server with one database on a small disk.

    Args:
        cluster: The server.
        disk: The disk.
    """

    def __init__(self, cluster: Cluster, disk: SmallDisk) -> None:
        self.cluster, self.disk = cluster, disk
        self.location = ServerAddress(cluster.address("small"))

    def fill(self, *, free: int = 0) -> None:
        """Leave so many bytes on the disk, and no room in the pages of the journal, of messages and of drafts."""
        with psycopg.connect(str(self.location), autocommit=True) as conn:
            for table in ("event", "message", "draft"):
                for statement in _PACKED:
                    conn.execute(statement.format(table).encode())
            conn.execute("CHECKPOINT")
        self.disk.fill(free=free)

    def empty(self) -> None:
        """Make room again."""
        self.disk.empty()


@contextmanager
def full_server() -> Iterator[FullServer]:
    """Start one whose log has another disk; skip the test where no disk can be mounted."""
    with _disk() as disk, own_cluster() as cluster:
        cluster.add_role("thrumsg_host")  # people are known by their logins on this host
        tables = disk.folder / "tables"
        tables.mkdir()
        cluster.own(tables)
        with psycopg.connect(cluster.address("postgres"), autocommit=True) as conn:
            conn.execute(f"CREATE TABLESPACE small LOCATION '{tables}'".encode())
            conn.execute("CREATE DATABASE small TABLESPACE small")
        yield FullServer(cluster, disk)


@contextmanager
def server_with_small_log() -> Iterator[tuple[Cluster, SmallDisk]]:
    """Start one whose log alone is on a small disk, in files of 1 MiB."""
    settings = {"min_wal_size": "2MB", "synchronous_commit": "on", "wal_recycle": "off"}
    with _disk() as disk, own_cluster(settings, "--waldir", disk.folder / "log", "--wal-segsize", 1) as cluster:
        yield cluster, disk


@contextmanager
def _disk() -> Iterator[SmallDisk]:
    """Mount a disk on which the server's account can write."""
    with (
        TemporaryDirectory(prefix="thrumsg-small-", dir="/tmp") as name,
        small_disk(Path(name) / "disk", _SIZE) as disk,
    ):
        Path(name).chmod(0o755)
        disk.folder.chmod(0o777)
        yield disk
