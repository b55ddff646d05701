"""Which tests do not run on a PostgreSQL server: nobody makes the list longer without being seen (CONTRIBUTING.md)."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
MODULES = {str(path.relative_to(TESTS)): path for path in sorted(TESTS.rglob("*.py"))}
ALL = "all"

MARKED: dict[str, int | str] = {
    "cli/test_backup_on_full_disks.py": ALL,
    "cli/test_checked_backup.py": ALL,
    "cli/test_damaged_files.py": ALL,
    "cli/test_deliver.py": 1,
    "cli/test_exit_status.py": 2,
    "cli/test_full_disk.py": ALL,
    "cli/test_import_export.py": 1,
    "cli/test_imports.py": ALL,
    "cli/test_maintenance.py": 1,
    "cli/test_media.py": 1,
    "cli/test_odd_files.py": ALL,
    "cli/test_own_files.py": ALL,
    "cli/test_restore.py": ALL,
    "cli/test_shared_files.py": 1,
    "gateway/test_deliverer.py": 2,
    "gateway/test_killed_deliverers.py": 3,
    "gateway/test_practice.py": 3,
    "gateway/test_service_manager.py": 2,
    "gateway/test_settling.py": 1,
    "store/bulk_moves/test_recovery.py": 1,
    "store/opt_outs/test_missed_opt_outs.py": 1,
    "store/test_apply_moves.py": 3,
    "store/test_backup.py": ALL,
    "store/test_benchmark_database.py": 1,
    "store/test_change.py": ALL,
    "store/test_consent.py": 1,
    "store/test_damage.py": ALL,
    "store/test_database_move.py": 3,
    "store/test_doctor.py": 3,
    "store/test_drafts_after_a_backup.py": ALL,
    "store/test_engines.py": ALL,
    "store/test_flaky_twins.py": ALL,
    "store/test_held_locks.py": 1,
    "store/test_killed_at_each_step.py": ALL,
    "store/test_killed_database_moves.py": ALL,
    "store/test_killed_restores.py": ALL,
    "store/test_list_indexes.py": ALL,
    "store/test_long_queues.py": ALL,
    "store/test_lost_commits.py": ALL,
    "store/test_many_processes.py": 12,
    "store/test_message_pages.py": ALL,
    "store/test_migrations.py": ALL,
    "store/test_opt_out_report.py": 1,
    "store/test_opt_outs_after_a_backup.py": ALL,
    "store/test_purge.py": 1,
    "store/test_query_plans.py": ALL,
    "store/test_recognising.py": ALL,
    "store/test_restore.py": ALL,
    "store/test_spool.py": 4,
    "store/test_storable_text.py": 1,
    "store/test_transactions.py": ALL,
    "store/test_undoable_changes.py": 1,
    "store/test_upgrading.py": ALL,
    "store/test_view_again.py": 1,
    "store/test_waiting.py": ALL,
    "tui/test_palette.py": 1,
    "tui/test_tour.py": ALL,
}
"""How many tests of each module have the mark, or that all have it."""


def marks_in(path: Path) -> list[tuple[ast.AST, str]]:
    """The marks of a module with their reasons, each with what it is set on."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    set_on: list[tuple[ast.AST, ast.expr]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            set_on += [(node, each) for each in node.decorator_list]
        elif isinstance(node, ast.Assign) and [ast.unparse(each) for each in node.targets] == ["pytestmark"]:
            set_on += [(node, each) for each in (node.value.elts if isinstance(node.value, ast.List) else [node.value])]
    calls = [(node, each) for node, each in set_on if isinstance(each, ast.Call)]
    return [
        (node, ast.literal_eval(each.args[0]) if each.args else "")
        for node, each in calls
        if ast.unparse(each.func) == "pytest.mark.only_sqlite"
    ]


def marked(path: Path) -> int | str:
    """How many tests of a module are marked, or that the whole module is."""
    marks = marks_in(path)
    return ALL if any(isinstance(node, ast.Assign) for node, _ in marks) else len(marks)


def test_no_other_test_is_left_out_on_a_server() -> None:
    assert {module: found for module, path in MODULES.items() if (found := marked(path))} == MARKED


@pytest.mark.parametrize("module", MARKED)
def test_each_says_why(module: str) -> None:
    assert all(len(reason.split()) >= 4 for _, reason in marks_in(MODULES[module]))


def test_what_ci_runs_once_is_there_and_asks_no_database_of_the_engine() -> None:
    """Else a test would not run on a server, or CI would run it twice for nothing."""
    words = "eval \"$(sed -n '/^once=(/,/^)/p' .ci/run)\"; printf '%s\\n' \"${once[@]}\""
    ran = subprocess.run(["bash", "-c", words], cwd=TESTS.parent, capture_output=True, text=True, check=True)
    left_out = [TESTS.parent / line for line in ran.stdout.splitlines()]
    assert len(left_out) > 10
    for path in left_out:
        modules = [path] if path.is_file() else sorted(path.glob("*.py"))
        assert modules, path
        for module in modules:
            text = module.read_text(encoding="utf-8")
            assert not [name for name in ("tests.new_database", "tests.store.world", "world:") if name in text], module
