"""The versions that a report of a fault needs from the store."""

from __future__ import annotations

import os
from _sqlite3 import sqlite_version  # `sqlite3` takes much longer, for the types of its columns
from os.path import dirname, join

SQLITE = sqlite_version
"""The version of SQLite's library."""


def database_format() -> int:
    """Return the format of the databases that this version writes: the number of its migrations."""
    return sum(name.endswith(".sql") for name in os.listdir(join(dirname(__file__), "migrations")))
