"""A server with a standby that has all that the server has confirmed, and can take its place."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic
from urllib.parse import quote

import psycopg

from tests.postgres_server import PATIENCE, USER, Cluster, own_cluster

_REPLICATED = {"synchronous_commit": "on", "wal_level": "replica", "max_wal_senders": "4"}


class Standby(Cluster):
    """A copy of a cluster that follows it."""

    def __init__(self, folder: Path, primary: Cluster) -> None:
        super().__init__(folder, _REPLICATED)
        self._primary = primary

    def create(self, *options: object) -> None:
        """Copy the cluster."""
        shutil.copystat(self._primary.folder, self.folder)
        shutil.chown(self.folder, self._primary.folder.owner(), self._primary.folder.group())
        source = ("-h", self._primary.folder, "-U", USER)
        self.run("pg_basebackup", *source, "-D", self._data, "--write-recovery-conf", "--checkpoint=fast", "--no-sync")

    def promote(self) -> None:
        """Let it take the place of its primary, and wait until it has."""
        self.run("pg_ctl", "-D", self._data, "-w", "promote")


@contextmanager
def cluster_with_standby() -> Iterator[tuple[Cluster, Standby]]:
    """Give a cluster that confirms only what its standby has."""
    folder = Path(mkdtemp(prefix="thrumsg-standby-", dir="/tmp"))
    try:
        with own_cluster(_REPLICATED) as primary:
            standby = Standby(folder, primary)
            standby.create()
            standby.start()
            try:
                with psycopg.connect(primary.address("postgres"), autocommit=True) as conn:
                    conn.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
                    conn.execute("SELECT pg_reload_conf()")
                    limit = monotonic() + PATIENCE
                    while not conn.execute("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'").fetchall():
                        assert monotonic() < limit, "the server does not wait for its standby"
                yield primary, standby
            finally:
                standby.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def address_of_both(primary: Cluster, standby: Cluster, database: str) -> str:
    """Return an address that leads to whichever of them takes changes."""
    hosts = quote(f"{primary.folder},{standby.folder}", safe="")
    return f"postgresql://{USER}@/{database}?host={hosts}&target_session_attrs=read-write"
