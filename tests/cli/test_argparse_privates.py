"""The private members of argparse that the command line and its documents are made with, in every Python."""

from __future__ import annotations

import argparse
import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
USERS = [
    *(ROOT / "thrumsg_tui/cli" / name for name in ("argument_parser.py", "completion.py")),
    *(ROOT / "scripts" / name for name in ("command_line.py", "make_docs.py")),
]

OF_THE_MODULE = {"_AppendAction", "_ArgumentGroup", "_HelpAction", "_SubParsersAction", "_VersionAction"}
OF_A_PARSER = {"_action_groups", "_actions", "_mutually_exclusive_groups", "_optionals", "_positionals"}
OF_A_GROUP = {"_group_actions"}


def test_argparse_still_has_them() -> None:
    parser = argparse.ArgumentParser()
    parser.add_mutually_exclusive_group()
    group = parser.add_argument_group("a group")
    assert {each for each in OF_THE_MODULE if not isinstance(getattr(argparse, each, None), type)} == set()
    assert {each for each in OF_A_PARSER if not hasattr(parser, each)} == set()
    assert {each for each in OF_A_GROUP if not hasattr(group, each)} == set()
    assert {type(parser._actions), type(parser._action_groups), type(group._group_actions)} == {list}
    assert parser._mutually_exclusive_groups
    assert parser._positionals in parser._action_groups
    assert parser._optionals in parser._action_groups


def test_no_others_are_used() -> None:
    used = {
        node.attr
        for path in USERS
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__")
        if ast.unparse(node.value) != "self"
    }
    assert used == OF_THE_MODULE | OF_A_PARSER | OF_A_GROUP
