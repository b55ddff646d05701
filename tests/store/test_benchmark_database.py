"""The database that speed is measured on is as sound as one that was worked with."""

from pathlib import Path

import pytest

from benchmarks.large import CAMPAIGN, cached
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.doctor import examine
from thrumsg_tui.store.queries.campaigns import find_campaign, totals


@pytest.mark.only_sqlite("it is made as a file")
def test_what_was_made_in_bulk_is_true_and_made_once(tmp_path: Path) -> None:
    path = cached(tmp_path, 400, 5)
    made = path.stat().st_mtime_ns
    assert cached(tmp_path, 400, 5).stat().st_mtime_ns == made
    db = Database(path)
    assert examine(db) == []
    with db.reading() as conn:
        counted = totals(conn, find_campaign(conn, CAMPAIGN).id)
    db.close()
    assert counted.total == 400
    assert min(counted.not_started, counted.sent, counted.needs_reply, counted.answered, counted.opted_out) > 0
