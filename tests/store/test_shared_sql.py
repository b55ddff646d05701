"""The SQL above the engines is what SQLite 3.37 and PostgreSQL 14 share (docs/architecture.md)."""

from __future__ import annotations

from pathlib import Path

import pytest

import thrumsg_tui
from tests.store.shared_sql import refusals, sql_in, statements_run

PACKAGE = Path(thrumsg_tui.__file__).parent
ENGINES = PACKAGE / "store" / "engines"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if ENGINES not in path.parents)


def test_every_statement_in_the_source_is_shared() -> None:
    found = {
        f"{path.relative_to(PACKAGE)}:{line}: {refusal}"
        for path in MODULES
        for line, sql in sql_in(path)
        for refusal in refusals(sql)
    }
    assert sorted(found) == []


def test_the_source_is_searched() -> None:
    assert sum(1 for path in MODULES for _ in sql_in(path)) > 250


def test_only_the_store_runs_sql() -> None:
    runs = {path.relative_to(PACKAGE).parts[0] for path in MODULES if list(statements_run(path))}
    assert runs == {"store"}


@pytest.mark.parametrize(
    "statement",
    [
        "row = conn.execute('SELECT 1')",
        "row = tx.conn.execute(f'{OUTGOING} WHERE message.id = :id')",
        "tx.conn.executemany(sql, rows)",
        "row = find(conn).fetchone()",
    ],
)
def test_a_statement_is_seen_however_it_is_run(tmp_path: Path, statement: str) -> None:
    module = tmp_path / "module.py"
    module.write_text(statement)
    assert list(statements_run(module)) == [1]


def test_a_change_by_the_app_is_no_statement(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("async def add(store):\n    await store.execute(add_user, who)\n")
    assert list(statements_run(module)) == []


def test_ids_of_new_rows_come_from_returning() -> None:
    assert [path.name for path in MODULES if "lastrowid" in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize(
    "sql",
    [
        "PRAGMA user_version",
        "SELECT name FROM sqlite_schema",
        "SELECT 1 FROM a CROSS JOIN b ON a.id = b.id",
        "SELECT 1 FROM a RIGHT JOIN b ON a.id = b.id",
        "SELECT id FROM recommended_reply WHERE campaign_id IS ?",
        "SELECT id FROM recommended_reply WHERE campaign_id IS NOT :campaign_id",
        "WHERE campaign.state IS 'archived'",
        "WHERE a.id IS NOT b.id",
        "WHERE a.id IS DISTINCT FROM b.id",
        "WHERE (:campaign_id IS NULL OR campaign_id = :campaign_id)",
        "SELECT json_extract(details, '$.message') FROM event",
        "SELECT details ->> 'message' FROM event",
        "SELECT strftime('%Y', at) FROM event",
        "INSERT OR IGNORE INTO users (id) VALUES (1)",
        "SELECT name FROM campaign ORDER BY name COLLATE NOCASE",
        "SELECT ROWID FROM message",
        "SELECT IFNULL(note, '') FROM opt_out",
        "UPDATE a SET b = MAX(b, COALESCE(?, 0))",
        "SELECT 1 FROM a WHERE id IN ()",
        "SELECT SUM(opted_out = 0 AND texted = 1) FROM conversation",
        "WHERE follow_up.answered = EXISTS (SELECT 1 FROM answer)",
        "WHERE conversation.opted_out <> (opt_out.phone IS NOT NULL)",
        "SELECT id FROM question WHERE retired",
        "SELECT flagged AND opted_out = 0 AS flagged FROM conversation",
        "SELECT flagged = 1 AND NOT conversation.opted_out AS flagged FROM conversation",
        "SELECT CASE WHEN active THEN 1 END FROM assignment",
        "SELECT id FROM a WHERE b == 1",
        "SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM a WHERE (b = 1) LIMIT 2)) AS number",
    ],
)
def test_what_is_not_shared_is_refused(sql: str) -> None:
    assert refusals(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 FROM a CROSS JOIN b JOIN c ON c.id = b.id WHERE a.id = b.id",
        "WHERE campaign_id IS NULL AND user_id IS NOT NULL",
        "SELECT COUNT(*) FILTER (WHERE opted_out = 0 AND replied = 1) FROM conversation",
        "SELECT COALESCE(SUM(opted_out), 0), SUM(CASE WHEN texted = 1 THEN 1 ELSE 0 END) FROM assignment",
        "WHERE conversation.replied = follow_up.replied AND settled = 0 AND (active = 1 OR undoable <> 1)",
        "WHERE (follow_up.answered = 1) = EXISTS (SELECT 1 FROM answer)",
        "INSERT INTO a (b, opted_out) VALUES (?, ?) ON CONFLICT (b) DO UPDATE SET opted_out = excluded.opted_out",
        "SELECT COUNT(*) FROM (SELECT 1 FROM a WHERE (b = 1) LIMIT 2) AS some JOIN (SELECT 2) AS more ON 1 = 1",
        "SELECT MIN(id), MAX(COALESCE(position, 0)) FROM question",
        "SELECT id FROM opt_out WHERE note = 'replace into IS ? json_extract('",
    ],
)
def test_what_is_shared_is_not_refused(sql: str) -> None:
    assert refusals(sql) == []
