"""What keeps the start fast, wherever it is written (docs/architecture.md, "Start")."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "thrumsg_tui"
MODULES = {path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}


def dataclasses_of(source: str) -> set[str]:
    """The arguments of each use of `dataclass` as it is imported from the standard library, in order of their names."""
    tree = ast.parse(source)
    standard = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "dataclasses"]
    if not any(each.name == "dataclass" for node in standard for each in node.names):
        return set()
    calls = [each for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for each in node.decorator_list]
    return {
        ", ".join(sorted(ast.unparse(each) for each in call.keywords))
        for call in calls
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "dataclass"
    }


def test_frozen_dataclasses_are_those_that_are_cheap_to_define() -> None:
    """The standard library compiles six methods for each; it may define what is not frozen, and what stands beside."""
    used = {name: kinds for name, source in MODULES.items() if (kinds := dataclasses_of(source))}
    assert used
    assert [name for name, kinds in used.items() if kinds == {"frozen=True, slots=True"}] == []


def test_only_the_app_has_style_sheets() -> None:
    """Textual parses all of them anew when a screen brings one more; that takes as long as to make the screen."""
    brings = {name for name, source in MODULES.items() if re.search(r"^ +CSS(_PATH)? = ", source, re.MULTILINE)}
    assert brings == {"tui/app.py"}


_OF_A_TOUR = ("thrumsg_tui.tui.tour.", "thrumsg_tui.tui.dialogs.", "thrumsg_tui.tui.screens.messenger.")
_OF_THE_CAMPAIGN = ("thrumsg_tui.gateway.practice_campaign", "thrumsg_tui.store.imports", "csv")


def test_the_demo_loads_neither_its_tours_nor_how_its_campaign_is_made() -> None:
    """It loaded 184 modules more than the app, and took a fifth longer to its first picture."""
    look = "import sys, thrumsg_tui.tui.demo_app; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    names = done.stdout.split()
    assert "thrumsg_tui.tui.demo_app" in names
    assert [name for name in names if name.startswith((*_OF_A_TOUR, *_OF_THE_CAMPAIGN))] == []


_LEAN = """
import sys
from thrumsg_tui.tui.lean_import import import_textual
import_textual()
print(*sys.modules)
import asyncio, ssl, textual.types, textual.widgets
print(asyncio.base_events.ssl, ssl.create_default_context().__class__.__name__, textual.types.DirEntry.__name__)
print(textual.app.uuid.uuid4().version, textual.app.user_downloads_path().name)
print(textual.suggestions.get_suggestion("redu", ("yellow", "red")))
"""


def test_textual_comes_without_what_no_screen_of_ours_has_and_whoever_wants_that_still_gets_it() -> None:
    done = subprocess.run([sys.executable, "-c", _LEAN], capture_output=True, text=True, check=True)
    names, *later = done.stdout.splitlines()
    absent = {"ssl", "textual.types", "textual.widgets._select", "textual.widgets._directory_tree"}
    absent |= {"asyncio.sslproto", "bz2", "difflib", "lzma", "mimetypes", "platformdirs", "tempfile", "uuid"}
    assert absent & set(names.split()) == set()
    assert "textual.app" in names.split()
    assert later == ["None SSLContext DirEntry", "4 Downloads", "red"]
