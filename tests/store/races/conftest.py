"""A database of its own on the server of the tests, which other processes may open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest

from tests.postgres_server import shared_cluster


@pytest.fixture
def empty_on_server() -> Iterator[str]:
    """The address of a database without any table."""
    with _empty() as address:
        yield address


@pytest.fixture(scope="module")
def module_database() -> Iterator[str]:
    """The same for all tests of a module."""
    with _empty() as address:
        yield address


@contextmanager
def _empty() -> Iterator[str]:
    name = f"race_{uuid4().hex}"
    with psycopg.connect(shared_cluster().address("postgres"), autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield shared_cluster().address(name)
        finally:
            conn.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
