"""A server as docs/postgresql.md sets it up: the roles of `deploy/postgresql.sql`, two hosts, people and a reader."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg

from tests.postgres_server import PATIENCE, ROOT, Cluster, binaries, own_cluster
from thrumsg_tui.store.location import ServerAddress

DATABASE = "thrumsg"
_MEMBERS = {
    "olga": "thrumsg_owner",
    "host_a": "thrumsg_app, thrumsg_host",
    "host_b": "thrumsg_app, thrumsg_host",
    "kim": "thrumsg_app",
    "mallory": "thrumsg_app",
    "auditor": "thrumsg_read",
}
"""Who may sign in, and of which roles they are members."""


class Team:
    """The cluster of a team; nobody needs a password there."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.is_filled = False
        """Whether somebody has filled the database since it was made; they say so."""

    def address(self, role: str, more: str = "", database: str = DATABASE) -> str:
        """Return the address by which a role signs in, with more options."""
        return self.cluster.address(database).replace("postgresql://thrumsg@", f"postgresql://{role}@") + more

    def location(self, role: str) -> ServerAddress:
        """Return the same for a `Database`."""
        return ServerAddress(self.address(role))

    @contextmanager
    def connected(
        self, role: str = "thrumsg", database: str = DATABASE
    ) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
        """Sign in without thrumsg; the superuser, unless a role is named."""
        with psycopg.connect(self.address(role, database=database), autocommit=True) as conn:
            yield conn

    def make_database(self, name: str = DATABASE) -> None:
        """Make a database anew, without tables."""
        self.is_filled = self.is_filled and name != DATABASE
        with self.connected(database="postgres") as conn:
            conn.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        superuser = self.cluster.address("postgres")
        script, psql = ROOT / "deploy" / "postgresql.sql", (binaries() or ROOT) / "psql"
        words = [psql, "--no-psqlrc", "--quiet", "-d", superuser, "-v", f"database={name}", "-f", script]
        subprocess.run(list(map(str, words)), check=True, timeout=PATIENCE, capture_output=True)


@contextmanager
def team_server(settings: Mapping[str, str] | None = None) -> Iterator[Team]:
    """Start a server with the roles of a team; its database has no tables yet."""
    with own_cluster(settings) as cluster:
        team = Team(cluster)
        team.make_database()
        with team.connected(database="postgres") as conn:
            for role, groups in _MEMBERS.items():
                conn.execute(f"CREATE ROLE {role} LOGIN IN ROLE {groups}")
        yield team
