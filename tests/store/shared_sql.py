"""Which SQL SQLite 3.37 and PostgreSQL 14 do not share, as far as a look at the text of a statement tells."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

_FLAGS = "active|flagged|in_follow_ups|opted_out|quicksend|replied|retired|settled|texted|undoable"
"""Columns that are 0 or 1."""

_END = r"(?=\s+(?:AND|OR|THEN|AS|ORDER|GROUP|LIMIT)|\s*\)|\s*$)"
_NO_CONDITION = "a flag is a number and no condition: compare it with 1"

_REFUSED = {
    r"PRAGMA|REINDEX|VACUUM|ATTACH|ANALYZE": "maintenance is the engine's",
    r"sqlite_\w+": "the tables of a database are listed by the engine",
    r"CROSS JOIN\s+\w+(?:\s+AS\s+\w+)?\s+ON": "a CROSS JOIN has no ON in PostgreSQL: put the condition into WHERE",
    r"(?:RIGHT|FULL)(?: OUTER)? JOIN": "SQLite has it since 3.39",
    r"IS\s+(?:NOT\s+)?(?!NULL\b|NOT\s+NULL\b)[\w?:'{.(]": "IS compares with NULL only: PostgreSQL, SQLite before 3.39",
    r"[:?]\w*\s+IS\s+(?:NOT\s+)?NULL": "PostgreSQL does not know its type: CAST it, or decide before",
    r"json_\w+\s*\(|->": "JSON is read in Python: PostgreSQL's functions have other names",
    r"(?:strftime|julianday|unixepoch|datetime|now)\s*\(": "times are milliseconds, computed in Python",
    r"(?:INSERT|UPDATE)\s+OR|REPLACE\s+INTO": "ON CONFLICT is shared",
    r"COLLATE|GLOB|REGEXP|MATCH|ILIKE|INDEXED\s+BY": "one of the engines has it",
    r"_?ROWID_?|last_insert_rowid": "rows are found by their keys, and new ones by RETURNING",
    r"(?:IFNULL|IIF|GROUP_CONCAT|STRING_AGG|TOTAL|PRINTF|INSTR|CHAR|TYPEOF|HEX|GREATEST|LEAST)\s*\(": (
        "one of the engines has it"
    ),
    r"(?:MAX|MIN)\s*\((?:[^()]|\([^()]*\))*,": "MAX and MIN of two values are SQLite's only: CASE is shared",
    r"IN\s*\(\s*\)": "an empty list is an error in PostgreSQL: ask nothing",
    r"LIMIT\s+\S+\s*,": "LIMIT and OFFSET are shared",
    r"TRUE|FALSE|BOOLEAN": "flags are 0 and 1",
    r"SUM\s*\((?!\s*CASE)[^()]*(?:[=<>]|\b(?:AND|OR|IN|IS|LIKE|NOT)\b)": "a condition is no number: COUNT(*) FILTER",
    r"\w+\s*(?:=|<>)\s*\(?(?:EXISTS|\([^()]*\bIS\b)": "a condition is no number: compare it with another condition",
    rf"(?:WHERE|AND|OR|NOT|WHEN|ON|HAVING)\s+\(*(?:\w+\.)?(?:{_FLAGS}){_END}": (_NO_CONDITION),
    rf"(?<![=<>+-]\s)(?<![\w.])(?:\w+\.)?(?:{_FLAGS})\s+(?:AND|OR)": (_NO_CONDITION),
    r"SET\s+\w+\.\w+\s*=": "PostgreSQL takes no table's name there",
    r"==|::|`": "one of the engines has it",
}
"""Regular expressions of what is refused, between words, with the reason."""

_PATTERNS = [
    (re.compile(rf"(?<![\w:])(?:{pattern})" + (r"(?!\w)" if pattern[-1].isalpha() else ""), re.IGNORECASE), reason)
    for pattern, reason in _REFUSED.items()
]

_WORDS = re.compile(r"\b(?:SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|JOIN|ORDER BY|GROUP BY|AND|OR|IN|IS|CASE|PRAGMA)\b")
"""What a piece of SQL has in it, in capitals, and a sentence has not."""

_RUNNING = {"execute", "executemany", "executescript"}
_FETCHING = {"fetchall", "fetchmany", "fetchone"}
"""Methods of a connection and of a cursor; the app's client of the store has an `execute`, too, which runs changes."""


def refusals(sql: str) -> list[str]:
    """Say what in a statement, or in a piece of one, is not shared, and why."""
    bare = re.sub(r"--[^\n]*", "", re.sub(r"'(?:[^']|'')*'", "''", sql))
    found = [f"{match.group().strip()}: {why}" for pattern, why in _PATTERNS if (match := pattern.search(bare))]
    return [*found, *_nameless(bare)]


def _nameless(sql: str) -> Iterator[str]:
    """Find subqueries in FROM that have no name."""
    for match in re.finditer(r"\b(?:FROM|JOIN)\s*\((?=\s*SELECT)", sql, re.IGNORECASE):
        depth, end = 1, match.end()
        while depth and end < len(sql):
            depth += {"(": 1, ")": -1}.get(sql[end], 0)
            end += 1
        if not depth and not re.match(r"\s*AS\s+\w", sql[end:], re.IGNORECASE):
            yield f"{match.group()}: PostgreSQL before 16 wants a name for a subquery in FROM"


def statements_run(path: Path) -> Iterator[int]:
    """Find the lines of a module that run a statement on a connection, or fetch its rows."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        on, method = ast.unparse(node.func.value), node.func.attr
        if method in _FETCHING or (method in _RUNNING and on.split(".")[-1] in {"conn", "connection", "cursor"}):
            yield node.lineno


def sql_in(path: Path) -> Iterator[tuple[int, str]]:
    """Find the pieces of SQL in a module, with their lines; what is put into an f-string is `{}`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if id(node) in parts | docs:
            continue
        text = ""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        elif isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        if _WORDS.search(text):
            yield node.lineno, text  # type: ignore[attr-defined]
