"""Exports of any size: flat memory, and a file that is there whole or not at all (docs/rules.md 9.3)."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.store.arranging import take_in
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.enums import ExportKind
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.export import export

ROWS = 200_000


def exporting(db: Database, out: Path, *, die_at: int | None = None) -> subprocess.CompletedProcess[str]:
    """Export messages in another process."""
    words = [str(db.location), "messages", str(out), *([] if die_at is None else [str(die_at)])]
    command = [sys.executable, "-m", "tests.store.exporter", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def write_messages(db: Database, number: int) -> None:
    """Store messages in the first conversation, by one statement."""
    with db.writing() as tx:
        tx.conn.execute(
            """
            WITH RECURSIVE counted (nth) AS (SELECT 1 UNION ALL SELECT nth + 1 FROM counted WHERE nth < ?)
            INSERT INTO message (conversation_id, at, direction, kind, body, state, state_at, segments)
            SELECT 1, nth, 'outgoing', 'reply', 'Hello, this is message number ' || nth, 'sent', nth, 1 FROM counted
            """,
            (number,),
        )


@pytest.fixture
def few(db: Database, owner: Identity, spring: Campaign) -> Database:
    """A database with three messages."""
    take_in(db, owner, "Spring", ["Ann Otieno"])
    write_messages(db, 3)
    return db


def test_memory_does_not_grow_with_the_export(few: Database, tmp_path: Path) -> None:
    small = exporting(few, tmp_path / "small.csv")
    write_messages(few, ROWS)
    large = exporting(few, tmp_path / "large.csv")
    (few_rows, little), (many_rows, most) = (map(int, each.stdout.split()) for each in (small, large))
    assert (few_rows, many_rows) == (3, ROWS + 3)
    assert (tmp_path / "large.csv").stat().st_size > 10_000_000
    assert most < 1.2 * little  # in kilobytes, or bytes on macOS


def test_an_export_that_is_killed_leaves_the_old_file_as_it_was(few: Database, tmp_path: Path) -> None:
    write_messages(few, 5000)
    out = tmp_path / "out" / "messages.csv"
    out.parent.mkdir()
    assert exporting(few, out, die_at=3000).returncode == -signal.SIGKILL
    assert not out.exists()
    out.write_text("yesterday's")
    assert exporting(few, out, die_at=3000).returncode == -signal.SIGKILL
    assert out.read_text() == "yesterday's"


def test_the_next_export_removes_what_a_killed_one_left(few: Database, tmp_path: Path) -> None:
    write_messages(few, 5000)
    out = tmp_path / "out" / "messages.csv"
    out.parent.mkdir()
    others = out.parent / ".notes.csv.1.part"
    others.write_text("somebody else's")
    assert exporting(few, out, die_at=3000).returncode == -signal.SIGKILL
    assert len(list(out.parent.iterdir())) == 2
    assert exporting(few, out).returncode == 0
    assert set(out.parent.iterdir()) == {out, others}


def test_an_export_that_is_stopped_leaves_nothing(few: Database, owner: Identity, tmp_path: Path) -> None:
    write_messages(few, 5000)
    out = tmp_path / "out" / "messages.csv"
    out.parent.mkdir()
    told: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        told.append((done, total))
        if done >= 3000:
            raise Refused("Stopped.")

    with pytest.raises(Refused, match=r"^Stopped\.$"):
        export(few, owner, ExportKind.MESSAGES, out, on_progress=stop)
    assert told == [(done, 5003) for done in (0, 1000, 2000, 3000)]
    assert list(out.parent.iterdir()) == []


def test_progress_is_told_to_the_end(few: Database, owner: Identity, spring: Campaign, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    for campaign_id in (None, spring.id):
        for what in ExportKind:
            export(
                few, owner, what, tmp_path / "x.csv", campaign_id, on_progress=lambda *progress: told.append(progress)
            )
            assert told[-1][0] == told[-1][1]
