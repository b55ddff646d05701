"""Databases on the server of the tests."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest

from tests.postgres_server import shared_cluster
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.location import ServerAddress


@pytest.fixture
def empty() -> Iterator[ServerAddress]:
    """A database without any table."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(shared_cluster().address("postgres"), autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {name}".encode())
        yield ServerAddress(shared_cluster().address(name))
        conn.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def db(empty: ServerAddress) -> Iterator[Database]:
    """A database in which nothing has happened yet."""
    made = Database(empty)
    yield made
    made.close()
