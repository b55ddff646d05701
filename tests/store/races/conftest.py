"""A database of its own on the server of the tests, which other processes may open."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest

from tests.postgres_server import shared_cluster


@pytest.fixture
def empty_on_server() -> Iterator[str]:
    """The address of a database without any table."""
    name = f"race_{uuid4().hex}"
    with psycopg.connect(shared_cluster().address("postgres"), autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {name}".encode())
        yield shared_cluster().address(name)
        conn.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
