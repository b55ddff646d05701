"""What the tests themselves keep to (CONTRIBUTING.md)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
MODULES = {str(path.relative_to(TESTS.parent)): path for path in sorted(TESTS.rglob("*.py"))}
WAITS = {"pause", "sleep", "timeout", "Timer", "wait", "wait_for", "wait_until"}
"""What waits for so many seconds, among other things."""

A_TURN = 0.05
"""Seconds between two looks at what is waited for."""

LONGEST = 450
"""Lines of a test module."""

NOT_YET_PARAMETERS = {"BUSY_SECONDS", "FORMAT", "MIGRATIONS", "MOST", "ROOT"}
"""Constants that tests still overwrite."""


def imported(tree: ast.AST) -> Iterator[str]:
    """Name the modules that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def named_times(tree: ast.AST) -> Iterator[str]:
    """Name the waits that are for a number of seconds."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called not in WAITS:
            continue
        for value in [*node.args, *(keyword.value for keyword in node.keywords)]:
            if isinstance(value, ast.Constant) and isinstance(value.value, int | float) and value.value > A_TURN:
                yield f"line {node.lineno}: {called} for {value.value} s"


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_no_module_imports_a_test_module() -> None:
    """What two test modules share is in a module of its own."""
    found = {module: [each for each in imported(parsed(path)) if is_test(each)] for module, path in MODULES.items()}
    assert {module: tests for module, tests in found.items() if tests} == {}


def is_test(imported: str) -> bool:
    return imported.startswith("tests.") and ".test_" in imported


def test_no_test_waits_for_a_time() -> None:
    """What is waited for is an event, with the patience that is the same for all."""
    found = {module: list(named_times(parsed(path))) for module, path in MODULES.items()}
    assert {module: waits for module, waits in found.items() if waits} == {}


def test_no_test_module_is_too_long() -> None:
    """One that is longer is cut by subject."""
    tests = {module: path for module, path in MODULES.items() if path.name.startswith("test_")}
    lengths = {module: len(path.read_text(encoding="utf-8").splitlines()) for module, path in tests.items()}
    assert {module: length for module, length in lengths.items() if length > LONGEST} == {}


def test_no_constant_of_the_package_is_overwritten() -> None:
    """What a test wants otherwise is a parameter: the pacing, a timer, a clock."""
    patched = re.compile(r"""setattr\([^)]*?["'.]([A-Z][A-Z_]+)["'],""")
    found = {module: {*patched.findall(path.read_text("utf-8"))} for module, path in MODULES.items()}
    assert {module: names for module, names in found.items() if names - NOT_YET_PARAMETERS} == {}
