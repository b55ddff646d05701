"""The command that prints a script with which a shell completes thrumsg's commands, options and file names."""

from __future__ import annotations

from argparse import Action, Namespace
from collections.abc import Mapping
from pathlib import Path

from thrumsg_tui.cli.argument_parser import Parser
from thrumsg_tui.cli.parser import build_parser
from thrumsg_tui.cli.report import Report


def completion(args: Namespace) -> Report:
    """Print the script for a shell."""
    import shtab

    parser = build_parser()
    _complete_files(parser, shtab.FILE)
    script = shtab.complete(parser, shell=args.shell)
    return Report({"shell": args.shell, "script": script}, script.splitlines())


def _complete_files(parser: Parser, files: Mapping[str, object]) -> None:
    """Let shtab complete file names for the arguments of a parser, and of the commands below it, that are paths."""
    for action in parser._actions:
        if isinstance(action.type, type) and issubclass(action.type, Path):
            action.complete = files  # type: ignore[attr-defined]  # where shtab looks for it
        for below in _commands_below(action):
            _complete_files(below, files)


def _commands_below(action: Action) -> list[Parser]:
    found = action.choices.values() if isinstance(action.choices, dict) else ()
    return [each for each in found if isinstance(each, Parser)]
