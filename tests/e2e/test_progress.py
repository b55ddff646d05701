"""The progress of slow commands: a person at a terminal sees it, nobody and nothing else does (docs/rules.md 12.4)."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from tests.e2e.conftest import Office

LOCKED = [
    (("doctor", "--repair"), r"Repairing: \d+ s", "All is well."),
    (("reassign", "Spring", "--from", "one", "--to", "two"), r"Moving: \d+ s", "Moved 16 conversations"),
    (("send-all", "Spring", "--sender", "one"), r"Sending: \d+ s", "Sent 5 messages"),
]
"""Commands that wait while another process writes, what they say meanwhile, and what they say at the end."""


@contextmanager
def writer(office: Office) -> Iterator[sqlite3.Connection]:
    """Let another process write for as long as the block lasts."""
    with closing(sqlite3.connect(office.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other
        other.execute("ROLLBACK")


@pytest.mark.parametrize(("words", "meanwhile", "at_last"), LOCKED, ids=str)
def test_a_command_that_takes_long_says_what_it_does_and_leaves_no_trace_of_it(
    spring: Office, words: tuple[str, ...], meanwhile: str, at_last: str
) -> None:
    with writer(spring):
        terminal = spring.open(*words, size=(80, 24))
        terminal.wait_for(re.compile(meanwhile))
    terminal.wait_for(at_last)
    assert terminal.wait_exit() == 0
    assert not terminal.shows(re.compile(r"\d+ s\b"))


def test_a_terminal_that_cannot_write_over_a_line_gets_none(spring: Office) -> None:
    with writer(spring):
        terminal = spring.open("doctor", "--repair", size=(80, 24), TERM="dumb")
        terminal.wait_for("Waiting for the database")
        terminal.settle(quiet=0.7)
    terminal.wait_for("All is well.")
    assert not terminal.shows("Repairing")


def test_the_walk_in_plain_lines_writes_over_none(spring: Office) -> None:
    with writer(spring) as other:
        other.execute(
            "INSERT INTO follow_up (campaign_id, title, text, expires_at, created_by, created_at) "
            "SELECT campaign.id, 'Old', 'Hi', 1, users.id, 0 FROM campaign, users LIMIT 1"
        )
        other.execute("COMMIT")  # it has expired, which whoever comes next must store
        other.execute("BEGIN IMMEDIATE")
        terminal = spring.open("triage", "--plain", size=(80, 24))
        terminal.wait_for("Waiting for the database")
        terminal.settle(first=0.7)
    terminal.wait_for("What now?")
    assert b"\x1b[K" not in terminal.written
