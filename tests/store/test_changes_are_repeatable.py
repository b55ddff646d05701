"""Whatever opens a write transaction is run again if others keep it from being stored (docs/architecture.md)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import thrumsg_tui

PACKAGE = Path(thrumsg_tui.__file__).parent

NOT_REPEATED = {
    "gateway/practice_campaign.py:build": "a file that nobody else knows yet",
    "store/backup.py:_take_along": "a copy that nobody else has open",
    "store/backup.py:copy_rows_into": "a copy that nobody else has open",
    "store/database_move/move.py:_claim": "the command is given again, and finishes what it began",
    "store/database_move/move.py:_fill": "the command is given again, and finishes what it began",
    "store/database_move/move.py:_open_target": "the command is given again, and finishes what it began",
    "store/database_move/move.py:move_database": "the command is given again, and finishes what it began",
    "store/database_move/take_back.py:_close": "the command is given again, and finishes what it began",
    "store/database_move/take_back.py:take_back": "the command is given again, and finishes what it began",
    "store/restore_on_server.py:_restore": "nothing is changed, and the command is given again",
    "store/restored_copy.py:keep": "a copy that nobody else has open",
    "store/restored_copy.py:prepare": "a copy that nobody else has open",
    "store/imports/import_run.py:transaction": "its body belongs to the import, which is run again",
}
"""What opens a transaction and is not run again, with the reason."""


def is_opening(node: ast.AST) -> bool:
    """Whether a call opens a write transaction: `….writing(…)`, or that of an import."""
    if not isinstance(node, ast.Call):
        return False
    match node.func:
        case ast.Attribute(attr="writing") | ast.Name(id="transaction"):
            return True
        case _:
            return False


def openings_in(source: str) -> Iterator[tuple[str, bool, int]]:
    """Yield each function that opens a transaction, whether it is a change, and how many it opens or may open."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and (opened := sum(map(is_opening, ast.walk(node)))):
            looped = any(is_opening(each) for loop in loops_in(node) for each in ast.walk(loop))
            is_change = any(isinstance(each, ast.Name) and each.id == "change" for each in node.decorator_list)
            yield node.name, is_change, opened + looped


def loops_in(node: ast.AST) -> Iterator[ast.AST]:
    return (each for each in ast.walk(node) if isinstance(each, ast.For | ast.While))


@cache
def openings() -> dict[str, tuple[bool, int]]:
    """Find them in the whole package."""
    return {
        f"{path.relative_to(PACKAGE).as_posix()}:{name}": (is_change, opened)
        for path in sorted(PACKAGE.rglob("*.py"))
        if "writing" in (source := path.read_text(encoding="utf-8")) or "transaction" in source
        for name, is_change, opened in openings_in(source)
    }


def test_whatever_opens_a_transaction_is_run_again() -> None:
    assert {name for name, (is_change, _) in openings().items() if not is_change} == NOT_REPEATED.keys()


def test_each_change_is_one_transaction() -> None:
    assert [name for name, (is_change, opened) in openings().items() if is_change and opened != 1] == []


def test_no_change_reads_a_file_which_may_be_standard_input() -> None:
    readers = {"read_table", "read_text", "read_file"}
    assert [
        f"{path.name}:{node.name}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(each, ast.Name) and each.id == "change" for each in node.decorator_list)
        and readers & {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    ] == []


def test_all_changes_were_found() -> None:
    assert len(openings()) > 70


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("    with db.writing() as tx:\n        pass", [("f", False, 1)]),
        ("    for page in pages:\n        with db.writing() as tx:\n            pass", [("f", False, 2)]),
        ("    with transaction(db, dry_run=False):\n        pass", [("f", False, 1)]),
        ("    with db.reading() as conn:\n        pass", []),
    ],
)
def test_what_is_searched_for_is_found(body: str, found: list[tuple[str, bool, int]]) -> None:
    assert list(openings_in(f"def f(db):\n{body}\n")) == found
    assert list(openings_in(f"@change\ndef f(db):\n{body}\n")) == [(name, True, opened) for name, _, opened in found]
